# SPDX-License-Identifier: GPL-2.0-or-later
"""husk trace: what several events together tell, and what `husk why` gets of it."""
import json
import os
import re
import signal
import subprocess

import jsonschema

from husk import BINARY, PATIENCE, TOP
from test_trace import CHILD, PYTHON, TraceTest
from test_why import documented, strict


class JoinsTest(TraceTest):
    def joined(self, kind, **wanted):
        """The lines of one kind that the last recording ended with."""
        return [line for line in self.joins if line["kind"] == kind
                and all(line[key] == value for key, value in wanted.items())]

    def shown(self, case):
        """The text that a case is told in, from the same recording as the JSON in self.joins."""
        journal, page = self.folder / "journal", self.folder / "page"
        self.husk("trace", "--out", journal, "--", PYTHON, "-B", CHILD, case)
        lines = [json.loads(line) for line in
                 self.husk("trace", "--read", journal, "--format", "json").out.splitlines()]
        self.check_schema(lines)
        self.joins = [line for line in lines[1:-1] if "time_ns" not in line]
        self.husk("trace", "--read", journal, "--format", "html", "--out", page)
        self.page = json.loads(re.search(r'id="recording">(.*?)</script>', page.read_text(),
                                         re.DOTALL)[1])
        return self.husk("trace", "--read", journal).out

    def check_schema(self, lines):
        schema = json.loads((TOP / "docs" / "schema" / "trace.schema.json").read_text())
        checker = jsonschema.Draft7Validator(schema)
        for line in lines:
            checker.validate(line)


