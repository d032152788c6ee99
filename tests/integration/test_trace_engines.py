# SPDX-License-Identifier: GPL-2.0-or-later
"""husk trace of containers of podman and of containerd: each event names engine and container.

The layouts of other engines: test_trace_scope.py.
"""
import json
import os
import signal
import subprocess

import engine
import engine_containerd
import engine_podman
import machine
from husk import PATIENCE

NAMESPACE = "k8s.io"  # a name that says whose it is, as one of a test's own would not


class TraceOfEngine:
    """Mixed into a test of an engine."""

    def check_traced(self, pid, name, container):
        """Killed while it is traced: who it was, and that the sender was none of it."""
        tracer = subprocess.Popen([engine.HUSK, "trace", "--format", "json", str(pid)],
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        with tracer:
            try:
                self.assertIn('"begin"', tracer.stdout.readline())
                os.kill(pid, signal.SIGKILL)
                events = [json.loads(line) for line in tracer.stdout.read().splitlines()]
                self.assertEqual(tracer.wait(timeout=60 * PATIENCE), 0)
            finally:
                tracer.kill()
        wanted = {"engine": name, "id": container}
        (sent,) = [event for event in events if event["kind"] == "signal"
                   and event["signal"] == "SIGKILL" and event["process"]["pid"] == pid]
        self.assertEqual(sent["process"]["container"], wanted)
        self.assertNotEqual(sent["sender"].get("container"), wanted)
        (end,) = [event for event in events if event["kind"] == "exit" and event["last_thread"]
                  and event["process"]["pid"] == pid]
        self.assertEqual(end["process"]["container"], wanted)


class ByPodman(TraceOfEngine, engine_podman.PodmanTest):
    @classmethod
    def setUpClass(cls):
        engine_podman.set_up()

    @classmethod
    def tearDownClass(cls):
        cls.engine.end_clean()

    def test_container_is_named(self):
        if machine.lacks("bpf"):
            self.skipTest(machine.lacks("bpf"))
        name = self.start("exec sleep 3600")
        self.check_traced(int(self.inspect(name, ".State.Pid")), "podman",
                          self.inspect(name, ".Id"))


class ByContainerd(TraceOfEngine, engine.EngineTest):
    RUN = ["run", "--detach", "--null-io", "--runtime", "io.containerd.runc.v2", "--runc-binary",
           engine.HUSK, "--snapshotter", "native", engine_containerd.BUSYBOX]

    @classmethod
    def setUpClass(cls):
        engine.skip_unless("root", "bpf", "program containerd",
                           "program containerd-shim-runc-v2", "program ctr")
        engine_containerd.Containerd("tracectrd", NAMESPACE).serve(cls)

    @classmethod
    def tearDownClass(cls):
        cls.engine.end_clean()

    def ctr(self, *words):
        return self.checked(words, self.engine.call(*words), 0)

    def test_container_is_named(self):
        name = f"traced-{self.engine.mark}"
        self.ctr(*self.RUN, name, "sleep", "3600")
        try:
            rows = [row.split() for row in self.ctr("task", "ls").out.splitlines()]
            pid = int(next(row[1] for row in rows if row[0] == name))
            self.check_traced(pid, "containerd", name)
        finally:
            self.engine.call("task", "delete", "--force", name)
            self.engine.call("container", "delete", name)
