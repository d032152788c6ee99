# SPDX-License-Identifier: GPL-2.0-or-later
"""husk trace: the kernel's own word for each signal and each death.

The cases are those in which other tools are silent or wrong; each runs on the live kernel.
"""
import json
import select
import signal
import subprocess
from pathlib import Path

import jsonschema

from husk import BINARY, PATIENCE, TOP, ContainerTest, rows
import machine

CHILD = str(Path(__file__).with_name("trace_child.py"))
TRACE = Path(BINARY).with_name("husk-trace")
PYTHON = "/usr/bin/python3"
IN_NEW_PID_NAMESPACE = ["unshare", "--pid", "--fork", "--kill-child"]


class TraceTest(ContainerTest):
    needs = ["root", "bpf"]

    def trace(self, *options, command, code=None):
        """The events of a command as JSON, without begin and end; the losses must be none."""
        done = self.husk("trace", "--format", "json", *options, "--", *command, code=code,
                         timeout=60)
        events = [json.loads(line) for line in done.out.splitlines()]
        self.assertEqual(events[0]["kind"], "begin", done.err)
        self.assertEqual(sum(events[-1]["lost"].values()), 0)
        self.code = done.code
        self.joins = [event for event in events[1:-1] if "time_ns" not in event]
        return [event for event in events[1:-1] if "time_ns" in event]

    def case(self, name, *words, init=False):
        front = IN_NEW_PID_NAMESPACE if init else []
        return self.trace(command=[*front, PYTHON, "-B", CHILD, name, *words])

    def signals(self, events, name, **wanted):
        return [event for event in events
                if event["kind"] == "signal" and event["signal"] == name
                and all(event[key] == value for key, value in wanted.items())]

    def one(self, events, kind, **wanted):
        found = [event for event in events if event["kind"] == kind
                 and all(event.get(key) == value for key, value in wanted.items())]
        self.assertEqual(len(found), 1, found)
        return found[0]

    def init_exit(self, events):
        found = [event for event in events if event["kind"] == "exit" and event["last_thread"]
                 and event["process"]["init"]]
        self.assertEqual(len(found), 1, found)
        return found[0]


class FirstProcess(TraceTest):
    """PID 1 of a pid namespace."""

    def test_abort_ends_with_139(self):
        events = self.case("abort", init=True)
        results = {event["result"] for event in self.signals(events, "SIGABRT")}
        self.assertEqual(results, {"ignored"})
        end = self.init_exit(events)
        self.assertEqual(end["exit_status"], 139)
        self.assertEqual(end["killed_by"]["source"], "fault")

    def test_null_write_ends_it(self):
        end = self.init_exit(self.case("null_write", init=True))
        self.assertEqual(end["exit_status"], 139)
        self.assertEqual(end["killed_by"]["signal"], "SIGSEGV")

    def test_signals_without_a_handler_are_ignored(self):
        events = self.case("deaf_init", init=True)
        for name in ("SIGKILL", "SIGTERM", "SIGALRM", "SIGPIPE"):
            mine = [e for e in self.signals(events, name) if e["process"]["init"]]
            self.assertTrue(mine, name)
            self.assertEqual({event["result"] for event in mine}, {"ignored"}, name)
        self.assertEqual(self.init_exit(events)["exit_status"], 0)

    def test_its_end_kills_the_rest(self):
        events = self.case("init_leaves_others", init=True)
        kills = [e for e in self.signals(events, "SIGKILL") if e["source"] == "end-of-pid-1"]
        self.assertEqual(len(kills), 1)
        self.assertTrue(kills[0]["sender"]["init"])
        killed = kills[0]["process"]["pid"]
        ends = [e for e in events if e["kind"] == "exit" and e["process"]["pid"] == killed]
        self.assertEqual(ends[-1]["killed_by"]["source"], "end-of-pid-1")


class Queue(TraceTest):
    def test_standard_signals_coalesce_and_realtime_ones_queue(self):
        events = self.case("coalesce")
        results = [event["result"] for event in self.signals(events, "SIGUSR1")]
        self.assertEqual(results, ["delivered", "already_pending", "already_pending"])
        self.assertEqual(self.deliveries(events, "SIGUSR1"), 1)
        results = [event["result"] for event in self.signals(events, "SIGRTMIN+2")]
        self.assertEqual(results, ["delivered"] * 3)
        self.assertEqual(self.deliveries(events, "SIGRTMIN+2"), 3)

    def deliveries(self, events, name):
        return sum(event["kind"] == "deliver" and event["signal"] == name for event in events)

    def test_full_queue_refuses_or_forgets_the_sender(self):
        events = self.case("full_queue")
        results = [event["result"] for event in self.signals(events, "SIGRTMIN+2")]
        self.assertEqual(results, ["overflow_fail", "lose_info"])
        results = [event["result"] for event in self.signals(events, "SIGUSR1")]
        self.assertEqual(results, ["lose_info", "already_pending"])


