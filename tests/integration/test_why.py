# SPDX-License-Identifier: GPL-2.0-or-later
"""husk why: the death record."""
import json
import unittest

from husk import PATIENCE, TOP, ContainerTest, rows
from test_events import MIB, limited
from test_stop import TRAPS

try:
    import jsonschema
except ImportError:
    jsonschema = None

# Its child dies for want of memory, and it tells how; TERM ends it with 143.
LOSES_A_CHILD = ("trap 'exit 143' TERM; sh -c 'x=1; while :; do x=$x$x; done' 2>/dev/null; "
                 "echo $?; while :; do sleep 3600 & wait $!; done")


def strict(schema):
    """The schema, but members that it does not name are refused."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: strict(value) for name, value in schema.items()}
    return {**closed, "additionalProperties": False} if "properties" in schema else closed


def documented():
    return json.loads((TOP / "docs" / "schema" / "why.schema.json").read_text())


class WhyTest(ContainerTest):
    def why(self, name):
        """What --json tells. It is as the documented schema has it, and has no more than that."""
        told = json.loads(self.husk("why", "--json", name).out)
        if jsonschema:
            jsonschema.validate(told, strict(documented()))
        return told

    def events(self, name, kind):
        return [event for event in self.why(name)["events"] if event["kind"] == kind]


class Why(WhyTest):
    def test_foreground_run_is_told_after_it_is_gone(self):
        name = self.new_id()
        self.husk("run", "--bundle", self.bundle(["sh", "-c", "exit 3"]).folder, name, code=3)
        told = self.why(name)
        self.assertEqual((told["version"], told["cause"], told["exitStatus"], told["certainty"]),
                         (1, "exited", 3, "seen"))
        self.assertIn("ended by itself with exit status 3 [seen]", self.husk("why", name).out)

    def test_stop_is_told_with_who_asked_for_it(self):
        box = self.start(["sh", "-c", TRAPS.format("TERM")])
        self.assertEqual(box.line(), "ready")
        self.husk("stop", box.id)
        told = self.why(box.id)
        self.assertEqual((told["cause"], told["exitStatus"]), ("stopped-on-request", 7))
        stop, = [e for e in told["events"] if e["kind"] == "stop"]
        self.assertEqual((stop["signal"], stop["by"]["command"], stop["timeoutMs"]),
                         ("SIGTERM", "stop", 10000))
        self.assertIn("python", stop["by"]["parentName"])

    def test_engine_that_kills_by_itself_is_told(self):
        """TERM, a grace of the engine's own, KILL, delete: as podman and containerd do."""
        box = self.start(["sleep", "3600"])
        self.husk("kill", box.id, "15")
        self.husk("kill", box.id, "9")
        self.assertEqual(box.first.wait_exit(), 137)
        self.husk("delete", "--force", box.id)
        told = self.why(box.id)
        self.assertEqual(told["cause"], "killed")
        term = [e for e in told["events"] if e.get("signal") == "SIGTERM"][0]
        self.assertEqual(term["outcome"], "ignored")
        self.assertIn("To mend it, let husk-init be PID 1", told["summary"])

    def test_signal_of_nobody_we_know(self):
        name = self.new_id()
        self.husk("run", "--bundle",
                  self.bundle(["sh", "-c", "sh -c 'kill -SEGV $$'; exit $?"]).folder, name, code=139)
        self.assertEqual(self.why(name)["exitStatus"], 139)

    def test_unknown_one(self):
        self.assert_refused(self.husk("why", "nope", code=1), "does not exist")

    def test_each_statement_says_how_it_is_known(self):
        box = self.start(["sleep", "3600"])
        self.husk("stop", "-t", "0", box.id)
        told = self.husk("why", box.id).out.splitlines()
        self.assertIn("and was killed, exit status 137 [seen]. It was asked to end: SIGTERM by "
                      "`husk stop`", told[0])
        self.assertIn("That came to nothing [inferred]: PID 1 of a pid namespace", told[0])
        for line in filter(None, told[1:]):
            self.assertRegex(line, r"\[(seen|recorded|inferred)\]$")


