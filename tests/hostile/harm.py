# SPDX-License-Identifier: GPL-2.0-or-later
"""What an attack does where nobody is on guard: the unprotected way, done for real.

A test that only sees husk stay unharmed could be attacking nothing. So each one first carries out
its attack on the naive form of what husk does (a mount by path, a shell that is let in with its
descriptors, a file opened by name), in a process and mount namespace of its own, and sees the harm.
"""
import ctypes
import json
import os
import signal
import subprocess
import traceback
from pathlib import Path

import machine
from bundle import make_rootfs
from husk import TEST_SECONDS, ContainerTest

TRIES = int(os.environ.get("HUSK_HOSTILE_TRIES", "50"))

CLONE_NEWNS, CLONE_NEWUSER = 0x20000, 0x10000000
MS_BIND, MS_REC, MS_PRIVATE, MS_SHARED, MS_SLAVE = 0x1000, 0x4000, 1 << 18, 1 << 20, 1 << 19
AT_FDCWD, RENAME_EXCHANGE = -100, 2
AT_EMPTY_PATH, OPEN_TREE_CLONE, OPEN_TREE_CLOEXEC = 0x1000, 1, os.O_CLOEXEC
MOUNT_ATTR_RDONLY = 1
PR_CAPBSET_DROP, CAPABILITY_VERSION = 24, 0x20080522
SYS_OPEN_TREE, SYS_MOUNT_SETATTR = 428, 442  # the same number on every processor
NAMESPACES = {"pid": 0x20000000, "mnt": CLONE_NEWNS}

libc = machine.libc


def check(value, what):
    if value < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return value


def text(value):
    return None if value is None else os.fsencode(str(value))


# ---- system calls

def mount(source, target, kind=None, flags=0, data=None):
    check(libc.mount(text(source), text(target), text(kind), ctypes.c_ulong(flags), text(data)),
          f"mount {target}")


def exchange(one, other):
    """Both names at once, so that there is always one of the two in either place."""
    check(libc.renameat2(AT_FDCWD, text(one), AT_FDCWD, text(other), RENAME_EXCHANGE), "renameat2")


def unshare(flags):
    check(libc.unshare(flags), "unshare")


def clone_of_mount(path):
    """A detached mount of the file alone."""
    return check(libc.syscall(SYS_OPEN_TREE, AT_FDCWD, text(path),
                              OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC), "open_tree")


def set_mount(fd, attributes_set=0, attributes_cleared=0):
    words = (ctypes.c_uint64 * 4)(attributes_set, attributes_cleared, 0, 0)
    check(libc.syscall(SYS_MOUNT_SETATTR, fd, b"", AT_EMPTY_PATH, words, 32), "mount_setattr")


# ---- processes