class Target(TraceTest):
    def test_zombie_takes_nothing(self):
        events = self.case("zombie")
        for name in ("SIGTERM", "SIGKILL"):
            (sent,) = self.signals(events, name)
            self.assertEqual(sent["result"], "ignored")
            self.assertEqual(sent["rules"], ["dying"])

    def test_traced_process_ignores_nothing(self):
        events = self.case("traced")
        results = [event["result"] for event in self.signals(events, "SIGWINCH")]
        self.assertEqual(results, ["ignored", "delivered"])

    def test_refused_signal_is_never_generated(self):
        events = self.case("refused")
        self.assertEqual(self.signals(events, "SIGTERM"), [])
        self.assertEqual(len(self.signals(events, "SIGCONT")), 1)

    def test_another_thread_takes_it(self):
        events = self.case("other_thread")
        (sent,) = self.signals(events, "SIGUSR1")
        taken = self.one(events, "deliver", signal="SIGUSR1")
        self.assertEqual(sent["tid"], sent["process"]["pid"])
        self.assertNotEqual(taken["tid"], sent["tid"])

    def test_exec_ends_the_other_threads(self):
        events = self.case("exec_threaded")
        self.assertEqual(self.signals(events, "SIGKILL"), [])
        gone = [e for e in events if e["kind"] == "exit" and not e["last_thread"]]
        self.assertEqual([e["cause"] for e in gone], ["exec"])

    def test_pending_signal_survives_exec(self):
        events = self.case("pending_over_exec")
        results = [event["result"] for event in self.signals(events, "SIGUSR1")]
        self.assertEqual(results, ["delivered", "already_pending"])


class End(TraceTest):
    def test_parent_death_signal(self):
        events = self.case("parent_death")
        (sent,) = self.signals(events, "SIGUSR2")
        self.assertEqual(sent["source"], "parent-death")
        end = [e for e in events if e["kind"] == "exit" and e["last_thread"]
               and e["process"]["pid"] == sent["process"]["pid"]][0]
        self.assertEqual(end["exit_status"], 128 + signal.SIGUSR2)
        self.assertEqual(end["killed_by"]["sender"]["pid"], sent["sender"]["pid"])

    def test_stopped_process_dies_when_it_goes_on(self):
        events = self.case("stop_and_go")
        (term,) = self.signals(events, "SIGTERM")
        self.assertEqual((term["result"], term["now"], term["end"]),
                         ("delivered", "queued", "terminate"))
        (cont,) = self.signals(events, "SIGCONT")
        self.assertEqual((cont["result"], cont["now"]), ("ignored", "continue"))
        end = [e for e in events if e["kind"] == "exit" and e["last_thread"]
               and e["process"]["pid"] == term["process"]["pid"]][0]
        self.assertEqual(end["killed_by"]["signal"], "SIGTERM")

    def test_child_nobody_waits_for_with_a_handler(self):
        events = self.case("silent_child")
        sent = self.signals(events, "SIGCHLD", source="child")
        self.assertIn("ignored", {event["result"] for event in sent})

    def test_seccomp(self):
        events = self.case("seccomp")
        end = [e for e in events if e["kind"] == "exit" and e["last_thread"]
               and "killed_by" in e]
        self.assertEqual([e["killed_by"]["signal"] for e in end], ["SIGSYS"])
        self.assertEqual(end[0]["killed_by"]["source"], "fault")

    def test_cgroup_kill(self):
        reason = machine.lacks("linux 5.14")
        if reason:
            self.skipTest(reason)
        tree = machine.CGROUP if machine.is_pure_v2() else machine.CGROUP / "unified"
        if not (tree / "cgroup.procs").exists():
            self.skipTest("needs a cgroup2 tree")
        folder = tree / self.mark
        folder.mkdir()
        try:
            events = self.case("cgroup_kill", str(folder))
        finally:
            folder.rmdir()
        (sent,) = self.signals(events, "SIGKILL")
        self.assertEqual(sent["source"], "cgroup.kill")

    def test_memory_limit(self):
        events = self.trace(command=[BINARY, "--root", str(self.root), "box", "--memory", "16M",
                                     "--", PYTHON, "-c", "bytearray(64 << 20)"])
        end = self.init_exit(events)
        self.assertEqual(end["exit_status"], 137)
        self.assertEqual(end["killed_by"]["source"], "oom")
        self.assertTrue([e for e in events if e["kind"] == "oom"])


