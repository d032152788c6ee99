# SPDX-License-Identifier: GPL-2.0-or-later
"""The calls of the engines, word for word, with what they make of the answers.

Each class is one caller. Not run here: the engine itself (but see test_docker.py).
"""
import json
import os
import signal
import subprocess

import machine
from agent import Receiver
from husk import PATIENCE, ContainerTest, rows

TRAP = "trap 'echo TERM; exit 3' TERM; echo ready; while :; do sleep 3600 & wait $!; done"


class Caller(ContainerTest):
    """A container as the caller makes it; `globals_` stand before every command."""
    globals_ = []

    def call(self, *words, **options):
        return self.husk(*self.globals_, *words, **options)

    def created(self, args=("sleep", "3600"), edit=None, options=()):
        box = self.container(args, edit)
        box.create(*options)
        return box

    def live(self, script="sleep 3600 & echo ready; wait", **more):
        box = self.created(["sh", "-c", script], **more)
        self.call("start", box.id)
        self.assertEqual(box.line(), "ready")
        return box

    def process_file(self, *args, **members):
        path = self.folder / "process.json"
        path.write_text(json.dumps({"user": {"uid": 0, "gid": 0}, "args": args, "cwd": "/",
                                    "env": ["PATH=/bin", f"HUSK_TEST={self.mark}"], **members}))
        return path

    def console(self):
        """A console socket, as the caller listens at it, and its path."""
        path = self.folder / f"console-{self.new_id()}"
        receiver = Receiver(path)
        self.addCleanup(receiver.close)
        return receiver, path

    def shown_on(self, receiver):
        """What the container writes to the terminal that has come, up to its end."""
        _, (terminal,) = receiver.wait()
        text = b""
        while True:
            try:
                more = os.read(terminal, 4096)
            except OSError:  # EIO: nobody has the other side any more
                return text.decode()
            if not more:
                return text.decode()
            text += more

    def limits_text(self, pids):
        return json.dumps({"pids": {"limit": pids}})

    def limit_of(self, box):
        return (machine.cgroup_folder(box.first.pid, "pids") / "pids.max").read_text().strip()


class Podman(Caller):
    def setUp(self):
        super().setUp()
        # kill, delete, pause and resume get nothing else: no PATH, no HOME.
        self.bare = {"XDG_RUNTIME_DIR": str(self.folder)}

    def test_start_with_flags_of_the_configuration(self):
        """PO-01: each --runtime-flag becomes an option before the command."""
        box = self.created()
        self.husk("--log-level=debug", "--debug", "start", box.id, env={**self.bare, "PATH": ""})
        self.assertEqual(box.status(), "running")

    def test_update(self):
        """PO-02"""
        box = self.live()
        path = self.folder / "limits.json"
        path.write_text(self.limits_text(77))
        self.husk("update", f"--resources={path}", box.id, env=self.bare)
        self.assertEqual(self.limit_of(box), "77")

    def test_kill(self):
        """PO-03: by number; --all reaches everybody."""
        box = self.live(TRAP)
        self.husk("kill", box.id, "15", env=self.bare)
        self.assertEqual(box.line(), "TERM")
        box = self.live()
        self.husk("kill", "--all", box.id, "9", env=self.bare)
        self.assertEqual(box.first.wait_exit(), 128 + 9)

    def test_delete(self):
        """PO-04: by force, each time, and a second time."""
        box = self.live()
        for _ in range(2):
            self.husk("delete", "--force", box.id, env=self.bare)

    def test_pause_and_resume(self):
        """PO-05"""
        box = self.live()
        self.husk("pause", box.id, env=self.bare)
        self.assertEqual(box.status(), "paused")
        self.husk("resume", box.id, env=self.bare)
        self.assertEqual(box.status(), "running")

    def test_checkpoint_is_not_offered(self):
        """PO-06, PO-08, PO-13, CM-34, CM-35: the probe fails, and so do the calls."""
        self.husk("checkpoint", "--help", code=1)
        probe = self.husk("restore", "--lsm-mount-context", code=1)
        self.assertIn("flag needs an argument", probe.err)
        box = self.live()
        for words in (["checkpoint", "--image-path", "/x", "--work-path", "/x", "--leave-running",
                       "--tcp-established", "--file-locks", "--pre-dump", "--parent-path",
                       "../pre-checkpoint", box.id],
                      ["restore", "--tcp-established", "--tcp-close", "--file-locks",
                       "--lsm-mount-context=C", "--lsm-profile=selinux:L", "--detach", box.id]):
            self.assert_refused(self.husk(*words, code=1), "not supported")
        self.assertEqual(box.status(), "running")


