# SPDX-License-Identifier: GPL-2.0-or-later
"""husk events. CM-31, OUT-04, R-38."""
import json
import os

from husk import LIMIT, ContainerTest, rows

MIB = 1 << 20


def limited(limit):
    def edit(bundle):
        bundle.config["linux"]["resources"] = {"memory": {"limit": limit, "swap": limit}}
    return edit


class Stats(ContainerTest):
    def stats(self, box):
        lines = box.husk("events", "--stats", box.id).out.splitlines()
        self.assertEqual(len(lines), 1)
        return json.loads(lines[0])

    def test_one_line(self):
        """CM-31, OUT-04: type, id, and each part of the data."""
        box = self.start()
        line = self.stats(box)
        self.assertEqual((line["type"], line["id"]), ("stats", box.id))
        for part in ("cpu", "cpuset", "memory", "pids", "blkio", "hugetlb", "intel_rdt",
                     "network_interfaces"):
            self.assertIn(part, line["data"])

    def test_figures_are_those_of_the_container(self):
        """OUT-04"""
        def edit(bundle):
            bundle.config["linux"]["resources"] = {"memory": {"limit": 64 * MIB},
                                                   "pids": {"limit": 40}}
        box = self.start(["sh", "-c", "head -c 9000000 /dev/zero >/tmp/x; echo ready; sleep 3600"],
                         edit)
        self.assertEqual(box.line(), "ready")
        data = self.stats(box)["data"]
        # The kernel gathers what each processor has counted when it is much, or has waited long.
        while data["memory"]["cache"] <= 8 * MIB:
            data = self.stats(box)["data"]
        self.assertEqual(data["pids"]["limit"], 40)
        self.assertIn(data["pids"]["current"], (1, 2))
        self.assertEqual(data["memory"]["usage"]["limit"], 64 * MIB)
        self.assertGreater(data["memory"]["usage"]["usage"], 8 * MIB)
        self.assertIn("failcnt", data["memory"]["usage"])
        self.assertGreater(len(data["memory"]["raw"]), 10)
        self.assertGreater(data["cpu"]["usage"]["total"], 0)
        for key in ("kernel", "user"):
            self.assertIsInstance(data["cpu"]["usage"][key], int)

    def test_throttling(self):
        """OUT-04"""
        def edit(bundle):
            bundle.config["linux"]["resources"] = {"cpu": {"quota": 5000, "period": 100000}}
        box = self.start(["sh", "-c", "while :; do :; done"], edit)
        # The kernel counts the throttled period when it begins and its time when it is over, and
        # a period may end while it writes the one number before the other.
        data = {"periods": 0, "throttledPeriods": 0, "throttledTime": 0}
        while not (data["periods"] >= data["throttledPeriods"] > 0 and data["throttledTime"]):
            data = self.stats(box)["data"]["cpu"]["throttling"]

    @rows(["created", "paused"])
    def test_other_states(self, status):
        """The transition table: events of a created, running and paused one."""
        box = self.create()
        if status == "paused":
            box.husk("start", box.id)
            box.husk("pause", box.id)
        self.assertEqual(box.status(), status)
        self.assertEqual(self.stats(box)["type"], "stats")

    @rows(["--stats", "--interval=1s"])
    def test_stopped_one(self, option):
        box = self.start(["true"])
        box.first.wait_exit()
        self.assert_refused(box.husk("events", option, box.id, code=1), "container not running")

    @rows(["--stats", "--interval=1s"])
    def test_unknown_one(self, option):
        self.assert_refused(self.husk("events", option, "nobody", code=1), "does not exist")

    @rows(["0", "0s", "x", "-1s"])
    def test_bad_interval(self, interval):
        """CM-31"""
        self.assert_refused(self.husk("events", "--interval", interval, "x", code=1),
                            "--interval")

    def test_words(self):
        """CM-39"""
        self.assert_refused(self.husk("events", code=1), "ID is missing")


class PressureStall(ContainerTest):
    needs = ["root", "cgroup2"]

    def test_psi(self):
        """OUT-04: the pressure of cpu, memory and io."""
        box = self.start()
        data = json.loads(box.husk("events", "--stats", box.id).out)["data"]
        if "psi" not in data["cpu"]:
            self.skipTest("needs pressure stall information in this kernel")
        for part in ("cpu", "memory", "blkio"):
            for share in ("some", "full"):
                if share in data[part]["psi"]:
                    self.assertLessEqual({"avg10", "avg60", "avg300", "total"},
                                         set(data[part]["psi"][share]))


class Follow(ContainerTest):
    def follow(self, box, interval):
        running = self.spawn("events", "--interval", interval, box.id)
        self.addCleanup(running.kill)
        return running

    def next_line(self, running):
        return json.loads(running.stdout.readline())  # the test's own alarm ends this

    def test_a_line_each_interval(self):
        """CM-31"""
        box = self.start()
        running = self.follow(box, "50ms")
        for _ in range(3):
            self.assertEqual(self.next_line(running)["type"], "stats")

    def test_ends_with_the_container(self):
        """CM-31"""
        box = self.start()
        running = self.follow(box, "1h")
        self.assertEqual(self.next_line(running)["type"], "stats")
        box.husk("kill", box.id, "KILL")
        self.assertEqual(running.wait(LIMIT), 0)
        self.assertEqual(running.stdout.read(), "")
        self.assertEqual(running.stderr.read(), "")

    def test_end_of_memory(self):
        """OUT-04, R-38: a process inside runs out of memory; the line has no data."""
        script = ("echo ready; read x; "
                  "sh -c 'x=1; while :; do x=$x$x; done' 2>/dev/null; echo $?; sleep 3600")
        read_end, write_end = self.pipe()
        box = self.start(["sh", "-c", script], limited(32 * MIB), stdin=read_end)
        self.assertEqual(box.line(), "ready")
        running = self.follow(box, "1h")
        self.assertEqual(self.next_line(running)["type"], "stats")
        write_end.write(b"go\n")
        write_end.close()
        self.assertEqual(box.line(), "137")
        self.assertEqual(self.next_line(running), {"type": "oom", "id": box.id})

    def test_first_process_dies_of_it(self):
        """OUT-04, R-38: the last line is about what it died of."""
        read_end, write_end = self.pipe()
        box = self.start(["sh", "-c", "echo ready; read x; x=1; while :; do x=$x$x; done"],
                         limited(32 * MIB), stdin=read_end)
        self.assertEqual(box.line(), "ready")
        running = self.follow(box, "1h")
        self.assertEqual(self.next_line(running)["type"], "stats")
        write_end.write(b"go\n")
        write_end.close()
        self.assertEqual(box.first.wait_exit(), 128 + 9)
        self.assertEqual(self.next_line(running), {"type": "oom", "id": box.id})
        self.assertEqual(running.wait(LIMIT), 0)

    def pipe(self):
        read_end, write_end = os.pipe()
        reader = open(read_end, "rb", buffering=0)
        writer = open(write_end, "wb", buffering=0)
        self.addCleanup(reader.close)
        self.addCleanup(writer.close)
        return reader, writer
