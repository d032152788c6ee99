# SPDX-License-Identifier: GPL-2.0-or-later
"""husk trace --with: what more is recorded, held against the kernel's own counts and numbers.

What depends on the machine's will, to be preempted or interrupted, goes on until it was seen.
"""
import json
import os
import signal
import subprocess
from collections import Counter
from pathlib import Path

import jsonschema

from husk import BINARY, PATIENCE, TOP, ContainerTest, rows
import machine

CHILD = str(Path(__file__).with_name("trace_layers_child.py"))
PYTHON = "/usr/bin/python3"
IN_NEW_PID_NAMESPACE = ["unshare", "--pid", "--fork", "--kill-child"]
FORKS = {"fork", "vfork", "clone", "clone3"}
NANOSLEEP, READ, READV = 35, 0, 19
OWN_WILL = ("sleeps", "blocks", "stops", "freezes")


class LayerTest(ContainerTest):
    needs = ["root", "bpf"]

    def trace(self, layers, *options, command):
        """The events of a command, without begin and end, and what it said on stderr."""
        done = self.husk("trace", "--with", layers, "--format", "json", *options, "--", *command)
        lines = [json.loads(line) for line in done.out.splitlines()]
        self.assertEqual(sum(lines[-1]["lost"].values()), 0)
        self.layers = {line["layer"]: line for line in lines if line["kind"] == "layer"}
        return lines[1:-1], done.err

    def case(self, layers, name, *options, init=False):
        front = IN_NEW_PID_NAMESPACE if init else []
        return self.trace(layers, *options, command=[*front, PYTHON, "-B", CHILD, name])

    def all_of(self, events, kind):
        return [event for event in events if event["kind"] == kind]

    def setUp(self):
        super().setUp()
        self.subjects = []

    def tearDown(self):
        for subject in self.subjects:
            end(subject)
        super().tearDown()

    def watch(self, name, *words):
        """A case that goes on by itself, and the recorder of it."""
        subject = subprocess.Popen([PYTHON, "-B", CHILD, name], env=self.environment,
                                   stdin=subprocess.DEVNULL, start_new_session=True)
        self.subjects.append(subject)
        return subject, self.spawn("trace", *words, subject.pid)

    def watch_events(self, name, *words):
        subject, tracer = self.watch(name, "--format", "json", *words)
        return subject, tracer, map(json.loads, tracer.stdout)

    def rest(self, subject, tracer, events):
        """What is told when it was ended; nothing was lost."""
        end(subject)
        lines = list(events)
        self.assertEqual(tracer.wait(timeout=60 * PATIENCE), 0)
        self.assertEqual(sum(lines[-1]["lost"].values()), 0)
        return lines[:-1]


def end(subject):
    if subject.returncode is None:
        os.killpg(subject.pid, signal.SIGKILL)
        subject.wait()


