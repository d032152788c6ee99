# SPDX-License-Identifier: GPL-2.0-or-later
import json
import os
import signal

from bundle import make_rootfs
from husk import LIMIT, ContainerTest, rows
from machine import lacks


class BoxTest(ContainerTest):
    def box(self, *words, code=0, **more):
        return self.husk("box", *words, code=code, **more)

    def inside(self, script, *options, code=0, **more):
        """What a shell script prints inside of a box, without the last end of line."""
        mark = ["--env", f"HUSK_TEST={self.mark}"]
        return self.box(*mark, *options, "--", "sh", "-c", script, code=code,
                        **more).out.rstrip("\n")


class Box(BoxTest):
    """A container without an image."""

    @rows([("zero", 0), ("answer", 42)])
    def test_exit_code(self, _, code):
        self.inside(f"exit {code}", code=code)
        self.assert_nothing_left()

    def test_missing_program(self):
        self.assertIn("no-such-program", self.box("--", "no-such-program", code=127).err)
        self.assert_nothing_left()

    def test_programs_of_the_machine_are_there(self):
        self.inside("ls / >/dev/null && test -x /bin/sh")

    def test_machine_is_not_written_to(self):
        inner = f"/usr/{self.mark}"
        self.inside(f"touch {inner} 2>/dev/null; exit 0")
        self.assertFalse(os.path.exists(inner))

    def test_it_is_a_world_of_its_own(self):
        shown = self.inside("for n in pid net mnt uts ipc; do readlink /proc/self/ns/$n; done")
        for line, name in zip(shown.splitlines(), ("pid", "net", "mnt", "uts", "ipc")):
            self.assertNotEqual(line, os.readlink(f"/proc/self/ns/{name}"))

    def test_no_network(self):
        self.assertEqual(self.inside("cut -d: -f1 /proc/net/dev | tail -n +3 | tr -d ' '"), "lo")

    def test_network_of_the_machine_when_asked_for(self):
        self.assertEqual(self.inside("readlink /proc/self/ns/net", "--net", "host"),
                         os.readlink("/proc/self/ns/net"))

    def test_bad_network(self):
        self.assert_refused(self.box("--net", "bridge", "--", "true", code=1), "bridge")

    def test_processes_of_the_machine_are_out_of_sight(self):
        pids = [p for p in self.inside("ls /proc").split() if p.isdigit()]
        self.assertLess(len(pids), 4)

    def test_capabilities_are_the_default_ones(self):
        shown = int(self.inside("grep CapBnd /proc/self/status").split()[1], 16)
        for name, bit in (("SYS_ADMIN", 21), ("SYS_MODULE", 16), ("NET_ADMIN", 12)):
            self.assertFalse(shown >> bit & 1, name)

    def test_no_new_privileges_and_a_filter(self):
        shown = self.inside("grep -E 'NoNewPrivs|Seccomp:' /proc/self/status").split()
        self.assertEqual(shown[1::2], ["1", "2"])

    def test_filter_can_be_lifted(self):
        self.assertEqual(self.inside("grep Seccomp: /proc/self/status", "--seccomp",
                                     "none").split()[1], "0")

    def test_environment(self):
        self.environment["SECRET"] = "of the caller"
        shown = self.inside("env", "--env", "A=b", "--env", "C=d e").splitlines()
        self.assertLessEqual({"A=b", "C=d e"}, set(shown))
        self.assertFalse([line for line in shown if line.startswith("SECRET")])

    def test_working_folder(self):
        self.assertEqual(self.inside("pwd", "--workdir", "/usr"), "/usr")

    def test_user(self):
        self.assertEqual(self.inside("id -u; id -g", "--user", "1000:1001"), "1000\n1001")

    def test_host_name(self):
        self.assertEqual(self.inside("cat /proc/sys/kernel/hostname", "--hostname", "sea"), "sea")

    def test_folders_of_the_machine(self):
        data = self.folder / "data"
        data.mkdir()
        (data / "in").write_text("from outside")
        shown = self.inside(f"cat {data}/in; echo back >{data}/out", "--rw", data)
        self.assertEqual((shown, (data / "out").read_text()), ("from outside", "back\n"))
        self.inside(f"! touch {data}/more 2>/dev/null", "--ro", data)
        self.assertEqual(sorted(os.listdir(data)), ["in", "out"])

    def test_root_is_no_place_for_a_folder(self):
        for option, words in (("--rw", "/"), ("--ro", "/"), ("--rw", "/usr://")):
            done = self.box(option, words, "--", "true", code=1)
            self.assertIn(f"{option}: {words}: the box has a root of its own", done.err)
        self.assertEqual(self.inside("ls -d /mnt/usr", "--ro", "/:/mnt"), "/mnt/usr")

    def test_root_of_another_system(self):
        root = make_rootfs(self.folder / "root")
        shown = self.inside("ls /bin/busybox; touch /new 2>/dev/null", "--rootfs", root,
                            code=None)
        self.assertEqual(shown, "/bin/busybox")
        self.assertFalse((root / "new").exists())

    def test_bundle_can_be_kept_and_run_again(self):
        kept = self.folder / "kept"
        self.box("--keep-bundle", kept, "--env", f"HUSK_TEST={self.mark}", "--", "sh", "-c",
                 "exit 3", code=3)
        config = json.loads((kept / "config.json").read_text())
        self.assertEqual(config["process"]["args"], ["sh", "-c", "exit 3"])

    def test_temporary_folder_can_be_written(self):
        self.assertEqual(self.inside("echo a >/tmp/a && cat /tmp/a"), "a")

    def test_streams(self):
        result = self.box("--", "cat", input="through\n")
        self.assertEqual(result.out, "through\n")

    def test_unknown_option(self):
        self.assert_refused(self.box("--fly", "--", "true", code=1), "--fly")


