# SPDX-License-Identifier: GPL-2.0-or-later
"""husk why for containers of podman and of containerd, by what these print: no option, no path.

Each container is deaf to TERM, for its first process has no handler. An engine that stops it sends
TERM, waits, then sends KILL and deletes it; what it never says is why that took so long.
"""
import json

import engine
import engine_containerd
import engine_podman

DEAF = ["sleep", "600"]
RULE = "PID 1 of a pid namespace gets only signals that it has a handler for."
REMEDY = "To mend it, let husk-init be PID 1: --init, or the annotation org.husk.init=true."


class WhyOfEngine:
    """Mixed into a test of an engine."""

    def why(self, *words):
        words = (engine.HUSK, "why", *words)
        return self.checked(words, self.engine.run(*words), 0).out

    def check_told(self, name, caller):
        """The time line, the rule and what to do about it; by the whole id and by its beginning."""
        told = self.why(name[:12])
        self.assertRegex(told, rf"^{name} ran for .+ and was killed")
        self.assertRegex(told, rf"It was asked to end: SIGTERM by `husk kill`, called by {caller}")
        self.assertIn(f"That came to nothing [inferred]: {RULE}", told)
        self.assertIn(REMEDY, told)
        self.assertRegex(told, rf"later SIGKILL was sent by `husk kill`, called by {caller}")
        events = json.loads(self.why("--json", name))["events"]
        sent = [(event["signal"], event["outcome"]) for event in events
                if event["kind"] == "signal"]
        self.assertEqual(sent[:2], [("SIGTERM", "ignored"), ("SIGKILL", "terminate")])


class ByPodman(WhyOfEngine, engine_podman.PodmanTest):
    @classmethod
    def setUpClass(cls):
        engine_podman.set_up()

    @classmethod
    def tearDownClass(cls):
        cls.engine.end_clean()

    def test_stop_of_a_deaf_one(self):
        """W-02, W-03: before and after `podman rm`."""
        name = self.start("exec " + " ".join(DEAF))
        whole = self.inspect(name, ".Id")
        # podman waits five seconds for the end of what it has killed, and no longer.
        self.podman("stop", "--time", "2", name, code=None)
        self.until(lambda: self.inspect(name, ".State.Status") == "exited", "podman sees the end")
        self.check_told(whole, "podman")
        self.podman("rm", name)
        self.check_told(whole, "podman")

    def test_init_of_husk_mends_it(self):
        """W-01: by the annotation that the rule names: its own TERM ends it."""
        name = self.start("exec " + " ".join(DEAF), "--annotation", "org.husk.init=true")
        whole = self.inspect(name, ".Id")
        self.podman("stop", "--time", "600", name)
        self.assertEqual(self.inspect(name, ".State.ExitCode"), "143")
        self.assertNotIn("came to nothing", self.why(whole))


class ByContainerd(WhyOfEngine, engine.EngineTest):
    """containerd's shim names a state root of its own, by namespace; it is found all the same."""

    RUN = ["run", "--detach", "--null-io", "--runtime", "io.containerd.runc.v2", "--runc-binary",
           engine.HUSK, "--snapshotter", "native", engine_containerd.BUSYBOX]

    @classmethod
    def setUpClass(cls):
        engine.skip_unless("root", "program containerd", "program containerd-shim-runc-v2",
                           "program ctr")
        engine_containerd.Containerd("whyctrd").serve(cls)

    @classmethod
    def tearDownClass(cls):
        cls.engine.end_clean()

    def ctr(self, *words):
        return self.checked(words, self.engine.call(*words), 0)

    def test_term_then_kill_as_its_callers_do(self):
        """W-02, W-03"""
        name = f"{self.engine.mark}-deaf"
        self.ctr(*self.RUN, name, *DEAF)
        try:
            self.ctr("task", "kill", "--signal", "SIGTERM", name)
            self.ctr("task", "kill", "--signal", "SIGKILL", name)
            self.until(lambda: "STOPPED" in self.ctr("task", "ls").out, "the task has stopped")
        finally:
            self.engine.call("task", "delete", "--force", name)
            self.engine.call("container", "delete", name)
        self.check_told(name, "containerd-shim")
        self.assertIn(f"  kept in /run/containerd/runc/{self.engine.namespace}", self.why(name))
