# SPDX-License-Identifier: GPL-2.0-or-later
"""An image full of the wrong things: a FIFO, a device, a loop of links wherever husk looks for a
file or a folder; and names and paths as long as the kernel has them, and longer.

Wanted: husk runs the container or says in one line why not. It never waits for somebody to open the
other end, reads no device, and leaves nothing.
"""
import os
import socket
import stat
import subprocess

import machine
from bundle import bind, mount
from harm import HostileTest, fork, without_mounts
from husk import rows

NULL, ZERO, TTY, LOOP = os.makedev(1, 3), os.makedev(1, 5), os.makedev(5, 0), os.makedev(7, 0)
GIB = 1 << 30


def make_socket(path):
    # The name of a socket is short; the folder may be deep.
    here = os.open(".", os.O_PATH)
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(path.name)
    finally:
        os.fchdir(here)
        os.close(here)


def make_huge(path):
    with open(path, "wb") as file:
        file.truncate(GIB)


def make_chain(path):
    """41 links, one more than the kernel follows."""
    chain = path.parent / "chain"
    chain.mkdir()
    for number in range(40):
        (chain / str(number)).symlink_to(str(number + 1))
    (chain / "40").touch()
    path.symlink_to("chain/0")


KINDS = {
    "fifo": os.mkfifo,
    "socket": make_socket,
    "null": lambda path: os.mknod(path, stat.S_IFCHR | 0o666, NULL),
    "zero": lambda path: os.mknod(path, stat.S_IFCHR | 0o777, ZERO),
    "terminal": lambda path: os.mknod(path, stat.S_IFCHR | 0o666, TTY),
    "block device": lambda path: os.mknod(path, stat.S_IFBLK | 0o666, LOOP),
    "link to itself": lambda path: path.symlink_to(path.name),
    "two links in a circle": lambda path: (path.symlink_to("circle"),
                                           (path.parent / "circle").symlink_to(path.name)),
    "long chain": make_chain,
    "link of 4095 bytes": lambda path: path.symlink_to("./" * 2047 + "x"),
    "link to a long name": lambda path: path.symlink_to("n" * 256),
    "link to a fifo": lambda path: (os.mkfifo(path.parent / "pipe"), path.symlink_to("pipe")),
    "link to the parent": lambda path: path.symlink_to(".."),
    "huge file": make_huge,
    "closed folder": lambda path: path.mkdir(mode=0),
}


def add(*entries):
    return lambda config: config["mounts"].extend(entries)


def own_dev(*names):
    """The image's own /dev, with nothing mounted on it but these."""
    def change(config):
        kept = [m for m in config["mounts"] if m["destination"] in names]
        without_mounts(config, "/dev")
        config["mounts"] += kept
    return change


def with_terminal(config):
    config["process"]["terminal"] = True


def both(*changes):
    return lambda config: [change(config) for change in changes]


FOLDER, FILE = "/etc", "/etc/passwd"  # of the host, to be bound

ALL = set(KINDS)
FOLDERS = {"closed folder", "link to the parent"}
FILES = {"fifo", "socket", "null", "zero", "terminal", "block device", "link to a fifo",
         "huge file"}
LOOPS = {"link to itself", "two links in a circle", "long chain", "link to a long name"}

# (name, what is planted, what is fit for it, the change of the configuration that leads husk to it)
PLACES = [
    ("folder is mounted on", "data", FOLDERS, add(bind("/data", FOLDER))),
    ("file is mounted on", "etc/hosts", FILES, add(bind("/etc/hosts", FILE))),
    ("tmpfs is mounted on", "data", FOLDERS, add(mount("/data", "tmpfs", "tmpfs"))),
    ("tmpfs is filled from", "data/below", ALL - {"huge file"},
     add(mount("/data", "tmpfs", "tmpfs", "tmpcopyup", "size=1m"))),
    ("lies above a mount", "data", FOLDERS, add(bind("/data/deep/file", FILE))),
    ("proc", "proc", {"closed folder"}, lambda config: None),
    ("sys", "sys", {"closed folder"}, lambda config: None),
    ("cgroup", "sys/fs/cgroup", FOLDERS, both(
        lambda config: without_mounts(config, "/sys"),
        add(mount("/sys/fs/cgroup", "cgroup", "cgroup", "ro")))),
    ("dev", "dev", FOLDERS, lambda config: None),
    ("dev of the image", "dev", {"closed folder"}, own_dev()),
    ("dev null", "dev/null", {"null"}, own_dev()),
    ("dev fd", "dev/fd", ALL, own_dev()),
    ("dev ptmx", "dev/ptmx", ALL - {"closed folder"}, own_dev()),
    ("dev shm", "dev/shm", FOLDERS, own_dev("/dev/shm")),
    ("dev pts", "dev/pts", {"closed folder"}, both(with_terminal, own_dev("/dev/pts"))),
    ("dev console", "dev/console", ALL - {"closed folder"},
     both(with_terminal, own_dev("/dev/pts"))),
    ("device", "data", FOLDERS, lambda config: config["linux"].update(devices=[
        {"path": "/data/node", "type": "c", "major": 1, "minor": 3}])),
    ("masked", "data", ALL - LOOPS,
     lambda config: config["linux"]["maskedPaths"].append("/data")),
    ("read-only", "data", ALL - LOOPS,
     lambda config: config["linux"]["readonlyPaths"].append("/data")),
    ("working folder", "data", FOLDERS,
     lambda config: config["process"].update(cwd="/data")),
    ("program", "data", set(), lambda config: config["process"].update(args=["/data"])),
    ("found by PATH", "bin/data", set(), lambda config: config["process"].update(args=["data"])),
    ("passwd", "etc/passwd", ALL, lambda config: None),
    ("root", "data", set(), lambda config: config["root"].update(path="rootfs/data")),
]


