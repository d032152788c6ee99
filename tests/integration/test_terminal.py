# SPDX-License-Identifier: GPL-2.0-or-later
import array
import fcntl
import os
import pty
import select
import signal
import socket
import struct
import termios

from husk import LIMIT, PATIENCE, ContainerTest


def terminal(b):
    b.config["process"]["terminal"] = True


def sized(rows, columns):
    def edit(b):
        terminal(b)
        b.config["process"]["consoleSize"] = {"height": rows, "width": columns}
    return edit


class Screen:
    """The master side of a terminal, read as text."""

    def __init__(self, fd):
        self.fd = fd
        self.rest = ""  # what came behind the text of the last `expect`

    def expect(self, text, timeout=60):
        """Read until the text has come; returns what was read up to its end."""
        seen = self.rest
        while text not in seen:
            if not select.select([self.fd], [], [], timeout * PATIENCE)[0]:
                raise AssertionError(f"no {text!r} within {timeout} s: {seen!r}")
            try:
                more = os.read(self.fd, 4096).decode()
            except OSError:  # EIO: the other side is closed
                more = ""
            if not more:
                raise AssertionError(f"end before {text!r}: {seen!r}")
            seen += more
        before, _, self.rest = seen.partition(text)
        return before + text

    def type(self, text):
        os.write(self.fd, text.encode())

    def resize(self, rows, columns):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


class ConsoleSocket(ContainerTest):
    """create --console-socket: the master of the terminal is sent to the caller."""

    def listen(self, name="console"):
        path = self.folder / name
        listener = socket.socket(socket.AF_UNIX)
        self.addCleanup(listener.close)
        # A folder may be too deep for a socket address: bound by a relative name.
        before = os.getcwd()
        os.chdir(path.parent)
        listener.bind(path.name)
        os.chdir(before)
        listener.listen()
        listener.settimeout(LIMIT)
        return path, listener

    def receive(self, listener):
        with listener.accept()[0] as connection:
            connection.settimeout(LIMIT)
            data, ancillary, _, _ = connection.recvmsg(100, socket.CMSG_SPACE(4))
            self.assertGreaterEqual(len(data), 1)
            (level, kind, fds), = ancillary
            self.assertEqual((level, kind), (socket.SOL_SOCKET, socket.SCM_RIGHTS))
            fd, = array.array("i", fds)
            self.addCleanup(os.close, fd)
            self.assertEqual(connection.recv(10), b"")  # one message, then the end
            return Screen(fd)

    def open(self, script, edit=terminal):
        path, listener = self.listen()
        box = self.create(["sh", "-c", script], edit, ["--console-socket", path])
        return box, self.receive(listener)

    def test_program_has_the_terminal(self):
        """CM-03, OUT-02, P-02"""
        box, screen = self.open("tty; [ -t 0 ] && [ -t 1 ] && [ -t 2 ] && echo all; read a; "
                                "echo got $a")
        box.husk("start", box.id)
        self.assertIn("/dev/pts/0", screen.expect("all"))
        screen.type("hello\n")
        screen.expect("got hello")
        self.assertEqual(box.first.wait_exit(), 0)

    def test_it_is_the_controlling_one(self):
        """FD-04, P-02"""
        box, screen = self.open("trap 'echo interrupted; exit 3' INT; echo ready; "
                                "while :; do sleep 3600 & wait $!; done")
        box.husk("start", box.id)
        screen.expect("ready")
        screen.type("\x03")
        screen.expect("interrupted")
        self.assertEqual(box.first.wait_exit(), 3)

    def test_size_of_the_configuration(self):
        """P-03"""
        box, screen = self.open("stty size", sized(33, 111))
        box.husk("start", box.id)
        screen.expect("33 111")

    def test_console_of_the_container_is_the_same_terminal(self):
        """V-08"""
        box, screen = self.open("echo spoken >/dev/console; sleep 3600")
        box.husk("start", box.id)
        screen.expect("spoken")

    def test_path_too_long_for_a_socket_address(self):
        """OUT-02"""
        deep = self.folder / ("d" * 60) / ("e" * 60)
        deep.mkdir(parents=True)
        path, listener = self.listen(deep / "console")
        box = self.create(["true"], terminal, ["--console-socket", path])
        self.receive(listener)
        box.husk("start", box.id)

    def test_terminal_without_a_socket_is_refused(self):
        """CM-03, P-02"""
        bundle = self.bundle(["true"], terminal)
        self.assert_refused(self.husk("create", "--bundle", bundle.folder, self.new_id(), code=1),
                            "console-socket")
        self.assert_nothing_left()

    def test_socket_without_a_terminal_is_refused(self):
        """CM-03"""
        path, _ = self.listen()
        bundle = self.bundle(["true"])
        self.assert_refused(self.husk("create", "--console-socket", path, "--bundle",
                                      bundle.folder, self.new_id(), code=1), "console-socket")
        self.assert_nothing_left()

    def test_socket_that_nobody_listens_to(self):
        bundle = self.bundle(["true"], terminal)
        self.assert_refused(self.husk("create", "--console-socket", self.folder / "none",
                                      "--bundle", bundle.folder, self.new_id(), code=1),
                            "no such file or directory")
        self.assert_nothing_left()


