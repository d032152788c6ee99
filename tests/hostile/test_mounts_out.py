# SPDX-License-Identifier: GPL-2.0-or-later
"""Mounts of the container that would get out of it, and those of the host that would get in."""
import os
from pathlib import Path

import machine
from bundle import bind
from harm import (CLONE_NEWNS, CLONE_NEWUSER, MS_REC, MS_SHARED, HostileTest, answer_of, apart,
                  check, fork, inside, libc, tries, unshare, with_capabilities)
from harm import mount as mount_by_name
from husk import rows

MOUNTS = """mkdir -p /tmp/x; mount -t tmpfs out /tmp/x; mount -t tmpfs out /etc
    mount -t tmpfs out /data; mount --make-rshared /; mount -t tmpfs out /var; echo done"""


def mount_points(pid="self"):
    return [line.split()[4] for line in Path(f"/proc/{pid}/mountinfo").read_text().splitlines()]


class Propagation(HostileTest):
    """S-19: a mount made inside does not appear on the host."""

    def test_shared_root_lets_mounts_out(self):
        """Without the step to slave, a mount in the new namespace is on the old one as well."""
        place = self.outside / "mounted"
        place.mkdir()

        def naive():
            mount_by_name(None, "/", None, MS_REC | MS_SHARED)
            pid = fork(lambda: (unshare(CLONE_NEWNS), mount_by_name("out", place, "tmpfs")))
            os.waitpid(pid, 0)
            return str(place) in mount_points()
        self.assertTrue(apart(naive))

    @rows([("private", None), ("slave", "rslave"), ("shared", "rshared")])
    def test_mounts_stay_inside(self, _, propagation):
        """The host's mounts are shared, as they are on a machine with systemd."""
        volume = self.folder / "volume"
        volume.mkdir()

        def edit(b):
            root = b.own_rootfs()
            (root / "data").mkdir()
            with_capabilities(b.config, "CAP_SYS_ADMIN")
            b.config["root"]["readonly"] = False
            b.config["mounts"].append(bind("/data", volume))
            if propagation:
                b.config["linux"]["rootfsPropagation"] = propagation
        bundle = self.bundle(["sh", "-c", MOUNTS], edit)

        def body():
            mount_by_name(None, "/", None, MS_REC | MS_SHARED)
            before = mount_points()
            done = self.husk("run", "--bundle", bundle.folder, self.new_id())
            return done.out, before == mount_points()
        out, same = apart(body)
        self.assertEqual(out, "done\n")
        # "rshared" makes a new group of the container's own root, not the host's.
        self.assertTrue(same)


class OldRoot(HostileTest):
    """S-23: nothing of the host's file systems is left below the new root."""

    @rows([("pivot_root", []), ("moved root", ["--no-pivot"])])
    def test_host_is_not_in_the_table_of_mounts(self, _, options):
        shown = self.run_in(["cat", "/proc/self/mountinfo"], options=options).out
        for line in shown.splitlines():
            self.assertNotIn(str(self.outside), line)
            self.assertFalse(line.split()[4].startswith("/.."), line)

    def escape(self):
        """chroot, and up: out of a root that is not the namespace's own."""
        os.mkdir("/tmp/jail")
        fd = os.open("/", os.O_RDONLY | os.O_DIRECTORY)
        os.chroot("/tmp/jail")
        os.fchdir(fd)
        for _ in range(50):
            os.chdir("..")
        os.chroot(".")
        return os.path.exists(self.outside)

    def test_chroot_alone_is_left(self):
        def naive():
            root = self.rootfs_of()
            os.chroot(root)
            return self.escape()
        self.assertTrue(apart(naive))

    @rows([("pivot_root", []), ("moved root", ["--no-pivot"])])
    def test_root_is_not_left(self, _, options):
        box = self.live(":", lambda b: with_capabilities(b.config, "CAP_SYS_CHROOT"),
                        options=options)

        def body():
            # As the container's first process has it: entered by its root, not by setns alone.
            fd = os.open(f"/proc/{box.first.pid}/root", os.O_PATH)
            ns = os.open(f"/proc/{box.first.pid}/ns/mnt", os.O_RDONLY)
            check(libc.setns(ns, CLONE_NEWNS), "setns")
            os.fchdir(fd)
            os.chroot(".")
            return self.escape()
        self.assertFalse(answer_of(body))

    def new_proc(self):
        """A whole procfs of a nested user namespace: the kernel allows it where one is visible."""
        unshare(CLONE_NEWUSER | CLONE_NEWNS | 0x20000000)
        return answer_of(lambda: tries(lambda: mount_by_name("proc", "/tmp", "proc")))

    def test_unmasked_proc_can_be_mounted_where_one_is_in_sight(self):
        """The container's without masks: so that the next test says something."""
        def edit(b):
            b.config["linux"].update(maskedPaths=[], readonlyPaths=[])
        box = self.live(":", edit)
        self.assertTrue(inside(box.first.pid, self.new_proc))

    @rows([("pivot_root", []), ("moved root", ["--no-pivot"])])
    def test_unmasked_proc_cannot_be_had(self, _, options):
        box = self.live(":", options=options)
        self.assertFalse(inside(box.first.pid, self.new_proc))


class IdMap(HostileTest):
    """S-36: a mount whose ids cannot be mapped is an error, not one that is not mapped."""

    MAP = {"uidMappings": [{"containerID": 0, "hostID": 100000, "size": 1000}],
           "gidMappings": [{"containerID": 0, "hostID": 100000, "size": 1000}]}

    def test_unmapped_mount_shows_the_host_s_owner(self):
        self.assertEqual(self.run_in(["stat", "-c", "%u", "/data/secret"], self.planted(
            lambda root: None,
            lambda config: config["mounts"].append(bind("/data", self.outside)))).out, "0\n")

    @rows([("procfs", "/proc/sys"), ("sysfs", "/sys/kernel")])
    def test_file_system_that_cannot(self, _, source):
        done = self.attempt(["stat", "-c", "%u", "/data"], lambda b: (
            b.config["mounts"].append({**bind("/data", source, "idmap"), **self.MAP})))
        self.assertNotEqual(done.code, 0)
        self.assertEqual(done.out, "")
        self.assert_nothing_left()

    @rows([("nobody's map", {"uidMappings": [], "gidMappings": []}),
           ("half a map", {"uidMappings": MAP["uidMappings"]}),
           ("ids twice", {**MAP, "uidMappings": MAP["uidMappings"] * 2})])
    def test_map_that_is_none(self, _, maps):
        done = self.attempt(["stat", "-c", "%u", "/data/secret"], lambda b: (
            b.config["mounts"].append({**bind("/data", self.outside, "idmap"), **maps})))
        self.assertNotEqual(done.code, 0)
        self.assertEqual(done.out, "")
        self.assert_unharmed()

    def test_user_namespace_of_somebody_else_is_not_asked_for(self):
        """An ordinary user's map is checked by the kernel against that user's rights."""
        reason = machine.lacks("user namespaces")
        if reason:
            self.skipTest(reason)
        self.as_user = True
        self.become_ordinary()
        done = self.attempt(["stat", "-c", "%u", "/data/secret"], lambda b: (
            b.config["mounts"].append({**bind("/data", self.outside, "idmap"), **self.MAP})))
        self.assertNotEqual(done.code, 0)
        self.assertEqual(done.out, "")