class Reaping(LayerTest):
    @rows([["outside", False], ["in_a_pid_namespace", True]])
    def test_each_reap_has_its_waiter(self, _, init):
        events, said = self.case("syscalls", "waits", init=init)
        pids = list(map(int, said.split()))
        reaps = {event["process"]["numbers"][-1]: event
                 for event in self.all_of(events, "reap") if event["process"]["numbers"][-1] in pids
                 and event["reaper"]["name"] == "python3"}
        self.assertEqual(sorted(reaps), sorted(pids))
        for pid in pids:
            of_it = [event for event in events if event["kind"] in ("exit", "reap", "free")
                     and event["process"] == reaps[pid]["process"]]
            kinds = [event["kind"] for event in of_it]
            self.assertEqual(kinds[:2], ["exit", "reap"], of_it)
            self.assertEqual(kinds.count("reap"), 1)
            self.assertEqual(of_it[1]["zombie_ns"], of_it[1]["time_ns"] - of_it[0]["time_ns"])
            self.assertEqual(of_it[1]["reaper"]["pid"], of_it[0]["parent"])

    def test_waiter_from_outside(self):
        box = self.start()
        tracer = self.spawn("trace", "--with", "syscalls", "--format", "json", "--cgroup",
                            machine.cgroup_folder(box.first.pid, "pids"))
        self.assertIn('"begin"', tracer.stdout.readline())
        box.first.kill_and_wait()
        self.assertEqual(box.first.wait_exit(), 137)
        tracer.send_signal(signal.SIGTERM)
        events = list(map(json.loads, tracer.stdout))
        reaper = [event["reaper"]["pid"] for event in self.all_of(events, "reap")
                  if event["process"]["pid"] == box.first.pid]
        self.assertEqual(reaper, [os.getpid()])

    def test_text_says_how_long_it_was_a_zombie(self):
        done = self.husk("trace", "--with", "syscalls", "--", "sh", "-c", "(exit 3); exit 0")
        self.assertRegex(done.out, r"reaped by \d+ sh; a zombie for ")
        self.assertTrue(done.out.startswith("syscalls: on\n"), done.out)

    def test_who_reaps_itself(self):
        events, _ = self.case("extras", "waits_for_nobody")
        if self.layers["extras"]["state"] != "on":
            self.skipTest("extras: " + self.layers["extras"]["why"])
        alone = [event for event in self.all_of(events, "reap") if "reaper" not in event]
        self.assertEqual(len(alone), 1)


class Refused(LayerTest):
    def refused(self, events, **wanted):
        found = [event for event in self.all_of(events, "refused")
                 if all(event.get(key) == value for key, value in wanted.items())]
        self.assertEqual(len(found), 1, self.all_of(events, "refused"))
        return found[0]

    def test_fork_at_the_limit_of_its_cgroup(self):
        events, _ = self.trace("syscalls", command=[
            BINARY, "--root", str(self.root), "box", "--pids", "5", "--", PYTHON, "-B", CHILD,
            "forks_without_end"])
        said = self.refused(events, errno="EAGAIN")
        self.assertIn(said["call"], FORKS)
        self.assertEqual((said["limit"], said["limit_value"]), ("pids.max", 5))
        self.assertEqual(said["limit_cgroup"], said["process"]["cgroup1"])

    def test_fork_at_the_limit_of_its_user(self):
        said = self.refused(self.case("syscalls", "user_limit")[0], errno="EAGAIN")
        self.assertEqual((said["limit"], said["limit_value"]), ("RLIMIT_NPROC", 1))

    def test_fork_into_a_dead_namespace(self):
        said = self.refused(self.case("syscalls", "dead_namespace")[0], errno="ENOMEM")
        self.assertEqual(said["limit"], "end-of-pid-1")

    @rows(["syscalls", "syscalls,extras"])
    def test_signals(self, layers):
        events, _ = self.case(layers, "signals_without_right")
        term = self.refused(events, signal="SIGTERM")
        self.assertEqual((term["errno"], term["call"]), ("EPERM", "kill"))
        self.assertEqual(term["target_process"]["pid"], term["target"])
        self.assertEqual(term["target"], next(e["parent"] for e in events if e["kind"] == "exit"
                                              and e["process"] == term["process"]))
        self.assertEqual(self.refused(events, signal="SIGUSR1")["errno"], "EPERM")
        self.assertEqual(self.refused(events, errno="EINVAL")["call"], "kill")
        self.assertEqual(self.all_of(events, "signal") and [
            e for e in events if e["kind"] == "signal" and e["signal"] == "SIGTERM"], [])

    def test_text(self):
        done = self.husk("trace", "--with", "syscalls", "--", PYTHON, "-B", CHILD,
                         "signals_without_right")
        self.assertRegex(done.out, r"kill SIGTERM to \d+ python3 refused: EPERM")