class Conmon(Caller):
    """Its words before the command come from podman (PO-12)."""

    def setUp(self):
        super().setUp()
        self.log = self.folder / "oci-log"
        self.globals_ = ["--log-format=json", "--log", self.log]

    @rows([("plain", []), ("no-cgroups", ["--cgroup-manager", "disabled"])])
    def test_create(self, _, more):
        """CO-01, PO-12: streams are the container's, and the pid file is read at exit 0."""
        bundle = self.bundle(["echo", "from the container"])
        name, pid_file = self.new_id(), self.folder / "pidfile"
        self.globals_ += more
        with open(self.folder / "out", "w") as out:
            self.call("create", "--no-pivot", "--no-new-keyring", "--bundle", bundle.folder,
                      "--pid-file", pid_file, "--preserve-fds", "0", name, stdout=out, stderr=out)
            self.assertTrue(pid_file.read_text().isdigit())
            self.husk("start", name)
        self.assertEqual(os.waitid(os.P_PID, int(pid_file.read_text()), os.WEXITED).si_status, 0)
        self.assertEqual((self.folder / "out").read_text(), "from the container\n")
        self.assertEqual(self.log.read_text(), "")
        self.husk("delete", "--force", name)

    def test_exec(self):
        """CO-03: the pid file is that of a process which conmon can wait for."""
        box = self.live()
        pid_file = self.folder / "exec.pid"
        self.call("exec", "--pid-file", pid_file, "--process",
                  self.process_file("sh", "-c", "exit 5"), "--detach", box.id)
        ended = os.waitid(os.P_PID, int(pid_file.read_text()), os.WEXITED)
        self.assertEqual(ended.si_status, 5)

    def test_failure_is_one_object(self):
        """ER-02: podman reads the whole log as one."""
        box = self.live()
        self.call("exec", "--process", self.process_file("no-such-program"), "--detach",
                  "--pid-file", self.folder / "p", box.id, code=None)
        entry = json.loads(self.log.read_text())
        self.assertEqual(entry["level"], "error")
        self.assertRegex(entry["msg"], "executable file .* not found in|no such file or directory")

    def test_terminal(self):
        """CO-01, CO-03: one message with the master for each; conmon reads it to the end."""
        receiver, path = self.console()
        def edit(b):
            b.config["process"]["terminal"] = True
        box = self.created(["sh", "-c", "tty; read line"], edit, ["--console-socket", path])
        self.husk("start", box.id)
        exec_receiver, exec_path = self.console()
        self.call("exec", "--tty", "--pid-file", self.folder / "p", "--process",
                  self.process_file("tty", terminal=True), "--detach", "--console-socket",
                  exec_path, box.id)
        self.assertEqual(self.shown_on(exec_receiver).strip(), "/dev/pts/1")
        os.waitid(os.P_PID, int((self.folder / "p").read_text()), os.WEXITED)
        self.husk("kill", box.id, "9")
        self.assertEqual(self.shown_on(receiver).strip(), "/dev/pts/0")

    @rows([("not there", ["/no/such"], "executable file not found in|no such file or directory"),
           ("not in PATH", ["no-such"], "executable file .* not found in"),
           ("no program", ["/etc/passwd"], "permission denied")])
    def test_program_that_cannot_be_run(self, _, args, text):
        """ER-02, ER-03, ER-04: create fails, the log is one object, and its text is the code."""
        made = self.bundle(args)
        failed = self.call("create", "--bundle", made.folder, "--pid-file", self.folder / "pid",
                           self.new_id(), code=1)
        entry = json.loads(self.log.read_text())
        self.assertEqual(set(entry), {"msg", "level", "time"})
        self.assertRegex(entry["msg"].lower(), text)
        self.assertIn(entry["msg"], failed.err)
        self.assertFalse((self.folder / "pid").exists())

    def test_log_stays_empty_when_all_is_well(self):
        """ER-02: a warning in it would be read as a failure."""
        def edit(b):
            b.config["process"]["capabilities"]["bounding"].append("CAP_OF_TOMORROW")
        bundle, name = self.bundle(["true"], edit), self.new_id()
        self.call("create", "--bundle", bundle.folder, "--pid-file", self.folder / "pid", name,
                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        pid = int((self.folder / "pid").read_text())
        self.husk("start", name)
        self.assertEqual(os.waitid(os.P_PID, pid, os.WEXITED).si_status, 0)
        self.husk("delete", "--force", name)
        self.assertEqual(self.log.read_text(), "")

    def test_restore(self):
        """CO-02"""
        refused = self.call("restore", "--detach", "--image-path", "I", "--work-path", "W",
                            "--bundle", "B", "--pid-file", "P", "ID", code=1)
        self.assert_refused(refused, "restore is not supported")


class Containerd(Caller):
    """The shim by go-runc."""

    def setUp(self):
        super().setUp()
        self.root = self.folder / "runc" / "k8s.io"
        self.log = self.folder / "log.json"
        self.globals_ = ["--debug", "--log", self.log, "--log-format", "json", "--rootless=false"]

    def test_whole_life(self):
        """CT-01, CT-02, CT-03, CT-05, CT-06: root two folders deep, that nobody has made."""
        bundle = self.bundle(["sh", "-c", TRAP])
        name, pid_file = self.new_id(), self.folder / "init.pid"
        read_end, write_end = os.pipe()
        self.addCleanup(os.close, read_end)
        self.call("create", "--bundle", bundle.folder, "--pid-file", pid_file, "--no-pivot",
                  "--no-new-keyring", "--preserve-fds", "0", name, stdout=write_end,
                  stderr=write_end)
        os.close(write_end)
        self.call("start", name)
        self.assertEqual(os.read(read_end, 100), b"ready\n")
        self.call("kill", name, str(int(signal.SIGTERM)))
        self.assertEqual(os.waitid(os.P_PID, int(pid_file.read_text()), os.WEXITED).si_status, 3)
        self.call("kill", "--all", name, "9")
        self.call("delete", name)
        gone = self.call("delete", "--force", name)
        self.assertEqual((gone.out, gone.err), ("", ""))

    def test_terminal(self):
        """CT-02, CT-04: the shim copies from the master to its own pipes."""
        receiver, path = self.console()
        def edit(b):
            b.config["process"]["terminal"] = True
        box = self.created(["sh", "-c", "echo on a terminal"], edit, ["--console-socket", path])
        self.call("start", box.id)
        self.assertEqual(self.shown_on(receiver), "on a terminal\r\n")
        self.assertEqual(box.first.wait_exit(20 * PATIENCE), 0)
        self.call("delete", box.id)

    def test_error_is_the_last_of_its_level_in_the_log(self):
        """CT-01, ER-07: with --debug there is more, one object a line."""
        made = self.bundle(["no-such-program"])
        failed = self.call("create", "--bundle", made.folder, "--pid-file", self.folder / "pid",
                           self.new_id(), code=1)
        entries = [json.loads(line) for line in self.log.read_text().splitlines()]
        errors = [entry["msg"] for entry in entries if entry["level"] == "error"]
        self.assertEqual(failed.err, f"husk: {errors[-1]}\n")
        self.assertEqual({entry["level"] for entry in entries} - {"debug", "warning"}, {"error"})

    def test_cleanup_of_what_was_never_made(self):
        """CT-06: the shim's delete command, after a shim that died."""
        gone = self.call("delete", "--force", self.new_id())
        self.assertEqual((gone.out, gone.err), ("", ""))

    def test_version(self):
        """CT-11: go-runc takes the words behind these."""
        lines = self.husk("--version", root=False).out.splitlines()
        found = {}
        for line in lines:
            for key in ("husk version ", "commit: ", "spec: "):
                if line.startswith(key):
                    found[key] = line.removeprefix(key)
        self.assertTrue(all(found.get(key) for key in ("husk version ", "commit: ", "spec: ")),
                        lines)

    def test_what_is_gone_is_told_in_its_words(self):
        """CT-05, CT-06, ER-07: "not found" is read from the text."""
        box = self.created(["true"])
        self.husk("start", box.id)
        box.first.wait_exit()
        self.assertIn("container not running", self.call("kill", box.id, "15", code=1).err)
        for words in (["kill", "nobody", "9"], ["delete", "nobody"], ["state", "nobody"]):
            self.assertIn("does not exist", self.call(*words, code=1).err)

    def test_other_calls(self):
        """CT-07"""
        box = self.live()
        self.call("pause", box.id)
        self.assertEqual(json.loads(self.call("state", box.id).out)["status"], "paused")
        self.call("resume", box.id)
        self.assertEqual([c["id"] for c in json.loads(self.call("list", "--format=json").out)],
                         [box.id])
        self.assertIn(box.first.pid, json.loads(self.call("ps", "--format", "json", box.id).out))
        self.call("update", "--resources=-", box.id, input=self.limits_text(99))
        self.assertEqual(self.limit_of(box), "99")

    def test_exec(self):
        """CT-04: the file is deleted when the call has returned."""
        box, path = self.live(), self.process_file("sh", "-c", "exit 7")
        pid_file = self.folder / "exec.pid"
        self.call("exec", "--process", path, "--detach", "--pid-file", pid_file, box.id)
        path.unlink()
        self.assertEqual(os.waitid(os.P_PID, int(pid_file.read_text()), os.WEXITED).si_status, 7)

    def test_events(self):
        """CT-08"""
        box = self.live()
        line, = self.call("events", "--stats", box.id).out.splitlines()
        self.assertEqual((json.loads(line)["type"], json.loads(line)["id"]), ("stats", box.id))
        running = self.spawn("events", "--interval=1s", box.id)
        self.assertEqual(json.loads(running.stdout.readline())["type"], "stats")

    def test_checkpoint(self):
        """CT-09: single dashes too."""
        for words in (["checkpoint", "--image-path", "I", "--leave-running", "ID"],
                      ["restore", "--image-path", "I", "--detach", "--pid-file", "P",
                       "-no-subreaper", "--bundle", "B", "ID"]):
            self.assert_refused(self.call(*words, code=1), "not supported")

    def test_features(self):
        """CT-10: id-mapped mounts and user namespaces of pods are asked for here."""
        shown = json.loads(self.husk("features", root=False).out)
        self.assertTrue(shown["linux"]["mountExtensions"]["idmap"]["enabled"])
        self.assertIn("user", shown["linux"]["namespaces"])


class CriO(Caller):
    def setUp(self):
        super().setUp()
        self.environment = {"XDG_RUNTIME_DIR": str(self.folder), "HUSK_TEST": self.mark,
                            **{name: value for name, value in self.environment.items()
                               if name.endswith("SAN_OPTIONS")}}

    def test_direct_calls(self):
        """CR-01"""
        box = self.live()
        self.call("pause", box.id)
        self.assertEqual(json.loads(self.call("state", box.id).out)["status"], "paused")
        self.call("resume", box.id)

    def test_kill(self):
        """CR-02: by name or number; what is gone is read from stderr."""
        for words in (["15"], ["TERM"], ["SIGTERM"]):
            box = self.live(TRAP)
            self.call("kill", box.id, *words)
            self.assertEqual(box.first.wait_exit(), 3)
        self.assertRegex(self.call("kill", box.id, "KILL", code=1).err,
                         "no such process|container not running|invalid process")
        self.call("kill", "-a", box.id, "9")

    def test_stop_loop(self):
        """CR-02: asked again and again until the text says that it is gone, and then deleted."""
        box = self.live("trap : TERM; sleep 3600 & echo ready; wait; wait")
        self.call("kill", box.id, "TERM")
        self.call("kill", box.id, "KILL")
        self.assertTrue(box.first.has_ended(20 * PATIENCE))
        while (again := self.call("kill", box.id, "KILL", code=None)).code == 0:
            pass
        self.assertRegex(again.err, "no such process|container not running|invalid process")
        self.call("delete", "--force", box.id)

    def test_create_through_conmon(self):
        """CR-01: with the root in front, as conmon gets it by --runtime-arg."""
        root = self.folder / "crio-root"
        bundle, name, pid_file = self.bundle(["sleep", "60"]), self.new_id(), self.folder / "pid"
        self.husk("--root", root, "create", "--bundle", bundle.folder, "--pid-file", pid_file,
                  name, root=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for words in (["start"], ["state"], ["pause"], ["resume"], ["kill", "--all"]):
            operands = [name, "9"] if words[0] == "kill" else [name]
            self.husk("--root", root, *words, *operands, root=False)
        self.assertEqual(os.waitid(os.P_PID, int(pid_file.read_text()), os.WEXITED).si_status, 9)
        self.husk("--root", root, "delete", "--force", name, root=False)

    def test_update_and_delete(self):
        """CR-03"""
        box = self.live()
        self.call("update", "--resources", "-", box.id, input=self.limits_text(66))
        self.assertEqual(self.limit_of(box), "66")
        self.call("delete", "--force", box.id)

    def test_exec_in_the_foreground(self):
        """CR-04: the exit status is that of the process."""
        box = self.live()
        done = self.call("exec", "--process", self.process_file("sh", "-c", "echo hi; exit 9"),
                         box.id, code=9)
        self.assertEqual(done.out, "hi\n")

    def test_checkpoint(self):
        """CR-05"""
        self.assert_refused(self.call("checkpoint", "--file-locks", "--image-path", "P",
                                      "--work-path", "P", "--leave-running", "ID", code=1),
                            "checkpoint is not supported")

    def test_version_and_features(self):
        """CR-06"""
        self.assertIn("husk version ", self.husk("--version", root=False).out)
        self.assertIn("ociVersionMax", json.loads(self.husk("features", root=False).out))


class ConmonRs(Caller):
    def test_life(self):
        """OT-03: as conmon, with root and log in one word each."""
        root, log = self.folder / "rs-root", self.folder / "rs.log"
        bundle, name, pid_file = self.bundle(["true"]), self.new_id(), self.folder / "pid"
        front = [f"--root={root}", "--log-format=json", f"--log={log}"]
        self.husk(*front, "create", "--bundle", bundle.folder, "--pid-file", pid_file, name,
                  root=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.husk(*front, "start", name, root=False)
        self.assertEqual(os.waitid(os.P_PID, int(pid_file.read_text()), os.WEXITED).si_status, 0)
        self.husk(*front, "delete", "--force", name, root=False)
        self.assertEqual(log.read_text(), "")


class Buildah(Caller):
    def test_run(self):
        """OT-02: state is asked for until it is stopped, then the process is waited for."""
        box = self.created(["sh", "-c", "echo built"], options=["--no-new-keyring"])
        self.call("start", box.id)
        while (status := self.call("state", box.id).out) and "stopped" not in status:
            self.assertIn(json.loads(status)["status"], ("created", "running"))
        self.assertEqual(box.first.wait_exit(), 0)
        self.assertEqual(box.rest(), "built\n")
        self.call("delete", box.id)

    def test_kill(self):
        """OT-02"""
        box = self.live()
        self.call("kill", box.id, "SIGKILL")
        self.assertEqual(box.first.wait_exit(), 128 + 9)
        self.call("delete", box.id)

    def test_kill_without_a_signal(self):
        """OT-02: it is TERM then."""
        box = self.live(TRAP)
        self.call("kill", box.id)
        self.assertEqual(box.line(), "TERM")

    def test_terminal(self):
        """OT-02: buildah run with a terminal."""
        receiver, path = self.console()

        def edit(b):
            b.config["process"]["terminal"] = True
        box = self.created(["sh", "-c", "echo built"], edit,
                           ["--no-new-keyring", "--console-socket", path])
        self.call("start", box.id)
        self.assertEqual(self.shown_on(receiver), "built\r\n")
        self.assertEqual(box.first.wait_exit(20 * PATIENCE), 0)
        self.call("delete", box.id)
