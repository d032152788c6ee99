# SPDX-License-Identifier: GPL-2.0-or-later
"""husk top: a program for a terminal, and plain lines for scripts."""
import fcntl
import os
import select
import shlex
import shutil
import signal
import struct
import subprocess
import termios

import machine
from husk import BINARY, PATIENCE, ContainerTest, rows
from process import Process
from screen import Screen


def own_terminal():
    """The terminal on fd 0 becomes the one of the new session: its keys make signals."""
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Terminal:
    """The master side, and what a person would see on it."""

    def __init__(self, rows=24, columns=160):
        self.master, self.slave = os.openpty()
        self.screen = Screen(rows or 24, columns or 80)
        self.set_size(rows, columns)
        self.before = termios.tcgetattr(self.slave)

    def close(self):
        for fd in (self.master, self.slave):
            if fd >= 0:
                os.close(fd)

    def set_size(self, rows, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def resize(self, rows, columns):
        """What was sent for the old size has been seen by then."""
        self.rest()
        self.screen.resize(rows, columns)
        self.set_size(rows, columns)

    def type(self, text):
        os.write(self.master, text.encode())

    def read(self):
        if not select.select([self.master], [], [], 20 * PATIENCE)[0]:
            raise AssertionError("nothing more comes behind " + "\n".join(self.screen.lines()))
        self.screen.feed(os.read(self.master, 65536))

    def wait_for(self, is_wanted):
        """Reads until all that is on the screen is wanted; half of a new one may be there."""
        while not is_wanted(self.screen.lines()):
            self.read()
        return self.screen.lines()

    def wait_for_top(self, is_wanted=lambda lines: True):
        return self.wait_for(lambda lines: self.screen.mode["page"]
                             and lines[0].startswith("husk top ")
                             and lines[-1].startswith("q quit ") and is_wanted(lines))

    def rest(self):
        """Up to the end, when nobody else has the other side open."""
        while select.select([self.master], [], [], 0)[0]:
            self.screen.feed(os.read(self.master, 65536))

    def is_as_before(self):
        return termios.tcgetattr(self.slave) == self.before


class TopTest(ContainerTest):
    def setUp(self):
        super().setUp()
        if not os.path.exists(BINARY + "-top"):
            self.skipTest("needs husk-top, which was not built")

    def on_terminal(self, words, terminal=None, stderr=subprocess.PIPE, **environment):
        self.terminal = terminal or Terminal()
        self.addCleanup(self.terminal.close)
        one = subprocess.Popen(words, stdin=self.terminal.slave, stdout=self.terminal.slave,
                               stderr=stderr or self.terminal.slave, text=True,
                               preexec_fn=own_terminal,
                               env={**self.environment, "TERM": "xterm", **environment})
        self.running.append(one)
        return one

    def top(self, *words, terminal=None, **environment):
        return self.on_terminal(self.command("top", *words), terminal, **environment)

    def assert_clean_end(self, top, status):
        """It has ended so, and the terminal is what it was."""
        try:
            top.wait(20 * PATIENCE)
        except subprocess.TimeoutExpired:
            self.fail("top does not end")
        self.assertEqual(top.returncode, status, top.stderr.read())
        self.assert_given_back()

    def assert_given_back(self):
        self.assertTrue(self.terminal.is_as_before())
        self.terminal.rest()
        self.assertTrue(self.terminal.screen.is_given_back(), vars(self.terminal.screen))
        self.assertFalse(any(self.terminal.screen.lines()), self.terminal.screen.lines())

    def row_of(self, box, screen):
        found = [line.split() for line in screen if f" {box.id} " in line]
        return found[0] if found else None


class Drawing(TopTest):
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
            return row and (row[0], row[4:7], row[-2:]) == ("husk", ["64.0M", "2/40", "1"],
                                                            ["sleep", "3600"])

        self.terminal.wait_for_top(lambda s: is_there(s) and self.row_of(box, s)[2] != "-")
        self.terminal.type("q")
        self.assert_clean_end(top, 0)

    def test_keys_sort_filter_and_quit(self):
        one, other = self.start(), self.start()
        top = self.top("-d", "1h")

        def names(screen):
            return [line.split()[1] for line in screen[2:-1] if line.startswith("husk ")]

        def has_order(screen, order):
            """Others' containers may fill the screen."""
            seen = [name for name in names(screen) if name in order]
            return len(seen) < 2 or seen == order

        in_order = sorted([one.id, other.id])
        self.terminal.wait_for_top(lambda s: s[0].endswith("by cpu"))
        self.terminal.type("n")
        self.terminal.wait_for_top(lambda s: s[0].endswith("by name") and has_order(s, in_order))
        self.terminal.type("r")
        self.terminal.wait_for_top(lambda s: s[0].endswith("by name, reversed")
                                   and has_order(s, in_order[::-1]))
        self.terminal.type("/")
        self.terminal.wait_for(lambda s: s[-1].startswith("type a part of id,"))
        self.terminal.type(f"{one.id}x\x7f\r")
        self.terminal.wait_for_top(lambda s: s[0].endswith(f"filter: {one.id}")
                                   and self.row_of(one, s) and not any(s[3:-1]))
        self.terminal.type("/\033")
        self.terminal.wait_for_top(lambda s: s[0].endswith("by name, reversed"))
        self.terminal.type("z")
        self.terminal.wait_for_top(lambda s: s[0].endswith("by zombies"))
        self.terminal.type("\033OB\033[5~\033[15~x?\xff q")
        self.assert_clean_end(top, 0)

    def test_arrows_scroll(self):
        """In a window with one line for all containers."""
        boxes = sorted([self.start(), self.start()], key=lambda box: box.id)
        top = self.top("-d", "1h", "--sort", "name", "--filter", self.mark,
                       terminal=Terminal(4, 160))
        for keys, box in (("", boxes[0]), ("\033OB", boxes[1]), ("\033OB", boxes[1]),
                          ("\033OA", boxes[0]), ("\033[6~", boxes[1]), ("\033OH", boxes[0]),
                          ("\033OF", boxes[1])):
            self.terminal.type(keys)
            self.terminal.wait_for_top(lambda s, box=box: self.row_of(box, s))
        self.terminal.type("q")
        self.assert_clean_end(top, 0)

    def test_terminal_that_changes_its_size(self):
        top = self.top("-d", "1h")
        self.terminal.wait_for_top()
        for height, width in ((10, 100), (40, 60), (3, 20), (1, 1), (2, 300), (24, 80)):
            self.terminal.resize(height, width)
            self.terminal.wait_for(lambda s, n=width: s[0].startswith("husk top  "[:n].strip()))
            if height > 3:
                lines = self.terminal.wait_for_top()
                self.assertEqual(len([line for line in lines if "q quit" in line]), 1, lines)
        self.terminal.type("q")
        self.assert_clean_end(top, 0)

    def test_terminal_that_does_not_know_its_size(self):
        top = self.top("-d", "1h", terminal=Terminal(0, 0))
        self.terminal.wait_for_top()
        self.terminal.type("q")
        self.assert_clean_end(top, 0)

    def test_what_others_write_on_it_is_wiped_away(self):
        top = self.top("-d", "1h")
        self.terminal.wait_for_top()
        os.write(self.terminal.slave, b"\r\na word from elsewhere")
        self.terminal.wait_for(lambda s: any("a word from elsewhere" in line for line in s))
        self.terminal.type("\x0c")
        self.terminal.wait_for_top(lambda s: not any("elsewhere" in line for line in s))
        self.terminal.type("q")
        self.assert_clean_end(top, 0)

    def test_end_after_a_count(self):
        self.assert_clean_end(self.top("-n", "2", "-d", "100ms"), 0)

    @rows([("controls", "\x01\033]0;title\007\033[2J\033c\r\n\t\x7f"),
           ("C1", "\x9b2J\x85\x90q\x9c"), ("wide", "\u65e5\u672c\U0001f600e\u0301\u200b"),
           ("no UTF-8", "\udc9b2J\udcff\udcc3")])
    def test_name_that_would_steer_the_terminal(self, _, name):
        """The strict screen takes nothing of it; and ps shows no control character either."""
        octal = "".join(f"\\{byte:03o}" for byte in name.encode(errors="surrogateescape"))
        box = self.start(["sh", "-c", f"""printf 'x{octal}' >/proc/self/comm; """
                          f"""exec sh -c 'echo ready; sleep 3600; :' "$(printf 'name{octal}')" """])
        self.assertEqual(box.line(), "ready")
        top = self.top("-d", "1h", "--filter", box.id)
        lines = self.terminal.wait_for_top(lambda s: self.row_of(box, s))
        self.assertIn(" :", lines[2])
        self.assertIn("name", lines[2])
        self.assertFalse(any(lines[3:-1]), lines)
        self.terminal.type("q")
        self.assert_clean_end(top, 0)
        for words in ([box.id], ["-o", "name,args,container", box.id], [box.id, "-ef"],
                      ["--format", "table", box.id]):
            out = self.husk("ps", *words).out
            self.assertFalse([c for c in out if ord(c) < 32 and c != "\n" or 0x7f <= ord(c) < 0xa0],
                             out)


class Ends(TopTest):
    @rows([(name, getattr(signal, "SIG" + name)) for name in
           ("TERM", "INT", "HUP", "QUIT", "USR1", "ALRM", "PIPE", "ABRT", "SEGV", "RTMIN")])
    def test_signal_leaves_the_terminal_clean(self, _, number):
        top = self.top("-d", "1h")
        self.terminal.wait_for_top()
        self.assertFalse(self.terminal.is_as_before())
        top.send_signal(number)
        self.assert_clean_end(top, 128 + number)

    @rows([("interrupt", "\x03", 130), ("quit", "\x1c", 131)])
    def test_key_that_makes_a_signal(self, _, key, status):
        top = self.top("-d", "1h")
        self.terminal.wait_for_top()
        self.terminal.type(key)
        self.assert_clean_end(top, status)

    def test_shell_that_stops_and_continues_it(self):
        """^Z, fg, ^Z, bg, kill: as a job of a shell."""
        shell = self.on_terminal(["/bin/bash", "--norc", "--noprofile", "--noediting", "-i"],
                                 PS1="$ ", HISTFILE="", stderr=None)
        self.terminal.type(shlex.join(self.command("top", "-d", "1h")) + "\n")
        self.terminal.wait_for_top()
        child, = Process(shell.pid).children()
        top = Process(child)
        self.stop_by_key(top)
        self.terminal.type("fg\n")
        self.terminal.wait_for_top()
        self.terminal.type("n")
        self.terminal.wait_for_top(lambda s: s[0].endswith("by name"))
        self.stop_by_key(top)
        # In the background it must not touch the terminal, and is stopped again.
        pages = self.terminal.screen.pages
        self.terminal.type("bg\n")
        while not self.is_stopped_in(top, termios.TCXONC):
            self.assertFalse(top.has_ended())
        for number in (signal.SIGTERM, signal.SIGCONT):  # as the shell's own kill
            top.send(number)
        self.assertTrue(top.has_ended(20 * PATIENCE))
        self.terminal.type("jobs\n")
        self.terminal.wait_for(lambda s: any("Terminated" in line for line in s))
        self.assertEqual(self.terminal.screen.pages, pages)
        self.terminal.type("exit\n")
        shell.wait(20 * PATIENCE)

    def is_stopped_in(self, process, ioctl):
        """By SIGTTOU, as it is not the terminal's turn."""
        words = process.file("syscall").split()
        return process.status("State").startswith("T") and words[2:3] == [hex(ioctl)]

    def stop_by_key(self, top):
        self.terminal.type("\x1a")
        self.terminal.wait_for(lambda s: not self.terminal.screen.mode["page"]
                               and any("Stopped" in line for line in s))
        self.terminal.wait_for(lambda s: s[self.terminal.screen.row] == "$")
        self.assertTrue(top.status("State").startswith("T"))
        self.assertTrue(self.terminal.screen.is_given_back(), vars(self.terminal.screen))
        self.terminal.type("clear() { printf '\\33[H\\33[2J'; }; clear\n")
        self.terminal.wait_for(lambda s: s[0] == "$" and not any(s[1:]))

    def test_key_to_stop_where_nobody_could_continue(self):
        """The kernel stops no process of an orphaned group by a key: it goes on."""
        top = self.top("-d", "1h")
        self.terminal.wait_for_top()
        self.terminal.type("\x1a")
        self.terminal.wait_for_top(lambda s: self.terminal.screen.pages == 2)
        self.terminal.type("n")
        self.terminal.wait_for_top(lambda s: s[0].endswith("by name"))
        self.terminal.type("q")
        self.assert_clean_end(top, 0)

    def test_stopped_from_elsewhere_and_continued(self):
        """SIGSTOP cannot be seen; what others did to the terminal meanwhile is put right."""
        top = self.top("-d", "1h")
        self.terminal.wait_for_top()
        during = termios.tcgetattr(self.terminal.slave)
        top.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, top.pid, os.WSTOPPED)
        termios.tcsetattr(self.terminal.slave, termios.TCSANOW, self.terminal.before)
        os.write(self.terminal.slave, b"elsewhere")
        self.terminal.wait_for(lambda s: any("elsewhere" in line for line in s))
        top.send_signal(signal.SIGCONT)
        self.terminal.wait_for_top(lambda s: not any("elsewhere" in line for line in s))
        self.assertEqual(termios.tcgetattr(self.terminal.slave), during)
        self.terminal.type("q")
        self.assert_clean_end(top, 0)

    def test_terminal_that_goes_away(self):
        top = self.top("-d", "1h")
        self.terminal.wait_for_top()
        os.close(self.terminal.slave)
        os.close(self.terminal.master)
        self.terminal.slave = self.terminal.master = -1
        top.wait(20 * PATIENCE)
        self.assertNotEqual(top.returncode, 0)

    def test_signal_while_the_terminal_takes_nothing(self):
        """Its output is stopped, as by Ctrl-S: no write may hold it for ever."""
        top = self.top("-d", "100ms")
        self.terminal.wait_for_top()
        termios.tcflow(self.terminal.slave, termios.TCOOFF)
        self.terminal.type("n")
        self.wait_for_a_full_terminal(top)
        top.send_signal(signal.SIGTERM)
        top.wait(20 * PATIENCE)
        self.assertEqual(top.returncode, 128 + signal.SIGTERM)
        termios.tcflow(self.terminal.slave, termios.TCOON)
        self.assertTrue(self.terminal.is_as_before())

    def wait_for_a_full_terminal(self, top):
        """It polls two descriptors then: the terminal that is to take more, and the signals."""
        process = Process(top.pid)
        while (process.file("syscall").split() + [""] * 3)[2] != "0x2":
            self.assertFalse(process.has_ended())

    def test_terminal_that_goes_on_after_it_took_nothing(self):
        top = self.top("-d", "100ms")
        self.terminal.wait_for_top()
        termios.tcflow(self.terminal.slave, termios.TCOOFF)
        self.terminal.type("n")
        self.wait_for_a_full_terminal(top)
        termios.tcflow(self.terminal.slave, termios.TCOON)
        self.terminal.wait_for_top(lambda s: s[0].endswith("by name"))
        self.terminal.type("q")
        self.assert_clean_end(top, 0)


