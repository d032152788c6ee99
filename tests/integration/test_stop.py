# SPDX-License-Identifier: GPL-2.0-or-later
"""husk stop and husk wait."""
import os
import pty
import re
import subprocess

from bundle import bind
from husk import LIMIT, ContainerTest, rows
from stuck import StuckFolder
from test_terminal import Screen

# A grace that no test outlives: whoever ends within it has ended by itself.
LONG = ["--timeout", "1h"]
# Says when the handler is there; each loop waits in the shell, which handlers interrupt.
TRAPS = "trap 'exit 7' {0}; echo ready; while :; do sleep 3600 & wait $!; done"
DEAF = "trap '' TERM; echo ready; while :; do sleep 3600; done"


class Stop(ContainerTest):
    def ready(self, script, **options):
        box = self.start(["sh", "-c", script], **options)
        self.assertEqual(box.line(), "ready")
        return box

    def test_program_with_a_handler_ends_by_it(self):
        box = self.ready(TRAPS.format("TERM"))
        out = self.husk("stop", *LONG, box.id).out
        self.assertRegex(out, rf"^{box.id}: stopped after \d+\.\d+ s, exit status 7\n$")
        self.assertEqual(box.status(), "stopped")

    def test_deaf_first_process_is_killed_after_the_grace_and_told_why(self):
        """pid_namespaces(7): no handler, so SIGTERM comes to nothing."""
        box = self.start(["sleep", "3600"])
        out = self.husk("stop", "--timeout", "200ms", box.id).out
        told = re.search(r": killed after (\d+\.\d+) s, exit status 137\n", out)
        self.assertTrue(told, out)
        self.assertGreaterEqual(float(told[1]), 0.2)
        self.assertIn("SIGTERM came to nothing: ", out)

    def test_on_a_terminal_it_tells_how_long_it_will_wait(self):
        box = self.ready(DEAF)
        master, slave = pty.openpty()
        self.addCleanup(os.close, master)
        with subprocess.Popen(self.command("stop", *LONG, box.id), env=self.environment,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=slave,
                              text=True) as stop:
            os.close(slave)
            Screen(master).expect(f"{box.id}: waiting for its end, SIGKILL in 35")
            box.husk("kill", box.id, "KILL")
            self.assertRegex(stop.communicate()[0], rf"^{box.id}: stopped after ")

    def test_on_a_terminal_one_that_needs_no_wait_leaves_the_line_alone(self):
        box = self.start(["sleep", "3600"])
        box.husk("kill", box.id, "KILL")
        self.husk("wait", box.id)
        master, slave = pty.openpty()
        self.addCleanup(os.close, master)
        # What is read last is ours: all that came before it is read with it.
        done = subprocess.run(self.command("stop", *LONG, box.id), env=self.environment,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=slave,
                              check=True)
        os.write(slave, b"end")
        self.assertEqual(os.read(master, 100), b"end")
        os.close(slave)
        self.assertIn(b"had ended before", done.stdout)

    def test_own_signal_of_the_image(self):
        """A-19"""
        def edit(b):
            b.config.setdefault("annotations", {})["org.opencontainers.image.stopSignal"] = "SIGUSR1"
        box = self.ready(TRAPS.format("USR1"), edit=edit)
        self.assertIn("exit status 7", self.husk("stop", *LONG, box.id).out)

    def test_signal_of_the_caller_wins(self):
        box = self.ready(TRAPS.format("USR2"))
        self.assertIn("exit status 7", self.husk("stop", *LONG, "--signal", "usr2", box.id).out)

    def test_paused_one_is_thawed_so_that_it_can_end(self):
        """W-15"""
        box = self.ready(TRAPS.format("TERM"))
        self.husk("pause", box.id)
        self.assertIn("exit status 7", self.husk("stop", *LONG, box.id).out)

    def test_task_beyond_sigkill_is_named_and_not_waited_for(self):
        """W-13: a child in state D, for whose end the kernel lets the first process wait."""
        if not os.path.exists("/dev/fuse"):
            self.skipTest("needs /dev/fuse")
        mounted = self.folder / "stuck"
        mounted.mkdir()
        with StuckFolder(mounted) as stuck:
            box = self.start(["sh", "-c", "cat /tmp/stuck/file & wait"], edit=lambda b: b.config[
                "mounts"].append(bind("/tmp/stuck", mounted)))
            self.assertTrue(stuck.asked.wait(LIMIT))
            told = self.husk("stop", "-t", "0", box.id, code=1, timeout=60)
            self.assert_refused(told, f"stop {box.id}: process ", "(cat) does not end after "
                                "SIGKILL: state D, waiting in ")
        self.assertTrue(box.first.has_ended(LIMIT))

    def test_created_one_is_ended_at_once(self):
        box = self.create(["sleep", "3600"])
        self.assertIn("killed after ", self.husk("stop", *LONG, box.id).out)

    def test_stopped_one_is_no_error(self):
        box = self.start(["sleep", "3600"])
        self.husk("stop", "-t", "0", box.id)
        self.assertIn("had ended before", self.husk("stop", box.id).out)

    def test_several_are_stopped_at_once(self):
        boxes = [self.ready(DEAF) for _ in range(3)]
        out = self.husk("stop", "-t", "300ms", *[box.id for box in boxes]).out
        for box in boxes:
            self.assertRegex(out, rf"{box.id}: killed after ")

    def test_children_end_too_without_a_pid_namespace(self):
        """EN-01, W-09"""
        box = self.ready("sleep 3600 & " + TRAPS.format("TERM"),
                         edit=lambda b: b.config["linux"].update(namespaces=[
                             n for n in b.config["linux"]["namespaces"] if n["type"] != "pid"]))
        self.husk("stop", *LONG, box.id)
        self.husk("delete", box.id)
        self.assert_nothing_left()

    @rows([("unknown", ["nope"], "does not exist"), ("signal", ["-s", "XYZ", "x"], "is not a signal"),
           ("timeout", ["-t", "soon", "x"], "is not a duration"), ("no-id", [], "ID is missing")])
    def test_mistakes(self, _, words, text):
        self.assert_refused(self.husk("stop", *words, code=1), text)


class Wait(ContainerTest):
    """W-04: the exit status, also for who is not the parent."""

    def test_end_of_a_running_one_is_waited_for(self):
        box = self.start(["sh", "-c", TRAPS.format("TERM")])
        self.assertEqual(box.line(), "ready")
        waiting = self.spawn("wait", box.id)
        self.husk("kill", box.id, "TERM")
        self.assertEqual(waiting.communicate(timeout=LIMIT)[0], "7\n")

    def test_one_that_has_ended_and_one_that_is_deleted(self):
        box = self.start(["sleep", "3600"])
        self.husk("stop", "-t", "0", box.id)
        self.assertEqual(self.husk("wait", box.id).out, "137\n")
        self.husk("delete", box.id)
        self.assertEqual(self.husk("wait", box.id).out, "137\n")

    def test_unknown_one(self):
        self.assert_refused(self.husk("wait", "nope", code=1), "does not exist")
