# SPDX-License-Identifier: GPL-2.0-or-later
"""What people take: the Debian packages and the archive of `make deb` and `make tarball`, built,
compared, and tried in a root of Debian that holds nothing else."""
import hashlib
import os
import re
import shlex
import shutil
import subprocess
import tempfile
import unittest
from functools import cache
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
OUT = TOP / "build" / "package"
LISTS = Path("/etc/apt/sources.list.d")
# What apt and dpkg keep for themselves, and what their runs leave behind of any package.
OF_APT = re.compile(r"\./(var/lib/(apt|dpkg)|var/cache|var/log|etc/ld\.so\.cache|proc|sys|dev|tmp)")
# A root of its own for one shell: chroot alone would not let a container leave it again.
ENTER = """set -eu
mount --make-rprivate /
mount --rbind "$0" "$0"
for place in proc sys dev; do mount --rbind /$place "$0/$place"; done
cd "$0"
pivot_root . mnt
umount -l /mnt
exec /bin/sh -euc "$1"
"""


def call(*words, cwd=TOP, **more):
    """Its output; what fails says all that it said."""
    done = subprocess.run(words, cwd=cwd, stdin=subprocess.DEVNULL, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **more)
    if done.returncode != 0:
        raise AssertionError(f"{shlex.join(map(str, words))}: exit status {done.returncode}\n"
                             f"{done.stdout[-4000:]}")
    return done.stdout


def wordlist(name):
    """One of the lists of scripts/install-deps."""
    text = (TOP / "scripts" / "install-deps").read_text()
    return set(re.search(rf"^{name}='([^']*)'", text, re.MULTILINE)[1].split())


def project_version():
    return re.search(r"^  version: '(.+)'", (TOP / "meson.build").read_text(), re.MULTILINE)[1]


@cache
def packages():
    shutil.rmtree(OUT / "deb", ignore_errors=True)
    call("make", "deb")
    return sorted((OUT / "deb").glob("*.deb"))


@cache
def archive():
    call("make", "tarball")
    return next(OUT.glob("husk-*.tar.xz"))


def inside(root, script):
    """A shell script in that root."""
    return call("unshare", "--mount", "sh", "-c", ENTER, root, script)


def names_in(root):
    found = call("find", ".", "-xdev", cwd=root).splitlines()
    return {name for name in found if not OF_APT.match(name)}


def skip_without_git(test):
    if not (TOP / ".git").exists():
        test.skipTest("packages are made of what git tracks, and here is no git")


class Root:
    """The smallest Debian there is, made once and copied for each test."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="husk-root-"))
        sources = "".join(path.read_text() for path in sorted(LISTS.glob("*.sources")))
        sources = sources or Path("/etc/apt/sources.list").read_text()
        done = subprocess.run(["mmdebstrap", "--quiet", "--variant=minbase",
                               "--include=ca-certificates", "bookworm", self.pristine, "-"],
                              input=sources, text=True, capture_output=True, check=False)
        if done.returncode != 0:
            raise AssertionError(f"mmdebstrap: {done.stderr[-2000:]}")
        shutil.copy("/etc/resolv.conf", self.pristine / "etc" / "resolv.conf")

    @property
    def pristine(self):
        return self.folder / "pristine"

    def copy(self, name):
        call("cp", "-a", self.pristine, self.folder / name)
        return self.folder / name

    def remove(self):
        shutil.rmtree(self.folder)


class Contents(unittest.TestCase):
    def test_the_changelog_has_the_projects_version(self):
        self.assertEqual(call("dpkg-parsechangelog", "--show-field", "Version").strip(),
                         project_version())

    def test_the_packages_need_what_the_scripts_install(self):
        control = (TOP / "debian" / "control").read_text()
        field = re.search(r"^Build-Depends:(.*?)\n\S", control, re.MULTILINE | re.DOTALL)[1]
        named = {word.split()[0] for word in field.split(",")}
        self.assertEqual(named - {"debhelper-compat"}, wordlist("build"))

    def test_lintian_has_nothing_to_say(self):
        skip_without_git(self)
        packages()
        changes, = (OUT / "deb").glob("*.changes")
        said = call("lintian", "--allow-root", "--fail-on", "error,warning", changes)
        self.assertEqual(said, "")


class Archive(unittest.TestCase):
    def setUp(self):
        skip_without_git(self)

    def test_its_checksum_is_right(self):
        call("sha256sum", "--check", f"{archive().name}.sha256", cwd=OUT)

    def test_built_elsewhere_it_is_the_same_to_the_last_bit(self):
        first = hashlib.sha256(archive().read_bytes()).hexdigest()
        with tempfile.TemporaryDirectory(prefix="husk-elsewhere-") as name:
            other = Path(name) / "another folder's name"
            call("git", "clone", "--quiet", TOP, other)
            files = call("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
            for path in filter(None, files.split("\0")):
                (other / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(TOP / path, other / path)
            call("make", "tarball", cwd=other)
            second, = (other / "build" / "package").glob("husk-*.tar.xz")
            self.assertEqual(hashlib.sha256(second.read_bytes()).hexdigest(), first)


class Fresh(unittest.TestCase):
    """In a root that has never seen a compiler, an engine or husk."""

    @classmethod
    def setUpClass(cls):
        if os.geteuid() != 0:
            raise unittest.SkipTest("needs root: mounts, and a container in a root of its own")
        if not (TOP / ".git").exists():
            raise unittest.SkipTest("packages are made of what git tracks, and here is no git")
        cls.root = Root()
        cls.addClassCleanup(cls.root.remove)

    def test_packages_install_work_and_leave_nothing(self):
        root = self.root.copy("packages")
        wanted = [path for path in packages() if "dbgsym" not in path.name]
        for path in wanted:
            shutil.copy(path, root / "tmp")
        inside(root, "apt-get -qq update; apt-get -qq -y --no-install-recommends install "
                     "libncursesw6 libsystemd0")
        before = names_in(root)
        inside(root, "apt-get -qq -y --no-install-recommends install /tmp/*.deb")
        self.assertIn(project_version(), inside(root, "husk --version"))
        self.assertEqual(inside(root, "husk box --init -- sh -c 'echo $$ of; cat /proc/1/comm'"),
                         "2 of\nhusk-init\n")
        self.assertIn("--with", inside(root, "husk trace --help"))
        self.assertEqual(inside(root, "husk-init -- sh -c 'exit 42' || echo $?"), "42\n")
        inside(root, "apt-get -qq -y purge husk husk-init")
        self.assertEqual(names_in(root) - before, set())

    def test_the_archive_works_where_it_is_unpacked(self):
        root = self.root.copy("archive")
        call("tar", "--extract", "--file", archive(), "--directory", root / "opt")
        folder, = (root / "opt").glob("husk-*")
        place = f"/opt/{folder.name}"
        self.assertIn(project_version(), inside(root, f"{place}/husk --version"))
        self.assertEqual(inside(root, f"ln -s {place}/husk /usr/local/bin/husk; "
                                      "husk box --init -- cat /proc/1/comm"), "husk-init\n")
        self.assertIn("usage", inside(root, "husk lab --help"))

    def test_readmes_demo_needs_no_more_than_git_and_make(self):
        root = self.root.copy("demo")
        call("git", "clone", "--quiet", TOP, root / "root" / "husk")
        inside(root, "apt-get -qq update; apt-get -qq -y --no-install-recommends install git make")
        said = inside(root, "cd /root/husk; export HOME=/root; ! command -v cc; make demo")
        self.assertIn("nothing is left", said)


if __name__ == "__main__":
    unittest.main()
