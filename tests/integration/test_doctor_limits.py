# SPDX-License-Identifier: GPL-2.0-or-later
"""husk doctor: which limit refuses the next fork and how long that takes; what it shows of it."""
import json
import os
import re
import signal
from pathlib import Path

from husk import rows
from process import LIMIT, Process
from test_doctor import INTERVAL, WARNINGS, DoctorTest, members, zoo

NANOSLEEP = {"x86_64": 230, "aarch64": 115}  # the number of clock_nanosleep(2)


def animal(name):
    return next(one for one in zoo.FAULTY if one.name == name)


class Named(DoctorTest):
    """The limit that refuses first, with its number and who has it."""

    @rows([("pids.max reached", "pids.max of the container is reached: 20 of 20 in use", "20"),
           ("RLIMIT_NPROC reached", "RLIMIT_NPROC is reached: 12 of 12 in use", "12"),
           ("pids.max near", "pids.max of the container is near: 19 of 20 in use", "20")])
    def test_limit(self, name, summary, number):
        finding, = self.doctor(self.keep(animal(name)).id)["findings"]
        self.assertEqual(finding["summary"], summary)
        self.assertEqual(finding["evidence"][0]["text"], number)
        self.assertTrue(finding["fix"])

    def test_wait_channel_of_a_task_that_is_stuck(self):
        box = self.keep(animal("a child waits in the kernel"))
        stuck, = (pid for pid in members(box.first.pid)
                  if Process(pid).status("State")[0] == "D")
        place = Path(f"/proc/{stuck}/wchan").read_text()
        if place in ("", "0"):
            self.skipTest("needs the names of kernel functions in /proc/PID/wchan")
        finding, = self.doctor(box.id)["findings"]
        shown = [one["text"] for one in finding["evidence"] if one["source"].endswith("/wchan")]
        self.assertEqual(len(shown), 1)
        self.assertTrue(shown[0].endswith(place), shown)


class Growth(DoctorTest):
    """How long it goes on: the container grows when the test says so, between doctor's two looks."""

    GROWN = 3
    # The first process and 88 children: nine tenths of the limit are reached by growing.
    ANIMAL = zoo.Animal("grows", "fork-limit-near",
                        [*zoo.HEARS, "children", 88, "grow", zoo.USR1, "ready"],
                        [zoo.resources(pids={"limit": 100})], needs=[zoo.PIDS])

    def sleeps_stopped(self, process):
        """Stopped in clock_nanosleep(2): then one look is over and the other has not begun."""
        process.send(signal.SIGSTOP)
        while process.status("State")[0] != "T":
            pass
        if process.file("syscall").split()[0] == str(NANOSLEEP.get(os.uname().machine)):
            return True
        process.send(signal.SIGCONT)
        return False

    def stop_between_looks(self, running):
        process = Process(running.pid)
        while not self.sleeps_stopped(process):
            self.assertIsNone(running.poll(), "doctor has ended before it could be stopped")

    def grow(self, box):
        """One signal for one child, which is waited for: two signals at once count as one."""
        for wanted in range(len(box.first.children()) + 1,
                            len(box.first.children()) + 1 + self.GROWN):
            box.first.send(zoo.USR1)
            while len(box.first.children()) < wanted:
                pass

    def near(self, text):
        report, = json.loads(text)["targets"]
        finding, = report["findings"]
        self.assertEqual(finding["rule"], "fork-limit-near")
        return finding["summary"]

    def test_time_left_at_the_present_growth(self):
        if os.uname().machine not in NANOSLEEP:
            self.skipTest("needs the number of clock_nanosleep(2)")
        box = self.keep(self.ANIMAL)
        self.assertEqual(self.rules(box.id), [])
        running = self.spawn("doctor", "--format", "json", "--interval", "2s", box.id)
        self.addCleanup(running.send_signal, signal.SIGCONT)
        self.stop_between_looks(running)
        self.grow(box)
        running.send_signal(signal.SIGCONT)
        summary = self.near(running.communicate(timeout=LIMIT)[0])
        self.assertIn(" 92 of 100 in use; at the present growth ", summary)
        # 8 are left, and 3 came in 2 seconds or more.
        self.assertGreaterEqual(int(re.search(r"growth (\d+) s are left$", summary)[1]), 5)

    def test_no_time_is_told_without_growth(self):
        box = self.keep(self.ANIMAL)
        self.grow(box)
        done = self.husk("doctor", "--format", "json", "--interval", INTERVAL, box.id,
                         code=WARNINGS)
        self.assertTrue(self.near(done.out).endswith(" 92 of 100 in use"))
