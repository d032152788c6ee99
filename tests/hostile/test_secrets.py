# SPDX-License-Identifier: GPL-2.0-or-later
"""What a configuration holds goes to the program, and into no log, complaint, story or core file."""
import ctypes
import json
import os
import resource
import secrets
import signal
import subprocess
from pathlib import Path

from harm import HostileTest, libc
from husk import rows
from process import LIMIT, Process

PTRACE_POKEUSER, PTRACE_CONT, PTRACE_DETACH, PTRACE_SEIZE, PTRACE_INTERRUPT = (
    6, 7, 17, 0x4206, 0x4207)
OFFSET_OF_RIP = 16 * 8  # sys/user.h, x86-64
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


def write_config(text):
    """An `edit` that is applied to the written config.json itself: for what JSON cannot hold."""
    return lambda path: path.write_text(text(path.read_text()))


class Secrets(HostileTest):
    def setUp(self):
        super().setUp()
        self.secret = "s3cret" + secrets.token_hex(4)
        self.log = self.folder / "log"
        self.said = []

    def hold(self, made):
        """A bundle's configuration with the secret in all places where one may be."""
        made.config["process"]["env"].append(f"PASSWORD={self.secret}")
        made.config["process"]["args"] += ["3600", f"--password={self.secret}"]
        made.config["annotations"] = {"com.example.token": self.secret}

    def call(self, *words, **more):
        """husk with everything it logs, to stderr and to a file."""
        more.setdefault("code", None)
        for options in (["--debug"], ["--debug", "--log", self.log],
                        ["--debug", "--log", self.log, "--log-format", "json"]):
            done = self.husk(*options, *words, **more)
            self.said += [done.err]
            if more["code"] == 0:
                self.said += [done.out]
        return done

    def assert_kept(self):
        """Nothing that was said or written holds it, but the two files that are for husk alone."""
        texts = {f"said {number}": text for number, text in enumerate(self.said)}
        for path in filter(Path.is_file, [self.log, *self.root.rglob("*")]):
            mode = path.stat().st_mode & 0o777
            if path.name in ("config.json", "state.json"):
                self.assertEqual(mode, 0o600, path)
            else:
                texts[str(path)] = path.read_text(errors="replace")
        for path in filter(Path.is_dir, self.root.rglob("*")):
            self.assertEqual(path.stat().st_mode & 0o777, 0o700, path)
        self.assertEqual([name for name, text in texts.items() if self.secret in text], [])

    def shell(self, *words):
        return ["sh", "-c", " ".join(words)]

    def test_a_whole_life(self):
        box = self.start(self.shell("while :; do sleep 3600; done"), self.hold)
        # It is there: this is no search for something that never was.
        self.assertIn(self.secret, box.first.file("environ"))
        self.call("exec", "--env", f"MORE={self.secret}", box.id, "true", self.secret)
        self.call("exec", "--env", f"MORE={self.secret}", box.id, "/nonexistent", self.secret)
        self.call("update", "--pids-limit", "100", box.id)
        self.call("kill", box.id, "TERM")
        self.call("list")
        self.call("why", box.id)
        self.call("doctor", box.id)
        self.assert_kept()
        self.call("stop", "--timeout", "0s", box.id)
        self.call("delete", box.id)
        self.call("why", box.id, code=0)
        self.assert_kept()

    @rows(["create", "run"])
    def test_what_cannot_be_created(self, verb):
        def spoil(change):
            def edit(made):
                self.hold(made)
                change(made.config)
            return edit
        for change in (
                lambda c: c["process"].update(args=["/nonexistent", self.secret]),
                lambda c: c["process"]["env"].append(self.secret),
                lambda c: c["process"]["env"].append(5),
                lambda c: c["process"].update(cwd="/nonexistent"),
                lambda c: c["process"].update(user={"uid": -1}),
                lambda c: c["mounts"].append({"destination": "/x", "type": "nonsense",
                                              "source": "x"}),
                lambda c: c.update(hooks={"createRuntime": [
                    {"path": "/bin/false", "env": [f"PASSWORD={self.secret}"]}]}),
                lambda c: c.update(hooks={"createRuntime": [
                    {"path": "/bin/true", "env": [self.secret]}]}),
                lambda c: c["linux"].update(sysctl={"kernel.nonsense": "1"})):
            made = self.bundle(["sleep"], spoil(change))
            self.call(verb, "--bundle", made.folder, self.new_id())
        self.assert_kept()
        self.assert_nothing_left()

    def test_what_is_no_json(self):
        """The parser that husk uses quotes what it stumbled over."""
        made = self.bundle(["sleep"], self.hold)
        path = made.folder / "config.json"
        whole = path.read_text()
        assignment = f'"PASSWORD={self.secret}"'
        self.assertIn(assignment, whole)
        for broken in (f'5 {assignment}', f'{assignment[:-1]}\n"', assignment[1:], assignment[:-1],
                       f'{assignment}{assignment}', f'\\q{assignment}', self.secret,
                       f'"{self.secret}\\ud800"', f'"{self.secret}\\u0000"'):
            path.write_text(whole.replace(assignment, broken))
            done = self.call("run", "--bundle", made.folder, self.new_id(), code=1)
            self.assertIn("config.json: line ", done.err or self.log.read_text())
        process = self.folder / "process.json"
        process.write_text(json.dumps(made.config["process"]).replace(assignment,
                                                                      f"5 {assignment}"))
        box = self.start()
        self.call("exec", "--process", process, box.id, code=255)
        self.call("exec", "--env", self.secret, box.id, "true", code=255)
        self.assert_kept()


