# SPDX-License-Identifier: GPL-2.0-or-later
"""husk features, and what husk says about checkpoint and restore. F-01 to F-18, CM-33."""
import json
import os
from pathlib import Path

from husk import BINARY, ContainerTest, rows


class Features(ContainerTest):
    needs = []

    def setUp(self):
        super().setUp()
        self.features = json.loads(self.husk("features").out)
        self.linux = self.features["linux"]

    def test_versions(self):
        """F-01, F-02, CM-33"""
        self.assertEqual(self.features["ociVersionMin"], "1.0.0")
        self.assertEqual(self.features["ociVersionMax"], "1.3.0")

    def test_hooks(self):
        """F-03"""
        self.assertEqual(self.features["hooks"],
                         ["prestart", "createRuntime", "createContainer", "startContainer",
                          "poststart", "poststop"])

    def test_mount_options(self):
        """F-04: sorted, words of the specification and none of a file system's own."""
        words = self.features["mountOptions"]
        self.assertEqual(words, sorted(words))
        for word in ("bind", "rbind", "ro", "rro", "noatime", "rnosuid", "idmap", "ridmap",
                     "rprivate", "tmpcopyup", "unbindable", "nosymfollow", "remount"):
            self.assertIn(word, words)
        self.assertFalse([word for word in words if "=" in word or word in ("size", "mode")])

    def test_namespaces(self):
        """F-05"""
        self.assertEqual(sorted(self.linux["namespaces"]),
                         ["cgroup", "ipc", "mount", "network", "pid", "time", "user", "uts"])

    def test_capabilities(self):
        """F-06"""
        self.assertEqual(len(self.linux["capabilities"]), 41)
        self.assertIn("CAP_CHECKPOINT_RESTORE", self.linux["capabilities"])

    def test_cgroup(self):
        """F-07: facts of the program."""
        self.assertEqual(set(self.linux["cgroup"]),
                         {"v1", "v2", "systemd", "systemdUser", "rdma"})
        for name in ("v1", "v2", "rdma"):
            self.assertIs(self.linux["cgroup"][name], True)
        if (Path(BINARY).parent / "husk-systemd").exists():
            self.assertIs(self.linux["cgroup"]["systemd"], True)
            self.assertIs(self.linux["cgroup"]["systemdUser"], True)

    def test_seccomp(self):
        """F-08, F-09"""
        seccomp = self.linux["seccomp"]
        self.assertIs(seccomp["enabled"], True)
        self.assertEqual(sorted(seccomp["actions"]), sorted(
            "SCMP_ACT_" + word for word in ("ALLOW", "ERRNO", "KILL", "KILL_PROCESS",
                                            "KILL_THREAD", "LOG", "NOTIFY", "TRACE", "TRAP")))
        self.assertEqual(sorted(seccomp["operators"]), sorted(
            "SCMP_CMP_" + word for word in ("NE", "LT", "LE", "EQ", "GE", "GT", "MASKED_EQ")))
        for word in ("X86_64", "X86", "AARCH64", "S390X", "RISCV64"):
            self.assertIn("SCMP_ARCH_" + word, seccomp["archs"])

    def test_seccomp_flags(self):
        """F-10: the known ones are parsed, the supported ones are the kernel's too."""
        seccomp = self.linux["seccomp"]
        self.assertEqual(sorted(seccomp["knownFlags"]), sorted(
            "SECCOMP_FILTER_FLAG_" + word
            for word in ("TSYNC", "LOG", "SPEC_ALLOW", "WAIT_KILLABLE_RECV")))
        self.assertLessEqual(set(seccomp["supportedFlags"]), set(seccomp["knownFlags"]))
        self.assertIn("SECCOMP_FILTER_FLAG_TSYNC", seccomp["supportedFlags"])

    def test_labels(self):
        """F-11, F-12"""
        self.assertEqual(self.linux["apparmor"], {"enabled": True})
        self.assertEqual(self.linux["selinux"], {"enabled": True})

    def test_memory_policy(self):
        """F-13"""
        self.assertIn("MPOL_BIND", self.linux["memoryPolicy"]["modes"])
        self.assertIn("MPOL_WEIGHTED_INTERLEAVE", self.linux["memoryPolicy"]["modes"])
        self.assertIn("MPOL_F_STATIC_NODES", self.linux["memoryPolicy"]["flags"])

    def test_intel_rdt(self):
        """F-14"""
        self.assertEqual(self.linux["intelRdt"],
                         {"enabled": True, "schemata": True, "monitoring": True})

    def test_idmap_and_net_devices(self):
        """F-15, F-16"""
        self.assertEqual(self.linux["mountExtensions"], {"idmap": {"enabled": True}})
        self.assertEqual(self.linux["netDevices"], {"enabled": True})

    def test_annotations(self):
        """F-17: under our own prefix; no claim of checkpoint."""
        annotations = self.features["annotations"]
        self.assertIn("org.husk.version", annotations)
        self.assertRegex(annotations["io.github.seccomp.libseccomp.version"], r"^\d+\.\d+\.\d+$")
        self.assertFalse([key for key, value in annotations.items()
                          if "checkpoint" in key and value != "false"])

    def test_unsafe_annotations(self):
        """F-18: keys, or prefixes that end with a point."""
        keys = self.features["potentiallyUnsafeConfigAnnotations"]
        self.assertIn("org.husk.", keys)
        self.assertIn("run.oci.", keys)
        self.assertIn("org.systemd.property.", keys)

    def test_needs_no_root(self):
        """F-01: any user may ask, and no state folder is made."""
        self.assertFalse(self.root.exists())
        if os.geteuid() == 0:
            self.become_ordinary()
            self.assertEqual(json.loads(self.husk("features").out)["hooks"],
                             self.features["hooks"])
            self.assertFalse(self.root.exists())

    def test_arguments_are_refused(self):
        """CM-39"""
        self.assert_refused(self.husk("features", "x", code=1), "too many arguments")


class KernelFeatures(ContainerTest):
    needs = []

    def test_table(self):
        lines = self.husk("features", "--kernel").out.splitlines()
        self.assertIn(os.uname().release, lines[0])
        self.assertEqual(lines[1].split()[:3], ["FEATURE", "SINCE", "HERE"])
        found = {line[:24].rstrip(): line[24:].split()[1] for line in lines[2:]}
        self.assertEqual(set(found.values()) - {"yes", "no"}, set())
        self.assertEqual(found["seccomp filters"], "yes")
        self.assertEqual(found["resctrl"] == "yes",
                         "resctrl" in open("/proc/filesystems").read())


class NoCheckpoint(ContainerTest):
    """CM-34, CM-35: husk has neither, and says so."""

    needs = []

    @rows(["checkpoint", "restore"])
    def test_clear_answer(self, verb):
        """CM-34, CM-35"""
        for words in ([], ["x"], ["--help"], ["--image-path", "/x", "--tcp-established", "x"],
                      ["-image-path=/x", "x"]):
            self.assert_refused(self.husk(verb, *words, code=1), f"{verb} is not supported")

    @rows(["checkpoint", "restore"])
    def test_missing_argument(self, verb):
        """ER-12: an engine looks for these words."""
        self.assert_refused(self.husk(verb, "--lsm-mount-context", code=1),
                            "flag needs an argument")

    def test_help_does_not_claim_them(self):
        """CM-34, CM-35"""
        text = self.husk("--help").out
        self.assertNotIn("checkpoint", text)
        self.assertNotIn("restore", text)
