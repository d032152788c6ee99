# SPDX-License-Identifier: GPL-2.0-or-later
"""husk trace --cgroup: all below it, now and later; and whose container a cgroup is."""
import json
import os
import signal
import subprocess

import machine
from husk import PATIENCE, rows
from process import Process
from test_trace import TraceTest

HEX = "3f4e5d6c7b8a9f0e1d2c3b4a5f6e7d8c9b0a1f2e3d4c5b6a7f8e9d0c1b2a3f4e"
POD = "pod1b2c3d4e-5f60-7182-93a4-b5c6d7e8f901"


def unified_tree():
    for tree in (machine.CGROUP, machine.CGROUP / "unified"):
        if (tree / "cgroup.controllers").exists():
            return tree
    return None


class CgroupTest(TraceTest):
    def setUp(self):
        super().setUp()
        self.sleepers = []

    def tearDown(self):
        for one in self.sleepers:
            one.kill()
            one.wait()
            one.stdout.close()
        self.end_running()
        # Those of the test, and what husk has made between them and a container.
        for top in machine.cgroups_with(self.mark):
            for folder, _, _ in os.walk(top, topdown=False):
                machine.remove_cgroup(folder)
        super().tearDown()

    def tree(self, name):
        tree = machine.controller_folder("pids") if name == "pids" else unified_tree()
        if not tree:
            self.skipTest(f"needs the cgroup tree {name}")
        return tree

    def make(self, folder):
        """The folder and what is missing above it; gone when the test ends."""
        if not folder.parent.exists():
            self.make(folder.parent)
        folder.mkdir()
        return folder

    def sleeper(self, folder):
        """A process that has been in this cgroup since before it ran its program."""
        one = subprocess.Popen(
            ["sh", "-c", 'echo $$ > "$0"/cgroup.procs && echo in && exec sleep 3600', folder],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env=self.environment)
        self.sleepers.append(one)
        self.assertEqual(one.stdout.readline(), b"in\n")
        return one

    def spawn_tracer(self, *words):
        """Its first line is written when it listens."""
        tracer = self.spawn("trace", "--format", "json", *words)
        self.assertIn('"begin"', tracer.stdout.readline())
        return tracer

    def end_tracer(self, tracer):
        tracer.send_signal(signal.SIGTERM)
        lines = tracer.stdout.read().splitlines()
        self.assertEqual(tracer.wait(timeout=60 * PATIENCE), 0)
        return [json.loads(line) for line in lines]

    def of(self, events, kind, pid):
        return [event for event in events if event["kind"] == kind
                and event["process"]["pid"] == pid]


class Below(CgroupTest):
    @rows(["pids", "unified"])
    def test_nested_cgroups_are_followed(self, name):
        top = self.tree(name) / self.mark
        old = self.sleeper(self.make(top / "a" / "b"))
        beside = self.sleeper(self.make(self.tree(name) / f"{self.mark}-beside"))
        tracer = self.spawn_tracer("--cgroup", top)
        new = self.sleeper(self.make(top / "a" / "later" / "c"))
        for one in (beside, old, new):
            os.kill(one.pid, signal.SIGTERM)
            one.wait()
        events = self.end_tracer(tracer)
        for one in (old, new):
            (sent,) = [e for e in self.of(events, "signal", one.pid) if e["signal"] == "SIGTERM"]
            self.assertEqual(sent["now"], "terminate")
            end = self.of(events, "exit", one.pid)[-1]
            self.assertEqual(end["exit_status"], 143)
        self.assertTrue(self.of(events, "move", new.pid))
        for kind in ("signal", "exit", "move", "exec"):
            self.assertEqual(self.of(events, kind, beside.pid), [])

    def test_born_below_it(self):
        """clone3(2) puts a child into a cgroup without moving it; husk does that on v2."""
        if machine.lacks("cgroup2"):
            self.skipTest("needs pure cgroup v2")
        top = self.make(machine.CGROUP / self.mark)
        tracer = self.spawn_tracer("--cgroup", top)
        box = self.start(edit=lambda bundle: bundle.config["linux"].update(
            cgroupsPath=f"/{self.mark}/a/box"))
        self.husk("kill", box.id, "KILL")
        self.assertEqual(box.first.wait_exit(), 137)
        box.end()
        self.made.remove(box)
        events = self.end_tracer(tracer)
        self.assertTrue(self.of(events, "fork", box.first.pid))
        self.assertEqual(self.of(events, "exit", box.first.pid)[-1]["exit_status"], 137)

    def test_tree_without_processes_numbers_is_refused(self):
        trees = machine.cgroup1_trees()
        other = [tree for name, tree in trees.items() if tree != trees.get("pids")]
        if not other:
            self.skipTest("needs a cgroup v1 tree without pids")
        done = self.husk("trace", "--cgroup", other[0], code=1)
        self.assert_refused(done, str(other[0]), "without the controller pids")


class Containers(CgroupTest):
    """As engines lay them out, below a cgroup of the test: the innermost container counts."""

    @rows([["podman", f"libpod_parent/libpod-{HEX}", HEX], ["docker", f"docker/{HEX}", HEX],
           ["containerd", "default/web", "web"],
           ["cri-o", f"kubepods/besteffort/{POD}/crio-{HEX}", HEX], ["husk", "husk/web", "web"]])
    def test_engine_is_told_by_the_path(self, engine, path, container):
        wanted = {"engine": engine, "id": container}
        top = self.tree("pids") / f"of-{self.mark}"
        old = self.sleeper(self.make(top / path))
        outside = self.sleeper(self.make(top / "outside"))
        tracer = self.spawn_tracer("--cgroup", top)
        new = self.sleeper(self.make(top / "later" / path))
        for one in (old, new, outside):
            os.kill(one.pid, signal.SIGTERM)
            one.wait()
        events = self.end_tracer(tracer)
        for one in (old, new):
            (sent,) = [e for e in self.of(events, "signal", one.pid) if e["signal"] == "SIGTERM"]
            self.assertEqual(sent["process"]["container"], wanted)
            self.assertNotEqual(sent["sender"].get("container"), wanted)
        (end,) = self.of(events, "exit", outside.pid)
        self.assertNotIn("container", end["process"])

    def test_text_names_the_container_and_a_sender_outside_of_it(self):
        top = self.tree("pids") / f"of-{self.mark}"
        one = self.sleeper(self.make(top / "docker" / HEX))
        tracer = self.spawn("trace", "--cgroup", top, "-o", self.folder / "journal")
        first = Process(one.pid)
        while not (self.folder / "journal").exists():
            self.assertIsNone(tracer.poll())
        first.send(signal.SIGTERM)
        one.wait()
        tracer.send_signal(signal.SIGINT)
        self.assertEqual(tracer.wait(timeout=60 * PATIENCE), 0)
        text = self.husk("trace", "--read", self.folder / "journal").out
        self.assertRegex(text, rf"{one.pid} sleep +docker/{HEX[:12]}  SIGTERM from \d+ \S+ "
                               r"\(outside\) by kill: terminate")
        self.assertRegex(text, rf"(?m)^{one.pid} sleep in docker/{HEX[:12]} ran for ")
