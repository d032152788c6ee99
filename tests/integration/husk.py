# SPDX-License-Identifier: GPL-2.0-or-later
"""husk under test.

A test class derives from ContainerTest and says what it needs:

    class KillFirstProcess(ContainerTest):
        needs = ["root", "linux 5.14"]

        def test_sigkill_from_outside_ends_it(self):
            box = self.start(args=["sleep", "3600"])
            box.husk("kill", box.id, "KILL")
            self.assertEqual(box.first.wait_exit(timeout=5), 128 + 9)

Every test has a state folder of its own. What it has made is taken away with `husk delete
--force` when it ends, and then it fails if anything is left: process, cgroup, mount, state.
"""
import itertools
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path
from typing import NamedTuple

import machine
from bundle import Bundle, rootless
from process import LIMIT, PATIENCE, Process

TOP = Path(__file__).resolve().parents[2]
BINARY = os.environ.get("HUSK", str(TOP / "build" / "husk"))
# Global options for every call of husk: the tests again, with another cgroup manager, say.
OPTIONS = os.environ.get("HUSK_TEST_OPTIONS", "").split()
TEST_SECONDS = 300 * PATIENCE  # a test that hangs fails, and the others go on

machine.adopt_orphans()
machine.start_clean()
numbers = itertools.count(1)


class Result(NamedTuple):
    code: int
    out: str
    err: str


def rows(table):
    """Turns one test method into one per row: each row's first item becomes part of its name.

    A row may be a plain string. The method gets the row's items as arguments.
    """
    def keep(method):
        method.rows = [(row,) if isinstance(row, str) else tuple(row) for row in table]
        return method
    return keep


class ContainerTest(unittest.TestCase):
    needs = ["root"]
    as_user = False  # run husk as an ordinary user
    global_options = OPTIONS

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        for name, method in list(vars(cls).items()):
            if hasattr(method, "rows"):
                delattr(cls, name)
                for row in method.rows:
                    setattr(cls, f"{name}[{row[0]}]", bound_row(method, row))

    # ---- before and after

    def setUp(self):
        for need in self.needs:
            reason = machine.lacks(need)
            if reason:
                self.skipTest(reason)
        signal.signal(signal.SIGALRM, out_of_time)
        signal.alarm(TEST_SECONDS)
        self.addCleanup(signal.alarm, 0)  # also when the setUp of a subclass skips the test
        self.mark = f"husk-test-{os.getpid()}-{next(numbers)}"
        self.folder = Path(tempfile.mkdtemp(prefix=self.mark + "-"))
        self.folder.chmod(0o755)
        self.addCleanup(shutil.rmtree, self.folder)
        self.root = self.folder / "state"
        self.made = []
        self.running = []
        self.binary = BINARY
        self.environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HUSK_TEST": self.mark}
        if os.environ.get("ASAN_OPTIONS"):
            self.environment.update({name: value for name, value in os.environ.items()
                                     if name.endswith("SAN_OPTIONS")})
        self.prefix = []
        if self.as_user:
            self.become_ordinary()

    def become_ordinary(self):
        """A user with a runtime folder and programs within reach: the checkout may not be."""
        home = self.folder / "user"
        home.mkdir(mode=0o755)
        for name in ("husk", "husk-init", "husk-lab", "husk-systemd", "husk-top"):
            if (Path(BINARY).parent / name).exists():
                shutil.copy2(Path(BINARY).parent / name, home / name)
        self.binary = str(home / "husk")
        runtime = self.folder / "runtime"
        runtime.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(runtime, machine.ORDINARY_UID, machine.ORDINARY_UID)
        self.root = runtime / "husk"
        self.environment.update(XDG_RUNTIME_DIR=str(runtime), HOME=str(runtime), USER="guest")
        self.prefix = machine.as_ordinary_user()

    def tearDown(self):
        try:
            self.end_running()
            for box in self.made:
                box.end()
        finally:
            left = machine.leftovers(self.mark, self.root)
            if left:
                machine.clear(self.mark)
            signal.alarm(0)
        if left:
            self.fail("left behind: " + "; ".join(left))

    def end_running(self):
        """A test that stopped half way may have a husk in the foreground, and its container."""
        unfinished = [one for one in self.running if one.poll() is None]
        for one in unfinished:
            one.kill()
        for one in self.running:
            one.wait()
            for stream in filter(None, (one.stdout, one.stderr)):
                stream.close()
        for name in machine.states_in(self.root) if unfinished else []:
            self.husk("delete", "--force", name)

    def assert_nothing_left(self):
        """No delete was needed: what ran is gone with all it had."""
        self.assertEqual(machine.leftovers(self.mark, self.root), [])

    # ---- husk

    def command(self, *arguments, root=True):
        """The words of a call of husk; with the test's state folder unless told not to."""
        where = ["--root", str(self.root)] if root else []
        return [*self.prefix, self.binary, *where, *self.global_options, *map(str, arguments)]

    def husk(self, *arguments, code=0, root=True, timeout=60, **options):
        """Run husk to its end. `code` is the exit status it must have; None for any."""
        options.setdefault("env", self.environment)
        options.setdefault("stdin", None if "input" in options else subprocess.DEVNULL)
        options.setdefault("cwd", self.folder)
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.PIPE)
        done = subprocess.run(self.command(*arguments, root=root), text=True,
                              timeout=timeout * PATIENCE, **options)
        if code is not None and done.returncode != code:
            self.fail(f"husk {' '.join(map(str, arguments))}: exit status {done.returncode}, "
                      f"not {code}\nstdout: {done.stdout}\nstderr: {done.stderr}")
        return Result(done.returncode, done.stdout, done.stderr)

    def spawn(self, *arguments, **options):
        """Start husk and do not wait for it: a Popen with pipes for stdout and stderr."""
        options.setdefault("env", self.environment)
        options.setdefault("stdin", subprocess.DEVNULL)
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.PIPE)
        self.running.append(subprocess.Popen(self.command(*arguments), text=True, **options))
        return self.running[-1]

    def assert_refused(self, result, *fragments):
        """One line on stderr that begins with husk: and holds the fragments; nothing else."""
        self.assertEqual(result.out, "")
        lines = result.err.splitlines()
        self.assertEqual(len(lines), 1, result.err)
        self.assertTrue(lines[0].startswith("husk: "), lines[0])
        for fragment in fragments:
            self.assertIn(fragment, lines[0])

    # ---- containers

    def new_id(self):
        return f"{self.mark}-{next(numbers)}"

    def bundle(self, args=("true",), edit=None):
        """A bundle folder; `edit` is called with the Bundle and may change bundle.config."""
        made = Bundle(self.folder / f"bundle-{next(numbers)}", args, self.mark)
        if self.as_user:
            rootless(made.config, machine.ORDINARY_UID if os.geteuid() == 0 else os.geteuid())
        if edit:
            edit(made)
        return made.write()

    def container(self, args=("true",), edit=None):
        """A container that husk has not been told of yet."""
        return Container(self, self.bundle(args, edit))

    def create(self, args=("sleep", "3600"), edit=None, options=(), **more):
        box = self.container(args, edit)
        box.create(*options, **more)
        return box

    def start(self, args=("sleep", "3600"), edit=None, options=(), **more):
        box = self.create(args, edit, options, **more)
        self.husk("start", box.id)
        return box

    def run_in(self, args, edit=None, options=(), code=0, **more):
        """`husk run` in the foreground, to its end."""
        bundle = self.bundle(args, edit)
        return self.husk("run", "--bundle", bundle.folder, *options, self.new_id(), code=code,
                         **more)

    def shell(self, script, edit=None, code=0, **more):
        """What a shell script prints inside a container, without the last end of line."""
        return self.run_in(["sh", "-c", script], edit, code=code, **more).out.rstrip("\n")


