# SPDX-License-Identifier: GPL-2.0-or-later
"""husk doctor, against the zoo: containers with one fault each, and healthy ones."""
import functools
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import init_launch
from bundle import make_rootfs
from husk import PATIENCE, TOP, ContainerTest, rows
from machine import cgroups_with, controller_folder, is_pure_v2, lacks
from process import Process

sys.path.insert(0, str(TOP / "tests" / "zoo"))
import zoo  # noqa: E402

SCHEMA = TOP / "docs" / "schema" / "doctor.schema.json"
# Between the two looks. What is judged by both stays as it is, so it may be short.
INTERVAL = "20ms"
EVIL = "a\033[31mb"  # a name that colours a terminal red
CLEAN, WARNINGS, PROBLEMS, OWN_ERROR = 0, 1, 2, 3


@functools.lru_cache(maxsize=None)
def rootfs():
    """One for all: busybox, `animal` also as npm, yarn and go, husk-init also as two other inits."""
    folder = make_rootfs(Path(tempfile.mkdtemp(dir=init_launch.folder())) / "rootfs")
    subprocess.run(["gcc", "-static", "-O1", "-w", "-o", folder / "bin" / "animal",
                    TOP / "tests" / "zoo" / "animal.c"], check=True)
    for name in ("npm", "yarn", "go", EVIL):
        shutil.copy2(folder / "bin" / "animal", folder / "bin" / name)
    for name in ("tini", "dumb-init"):
        (folder / "bin" / name).unlink(missing_ok=True)
        shutil.copy2(init_launch.binary(), folder / "bin" / name)
    for at in (init_launch.folder(), folder.parent, folder):
        at.chmod(0o755)
    return folder


def members(first):
    """Every process of the tree below the first, which is one of them."""
    found = [first]
    for pid in found:
        try:
            for task in os.listdir(f"/proc/{pid}/task"):
                found += map(int, Path(f"/proc/{pid}/task/{task}/children").read_text().split())
        except OSError:  # ended meanwhile
            continue
    return found


def states(first):
    found = set()
    for pid in members(first):
        try:
            found.add(Process(pid).status("State")[0])
        except (OSError, ProcessLookupError):
            continue
    return found


def lives_beside(pid, first):
    try:
        process = Process(pid)
        return process.status("State")[0] != "Z" \
            and process.namespace("pid") == first.namespace("pid")
    except (OSError, ProcessLookupError):  # a helper of husk that has ended meanwhile
        return False


def clean_signals():
    """What a shell has made ignored is not this test's matter."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


class DoctorTest(ContainerTest):
    def doctor(self, *words, code=None, **more):
        """The one report of the JSON form; the exit status must be that of its severity."""
        done = self.husk("doctor", "--format", "json", "--interval", INTERVAL, *words, code=code,
                         timeout=60, **more)
        whole = json.loads(done.out)
        self.assertEqual(whole["version"], 1)
        report, = whole["targets"]
        self.assertEqual(done.code, ["none", "warning", "problem"].index(report["severity"]))
        return report

    def rules(self, *words):
        report = self.doctor(*words)
        self.assertEqual(report["unknown"], [])
        return [finding["rule"] for finding in report["findings"]]

    def keep(self, animal, edit=None):
        """Start it, and wait until it is in its state."""
        for need in animal.needs:
            if lacks(need):
                self.skipTest(lacks(need))

        def change(made):
            made.config["root"]["path"] = str(rootfs())
            for one in animal.edits:
                one(made.config)
            if edit:
                edit(made.config)

        box = self.start([str(word) for word in animal.args], change, animal.options)
        self.assertEqual(box.line(), "ready")
        self.settle(box, animal.states)
        return box

    def settle(self, box, wanted):
        """It goes to sleep right behind its word; the test's own limit of time is around this."""
        while not states(box.first.pid) <= set(wanted) or \
                (len(wanted) > 1 and wanted != "SZ" and states(box.first.pid) != set(wanted)):
            pass


class Faulty(DoctorTest):
    """Doctor names the one fault of each, and no other."""

    @rows([(animal.name, animal) for animal in zoo.FAULTY])
    def test_names_the_fault(self, _, animal):
        if animal.rule == "core-cut" and \
                Path("/proc/sys/kernel/core_pattern").read_text().startswith("|"):
            self.skipTest("needs a core_pattern that is a file")
        self.assertEqual(self.rules(self.keep(animal).id), [animal.rule])


