# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows of the checklist that no test of one subject alone proves."""
import json
import os
import socket
import struct
import subprocess

from bundle import bind, drop_namespace, mount, tiny_program
from husk import ContainerTest, rows
from process import Process

# Exit with the effective user id: geteuid(2), exit(2).
TELL_USER = tiny_program(b"\xb8\x6b\x00\x00\x00\x0f\x05\x89\xc7\xb8\x3c\x00\x00\x00\x0f\x05")


def in_user_namespace(config, size):
    config["linux"]["namespaces"].append({"type": "user"})
    for ids in ("uidMappings", "gidMappings"):
        config["linux"][ids] = [{"containerID": 0, "hostID": 100000, "size": size}]


class Mounts(ContainerTest):
    def test_nothing_is_mounted_that_is_not_listed(self):
        """M-18: without mounts /proc and /sys are the empty folders of the image."""
        def edit(b):
            b.own_rootfs()
            b.config["mounts"] = []
            b.config["linux"].update(maskedPaths=[], readonlyPaths=[])
        self.assertEqual(self.run_in(["ls", "/proc", "/sys"], edit).out.split(),
                         ["/proc:", "/sys:"])

    def test_devpts_is_a_new_instance(self):
        """M-11: nothing but ptmx is in it, for everybody to open."""
        self.assertEqual(self.shell("ls /dev/pts; stat -c %a /dev/pts/ptmx"), "ptmx\n666")

    @rows([("mapped", 6, "5"), ("not-mapped", 5, "0")])
    def test_group_of_devpts(self, _, size, group):
        """M-11: callers ask for group 5; where it has no mapping it is left out."""
        def edit(b):
            in_user_namespace(b.config, size)
            b.config["mounts"][2] = mount("/dev/pts", "devpts", "devpts", "newinstance",
                                          "ptmxmode=0666", "mode=0620", "gid=5")
            b.config["process"]["terminal"] = True
        shown = self.run_in(["stat", "-c", "%g", "/dev/console"], edit).out
        self.assertEqual(shown.strip(), group)

    @rows([("kept", "ro", {"ro", "nosuid", "nodev"}), ("asked-for", "suid", {"rw", "nodev"})])
    def test_flags_of_a_source_that_a_user_namespace_would_lock(self, _, word, flags):
        """M-15: those of the machine's mount stay, but for what a word takes away."""
        source = self.folder / "source"
        source.mkdir()

        def edit(b):
            in_user_namespace(b.config, 10)
            b.config["mounts"].append(bind("/var", source, word))
        bundle = self.bundle(["grep", " /var ", "/proc/self/mountinfo"], edit)
        script = f"mount -t tmpfs -o nosuid,nodev,mode=755 none {source} && exec \"$@\""
        done = subprocess.run(["unshare", "-m", "sh", "-c", script, "sh",
                               *self.command("run", "--bundle", bundle.folder, self.new_id())],
                              env=self.environment, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(set(done.stdout.split()[5].split(",")) - {"relatime"}, flags)

    def test_mask_covers_what_the_mounts_brought(self):
        """L-07"""
        secret = self.folder / "secret"
        secret.write_text("secret")

        def edit(b):
            b.config["mounts"] += [mount("/var", "tmpfs", "none"), bind("/var/file", secret)]
            b.config["linux"]["maskedPaths"].append("/var/file")
        self.assertEqual(self.shell("cat /var/file; stat -c %t:%T /var/file", edit), "1:3")

    def test_mask_covers_the_console(self):
        """L-07: it is there before the masks."""
        def edit(b):
            b.config["process"]["terminal"] = True
            b.config["linux"]["maskedPaths"].append("/dev/console")
        self.assertEqual(self.shell("stat -c %t:%T /dev/console", edit).strip(), "1:3")


class SetUid(ContainerTest):
    needs = ["root", "processor x86_64"]

    @rows([("allowed", False, 0), ("forbidden", True, 1000 % 256)])
    def test_set_uid_program(self, _, no_new_privileges, code):
        """P-12, P-32: with noNewPrivileges it stays the user's."""
        if os.statvfs(self.folder).f_flag & os.ST_NOSUID:
            self.skipTest(f"{self.folder.parent} is mounted nosuid")
        def edit(b):
            path = b.own_rootfs() / "bin" / "tell"
            path.write_bytes(TELL_USER)
            path.chmod(0o4755)
            b.config["process"].update(user={"uid": 1000, "gid": 1000},
                                       noNewPrivileges=no_new_privileges)
        self.run_in(["/bin/tell"], edit, code=code)


class CreateOptions(ContainerTest):
    def test_configuration_under_another_name(self):
        """CM-02: beside config.json, which is not looked at."""
        bundle = self.bundle(["echo", "other"])
        (bundle.folder / "config.json").rename(bundle.folder / "other.json")
        shown = self.husk("run", "--bundle", bundle.folder, "--config", "other.json",
                          self.new_id()).out
        self.assertEqual(shown, "other\n")

    def test_pidfd_socket(self):
        """CM-04, OUT-03: one message with a descriptor of the first process, then the end."""
        path = self.folder / "pidfd.sock"
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
            listener.bind(str(path))
            listener.listen(1)
            box = self.create(options=["--pidfd-socket", path])
            with listener.accept()[0] as connection:
                data, ancillary, _, _ = connection.recvmsg(64, socket.CMSG_SPACE(4))
                self.assertEqual(connection.recv(1), b"")
        self.assertGreaterEqual(len(data), 1)
        (_, kind, payload), = ancillary
        self.assertEqual(kind, socket.SCM_RIGHTS)
        fd, = struct.unpack("i", payload)
        self.addCleanup(os.close, fd)
        with open(f"/proc/self/fdinfo/{fd}") as info:
            self.assertIn(f"Pid:\t{box.first.pid}\n", info.read())

    @rows([("new", [], True), ("none", ["--no-new-keyring"], False)])
    def test_session_keyring(self, _, options, is_there):
        """CM-07, P-33: one of its own, with the container's name, unless told not to."""
        made = self.bundle(["cat", "/proc/keys"],
                           lambda b: b.config["linux"].update(maskedPaths=[]))
        name = self.new_id()
        shown = self.husk("run", "--bundle", made.folder, *options, name).out
        self.assertEqual(f"_ses.{name}" in shown, is_there, shown)


class WithoutBoth(ContainerTest):
    def test_neither_cgroup_nor_pid_namespace(self):
        """EN-02: what outlives the first process is nobody's; husk runs it and says nothing."""
        bundle = self.bundle(["sh", "-c", "sleep 3600 >/dev/null 2>&1 & echo $!; exit 3"],
                             lambda b: drop_namespace(b.config, "pid"))
        done = self.husk("--cgroup-manager", "disabled", "run", "--bundle", bundle.folder,
                         self.new_id(), code=3)
        Process(int(done.out)).kill_and_wait()
        self.assert_nothing_left()


class Refused(ContainerTest):
    """What husk does not have is an error, never passed over."""

    @rows([("CL-09", "--criu", "/x", "list"), ("CL-12", "--systemd-log", "list"),
           ("CM-37", "info"), ("CM-38", "init")])
    def test_word(self, _, *words):
        self.assert_refused(self.husk(*words, code=1), next(w for w in words if "/" not in w))

    def test_program_name_chooses_nothing(self):
        """CL-13: husk is husk under any name."""
        other = self.folder / "husk-krun"
        other.symlink_to(self.binary)
        done = subprocess.run([other, "--version"], capture_output=True, text=True, check=True)
        self.assertTrue(done.stdout.startswith("husk version "))


class DeviceRulesOfAUser(ContainerTest):
    needs = ["root", "user namespaces"]
    as_user = True

    def test_are_not_needed(self):
        """E-07: an ordinary user cannot make devices anyway, so rules without rights are none."""
        self.run_in(["true"], lambda b: b.config["linux"]["resources"].update(
            devices=[{"allow": False, "access": "rwm"}]))


class Errors(ContainerTest):
    def test_error_is_on_stderr_as_well_as_in_the_log(self):
        """ER-09, CL-02: conmon shows stderr when the log has nothing."""
        log = self.folder / "log"
        failed = self.husk("--log", log, "--log-format=json", "state", "nobody", code=1)
        self.assert_refused(failed, json.loads(log.read_text())["msg"])
