# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of husk trace watch: each function does one thing to processes and signals.

    python3 trace_child.py CASE
"""
import ctypes
import os
import resource
import signal
import struct
import subprocess
import sys
import threading
import time

libc = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 1, 22, 2
PTRACE_SEIZE, PTRACE_CONT, PTRACE_DETACH = 0x4206, 7, 17
GETPPID = 110
CLONE_NEWPID = 0x20000000


def ready(pipe):
    os.write(pipe[1], b"r")


def child(work):
    """A child that says when it is ready and then does the rest; its pid."""
    pipe = os.pipe()
    pid = os.fork()
    if pid == 0:
        work(pipe)
        os._exit(0)
    os.read(pipe[0], 1)
    return pid


def waits(pipe):
    ready(pipe)
    while True:
        signal.pause()


def end(pid, number=signal.SIGKILL):
    os.kill(pid, number)
    os.waitpid(pid, 0)


def queue(pid, number, value=0):
    return libc.sigqueue(pid, int(number), ctypes.c_void_p(value))


# ---- PID 1

def abort():
    os.abort()


def null_write():
    ctypes.memset(0, 0, 1)


def deaf_init():
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGKILL)
    signal.raise_signal(signal.SIGTERM)
    signal.setitimer(signal.ITIMER_REAL, 0.001)
    read_end, write_end = os.pipe()
    os.close(read_end)
    try:
        os.write(write_end, b"x")
    except BrokenPipeError:
        pass
    # The timer's signal would end any other process here.
    while signal.getitimer(signal.ITIMER_REAL)[0]:
        pass


def init_leaves_others():
    child(waits)


# ---- queues

def coalesce():
    numbers = {signal.SIGUSR1, signal.SIGRTMIN + 2}
    for number in numbers:
        signal.signal(number, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
    for number in sorted(numbers):
        for _ in range(3):
            os.kill(os.getpid(), number)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, numbers)


def full_queue():
    """What has no place in the queue: refused, or taken without its sender."""
    for number in (signal.SIGUSR1, signal.SIGRTMIN + 2):
        signal.signal(number, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1, signal.SIGRTMIN + 2})
    resource.setrlimit(resource.RLIMIT_SIGPENDING, (0, 0))
    os.setresuid(61234, 61234, 61234)  # nobody else's signals count here
    queue(os.getpid(), signal.SIGRTMIN + 2)
    os.kill(os.getpid(), signal.SIGRTMIN + 2)
    queue(os.getpid(), signal.SIGUSR1)
    os.kill(os.getpid(), signal.SIGUSR1)


# ---- who gets it

def zombie():
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    os.kill(pid, signal.SIGTERM)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def traced():
    pid = child(waits)
    os.kill(pid, signal.SIGWINCH)
    if libc.ptrace(PTRACE_SEIZE, pid, None, None) != 0:
        raise OSError(ctypes.get_errno(), "PTRACE_SEIZE")
    os.kill(pid, signal.SIGWINCH)
    os.waitpid(pid, 0)
    libc.ptrace(PTRACE_CONT, pid, None, None)
    end(pid)


def refused():
    """Another user may not send SIGTERM, but within a session SIGCONT."""
    def stranger(pipe):
        os.setresuid(61234, 61234, 61234)
        try:
            os.kill(os.getppid(), signal.SIGTERM)
        except PermissionError:
            pass
        os.kill(os.getppid(), signal.SIGCONT)
        ready(pipe)
    os.waitpid(child(stranger), 0)


def other_thread():
    signal.signal(signal.SIGUSR1, lambda *_: None)
    running, taken = threading.Event(), threading.Event()

    def second():
        running.set()
        taken.wait()
    thread = threading.Thread(target=second)
    thread.start()
    running.wait()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    os.kill(os.getpid(), signal.SIGUSR1)
    taken.set()
    thread.join()


def exec_threaded():
    running = threading.Event()

    def second():
        running.set()
        signal.pause()
    threading.Thread(target=second, daemon=True).start()
    running.wait()
    os.execvp("true", ["true"])


def pending_over_exec():
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    os.kill(os.getpid(), signal.SIGUSR1)
    os.execvp(sys.executable, [sys.executable, __file__, "second_usr1"])


def second_usr1():
    os.kill(os.getpid(), signal.SIGUSR1)


# ---- ends

def parent_death():
    def middle(pipe):
        def inner(pipe):
            libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGUSR2))
            waits(pipe)
        child(inner)
        ready(pipe)
    libc.prctl(36, 1)  # the orphan comes to us
    os.waitpid(child(middle), 0)
    os.wait()


def stop_and_go():
    pid = child(waits)
    os.kill(pid, signal.SIGSTOP)
    os.waitpid(pid, os.WUNTRACED)
    os.kill(pid, signal.SIGTERM)
    os.kill(pid, signal.SIGCONT)
    os.waitpid(pid, 0)


def await_stop(pid):
    os.waitid(os.P_PID, pid, os.WSTOPPED)


def continue_twice():
    """Stopped, resumed, told so once more; and then all of that again, now with a handler."""
    def handles(pipe):
        signal.signal(signal.SIGCONT, lambda *_: None)
        waits(pipe)
    for work in (waits, handles):
        pid = child(work)
        os.kill(pid, signal.SIGCONT)
        os.kill(pid, signal.SIGSTOP)
        await_stop(pid)
        os.kill(pid, signal.SIGCONT)
        os.kill(pid, signal.SIGCONT)
        end(pid)


def deaf_container():
    """PID 1 of a new pid namespace is asked to end, and then killed."""
    if libc.unshare(CLONE_NEWPID) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    pid = child(waits)
    os.kill(pid, signal.SIGTERM)
    os.kill(pid, signal.SIGHUP)
    end(pid)


# ---- what comes to nothing, what is cut short

def late_wait():
    """A child that is dead for longer than a second."""
    pid = os.fork()
    if pid == 0:
        os._exit(3)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    time.sleep(1.1)  # what a slow parent does
    os.waitpid(pid, 0)
    sys.stdin.read()  # until the recorder has seen that


def losses():
    """SIGUSR1 is ignored when it is sent, SIGUSR2 when it is unblocked."""
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    os.kill(os.getpid(), signal.SIGUSR1)
    signal.signal(signal.SIGUSR2, signal.SIG_IGN)
    unblock_late(signal.SIGUSR2)


def unblock_late(number=signal.SIGUSR2):
    """As PID 1 without a handler: taken, since it is blocked, and dropped after that."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {number})
    os.kill(os.getpid(), number)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {number})


