# SPDX-License-Identifier: GPL-2.0-or-later
"""What this machine offers to a test, and what a test may have left on it."""
import ctypes
import errno
import functools
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

from process import LIMIT, Process

CGROUP = Path("/sys/fs/cgroup")
ORDINARY_UID = 1000
SHARED_ROOT = f"husk-rootfs-{os.getpid()}-"

PR_SET_CHILD_SUBREAPER = 36
PYTHON_IGNORES = {signal.SIGPIPE, signal.SIGXFSZ}  # by itself, and gives them back in a child
PF_EXITING = 4  # linux/sched.h: exit has begun; field 9 of /proc/PID/stat
libc = ctypes.CDLL(None, use_errno=True)


def adopt_orphans():
    """Become what conmon or a shim is to a runtime: the parent of the containers it leaves."""
    if libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "PR_SET_CHILD_SUBREAPER")


def start_clean():
    """Whoever starts the tests may ignore signals (nohup), or block them; husk would inherit it.

    What we have a handler for is as good as ignored here, and is the default in what we execute.
    """
    for number in signal.valid_signals():
        if signal.getsignal(number) == signal.SIG_IGN and number not in PYTHON_IGNORES:
            signal.signal(number, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


def reap_orphans():
    """Collect every child that has ended. Only where no child of the test is still wanted."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


# ---- what a test needs

@functools.lru_cache(maxsize=None)
def lacks(need):
    """Why the need, in the words of a test's `needs`, is not met here; or None."""
    word, _, rest = need.partition(" ")
    return NEEDS[word](rest)


def needs_root(_):
    return None if os.geteuid() == 0 else "needs root"


def needs_linux(version):
    running = [int(n) for n in re.findall(r"\d+", os.uname().release)[:2]]
    if running >= [int(n) for n in version.split(".")]:
        return None
    return f"needs Linux {version}"


def needs_cgroup1(_):
    return None if cgroup1_trees() else "needs cgroup v1 controllers"


def needs_cgroup2(_):
    return None if (CGROUP / "cgroup.controllers").exists() else "needs pure cgroup v2"


def needs_controller(name):
    return None if controller_folder(name) else f"needs the cgroup controller {name}"


def needs_no_swap(_):
    """Where the limit of memory alone is at stake: what is too much would go to the swap."""
    return None if len(Path("/proc/swaps").read_text().splitlines()) < 2 else "needs no swap"


def needs_user(_):
    """user namespaces: may an ordinary user make one?"""
    call = [*as_ordinary_user(), "unshare", "-U", "true"]
    made = subprocess.run(call, stderr=subprocess.DEVNULL).returncode == 0
    return None if made else "needs user namespaces for ordinary users"


def needs_program(name):
    return None if shutil.which(name) else f"needs the program {name}"


def needs_processor(name):
    return None if os.uname().machine == name else f"needs the processor {name}"


def needs_bpf(_):
    if not Path("/sys/kernel/btf/vmlinux").exists():
        return "needs the kernel's type information (BTF)"
    return needs_root(_)


def needs_systemd(_):
    return None if os.path.isdir("/run/systemd/system") else "needs a running systemd"


@functools.lru_cache(maxsize=None)
def is_emulated():
    """QEMU without KVM: slow, and a kernel that patches its own text often may crash in it."""
    return "QEMU TCG" in Path("/proc/cpuinfo").read_text()


NEEDS = {
    "root": needs_root, "linux": needs_linux, "cgroup1": needs_cgroup1, "cgroup2": needs_cgroup2,
    "controller": needs_controller, "no": needs_no_swap, "user": needs_user,
    "program": needs_program, "processor": needs_processor, "bpf": needs_bpf,
    "systemd": needs_systemd,
}


def as_ordinary_user():
    """The words in front of a command that make it an ordinary user's."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", f"--reuid={ORDINARY_UID}", f"--regid={ORDINARY_UID}", "--clear-groups",
            "--inh-caps=-all", "--"]


def processors():
    """All that may be used here, whatever this process itself is bound to."""
    mine = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, range(os.sysconf("SC_NPROCESSORS_CONF")))
        return os.sched_getaffinity(0)
    finally:
        os.sched_setaffinity(0, mine)


# ---- cgroups

@functools.lru_cache(maxsize=None)
def cgroup1_trees():
    """{controller: mount point} of the v1 trees with controllers"""
    trees = {}
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        fields, _, rest = line.partition(" - ")
        kind, _, options = rest.split(" ", 2)
        if kind == "cgroup":
            where = Path(fields.split()[4])
            trees.update({o: where for o in options.split(",") if (where / "tasks").exists()})
    return trees


def controller_folder(name):
    """The root of the tree in which the controller acts, v1 or v2; None when in none."""
    v1 = {"io": "blkio"}.get(name, name)
    for tree in (CGROUP, CGROUP / "unified"):
        controllers = tree / "cgroup.controllers"
        if controllers.exists() and name in controllers.read_text().split():
            return tree
    return cgroup1_trees().get(v1)


def is_pure_v2():
    return lacks("cgroup2") is None


def cgroup_folder(pid, controller):
    """The folder of a process in the tree of the controller."""
    tree = controller_folder(controller)
    v1 = {"io": "blkio"}.get(controller, controller)
    for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines():
        _, names, path = line.split(":", 2)
        unified = names == "" and (tree / "cgroup.controllers").exists()
        if unified or v1 in names.split(","):
            return tree / path.lstrip("/")
    raise LookupError(f"process {pid} is in no cgroup of {controller}")


# ---- what is left of a test

def processes_with(mark):
    """pids of living processes that bear the mark in environment or cgroup"""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            seen = Path(f"/proc/{name}/environ").read_bytes()
            seen += Path(f"/proc/{name}/cgroup").read_bytes()
        except OSError:  # ended meanwhile, or another user's
            continue
        if mark.encode() in seen and int(name) != os.getpid():
            found.append(int(name))
    return found


def cgroups_with(mark):
    return [os.path.join(at, name) for at, names, _ in os.walk(CGROUP)
            for name in names if mark in name]


def remove_cgroup(path):
    """Some kernels count who has ended, and was collected, for a moment as a member still."""
    end = time.monotonic() + LIMIT
    while True:
        try:
            return os.rmdir(path)
        except OSError as error:
            if error.errno != errno.EBUSY or time.monotonic() > end:
                raise
            os.sched_yield()


def mounts_with(mark):
    """Mount points that bear the mark, or lie in the root that all tests share."""
    return [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()
            if mark in line or SHARED_ROOT in line]


def mounts_at(place, mark):
    """Those that a test which mounts at the place, in its root, may have made on the machine."""
    rows = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    return mounts_with(mark) + [row for row in rows if (row + "/").startswith(place + "/")]


def states_in(root):
    """Containers a state folder knows; entries with a dot in front are husk's own."""
    try:
        return [name for name in os.listdir(root) if not name.startswith(".")]
    except FileNotFoundError:
        return []


def is_ending(pid):
    """Killed, on its last steps in the kernel, or dead and not yet collected; or gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        state, *fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return True
    pending = sum(int(mask, 16) for mask in re.findall(r"(?:SigPnd|ShdPnd):\t(\w+)", status))
    # Between the signal taken and PF_EXITING there is nothing to see but that it runs (R).
    return bool(pending >> 8 & 1 or int(fields[5]) & PF_EXITING or state in "RDZX")


def let_the_dying_end(mark):
    """Wait for processes that nobody can hurry: exit is theirs, to collect them their parent's."""
    for pid in processes_with(mark):
        end = time.monotonic() + LIMIT
        while os.path.exists(f"/proc/{pid}") and is_ending(pid) and time.monotonic() < end:
            reap_orphans()
            os.sched_yield()


def leftovers(mark, root):
    """Lines that say what is left of the test that bears the mark; none when all is gone."""
    reap_orphans()
    let_the_dying_end(mark)
    return ([f"process {pid}: {command_line(pid)}" for pid in processes_with(mark)]
            + [f"cgroup {path}" for path in cgroups_with(mark)]
            + [f"mount {path}" for path in mounts_with(mark)]
            + [f"state {name}" for name in states_in(root)])


def command_line(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return "(gone)"


def clear(mark):
    """Take away by force what a failed test has left, so that the next one starts clean."""
    for pid in processes_with(mark):
        try:
            Process(pid).kill_and_wait()
        except (ProcessLookupError, AssertionError):  # v1 can hold it frozen
            pass
    reap_orphans()
    for path in mounts_with(mark):
        subprocess.run(["umount", "-l", path], stderr=subprocess.DEVNULL)
    for path in sorted(cgroups_with(mark), reverse=True):
        try:
            remove_cgroup(path)
        except OSError:
            pass

