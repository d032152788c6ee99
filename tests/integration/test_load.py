# SPDX-License-Identifier: GPL-2.0-or-later
"""Eight at a time make, start and delete containers, and husk is killed at random moments.

HUSK_LOAD_SECONDS=120 goes on for that long instead of a few rounds; HUSK_TEST_SEED=N draws the same.
"""
import os
import random
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import init_launch
from husk import ContainerTest
from process import LIMIT

CREATORS = 8
ROUNDS = 15
SECONDS = float(os.environ.get("HUSK_LOAD_SECONDS", "0"))
SEED = int(os.environ.get("HUSK_TEST_SEED", "0")) or int(time.time())


class Creator:
    """One of those who work at the same time. Every second call of husk is killed on its way."""

    def __init__(self, test, number):
        self.test, self.number = test, number
        self.draw = random.Random(f"{SEED}-{number}")
        self.bundle = test.bundle(["sleep", "3600"])
        self.ids = []
        self.usual = {}  # seconds that a command takes when nobody kills it
        self.ended = self.killed = 0

    def work(self, is_over):
        while not is_over(len(self.ids)):
            self.ids.append(f"{self.test.mark}-{self.number}-{len(self.ids)}")
            bundle = ("--bundle", str(self.bundle.folder))
            if self.draw.random() < 0.3:
                self.call("run", "--detach", *bundle)
            else:
                self.call("create", *bundle)
                self.call("start")
            if self.draw.random() < 0.7:
                self.call("delete", "--force")

    def call(self, verb, *options):
        """Whatever comes of it: the one before may have been killed."""
        is_victim, part = self.draw.random() < 0.5, self.draw.uniform(0, 1.1)
        begin = time.monotonic()
        husk = subprocess.Popen(self.test.command(verb, *options, self.ids[-1]),
                                env=self.test.environment, stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if is_victim and verb in self.usual:
            time.sleep(part * self.usual[verb])
            husk.kill()
        code = husk.wait(LIMIT)
        if code == -signal.SIGKILL:
            self.killed += 1
            return
        self.ended += 1
        self.usual[verb] = time.monotonic() - begin


class Load(ContainerTest):
    def test_husks_killed_at_random_leave_nothing_that_delete_does_not_find(self):
        """LC-13. A container that nobody touches lives through all of it."""
        bystander = self.start()
        creators = [Creator(self, number) for number in range(CREATORS)]
        end = time.monotonic() + SECONDS

        def is_over(rounds):
            return time.monotonic() > end if SECONDS else rounds >= ROUNDS
        with ThreadPoolExecutor(CREATORS) as pool:
            list(pool.map(lambda creator: creator.work(is_over), creators))
            names = [name for creator in creators for name in creator.ids]
            list(pool.map(lambda name: self.husk("delete", "--force", name), names))
        killed, ended = (sum(getattr(c, word) for c in creators) for word in ("killed", "ended"))
        init_launch.notes.append(f"NOTE test_load: {len(names)} containers, {killed} of "
                                 f"{killed + ended} calls killed: HUSK_TEST_SEED={SEED}")
        self.assertGreater(killed, 0)
        self.assertGreater(ended, 0)
        self.assertEqual(bystander.status(), "running")
        self.assertFalse(bystander.first.has_ended())
        bystander.end()
        self.assert_nothing_left()
        self.assertEqual(os.listdir(self.root / ".half"), [])
        self.assertLessEqual(set(os.listdir(self.root)), {".half", ".past", ".cache"})
