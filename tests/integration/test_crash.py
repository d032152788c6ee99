# SPDX-License-Identifier: GPL-2.0-or-later
"""kill -9 of husk at any moment: at each of its system calls in turn."""
import ctypes
import os
import signal
import subprocess

from husk import ContainerTest
from machine import leftovers, libc, processes_with
from process import LIMIT, Process

PTRACE_TRACEME, PTRACE_CONT, PTRACE_SYSCALL = 0, 7, 24
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


def run_until_call(words, environment, last):
    """Run a program and kill it at the entry of its system call number `last`.

    Returns False when it ended before. Its children are not traced: they live on, as they do
    when a real SIGKILL hits their parent.
    """
    pid = os.fork()
    if pid == 0:
        null = os.open(os.devnull, os.O_RDWR)
        for fd in (0, 1, 2):
            os.dup2(null, fd)
        libc.ptrace(PTRACE_TRACEME, 0, None, None)
        os.execve(words[0], words, environment)
    _, status = os.waitpid(pid, 0)  # the stop after execve
    stops = 0
    while os.WIFSTOPPED(status):
        stops += os.WSTOPSIG(status) == signal.SIGTRAP
        if stops > 2 * last:  # two stops a call: entry and exit
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return True
        passed = 0 if os.WSTOPSIG(status) == signal.SIGTRAP else os.WSTOPSIG(status)
        libc.ptrace(PTRACE_SYSCALL, pid, None, passed)
        _, status = os.waitpid(pid, 0)
    return False


class KilledHusk(ContainerTest):
    def kill_at_each_call(self, prepare, words):
        """Kill husk with the words at its every call; delete by force must clean up each time."""
        call, was_killed = 0, True
        while was_killed:
            name = self.new_id()
            prepare(name)
            was_killed = run_until_call(self.command(*words, name), self.environment, call)
            self.husk("delete", "--force", name)
            self.assert_ends(call)
            call += 1
        self.assertGreater(call, 50, "husk makes more system calls than that")

    def assert_ends(self, call):
        """Nothing left; a process that saw its parent die may still be on its last steps."""
        for pid in processes_with(self.mark):
            try:
                Process(pid).has_ended(LIMIT)
            except ProcessLookupError:
                pass
        self.assertEqual(leftovers(self.mark, self.root), [], f"killed at call {call}")

    def test_create(self):
        """LC-13, CO-05"""
        bundle = self.bundle(["sleep", "3600"])
        self.kill_at_each_call(lambda name: None, ["create", "--bundle", bundle.folder])

    def test_run(self):
        bundle = self.bundle(["true"])
        self.kill_at_each_call(lambda name: None, ["run", "--bundle", bundle.folder])

    def test_delete(self):
        bundle = self.bundle(["sleep", "3600"])
        self.kill_at_each_call(
            lambda name: self.husk("create", "--bundle", bundle.folder, name,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL),
            ["delete", "--force"])

    def test_name_can_be_used_again(self):
        bundle = self.bundle(["true"])
        name = self.new_id()
        for call in range(20, 200, 15):
            run_until_call(self.command("create", "--bundle", bundle.folder, name),
                           self.environment, call)
            self.husk("delete", "--force", name)
            self.husk("run", "--bundle", bundle.folder, name)
        self.assert_ends(call)