class Joins(JoinsTest):
    def test_stop_of_a_deaf_first_process(self):
        text = self.shown("deaf_container")
        (stop,) = self.joined("stop")
        self.assertEqual([(ask["signal"], ask["now"]) for ask in stop["asked"]],
                         [("SIGTERM", "ignored"), ("SIGHUP", "ignored"), ("SIGKILL", "terminate")])
        self.assertEqual({ask["sender"]["name"] for ask in stop["asked"]}, {"python3"})
        self.assertEqual((stop["exit_status"], stop["killed_by"]["signal"]), (137, "SIGKILL"))
        times = [ask["time_ns"] for ask in stop["asked"]] + [stop["end_ns"]]
        self.assertEqual(times, sorted(times))
        self.assertRegex(text, r"\nAsked to end:\n  \d+/1 python3: SIGTERM from \d+ python3 by kill: "
                         r"ignored \[init-no-handler\], then .*, then SIGHUP .* then SIGKILL from "
                         r"\d+ python3 by kill: terminate \[sure-kill\], then .*killed by SIGKILL\n")
        self.assertIn("Asked to end", [title for title, _ in self.page["sections"]])
        (obituary,) = [line for line in self.joined("obituary") if line["process"]["init"]]
        self.assertIn("was killed, exit status 137 [seen]. It was asked to end: SIGHUP by python3 (",
                      obituary["words"])
        self.assertIn(obituary["words"], text)
        self.assertIn(obituary["words"], [life["story"] for life in self.page["lives"]])

    def test_zombie_from_its_exit_to_when_it_is_gone(self):
        tracer = self.spawn("trace", "--format", "json", "--", PYTHON, "-B", CHILD, "late_wait",
                            stdin=subprocess.PIPE)
        lines = []
        # The kernel frees a task some time after it was reaped.
        while not lines or lines[-1]["kind"] != "free":
            lines.append(json.loads(tracer.stdout.readline()))
        tracer.stdin.close()
        lines += [json.loads(line) for line in tracer.stdout.read().splitlines()]
        self.assertEqual(tracer.wait(timeout=60 * PATIENCE), 0)
        self.check_schema(lines)
        (zombie,) = [line for line in lines if line["kind"] == "zombie"]
        (end,) = [line for line in lines if line["kind"] == "exit"
                  and line["process"]["pid"] == zombie["process"]["pid"]]
        self.assertEqual((zombie["from_ns"], end["exit_status"]), (end["time_ns"], 3))
        self.assertGreaterEqual(zombie["until_ns"] - zombie["from_ns"], 1_000_000_000)
        self.assertEqual(zombie["reaper"]["pid"], end["parent"])
        self.assertFalse(zombie["from_before"])

    def test_coalesced(self):
        text = self.shown("coalesce")
        (lost,) = self.joined("lost_signal", how="coalesced")
        self.assertEqual((lost["signal"], lost["count"], lost["rule"]),
                         ("SIGUSR1", 2, "already-pending"))
        self.assertRegex(text, r"\nSignals that came to nothing:\n  SIGUSR1 to \d+ python3: coalesced "
                         r"2 times \[already-pending\], the last time from itself by kill\n")

    def test_ignored_and_dropped_when_unblocked(self):
        self.case("losses")
        (ignored,) = self.joined("lost_signal", signal="SIGUSR1")
        self.assertEqual((ignored["how"], ignored["rule"]), ("ignored", "set-to-ignore"))
        (dropped,) = self.joined("lost_signal", signal="SIGUSR2")
        self.assertEqual((dropped["how"], dropped["rule"]), ("dropped", "ignored-when-taken"))

    def test_dropped_by_a_first_process_when_unblocked(self):
        self.case("unblock_late", init=True)
        (dropped,) = self.joined("lost_signal", signal="SIGUSR2")
        self.assertEqual((dropped["how"], dropped["rule"]), ("dropped", "init-survives"))
        self.assertTrue(dropped["process"]["init"])
        self.assertEqual(dropped["sender"]["pid"], dropped["process"]["pid"])

    def test_system_calls_end_with_eintr_or_go_on(self):
        text = self.shown("interrupted_read")
        calls = {line["signal"]: line for line in self.joined("interrupted_call", syscall=0)}
        self.assertEqual({name: (call["syscall_ends"], call["count"], call["syscall_name"])
                          for name, call in calls.items()},
                         {"SIGUSR1": ("EINTR", 1, "read"), "SIGUSR2": ("restarts", 1, "read")})
        self.assertRegex(text, r"\nInterrupted system calls:\n")
        self.assertRegex(text, r"\n  \d+ python3: read ended with EINTR once, after the handler of "
                         r"SIGUSR1\n")
        self.assertRegex(text, r"\n  \d+ python3: read was restarted once, after the handler of "
                         r"SIGUSR2\n")

    def test_nothing_special_has_no_sections(self):
        done = self.husk("trace", "--", "true")
        self.assertNotRegex(done.out, r"(?m)^[A-Z][a-z ]+:$")

    def test_sigcont_continues_who_is_stopped_and_nobody_else(self):
        events = self.case("continue_twice")
        sent = self.signals(events, "SIGCONT")
        deaf, handles = sent[:3], sent[3:]
        self.assertEqual([e["now"] for e in deaf], ["ignored", "continue", "ignored"])
        self.assertEqual({e["result"] for e in deaf}, {"ignored"})
        # The last one may find the one before still pending.
        self.assertEqual([e["now"] for e in handles[:2]], ["handler", "continue"])
        self.assertIn(handles[2]["now"], ("handler", "coalesced"))
        self.assertEqual(self.joined("lost_signal", signal="SIGCONT", how="ignored"), [])


