# SPDX-License-Identifier: GPL-2.0-or-later
"""husk trace under signals at full rate: each one is in the recording, or is counted as lost."""
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from husk import PATIENCE, TOP, rows
from test_trace import TraceTest

SIGNALS = 500_000


def setUpModule():
    global folder, program
    folder = Path(tempfile.mkdtemp(prefix="husk-test-storm-"))
    program = folder / "trace-load"
    subprocess.run(["gcc", "-std=gnu17", "-D_GNU_SOURCE", "-O2", "-o", program,
                    TOP / "bench" / "trace-load.c"], check=True)


def tearDownModule():
    shutil.rmtree(folder)


class Storm(TraceTest):
    """From one process to another by sigqueue(3), standard and real-time ones mixed."""

    def setUp(self):
        super().setUp()
        self.journal = self.folder / "journal"
        self.load = None

    def tearDown(self):
        if self.load:
            self.load.kill()
            self.load.communicate()
        super().tearDown()

    def storm(self, *options, is_stopped=False):
        """How many were sent, and refused because of the queue; then what the recorder said.

        @is_stopped: so that it reads nothing while they are sent.

        Nobody is born and nobody ends between the first and the last look, so that there are no
        signals but those of the storm.
        """
        self.load = subprocess.Popen([program, "storm", str(SIGNALS)], stdin=subprocess.PIPE,
                                     stdout=subprocess.PIPE, text=True, bufsize=1,
                                     env=self.environment)
        tracer = self.spawn("trace", "-o", self.journal, *options, self.load.pid)
        while not self.journal.exists():
            self.assertIsNone(tracer.poll())
        if is_stopped:
            tracer.send_signal(signal.SIGSTOP)
            os.waitid(os.P_PID, tracer.pid, os.WSTOPPED | os.WNOWAIT)
        self.load.stdin.write("\n")
        sent, refused = map(int, self.load.stdout.readline().split())
        self.assertEqual(sent, SIGNALS)
        tracer.send_signal(signal.SIGCONT)
        tracer.send_signal(signal.SIGINT)
        said = tracer.communicate(timeout=120 * PATIENCE)[1]
        self.assertEqual(tracer.returncode, 0, said)
        return sent + refused, refused, said

    def shown(self):
        """The results of all signals in the recording, with their numbers; and the losses."""
        words = self.command("trace", "--read", self.journal, "--format", "json", "--kinds", "signal")
        results = {}
        with subprocess.Popen(words, stdout=subprocess.PIPE, env=self.environment) as shown:
            for line in shown.stdout:
                if b'"kind":"signal"' in line:
                    result = re.search(rb'"result":"(\w+)"', line)[1].decode()
                    results[result] = results.get(result, 0) + 1
        self.assertEqual(shown.returncode, 0)
        return results, json.loads(line)["lost"]

    def check_told(self, lost, said):
        """By kind, in the summary and by whoever reads the journal."""
        words = f"{sum(lost.values())} events lost"
        if sum(lost.values()):
            words += ": " + ", ".join(f"{lost[kind]} {kind}" for kind in lost if lost[kind])
        self.assertIn(words, said)
        shown = self.husk("trace", "--read", self.journal, "--kinds", "oom").out
        self.assertIn(words, shown.splitlines()[-1])

    @rows([["default"], ["small", "--buffer", "64K"]])
    def test_what_is_recorded_and_what_is_lost_are_all(self, _, *options):
        calls, refused, said = self.storm(*options)
        results, lost = self.shown()
        self.assertEqual(sum(results.values()) + lost["signal"], calls)
        self.check_told(lost, said)
        if not lost["signal"]:
            self.assertEqual(results.get("overflow_fail", 0), refused)

    def test_who_does_not_read_loses_and_says_how_many(self):
        calls, _, said = self.storm("--buffer", "64K", is_stopped=True)
        results, lost = self.shown()
        self.assertGreater(lost["signal"], 0)
        self.assertGreater(lost["deliver"], 0)
        self.assertEqual(sum(results.values()) + lost["signal"], calls)
        self.check_told(lost, said)
