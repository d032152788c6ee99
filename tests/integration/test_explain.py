# SPDX-License-Identifier: GPL-2.0-or-later
"""husk explain: what a signal will do to a process, against processes that are so."""
import ctypes
import json
import os
import pty
import signal
import subprocess
import unittest
from pathlib import Path

import machine
from husk import ContainerTest, rows
from process import LIMIT, Process

LIBC = ctypes.CDLL(None, use_errno=True)
PYTHON = "/usr/bin/python3"

# Programs that put themselves into a state, say so, and sleep. `s` is the module signal.
SLEEP = "print('ready', flush=True)\nwhile True: s.pause()"
CAUGHT = "s.signal(s.SIGTERM, lambda *_: print('caught', flush=True))\n" + SLEEP
IGNORED = "s.signal(s.SIGTERM, s.SIG_IGN)\n" + SLEEP
BLOCKED = "s.pthread_sigmask(s.SIG_BLOCK, [s.SIGTERM])\n" + SLEEP
AWAITED = "s.pthread_sigmask(s.SIG_BLOCK, [s.SIGTERM])\nprint('ready', flush=True)\n" \
          "s.sigwait([s.SIGTERM])\nprint('awaited', flush=True)\n" + SLEEP


class ExplainTest(ContainerTest):
    needs = []

    def explain(self, *words, code=0, **more):
        return self.husk("explain", *words, code=code, **more)

    def answer(self, target, name, *words, **more):
        """The part of the JSON form about one signal."""
        whole = json.loads(self.explain(target, name, "--format", "json", *words, **more).out)
        self.assertEqual(whole["version"], 1)
        return whole["signals"][0]

    def rules(self, target, name, *words):
        return [step["rule"] for step in self.answer(target, name, *words)["steps"]]

    def program(self, text, **options):
        """A Python program that has printed its first line; ended with the test."""
        running = subprocess.Popen([PYTHON, "-c", "import signal as s\n" + text], text=True,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, **options)
        self.addCleanup(end, running)
        self.assertEqual(running.stdout.readline(), "ready\n")
        return running


def end(running):
    running.kill()
    running.wait()
    running.stdout.close()


def wait_for_state(pid, state):
    """A change that was asked for and comes at once: seen as soon as it is there."""
    while Process(pid).status("State")[0] != state:
        pass


class OrdinaryProcess(ExplainTest):
    """No root is needed for a process of one's own."""

    @rows([("default", SLEEP, "default-terminates"), ("caught", CAUGHT, "handler"),
           ("ignored", IGNORED, "set-to-ignore"), ("blocked", BLOCKED, "blocked")])
    def test_disposition(self, _, text, rule):
        self.assertEqual(self.rules(self.program(text).pid, "TERM")[0], rule)

    def test_four_sections_and_one_line_in_front(self):
        shown = self.explain(self.program(IGNORED).pid, "SIGTERM").out.splitlines()
        self.assertIn("is thrown away at once", shown[0])
        labels = [line[:12].strip() for line in shown[1:] if line[:12].strip()]
        self.assertEqual(labels, ["from", "why", "evidence", "do"])

    def test_evidence_is_what_proc_says(self):
        running = self.program(IGNORED)
        line = f"SigIgn: {Process(running.pid).status('SigIgn')}"
        self.assertIn(line, self.explain(running.pid, "TERM").out)

    def test_table_has_all_signals(self):
        shown = self.explain(self.program(CAUGHT).pid).out
        for name in ("HUP", "TERM", "KILL", "CHLD"):
            self.assertIn(f" {name}", shown)

    def test_many_signals_are_told_in_turn(self):
        shown = self.explain(self.program(SLEEP).pid, "TERM", "1", "sigint").out
        for name in ("SIGHUP to ", "SIGINT to ", "SIGTERM to "):
            self.assertIn(name, shown)

    def test_stopped_one_waits_for_cont(self):
        running = self.program(SLEEP)
        running.send_signal(signal.SIGSTOP)
        wait_for_state(running.pid, "T")
        self.assertEqual(self.rules(running.pid, "TERM"), ["stopped", "default-terminates"])
        self.assertEqual(self.rules(running.pid, "CONT")[0], "continue-resumes")
        self.assertEqual(self.rules(running.pid, "KILL"), ["sure-kill"])

    def test_zombie_takes_all_and_does_nothing(self):
        running = self.program(SLEEP)
        running.kill()
        os.waitid(os.P_PID, running.pid, os.WEXITED | os.WNOWAIT)
        self.assertEqual(self.rules(running.pid, "KILL"), ["dying"])
        self.assertIn(f"its parent {os.getpid()}", self.answer(running.pid, "KILL")["do"][0])

    def test_second_of_a_standard_signal_is_lost(self):
        running = self.program(BLOCKED)
        running.send_signal(signal.SIGTERM)
        self.assertEqual(self.rules(running.pid, "TERM"),
                         ["already-pending", "blocked", "default-terminates"])

    def test_session_leader_is_in_an_orphaned_group(self):
        running = self.program(SLEEP, start_new_session=True)
        self.assertEqual(self.rules(running.pid, "TSTP"), ["orphaned-group"])

    def test_job_of_ours_is_not(self):
        running = self.program(SLEEP, preexec_fn=os.setpgrp)
        self.assertEqual(self.rules(running.pid, "TSTP"), ["default-stops"])

    def test_waiting_in_sigwait_is_reading(self):
        running = self.program(AWAITED)
        while "awaited" not in self.rules(running.pid, "TERM"):
            answer = json.loads(self.explain(running.pid, "TERM", "--format", "json").out)
            if answer["unknown"]:
                self.skipTest("needs the right to trace a child")
        self.assertEqual(Process(running.pid).status("SigBlk"), "0" * 16)

    def test_kernel_thread(self):
        comm = Path("/proc/2/comm")
        if not comm.exists() or comm.read_text() != "kthreadd\n":
            self.skipTest("needs the machine's own kernel threads in /proc")
        rule = "kernel-thread" if os.geteuid() == 0 else "no-right"
        self.assertEqual(self.rules(2, "KILL"), [rule])

    def test_traced_one_shows_its_tracer_first(self):
        running = self.program(SLEEP)
        PTRACE_SEIZE, PTRACE_DETACH = 0x4206, 17
        if LIBC.ptrace(PTRACE_SEIZE, running.pid, None, None) != 0:
            self.skipTest("needs the right to trace a child")
        answer = self.answer(running.pid, "WINCH")
        LIBC.ptrace(PTRACE_DETACH, running.pid, None, None)
        self.assertEqual(answer["outcome"], "dropped")
        self.assertIn("tracer-first", [note["rule"] for note in answer["notes"]])


