# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of husk trace --with watch: each function does one thing.

    python3 trace_layers_child.py CASE
"""
import ctypes
import os
import resource
import signal
import sys

libc = ctypes.CDLL(None, use_errno=True)
CLONE_NEWPID = 0x20000000
NANOSLEEP, SCHED_YIELD = 35, 24


def forks(work, *words):
    pid = os.fork()
    if pid == 0:
        work(*words)
        os._exit(0)
    return pid


def say(*words):
    print(*words, file=sys.stderr, flush=True)


def on_one_processor():
    os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])


def sleeps():
    libc.syscall(NANOSLEEP, (ctypes.c_long * 2)(0, 1000000), None)


def refused(call, *words):
    try:
        return call(*words)
    except OSError as error:
        return error.errno


def ordinary():
    os.setresuid(61234, 61234, 61234)


# ---- reaping

def waits():
    """Looks at a zombie first, which reaps nobody; then takes three of them."""
    pid = forks(lambda: None)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    os.waitid(os.P_PID, pid, os.WEXITED)
    say(pid)
    pid = forks(os.kill, os.getpid(), 0)
    os.waitpid(pid, 0)
    say(pid)
    pid = forks(lambda: os.kill(os.getpid(), signal.SIGSTOP))
    os.waitpid(pid, os.WUNTRACED)  # has stopped: not reaped
    os.kill(pid, signal.SIGCONT)
    os.wait()
    say(pid)


def waits_for_nobody():
    """Children that reap themselves."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    forks(lambda: None)
    refused(os.wait)


# ---- refused

def forks_without_end():
    try:
        while True:
            forks(signal.pause)
    except BlockingIOError:
        pass


def user_limit():
    resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))
    ordinary()
    refused(os.fork)


def dead_namespace():
    libc.unshare(CLONE_NEWPID)
    os.waitpid(forks(lambda: None), 0)
    refused(os.fork)


def signals_without_right():
    def stranger():
        ordinary()
        refused(os.kill, os.getppid(), signal.SIGTERM)
        refused(signal.pidfd_send_signal, os.pidfd_open(os.getppid()), signal.SIGUSR1)
        refused(os.kill, os.getpid(), 100)
    os.waitpid(forks(stranger), 0)


# ---- scheduling

def switches():
    """A child that leaves its processor in many ways, and the kernel's own count of them."""
    def work():
        used = resource.getrusage(resource.RUSAGE_SELF)
        while used.ru_nvcsw < 3 or used.ru_nivcsw < 2:
            sleeps()
            libc.syscall(SCHED_YIELD)
            used = resource.getrusage(resource.RUSAGE_SELF)
    on_one_processor()
    rival = forks(spins)
    pid = forks(work)
    used = os.wait4(pid, 0)[2]
    os.kill(rival, signal.SIGKILL)
    os.waitpid(rival, 0)
    say(pid, used.ru_nvcsw, used.ru_nivcsw)


def spins():
    while True:
        pass


def reads():
    """System calls that take long."""
    on_one_processor()
    forks(spins)
    room = bytearray(16 << 20)
    with open("/dev/zero", "rb", buffering=0) as zeros:
        while True:
            zeros.readinto(room)


def one_long_read():
    """Longer and longer calls; how often it was preempted in them at the least.

    In each round it may be preempted once on its way out of each of two calls, and behind each.
    """
    on_one_processor()
    rival = forks(spins)
    room, rounds, within = bytearray(2 << 20), 0, 0
    with open("/dev/zero", "rb", buffering=0) as zeros:
        while within < 5:
            before = resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw
            os.readv(zeros.fileno(), [room] * min(16 << rounds, 1000))
            often = resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw - before
            within += max(often - 4, 0)
            rounds += 1
    os.kill(rival, signal.SIGKILL)
    os.waitpid(rival, 0)
    say(os.getpid(), within)


def rivals():
    on_one_processor()
    forks(spins)
    spins()


def yields():
    on_one_processor()
    forks(spins)
    while True:
        libc.syscall(SCHED_YIELD)


def naps():
    while True:
        sleeps()


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
