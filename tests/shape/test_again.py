# SPDX-License-Identifier: GPL-2.0-or-later
"""A failed test gets its second run, and no more than that: tests/conftest.py, tests/run."""
import importlib.machinery
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
STEADY_LATER = """
import pathlib, unittest

class Test(unittest.TestCase):
    def test_second_time(self):
        mark = pathlib.Path(__file__).with_suffix(".mark")
        if not mark.exists():
            mark.touch()
            self.fail("not yet")

    def test_ever(self):
        self.fail("as ever")
"""


def load_run():
    """tests/run, which has no name that a module may have."""
    loader = importlib.machinery.SourceFileLoader("tests_run", str(TESTS / "run"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("tests_run", loader))
    loader.exec_module(module)
    return module


class Again(unittest.TestCase):
    def outcomes(self, again, select=""):
        """{name: (outcome, reason)} by the report that tests/run reads."""
        folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, folder)
        shutil.copy(TESTS / "conftest.py", folder)
        (folder / "test_it.py").write_text(STEADY_LATER)
        done = subprocess.run(
            [sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", select,
             f"--rootdir={folder}", f"--junitxml={folder}/report.xml", folder],
            env={**os.environ, "HUSK_TEST_AGAIN": str(again)}, stdout=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL, check=False)
        run = load_run()
        cases = run.junit_cases(folder / "report.xml", done.returncode)
        self.unsteady = [case.name for case in run.unsteady(cases)]
        return {case.name.rpartition("_")[2]: (case.outcome, case.reason) for case in cases}

    def test_that_passes_then_is_unsteady(self):
        found = self.outcomes(2)
        self.assertEqual(found["time"], ("passed", "AssertionError: not yet"))
        self.assertEqual(self.unsteady, ["Test.test_second_time"])

    def test_that_fails_twice_has_failed(self):
        self.assertEqual(self.outcomes(2)["ever"][0], "failed")

    def test_past_the_limit_there_is_no_second_run(self):
        """The one that fails ever comes first and uses it up."""
        self.assertEqual(self.outcomes(1)["time"][0], "failed")

    def test_by_hand_there_is_none(self):
        self.assertEqual(self.outcomes(0, "second_time")["time"][0], "failed")

    def test_of_units_by_their_names(self):
        run = load_run()
        first = [run.Case("a", "failed", "why"), run.Case("b", "passed"), run.Case("c", "failed")]
        second = [run.Case("a", "passed"), run.Case("b", "failed", "now"), run.Case("c", "failed")]
        self.assertEqual(run.run_again(first, second),
                         [run.Case("a", "passed", "why"), run.Case("b", "failed", "now"),
                          run.Case("c", "failed")])