def scope_signals():
    """Landlock: from now on no signal leaves this process and its children. Linux 6.12."""
    CREATE_RULESET, RESTRICT_SELF, NO_NEW_PRIVS, SCOPE_SIGNAL = 444, 446, 38, 2
    rules = (ctypes.c_uint64 * 3)(0, 0, SCOPE_SIGNAL)
    ruleset = LIBC.syscall(CREATE_RULESET, rules, ctypes.sizeof(rules), 0)
    if ruleset < 0 or LIBC.prctl(NO_NEW_PRIVS, 1, 0, 0, 0) != 0 \
            or LIBC.syscall(RESTRICT_SELF, ruleset, 0) != 0:
        raise OSError(ctypes.get_errno(), "landlock")


class InSandbox(ExplainTest):
    """What a security module refuses is asked of the kernel: no file of /proc tells."""

    def test_landlock_scope(self):
        running = self.program(SLEEP)
        try:
            answer = self.answer(running.pid, "TERM", preexec_fn=scope_signals)
        except subprocess.SubprocessError:
            self.skipTest("needs landlock with signal scopes")
        self.assertEqual([step["rule"] for step in answer["steps"]], ["security-module"])
        self.assertEqual(answer["errno"], "EPERM")


class BadWords(ExplainTest):
    """Bad targets and words are told in one line, and nothing is sent."""

    @rows([("zero", "0"), ("negative", "-1"), ("huge", "99999999999"), ("text", "no-such-box"),
           ("beyond", "4194305"), ("empty", ""), ("slash", "../x"), ("colon", ":1")])
    def test_target(self, _, word):
        self.assert_refused(self.explain(word, "TERM", code=1))

    def test_dead_pid(self):
        running = subprocess.Popen(["true"])
        running.wait()
        self.assert_refused(self.explain(running.pid, code=1), str(running.pid),
                            "no such process")

    @rows([("word", "NOPE"), ("number", "65"), ("zero", "0")])
    def test_signal(self, _, word):
        self.assert_refused(self.explain(os.getpid(), word, code=1), f'"{word}" is not a signal')

    def test_sender(self):
        self.assert_refused(self.explain(os.getpid(), "TERM", "--from", "above", code=1),
                            "--from")

    def test_format(self):
        self.assert_refused(self.explain(os.getpid(), "TERM", "--format", "xml", code=1),
                            "--format")

    def test_no_target(self):
        self.assert_refused(self.explain(code=1), "missing")


