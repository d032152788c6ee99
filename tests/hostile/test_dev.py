# SPDX-License-Identifier: GPL-2.0-or-later
"""What an image puts in the place of /dev, of its nodes and of terminals."""
import os
import pty
import stat
from pathlib import Path

from bundle import bind
from harm import HostileTest, answer_of, apart, inside, tree, with_capabilities, without_mounts
from harm import mount as mount_by_name
from husk import rows

NULL = os.makedev(1, 3)


def make_devices_naively(root):
    """By path, as the configuration names them: nodes, links, and another ptmx."""
    dev = Path(root) / "dev"
    os.mknod(dev / "null", stat.S_IFCHR | 0o666, NULL)
    if os.path.lexists(dev / "ptmx"):
        os.unlink(dev / "ptmx")
    os.symlink("pts/ptmx", dev / "ptmx")


class Folder(HostileTest):
    """S-15, S-16, CVE-2026-41579, CVE-2026-47766: nothing is made or removed but in the /dev that
    the configuration means."""

    def setUp(self):
        super().setUp()
        (self.outside / "ptmx").write_text("a file of the host\n")
        self.before = tree(self.outside)

    def point_dev_outside(self, root):
        (root / "dev").rmdir()
        (root / "dev").symlink_to(self.outside)

    @rows([("absolute", ""), ("relative", "../" * 20)])
    def test_link_in_its_place(self, _, up):
        """Without a mount on /dev, so that it is the image's."""
        naive = self.rootfs_of(self.point_dev_outside)
        make_devices_naively(naive)
        self.assertTrue(stat.S_ISCHR(os.stat(self.outside / "null").st_mode))
        self.assertTrue(os.path.islink(self.outside / "ptmx"))
        os.unlink(self.outside / "null")
        os.unlink(self.outside / "ptmx")
        (self.outside / "ptmx").write_text("a file of the host\n")

        def plant(root):
            (root / "dev").rmdir()
            (root / "dev").symlink_to(up + str(self.outside).lstrip("/") if up else self.outside)
        for terminal in (False, True):
            def change(config, terminal=terminal):
                without_mounts(config, "/dev")
                config["process"]["terminal"] = terminal
            self.attempt(["true"], self.planted(plant, change), code=1)
            self.assert_unharmed()

    def test_tmpfs_on_a_link_stays_in_the_root(self):
        """The usual mount of an engine: it goes where the link leads inside."""
        self.attempt(["true"], self.planted(self.point_dev_outside))
        self.assert_unharmed()

    @rows([("engine's /dev", True), ("image's /dev", False), ("no /dev", None)])
    def test_volume_that_a_link_lays_on_dev(self, _, has_mount):
        """A volume goes to /data, and /data is a link to /dev: nodes are not made in the volume."""
        def plant(root):
            (root / "data").symlink_to("/dev")
            if has_mount is None:
                (root / "dev").rmdir()

        def naive():
            root = self.rootfs_of(lambda root: (root / "data").symlink_to("dev"))
            mount_by_name(self.outside, root / "data", flags=0x1000)
            make_devices_naively(root)
            return os.path.islink(self.outside / "ptmx")
        self.assertTrue(apart(naive))
        os.unlink(self.outside / "null")
        os.unlink(self.outside / "ptmx")
        (self.outside / "ptmx").write_text("a file of the host\n")

        def change(config):
            if not has_mount:
                without_mounts(config, "/dev")
            config["mounts"].append(bind("/data", self.outside))
        self.attempt(["true"], self.planted(plant, change))
        self.assert_unharmed()

    def test_console_is_not_made_in_such_a_volume(self):
        """S-17: the engine's /dev with a devpts, and the volume above it."""
        def change(config):
            config["process"]["terminal"] = True
            config["mounts"].append(bind("/data", self.outside))
        self.attempt(["true"], self.planted(lambda root: (root / "data").symlink_to("/dev"),
                                            change))
        self.assert_unharmed()

    def test_folder_below_dev_cannot_leave_it(self):
        """S-16: a device of the configuration in a folder that is a link."""
        self.attempt(["true"], self.planted(
            lambda root: (root / "dev" / "deep").symlink_to("../" * 20
                                                            + str(self.outside).lstrip("/")),
            lambda config: (without_mounts(config, "/dev"), config["linux"].update(devices=[
                {"path": "/dev/deep/node", "type": "c", "major": 1, "minor": 3}]))))
        self.assert_unharmed()


