# SPDX-License-Identifier: GPL-2.0-or-later
import os
import subprocess

import machine
from bundle import bind, drop_namespace, mount
from husk import ContainerTest, rows


def adding(*mounts):
    return lambda b: b.config["mounts"].extend(mounts)


def own_root(*mounts, readonly=False):
    """A root of the test's own, which husk may make mount points in."""
    def edit(b):
        b.own_rootfs()
        b.config["root"]["readonly"] = readonly
        b.config["mounts"].extend(mounts)
    return edit


class Options(ContainerTest):
    """Words of one mount, and what the kernel then shows."""

    def options(self, *words, kind="tmpfs"):
        """The per-mount and the file system's options of a mount on /var."""
        line = self.shell("grep ' /var ' /proc/self/mountinfo",
                          adding(mount("/var", kind, "none", *words)))
        return set(line.split()[5].split(",") + line.split()[-1].split(","))

    @rows([("nosuid",), ("nodev",), ("noexec",), ("ro",), ("noatime",), ("nodiratime",),
           ("nosymfollow",)])
    def test_word_is_set(self, word):
        """O-02, O-03, O-08, O-12"""
        self.assertIn(word, self.options(word))

    def test_all_at_once(self):
        self.assertLessEqual({"ro", "nosuid", "nodev", "noexec", "noatime"},
                             self.options("ro", "nosuid", "nodev", "noexec", "noatime"))

    def test_later_word_wins(self):
        """O-26"""
        shown = self.options("noexec", "exec", "ro", "rw", "suid", "nosuid")
        self.assertIn("nosuid", shown)
        self.assertFalse({"noexec", "ro"} & shown)

    def test_other_words_go_to_the_file_system(self):
        """M-05"""
        shown = self.options("size=64k", "mode=700")
        self.assertLessEqual({"size=64k", "mode=700"}, shown)

    def test_strictatime(self):
        self.assertFalse({"relatime", "noatime"} & self.options("strictatime"))


class Bind(ContainerTest):
    def setUp(self):
        super().setUp()
        self.source = self.folder / "source"
        self.source.mkdir()
        (self.source / "file").write_text("content\n")

    def file_system(self, path):
        return subprocess.run(["stat", "-f", "-c", "%T", path], capture_output=True, text=True,
                              check=True).stdout.strip()

    def test_folder(self):
        self.assertEqual(self.shell("cat /var/file", adding(bind("/var", self.source))),
                         "content")

    def test_writes_reach_the_source(self):
        self.shell("echo new >/var/new", adding(bind("/var", self.source)))
        self.assertEqual((self.source / "new").read_text(), "new\n")

    def test_read_only(self):
        shown = self.shell("echo new >/var/new || cat /var/file",
                           adding(bind("/var", self.source, "ro")))
        self.assertEqual(shown, "content")

    def test_file_on_a_new_file(self):
        edit = own_root(bind("/srv/deep/file", self.source / "file", "ro"))
        self.assertEqual(self.shell("cat /srv/deep/file", edit), "content")

    def test_source_relative_to_the_bundle(self):
        """M-03"""
        def edit(b):
            (b.folder / "data").mkdir()
            (b.folder / "data" / "a").write_text("here")
            b.config["mounts"].append(bind("/var", "data"))
        self.assertEqual(self.shell("cat /var/a", edit), "here")

    def test_destination_that_is_relative_is_taken_from_the_root(self):
        """M-02"""
        self.assertEqual(self.shell("cat /var/file", adding(bind("var", self.source))), "content")

    def test_type_alone_means_bind(self):
        """M-04"""
        self.assertEqual(self.shell("cat /var/file", adding(mount("/var", "bind", self.source))),
                         "content")

    @rows([("ro", "bind", 0), ("rro", "rbind", 1)])
    def test_read_only_below(self, word, how, code):
        """O-07, O-15: ro is for the one mount, rro for all below it as well."""
        inner = self.source / "inner"
        inner.mkdir()
        script = f"mount -t tmpfs none {inner} && exec \"$@\""
        bundle = self.bundle(["sh", "-c", "echo a >/var/inner/a"],
                             adding(mount("/var", "bind", self.source, "rbind", word)))
        words = ["unshare", "-m", "sh", "-c", script, "sh",
                 *self.command("run", "--bundle", bundle.folder, self.new_id())]
        done = subprocess.run(words, env=self.environment, stderr=subprocess.PIPE, text=True,
                              check=False)
        self.assertEqual(done.returncode, code, done.stderr)

    def test_id_mapped(self):
        """M-06"""
        reason = machine.lacks("linux 6.3")
        if reason and self.file_system(self.source) == "tmpfs":
            self.skipTest(f"{reason}: a tmpfs cannot be id-mapped")
        os.chown(self.source / "file", 5, 6)

        def edit(b):
            b.config["mounts"].append({
                **bind("/var", self.source),
                "uidMappings": [{"containerID": 5, "hostID": 1234, "size": 1}],
                "gidMappings": [{"containerID": 6, "hostID": 4321, "size": 1}]})
        self.assertEqual(self.shell("stat -c '%u %g' /var/file", edit), "1234 4321")