class Healthy(DoctorTest):
    """Doctor is silent."""

    @rows([(animal.name, animal) for animal in zoo.HEALTHY])
    def test_nothing_is_found(self, _, animal):
        box = self.keep(animal._replace(states="S"))
        self.assertEqual(self.rules(box.id), [])
        shown = self.husk("doctor", "--interval", INTERVAL, box.id).out
        self.assertEqual(shown, f"{box.id} (first process {box.first.pid}): nothing found\n")


DEAF, HEARING = zoo.FAULTY[0], zoo.HEALTHY[0]


class FromOutside(DoctorTest):
    """Faults that somebody else makes."""

    def test_frozen(self):
        if not is_pure_v2() and lacks("controller freezer"):
            self.skipTest(lacks("controller freezer"))
        box = self.keep(HEARING)
        self.husk("pause", box.id)
        try:
            self.assertEqual(self.rules(box.id), ["frozen"])
        finally:
            self.husk("resume", box.id)
        self.assertEqual(self.rules(box.id), [])

    def test_limit_of_a_folder_above(self):
        if lacks("controller pids"):
            self.skipTest(lacks("controller pids"))
        folder = controller_folder("pids") / f"{self.mark}-above"
        limit = zoo.resources(pids={"limit": 100})

        def place(config):
            config["linux"]["cgroupsPath"] = f"/{folder.name}/box"

        box = self.keep(HEARING._replace(edits=[limit]), place)
        try:
            (folder / "pids.max").write_text("1")
            finding, = self.doctor(box.id)["findings"]
        finally:
            self.remove_with_parents(box)
        self.assertEqual(finding["rule"], "fork-refused")
        self.assertIn(str(folder), finding["summary"])
        self.assertIn(f"echo 2 > {folder}/pids.max", finding["fix"][0])

    def remove_with_parents(self, box):
        """The folder above was made for the container, and is left for others."""
        box.end()
        self.made.remove(box)
        for path in sorted(cgroups_with(self.mark), reverse=True):
            os.rmdir(path)

    def exec_and_stop(self, box):
        """A husk exec that stands still while its process has ended, a zombie in the container."""
        running = self.spawn("exec", box.id, "sh", "-c", "echo $$; read x", stdin=subprocess.PIPE)
        self.addCleanup(running.send_signal, signal.SIGCONT)
        running.stdout.readline()
        pid, = (pid for pid in members(running.pid) if lives_beside(pid, box.first))
        running.send_signal(signal.SIGSTOP)
        self.wait_for_state(running.pid, "T")
        running.stdin.close()
        self.wait_for_state(pid, "Z")
        return running

    def wait_for_state(self, pid, state):
        while Process(pid).status("State")[0] != state:
            pass

    def test_zombie_of_somebody_outside(self):
        box = self.keep(HEARING)
        running = self.exec_and_stop(box)
        finding, = self.doctor(box.id)["findings"]
        self.assertEqual(finding["rule"], "zombies-of-outsider")
        self.assertIn(f"process {running.pid},", finding["summary"])
        running.send_signal(signal.SIGCONT)
        running.wait(20 * PATIENCE)
        self.assertEqual(self.rules(box.id), [])

    def test_end_that_waits_for_a_zombie(self):
        box = self.keep(HEARING)
        running = self.exec_and_stop(box)
        box.first.send(signal.SIGKILL)
        # It ends when it is scheduled the next time; until then there is the zombie alone.
        while self.rules(box.id) == ["zombies-of-outsider"]:
            pass
        self.assertEqual(self.rules(box.id), ["teardown-stuck"])
        running.send_signal(signal.SIGCONT)
        self.assertTrue(box.first.has_ended(20 * PATIENCE))


class OrdinaryUser(DoctorTest):
    """A user sees as much of the containers of its own."""
    needs = ["user"]
    as_user = True

    def test_faulty(self):
        self.assertEqual(self.rules(self.keep(DEAF).id), ["deaf-to-stop"])

    def test_blocked(self):
        animal = next(a for a in zoo.FAULTY if a.rule == "stop-signal-blocked")
        self.assertEqual(self.rules(self.keep(animal).id), [animal.rule])

    def test_healthy(self):
        self.assertEqual(self.rules(self.keep(HEARING).id), [])