class Switches(LayerTest):
    def test_counts_are_the_kernel_s_own(self):
        events, said = self.case("sched", "switches", "--kinds", "sched,switches")
        pid, voluntary, involuntary = map(int, said.split())
        (told,) = [event for event in self.all_of(events, "switches") if event["tid"] == pid]
        counts = told["switches"]
        self.assertEqual(counts["ends"], 1)
        # Its last one comes before or after its parent has taken it, and its counts with it.
        self.assertIn(voluntary - sum(counts[name] for name in OWN_WILL), (0, 1))
        self.assertEqual(sum(counts[name] for name in (
            "yields", "preempted", "preempted-in-call")), involuntary)
        single = [event for event in self.all_of(events, "sched") if event["tid"] == pid]
        self.assertEqual({why: count for why, count in counts.items() if count}, {
            why: sum(event["switch"] == why for event in single)
            for why in {event["switch"] for event in single}})
        self.assertEqual(told["ran_ns"], sum(event.get("ran_ns", 0) for event in single))

    @rows([["naps", "sleeps", NANOSLEEP], ["reads", "preempted-in-call", READ],
           ["rivals", "preempted", None], ["yields", "yields", None]])
    def test_seen_in(self, name, why, call):
        subject, tracer, events = self.watch_events(name, "--with", "sched", "--kinds", "sched,switches")
        for event in events:
            if event["kind"] == "sched" and event["switch"] == why and \
                    event["process"]["pid"] == subject.pid and event.get("syscall") == call:
                break
        (told,) = [event for event in self.rest(subject, tracer, events)
                   if event["kind"] == "switches" and event["tid"] == subject.pid]
        self.assertGreater(told["switches"][why], 0)

    def test_a_call_that_is_done_is_none(self):
        """On its way out of a call a thread is preempted once at most: the others were in it."""
        events, said = self.case("sched", "one_long_read", "--kinds", "sched")
        pid, within = map(int, said.split())
        told = [event for event in self.all_of(events, "sched") if event["tid"] == pid
                and event["switch"] == "preempted-in-call" and event["syscall"] == READV]
        self.assertGreaterEqual(len(told), within)

    def test_single_ones_are_told_only_when_they_are_named(self):
        events, _ = self.trace("sched", command=["sleep", "0.01"])
        self.assertEqual(self.all_of(events, "sched"), [])
        self.assertTrue(self.all_of(events, "switches"))

    def test_threads_are_counted_each(self):
        program = ("import threading; t = threading.Thread(target=print); t.start(); t.join();"
                   "print(t.native_id)")
        journal = self.folder / "journal"
        tid = int(self.husk("trace", "--with", "sched", "-o", journal, "--", PYTHON, "-c",
                            program).out)
        lines = self.husk("trace", "--read", journal, "--format", "json").out.splitlines()
        told = [event for event in map(json.loads, lines) if event["kind"] == "switches"]
        self.assertEqual([event["tid"] != event["process"]["pid"] for event in told
                          if event["tid"] == tid], [True])

    def test_chrome_draws_each_stretch_on_the_track_of_its_thread(self):
        chart = json.loads(self.husk("trace", "--with", "all", "--format", "chrome", "--", PYTHON,
                                     "-B", CHILD, "switches").out)
        self.assertEqual(chart["otherData"]["layer_sched"], "sched: on")
        events = chart["traceEvents"]
        named = {event["tid"]: event["args"]["name"] for event in events if event["ph"] == "M"}
        tracks = {}
        for event in events:
            if event.get("cat") == "sched":
                self.assertIn(": on a processor", named[event["tid"]])
                tracks.setdefault(event["tid"], []).append(
                    (round(event["ts"] * 1000), round(event["dur"] * 1000)))
        self.assertGreaterEqual(len(tracks), 3)
        for stretches in tracks.values():
            for (begin, length), (after, _) in zip(stretches, stretches[1:]):
                self.assertLessEqual(begin + length, after)


