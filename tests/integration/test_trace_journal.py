# SPDX-License-Identifier: GPL-2.0-or-later
"""husk trace -o: the journal on disk, its limit, what a crash leaves of it, and what it tells."""
import json
import os
import select
import signal
import subprocess

import machine
from husk import PATIENCE, rows
from test_trace import TraceTest

# More than fits into a few files of 64 KiB: births, signals, deaths.
BUSY = "for i in $(seq 1500); do (kill -USR1 $$); done"
# Many signals in little time.
STORM = "trap : USR1; i=0; while [ $i -lt 20000 ]; do kill -USR1 $$; i=$((i+1)); done"
SHELL = ["sh", "-c", f"trap : USR1; sleep 3600 & echo $!; {BUSY}; kill $!; exit 3"]


class JournalTest(TraceTest):
    def setUp(self):
        super().setUp()
        self.journal = self.folder / "journal"

    def record(self, *options, command=("true",), code=0):
        return self.husk("trace", "-o", self.journal, *options, "--", *command, code=code,
                         timeout=120)

    def files(self):
        return sorted(path.name for path in self.folder.glob("journal*"))

    def read(self, name="journal", code=0):
        done = self.husk("trace", "--read", self.folder / name, "--format", "json", code=code)
        events = [json.loads(line) for line in done.out.splitlines()]
        self.assertEqual([events[0]["kind"], events[-1]["kind"]], ["begin", "end"])
        self.assertEqual(sum(events[-1]["lost"].values()), 0)
        # What several of them tell together stands at the end, and has no time of its own.
        return [event for event in events[1:-1] if "time_ns" in event], done.err

    def sleeper_of(self, done):
        return int(done.out.splitlines()[0])


class Rotation(JournalTest):
    def test_no_more_than_was_asked_for(self):
        self.record("--size", "512K", "--keep", "3", command=["sh", "-c", STORM])
        self.assertEqual(self.files(), ["journal", "journal.1", "journal.2"])
        for name in self.files():
            self.assertLessEqual((self.folder / name).stat().st_size, 1 << 19)
        events, told = self.read()
        self.assertRegex(told, r"journal.2 begins with file \d+ of its recording; those before")
        self.assertEqual(events, sorted(events, key=lambda event: event["time_ns"]))

    def test_all_files_are_read_as_one(self):
        done = self.record("--size", "64K", "--keep", "500", command=SHELL, code=3)
        self.assertGreater(len(self.files()), 5)
        events, told = self.read()
        self.assertEqual(told, "")
        sent = self.signals(events, "SIGUSR1", source="process")
        self.assertEqual(len(sent), 1500)
        # Each file begins with who is there, and that is no news to whoever reads all of them.
        sleeper = self.sleeper_of(done)
        mine = [event["kind"] for event in events if event["process"]["pid"] == sleeper]
        self.assertEqual([mine.count("task"), mine.count("fork")], [0, 1])

    def test_each_file_can_be_read_alone(self):
        done = self.record("--size", "64K", "--keep", "500", command=SHELL, code=3)
        sleeper = self.sleeper_of(done)
        names = [name for name in self.files() if name != "journal"]
        for name in names:
            events, _ = self.read(name)
            sent = self.signals(events, "SIGUSR1", source="process")
            self.assertGreater(len(sent), 10, name)
            self.assertEqual({event["process"]["name"] for event in sent}, {"sh"}, name)
            self.assertTrue(all("sender" in event for event in sent), name)
            known = [event for event in events if event["process"]["pid"] == sleeper]
            self.assertEqual(known[0]["kind"], "fork" if name == max(names, key=self.age) else "task")

    def age(self, name):
        return int(name.rpartition(".")[2])

    def test_each_file_tells_the_layers_and_all_of_them_once(self):
        self.record("--size", "64K", "--keep", "2", "--with", "syscalls,sched", command=SHELL,
                    code=3)
        told = {name: self.husk("trace", "--read", self.folder / name).out for name in self.files()}
        self.assertEqual(sorted(told), ["journal", "journal.1"])
        for name, out in told.items():
            layers = [line for line in out.splitlines() if line.startswith(("syscalls:", "sched:"))]
            self.assertEqual(len(layers), 2, name)
            self.assertEqual(layers[0], "syscalls: on", name)

    def test_another_recording_takes_its_place(self):
        self.record("--size", "64K", "--keep", "500", command=SHELL, code=3)
        self.record(command=["sh", "-c", "kill -KILL $$"], code=137)
        events, told = self.read()
        self.assertEqual(told, "")
        self.assertEqual(self.signals(events, "SIGUSR1"), [])
        self.assertEqual(len(self.signals(events, "SIGKILL")), 1)

    def test_what_is_no_regular_file_is_not_renamed(self):
        """The path of /dev/null as root: it must be there afterwards."""
        done = self.husk("trace", "-o", "/dev/null", "--size", "64K", "--", "true", code=1)
        self.assert_refused(done, "/dev/null is no regular file")
        self.assertTrue(os.path.exists("/dev/null"))
        self.assertFalse(os.path.exists("/dev/null.1"))

    @rows([["keep-alone", "-o", "J", "--keep", "3"], ["no-journal", "--size", "1M"],
           ["format", "-o", "J", "--format", "json", "--size", "1M"],
           ["small", "-o", "J", "--size", "1K"],
           ["none", "-o", "J", "--size", "1M", "--keep", "0"],
           ["many", "-o", "J", "--size", "1M", "--keep", "501"]])
    def test_bad_words_are_refused(self, *words):
        done = self.husk("trace", *words[1:], "--", "true", code=1)
        self.assert_refused(done, "trace: --")
        self.assertEqual(list(self.folder.glob("J*")), [])