class Limits(BoxTest):
    def test_processes(self):
        reason = lacks("controller pids")
        if reason:
            self.skipTest(reason)
        result = self.box("--pids", "8", "--", "sh", "-c",
                          "i=0; while [ $i -lt 20 ]; do sleep 3600 & i=$((i + 1)); done", code=None)
        self.assertNotEqual(result.code, 0)
        self.assertIn("fork", result.err)

    def test_memory(self):
        reason = lacks("controller memory") or lacks("no swap")
        if reason:
            self.skipTest(reason)
        self.box("--memory", "32M", "--", "dd", "if=/dev/zero", "of=/dev/null", "bs=100M",
                 "count=1", code=128 + 9)

    def test_memory_too_small_to_begin_with(self):
        if lacks("controller memory"):
            self.skipTest(lacks("controller memory"))
        self.assert_refused(self.box("--memory", "64K", "--", "true", code=1), "memory")
        self.assert_nothing_left()

    def test_processors(self):
        reason = lacks("controller cpu")
        if reason:
            self.skipTest(reason)
        self.inside("true", "--cpus", "0.5")

    @rows([("pids", "many"), ("pids", "-5"), ("memory", "lots"), ("memory", "64Q"),
           ("cpus", "none"), ("cpus", "-1")])
    def test_bad_number(self, option, value):
        self.assert_refused(self.box(f"--{option}={value}", "--", "true", code=1), value)
        self.assert_nothing_left()


class Init(BoxTest):
    """--init: husk-init is the first process."""

    def setUp(self):
        super().setUp()
        from pathlib import Path
        if not (Path(self.binary).parent / "husk-init").exists():
            self.skipTest("needs husk-init beside husk")

    def test_it_is_the_first_process(self):
        self.assertIn("husk-init", self.inside("tr '\\0' ' ' </proc/1/cmdline; "
                                               "test $$ != 1", "--init"))

    def test_exit_code(self):
        self.inside("exit 42", "--init", code=42)

    def test_orphan_is_collected(self):
        """It becomes a child of the first process when its parent ends, and then ends."""
        self.inside("sh -c 'true & echo $! >/tmp/pid'; read pid </tmp/pid; "
                    "while [ -e /proc/$pid ]; do sleep 0.1; done", "--init")

    def test_term_reaches_the_program(self):
        running = self.spawn("box", "--init", "--env", f"HUSK_TEST={self.mark}", "--", "sh", "-c",
                             "echo ready; exec sleep 3600")
        self.assertEqual(running.stdout.readline(), "ready\n")
        running.send_signal(signal.SIGTERM)
        self.assertEqual(running.wait(LIMIT), 128 + 15)
        self.assert_nothing_left()


class BoxOfOrdinaryUser(BoxTest):
    needs = ["root", "user namespaces"]
    as_user = True

    def test_exit_code(self):
        self.inside("exit 42", code=42)
        self.assert_nothing_left()

    def test_machine_is_not_written_to(self):
        inner = f"/var/tmp/{self.mark}"
        self.inside(f"touch {inner} 2>/dev/null; exit 0")
        self.assertFalse(os.path.exists(inner))

    def test_it_is_root_inside(self):
        self.assertEqual(self.inside("id -u"), "0")