class Bundles(DoctorTest):
    needs = []

    @rows(zoo.BUNDLES)
    def test_judged_before_it_runs(self, _, wanted, edits):
        made = self.bundle(["node", "server.js"],
                           lambda b: [edit(b.config) for edit in edits])
        self.assertEqual(self.rules("--bundle", made.folder), wanted)

    def test_default_is_silent(self):
        self.husk("spec")
        self.assertEqual(self.rules("--bundle", self.folder), [])
        self.assertEqual(self.husk("doctor", "--bundle", ".").out, ".: nothing found\n")

    def test_default_of_an_ordinary_user_is_silent(self):
        self.husk("spec", "--rootless")
        self.assertEqual(self.rules("--bundle", self.folder), [])

    def test_init_of_the_command_line(self):
        made = self.bundle(["sleep", "3600"])
        self.assertEqual(self.rules("--bundle", made.folder), ["deaf-to-stop"])
        self.assertEqual(self.rules("--bundle", made.folder, "--init"), [])

    def test_missing(self):
        self.assert_refused(self.husk("doctor", "--bundle", "nowhere", code=OWN_ERROR),
                            "doctor nowhere: open nowhere/config.json: no such file")

    def test_no_configuration(self):
        (self.folder / "config.json").write_text("{")
        self.assert_refused(self.husk("doctor", "--bundle", ".", code=OWN_ERROR), "config.json")

    def test_wrong_configuration(self):
        made = self.bundle(edit=lambda b: b.config["process"].update(cwd="here"))
        self.assert_refused(self.husk("doctor", "--bundle", made.folder, code=OWN_ERROR),
                            "process.cwd")


class Targets(DoctorTest):
    def test_created_container_is_judged_by_its_configuration(self):
        box = self.create(["sleep", "3600"])
        report = self.doctor(box.id)
        self.assertEqual(report["kind"], "bundle")
        self.assertEqual(report["findings"][0]["rule"], "deaf-to-stop")

    def test_init_of_a_created_container_counts(self):
        box = self.create(["sleep", "3600"], options=["--init"])
        self.assertEqual(self.rules(box.id), [])

    def test_stopped_container(self):
        box = self.start(["true"])
        box.first.wait_exit(20 * PATIENCE)
        self.assert_refused(self.husk("doctor", box.id, code=OWN_ERROR), "is stopped", "husk why")

    def test_pid_stands_for_its_container(self):
        box = self.keep(DEAF._replace(args=["animal", "children", 1, "ready"]))
        for pid in members(box.first.pid):
            report = self.doctor(pid)
            self.assertEqual(report["pid"], box.first.pid)
            self.assertEqual([f["rule"] for f in report["findings"]], ["deaf-to-stop"])

    def test_stop_signal_counts_also_by_pid(self):
        box = self.keep(next(a for a in zoo.HEALTHY if a.name.startswith("stopped by QUIT")))
        self.assertEqual(self.rules(box.first.pid), [])

    def test_process_of_the_machine(self):
        running = subprocess.Popen(["sleep", "3600"], preexec_fn=clean_signals)
        self.addCleanup(running.wait)
        self.addCleanup(running.kill)
        self.assertEqual(self.rules(running.pid), [])

    def test_all(self):
        """Other tests may run containers: those are in the list as well."""
        boxes = {self.keep(DEAF).id: ["deaf-to-stop"], self.keep(HEARING).id: [],
                 self.create(["sleep", "3600"]).id: ["deaf-to-stop"]}
        done = self.husk("doctor", "--all", "--format", "json", "--interval", INTERVAL, code=None,
                         timeout=60)
        seen = {report["target"]: [f["rule"] for f in report["findings"]]
                for report in json.loads(done.out)["targets"]}
        self.assertEqual({box: seen.get(box) for box in boxes}, boxes)
        self.assertEqual(done.code, PROBLEMS)

    @rows([("zero", "0"), ("text", "no-such-box"), ("beyond", "4194305"), ("huge", "9" * 20),
           ("empty", ""), ("slash", "../x")])
    def test_bad_target(self, _, word):
        self.assert_refused(self.husk("doctor", word, code=OWN_ERROR), f"doctor {word}: ")

    def test_negative_number(self):
        self.assert_refused(self.husk("doctor", "-1", code=OWN_ERROR), "-1")
        self.assert_refused(self.husk("doctor", "--", "-1", code=OWN_ERROR), "-1")

    def test_dead_pid(self):
        running = subprocess.Popen(["true"])
        running.wait()
        self.assert_refused(self.husk("doctor", running.pid, code=OWN_ERROR), str(running.pid),
                            "no such process")

    def test_zombie(self):
        running = subprocess.Popen(["true"])
        self.addCleanup(running.wait)
        os.waitid(os.P_PID, running.pid, os.WEXITED | os.WNOWAIT)
        self.assert_refused(self.husk("doctor", running.pid, code=OWN_ERROR), "has ended",
                            str(os.getpid()))

    @rows([("none", []), ("two", ["a", "b"]), ("both", ["--all", "a"]),
           ("bundle and all", ["--bundle", ".", "--all"]), ("init alone", ["--init", "a"]),
           ("format", ["--format", "xml", "a"]), ("interval", ["--interval", "0", "a"]),
           ("no time", ["--interval", "soon", "a"]), ("option", ["--nope", "a"])])
    def test_bad_words(self, _, words):
        self.assert_refused(self.husk("doctor", *words, code=OWN_ERROR))