class OtherUser(ExplainTest):
    needs = ["root"]
    as_user = True

    def test_process_of_root_is_refused(self):
        running = self.program(SLEEP)
        answer = self.answer(running.pid, "TERM")
        self.assertEqual([step["rule"] for step in answer["steps"]], ["no-right"])
        self.assertEqual(answer["errno"], "EPERM")

    def test_own_process_needs_no_root(self):
        running = self.program(CAUGHT, user=machine.ORDINARY_UID)
        self.assertEqual(self.rules(running.pid, "TERM"), ["handler"])


class InContainer(ExplainTest):
    """PID 1 of a container, and what lives beside it."""

    needs = ["root"]

    def test_deaf_init(self):
        box = self.start(args=["sleep", "3600"])
        answer = self.answer(box.id, "TERM")
        self.assertEqual(answer["steps"][0]["rule"], "init-no-handler")
        self.assertEqual(answer["result"], "ignored")

    def test_sigkill_counts_from_outside_only(self):
        box = self.start(args=["sleep", "3600"])
        self.assertEqual(self.rules(box.id, "KILL"), ["sure-kill"])
        self.assertEqual(self.rules(box.id, "KILL", "--from", "outside"), ["sure-kill"])
        self.assertEqual(self.rules(box.id, "KILL", "--from", "inside"), ["init-from-inside"])

    def test_end_of_init_takes_all_with_it(self):
        box = self.start(args=["sleep", "3600"])
        notes = [note["rule"] for note in self.answer(box.id, "KILL")["notes"]]
        self.assertEqual(notes, ["takes-all-with-it"])

    def test_process_by_its_number_within(self):
        box = self.start(args=["sh", "-c", "sleep 3601 & echo $!; wait"])
        number = box.line()
        whole = json.loads(self.explain(f"{box.id}:{number}", "TERM", "--format", "json").out)
        self.assertEqual(whole["target"]["numbers"][-1], int(number))
        self.assertIn(whole["target"]["pid"], box.first.children())
        self.assertEqual(whole["signals"][0]["outcome"], "terminate")

    def test_process_by_its_name(self):
        box = self.start(args=["sh", "-c", "sleep 3601 & echo $!; wait"])
        box.line()
        pid = box.first.children()[0]
        while Process(pid).status("Name") != "sleep":  # fork, then exec
            pass
        whole = json.loads(self.explain(f"{box.id}:sleep", "TERM", "--format", "json").out)
        self.assertEqual(whole["target"]["pid"], pid)

    @rows([("number", "77"), ("name", "no-such-name")])
    def test_process_that_is_not_there(self, _, word):
        box = self.start(args=["sleep", "3600"])
        self.assert_refused(self.explain(f"{box.id}:{word}", code=1), word)

    def test_stopped_container_has_no_process(self):
        box = self.start(args=["sleep", "3600"])
        box.husk("kill", box.id, "KILL")
        box.first.wait_exit()
        self.assert_refused(self.explain(box.id, "TERM", code=1), "stopped")

    def test_handler_of_an_outer_sender_is_told_no_pid(self):
        box = self.start(args=["sh", "-c", "trap 'echo got' TERM; echo ready; "
                                           "while :; do sleep 3600 & wait $!; done"])
        self.assertEqual(box.line(), "ready")
        answer = self.answer(box.id, "TERM")
        self.assertEqual(answer["outcome"], "handler")
        self.assertIn("sender-hidden", [note["rule"] for note in answer["notes"]])

    def test_inner_process_cannot_name_one_outside(self):
        box = self.start(args=["sleep", "3600"])
        self.assertEqual(self.rules(os.getpid(), "TERM", "--from", str(box.first.pid)),
                         ["out-of-sight"])


