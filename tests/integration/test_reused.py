# SPDX-License-Identifier: GPL-2.0-or-later
"""A number that belongs to another process by now: nobody is mistaken for who had it before."""
import os
import pty
import signal
import subprocess
from pathlib import Path

from husk import ContainerTest, rows
from process import LIMIT, Process

LAST_PID = Path("/proc/sys/kernel/ns_last_pid")


def start_of(pid):
    """Field 22 of /proc/PID/stat, in ticks of the clock; the second field may hold anything."""
    return Process(pid).file("stat").rpartition(")")[2].split()[19]


class ReusedTest(ContainerTest):
    def setUp(self):
        super().setUp()
        if not LAST_PID.exists():
            self.skipTest("needs a kernel with CONFIG_CHECKPOINT_RESTORE")

    def sleeper(self):
        running = subprocess.Popen(["sleep", "3600"], stdin=subprocess.DEVNULL)
        self.addCleanup(running.wait)
        self.addCleanup(running.kill)
        return running

    def born_as(self, pid, start):
        """A process with that number, which is free, and another start time.

        Tries again when somebody else was faster, or when it is the same tick of the clock still:
        a number comes again after thousands of others, which takes longer.
        """
        while True:
            LAST_PID.write_text(str(pid - 1))
            running = subprocess.Popen(["sleep", "3600"], stdin=subprocess.DEVNULL)
            if running.pid == pid and start_of(pid) != start:
                self.addCleanup(running.wait)
                self.addCleanup(running.kill)
                return running
            running.kill()
            running.wait()


class Asked(ReusedTest):
    """explain --verify sends after it has asked: the number may be another one's by then."""

    def ask(self, pid):
        """explain, which has read its facts and waits for an answer on a terminal."""
        self.terminal, inner = pty.openpty()
        self.addCleanup(os.close, self.terminal)
        running = self.spawn("explain", pid, "TERM", "--verify", stdin=inner)
        os.close(inner)
        shown = ""
        while not shown.endswith("[y/N] "):
            byte = running.stderr.read(1)
            self.assertTrue(byte, shown)
            shown += byte
        return running

    def answer(self, running):
        os.write(self.terminal, b"y\n")
        out, err = running.communicate(timeout=LIMIT)
        if "tracefs" in err or "outermost" in err:
            self.skipTest("needs tracefs and the outermost pid namespace")
        self.assertEqual((running.returncode, out), (1, ""))
        return err

    @rows([("living", False), ("zombie", True)])
    def test_signal_is_not_sent(self, _, is_dead):
        target = self.sleeper()
        start = start_of(target.pid)
        if is_dead:
            target.kill()
            os.waitid(os.P_PID, target.pid, os.WEXITED | os.WNOWAIT)
        running = self.ask(target.pid)
        target.kill()
        target.wait()
        other = self.born_as(target.pid, start)
        self.assertRegex(self.answer(running),
                         f"^husk: explain {target.pid}: process {target.pid}: no such process")
        self.assertIsNone(other.poll())
        self.assertEqual(Process(other.pid).pending_signals(), [])


class Container(ReusedTest):
    """The number of a container's first process, which has ended, is that of another one."""

    @rows([("explain", ["explain"], ["TERM"], "is stopped"),
           ("doctor", ["doctor"], [], "is stopped"), ("ps", ["ps"], [], "no container"),
           ("table", ["ps", "--format", "table"], [],
            "not running")])
    def test_it_has_stopped(self, _, before, behind, fragment):
        box = self.start()
        start = start_of(box.first.pid)
        box.first.send(signal.SIGKILL)
        box.first.wait_exit()
        other = self.born_as(box.first.pid, start)
        done = self.husk(*before, box.id, *behind, code=None)
        self.assertNotEqual(done.code, 0)
        self.assert_refused(done, box.id, fragment)
        self.assertIsNone(other.poll())