class Foreground(ContainerTest):
    """husk run on a terminal: the program gets one of its own, and bytes are carried over."""

    def open(self, script, size=(24, 80)):
        bundle = self.bundle(["sh", "-c", script], terminal)
        master, slave = pty.openpty()
        screen = Screen(master)
        self.addCleanup(os.close, master)
        screen.resize(*size)

        def take_terminal():
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        running = self.spawn("run", "--bundle", bundle.folder, self.new_id(), stdin=slave,
                             stdout=slave, stderr=slave, preexec_fn=take_terminal)
        os.close(slave)
        return running, screen

    def test_output_and_exit_code(self):
        running, screen = self.open("tty; echo done; exit 12")
        self.assertIn("/dev/pts/0", screen.expect("done"))
        self.assertEqual(running.wait(LIMIT), 12)

    def test_input(self):
        running, screen = self.open("echo ready; read a; echo got $a")
        screen.expect("ready")
        screen.type("hello\n")
        screen.expect("got hello")
        self.assertEqual(running.wait(LIMIT), 0)

    def test_interrupt_goes_to_the_program_not_to_husk(self):
        running, screen = self.open("trap 'echo interrupted; exit 4' INT; echo ready; "
                                    "while :; do sleep 3600 & wait $!; done")
        screen.expect("ready")
        screen.type("\x03")
        screen.expect("interrupted")
        self.assertEqual(running.wait(LIMIT), 4)

    def test_size_follows(self):
        """EN-03"""
        running, screen = self.open("stty size; trap 'stty size; exit 0' WINCH; echo ready; "
                                    "while :; do sleep 3600 & wait $!; done", size=(31, 97))
        self.assertIn("31 97", screen.expect("ready"))
        screen.resize(40, 120)
        screen.expect("40 120")
        self.assertEqual(running.wait(LIMIT), 0)

    def test_settings_of_the_callers_terminal_come_back(self):
        running, screen = self.open("echo ready; read a")
        screen.expect("ready")
        during = termios.tcgetattr(screen.fd)[3]
        screen.type("\n")
        self.assertEqual(running.wait(LIMIT), 0)
        after = termios.tcgetattr(screen.fd)[3]
        self.assertFalse(during & termios.ICANON)
        self.assertTrue(after & termios.ICANON and after & termios.ECHO)

    def test_end_by_signal_is_told_and_leaves_nothing(self):
        running, screen = self.open("trap 'exit 5' TERM; echo ready; "
                                    "while :; do sleep 3600 & wait $!; done")
        screen.expect("ready")
        running.send_signal(signal.SIGTERM)
        self.assertEqual(running.wait(LIMIT), 5)
        self.assert_nothing_left()

    def test_terminal_wanted_and_none_there(self):
        bundle = self.bundle(["true"], terminal)
        result = self.husk("run", "--bundle", bundle.folder, self.new_id(), code=None)
        # Either a terminal whose bytes go to the pipe, or one clear line: no hang, nothing left.
        if result.code != 0:
            self.assert_refused(result, "terminal")
        self.assert_nothing_left()