class Frozen(ExplainTest):
    needs = ["root"]

    def setUp(self):
        super().setUp()
        self.held = self.program(SLEEP)
        self.thaw = lambda: None

    def tearDown(self):
        self.thaw()
        super().tearDown()

    def freeze(self, tree, name, on, off):
        """Put the program into a cgroup of its own and freeze that."""
        folder = tree / f"{self.mark}-frozen"
        folder.mkdir()

        def thaw():
            (folder / name).write_text(off)
            self.held.kill()
            self.held.wait()
            machine.remove_cgroup(folder)

        self.thaw = thaw
        (folder / "cgroup.procs").write_text(str(self.held.pid))
        (folder / name).write_text(on)
        return folder

    def test_v1_holds_even_sigkill(self):
        tree = machine.cgroup1_trees().get("freezer")
        if not tree:
            self.skipTest("needs the v1 freezer")
        folder = self.freeze(tree, "freezer.state", "FROZEN", "THAWED")
        answer = self.answer(self.held.pid, "KILL")
        self.assertEqual([step["rule"] for step in answer["steps"]], ["frozen-v1", "sure-kill"])
        self.assertIn(str(folder / "freezer.state"), answer["do"][0])

    def test_v2_lets_through_what_kills_at_once(self):
        trees = [t for t in (machine.CGROUP, machine.CGROUP / "unified")
                 if (t / "cgroup.controllers").exists()]
        if not trees:
            self.skipTest("needs a cgroup v2 tree")
        self.freeze(trees[0], "cgroup.freeze", "1", "0")
        self.assertEqual(self.rules(self.held.pid, "KILL"), ["sure-kill"])
        self.assertEqual(self.rules(self.held.pid, "TERM"), ["default-terminates"])
        self.assertEqual(self.rules(self.held.pid, "QUIT"),
                         ["frozen-v2", "default-dumps-core"])


class Verified(ExplainTest):
    """--verify: the kernel's own word on what the rule says."""

    needs = ["root"]

    def verify(self, target, name):
        done = self.explain(target, name, "--verify", "--yes", "--format", "json", code=None)
        if "tracefs" in done.err or "outermost" in done.err:
            self.skipTest("needs tracefs and the outermost pid namespace")
        self.assertEqual(done.code, 0, done.err + done.out)
        answer = json.loads(done.out)["signals"][0]
        self.assertTrue(answer["seen"]["agrees"])
        self.assertEqual(answer["basis"], "seen")
        return answer

    @rows([("default", SLEEP, "TERM"), ("caught", CAUGHT, "TERM"), ("ignored", IGNORED, "TERM"),
           ("blocked", BLOCKED, "TERM"), ("killed", SLEEP, "KILL"), ("core", SLEEP, "QUIT"),
           ("nothing", SLEEP, "CHLD"), ("real-time", SLEEP, "RTMIN+1")])
    def test_kernel_agrees(self, _, text, name):
        self.verify(self.program(text, preexec_fn=no_core).pid, name)

    def test_deaf_init(self):
        box = self.start(args=["sleep", "3600"])
        answer = self.verify(box.id, "TERM")
        self.assertEqual(answer["seen"]["result"], "ignored")
        self.assertIn("res=1", answer["seen"]["generate"])

    def test_zombie(self):
        running = self.program(SLEEP)
        running.kill()
        os.waitid(os.P_PID, running.pid, os.WEXITED | os.WNOWAIT)
        self.assertEqual(self.verify(running.pid, "TERM")["seen"]["result"], "ignored")

    def test_second_pending_one(self):
        running = self.program(BLOCKED)
        running.send_signal(signal.SIGTERM)
        self.assertEqual(self.verify(running.pid, "TERM")["seen"]["result"], "already_pending")

    def test_text_ends_with_what_was_seen(self):
        running = self.program(IGNORED)
        done = self.explain(running.pid, "TERM", "--verify", "--yes", code=None)
        if done.code:
            self.skipTest("needs tracefs and the outermost pid namespace")
        self.assertTrue(done.out.endswith("The kernel did what the rule says.\n"))

    def test_nothing_is_sent_unasked(self):
        running = self.program(SLEEP)
        self.assert_refused(self.explain(running.pid, "TERM", "--verify", code=1), "--yes")
        self.assertIsNone(running.poll())

    @rows([("no", b"n\n"), ("nothing", b"\n"), ("end", b"\x04")])
    def test_only_yes_is_yes(self, _, answer):
        """On a terminal it asks first."""
        running = self.program(SLEEP)
        terminal, inner = pty.openpty()
        self.addCleanup(os.close, terminal)
        asked = self.spawn("explain", running.pid, "TERM", "--verify", stdin=inner)
        os.close(inner)
        os.write(terminal, answer)
        out, err = asked.communicate(timeout=LIMIT)
        self.assertEqual((asked.returncode, out), (1, ""))
        self.assertRegex(err, r"^Send SIGTERM to process \d+ \(\w+\)\? \[y/N\] "
                              r"husk: explain \d+: nothing was sent\n$")
        self.assertIsNone(running.poll())

    @rows([("none", ()), ("two", ("TERM", "HUP")), ("from", ("TERM", "--from", "inside"))])
    def test_goes_with_one_signal_from_here(self, _, words):
        running = self.program(SLEEP)
        self.assert_refused(self.explain(running.pid, *words, "--verify", "--yes", code=1),
                            "--verify")
        self.assertIsNone(running.poll())


def no_core():
    import resource
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    unittest.main()