class Nodes(HostileTest):
    """S-15, S-18, CVE-2026-88265: what is there already is looked at, never changed."""

    def nodes(self, kind):
        def plant(root):
            path = root / "dev" / "null"
            if kind == "link":
                path.symlink_to(self.outside / "secret")
            elif kind == "file":
                path.write_text("mine")
            elif kind == "other device":
                os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 5))
            elif kind == "folder":
                path.mkdir()
            elif kind == "fifo":
                os.mkfifo(path)
        return plant

    @rows(["link", "file", "other device", "folder", "fifo"])
    def test_something_else_is_refused(self, kind):
        naive = self.rootfs_of(self.nodes(kind))
        # What is opened there by name is what the image has put there.
        self.assertNotEqual(os.stat(naive / "dev" / "null").st_rdev, NULL)
        done = self.attempt(["true"], self.planted(
            self.nodes(kind), lambda config: without_mounts(config, "/dev")), code=1)
        self.assertIn("something else is there", done.err)
        self.assert_unharmed()

    def test_null_of_the_caller_keeps_its_owner(self):
        """S-31, CVE-2026-88265: streams are given to the user, devices of the host never."""
        before = os.stat("/dev/null")

        def naive():
            node = self.outside / "node"
            os.mknod(node, stat.S_IFCHR | 0o600, NULL)
            with open(node, "rb") as stream:
                os.fchown(stream.fileno(), 1000, 1000)
            return os.stat(node).st_uid
        self.assertEqual(answer_of(naive), 1000)
        with open("/dev/null", "r+b") as null:
            self.run_in(["true"], lambda b: b.config["process"].update(
                user={"uid": 1000, "gid": 1000}), stdin=null, stdout=null, stderr=null)
        after = os.stat("/dev/null")
        self.assertEqual((before.st_uid, before.st_gid, before.st_mode),
                         (after.st_uid, after.st_gid, after.st_mode))

    def test_node_that_is_exchanged_while_it_is_made(self):
        """S-15: no mode and no owner is given to what lies behind a link."""
        self.before = tree(self.outside)
        (self.outside / "null").symlink_to("secret")
        self.before = tree(self.outside)
        dev = self.folder / "dev"
        dev.mkdir()
        (dev / "one").symlink_to(self.outside / "secret")
        os.mknod(dev / "node", stat.S_IFCHR | 0o600, NULL)

        def once():
            self.attempt(["true"], self.planted(
                lambda root: None,
                lambda config: (without_mounts(config, "/dev"), config["mounts"].insert(
                    0, bind("/dev/deep", dev)), config["linux"].update(devices=[
                        {"path": "/dev/deep/node", "type": "c", "major": 1, "minor": 3,
                         "fileMode": 0o777, "uid": 1000, "gid": 1000}]))))
        # By name it is the file that gets the mode.
        os.chmod(dev / "one", 0o640)
        self.assertNotEqual(tree(self.outside), self.before)
        os.chmod(self.outside / "secret", stat.S_IMODE(self.before["secret"][0]))
        self.race(dev / "one", dev / "node", once)
        self.assert_unharmed()


