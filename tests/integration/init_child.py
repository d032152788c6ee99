# SPDX-License-Identifier: GPL-2.0-or-later
"""What runs below an init in the tests of test_init.py: init_child.py MODE ARGUMENTS

Says "ready" on stdout when its handlers are in place.
"""
import ctypes
import os
import signal
import struct
import sys
import time

CLEAN_UP = 0.2
SI_QUEUE = -1


def ready():
    os.write(1, b"ready\n")


def state():
    """Signal state, process group, variables and folder, as lines."""
    for line in open("/proc/self/status"):
        if line.startswith(("SigBlk", "SigIgn")):
            print(line.rstrip().replace("\t", ""))
    print("group", os.getpgrp() == os.getpid(), "session", os.getsid(0) == os.getpid())
    for name in ("LISTEN_PID", "LISTEN_FDS", "LISTEN_PIDFDID"):
        print(name, os.environ.get(name))
    print("pid", os.getpid(), "folder", os.getcwd())


def block(*numbers):
    """Signals are waited for: a handler of Python may run a whole sleep too late."""
    signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
    return numbers


def clean_up(folder, name):
    """Waits for TERM, then takes its time, in which a second one would be seen; notes how many."""
    count = 1
    signal.sigwait([signal.SIGTERM])
    deadline = time.monotonic() + CLEAN_UP
    while signal.sigtimedwait([signal.SIGTERM], max(0, deadline - time.monotonic())):
        count += 1
    with open(os.path.join(folder, name), "w") as file:
        file.write(str(count))


def make(generations, folder, name, write_fd):
    """A process that has one child as it is, one in its own session, one orphaned at once."""
    for kind in ("child", "session", "orphan") if generations else ():
        if os.fork() == 0:
            if kind != "child":
                os.setsid()
            if kind == "orphan" and os.fork():
                os._exit(0)
            make(generations - 1, folder, f"{name}-{kind}", write_fd)
    block(signal.SIGTERM)
    os.write(write_fd, b".")
    clean_up(folder, name)
    os._exit(7)


def tree(folder, generations):
    """The main child ends with 7, the others as well."""
    count = sum(3 ** depth for depth in range(int(generations) + 1))
    read_fd, write_fd = os.pipe()
    if os.fork() == 0:
        while count:
            count -= len(os.read(read_fd, count))
        ready()
        os._exit(0)
    make(int(generations), folder, "main", write_fd)


def sets():
    """Prints each signal that comes, with code and value, up to SIGUSR2."""
    wanted = {signal.SIGUSR1, signal.SIGUSR2, signal.SIGHUP, signal.SIGRTMIN + 5,
              signal.SIGWINCH, signal.SIGQUIT, signal.SIGABRT}
    signal.pthread_sigmask(signal.SIG_BLOCK, wanted)
    ready()
    libc = ctypes.CDLL(None)
    mask = struct.pack("Q", sum(1 << (number - 1) for number in wanted))
    while True:
        info = ctypes.create_string_buffer(128)
        number = libc.syscall(ctypes.c_long(128), mask, info, None, ctypes.c_long(8))
        code, value = struct.unpack_from("i", info, 8)[0], struct.unpack_from("i", info, 24)[0]
        print(number, code, value if code == SI_QUEUE else "-", flush=True)
        if number == signal.SIGUSR2:
            return


def group():
    """Two processes of one group, each prints its name for USR1."""
    usr1 = block(signal.SIGUSR1)
    name = "main" if os.fork() else "helper"
    if name == "main":
        ready()
    while signal.sigwait(usr1):
        os.write(1, name.encode() + b"\n")


def say_bye():
    """For TERM, and then end."""
    signal.sigwait([signal.SIGTERM])
    os.write(1, b"bye\n")
    os._exit(0)


def orphan(mode):
    """Leaves a child behind: "deaf" ignores TERM, "wait" writes a line for it, "end" ends soon."""
    block(signal.SIGTERM)
    read_fd, write_fd = os.pipe()
    if os.fork():
        os.read(read_fd, 1)
        sys.exit(3)
    ready()
    os.write(write_fd, b".")
    if mode == "wait":
        say_bye()
    time.sleep(0.3 if mode == "end" else 3600)
    os.write(1, b"done\n")


def keeper():
    """An orphan for ever, and a main child that stays."""
    block(signal.SIGTERM)
    if os.fork() == 0:
        if os.fork():
            os._exit(0)
        ready()
        say_bye()
    os.wait()
    time.sleep(3600)


def deaf():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    ready()
    time.sleep(3600)


def terminal():
    """Says what it reads from its terminal, and that it was continued."""
    signal.signal(signal.SIGCONT, lambda *_: print("continued", flush=True))
    print("ready", os.tcgetpgrp(0) == os.getpgrp(), flush=True)
    for line in sys.stdin:
        print("read", line.strip(), flush=True)


def shell(*words):
    """A shell with job control and one job: says how it changes, and continues it after ^Z."""
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    job = os.fork()
    if job == 0:
        os.setpgid(0, 0)
        os.tcsetpgrp(0, os.getpid())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        os.execvp(words[0], words)
    _, status = os.waitpid(job, os.WUNTRACED)
    print("job stopped by", os.WSTOPSIG(status) if os.WIFSTOPPED(status) else "nothing", flush=True)
    os.tcsetpgrp(0, os.getpgrp())
    os.tcsetpgrp(0, job)
    os.killpg(job, signal.SIGCONT)
    _, status = os.waitpid(job, 0)
    print("job ended with", os.waitstatus_to_exitcode(status), "foreground",
          os.tcgetpgrp(0) == job, flush=True)


def bare_root(init, root, *words):
    """Execute the init by its descriptor where there is no /proc, no /dev and nothing of it."""
    fd = os.open(init, os.O_RDONLY | os.O_CLOEXEC)
    os.chroot(root)
    os.chdir("/")
    os.execve(fd, ["husk-init", *words], {})


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