class CommandLine(TraceTest):
    def test_exit_status_is_the_command_s(self):
        self.trace(command=["sh", "-c", "exit 7"])
        self.assertEqual(self.code, 7)

    def test_json_is_as_its_schema_says(self):
        schema = json.loads((TOP / "docs" / "schema" / "trace.schema.json").read_text())
        checker = jsonschema.Draft7Validator(schema)
        checker.check_schema(schema)
        done = self.husk("trace", "--format", "json", "--", *IN_NEW_PID_NAMESPACE, "sh", "-c",
                         "sleep 3600 & kill -TERM $$; kill $!; wait; exit 3", code=3, timeout=60)
        kinds = set()
        for line in done.out.splitlines():
            event = json.loads(line)
            checker.validate(event)
            kinds.add(event["kind"])
        self.assertLessEqual({"begin", "end", "task", "fork", "exec", "exit", "signal", "deliver"},
                             kinds)

    def test_text_tells_the_story_of_a_deaf_init(self):
        done = self.husk("trace", "--", *IN_NEW_PID_NAMESPACE, "sh", "-c", "kill -TERM $$; exit 3",
                         code=3, timeout=60)
        self.assertIn("ignored [init-no-handler]", done.out)
        self.assertIn("ended by itself with exit status 3 [seen].", done.out)
        self.assertIn("0 events lost.", done.out)

    @rows(["id", "cgroup"])
    def test_container_is_followed_by(self, what):
        box = self.start(["sh", "-c", "trap 'exit 5' TERM; echo ready; while :; do sleep 3600 & "
                          "wait; done"])
        self.assertEqual(box.line(), "ready")
        target = [box.id] if what == "id" else [
            "--cgroup", str(machine.cgroup_folder(box.first.pid, "pids"))]
        tracer = self.spawn("trace", "--format", "json", *target)
        # Its first events are those of the tasks that are there: then it listens.
        self.assertIn('"begin"', tracer.stdout.readline())
        self.husk("kill", box.id, "TERM")
        if what == "cgroup":  # which outlives its processes
            self.assertEqual(box.first.wait_exit(), 5)
            tracer.send_signal(signal.SIGTERM)
        lines = tracer.stdout.read().splitlines()
        self.assertEqual(tracer.wait(timeout=60 * PATIENCE), 0)
        events = [json.loads(line) for line in lines]
        (sent,) = self.signals(events, "SIGTERM", result="delivered", now="handler")
        self.assertEqual(sent["sender"]["name"], "husk")
        self.assertEqual(self.init_exit(events)["exit_status"], 5)

    @rows(["INT", "TERM"])
    def test_signal_ends_the_recording_and_not_the_recorder(self, name):
        box = self.start()
        tracer = self.spawn("trace", box.id)
        reader = select.poll()
        reader.register(tracer.stdout, select.POLLIN)
        # Something to write, once it records.
        while not reader.poll(100):
            self.husk("kill", box.id, "USR1")
        tracer.send_signal(getattr(signal, "SIG" + name))
        out = tracer.communicate(timeout=60 * PATIENCE)[0]
        self.assertEqual(tracer.returncode, 0)
        self.assertIn("0 events lost.", out)
        self.assertEqual(box.status(), "running")

    def test_journal_is_shown_later(self):
        journal = self.folder / "journal"
        done = self.husk("trace", "-o", journal, "--", "sh", "-c", "kill -KILL $$", code=137,
                         timeout=60)
        self.assertIn("0 events lost", done.err)
        shown = self.husk("trace", "--read", journal).out
        self.assertIn("killed by SIGKILL from itself", shown)

    @rows([["-0", "0"], ["dead", "4194304"], ["unknown", "nobody-knows-it"],
           ["format", "--format", "xml", "1"], ["nobody"], ["signals", "-s", "NO", "1"],
           ["kinds", "-k", "no", "1"], ["buffer", "-b", "3M", "1"],
           ["cgroup", "--cgroup", "/tmp"], ["journal", "--read", "/etc/passwd"], ["two", "1", "--all"]])
    def test_bad_words_are_refused(self, *words):
        done = self.husk("trace", *words[1:], code=None)
        self.assertEqual(done.code, 1)
        self.assert_refused(done, "trace: ")


class WithoutTheRight(ContainerTest):
    needs = ["root"]

    def test_says_what_is_missing(self):
        if not TRACE.exists():
            self.skipTest("husk-trace is not built")
        done = subprocess.run([*machine.as_ordinary_user(), str(TRACE), "--", "true"], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                              stdin=subprocess.DEVNULL, timeout=60 * PATIENCE)
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stdout, "")
        self.assertRegex(done.stderr, "^husk: trace: .*CAP_BPF and CAP_PERFMON; .*trace --read work "
                         "without it\n$")

    def test_its_capabilities_count_for_nothing_in_a_user_namespace(self):
        if not TRACE.exists():
            self.skipTest("husk-trace is not built")
        done = subprocess.run(["unshare", "--user", "--map-root-user", str(TRACE), "--", "true"],
                              text=True, capture_output=True, check=False,
                              stdin=subprocess.DEVNULL, timeout=60 * PATIENCE)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("user namespace", done.stderr)
