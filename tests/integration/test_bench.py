# SPDX-License-Identifier: GPL-2.0-or-later
"""The programs of bench/ run, and write what they say they write. How long it takes is not asked."""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as xml
from pathlib import Path

from husk import BINARY, PATIENCE, TOP
from process import Process

sys.path.insert(0, str(TOP / "bench"))
import filter as seccomp  # noqa: E402
import goals  # noqa: E402
import measure  # noqa: E402
import same  # noqa: E402

SECONDS = 600 * PATIENCE  # a guard against hanging


def needs():
    """Why the containers cannot be measured here, or None."""
    if os.geteuid() != 0:
        return "a mount namespace needs root"
    if os.uname().machine != "x86_64":
        return "the floor is for x86-64"
    if not shutil.which("gcc") or not shutil.which("busybox"):
        return "gcc or busybox is not installed"
    return None


def children():
    return [int(pid) for pid in Path("/proc/self/task", str(os.getpid()), "children")
            .read_text().split()]


def name_of(pid):
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return None


class Programs(unittest.TestCase):
    """Each with one round. Peers are left out, as far as they are found by PATH."""

    def setUp(self):
        reason = needs()
        if reason:
            self.skipTest(reason)
        folder = tempfile.TemporaryDirectory(prefix="husk-test-bench-")
        self.addCleanup(folder.cleanup)
        self.out = Path(folder.name) / "out"

        self.environment = {**os.environ, "PATH": "/usr/bin:/bin", "BENCH_OUT": str(self.out),
                            "BENCH_BUILD": str(Path(BINARY).parent)}

    def run_program(self, *words):
        done = subprocess.run([TOP / "bench" / "run", "-n", "1", *words], env=self.environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=SECONDS, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        return done.stdout

    def check(self, program, *names):
        """The tables are printed, and are there as JSON and as a picture."""
        told = self.run_program(*(names or [program]))
        for name in names or [program]:
            table = json.loads((self.out / f"{name}.json").read_text())
            self.assertEqual(table["table"], name)
            self.assertIn(table["title"], told)
            self.assertIn("kernel", table["machine"])
            self.assertTrue(any(row["name"].startswith("husk") for row in table["rows"])
                            or name == "phases", table["rows"])
            picture = xml.parse(self.out / f"{name}.svg").getroot()
            self.assertEqual(picture.tag, "{http://www.w3.org/2000/svg}svg")

    def test_container(self):
        """The floor is held honest before each of them, the filter of the second included."""
        self.check("container", "run", "seccomp", "parallel", "phases")

    def test_life(self):
        self.check("life", "create", "exec", "control", "memory",
                   "limit")

    def test_init(self):
        self.check("init", "init-memory", "init-start", "init-latency", "init-storm",
                   "init-burst", "init-stops")

    def test_trace(self):
        self.check("trace", "trace-pingpong", "trace-storm")

    def test_ps(self):
        self.check("ps")

    def test_stops(self):
        self.check("stops")

    def test_interrupted_it_leaves_nothing(self):
        """Its containers run, for ever, when the signal comes."""
        before = set(children())
        running = subprocess.Popen([TOP / "bench" / "run", "-n", "1000000", "control"],
                                   env=self.environment, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not any(name_of(pid) == "turns" for pid in same.descendants(running.pid)):
            self.assertIsNone(running.poll())
        running.terminate()
        self.assertEqual(running.wait(SECONDS), 128 + signal.SIGTERM)
        # What lost its parent has become our child.
        for pid in set(children()) - before:
            Process(pid).wait_exit(SECONDS)

    def test_goals_tell_what_is_not_measured(self):
        told = self.run_program("goals").splitlines()
        self.assertEqual(sum("| not measured" in line for line in told), len(goals.GOALS))

    def test_unknown_name_is_named(self):
        done = subprocess.run([TOP / "bench" / "run", "nothing"], capture_output=True, text=True,
                              check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("no table or program nothing", done.stderr)


class Rules(unittest.TestCase):
    """What needs no container."""

    def test_difference_is_named(self):
        one = {"mounts": {"/dev": ["rw"], "/sys": ["ro"]}, "rest": ["a", "b"]}
        other = {"mounts": {"/dev": ["ro"], "/sys": ["ro"]}, "rest": ["a"]}
        self.assertEqual(same.differences(one, one), [])
        self.assertEqual(same.differences(one, other), [
            "mounts: /dev: only the one has rw", "mounts: /dev: only the other has ro",
            "rest: only the one has b"])

    def test_filter_allows_its_calls_and_no_other(self):
        allowed = {0, 1, 2, 5, 60, 61, 300}
        program = list(seccomp.struct.iter_unpack("<HBBI", seccomp.assemble(allowed)))
        for number in range(400):
            expected = (seccomp.ALLOW if number in allowed else
                        seccomp.ERRNO | (seccomp.EPERM if number < 300 else seccomp.ENOSYS))
            self.assertEqual(seccomp.verdict(program, {0: number, 4: seccomp.X86_64}), expected,
                             number)
        self.assertEqual(seccomp.verdict(program, {0: 0, 4: seccomp.I386}), seccomp.KILL_THREAD)
        self.assertEqual(seccomp.verdict(program, {0: seccomp.X32_BIT, 4: seccomp.X86_64}),
                         seccomp.KILL_THREAD)

    def test_goal_is_reached_or_missed(self):
        tables = goals.Tables()
        for value, size, word in ((10, 10_000, "reached, 50 % of it"),
                                  (30, 10_000, "missed, 150 % of it"),
                                  (10, 100, "reached, 50 % of it with 100 only")):
            tables.used["ps"] = {"size": size}
            goal = goals.Goal("it", "ps", 20, "us", lambda _, it=value: it)
            self.assertEqual(goals.standing(goal, tables), (f"{value}.00 us", word))

    def test_ratio_is_to_the_row_that_was_named(self):
        table = measure.Table("name", "title", measure.COSTS, "median")
        table.add("floor", median=2.0, p10=1.0, cpu=4.0)
        table.add("husk", median=3.0, p10=2.0, cpu=4.0)
        measure.add_ratios(table, lambda name: "floor")
        row = table.row("husk")
        self.assertEqual((row["x_wall"], row["x_p10"], row["x_cpu"]), (1.5, 2.0, 1.0))


if __name__ == "__main__":
    unittest.main()