class Crash(JournalTest):
    def test_torn_end_is_told_and_the_rest_is_read(self):
        self.record(command=SHELL, code=3)
        whole, told = self.read()
        self.assertEqual(told, "")
        os.truncate(self.journal, self.journal.stat().st_size - 7)
        events, told = self.read()
        self.assertRegex(told, r"^husk: \S+/journal is cut off in the middle of an event; its last "
                               r"\d+ bytes are left out\n$")
        self.assertEqual(events, whole[:len(events)])
        self.assertIn(len(whole) - len(events), (0, 1))  # the last may be of losses

    def test_what_was_recorded_outlives_the_recorder(self):
        """Killed by SIGKILL in the middle: what the command did before can be read."""
        tracer = self.spawn("trace", "-o", self.journal, "--size", "64K", "--keep", "500", "--",
                            "sh", "-c", f"{BUSY.replace('kill -USR1 $$', 'exit 4')}; "
                            "echo done; exec sleep 3600")
        self.assertEqual(tracer.stdout.readline(), "done\n")
        # The last moment waits in memory for late neighbours; what is older is in the file.
        while not self.exits():
            self.assertIsNone(tracer.poll())
        tracer.kill()
        tracer.wait()
        self.end_shell()
        events, _ = self.read()
        self.assertGreater(len([e for e in events if e["kind"] == "exit"]), 100)

    def exits(self):
        return self.journal.exists() and len(self.files()) > 3

    def end_shell(self):
        """The command goes on without its recorder; it bears the mark of the test."""
        for pid in machine.processes_with(self.mark):
            os.kill(pid, signal.SIGKILL)

    def test_full_disk_ends_the_recording(self):
        done = self.husk("trace", "-o", "/dev/full", "--", "true", code=1)
        self.assertRegex(done.err, r"^husk: trace: write /dev/full: no space left on device\n$")

    def test_empty_file_is_no_journal(self):
        self.journal.touch()
        done = self.husk("trace", "--read", self.journal, code=1)
        self.assert_refused(done, "this journal is empty")


class Summary(JournalTest):
    @rows(["INT", "TERM"])
    def test_signal_ends_it_with_a_summary(self, name):
        box = self.start()
        tracer = self.spawn("trace", "-o", self.journal, box.id)
        while not self.journal.exists():
            self.assertIsNone(tracer.poll())
        tracer.send_signal(getattr(signal, "SIG" + name))
        _, told = tracer.communicate(timeout=60 * PATIENCE)
        self.assertEqual(tracer.returncode, 0)
        self.assertRegex(told, r"^husk: \d+ events recorded, [\d.]+ KiB in 1 file; 0 events lost\n$")
        self.assertEqual(box.status(), "running")

    def test_duration_ends_it_with_a_summary(self):
        box = self.start()
        done = self.husk("trace", "-o", self.journal, "--duration", "200ms", box.id)
        self.assertIn("; 0 events lost\n", done.err)
        self.assertEqual(box.status(), "running")

    def test_another_format_in_a_file_tells_losses_too(self):
        done = self.husk("trace", "--format", "html", "-o", self.folder / "page", "--", "true")
        self.assertEqual(done.err, "husk: 0 events lost\n")

    def test_it_can_be_read_while_it_is_written(self):
        tracer = self.spawn("trace", "-o", self.journal, "--size", "64K", "--keep", "500", "--",
                            *SHELL[:2], SHELL[2].replace("exit 3", "read x"),
                            stdin=subprocess.PIPE)
        ready = select.poll()
        ready.register(tracer.stdout, select.POLLIN)
        counts = []
        while len(self.files()) < 6:
            self.assertIsNone(tracer.poll())
            if self.journal.exists():
                counts.append(len(self.read()[0]))
        self.assertEqual(counts, sorted(counts))
        tracer.stdin.close()
        self.assertEqual(tracer.wait(timeout=120 * PATIENCE), 1)
