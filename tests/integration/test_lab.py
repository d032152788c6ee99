# SPDX-License-Identifier: GPL-2.0-or-later
"""husk lab: every experiment on this kernel, and what is promised of all of them."""
import json
import os
import signal
import subprocess
import time
from pathlib import Path

try:
    import jsonschema
except ImportError:
    jsonschema = None

import husk
import machine
from husk import ContainerTest, rows
from process import LIMIT, PATIENCE, Process

TOP = husk.TOP
SCHEMA = TOP / "docs" / "schema" / "lab.schema.json"
TABLE = TOP / "docs" / "lab.md"
TIMEOUT = f"--timeout={60 * PATIENCE}s"
# What husk itself relies on: wherever the tests have root these must hold.
RELIED_ON = ["E11", "E14", "E16", "E17", "E18", "E19", "E20", "E21", "E22", "E23", "E32"]


def listed():
    done = subprocess.run([husk.BINARY, "lab", "list", "--format", "json"],
                          stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)["experiments"]


def validate(told):
    """Holds what was printed against docs/schema, where that can be done."""
    if jsonschema:
        schema = json.loads(SCHEMA.read_text())
        jsonschema.Draft7Validator.check_schema(schema)
        jsonschema.Draft7Validator(schema).validate(told)


EXPERIMENTS = {one["name"]: one for one in listed()}
# Many ask the processor as well as the kernel, and an emulated one has answers of its own.
HERE = [name for name, one in EXPERIMENTS.items()
        if one["id"] in RELIED_ON or not machine.is_emulated()]


def skip_elsewhere(test, name):
    if name not in HERE:
        test.skipTest("the processor is emulated")


class Experiments(ContainerTest):
    needs = []

    @rows(EXPERIMENTS)
    def test_the_kernel_does_as_predicted(self, name):
        skip_elsewhere(self, name)
        done = self.husk("lab", "run", TIMEOUT, name, "--format", "json", code=None)
        result = json.loads(done.out)["results"][0]
        validate(json.loads(done.out))
        if done.code == 77:
            relied_on = EXPERIMENTS[name]["id"] in RELIED_ON and os.geteuid() == 0
            # The one thing that others of the same user can use up for long.
            is_full = "room in the user's queue of signals" in result["finding"]
            self.assertTrue(is_full or not relied_on, result["finding"])
            self.skipTest(result["finding"])
        self.assertEqual((done.code, result["verdict"]), (0, "confirmed"), result["finding"])
        self.assertTrue(result["evidence"])