def bound_row(method, row):
    def test(self):
        method(self, *row)
    test.__doc__ = method.__doc__
    return test


def out_of_time(*_):
    raise AssertionError(f"the test takes longer than {TEST_SECONDS} s")


class Container:
    """One container of a test, from create to delete."""

    def __init__(self, test, bundle):
        self.test = test
        self.bundle = bundle
        self.id = test.new_id()
        self.pid_file = test.folder / f"{self.id}.pid"
        self.first = None
        self.output = None

    def create(self, *options, code=0, verb="create", **more):
        """`husk create`; stdout of the container goes to a pipe that `line` and `rest` read."""
        read_end, write_end = os.pipe()
        self.output = open(read_end, "rb", buffering=0)
        self.test.addCleanup(self.output.close)
        self.errors = self.test.folder / f"{self.id}.err"
        words = self.test.command(verb, "--bundle", self.bundle.folder, *self.pid_words(),
                                  *options, self.id)
        more.setdefault("env", self.test.environment)
        more.setdefault("stdin", subprocess.DEVNULL)
        with open(self.errors, "wb") as stderr, open(write_end, "wb") as stdout:
            done = subprocess.run(words, stdout=stdout, stderr=stderr,
                                  timeout=LIMIT, **more)
        if done.returncode != code:
            self.test.fail(f"husk {verb}: exit status {done.returncode}, not {code}: "
                           + self.errors.read_text())
        if done.returncode == 0:
            self.test.made.append(self)
            self.first = Process(int(self.pid_file.read_text()))
        return done.returncode

    def pid_words(self):
        """An ordinary user's pid file lies where that user may write."""
        if self.test.as_user:
            self.pid_file = Path(self.test.environment["XDG_RUNTIME_DIR"]) / f"{self.id}.pid"
        return ["--pid-file", self.pid_file]

    def husk(self, *arguments, **options):
        return self.test.husk(*arguments, **options)

    def state(self):
        return json.loads(self.husk("state", self.id).out)

    def status(self):
        return self.state()["status"]

    def line(self, timeout=60):
        """The next line that the container prints, without its end."""
        ready, line = select.poll(), b""
        ready.register(self.output, select.POLLIN)
        while not line.endswith(b"\n"):
            if not ready.poll(timeout * PATIENCE * 1000):
                raise AssertionError(f"no line after {timeout * PATIENCE} s: {line}")
            more = self.output.read(1)
            if not more:
                raise AssertionError(f"end of output after {line}: {self.errors.read_text()}")
            line += more
        return line[:-1].decode()

    def rest(self):
        """All further output, up to the end of file: nobody holds the pipe any more."""
        return self.output.read().decode()

    def end(self):
        """At the end of the test: gone, in whatever state it was."""
        self.husk("delete", "--force", self.id)