def remove(*paths):
    """By a program: folders may lie deeper than Python goes."""
    subprocess.run(["rm", "-rf", "--", *paths], check=True)


class ImageTest(HostileTest):
    def run_once(self, bundle, what):
        """Made and run, or refused; the guard of husk() is against waiting for ever."""
        done = self.husk("run", "--bundle", bundle.folder, self.new_id(), code=None)
        with self.subTest(what):
            self.assertIn(done.code, (0, 1, 126, 127), done.err)
            if done.code != 0:
                self.assert_refused(done._replace(out=""))
            self.assertEqual(machine.leftovers(self.mark, self.root), [])
        self.assert_unharmed()
        return done.code


class Shapes(ImageTest):
    @rows(PLACES)
    def test_wrong_thing(self, _, place, fit, change):
        bundle = self.bundle(["true"], self.planted(lambda root: None, change))
        planted, codes = self.rootfs / place, {}
        beside = [planted.parent / name for name in ("circle", "chain", "pipe")]
        for kind, plant in KINDS.items():
            remove(planted, *beside)
            planted.parent.mkdir(parents=True, exist_ok=True)
            plant(planted)
            codes[kind] = self.run_once(bundle, kind)
        self.assertEqual({kind for kind, code in codes.items() if code == 0}, fit)

    def test_careless_one_waits(self):
        """By name, as a file: it is opened only when somebody opens the other end."""
        fifo = self.rootfs_of(lambda root: os.mkfifo(root / "data")) / "data"
        pid = fork(lambda: os.close(os.open(fifo, os.O_RDONLY)))
        os.close(os.open(fifo, os.O_WRONLY))  # returns when the other one is there
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 0)


def path_of(size, name):
    """An absolute path of so many bytes, of names like this one."""
    whole = ("/" + name) * (size // (len(name) + 1) + 1)
    return whole[:size].rstrip("/") + ("x" if whole[:size].endswith("/") else "")


PATHS = {
    "name of 255 bytes": "/" + "n" * 255,
    "name of 256 bytes": "/" + "n" * 256,
    "two names of 255 bytes": "/" + "n" * 255 + "/" + "m" * 255,
    "path of 4095 bytes": path_of(4095, "n" * 250),
    "path of 4096 bytes": path_of(4096, "n" * 250),
    "2047 names": path_of(4095, "n"),
    "2048 names": path_of(4097, "n"),
    "path of 70000 bytes": path_of(70000, "n" * 250),
    "there and back": "/n/.." * 819,
}
FIT = {"name of 255 bytes", "two names of 255 bytes", "path of 4095 bytes", "2047 names"}
UNFIT = {"name of 256 bytes", "path of 70000 bytes"}

# (name, whether it is made or may be missing, what a path of that length is given to)
USERS = [
    ("folder is mounted on", True, lambda config, path: add(bind(path, FOLDER))(config)),
    ("file is mounted on", True, lambda config, path: add(bind(path, FILE))(config)),
    ("tmpfs is mounted on", True, lambda config, path: add(mount(path, "tmpfs", "tmpfs"))(config)),
    ("source", False, lambda config, path: add(bind("/data", path))(config)),
    ("device", True, lambda config, path: config["linux"].update(devices=[
        {"path": path, "type": "c", "major": 1, "minor": 3}])),
    ("device in dev", True, lambda config, path: config["linux"].update(devices=[
        {"path": "/dev" + path, "type": "c", "major": 1, "minor": 3}])),
    ("masked", True, lambda config, path: config["linux"]["maskedPaths"].append(path)),
    ("read-only", True, lambda config, path: config["linux"]["readonlyPaths"].append(path)),
    ("working folder", False, lambda config, path: config["process"].update(cwd=path)),
    ("program", False, lambda config, path: config["process"].update(args=[path])),
    ("root", False, lambda config, path: config["root"].update(path=path)),
    ("namespace", False, lambda config, path: config["linux"]["namespaces"].append(
        {"type": "time", "path": path})),
    ("hook", False, lambda config, path: config.update(hooks={"createRuntime": [{"path": path}]})),
]


class Lengths(ImageTest):
    @rows(USERS)
    def test_long_path(self, _, is_made, change):
        for name, path in PATHS.items():
            bundle = self.bundle(["true"], self.planted(
                lambda root: None, lambda config, path=path: change(config, path)))
            code = self.run_once(bundle, name)
            remove(bundle.folder)
            if name in UNFIT or (name in FIT and is_made):
                self.assertEqual(code == 0, name in FIT, name)
