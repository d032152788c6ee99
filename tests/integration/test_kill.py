# SPDX-License-Identifier: GPL-2.0-or-later
import os
import pty
import signal

from bundle import drop_namespace
from husk import ContainerTest, rows
from test_terminal import Screen

# A first process that tells which signal it got, then ends.
TRAP = "for s in HUP USR1 TERM; do trap \"echo $s; exit 0\" $s; done; echo ready; " \
       "while :; do sleep 3600 & wait $!; done"


class KillFirstProcess(ContainerTest):
    """husk kill, and the one process that the kernel protects: init of a pid namespace."""

    def test_signal_without_handler_is_dropped_at_once(self):
        """pid_namespaces(7): init gets only signals it has a handler for."""
        box = self.start(args=["sleep", "3600"])
        box.husk("kill", box.id, "TERM")
        # Dropped when sent, not later: nothing is pending and nothing has to be waited for.
        self.assertNotIn("TERM", box.first.pending_signals())
        self.assertEqual(box.status(), "running")

    def test_sigkill_from_outside_ends_it(self):
        box = self.start(args=["sleep", "3600"])
        box.husk("kill", box.id, "KILL")
        self.assertEqual(box.first.wait_exit(), 128 + 9)

    def test_term_is_meant_when_none_is_named(self):
        """CM-13"""
        box = self.start(args=["sh", "-c", TRAP])
        self.assertEqual(box.line(), "ready")
        box.husk("kill", box.id)
        self.assertEqual(box.line(), "TERM")

    @rows([("number", "10"), ("short", "USR1"), ("long", "SIGUSR1"), ("lower", "usr1"),
           ("lower-long", "sigusr1")])
    def test_signal_has_many_names(self, _, name):
        """CM-13"""
        box = self.start(args=["sh", "-c", TRAP])
        self.assertEqual(box.line(), "ready")
        box.husk("kill", box.id, name)
        self.assertEqual(box.line(), "USR1")

    def test_real_time_signals_are_counted_from_both_ends(self):
        """CM-13"""
        for name in ("RTMIN+3", "SIGRTMAX-1"):
            box = self.start(args=["sleep", "3600"])
            box.husk("kill", box.id, name)

    @rows([("word", "NOPE"), ("beyond", "65"), ("negative", "-1"), ("tail", "9x"),
           ("empty", ""), ("range", "RTMIN+99")])
    def test_bad_signal_is_refused_and_nothing_sent(self, _, name):
        """CM-13"""
        box = self.start()
        self.assert_refused(box.husk("kill", box.id, name, code=1))
        self.assertEqual(box.status(), "running")

    def test_created_one_can_be_killed(self):
        """LC-06"""
        box = self.create()
        box.husk("kill", box.id, "KILL")
        self.assertEqual(box.first.wait_exit(), 128 + 9)
        self.assertEqual(box.status(), "stopped")

    def test_stopped_one_cannot(self):
        """LC-06, ER-07, ER-08, ER-10"""
        box = self.start(args=["true"])
        box.first.wait_exit()
        self.assert_refused(box.husk("kill", box.id, "KILL", code=1), "container not running")

    def test_unknown_name(self):
        self.assert_refused(self.husk("kill", "nobody", "KILL", code=1),
                            'container "nobody" does not exist')

    def test_only_the_first_process_gets_it(self):
        """LC-06"""
        box = self.start(args=["sh", "-c", "sleep 3600 & echo $!; wait; echo woke; sleep 3600"])
        box.line()
        second, = box.first.children()
        box.husk("kill", box.id, "TERM")
        self.assertEqual(box.first.children(), [second])


class Note(ContainerTest):
    """Who kills by hand is told when nothing will come of it; an engine sees no change."""

    def kill_on_terminal(self, box, name):
        """What stands on the terminal when the call is over."""
        master, slave = pty.openpty()
        self.addCleanup(os.close, master)
        box.husk("kill", box.id, name, stderr=slave)
        os.write(slave, b"end\n")
        os.close(slave)
        return Screen(master).expect("end\r\n")

    def test_on_a_terminal_it_names_the_rule(self):
        box = self.start(["sleep", "3600"])
        self.assertIn("husk: note: nothing will come of SIGTERM: PID 1 of a pid namespace gets only "
                      "signals that it has a handler for.", self.kill_on_terminal(box, "TERM"))

    def test_there_is_none_when_something_comes_of_it(self):
        box = self.start(["sh", "-c", TRAP])
        self.assertEqual(box.line(), "ready")
        self.assertEqual(self.kill_on_terminal(box, "USR1"), "end\r\n")

    def test_there_is_none_for_a_file(self):
        box = self.start(["sleep", "3600"])
        told = box.husk("kill", box.id, "TERM")
        self.assertEqual((told.out, told.err), ("", ""))


class KillAll(ContainerTest):
    def test_every_process_gets_it(self):
        """CM-13"""
        box = self.start(args=["sh", "-c", "trap '' TERM; (trap - TERM; echo ready; exec sleep 3600) "
                                           "& wait; echo child gone"])
        self.assertEqual(box.line(), "ready")
        box.husk("kill", "--all", box.id, "TERM")
        self.assertEqual(box.line(), "child gone")

    def test_sigkill_leaves_nobody_without_a_pid_namespace(self):
        """N-09: Nobody but husk ends the others then: no kernel rule does."""
        box = self.start(args=["sh", "-c", "sleep 3600 & echo ready; wait"],
                         edit=lambda b: drop_namespace(b.config, "pid"))
        self.assertEqual(box.line(), "ready")
        box.husk("kill", "--all", box.id, str(int(signal.SIGKILL)))
        self.assertEqual(box.first.wait_exit(), 128 + 9)
        self.assertEqual(box.rest(), "")  # the end of file: the other one is gone as well

    def test_stopped_one_is_no_error(self):
        """CM-13"""
        box = self.start(args=["true"])
        box.first.wait_exit()
        box.husk("kill", "--all", box.id, "KILL")


class InitThatIsNotThereYet(ContainerTest):
    """husk-init as PID 1: no signal is lost between create and its first instruction."""

    @rows([("TERM", 128 + 15), ("INT", 128 + 2)])
    def test_signal_for_a_created_one_is_kept_for_the_init(self, name, code):
        box = self.create(["sleep", "3600"], options=["--init"])
        self.husk("kill", box.id, name)
        self.husk("start", box.id)
        self.assertEqual(box.first.wait_exit(), code)