class Terminal(HostileTest):
    """S-17, CVE-2025-52565, CVE-2026-88264."""

    def terminal(self, config):
        config["process"]["terminal"] = True

    @rows([("of the machine", "OUT"), ("of a file", "/etc/passwd"), ("dangling", "/nowhere")])
    def test_console_that_is_a_link(self, _, where):
        """Made without O_NOFOLLOW it would be made, or covered, where the link leads."""
        target = str(self.outside / "console") if where == "OUT" else where

        def plant(root):
            (root / "dev" / "console").symlink_to(target)
        naive = self.rootfs_of(plant)
        if where == "OUT":
            os.close(os.open(naive / "dev" / "console", os.O_CREAT | os.O_RDWR, 0o600))
            self.assertTrue((self.outside / "console").exists())
            os.unlink(self.outside / "console")

        def change(config):
            self.terminal(config)
            config["mounts"] = [m for m in config["mounts"]
                                if not m["destination"].startswith("/dev")
                                or m["destination"] == "/dev/pts"]
        shown = self.attempt(["sh", "-c", "stat -c '%F' /dev/console"],
                             self.planted(lambda root: ((root / "dev" / "pts").mkdir(),
                                                        plant(root)), change))
        if shown.code == 0:
            self.assertEqual(shown.out.strip(), "character special file")
        self.assert_unharmed()

    @rows([("folder with a link", "folder"), ("link to the host's", "link")])
    def test_devpts_that_is_none(self, _, kind):
        """A terminal comes from the container's devpts or not at all."""
        def plant(root):
            if kind == "link":
                (root / "dev" / "pts").symlink_to("/proc/self/root/dev/pts")
            else:
                (root / "dev" / "pts").mkdir()
                (root / "dev" / "pts" / "ptmx").symlink_to("../../tmp/trap")
                os.mkfifo(root / "tmp" / "trap")
        self.attempt(["true"], self.planted(plant, lambda config: (
            self.terminal(config), without_mounts(config, "/dev", "/tmp"))), code=1)
        self.assert_unharmed()

    def test_slave_is_bound_by_descriptor_not_by_name(self):
        """A mount of the container's over /dev/pts/0 is not what gets on the console of exec."""
        box = self.live("mount -t tmpfs none /dev/pts; ln -s /etc/passwd /dev/pts/ptmx; "
                        "ln -s /etc/passwd /dev/pts/0",
                        lambda b: with_capabilities(b.config, "CAP_SYS_ADMIN"))
        # By name it is a file of the container that would be written to.
        self.assertEqual(inside(box.first.pid, lambda: os.path.realpath("/dev/pts/ptmx")),
                         "/etc/passwd")
        self.assert_refused(self.husk("exec", "--tty", box.id, "true", code=255), "/dev/pts")

    def test_terminal_of_the_caller_is_not_the_container_s(self):
        """S-34: what is typed into it by TIOCSTI would be the caller's next command."""
        master, slave = pty.openpty()
        self.addCleanup(os.close, master)
        self.addCleanup(os.close, slave)

        def edit(b):
            self.terminal(b.config)
            with_capabilities(b.config, "CAP_SYS_ADMIN")
        shown = self.run_in(["sh", "-c", "stat -Lc %d:%i /proc/self/fd/0 /dev/tty /dev/console; "
                             "stat -fc %t /dev/pts"], edit, stdin=slave).out.split()
        callers = os.fstat(slave)
        self.assertNotIn(f"{callers.st_dev}:{callers.st_ino}", shown)

    def test_stream_that_is_a_terminal_is_not_the_controlling_one(self):
        """S-34: without a terminal of its own the container gets the caller's as a stream."""
        master, slave = pty.openpty()
        self.addCleanup(os.close, master)
        self.addCleanup(os.close, slave)
        script = "exec 3</dev/tty"

        def naive():
            """A process of the caller's session reaches its terminal by /dev/tty."""
            os.setsid()
            os.close(os.open(os.ttyname(slave), os.O_RDWR))  # becomes the controlling one
            return os.waitstatus_to_exitcode(os.system(script))
        self.assertEqual(answer_of(naive), 0)
        done = self.run_in(["sh", "-c", script], stdin=slave, code=None)
        self.assertNotEqual(done.code, 0)


class Names(HostileTest):
    """What a process calls itself is shown to the one who looks at it."""

    ESCAPE = "\\033]0;owned\\007"

    def test_name_of_a_process_does_not_reach_the_terminal_raw(self):
        box = self.live(f"printf '{self.ESCAPE}' >/proc/self/comm")
        self.assertIn("\033", Path(f"/proc/{box.first.pid}/comm").read_text())
        for words in (["ps", box.id], ["explain", box.id], ["explain", box.id, "TERM"],
                      ["explain", "--json", box.id], ["list"], ["state", box.id]):
            result = self.husk(*words, code=None)
            self.assertNotIn("\033", result.out + result.err, words)

    def test_output_of_a_hook_inside_does_not_either(self):
        """It is quoted in the error; hooks of the container run what is in it."""
        result = self.attempt(["true"], self.planted(
            lambda root: None, lambda config: config.update(hooks={"startContainer": [
                {"path": "/bin/sh", "args": ["sh", "-c", f"printf '{self.ESCAPE}'; exit 1"]}]})),
            code=1)
        self.assertIn("owned", result.err)
        self.assertNotIn("\033", result.err)
