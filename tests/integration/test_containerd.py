# SPDX-License-Identifier: GPL-2.0-or-later
"""containerd and its client ctr, with husk below the shim io.containerd.runc.v2. CT-01..CT-13."""
import re

import engine
import machine
from engine import TRAP, WAIT
from engine_containerd import BUSYBOX, Containerd
from process import Process

RUNTIME = ["--runtime", "io.containerd.runc.v2", "--runc-binary", engine.HUSK,
           "--snapshotter", "native"]


class ContainerdTest(engine.EngineTest):
    def setUp(self):
        self.names = []

    def tearDown(self):
        for name in self.names:
            self.ctr("task", "rm", "--force", name, code=None)
            self.ctr("container", "rm", name, code=None)
        super().tearDown()

    def ctr(self, *words, code=0, **options):
        return self.checked(words, self.engine.call(*words, **options), code)

    def new_name(self):
        self.names.append(f"{self.id().split('.')[-1]}-{len(self.names)}")
        return self.names[-1]

    def run_in(self, *words, options=(), code=0, **more):
        """ctr run --rm, to its end."""
        return self.ctr("run", "--rm", *RUNTIME, *options, BUSYBOX, self.new_name(), *words,
                        code=code, **more)

    def start(self, script, *options):
        """A container in the background, and the file with its output."""
        name = self.new_name()
        log = self.engine.folder / f"{name}.log"
        self.ctr("run", "--detach", *RUNTIME, "--log-uri", f"file://{log}", *options, BUSYBOX,
                 name, "sh", "-c", script)
        return name, log

    def status(self, name):
        rows = [line.split() for line in self.ctr("task", "ls").out.splitlines()]
        return next((row[2] for row in rows if row[0] == name), None)

    def wait_for_line(self, log, line):
        self.until(lambda: log.exists() and line in log.read_text().splitlines(),
                   f"{log.name} has {line}")

    def wait_for_end(self, name):
        """Its exit code, once it has stopped; the task is then gone."""
        self.until(lambda: self.status(name) == "STOPPED", f"{name} stops")
        warning = self.ctr("task", "rm", name).err
        return int((re.search(r"non-zero exit code (\d+)", warning) or [0, 0])[1])


def setUpModule():
    engine.skip_unless("root", "program containerd", "program containerd-shim-runc-v2",
                       "program ctr")
    Containerd("containerd").serve(ContainerdTest)


def tearDownModule():
    ContainerdTest.engine.end_clean()


class Run(ContainerdTest):
    def test_output_and_exit_code(self):
        """CT-01..CT-03, CT-06, CT-13"""
        self.assertEqual(self.run_in("echo", "hello").out, "hello\n")
        for code in (1, 255):
            self.run_in("sh", "-c", f"exit {code}", code=code)

    def test_what_cannot_run(self):
        """ER-07: ctr shows the words that the shim has read from the log."""
        for word, words in (("no-such-program", "not found in $PATH: no such file or directory"),
                            ("/bin/no-such-program", "no such file or directory"),
                            ("/etc/passwd", "permission denied")):
            failed = self.run_in(word, code=1)
            self.assertIn(f'"{word}"', failed.err)
            self.assertIn(words, failed.err)

    def test_options(self):
        folder = self.engine.new_folder("volume")
        (folder / "file").write_text("outside\n")
        options = ["--env=A=b", "--cwd=/tmp", "--read-only", "--cap-drop=CAP_CHOWN",
                   f"--mount=type=bind,src={folder},dst=/mnt,options=rbind:ro"]
        script = "echo $A; pwd; touch /new /mnt/new 2>/dev/null || " \
                 "echo read-only; cat /mnt/file"
        self.assertEqual(self.run_in("sh", "-c", script, options=options).out.split(),
                         ["b", "/tmp", "read-only", "outside"])

    def test_user_namespace(self):
        seen = self.run_in("cat", "/proc/self/uid_map", options=[
            "--uidmap=0:100000:65536", "--gidmap=0:100000:65536"]).out.split()
        self.assertEqual(seen, ["0", "100000", "65536"])

    def test_terminal(self):
        """The size comes from ctr; the exit code too."""
        call, screen = self.on_terminal(
            ["run", "--rm", "--tty", *RUNTIME, BUSYBOX, self.new_name(), "sh"], 33, 111)
        screen.type('until [ "$(stty size)" = "33 111" ]; do sleep 0.1; done; echo si""zed\n')
        screen.expect("sized", WAIT)
        screen.type("exit 5\n")
        self.assertEqual(call.wait(WAIT), 5)