class Placement(ContainerTest):
    """Where a mount lands; the root file system is not to be trusted."""

    def test_listed_order(self):
        """M-01"""
        edit = adding(mount("/var", "tmpfs", "first"), mount("/var", "tmpfs", "second"))
        self.assertEqual(self.shell("awk '$5 == \"/var\" { print $(NF - 1) }' /proc/self/mountinfo",
                                    edit).split(), ["first", "second"])

    def test_inside_an_earlier_mount(self):
        """M-20"""
        edit = adding(mount("/var", "tmpfs", "none"), mount("/var/a/b", "tmpfs", "deep"))
        self.shell("grep ' /var/a/b ' /proc/self/mountinfo", edit)

    @rows([("absolute", "/../../../../etc"), ("relative", "../../../../../../etc"),
           ("magic", "/proc/self/root/etc")])
    def test_symlink_in_the_image_stays_inside(self, _, target):
        """S-05: a link that points out of the root leads to the same path inside of it."""
        def edit(b):
            root = b.own_rootfs()
            (root / "link").symlink_to(target)
            b.config["mounts"].append(mount("/link/husk-mark", "tmpfs", "none"))
        result = self.run_in(["true"], edit, code=None)
        self.assertIn(result.code, (0, 1), result.err)
        self.assertFalse(os.path.lexists("/etc/husk-mark"))

    def test_proc_must_be_a_true_folder(self):
        """M-07, S-07, CVE-2019-19921."""
        def edit(b):
            root = b.own_rootfs()
            (root / "proc").rmdir()
            (root / "x").mkdir()
            (root / "proc").symlink_to("x")
        self.assert_refused(self.run_in(["true"], edit, code=1), "/proc")
        self.assert_nothing_left()

    def test_mount_over_a_file_of_proc_that_matters_is_refused(self):
        """M-14"""
        edit = adding(bind("/proc/self/attr/exec", "/etc/hostname"))
        self.assert_refused(self.run_in(["true"], edit, code=1), "/proc")

    def test_nothing_shows_on_the_machine(self):
        """L-04"""
        before = machine.mounts_at("/var", self.mark)
        self.start(edit=adding(mount("/var", "tmpfs", "none", "shared")))
        self.assertEqual(machine.mounts_at("/var", self.mark), before)


class Tmpfs(ContainerTest):
    def test_mode_of_the_folder_below_is_kept(self):
        """M-10"""
        def edit(b):
            root = b.own_rootfs()
            (root / "var").chmod(0o1770)
            b.config["mounts"].append(mount("/var", "tmpfs", "none"))
        self.assertEqual(self.shell("stat -c %a /var", edit), "1770")

    def test_copy_up(self):
        """O-19"""
        def edit(b):
            root = b.own_rootfs()
            (root / "var" / "deep").mkdir()
            (root / "var" / "deep" / "file").write_text("copied")
            b.config["mounts"].append(mount("/var", "tmpfs", "none", "tmpcopyup"))
        self.assertEqual(self.shell("echo over >/var/new; cat /var/deep/file", edit), "copied")

    def test_read_only_one(self):
        """M-16"""
        self.shell("! touch /var/a", adding(mount("/var", "tmpfs", "none", "ro")))