def await_read(pid, fd):
    """Until it sleeps in read(2) of that descriptor; READ is the number on x86."""
    while open(f"/proc/{pid}/syscall", encoding="ascii").read().split()[:2] != ["0", hex(fd)]:
        pass


def interrupted_read():
    """read(2) meets SIGUSR1, whose handler ends it, and SIGUSR2, after whose handler it goes on."""
    data, woken = os.pipe(), os.pipe()

    def reads(pipe):
        os.set_blocking(woken[1], False)
        signal.set_wakeup_fd(woken[1])
        for number in (signal.SIGUSR1, signal.SIGUSR2):
            signal.signal(number, lambda *_: None)
        signal.siginterrupt(signal.SIGUSR2, False)
        ready(pipe)
        os.read(data[0], 1)  # which Python calls again after EINTR
    pid = child(reads)
    for number in (signal.SIGUSR1, signal.SIGUSR2):
        await_read(pid, data[0])
        os.kill(pid, number)
        os.read(woken[0], 1)
    os.write(data[1], b"x")
    os.waitpid(pid, 0)


def silent_child():
    subprocess.run(["true"], check=True)


def seccomp():
    """A filter that kills at getppid(2)."""
    code = b"".join(struct.pack("HBBI", *row) for row in (
        (0x20, 0, 0, 0), (0x15, 0, 1, GETPPID), (0x06, 0, 0, 0x80000000), (0x06, 0, 0, 0x7fff0000)))
    rows = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(rows))

    def filtered(pipe):
        ready(pipe)
        libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program)
        libc.syscall(GETPPID)
    os.waitpid(child(filtered), 0)


def cgroup_kill(folder):
    pid = child(waits)
    with open(os.path.join(folder, "cgroup.procs"), "w", encoding="ascii") as file:
        file.write(str(pid))
    with open(os.path.join(folder, "cgroup.kill"), "w", encoding="ascii") as file:
        file.write("1")
    os.waitpid(pid, 0)


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