class AsUser(TopTest):
    as_user = True

    def test_on_the_terminal_of_another_user(self):
        """As with su: it cannot be opened by its name."""
        top = self.top("-d", "1h")
        self.terminal.wait_for_top()
        self.terminal.type("q")
        self.assert_clean_end(top, 0)


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
        self.assertEqual((top.returncode, top.stderr.read()), (-signal.SIGPIPE, ""))

    def test_no_terminal(self):
        self.assert_refused(self.husk("top", code=1), "terminal", "--batch")

    @rows([("dumb", "dumb"), ("unset", ""), ("unknown", "no-such-terminal")])
    def test_terminal_that_cannot_be_drawn_on(self, _, kind):
        top = self.top(TERM=kind)
        self.assertEqual(top.wait(20 * PATIENCE), 1)
        line, = top.stderr.read().splitlines()
        self.assertTrue(line.startswith("husk: top: without --batch: "), line)
        self.assertIn(f'TERM is "{kind}"', line)
        self.assert_given_back()

    def test_without_husk_top(self):
        """Lines for scripts need it not."""
        shutil.copy2(BINARY, self.folder / "husk")
        self.binary = str(self.folder / "husk")
        top = self.top()
        self.assertEqual(top.wait(20 * PATIENCE), 1)
        line, = top.stderr.read().splitlines()
        self.assertIn("husk-top is neither at ", line)
        self.assertIn("--batch", line)
        self.assertIn("husk top", self.husk("top", "--batch", "-n", "1", "-d", "100ms").out)

    @rows([("sort", ["--sort", "x"], "zombies"), ("delay", ["-d", "5ms"], "100ms"),
           ("count", ["-n", "0"], "at least 1"), ("operand", ["x"], "too many")])
    def test_wrong_words(self, _, words, fragment):
        self.assert_refused(self.husk("top", *words, code=1), fragment)