class Core(HostileTest):
    """A husk that dies of a fault leaves no copy of its memory."""

    needs = ["root", "processor x86_64"]

    def setUp(self):
        super().setUp()
        self.where = Path("/proc/sys/kernel/core_pattern").read_text().strip()
        if self.where.startswith("|"):
            self.skipTest("needs a kernel that writes core files by itself")

    def crash(self, pid):
        """Let it go on at address 0, as a fault of its own would."""
        libc.ptrace(PTRACE_SEIZE, pid, None, None)
        libc.ptrace(PTRACE_INTERRUPT, pid, None, None)
        os.waitid(os.P_PID, pid, os.WSTOPPED | os.WNOWAIT)
        os.waitpid(pid, 0)
        libc.ptrace(PTRACE_POKEUSER, pid, OFFSET_OF_RIP, None)
        libc.ptrace(PTRACE_CONT, pid, None, None)
        while True:
            _, status = os.waitpid(pid, 0)
            if not os.WIFSTOPPED(status):
                return status
            libc.ptrace(PTRACE_CONT, pid, None, os.WSTOPSIG(status))

    def spawn_with_core(self, words):
        def unlimited():
            resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY,) * 2)
        return subprocess.Popen(words, cwd=self.folder, env=self.environment, preexec_fn=unlimited,
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)

    def test_in_the_foreground(self):
        other = self.spawn_with_core(["sleep", "3600"])
        status = self.crash(other.pid)
        other.returncode = 0
        self.assertTrue(os.WCOREDUMP(status), "the unprotected way leaves one")
        name = self.new_id()
        made = self.bundle(["sleep", "3600"])
        husk = self.spawn_with_core(self.command("run", "--bundle", made.folder, name))
        while '"running"' not in self.husk("state", name, code=None).out:
            self.assertIsNone(husk.poll())
        status = self.crash(husk.pid)
        husk.returncode = 0
        self.assertEqual(os.WTERMSIG(status), signal.SIGSEGV)
        self.assertFalse(os.WCOREDUMP(status))
        self.husk("delete", "--force", name)


class GivenUp(HostileTest):
    """While it attends a container husk has two capabilities, and its hooks have them all."""

    KEPT = 1 << 1 | 1 << 5  # CAP_DAC_OVERRIDE, CAP_KILL

    def attending(self, name, *words):
        """The process of `husk run`, once it has nothing to do but to wait."""
        call = self.spawn(*words)
        process = Process(call.pid)
        while '"running"' not in self.husk("state", name, code=None).out or \
                process.capabilities("CapEff") != self.KEPT:
            self.assertIsNone(call.poll())
        return call, process

    def test_run_in_the_foreground(self):
        seen = self.folder / "seen"

        def edit(made):
            made.config["hooks"] = {"poststop": [
                {"path": "/bin/sh", "args": ["sh", "-c", f"grep CapEff /proc/self/status >{seen}"]}]}
            made.config["process"]["user"] = {"uid": 1000, "gid": 1000}
        made, name = self.bundle(["sleep", "3600"], edit), self.new_id()
        mine = Process(os.getpid()).capabilities("CapEff")
        call, process = self.attending(name, "run", "--bundle", made.folder, name)
        self.assertEqual(process.capabilities("CapPrm"), self.KEPT)
        call.send_signal(signal.SIGQUIT)  # still passed on, to a process of another user
        self.husk("kill", name, "KILL")
        self.assertEqual(call.wait(LIMIT), 137)
        self.assertEqual(int(seen.read_text().split()[1], 16), mine)
        self.assert_nothing_left()

    def test_exec_in_the_foreground(self):
        box = self.start()
        call = self.spawn("exec", box.id, "sleep", "3600")
        process = Process(call.pid)
        while process.capabilities("CapPrm") != self.KEPT:
            self.assertIsNone(call.poll())
        call.terminate()
        self.assertEqual(call.wait(LIMIT), 143)
