# SPDX-License-Identifier: GPL-2.0-or-later
"""A neighbour with a part in the same volume exchanges names while husk works on them.

Each race is first run by hand on the naive form, step by step: look, exchange, act on the name. So
it is known what it would do; then husk is run against a process that exchanges all the time. How
often is HUSK_HOSTILE_TRIES; nothing depends on who is quicker.
"""
import os
from pathlib import Path

from bundle import bind
from harm import (MS_BIND, HostileTest, apart, exchange, tree, with_capabilities,
                  without_mounts)
from harm import mount as mount_by_name


class Race(HostileTest):
    def setUp(self):
        super().setUp()
        self.volume = self.folder / "volume"
        self.volume.mkdir()
        (self.volume / "marker").touch()

    def two(self, folder, real, link):
        """A true folder and a link that leads to the host, to be exchanged."""
        (folder / real).mkdir(exist_ok=True)
        (folder / link).symlink_to("../" * 20 + str(self.outside).lstrip("/"))
        return folder / real, folder / link

    def rerun(self, edit):
        """The same image and volume each time."""
        box = self.bundle(["true"], edit)

        def once():
            done = self.husk("run", "--bundle", box.folder, self.new_id(), code=None)
            if done.code != 0:
                self.assert_refused(done)
        return once


class Destination(Race):
    """S-06, CVE-2021-30465, CVE-2024-45310: between look and mount, between look and mkdir."""

    def naive(self, below):
        """Look, exchange, mount by name: it lands on the host."""
        shared = self.folder / "naive"
        shared.mkdir()
        real, link = self.two(shared, "real", "link")

        def body():
            target = real / below
            assert not real.is_symlink()
            exchange(real, link)
            if below:
                target.mkdir()
            mount_by_name(self.volume, target, flags=MS_BIND)
            return (self.outside / below / "marker").exists()
        self.assertTrue(apart(body))
        if below:
            (self.outside / below).rmdir()
        self.assert_unharmed()

    def check(self, below):
        self.naive(below)
        shared = self.folder / "shared"
        shared.mkdir()
        real, link = self.two(shared, "real", "link")
        once = self.rerun(lambda b: (b.own_rootfs(), b.config["mounts"].extend(
            [bind("/shared", shared), bind(f"/shared/real/{below}", self.volume)])))
        self.race(real, link, once)
        self.assert_unharmed()

    def test_folder_is_exchanged(self):
        self.check("")

    def test_parent_of_a_folder_to_be_made_is_exchanged(self):
        self.check("made")

    def test_folder_and_a_link_out_of_the_root_are_exchanged_in_the_image(self):
        """The image itself is shared, with another container or a user of the host."""
        def edit(b):
            self.root_folder = b.own_rootfs()
            self.names = self.two(self.root_folder, "real", "link")
            b.config["mounts"] += [bind("/real", self.volume), bind("/real/file", __file__)]
        once = self.rerun(edit)
        self.race(*self.names, once)
        self.assert_unharmed()


class Proc(Race):
    """S-07, CVE-2019-19921, CVE-2023-27561, CVE-2025-31133: masks, sysctls and labels are for
    the true one."""

    SEEN = ("test -e /proc/1/status && stat -c %t:%T /proc/keys || echo gone; "
            "test -e /proc/1/status && cat /proc/sys/net/ipv4/ip_default_ttl || echo gone;"
            "(echo 5 >/proc/sys/net/ipv4/ip_default_ttl) 2>/dev/null && echo written || echo gone")
    EXPECTED = ["1:3", "77", "gone"]

    def test_proc_is_exchanged(self):
        def edit(b):
            root = b.own_rootfs()
            self.names = self.two(root, "proc", "link")
            b.config["linux"]["sysctl"] = {"net.ipv4.ip_default_ttl": "77"}

        def naive():
            root = self.rootfs_of()
            real, link = self.two(root, "proc", "link")
            exchange(real, link)
            mount_by_name("proc", real, "proc")
            return (self.outside / "self").exists()
        self.assertTrue(apart(naive))
        host = Path("/proc/sys/net/ipv4/ip_default_ttl").read_text()
        box = self.bundle(["sh", "-c", self.SEEN], edit)

        def once():
            done = self.husk("run", "--bundle", box.folder, self.new_id(), code=None)
            # When the name is a link just then, the container has no /proc to ask.
            for line, expected in zip(done.out.splitlines(), self.EXPECTED):
                self.assertIn(line, (expected, "gone"))
        self.race(*self.names, once)
        self.assert_unharmed()
        self.assertEqual(Path("/proc/sys/net/ipv4/ip_default_ttl").read_text(), host)