def fork(function):
    """Start a process that is `function` and nothing else; its pid."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            function()
            code = 0
        except BaseException:  # of a test that cannot see this process's exceptions
            traceback.print_exc()
        finally:
            os._exit(code)
    return pid


def answer_of(function):
    """What `function` returns in a process of its own; JSON carries it."""
    read_end, write_end = os.pipe()
    pid = fork(lambda: os.write(write_end, json.dumps(function()).encode()))
    os.close(write_end)
    with open(read_end, "rb") as pipe:
        told = pipe.read()
    if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) != 0:
        raise AssertionError("the unprotected way could not be carried out: see stderr")
    return json.loads(told)


def apart(function):
    """The same with mounts of its own, that nobody else sees and that end with it."""
    def body():
        unshare(CLONE_NEWNS)
        mount(None, "/", None, MS_REC | MS_PRIVATE)
        return function()
    return answer_of(body)


def enter(pid):
    """Join the container as a careless runtime does. The next child is in its pid namespace."""
    fds = [os.open(f"/proc/{pid}/ns/{name}", os.O_RDONLY) for name in NAMESPACES]
    for fd, kind in zip(fds, NAMESPACES.values()):
        check(libc.setns(fd, kind), "setns")
        os.close(fd)


def keep_rights(wanted):
    """No more capabilities than these, as of a process of the container."""
    for number in range(64):
        if not wanted >> number & 1:
            libc.prctl(PR_CAPBSET_DROP, number, 0, 0, 0)  # beyond the last one it fails
    halves = (ctypes.c_uint32 * 6)()
    for at, half in ((0, wanted), (3, wanted >> 32)):
        halves[at] = halves[at + 1] = half & 0xffffffff  # effective, permitted; nothing inheritable
    check(libc.capset((ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0), halves), "capset")


def inside(pid, function):
    """What `function` returns as a process of the container."""
    def body():
        enter(pid)
        return answer_of(function)
    return answer_of(body)


def tries(function):
    """True when it could be done, False when the kernel has refused."""
    try:
        function()
    except OSError:
        return False
    return True


class Swapper:
    """A hostile neighbour: exchanges two names as fast as it can until it is stopped."""

    def __init__(self, one, other, container=None):
        def body():
            if container:
                enter(container)
            while True:
                exchange(one, other)
        self.pid = fork(body)

    def stop(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


# ---- tests

class HostileTest(ContainerTest):
    """A container's root of its own to plant things in, and a folder of the host to guard."""

    def setUp(self):
        super().setUp()
        self.outside = self.folder / "outside"
        self.outside.mkdir()
        (self.outside / "secret").write_text("secret of the host\n")
        self.before = tree(self.outside)

    def planted(self, plant, change=None):
        """An `edit` for a bundle: plant(rootfs) fills the image, change(config) its config.json."""
        def edit(b):
            self.rootfs = b.own_rootfs()
            plant(self.rootfs)
            if change:
                change(b.config)
        return edit

    def rootfs_of(self, plant=lambda root: None):
        """An image without a bundle, for the unprotected way."""
        root = make_rootfs(self.folder / f"naive-{self.new_id()}")
        plant(root)
        return root

    def assert_unharmed(self):
        """Nothing is new or changed outside of the root, and no mount has got out."""
        self.assertEqual(tree(self.outside), self.before)
        self.assertEqual([line for line in Path("/proc/self/mountinfo").read_text().splitlines()
                          if str(self.folder) in line], [])

    def attempt(self, args=("true",), edit=None, **more):
        """`husk run` of an attack. It may be refused, or run unharmed; the caller looks at what."""
        signal.alarm(TEST_SECONDS)
        more.setdefault("code", None)
        result = self.run_in(args, edit, **more)
        if result.code != 0 and result.err:
            self.assert_refused(result._replace(out=""))
        return result

    def race(self, one, other, once, container=None):
        """`once` again and again while the two names are exchanged, on the host or inside."""
        swapper = Swapper(one, other, container)
        try:
            for _ in range(TRIES):
                signal.alarm(TEST_SECONDS)  # each try may take that long, not all of them
                once()
        finally:
            swapper.stop()

    def live(self, script, edit=None, **more):
        """A container that runs the script, has said "ready", and then waits."""
        box = self.start(["sh", "-c", f"{script}\necho ready; while :; do sleep 3600; done"], edit,
                         **more)
        self.assertEqual(box.line(), "ready")
        return box


def tree(folder):
    """Every name below with what it is and holds."""
    found = {}
    for path in sorted(Path(folder).rglob("*")):
        status = path.lstat()
        content = path.read_text() if path.is_file() and not path.is_symlink() else ""
        found[str(path.relative_to(folder))] = (status.st_mode, status.st_uid, status.st_rdev,
                                                content)
    status = os.stat(folder)
    return {".": (status.st_mode, status.st_uid), **found}


def without_mounts(config, *destinations):
    """Take away the mounts on these places and below."""
    config["mounts"] = [m for m in config["mounts"]
                        if not any(m["destination"] == d or m["destination"].startswith(d + "/")
                                   for d in destinations)]


def with_capabilities(config, *names):
    config["process"]["capabilities"] = {kind: list(names)
                                         for kind in ("bounding", "effective", "permitted")}


def busybox(*words, **more):
    return subprocess.run(["/bin/busybox", *map(str, words)], capture_output=True, text=True,
                          check=False, **more)