class Root(ContainerTest):
    def test_read_only(self):
        """T-04"""
        self.assertIn("Read-only", self.run_in(["touch", "/new"], code=1).err)

    def test_writable(self):
        made = self.bundle(["touch", "/new"], own_root())
        self.husk("run", "--bundle", made.folder, self.new_id())
        self.assertTrue((made.folder / "rootfs" / "new").exists())

    def test_old_root_is_out_of_reach(self):
        self.assertEqual(self.shell("cd /../../..; ls -d bin proc; ls -d work home 2>/dev/null",
                                    code=1).split(), ["bin", "proc"])

    @rows([("private", False), ("slave", False), ("shared", True)])
    def test_propagation(self, word, is_shared):
        """L-04"""
        line = self.shell("awk '$5 == \"/\"' /proc/self/mountinfo",
                          lambda b: b.config["linux"].update(rootfsPropagation=word))
        self.assertEqual("shared:" in line, is_shared, line)


class Masks(ContainerTest):
    def test_masked_file_is_empty(self):
        self.assertEqual(self.shell("cat /proc/kcore | head -c 1 | wc -c"), "0")

    def test_masked_folder_is_empty_and_read_only(self):
        """L-05"""
        def edit(b):
            b.config["linux"]["maskedPaths"] = ["/bin/../etc", "/nonexistent"]
        self.assertEqual(self.shell("ls /etc; touch /etc/a", edit, code=1), "")

    def test_read_only_path(self):
        """L-06"""
        def edit(b):
            b.own_rootfs()
            b.config["root"]["readonly"] = False
            b.config["linux"]["readonlyPaths"] = ["/etc", "/nonexistent"]
        self.shell("touch /var/a && ! touch /etc/a", edit)

    def test_proc_sys_cannot_be_written(self):
        self.shell("! echo 1 >/proc/sys/kernel/panic")

    def test_null_of_the_image_is_not_trusted(self):
        """CVE-2025-31133: a mask is never made of what the image calls /dev/null."""
        def edit(b):
            root = b.own_rootfs()
            (root / "secret").write_text("image")
            (root / "dev" / "null").symlink_to("/secret")
            b.config["linux"]["maskedPaths"] = ["/etc/passwd"]
        self.assertEqual(self.shell("cat /etc/passwd", edit), "")


class Cgroup(ContainerTest):
    def test_view_is_the_containers_own(self):
        edit = adding(mount("/sys/fs/cgroup", "cgroup", "cgroup", "nosuid", "noexec", "nodev",
                            "relatime", "ro"))
        shown = self.shell("ls /sys/fs/cgroup", edit)
        self.assertTrue("cgroup.procs" in shown.split() or "pids" in shown.split(), shown)
        self.assertNotIn(self.mark, shown)

    def test_it_cannot_be_written(self):
        edit = adding(mount("/sys/fs/cgroup", "cgroup", "cgroup", "ro"))
        self.shell("for d in /sys/fs/cgroup /sys/fs/cgroup/*; do "
                   "mkdir $d/new 2>/dev/null && exit 1; done; exit 0", edit)


class WithoutMountNamespace(ContainerTest):
    def test_plain_change_of_root(self):
        """N-06"""
        def edit(b):
            drop_namespace(b.config, "mount")
            b.config["mounts"] = []
            b.config["root"]["readonly"] = False
            for member in ("maskedPaths", "readonlyPaths"):
                del b.config["linux"][member]
        before = machine.mounts_at("/bin", self.mark)
        self.run_in(["/bin/busybox", "test", "-e", "/bin/busybox"], edit)
        self.assertEqual(machine.mounts_at("/bin", self.mark), before)