class Words(ContainerTest):
    needs = []

    def test_list_names_all_and_no_two_alike(self):
        text = self.husk("lab", "list").out
        self.assertLessEqual(max(map(len, text.splitlines())), 100)
        lines = [line for line in text.splitlines() if not line.startswith(" ")]
        self.assertEqual(len(lines), len(EXPERIMENTS))
        self.assertEqual([line.split()[0] for line in lines], sorted({line.split()[0]
                                                                      for line in lines}))

    def test_show_does_nothing(self):
        text = self.husk("lab", "show", "sigchld-storm").out
        for word in ("Question", "Prediction", "Done", "Read on", "husk lab run sigchld-storm"):
            self.assertIn(word, text)
        self.assertNotIn("Verdict", text)

    def test_run_is_one_screen(self):
        done = self.husk("lab", "run", TIMEOUT, "E19", code=None)
        lines = done.out.splitlines()
        self.assertLess(len(lines), 45)
        self.assertLessEqual(max(map(len, lines)), 100)
        for word in ("Question", "Prediction", "Done", "Verdict", "husk", "Read on"):
            self.assertTrue([line for line in lines if line.startswith(word)], word)

    def test_several_are_told_in_short_with_a_sum(self):
        done = self.husk("lab", "run", TIMEOUT, "E14", "threads", code=None)
        first, second, tally = [line for line in done.out.splitlines()
                                if not line.startswith(" ")]
        self.assertIn("E14  sigchld-storm", first)
        self.assertIn("E33  threads", second)
        self.assertRegex(tally, r"^[0-2] confirmed, 0 refuted, [0-2] not observable here$")

    def test_repeat_does_it_so_often(self):
        done = self.husk("lab", "run", TIMEOUT, "--repeat", 3, "E33", code=None)
        self.assertIn("Verdict     CONFIRMED", done.out)

    def test_ask_by_number(self):
        text = self.husk("lab", "ask", "6").out
        self.assertTrue(text.startswith("6. "))
        self.assertIn("husk lab run sigchld-storm", text)

    def test_ask_by_words(self):
        self.assertTrue(self.husk("lab", "ask", "two processes with parent 0").out
                        .startswith("75."))
        self.assertTrue(self.husk("lab", "ask", "restart_syscall").out.startswith("72."))

    @rows([("no verb", ["dance"], "is not one of list, run, ask, show"),
           ("no experiment", ["run", "nosuch"], '"nosuch" is no experiment'),
           ("one of several", ["run", "E14", "nosuch"], '"nosuch" is no experiment'),
           ("nothing to run", ["run"], "NAME...|all is missing"),
           ("nothing to show", ["show"], "NAME is missing"),
           ("too much to show", ["show", "E14", "E16"], 'too many arguments, beginning with "E16"'),
           ("no question", ["ask", "96"], "there is no question 96"),
           ("no such words", ["ask", "xyzzy"], "no question has any of these words"),
           ("format", ["list", "--format", "html"], '--format: "html"'),
           ("format of ask", ["ask", "6", "--format", "markdown"], '--format: "markdown"'),
           ("repeat", ["run", "E14", "--repeat", "0"], "--repeat: not a number"),
           ("timeout", ["run", "E14", "--timeout", "soon"], "--timeout:"),
           ("option", ["run", "E14", "--slow"], "unknown option --slow")])
    def test_wrong_words(self, _, words, fragment):
        done = self.husk("lab", *words, code=2)
        self.assert_refused(done, "lab: ", fragment)

    def test_time_that_is_over_is_no_verdict(self):
        done = self.husk("lab", "run", "--timeout", "1ms", "E18", code=77)
        self.assertIn("NOT OBSERVABLE HERE: it was not done when its time was over", done.out)


class Json(ContainerTest):
    needs = []

    def validate(self, *words):
        if not jsonschema:
            self.skipTest("needs python3-jsonschema")
        told = json.loads(self.husk("lab", *words, "--format", "json", code=None).out)
        validate(told)
        return told

    def test_list(self):
        self.assertEqual(len(self.validate("list")["experiments"]), len(EXPERIMENTS))

    def test_results(self):
        told = self.validate("run", TIMEOUT, "E14", "E17", "E22")
        self.assertEqual([one["id"] for one in told["results"]], ["E14", "E17", "E22"])
        self.assertEqual(told["kernel"], os.uname().release)

    def test_one_that_is_not_observable(self):
        told = self.validate("run", "--timeout", "1ms", "E18")
        self.assertEqual(told["results"][0]["verdict"], "not-observable")
        self.assertEqual(told["results"][0]["evidence"], [])

    def test_questions(self):
        told = self.validate("ask", "3")
        self.assertEqual(told["questions"][0]["number"], 3)
        self.assertIn("pid1-deaf", told["questions"][0]["experiments"])


class Table(ContainerTest):
    """docs/lab.md: what `husk lab run all --format markdown` printed once."""

    needs = []

    @staticmethod
    def rows_of(text):
        """Without the verdicts, which are those of one machine."""
        return [line.split(" | ")[:-1] for line in text.splitlines() if line.startswith("| ")]

    def test_it_is_the_programs_own(self):
        told = self.husk("lab", "run", "--format", "markdown", TIMEOUT, "E14", code=None).out
        self.assertEqual(self.rows_of(told), self.rows_of(TABLE.read_text()))

    def test_each_of_the_95_numbers_has_an_experiment_with_a_verdict(self):
        if len(EXPERIMENTS) < 36:
            self.skipTest(f"needs all 36 experiments: there are {len(EXPERIMENTS)}")
        found = [line.strip("| ").split(" | ") for line in TABLE.read_text().splitlines()
                 if line.startswith("| ") and line[2].isdigit()]
        self.assertEqual([int(cells[0]) for cells in found], list(range(1, 96)))
        for cells in found:
            experiments, verdicts = cells[3].split(", "), cells[4].split(", ")
            self.assertEqual(len(experiments), len(verdicts), cells[0])
            self.assertFalse("refuted" in verdicts, cells[0])