class Names(WhyTest):
    """As engines print it, the beginning of an id is enough."""

    def test_beginning_of_one_that_runs_and_of_one_that_is_past(self):
        box = self.start(["sleep", "3600"])
        unique = box.id[:-1]
        self.assertEqual(self.why(unique)["id"], box.id)
        self.husk("delete", "--force", box.id)
        self.assertEqual(self.why(unique)["id"], box.id)

    def test_beginning_of_two_is_refused_with_both_names(self):
        for _ in range(2):
            self.start(["sleep", "3600"])
        names = [box.id for box in self.made]
        self.assert_refused(self.husk("why", self.mark, code=1), *names)

    def test_less_than_four_letters_are_no_beginning(self):
        self.start(["sleep", "3600"])
        self.assert_refused(self.husk("why", self.mark[:3], code=1), "does not exist")


class OutOfMemory(WhyTest):
    needs = ["root", "controller memory"]

    def test_death_of_it_is_inferred_from_this_life(self):
        name = self.new_id()
        bundle = self.bundle(["sh", "-c", "a=x; while :; do a=$a$a; done"], limited(16 * MIB))
        self.husk("run", "--bundle", bundle.folder, name, code=137, timeout=60)
        told = self.why(name)
        self.assertEqual((told["cause"], told["certainty"]), ("out-of-memory", "inferred"))
        self.assertGreaterEqual(told["oomKills"], 1)

    def check_stop(self, told, certainty):
        """A stop on request, whatever memory did before."""
        self.assertEqual((told["cause"], told["exitStatus"]), ("stopped-on-request", 143))
        self.assertGreaterEqual(told["oomKills"], 1)
        self.assertEqual(told["memoryRanOut"]["certainty"], certainty)
        self.assertRegex(told["summary"], r"stopped on request, exit status 143 \[seen\]\. .*"
                                          r"In this life the kernel killed \d+ process.* for want "
                                          r"of memory, .*, which is not what ended it\.")

    def test_old_kill_of_a_child_has_its_time_from_a_run_in_the_foreground(self):
        """W-05"""
        name = self.new_id()
        bundle = self.bundle(["sh", "-c", LOSES_A_CHILD], limited(32 * MIB))
        running = self.spawn("run", "--bundle", bundle.folder, name)
        self.assertEqual(running.stdout.readline(), "137\n")
        while not self.events(name, "out-of-memory"):
            pass  # until husk was told as well; the test's own alarm ends this
        self.husk("stop", name)
        self.assertEqual(running.wait(60 * PATIENCE), 143)
        told = self.why(name)
        self.check_stop(told, "seen")
        kinds = [event["kind"] for event in told["events"]]
        self.assertLess(kinds.index("out-of-memory"), kinds.index("stop"))
        first = told["events"][kinds.index("out-of-memory")]
        self.assertEqual((first["certainty"], first["time"]),
                         ("seen", told["memoryRanOut"]["from"]))

    @rows([("stop", "stop"), ("kill", "kill")])
    def test_where_nobody_watched_it_lies_between_two_looks(self, _, verb):
        """W-05"""
        box = self.start(["sh", "-c", LOSES_A_CHILD], limited(32 * MIB))
        self.assertEqual(box.line(60), "137")
        self.husk(verb, box.id)
        self.assertTrue(box.first.has_ended(60 * PATIENCE))
        told = self.why(box.id)
        self.check_stop(told, "inferred")
        times = {event["kind"]: event["time"] for event in told["events"]}
        asked = "stop" if verb == "stop" else "signal"
        self.assertEqual((told["memoryRanOut"]["from"], told["memoryRanOut"]["to"]),
                         (times["started"], times[asked]))


class Schema(unittest.TestCase):
    def test_documented_schema_is_one(self):
        if not jsonschema:
            self.skipTest("needs the Python module jsonschema")
        jsonschema.Draft202012Validator.check_schema(documented())