class Shown(DoctorTest):
    def test_text_has_verdict_reason_evidence_and_fix(self):
        box = self.keep(DEAF)
        shown = self.husk("doctor", "--interval", INTERVAL, box.id, code=PROBLEMS).out.splitlines()
        self.assertEqual(shown[0], f"{box.id} (first process {box.first.pid}): 1 problem")
        labels = [line[:12].strip() for line in shown[1:] if line[:12].strip()]
        self.assertEqual(labels, ["PROBLEM", "why", "evidence", "fix"])
        self.assertIn("[deaf-to-stop]", "\n".join(shown))
        self.assertTrue(all(len(line) <= 96 for line in shown))

    def test_evidence_is_what_proc_says(self):
        box = self.keep(DEAF)
        shown = self.husk("doctor", "--interval", INTERVAL, box.id, code=PROBLEMS).out
        self.assertIn(f"SigCgt: {box.first.status('SigCgt')}", shown)

    def test_name_with_control_characters_steers_no_terminal(self):
        box = self.keep(DEAF._replace(args=[EVIL, "ready"]))
        done = self.husk("doctor", "--interval", INTERVAL, box.id, code=None)
        self.assertIn("a?[31mb", done.out)
        self.assertNotIn("\033", done.out)

    def test_shell_form_is_cured_by_its_own_advice(self):
        sick = self.keep(zoo.FAULTY[5])
        finding, = self.doctor(sick.id)["findings"]
        self.assertIn("exec in front", finding["fix"][0])
        cured = self.keep(zoo.FAULTY[5]._replace(args=zoo.shell("exec animal handle 15 ready")))
        self.assertEqual(self.rules(cured.id), [])

    def test_json_keeps_to_its_schema(self):
        try:
            import jsonschema
        except ImportError:
            self.skipTest("needs python3-jsonschema")
        schema = json.loads(SCHEMA.read_text())
        jsonschema.Draft7Validator.check_schema(schema)
        boxes = [self.keep(DEAF).id, self.keep(HEARING).id]
        made = self.bundle(["sleep", "3600"])
        for words in (boxes[:1], boxes[1:], ["--bundle", made.folder], ["--all"]):
            done = self.husk("doctor", "--format", "json", *words, code=None, timeout=60)
            jsonschema.Draft7Validator(schema).validate(json.loads(done.out))

    def test_documented_rules_are_the_programs(self):
        table = self.husk("doctor", "--list").out
        self.assertIn(table, (TOP / "docs" / "doctor.md").read_text())
        known = {line.split("`")[1] for line in table.splitlines()[2:]}
        self.assertLessEqual({animal.rule for animal in zoo.FAULTY}, known)

    def test_help_tells_the_exit_status(self):
        self.assertIn("Exit status: 0 nothing found", self.husk("doctor", "--help").out)