class Leftovers(ContainerTest):
    """Whatever ends husk lab, nothing stays: every test here checks that when it ends."""

    needs = ["root"]

    def children_of(self, pid):
        found = []
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                parent = int(path.read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            if parent == pid:
                found.append(int(path.parent.name))
        return found

    def wait_for(self, look):
        end = time.monotonic() + LIMIT
        while True:
            seen = look()
            if seen or time.monotonic() > end:
                return seen
            time.sleep(0.001)

    def hold_keepers(self, lab, has_made):
        """Stop husk lab where a keeper of it has made the thing; none is reaped from there on."""
        def look():
            lab.send_signal(signal.SIGSTOP)
            self.assertTrue(self.wait_for(lambda: Process(lab.pid).status("State")[0] in "TZ"))
            keepers = [Process(pid) for pid in self.children_of(lab.pid)]
            if any(has_made(f"husk-lab-{keeper.pid}") for keeper in keepers):
                return keepers
            lab.send_signal(signal.SIGCONT)
            return None
        return self.wait_for(look)

    def end_and_check(self, lab, keepers, number):
        lab.send_signal(number)
        lab.send_signal(signal.SIGCONT)
        self.assertEqual(lab.wait(LIMIT), -number)
        for keeper in keepers:
            self.assertTrue(keeper.has_ended(LIMIT))

    @rows([("INT", signal.SIGINT), ("TERM", signal.SIGTERM), ("KILL", signal.SIGKILL)])
    def test_signal_in_the_middle(self, _, number):
        if self.husk("lab", "run", TIMEOUT, "zombie-limit", code=None).code == 77:
            self.skipTest("needs a cgroup with a limit of pids")
        lab = self.spawn("lab", "run", "--repeat", "100000", "zombie-limit")
        keepers = self.hold_keepers(lab, machine.cgroups_with)
        self.assertTrue(keepers)
        self.end_and_check(lab, keepers, number)
        for keeper in keepers:
            self.assertEqual(machine.cgroups_with(f"husk-lab-{keeper.pid}"), [])

    def trace_instances(self):
        """Through a mount that only the reading process sees; None without tracefs."""
        look = 'mount -t tracefs tracefs "$1" && ls "$1/instances"'
        done = subprocess.run(["unshare", "--mount", "--propagation", "private", "sh", "-c", look,
                               "sh", self.folder], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True)
        return done.stdout.split() if done.returncode == 0 else None

    def test_no_trace_instance_stays(self):
        if self.trace_instances() is None:
            self.skipTest("needs tracefs")
        lab = self.spawn("lab", "run", "--repeat", "100000", "init-dies")
        keepers = self.hold_keepers(lab, lambda name: name in self.trace_instances())
        self.assertTrue(keepers)
        self.end_and_check(lab, keepers, signal.SIGKILL)
        for keeper in keepers:
            self.assertNotIn(f"husk-lab-{keeper.pid}", self.trace_instances())

    def test_deadline_in_the_middle(self):
        for name in HERE:
            done = self.husk("lab", "run", "--timeout", "5ms", name, code=None)
            self.assertIn(done.code, (0, 77), done.out)

    def test_mounts_are_as_before(self):
        before = Path("/proc/self/mountinfo").read_text()
        self.husk("lab", "run", TIMEOUT, "init-dies", code=None)
        self.assertEqual(Path("/proc/self/mountinfo").read_text(), before)


class OrdinaryUser(ContainerTest):
    """Without any right: the same verdicts, or the reason why there is none."""

    needs = []
    as_user = True

    @rows(sorted(EXPERIMENTS))
    def test_nothing_is_refuted(self, name):
        skip_elsewhere(self, name)
        done = self.husk("lab", "run", TIMEOUT, name, code=None)
        self.assertIn(done.code, (0, 77), done.out)
