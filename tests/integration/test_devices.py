# SPDX-License-Identifier: GPL-2.0-or-later
import os

from husk import ContainerTest, rows
from machine import cgroup1_trees, is_pure_v2


class Default(ContainerTest):
    @rows([("null", "1,3"), ("zero", "1,5"), ("full", "1,7"), ("random", "1,8"),
           ("urandom", "1,9"), ("tty", "5,0")])
    def test_node(self, name, number):
        """V-07"""
        major, minor = (hex(int(n))[2:] for n in number.split(","))
        self.assertEqual(self.shell(f"stat -c '%F %t,%T %a %u' /dev/{name}"),
                         f"character special file {major},{minor} 666 0")

    @rows([("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1"),
           ("stderr", "/proc/self/fd/2"), ("ptmx", "pts/ptmx")])
    def test_link(self, name, target):
        """V-10"""
        self.assertEqual(self.shell(f"readlink /dev/{name}"), target)

    def test_null_takes_all_and_zero_gives(self):
        self.assertEqual(self.shell("echo a >/dev/null; head -c 3 /dev/zero | od -An -tx1"),
                         " 00 00 00")

    def test_image_cannot_lead_astray(self):
        """S-16: /dev of the image is a symlink to a folder of the machine."""
        def edit(b):
            root = b.own_rootfs()
            (root / "dev").rmdir()
            (root / "dev").symlink_to("../../../../../../../etc")
            b.config["mounts"] = [m for m in b.config["mounts"]
                                  if not m["destination"].startswith("/dev")]
        self.run_in(["true"], edit, code=None)
        for name in ("null", "zero", "full", "random", "urandom", "tty", "ptmx", "fd", "stdin",
                     "stdout", "stderr", "pts", "shm", "mqueue", "console"):
            self.assertFalse(os.path.lexists(f"/etc/{name}"), name)


class Configured(ContainerTest):
    def test_node_with_mode_and_owner(self):
        """V-03..V-05"""
        def edit(b):
            b.config["linux"]["devices"] = [
                {"path": "/dev/deep/mine", "type": "c", "major": 1, "minor": 3,
                 "fileMode": 0o640, "uid": 7, "gid": 8}]
        self.assertEqual(self.shell("stat -c '%F %t,%T %a %u %g' /dev/deep/mine", edit),
                         "character special file 1,3 640 7 8")

    def test_fifo(self):
        """V-01"""
        self.assertEqual(self.shell("stat -c %F /dev/queue", lambda b: b.config["linux"].update(
            devices=[{"path": "/dev/queue", "type": "p", "fileMode": 0o600}])), "fifo")

    def test_default_one_may_be_listed_too(self):
        """V-12"""
        self.assertEqual(self.shell("stat -c %a /dev/null", lambda b: b.config["linux"].update(
            devices=[{"path": "/dev/null", "type": "c", "major": 1, "minor": 3,
                      "fileMode": 0o666}])), "666")


class Rules(ContainerTest):
    """linux.resources.devices: the v1 list or the program of v2, whichever is here."""

    KMSG = {"path": "/dev/log-of-kernel", "type": "c", "major": 1, "minor": 11, "fileMode": 0o666}

    def setUp(self):
        super().setUp()
        if not is_pure_v2() and "devices" not in cgroup1_trees():
            self.skipTest("needs a devices controller: cgroup v1 tree or pure cgroup v2")

    def open_kmsg(self, *rules, code=0):
        """Rules that allow the node to be made, and then the ones of the test."""
        def edit(b):
            b.config["linux"]["devices"] = [self.KMSG]
            b.config["linux"]["resources"]["devices"] = list(rules)
        return self.shell("(exec 3>/dev/log-of-kernel) 2>&1", edit, code=code)

    def test_without_rules_all_of_the_defaults_work(self):
        """E-03"""
        self.shell("echo a >/dev/null; head -c 1 /dev/zero /dev/random /dev/urandom >/dev/null",
                   lambda b: b.config["linux"]["resources"].update(
                       devices=[{"allow": False, "access": "rwm"}]))

    def test_denied(self):
        """R-31, R-32"""
        shown = self.open_kmsg({"allow": False, "access": "rwm"}, code=1)
        self.assertIn("Operation not permitted", shown)

    def test_allowed_by_a_later_rule(self):
        """R-32, E-02"""
        self.open_kmsg({"allow": False, "access": "rwm"},
                       {"allow": True, "type": "c", "major": 1, "minor": 11, "access": "w"})

    def test_allowed_for_every_minor(self):
        """R-34, E-09"""
        self.open_kmsg({"allow": False, "access": "rwm"},
                       {"allow": True, "type": "c", "major": 1, "access": "rwm"})

    def test_denied_after_it_was_allowed(self):
        """E-02, E-09"""
        self.open_kmsg({"allow": False, "access": "rwm"},
                       {"allow": True, "type": "c", "major": 1, "minor": 11, "access": "rw"},
                       {"allow": False, "type": "c", "major": 1, "minor": 11, "access": "w"},
                       code=1)

    def test_access_in_part(self):
        """R-35, E-09: Reading only, so that opening for writing is refused."""
        self.open_kmsg({"allow": False, "access": "rwm"},
                       {"allow": True, "type": "c", "major": 1, "minor": 11, "access": "r"},
                       code=1)
