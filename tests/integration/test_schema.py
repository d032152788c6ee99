# SPDX-License-Identifier: GPL-2.0-or-later
"""What is printed for machines is as docs/schema has it; and nothing of that is without a schema.

A command that offers JSON in its --help has its row in OFFERED, by the schema and who checks it.
"""
import json
import os
import re
import subprocess

from husk import TOP, ContainerTest
from process import Process
from test_man import commands, help_options, help_of

try:
    import jsonschema
except ImportError:
    jsonschema = None

SCHEMAS = TOP / "docs" / "schema"
HERE = "test_schema.py"
# Of each command with an option that takes the word "json", or --json itself.
OFFERED = {
    "doctor": {"doctor": "test_doctor.py"},
    "exec": {"sessions": HERE},
    "explain": {"explain": HERE},
    "lab": {"lab": "test_lab.py"},
    "list": {"state": HERE},
    "ps": {"ps": HERE, "pids": HERE},
    "trace": {"trace": "test_trace.py"},
    "why": {"why": "test_why.py"},
}
# Those that print JSON and nothing else, the log file of all, and husk-init's report.
ALWAYS = {"events": {"events": HERE}, "features": {"features": HERE}, "state": {"state": HERE},
          "": {"log": HERE, "init-report": HERE}}


def schema(name):
    return json.loads((SCHEMAS / f"{name}.schema.json").read_text())


class Schemas(ContainerTest):
    needs = []

    def test_every_command_that_offers_json_has_a_schema(self):
        words = [name for name in commands() for _, option, value in help_options(
            help_of(f"husk-{name}")) if option == "--json" or "json" in value.split("|")
            or re.search(rf"{option} FORMAT .*\bjson\b", help_of(f"husk-{name}"))]
        self.assertEqual(sorted(set(words)), sorted(OFFERED))

    def test_every_schema_is_one_and_is_held_against_what_is_printed(self):
        checked = {name: file for row in [*OFFERED.values(), *ALWAYS.values()]
                   for name, file in row.items()}
        files = {path.name.removesuffix(".schema.json") for path in SCHEMAS.iterdir()}
        self.assertEqual(files, set(checked))
        for name, file in checked.items():
            text = (TOP / "tests" / "integration" / file).read_text()
            self.assertIn(f'"{name}"' if file == HERE else f"{name}.schema.json", text)
            if jsonschema:
                jsonschema.validators.validator_for(schema(name)).check_schema(schema(name))


class Printed(ContainerTest):
    def setUp(self):
        super().setUp()
        if not jsonschema:
            self.skipTest("needs the Python module jsonschema")

    def check(self, name, text):
        told = json.loads(text)
        jsonschema.validate(told, schema(name))
        return told

    def test_state_and_list(self):
        def annotate(bundle):
            bundle.config["annotations"] = {"a": "b"}
        box = self.create(edit=annotate)
        told = self.check("state", box.husk("state", box.id).out)
        self.assertEqual((told["status"], told["annotations"]), ("created", {"a": "b"}))
        box.husk("start", box.id)
        self.check("state", box.husk("state", box.id).out)
        self.assertEqual(len(self.check("state", self.husk("list", "--format", "json").out)), 1)
        box.husk("kill", box.id, "KILL")
        self.assertTrue(box.first.has_ended(60))
        self.assertEqual(self.check("state", box.husk("state", box.id).out)["pid"], 0)

    def test_no_container_is_an_empty_list(self):
        self.assertEqual(self.check("state", self.husk("list", "--format", "json").out), [])

    def test_events(self):
        box = self.start()
        self.check("events", box.husk("events", "--stats", box.id).out)
        # The other kind of line, as test_events.py sees it when memory runs out.
        self.check("events", json.dumps({"type": "oom", "id": box.id}))

    def test_features(self):
        self.check("features", self.husk("features", root=False).out)

    def test_explain(self):
        box = self.start()
        for words in (["TERM"], [], ["--from", "inside", "KILL", "RTMIN+3"]):
            self.check("explain", box.husk("explain", "--format", "json", box.id, *words).out)
        told = self.check("explain", box.husk("explain", "--format", "json", "--verify", "--yes",
                                              box.id, "USR1").out)
        self.assertEqual(told["signals"][0]["basis"], "seen")

    def test_ps(self):
        box = self.start(["sh", "-c", "sleep 3600 & wait"])
        self.check("ps", box.husk("ps", "--json", box.id).out)
        self.check("pids", box.husk("ps", "--format", "json", box.id).out)

    def test_exec_sessions(self):
        box = self.start()
        listing = ["exec", "--list", "--format", "json", box.id]
        self.assertEqual(self.check("sessions", box.husk(*listing).out), [])
        pid_file = self.folder / "exec.pid"
        box.husk("exec", "--tty-hangup-kills", "--detach", "--pid-file", pid_file, box.id, "sleep",
                 "3600", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        inside = Process(int(pid_file.read_text()))
        told, = self.check("sessions", box.husk(*listing).out)
        self.assertIn(inside.pid, told["pids"])
        box.husk("kill", "--exec", told["session"], box.id, "KILL")
        self.assertEqual(inside.wait_exit(), 128 + 9)  # ours to reap, as --detach has it

    def test_log(self):
        log = self.folder / "log"
        self.husk("--log", log, "--log-format", "json", "state", "no\nsuch", code=1)
        self.assertEqual(self.check("log", log.read_text())["level"], "error")

    def test_init_report(self):
        report = self.folder / "report"
        words = [os.path.join(os.path.dirname(self.binary), "husk-init"), "--report", str(report)]
        stopped = "trap : USR1; kill -USR1 $PPID; kill $PPID; sleep 3600 & wait; wait"
        for script, code, stop in (("exit 3", 3, None), (stopped, 143, "SIGTERM")):
            self.assertEqual(code, os.spawnv(os.P_WAIT, words[0],
                                             [*words, "--", "sh", "-c", script]))
            told = self.check("init-report", report.read_text())
            self.assertEqual(told["stop"] and told["stop"]["signal"], stop)
