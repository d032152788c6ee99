# SPDX-License-Identifier: GPL-2.0-or-later
"""Descriptors of the caller and of husk, and working folders that lead through them."""
import os
import stat
import subprocess
from pathlib import Path

from bundle import bind
from harm import MS_BIND, MS_REC, HostileTest, apart, mount
from husk import rows

LEAKED = 20


class Leaked(HostileTest):
    def setUp(self):
        super().setUp()
        places = ["/", str(self.outside), "/sys/fs/cgroup", str(self.outside / "secret")]
        self.fds = [os.open(places[i % len(places)], os.O_RDONLY) for i in range(LEAKED)]
        for fd in self.fds:
            self.addCleanup(os.close, fd)

    SHOW = "for f in /proc/self/fd/*; do readlink $f; done; true"

    def test_leaks_reach_a_program_that_is_let_in_without_care(self):
        """What a runtime that closes nothing hands on."""
        def naive():
            for fd in self.fds:
                os.set_inheritable(fd, True)
            shown = subprocess.run(["sh", "-c", self.SHOW], close_fds=False, capture_output=True,
                                   text=True, check=True).stdout
            return shown.count(str(self.outside))
        self.assertEqual(apart(naive), LEAKED // 2)

    def assert_closed(self, shown):
        for place in (str(self.outside), "/sys/fs/cgroup", str(self.root)):
            self.assertNotIn(place, shown)

    def test_not_the_program_s(self):
        """S-03, S-04"""
        self.assert_closed(self.run_in(["sh", "-c", self.SHOW], pass_fds=self.fds).out)

    def test_not_that_of_exec(self):
        """S-03, S-04"""
        box = self.start()
        self.assert_closed(self.husk("exec", box.id, "sh", "-c", self.SHOW,
                                     pass_fds=self.fds).out)

    def test_not_the_stage_s_while_it_waits_for_start(self):
        """S-04: no folder of the host is open, not even that of its own state."""
        box = self.create(pass_fds=self.fds)
        folders = [os.readlink(f"/proc/{box.first.pid}/fd/{name}")
                   for name in os.listdir(f"/proc/{box.first.pid}/fd")
                   if stat.S_ISDIR(os.stat(f"/proc/{box.first.pid}/fd/{name}").st_mode)]
        self.assertEqual(folders, [])

    @rows(["prestart", "createRuntime", "createContainer", "startContainer", "poststart",
           "poststop"])
    def test_not_a_hook_s(self, kind):
        """S-03: whether it runs outside or in the container."""
        report = self.folder / "report"
        report.mkdir(mode=0o777)
        script = f"ls -l /proc/self/fd >>{report}/seen"

        def edit(b):
            b.config["mounts"].append(bind(str(report), report))
            b.config["hooks"] = {kind: [{"path": "/bin/sh", "args": ["sh", "-c", script],
                                         "env": ["PATH=/bin"]}]}
        self.run_in(["true"], edit, pass_fds=self.fds)
        seen = (report / "seen").read_text()
        self.assertIn("->", seen)
        self.assertNotIn(str(self.outside), seen)
        self.assertNotIn("/sys/fs/cgroup", seen)
        self.assertNotIn(str(self.root), seen)


class WorkingFolder(HostileTest):
    """S-24, CVE-2024-21626: process.cwd through a descriptor that leads to the host."""

    def setUp(self):
        super().setUp()
        self.fds = [os.open(place, os.O_RDONLY | os.O_DIRECTORY)
                    for place in [str(self.outside), "/sys/fs/cgroup"] * 4]
        for fd in self.fds:
            self.addCleanup(os.close, fd)

    # What the program can read from there.
    READ = "cat secret ../outside/secret; ls ../../etc/hostname cgroup.procs; pwd -P"

    def test_unprotected_it_is_a_folder_of_the_host(self):
        root = self.rootfs_of()

        def naive():
            mount(root, root, flags=MS_BIND | MS_REC)
            mount("proc", root / "proc", "proc")
            os.chroot(root)
            os.chdir(f"/proc/self/fd/{self.fds[0]}")
            return Path("secret").read_text()
        self.assertEqual(apart(naive), "secret of the host\n")

    def assert_kept_in(self, result):
        self.assertNotIn("secret", result.out)
        self.assertNotIn("hostname", result.out)
        self.assertNotIn("cgroup.procs", result.out)

    def test_at_create(self):
        for fd in [*range(3, 10), *self.fds[:2]]:
            result = self.attempt(
                ["sh", "-c", self.READ],
                lambda b, cwd=f"/proc/self/fd/{fd}": b.config["process"].update(cwd=cwd),
                pass_fds=self.fds)
            self.assert_kept_in(result)
            self.assertNotEqual(result.code, 0)

    def test_at_exec(self):
        box = self.start()
        for fd in [*range(3, 10), *self.fds[:2]]:
            result = self.husk("exec", "--cwd", f"/proc/self/fd/{fd}", box.id, "sh", "-c",
                               self.READ, code=None, pass_fds=self.fds)
            self.assert_kept_in(result)
            self.assertNotEqual(result.code, 0)

    @rows([("folder of the image", "/place"), ("below it", "/place/../place/new")])
    def test_image_s_link_to_a_descriptor(self, _, cwd):
        """The configuration names a folder, and the image has put the link there."""
        for fd in [*range(3, 10), *self.fds[:2]]:
            result = self.attempt(["sh", "-c", self.READ], self.planted(
                lambda root, fd=fd: (root / "place").symlink_to(f"/proc/self/fd/{fd}"),
                lambda config: config["process"].update(cwd=cwd)), pass_fds=self.fds)
            self.assert_kept_in(result)

    @rows([("its own root", "/proc/self/root/../.."), ("its parent's", "/proc/1/root/../../.."),
           ("its own folder", "/proc/self/cwd/../../..")])
    def test_other_ways_up(self, _, cwd):
        """S-24: whatever the way, it ends in the container or in an error."""
        result = self.attempt(["sh", "-c", "pwd -P; " + self.READ],
                              lambda b: b.config["process"].update(cwd=cwd), pass_fds=self.fds)
        self.assert_kept_in(result)

    @rows([("program", 0), ("interpreter", 1)])
    def test_program_through_a_descriptor(self, _, by_script):
        """CVE-2024-21626: the program itself, or that of a script's first line."""
        (self.outside / "program").write_text("#!/bin/sh\necho of the host\n")
        (self.outside / "program").chmod(0o755)
        for fd in [*range(3, 8), self.fds[0]]:
            path = f"/proc/self/fd/{fd}/program"

            def plant(root, path=path):
                (root / "bin" / "script").write_text(f"#!{path}\n")
                (root / "bin" / "script").chmod(0o755)
            result = self.attempt(["/bin/script" if by_script else path], self.planted(plant),
                                  pass_fds=self.fds)
            self.assertNotEqual(result.code, 0)
            self.assertNotIn("of the host", result.out)
