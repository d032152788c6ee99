# SPDX-License-Identifier: GPL-2.0-or-later
"""Symbolic links of the image, in the way of what is mounted and made."""
import os
from pathlib import Path

from bundle import bind, mount
from harm import MS_BIND, HostileTest, apart, tree, without_mounts
from harm import mount as mount_by_name
from husk import rows

UP = "../" * 20


def make_folder(path):
    """mkdir -p by name: it follows whatever is there, and makes what a link only promises."""
    if os.path.islink(path):
        path = os.path.join(os.path.dirname(path), os.readlink(path))
    if not os.path.isdir(path):
        make_folder(os.path.dirname(path))
        os.mkdir(path)


def mount_naively(source, root, destination):
    """By path: check that it begins with the root, make what is missing, mount on the name."""
    target = f"{root}{destination}"
    assert target.startswith(str(root))
    if source.is_dir():
        make_folder(target)
    else:
        make_folder(os.path.dirname(target))
        if not os.path.exists(target):
            Path(target).touch()
    mount_by_name(source, target, flags=MS_BIND)
    return os.path.realpath(target)


class Destinations(HostileTest):
    """S-05, S-06, CVE-2019-18837, CVE-2019-10152, CVE-2023-0778, CVE-2024-1753, CVE-2024-9407,
    CVE-2024-9675, CVE-2024-9676, CVE-2024-11218, CVE-2024-9341, CVE-2025-24965."""

    LINKS = [
        # (name, {link: text}, destination); OUT is a folder of the host
        ("last component", {"data": "OUT"}, "/data"),
        ("component in the middle", {"data": "OUT"}, "/data/deeper/still"),
        ("relative", {"data": UP + "OUT"}, "/data"),
        ("chain", {"a": "b", "b": "c", "c": UP + "OUT"}, "/a/deeper"),
        ("dangling", {"data": "OUT/new"}, "/data/deeper"),
        ("dots behind a link", {"data": "OUT"}, "/data/../made"),
    ]

    def plant(self, links):
        def plant(root):
            for name, where in links.items():
                (root / name).symlink_to(where.replace("OUT", str(self.outside).lstrip("/"))
                                         if where.startswith("../")
                                         else where.replace("OUT", str(self.outside)))
        return plant

    def check(self, volume, links, destination):
        """The naive mount gets out of the image; husk's does not."""
        naive = self.rootfs_of(self.plant(links))
        landed = apart(lambda: mount_naively(volume, naive, destination))
        self.assertFalse(landed.startswith(str(naive)), landed)
        self.restore()
        done = self.attempt(["true"], self.planted(
            self.plant(links), lambda config: config["mounts"].append(bind(destination, volume))))
        self.assertIn(done.code, (0, 1))
        self.assert_unharmed()

    def restore(self):
        """What the naive way has made on the host."""
        for name in set(tree(self.outside)) - set(self.before):
            if (self.outside / name).exists():
                os.system(f"rm -rf '{self.outside / name}'")
        os.system(f"rm -rf '{self.folder / 'made'}'")
        self.assertEqual(tree(self.outside), self.before)

    @rows(LINKS)
    def test_folder(self, _, links, destination):
        volume = self.folder / "volume"
        volume.mkdir()
        self.check(volume, links, destination)

    @rows(LINKS)
    def test_file(self, _, links, destination):
        """CVE-2024-45310: the empty file or folder that is made to be mounted on."""
        volume = self.folder / "volume"
        volume.write_text("of the volume")
        self.check(volume, links, destination + "/file")

    def test_magic_link(self):
        """S-05: /proc/self/root of the process that mounts is the host's."""
        volume = self.folder / "volume"
        volume.mkdir()
        target = f"/proc/self/root{self.outside}"
        self.assertTrue(os.path.samefile(target, self.outside))
        self.attempt(["true"], self.planted(
            lambda root: (root / "data").symlink_to("/proc/self/root"),
            lambda config: config["mounts"].append(bind(f"/data{self.outside}", volume))))
        self.assert_unharmed()

    def test_loop_is_an_error(self):
        done = self.attempt(["true"], self.planted(
            lambda root: (root / "data").symlink_to("data"),
            lambda config: config["mounts"].append(bind("/data", self.outside))), code=1)
        self.assertIn("too many levels of symbolic links", done.err)

    def test_mount_over_the_root_through_a_link_hides_nothing(self):
        """S-05, S-11: masks and the program come from the root, not from what was laid on it."""
        volume = self.folder / "volume"
        volume.mkdir()
        shown = self.attempt(["sh", "-c", "stat -c %t:%T /proc/keys; ls /bin/busybox"],
                             self.planted(
            lambda root: (root / "data").symlink_to("/"),
            lambda config: config["mounts"].append(bind("/data", volume))))
        if shown.code == 0:
            self.assertEqual(shown.out, "1:3\n/bin/busybox\n")
        self.assert_unharmed()