class Interrupts(LayerTest):
    @rows([["rivals", "thread"], ["reads", "processor"]])
    def test_seen_in(self, name, stack):
        """From user space it runs on the thread's own stack, from the kernel on the processor's."""
        subject, tracer, events = self.watch_events(name, "--with", "irq", "--kinds", "irq,interrupts")
        seen, timers = [], []
        for event in events:
            if event["kind"] != "irq":
                continue
            seen.append(event)
            if event["interrupt"] == "timer" and event["process"]["pid"] == subject.pid:
                timers.append(event["stack"] == stack)
            # A little is left: to read, it also goes through user space, and the other way.
            if timers.count(True) > 4 + 3 * timers.count(False):
                break
        rest = self.rest(subject, tracer, events)
        self.compare(seen + self.all_of(rest, "irq"), self.all_of(rest, "interrupts"))

    def compare(self, single, sums):
        """The sums are those of the single ones; by process, kind and processor."""
        def key(event):
            return (event["process"]["pid"], event["interrupt"], event.get("number"),
                    event.get("softirq"), event["cpu"])
        by_key = {}
        for event in single:
            by_key.setdefault(key(event), []).append(event)
        sums = {key(event): event for event in sums if event["interrupt"] != "ipi-sent"}
        self.assertEqual(sorted(map(str, by_key)), sorted(map(str, sums)))
        for name, told in sums.items():
            mine = by_key[name]
            self.assertEqual(told["count"], len(mine))
            self.assertEqual(told["longest_ns"], max(event["took_ns"] for event in mine))
            self.assertEqual(told["depth"], max(event["depth"] for event in mine))
            self.assertEqual(told["on_thread_stack"],
                             sum(event["stack"] == "thread" for event in mine))
            # Without what lay above them.
            self.assertLessEqual(told["took_ns"], sum(event["took_ns"] for event in mine))

    def test_text_adds_them_up(self):
        subject, tracer = self.watch("rivals", "--with", "irq", "--kinds", "irq,interrupts")
        self.assertRegex(tracer.stdout.readline(), "^irq: on")
        for line in tracer.stdout:
            if ": local timer, " in line:
                break
        end(subject)
        self.assertRegex(tracer.stdout.read(), r"\n  local timer +[1-9]\d* ")
        self.assertEqual(tracer.wait(timeout=60 * PATIENCE), 0)


class State(LayerTest):
    def test_fentry_is_here_or_said_to_be_refused(self):
        done = self.husk("trace", "--with", "extras", "--", "sh", "-c", "kill -KILL $$", code=137)
        first = done.out.splitlines()[0]
        if first != "extras: on":
            self.assertRegex(first, r"^extras: (not here: .*fentry|on, without )")
        # The core is whole.
        self.assertIn("killed by SIGKILL from itself", done.out)
        self.assertIn("0 events lost.", done.out)

    def test_json_is_as_its_schema_says(self):
        schema = json.loads((TOP / "docs" / "schema" / "trace.schema.json").read_text())
        checker = jsonschema.Draft7Validator(schema)
        seen = Counter()
        for case in ("signals_without_right", "dead_namespace", "switches", "waits"):
            done = self.husk("trace", "--with", "all", "--format", "json", "--kinds",
                             "reap,refused,sched,switches,irq,interrupts", "--", PYTHON,
                             "-B", CHILD, case)
            for line in map(json.loads, done.out.splitlines()):
                seen[line["kind"]] += 1
                if seen[line["kind"]] <= 200:  # it takes long, and there may be thousands
                    checker.validate(line)
        self.assertLessEqual({"layer", "reap", "refused", "sched", "switches"}, set(seen))

    def test_nothing_is_said_of_layers_that_nobody_asked_for(self):
        events, _ = self.trace("sched", command=["true"])
        self.assertEqual([event["layer"] for event in self.all_of(events, "layer")], ["sched"])
        done = self.husk("trace", "--format", "json", "--", "true")
        self.assertNotIn('"layer"', done.out.splitlines()[1])

    def test_html_is_written(self):
        page = self.folder / "page.html"
        self.husk("trace", "--with", "all", "--format", "html", "-o", page, "--", PYTHON, "-B",
                  CHILD, "waits")
        self.assertIn("reaped by", page.read_text())

    @rows([["unknown", "--with", "no", "1"], ["empty", "--with", "", "1"],
           ["reading", "--with", "irq", "--read", "/dev/null"]])
    def test_bad_words_are_refused(self, *words):
        done = self.husk("trace", *words[1:], code=1)
        self.assert_refused(done, "trace: --with")