class Story(JoinsTest):
    """What the recorder saw of a container is there for `husk why`."""

    def recorded(self, box):
        """A recorder of the container that listens already."""
        tracer = self.spawn("trace", "--format", "json", box.id)
        self.assertIn('"begin"', tracer.stdout.readline())
        return tracer

    def finish(self, tracer):
        lines = [json.loads(line) for line in tracer.stdout.read().splitlines()]
        self.assertEqual(tracer.wait(timeout=60 * PATIENCE), 0)
        self.check_schema(lines)
        self.joins = lines[:-1]

    def why(self, name):
        told = json.loads(self.husk("why", "--json", name).out)
        jsonschema.validate(told, strict(documented()))
        return told

    def traced(self, told):
        return [event for event in told["events"] if event["kind"] == "traced"]

    def test_husk_stop_of_a_deaf_one(self):
        box = self.start(["sleep", "3600"])
        tracer = self.recorded(box)
        self.husk("stop", "--timeout", "200ms", box.id)
        self.finish(tracer)
        (stop,) = self.joined("stop")
        self.assertEqual(stop["process"]["pid"], box.first.pid)
        self.assertEqual([(ask["signal"], ask["now"], ask["sender"]["name"])
                          for ask in stop["asked"]],
                         [("SIGTERM", "ignored", "husk"), ("SIGKILL", "terminate", "husk")])
        first, second = (ask["time_ns"] for ask in stop["asked"])
        self.assertLess(first, second)
        told = self.why(box.id)
        self.assertEqual([(event["signal"], event.get("outcome")) for event in self.traced(told)],
                         [("SIGTERM", "ignored"), ("SIGKILL", None)])
        self.assertIn("SIGTERM by `husk stop`, called by ", told["summary"])
        self.assertIn("That came to nothing [seen]: PID 1", told["summary"])

    def test_killer_that_is_no_husk_is_named(self):
        box = self.start(["sleep", "3600"])
        tracer = self.recorded(box)
        box.first.send(signal.SIGTERM)
        box.first.kill_and_wait()
        self.finish(tracer)
        told = self.why(box.id)
        self.assertEqual((told["cause"], told["certainty"]), ("killed", "seen"))
        self.assertEqual({event["sender"]["pid"] for event in self.traced(told)}, {os.getpid()})
        self.assertRegex(told["summary"], rf"asked to end: SIGTERM by .* \({os.getpid()}\) \[seen\]. "
                         rf"That came to nothing \[seen\]: .* SIGKILL was sent by .* "
                         rf"\({os.getpid()}\) \[seen\]\.")
        (obituary,) = [line for line in self.joined("obituary") if line["process"]["init"]]
        # The same words, but for the name and what only the container's cgroup knows.
        words = obituary["words"].partition(" and ")[2]
        self.assertIn(words, told["summary"])

    def test_what_was_asked_of_one_that_lives_on(self):
        box = self.start(["sleep", "3600"])
        tracer = self.recorded(box)
        box.first.send(signal.SIGTERM)
        while '"SIGTERM"' not in tracer.stdout.readline():
            pass
        tracer.send_signal(signal.SIGINT)
        self.finish(tracer)
        told = self.why(box.id)
        (event,) = self.traced(told)
        self.assertEqual((event["signal"], event["outcome"], told["cause"]),
                         ("SIGTERM", "ignored", "alive"))

    def test_journal_leaves_the_story_too(self):
        box = self.start(["sleep", "3600"])
        journal = self.folder / "journal"
        tracer = self.spawn("trace", "--out", journal, box.id)
        # It grows once it records.
        while not journal.exists() or not journal.stat().st_size:
            self.husk("kill", box.id, "USR1")
        box.first.kill_and_wait()
        self.assertEqual(tracer.wait(timeout=60 * PATIENCE), 0)
        (event,) = self.traced(self.why(box.id))
        self.assertEqual((event["signal"], event["end"]["signal"]), ("SIGKILL", signal.SIGKILL))

    def test_deleted_container_and_memory_that_ran_out(self):
        """The container is born, dies and is deleted while the recorder looks."""
        name = self.new_id()
        self.trace(command=[BINARY, "--root", str(self.root), "box", "--name", name, "--memory",
                            "16M", "--", PYTHON, "-c", "bytearray(64 << 20)"], code=137)
        told = self.why(name)
        self.assertEqual((told["cause"], told["certainty"]), ("out-of-memory", "seen"))
        (event,) = self.traced(told)
        self.assertEqual((event["source"], event["end"]["signal"]), ("oom", signal.SIGKILL))
