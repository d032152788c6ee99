# SPDX-License-Identifier: GPL-2.0-or-later
"""husk top: a program for a terminal, and plain lines for scripts."""
import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import termios

import machine
from husk import PATIENCE, ContainerTest, rows
from process import Process

LEAVE = "\033[?25h\033[?1049l"
LAST_LINE = re.compile(r"\033\[7m(q quit|type a part)[^\033]*(\033\[0m)+\Z")


def own_terminal():
    """The terminal on fd 0 becomes the one of the new session: its keys make signals."""
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Terminal:
    """The master side, and what a person would see on it."""

    def __init__(self, rows=24, columns=160):
        self.master, self.slave = os.openpty()
        self.resize(rows, columns)
        self.before = termios.tcgetattr(self.slave)
        self.seen = ""

    def close(self):
        for fd in (self.master, self.slave):
            if fd >= 0:
                os.close(fd)

    def resize(self, rows, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, text):
        os.write(self.master, text.encode())

    def read(self):
        if not select.select([self.master], [], [], 20 * PATIENCE)[0]:
            raise AssertionError(f"nothing more comes behind {self.seen[-2000:]!r}")
        self.seen += os.read(self.master, 65536).decode()

    def screens(self):
        """The complete ones so far, as lists of lines."""
        for screen in self.seen.split("\033[H")[1:]:
            if LAST_LINE.search(screen.partition("\033[?25h")[0]):
                yield re.sub(r"\033\[[0-9?;]*[a-zA-Z]|\r", "", screen).split("\n")

    def wait_for(self, is_wanted):
        """The first complete screen from now on that is wanted."""
        while True:
            for screen in self.screens():
                if is_wanted(screen):
                    return screen
            self.read()

    def forget(self):
        """What comes next is looked at alone; a screen that is half there is lost."""
        self.seen = ""

    def rest(self):
        """Up to the end, when nobody else has the other side open."""
        while select.select([self.master], [], [], 0)[0]:
            self.seen += os.read(self.master, 65536).decode()
        return self.seen

    def is_as_before(self):
        return termios.tcgetattr(self.slave) == self.before


class TopTest(ContainerTest):
    def top(self, *words, terminal=None, **environment):
        self.terminal = terminal or Terminal()
        self.addCleanup(self.terminal.close)
        one = subprocess.Popen(self.command("top", *words), stdin=self.terminal.slave,
                               stdout=self.terminal.slave, stderr=subprocess.PIPE, text=True,
                               preexec_fn=own_terminal,
                               env={**self.environment, "TERM": "xterm", **environment})
        self.running.append(one)
        return one

    def assert_clean_end(self, top, status):
        """It has ended so, and the terminal is what it was."""
        try:
            top.wait(20 * PATIENCE)
        except subprocess.TimeoutExpired:
            self.fail("top does not end")
        self.assertEqual(top.returncode, status, top.stderr.read())
        self.assertTrue(self.terminal.is_as_before())
        seen = self.terminal.rest()
        self.assertTrue(seen.endswith(LEAVE), seen[-100:])

    def row_of(self, box, screen):
        found = [line.split() for line in screen if f" {box.id} " in line]
        return found[0] if found else None


class Screen(TopTest):
    def test_container_with_its_limits_and_zombies(self):
        """CPU, memory, tasks, zombies: one line for each container."""
        def limited(b):
            b.config["linux"]["resources"].update(pids={"limit": 40},
                                                  memory={"limit": 64 << 20})
        for controller in ("pids", "memory"):
            if machine.lacks(f"controller {controller}"):
                self.skipTest(machine.lacks(f"controller {controller}"))
        box = self.start(["sh", "-c", "sleep 3601 &\nexec sleep 3600"], limited)
        while box.first.file("comm") != "sleep\n":
            pass
        child = Process(box.first.children()[0])
        child.send(signal.SIGKILL)
        self.assertTrue(child.has_ended(20 * PATIENCE))
        top = self.top("-d", "200ms", "--filter", box.id)

        def is_there(screen):
            row = self.row_of(box, screen)
            return row and row[2] != "-" and row[5:7] == ["2/40", "1"]

        screen = self.terminal.wait_for(is_there)
        self.assertEqual(self.row_of(box, screen)[0], "husk")
        self.assertEqual(self.row_of(box, screen)[4], "64.0M")
        self.assertEqual(self.row_of(box, screen)[-2:], ["sleep", "3600"])
        self.assertEqual(len(screen), 24)
        self.terminal.type("q")
        self.assert_clean_end(top, 0)

    def test_keys_sort_filter_and_quit(self):
        one, other = self.start(), self.start()
        top = self.top("-d", "1h")
        self.terminal.wait_for(lambda s: "by cpu" in s[0])
        self.terminal.type("n")
        screen = self.terminal.wait_for(lambda s: s[0].endswith("by name"))
        self.terminal.type("r")
        back = self.terminal.wait_for(lambda s: s[0].endswith("by name, reversed"))
        for seen, order in ((screen, [one, other]), (back, [other, one])):
            names = [line.split()[1] for line in seen if line.startswith("husk ")][1:]
            if {one.id, other.id} <= set(names):  # others' containers may fill the screen
                self.assertEqual([n for n in names if n in (one.id, other.id)],
                                 sorted([one.id, other.id], reverse=seen is back))
        self.terminal.type(f"/{one.id}x\x7f\r")
        seen = self.terminal.wait_for(lambda s: s[0].endswith(f"filter: {one.id}"))
        self.assertTrue(self.row_of(one, seen))
        self.assertEqual(len([line for line in seen[2:-1] if line]), 1)
        self.terminal.type("/\033")
        self.terminal.wait_for(lambda s: "type a part" in s[-1])
        self.terminal.forget()
        self.terminal.type("z")
        self.terminal.wait_for(lambda s: s[0].endswith("by zombies"))
        self.terminal.type("\033[B\033[5~x?\xff q")
        self.assert_clean_end(top, 0)

    def test_terminal_that_changes_its_size(self):
        top = self.top("-d", "1h")
        self.terminal.wait_for(lambda s: len(s) == 24)
        for height, width in ((10, 100), (40, 60), (3, 20), (1, 1), (24, 80)):
            self.terminal.forget()
            self.terminal.resize(height, width)
            if height < 4:
                continue  # too low for all lines, so no screen is complete
            screen = self.terminal.wait_for(lambda s, height=height: len(s) == height)
            self.assertLessEqual(max(map(len, screen)), width)
        self.terminal.type("q")
        self.assert_clean_end(top, 0)

    def test_terminal_that_does_not_know_its_size(self):
        top = self.top("-d", "1h", terminal=Terminal(0, 0))
        self.terminal.wait_for(lambda s: len(s) == 24)
        self.terminal.type("q")
        self.assert_clean_end(top, 0)

    def test_end_after_a_count(self):
        self.assert_clean_end(self.top("-n", "2", "-d", "100ms"), 0)