class Dev(Race):
    """S-16, CVE-2026-41579."""

    def test_dev_is_exchanged(self):
        (self.outside / "ptmx").write_text("a file of the host\n")
        self.before = tree(self.outside)

        def edit(b):
            self.names = self.two(b.own_rootfs(), "dev", "link")
            without_mounts(b.config, "/dev")
        once = self.rerun(edit)
        self.race(*self.names, once)
        self.assert_unharmed()

    def test_console_is_exchanged(self):
        """S-17, CVE-2025-52565, CVE-2026-88264"""
        def edit(b):
            dev = b.own_rootfs() / "dev"
            (dev / "console").touch()
            (dev / "link").symlink_to("../" * 20 + str(self.outside / "secret").lstrip("/"))
            self.names = dev / "console", dev / "link"
            b.config["process"]["terminal"] = True
            b.config["mounts"] = [m for m in b.config["mounts"]
                                  if m["destination"] not in ("/dev", "/dev/shm", "/dev/mqueue")]
        once = self.rerun(edit)
        self.race(*self.names, once)
        self.assert_unharmed()


class Masks(Race):
    """S-11, S-12, CVE-2025-31133."""

    def test_masked_and_read_only_paths_are_exchanged(self):
        """Which of the two names is covered is open; that nothing outside is, is not."""
        def edit(b):
            root = b.own_rootfs()
            self.names = self.two(root, "real", "link")
            (root / "dev" / "null").symlink_to("/etc/passwd")
            b.config["linux"]["maskedPaths"] += ["/real"]
            b.config["linux"]["readonlyPaths"] += ["/real"]
        once = self.rerun(edit)
        self.race(*self.names, once)
        self.assert_unharmed()


class Program(Race):
    """S-21, S-24: what is looked up for the program itself, its home and its working folder."""

    def shown(self, script, edit):
        """All that the script has printed in containers made while the names are exchanged."""
        box, seen = self.bundle(["sh", "-c", script], edit), set()

        def once():
            done = self.husk("run", "--bundle", box.folder, self.new_id(), code=None)
            if done.code != 0:
                self.assert_refused(done)
            seen.update(done.out.splitlines())
        self.race(*self.names, once)
        self.assert_unharmed()
        return seen

    def test_passwd_is_exchanged(self):
        (self.outside / "passwd").write_text("root:x:0:0:root:/secret-home:/bin/sh\n")
        self.before = tree(self.outside)

        def edit(b):
            etc = b.own_rootfs() / "etc"
            (etc / "link").symlink_to("../" * 20 + str(self.outside / "passwd").lstrip("/"))
            self.names = etc / "passwd", etc / "link"

        seen = self.shown("echo $HOME", edit)
        # Who reads it by name finds the other one there sooner or later.
        self.assertTrue(any("secret-home" in name.read_text() for name in self.names))
        self.assertLessEqual(seen, {"/root", "/"})

    def test_working_folder_is_exchanged(self):
        def edit(b):
            self.names = self.two(b.own_rootfs(), "real", "link")
            (self.names[0] / "inside").touch()
            b.config["process"]["cwd"] = "/real"

        seen = self.shown("ls", edit)
        self.assertTrue(any((name / "secret").exists() for name in self.names))
        self.assertLessEqual(seen, {"inside"})


class Live(Race):
    """S-05, S-06, CM-36: the container runs, and does the exchanging itself."""

    SCRIPT = """mkdir -p /tmp/real /tmp/x; ln -s / /tmp/host; mkdir -p /tmp/up
        ln -s ../../../../../../../../../.. /tmp/up/link"""

    def test_mount_into_a_running_container(self):
        box = self.live(self.SCRIPT, lambda b: with_capabilities(b.config, "CAP_SYS_ADMIN"))
        change = self.folder / "mounts.json"
        place = f"/tmp/real{self.outside}"
        change.write_text('[{"destination": "%s", "type": "bind", "source": "%s", '
                          '"options": ["bind"]}]' % (place, self.volume))

        def once():
            if self.husk("mounts", "add", box.id, change, code=None).code == 0:
                self.husk("mounts", "remove", box.id, change, code=None)
        self.race("/tmp/real", "/tmp/host", once, box.first.pid)
        self.assertEqual(tree(self.outside), self.before)
        self.assertFalse(os.path.ismount(self.outside))
