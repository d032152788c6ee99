# SPDX-License-Identifier: GPL-2.0-or-later
"""Two calls of husk for one container at the same time: one wins, the other says why it did not."""
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from husk import ContainerTest

ROUNDS = int(os.environ.get("HUSK_TEST_ROUNDS", "12"))
GONE = "does not exist"


class Contention(ContainerTest):
    def setUp(self):
        super().setUp()
        self.box = self.bundle(["sleep", "3600"])
        self.pool = ThreadPoolExecutor(2)
        self.addCleanup(self.pool.shutdown)

    def at_once(self, *calls):
        """Both calls of husk; their (exit status, what they complained of)."""
        gate = Barrier(len(calls))

        def call(number):
            errors = self.folder / f"errors-{number}"
            gate.wait()
            with open(errors, "wb") as stderr:
                done = subprocess.run(self.command(*calls[number]), env=self.environment,
                                      check=False, stdin=subprocess.DEVNULL,
                                      stdout=subprocess.DEVNULL, stderr=stderr)
            return done.returncode, errors.read_text()
        return list(self.pool.map(call, range(len(calls))))

    def fresh(self, *verb):
        name = self.new_id()
        self.husk(*verb, "--bundle", self.box.folder, name, stdout=subprocess.DEVNULL,
                  stderr=subprocess.DEVNULL)
        return name

    def each(self, *before):
        """A container for every round, made by these words; in the end nothing may be left."""
        for _ in range(ROUNDS):
            name = self.fresh(*before) if before else self.new_id()
            yield name
            self.husk("delete", "--force", name)
        self.assert_nothing_left()

    def assert_one_won(self, results, *reasons):
        """The other's complaint is one line with one of the reasons."""
        self.assertEqual(sorted(code for code, _ in results), [0, 1], results)
        self.assert_said(results, *reasons)

    def assert_said(self, results, *reasons):
        """Who did not win said why, in one line; who won said nothing."""
        for code, text in results:
            if code == 0:
                self.assertEqual(text, "")
                continue
            self.assertEqual((code, len(text.splitlines())), (1, 1), text)
            self.assertTrue(any(reason in text for reason in reasons), text)

    def status(self, name):
        done = self.husk("state", name, code=None)
        return done.out.partition('"status": "')[2].partition('"')[0] if done.code == 0 else None

    def create(self, name):
        return ["create", "--bundle", str(self.box.folder), name]

    def test_create_and_create(self):
        for name in self.each():
            self.assert_one_won(self.at_once(self.create(name), self.create(name)),
                                "already exists")
            self.assertEqual(self.status(name), "created")

    def test_create_and_delete(self):
        """A container is created or was never there, never half of one."""
        for name in self.each():
            results = self.at_once(self.create(name), ["delete", "--force", name])
            self.assertEqual(results, [(0, ""), (0, "")])
            self.assertIn(self.status(name), ("created", None))

    def test_start_and_start(self):
        for name in self.each("create"):
            self.assert_one_won(self.at_once(["start", name], ["start", name]),
                                "already running")
            self.assertEqual(self.status(name), "running")

    def test_delete_and_delete(self):
        for name in self.each("create"):
            self.assert_one_won(self.at_once(["delete", name], ["delete", name]), GONE)
            self.assertIsNone(self.status(name))

    def test_delete_by_force_and_delete_by_force(self):
        """Who comes too late has what it wanted."""
        for name in self.each("run", "--detach"):
            words = ["delete", "--force", name]
            self.assertEqual(self.at_once(words, words), [(0, ""), (0, "")])

    def test_kill_and_delete(self):
        for name in self.each("run", "--detach"):
            kill, delete = self.at_once(["kill", name, "KILL"], ["delete", "--force", name])
            self.assertEqual(delete, (0, ""))
            self.assert_said([kill], "not running", GONE)
            self.assertIsNone(self.status(name))

    def test_start_and_delete(self):
        for name in self.each("create"):
            start, delete = self.at_once(["start", name], ["delete", "--force", name])
            self.assertEqual(delete, (0, ""))
            self.assert_said([start], GONE)
            self.assertIsNone(self.status(name))

    def test_start_and_kill(self):
        for name in self.each("create"):
            start, kill = self.at_once(["start", name], ["kill", name, "KILL"])
            self.assertEqual(kill, (0, ""))
            self.assert_said([start], "stopped", "not running", "died")

    def test_exec_and_delete(self):
        for name in self.each("run", "--detach"):
            (code, text), delete = self.at_once(["exec", name, "true"],
                                                ["delete", "--force", name])
            self.assertEqual(delete, (0, ""))
            self.assertIn(code, (0, 137, 255))
            self.assertLessEqual(len(text.splitlines()), 1, text)