class Life(ContainerdTest):
    def test_exec(self):
        """CT-04"""
        name, _ = self.start("sleep 1000")
        words = ["task", "exec", "--exec-id"]
        self.assertEqual(self.ctr(*words, "e1", name, "echo", "inside").out, "inside\n")
        self.ctr(*words, "e2", name, "sh", "-c", "exit 9", code=9)
        shown = self.ctr(*words, "e3", "--user", "5:6", "--cwd", "/tmp", name, "sh", "-c",
                         "id -u; id -g; pwd").out
        self.assertEqual(shown.split(), ["5", "6", "/tmp"])
        failed = self.ctr(*words, "e4", name, "no-such-program", code=1)
        self.assertIn('"no-such-program" not found in $PATH', failed.err)

    def test_kill_and_delete(self):
        """CT-05, CT-06"""
        name, log = self.start(TRAP)
        self.wait_for_line(log, "ready")
        self.ctr("task", "kill", "--signal", "SIGTERM", name)
        self.assertEqual(self.wait_for_end(name), 3)
        self.assertEqual(log.read_text(), "ready\ngot\n")
        self.assertEqual(self.engine.states(), [])

    def test_kill_of_all(self):
        """CT-05: kill --all, with the pid namespace of the machine"""
        ns = f"pid:/proc/{self.engine.holder.pid}/ns/pid"
        name, log = self.start("sleep 1001 & echo ready; wait", "--with-ns", ns)
        self.wait_for_line(log, "ready")
        both = [Process(pid) for pid in self.pids(name)]
        self.ctr("task", "kill", "--all", "--signal", "SIGKILL", name)
        self.assertEqual([one.has_ended(WAIT) for one in both], [True, True])
        self.assertEqual(self.wait_for_end(name), 137)

    def test_kill_of_a_stopped_one_is_not_found(self):
        """ER-07"""
        name, _ = self.start("true")
        self.until(lambda: self.status(name) == "STOPPED", f"{name} stops")
        self.assertIn("not found", self.ctr("task", "kill", name, code=1).err)

    def test_pause(self):
        """CT-07"""
        name, _ = self.start("sleep 1000")
        self.ctr("task", "pause", name)
        self.assertEqual(self.status(name), "PAUSED")
        self.ctr("task", "resume", name)
        self.assertEqual(self.status(name), "RUNNING")

    def test_processes(self):
        """CT-07"""
        name, log = self.start("sleep 1001 & echo ready; wait")
        self.wait_for_line(log, "ready")
        self.assertEqual(len(self.pids(name)), 2)

    def pids(self, name):
        return [int(line.split()[0]) for line in self.ctr("task", "ps", name).out.splitlines()[1:]]

    def test_limits(self):
        """CT-08: what the kernel holds, and what the shim reads from there"""
        name, _ = self.start("sleep 1000", "--memory-limit", str(64 << 20), "--cpu-quota", "50000",
                             "--cpu-period", "100000")
        folder = machine.cgroup_folder(self.pids(name)[0], "memory")
        limit = "memory.max" if machine.is_pure_v2() else "memory.limit_in_bytes"
        self.assertEqual((folder / limit).read_text().strip(), str(64 << 20))
        self.assertIn("memory", self.ctr("task", "metrics", name).out)

    def test_end_of_memory(self):
        name, _ = self.start("tail /dev/zero", "--memory-limit", str(16 << 20))
        self.assertEqual(self.wait_for_end(name), 137)

    def test_checkpoint_is_refused(self):
        """CT-09"""
        name, _ = self.start("sleep 1000")
        self.assertIn("not supported", self.ctr("task", "checkpoint", name, code=1).err)
        self.assertEqual(self.status(name), "RUNNING")

    def test_several_at_a_time(self):
        words = ["run", "--rm", *RUNTIME, BUSYBOX]
        running = [self.engine.begin(*words, self.new_name(), "sh", "-c", f"exit {code}")
                   for code in range(4)]
        self.assertEqual([one.wait(WAIT) for one in running], list(range(4)))