class SourceLink(HostileTest):
    @rows([("src-nofollow", "src-nofollow"), ("copy-symlink", "copy-symlink")])
    def test_source_that_is_a_link_is_not_followed_when_told_so(self, _, word):
        """S-14: a volume whose owner has put a link to a secret in its place."""
        link = self.folder / "volume"
        link.symlink_to(self.outside / "secret")

        def edit(*words):
            return self.planted(lambda root: None, lambda config: config["mounts"].append(
                bind("/data", link, *words)))
        # Without the word it is followed, as by every runtime.
        self.assertEqual(self.run_in(["cat", "/data"], edit()).out, "secret of the host\n")
        done = self.run_in(["cat", "/data"], edit(word), code=1)
        self.assertNotIn("secret of", done.out)


class ProcAndSys(HostileTest):
    """S-07, CVE-2019-19921, CVE-2023-27561, CVE-2023-28642, CVE-2025-54867: masks and labels are
    for /proc and /sys themselves."""

    PLACES = [("proc", "proc"), ("sys", "sysfs")]

    @rows(PLACES)
    def test_link_in_its_place_is_refused(self, name, kind):
        def plant(root):
            (root / name).rmdir()
            (root / "elsewhere").mkdir()
            (root / name).symlink_to("/elsewhere")
        naive = self.rootfs_of(lambda root: ((root / name).rmdir(), (root / "elsewhere").mkdir(),
                                             (root / name).symlink_to("elsewhere")))
        self.assertEqual(apart(lambda: (mount_by_name(kind, naive / name, kind),
                                        os.path.ismount(naive / "elsewhere"))[1]), True)
        done = self.attempt(["true"], self.planted(plant), code=1)
        self.assertIn("too many levels of symbolic links", done.err)
        self.assert_unharmed()

    @rows(PLACES)
    def test_link_above_an_own_bind_is_refused(self, name, kind):
        """The same for a bind of the host's."""
        def plant(root):
            (root / name).rmdir()
            (root / "elsewhere").mkdir()
            (root / name).symlink_to("/elsewhere")

        def change(config):
            without_mounts(config, f"/{name}")
            config["mounts"].append(bind(f"/{name}", f"/{name}"))
        self.attempt(["true"], self.planted(plant, change), code=1)

    @rows([("folder", "/proc"), ("link", "/data"), ("file", "/proc/self/attr"),
           ("sysctl", "/proc/sys/kernel/core_pattern")])
    def test_volume_over_proc_is_refused(self, _, destination):
        """S-09, CVE-2019-16884: whoever wrote a label there would write to the volume."""
        volume = self.folder / "volume"
        (volume / "self" / "attr").mkdir(parents=True)
        fake = volume / "self" / "attr" / "exec"
        fake.write_text("")

        def naive():
            mount_by_name(volume, "/proc", flags=MS_BIND)
            Path("/proc/self/attr/exec").write_text("exec confined")
            return fake.read_text()
        self.assertEqual(apart(naive), "exec confined")
        fake.write_text("")
        done = self.attempt(["true"], self.planted(
            lambda root: (root / "data").symlink_to("/proc/self/attr"),
            lambda config: config["mounts"].append(bind(destination, volume))), code=1)
        self.assertRegex(done.err, "procfs|nothing may be mounted|Not a directory")
        self.assertEqual(fake.read_text(), "")

    def test_tmpfs_over_proc_is_refused(self):
        """S-09, CVE-2025-52881"""
        for place in ("/proc", "/proc/thread-self/attr", "/proc/self", "/proc/sys"):
            self.attempt(["true"], lambda b, at=place: b.config["mounts"].append(
                mount(at, "tmpfs", "none")), code=1)
