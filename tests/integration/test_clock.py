# SPDX-License-Identifier: GPL-2.0-or-later
"""The clock of the machine jumps, by a year and back: husk measures by others."""
import re
import time
import unittest

import machine
from husk import ContainerTest, rows
from process import LIMIT

YEAR = 366 * 24 * 3600


@unittest.skipUnless(machine.is_emulated(), "needs a virtual machine of the tests: it sets the clock")
class Jump(ContainerTest):
    def setUp(self):
        super().setUp()
        self.before = time.time() - time.monotonic()
        self.addCleanup(lambda: self.set_clock(self.before + time.monotonic()))

    def set_clock(self, seconds):
        time.clock_settime(time.CLOCK_REALTIME, seconds)

    def jump(self, seconds):
        self.set_clock(time.time() + seconds)

    @rows([("forward", YEAR), ("back", -YEAR)])
    def test_container_goes_on_and_is_stopped_in_its_time(self, _, seconds):
        box = self.start()
        stopping = self.spawn("stop", "--timeout", "2s", box.id)
        self.jump(seconds)
        out, errors = stopping.communicate(timeout=LIMIT)
        self.assertEqual((stopping.returncode, errors), (0, ""))
        # PID 1 has no handler for SIGTERM: it is killed after the time that was asked for.
        self.assertRegex(out, r": killed after [2-9]\.\d+ s|: killed after [1-9]\d\.\d+ s")
        told = self.husk("why", box.id).out
        self.assertTrue(re.search(r"ran for [\d.]+ (ms|s) ", told), told)

    @rows([("forward", YEAR), ("back", -YEAR)])
    def test_state_and_lock_do_not_depend_on_it(self, _, seconds):
        box = self.create()
        self.jump(seconds)
        self.assertEqual(box.status(), "created")
        self.husk("start", box.id)
        self.assertEqual(box.status(), "running")
        self.husk("exec", box.id, "true")
        self.assertIn(box.id, self.husk("list").out)

    def test_last_story_of_a_name_is_told_when_the_clock_was_set_back(self):
        """Stories are kept in the order in which they ended."""
        name = self.new_id()
        for code in (3, 4):
            made = self.bundle(["sh", "-c", f"exit {code}"])
            self.husk("run", "--bundle", made.folder, name, code=code)
            self.jump(-YEAR)
        self.assertIn("exit status 4", self.husk("why", name).out.replace("with status", "status"))