class Ends(TopTest):
    @rows([(name, getattr(signal, "SIG" + name)) for name in
           ("TERM", "INT", "HUP", "QUIT", "USR1", "ALRM", "PIPE", "ABRT", "SEGV", "RTMIN")])
    def test_signal_leaves_the_terminal_clean(self, _, number):
        top = self.top("-d", "1h")
        self.terminal.wait_for(lambda s: True)
        self.assertFalse(self.terminal.is_as_before())
        top.send_signal(number)
        self.assert_clean_end(top, 128 + number)

    @rows([("interrupt", "\x03", 130), ("quit", "\x1c", 131)])
    def test_key_that_makes_a_signal(self, _, key, status):
        top = self.top("-d", "1h")
        self.terminal.wait_for(lambda s: True)
        self.terminal.type(key)
        self.assert_clean_end(top, status)

    def test_stopped_by_its_terminal_and_continued(self):
        top = self.top("-d", "1h")
        process = Process(top.pid)
        self.terminal.wait_for(lambda s: True)
        self.terminal.type("\x1a")
        os.waitid(os.P_PID, top.pid, os.WSTOPPED)
        self.assertTrue(process.status("State").startswith("T"))
        self.assertTrue(self.terminal.is_as_before())
        self.assertTrue(self.terminal.rest().endswith(LEAVE))
        self.terminal.forget()
        top.send_signal(signal.SIGCONT)
        self.terminal.wait_for(lambda s: True)
        self.assertFalse(self.terminal.is_as_before())
        self.terminal.type("q")
        self.assert_clean_end(top, 0)

    def test_terminal_that_goes_away(self):
        top = self.top("-d", "1h")
        self.terminal.wait_for(lambda s: True)
        os.close(self.terminal.slave)
        os.close(self.terminal.master)
        self.terminal.slave = self.terminal.master = -1
        top.wait(20 * PATIENCE)
        self.assertNotEqual(top.returncode, 0)

    def test_signal_while_the_terminal_takes_nothing(self):
        """Its output is stopped, as by Ctrl-S: no write may hold it for ever."""
        top = self.top("-d", "100ms")
        self.terminal.wait_for(lambda s: True)
        termios.tcflow(self.terminal.slave, termios.TCOOFF)
        top.send_signal(signal.SIGTERM)
        top.wait(20 * PATIENCE)
        self.assertEqual(top.returncode, 128 + signal.SIGTERM)
        termios.tcflow(self.terminal.slave, termios.TCOON)
        self.assertTrue(self.terminal.is_as_before())


class Lines(TopTest):
    def test_batch_is_plain_lines(self):
        box = self.start()
        out = self.husk("top", "--batch", "-n", "2", "-d", "100ms", "--sort", "name",
                        "--filter", box.id).out
        first, second = out.split("\n\n")
        for part in (first, second):
            head, titles, row, *rest = part.splitlines()
            self.assertEqual(rest, [])
            self.assertIn("by name  filter: " + box.id, head)
            self.assertEqual(titles.split()[:5], ["ENGINE", "CONTAINER", "CPU%", "MEM", "LIMIT"])
            self.assertEqual(row.split()[:2], ["husk", box.id])
            self.assertRegex(row.split()[2], r"^\d+\.\d$")
        self.assertFalse([c for c in out if ord(c) < 32 and c != "\n"])

    def test_reader_that_goes_away(self):
        top = self.spawn("top", "--batch", "-d", "100ms", "--filter", "no such container")
        self.assertIn("husk top", top.stdout.readline())
        top.stdout.close()
        top.wait(20 * PATIENCE)
        self.assertEqual((top.returncode, top.stderr.read()), (128 + signal.SIGPIPE, ""))

    def test_no_terminal(self):
        self.assert_refused(self.husk("top", code=1), "terminal", "--batch")

    @rows([("dumb", "dumb"), ("unset", "")])
    def test_terminal_that_cannot_be_drawn_on(self, _, kind):
        top = self.top(TERM=kind)
        self.assertEqual(top.wait(20 * PATIENCE), 1)
        self.assertIn("--batch", top.stderr.read())
        self.assertEqual(self.terminal.rest(), "")

    @rows([("sort", ["--sort", "x"], "zombies"), ("delay", ["-d", "5ms"], "100ms"),
           ("count", ["-n", "0"], "at least 1"), ("operand", ["x"], "too many")])
    def test_wrong_words(self, _, words, fragment):
        self.assert_refused(self.husk("top", *words, code=1), fragment)
