# SPDX-License-Identifier: GPL-2.0-or-later
"""husk-init, run as PID 1 by itself: every promise of it, and the others beside it."""
import ctypes
import json
import os
import pty
import random
import shutil
import signal
import stat
import subprocess
import time
from pathlib import Path

import init_launch
import machine
from husk import LIMIT, TEST_SECONDS, ContainerTest, rows
from init_launch import child_words, code_of, launch, main_child, with_own_proc
from process import Process
from test_terminal import Screen

# No test outlives it: whoever ends within it has ended by itself.
LONG = "--grace=1h"
# The limits of init-bench are for an idle machine; the answers of husk-init may take longer.
PATIENT = ["-n", "40"]


class InitTest(ContainerTest):
    def setUp(self):
        super().setUp()
        self.init = init_launch.binary()
        if not Path(self.init).exists():
            self.skipTest("needs husk-init beside husk")
        self.running = []

    def tearDown(self):
        for running in self.running:
            init_launch.end(running)
        super().tearDown()

    def named(self, name):
        """The program under another name."""
        path = self.folder / name
        if not path.exists():
            path.symlink_to(self.init)
        return str(path)

    def launch(self, *words, **options):
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.PIPE)
        options.setdefault("env", self.environment)
        self.running.append(launch(words, **options))
        return self.running[-1]

    def start(self, *words, **options):
        """husk-init with these words, once the child has said that it is ready."""
        running = self.launch(self.init, LONG, *words, **options)
        self.assertEqual(running.stdout.readline(), b"ready\n")
        return running

    def run_words(self, *words, **options):
        """(code, stdout, stderr) of the words as PID 1."""
        running = self.launch(*words, **options)
        out, err = running.communicate(timeout=LIMIT)
        return code_of(running), out.decode(), err.decode()

    def run_init(self, *words, code=0, **options):
        got, out, err = self.run_words(self.init, LONG, *words, **options)
        self.assertEqual(got, code, err)
        return out, err

    def stop(self, running, number=signal.SIGTERM):
        running.send_signal(number)
        return code_of(running)


# ---- 1. stop all, end when empty

class StopAll(InitTest):
    def run_tree(self, generations, **more):
        """(code, {name: how many TERMs}) of a stop of that many generations."""
        marks = self.folder / "marks"
        marks.mkdir()
        running = self.start("--", *child_words("tree", marks, generations), **more)
        code = self.stop(running)
        return code, {path.name: path.read_text() for path in marks.iterdir()}

    def check_tree(self, code, marks):
        """13 processes: children, sessions and orphans of three generations, each told once.

        The grace of this test is an hour: nobody had to be killed.
        """
        self.assertEqual(code, 7)
        self.assertEqual(len(marks), 1 + 3 + 9)
        self.assertEqual(set(marks.values()), {"1"})

    def test_everybody_hears_it_once_and_may_finish(self):
        self.check_tree(*self.run_tree(2))

    def test_everybody_below_hears_it_when_it_is_not_the_first_process(self):
        self.check_tree(*self.run_tree(2, as_first=False))

    @rows([("INT", signal.SIGINT), ("QUIT", signal.SIGQUIT)])
    def test_other_stop_signals(self, _, number):
        running = self.start("--", "sh", "-c", "echo ready; exec sleep 3600")
        self.assertEqual(self.stop(running, number), 128 + number)

    def test_stop_signal_of_the_image(self):
        running = self.start("--stop-signal", "RTMIN+3", "--", "sh", "-c",
                             "echo ready; exec sleep 3600")
        self.assertEqual(self.stop(running, signal.SIGRTMIN + 3), 128 + signal.SIGRTMIN + 3)

    def test_deaf_ones_are_killed_after_the_grace(self):
        running = self.start("--grace", "400ms", "--margin", "100ms", "--", *child_words("deaf"))
        begin = time.monotonic()
        self.assertEqual(self.stop(running), 128 + 9)
        self.assertGreaterEqual(time.monotonic() - begin, 0.29)

    def test_deaf_ones_are_killed_when_it_is_not_the_first_process(self):
        running = self.start("--grace=300ms", "--", *child_words("deaf"), as_first=False)
        self.assertEqual(self.stop(running), 128 + 9)


# ---- 2. the main child ends by itself

class MainEnds(InitTest):
    def test_the_others_may_finish(self):
        out, _ = self.run_init("--", *child_words("orphan", "wait"), code=3)
        self.assertEqual(out, "ready\nbye\n")

    def test_the_others_have_a_grace_of_their_own(self):
        begin = time.monotonic()
        self.run_init("--end-grace=200ms", "--", *child_words("orphan", "deaf"), code=3)
        self.assertGreaterEqual(time.monotonic() - begin, 0.2)

    def test_wait_all_asks_nobody(self):
        out, _ = self.run_init("--wait-all", "--", *child_words("orphan", "end"), code=3)
        self.assertEqual(out, "ready\ndone\n")


# ---- 3. no signal is lost

class NothingIsLost(InitTest):
    STOPS, AT_ONCE = 500, 20

    def test_stops_at_any_time_after_the_start(self):
        """Sent 0 to 50 ms after the start, as husk starts it: with all signals blocked."""
        moments = random.Random(1)
        codes = []
        for _ in range(self.STOPS // self.AT_ONCE):
            due = []
            for _ in range(self.AT_ONCE):
                running = self.launch(self.init, LONG, "--", "sleep", "3600", stdout=None,
                                      stderr=None)
                due.append((time.monotonic() + moments.uniform(0, 0.05), running.pid, running))
            for moment, _, running in sorted(due):
                time.sleep(max(0, moment - time.monotonic()))
                running.send_signal(signal.SIGTERM)
            codes += [code_of(running) for _, _, running in due]
        self.assertEqual(codes, [128 + 15] * self.STOPS)

    def test_what_was_pending_before_it_was_there(self):
        """The signal comes while another program is there, which has it blocked as well."""
        script = "import os,sys; os.kill(os.getpid(), 15); os.execv(sys.argv[1], sys.argv[1:])"
        running = self.launch(*child_words()[:1], "-c", script, self.init, LONG, "--",
                              "sleep", "3600")
        self.assertEqual(code_of(running), 128 + 15)


# ---- 4. a clean child

class CleanChild(InitTest):
    def lines(self, *options, **more):
        out, _ = self.run_init(*options, "--", *child_words("state"), **more)
        return out.splitlines()

    def ignoring(self, *options):
        """Started with HUP, CHLD and TERM ignored, all signals blocked."""
        out = self.run_words("sh", "-c", 'trap "" HUP TERM USR1; exec "$@"', "sh", self.init,
                             *options, "--", *child_words("state"))[1].splitlines()
        return [int(line.split(":")[1], 16) for line in out[:2]]

    PYTHON_IGNORES = 1 << 12 | 1 << 24  # PIPE and XFSZ, by itself

    def test_mask_and_dispositions_are_the_default_ones(self):
        blocked, ignored = self.ignoring()
        self.assertEqual((blocked, ignored & ~self.PYTHON_IGNORES), (0, 0))

    def test_or_those_that_were_inherited(self):
        blocked, ignored = self.ignoring("--keep-signals")
        self.assertEqual(blocked >> 14 & 1, 1)
        # Whoever started the tests may have left more ignored.
        wanted = 1 | 1 << 9 | 1 << 14
        self.assertEqual(ignored & wanted, wanted)

    def test_it_leads_a_group(self):
        self.assertIn("group True session False", self.lines())

    def test_an_ignored_sigchld_is_not_inherited(self):
        script = ("import os,signal,sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN); "
                  "os.execv(sys.argv[1], sys.argv[1:])")
        words = [*child_words()[:1], "-c", script]
        self.assertEqual(self.run_words(*words, self.init, "--", "sh", "-c", "exit 42")[0], 42)


# ---- 5. reaps everything

def memory_available():
    """In bytes."""
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) << 10
    return 0


class Reaps(InitTest):
    needs = ["root", "program gcc"]

    @rows(["storm", "burst"])
    def test_2000_orphans(self, kind):
        done = subprocess.run([init_launch.bench(), kind, "-n", "2000", f"init={self.init}"],
                              capture_output=True, text=True, check=True)
        self.assertEqual(done.stdout.splitlines()[-1].split()[-1], "0", done.stdout)

    def test_20000_orphans_at_once(self):
        """All of them live, then all of them end: no zombie is left."""
        if memory_available() < 4 << 30:
            self.skipTest("needs 4 GiB of memory for 20 000 processes")
        signal.alarm(4 * TEST_SECONDS)
        done = subprocess.run([init_launch.bench(), "burst", "-n", "20000", "1",
                               f"init={self.init}"], capture_output=True, text=True,
                              timeout=3.5 * TEST_SECONDS, check=True)
        if "could be made" in done.stdout:
            self.skipTest(f"needs 20 000 processes at once: {done.stdout.splitlines()[0]}")
        self.assertEqual(done.stdout.splitlines()[-1].split()[-1], "0", done.stdout)

    def test_idle_waits_without_a_timer(self):
        """rt_sigtimedwait with no time: nothing can wake it but a signal."""
        running = self.start("--", "sh", "-c", "echo ready; exec sleep 3600")
        process, number = Process(running.pid), {"x86_64": "128", "aarch64": "137"}
        call = process.file("syscall").split()
        while call[0] != number[os.uname().machine]:
            call = process.file("syscall").split()
        self.assertEqual(call[3], "0x0")


# ---- 6. forwards

class Forwards(InitTest):
    needs = ["root", "processor x86_64", "program gcc"]

    def test_every_signal_reaches_the_child(self):
        """But SIGCHLD. The three stop signals are made ordinary ones for it."""
        stops = ["--forward=TERM=child", "--forward=INT=child", "--forward=QUIT=child"]
        words = [f"init={self.init} {' '.join(stops)} --"]
        done = subprocess.run([init_launch.bench(), "behave", *PATIENT, *words],
                              capture_output=True, text=True, check=True)
        table = matrix(done.stdout)
        self.assertEqual(table["signals 1-31 that do not reach the child"]["init"], "none")
        self.assertEqual(table["real-time signals that reach it"]["init"], "30 of 30")

    def queue(self, running, number, value):
        value = ctypes.c_void_p(value)  # a union of int and pointer, passed as the pointer is
        self.assertEqual(machine.libc.sigqueue(running.pid, int(number), value), 0)

    def test_values_of_sigqueue_are_kept(self):
        running = self.start("--", *child_words("sets"))
        for number in (signal.SIGUSR1, signal.SIGRTMIN + 5, signal.SIGUSR2):
            self.queue(running, number, 4242)
            self.assertEqual(running.stdout.readline().decode().split(),
                             [str(int(number)), "-1", "4242"])

    def test_values_are_kept_for_a_group(self):
        reason = machine.lacks("linux 6.9")
        if reason:
            self.skipTest(reason)
        running = self.start("--forward=USR1=group", "--", *child_words("sets"))
        self.queue(running, signal.SIGUSR1, 77)
        self.assertEqual(running.stdout.readline().split()[2], b"77")

    @rows([("child", 1), ("group", 2), ("all", 2)])
    def test_targets(self, target, count):
        running = self.start("--forward", f"USR1={target}", "--", *child_words("group"))
        running.send_signal(signal.SIGUSR1)
        seen = {running.stdout.readline() for _ in range(count)}
        self.assertEqual(seen, {b"main\n", b"helper\n"} if count == 2 else {b"main\n"})

    def map_drop_and_delay(self, delay):
        """The signals that reach the child, up to the delayed one, and the time it took."""
        running = self.start("--map", "HUP=ABRT", "--drop", "WINCH", "--delay", f"USR2={delay}ms",
                             "--", *child_words("sets"))
        begin = time.monotonic()
        for number in (signal.SIGWINCH, signal.SIGUSR2, signal.SIGHUP):
            running.send_signal(number)
        lines = running.stdout.read().split(b"\n")[:-1]
        return [line.split()[0] for line in lines], time.monotonic() - begin

    def test_map_drop_and_delay(self):
        delay = 100
        seen, taken = self.map_drop_and_delay(delay)
        while seen == [b"12"] and delay < 60000:  # it was over before the next signal was sent
            delay *= 10
            seen, taken = self.map_drop_and_delay(delay)
        self.assertEqual(seen, [b"6", b"12"])
        self.assertGreaterEqual(taken, delay / 1000)


# ---- 7. exit codes

class ExitCodes(InitTest):
    @rows([("zero", "exit 0", 0), ("answer", "exit 42", 42), ("segv", "kill -SEGV $$", 139),
           ("kill", "kill -KILL $$", 137), ("real-time", "kill -38 $$", 166)])
    def test_the_childs(self, _, script, code):
        self.run_init("--", "sh", "-c", script, code=code)

    @rows([("missing", "no-such-program", 127), ("path", "/no/such/program", 127),
           ("folder", "/etc", 126), ("plain file", "/etc/passwd", 126), ("empty", "", 127)])
    def test_what_cannot_run(self, _, name, code):
        _, err = self.run_init("--", name, code=code)
        self.assertEqual(len(err.splitlines()), 1, err)
        self.assertTrue(err.startswith(f"husk-init: exec {name}: "), err)

    def test_path_is_searched_and_scripts_without_a_head_are_for_the_shell(self):
        first, second = self.folder / "first", self.folder / "second"
        for folder in (first, second):
            folder.mkdir()
        (first / "prog").write_text("not executable")
        (second / "prog").write_text('echo "$0 $1"; exit 4')
        (second / "prog").chmod(0o755)
        out, _ = self.run_init("--", "prog", "word", code=4,
                               env={"PATH": f"/none:{first}:{second}:/bin"})
        self.assertEqual(out, f"{second}/prog word\n")

    def test_stop_is_success_only_when_asked_for(self):
        running = self.start("--stop-is-success", "--", "sh", "-c", "echo ready; exec sleep 3600")
        self.assertEqual(self.stop(running), 0)
        self.run_init("--stop-is-success", "--", "sh", "-c", "kill -TERM $$", code=143)

    def test_exit_map(self):
        self.run_init("--exit-map", "143=0", "--exit-map=3=4", "--", "sh", "-c", "exit 3", code=4)


# ---- 8. last words

class LastWords(InitTest):
    def test_one_line_says_who_stopped_it(self):
        running = self.start("-v", "--", "sh", "-c", "echo ready; exec sleep 3600")
        self.stop(running)
        line = running.stderr.read().decode()
        self.assertRegex(line, r"^husk-init: SIGTERM from outside of the container after [\d.]+ s; "
                               r"sent to all; main child ended by SIGTERM after [\d.]+ s; "
                               r"reaped: 1; the stop took [\d.]+ s; exit 143\n$")

    def test_a_sender_inside_has_a_number(self):
        _, err = self.run_init("-v", "--", "sh", "-c", "kill -TERM 1; sleep 3600", code=143)
        self.assertRegex(err, r"SIGTERM from process [2-9] of uid 0 after")

    def test_it_is_silent_without_v_and_a_terminal(self):
        self.assertEqual(self.run_init("--", "true"), ("", ""))

    def test_report_is_json_of_its_owner_in_the_folder_it_was_started_in(self):
        self.run_init("--report", "report.json", "--", "sh", "-c", "exit 5", code=5,
                      cwd=self.folder)
        path = self.folder / "report.json"
        report = json.loads(path.read_text())
        self.assertEqual((report["version"], report["exit"], report["main"]),
                         (1, 5, {"pid": 2, "code": 5}))
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        self.assertEqual(os.listdir(self.folder), ["report.json"])

    def test_report_tells_of_escalation(self):
        path = self.folder / "report.json"
        running = self.start("--grace=100ms", "--report", path, "--", *child_words("deaf"))
        self.stop(running)
        report = json.loads(path.read_text())
        self.assertEqual((report["main"]["signal"], report["stop"]["pid"]), ("SIGKILL", 0))
        self.assertGreaterEqual(report["killed_after_ms"], report["stop"]["after_ms"])

    def test_report_that_cannot_be_is_said_before_the_start(self):
        _, err = self.run_init("--report", "/no/such/folder/r", "--", "true", code=125)
        self.assertIn("/no/such/folder/r", err)


# ---- 9. the terminal

class JobControl(InitTest):
    needs = ["root", "program setsid"]

    def test_a_shell_stops_and_continues_it_as_a_job(self):
        master, slave = pty.openpty()
        self.addCleanup(os.close, master)
        screen = Screen(master)
        running = subprocess.Popen(
            ["setsid", "--ctty", *child_words("shell", self.init, "--", *child_words("terminal"))],
            stdin=slave, stdout=slave, stderr=slave)
        self.running.append(running)
        os.close(slave)
        screen.expect("ready True")
        screen.type("one\n")
        screen.expect("read one")
        screen.type("\x1a")
        seen = screen.expect(f"job stopped by {int(signal.SIGTSTP)}")
        if "continued" not in seen:
            screen.expect("continued")
        screen.type("two\n")
        screen.expect("read two")
        screen.type("\x04")
        last = screen.expect("foreground True")
        self.assertIn("husk-init: main child ended with 0", last)
        self.assertIn("job ended with 0", last)

    def test_ctrl_c_ends_it_with_130(self):
        master, slave = pty.openpty()
        self.addCleanup(os.close, master)
        screen = Screen(master)
        running = self.launch("setsid", "--ctty", self.init, "--", *child_words("terminal"),
                              stdin=slave, stdout=slave, stderr=slave)
        os.close(slave)
        screen.expect("ready True")
        screen.type("\x03")
        screen.expect("main child ended by SIGINT")
        self.assertEqual(code_of(running), 130)


# ---- 10. anywhere

class Anywhere(InitTest):
    def test_not_the_first_process_it_reaps_what_is_orphaned_below_it(self):
        out, err = self.run_init("-v", "--", *child_words("orphan", "wait"), code=3, as_first=False)
        self.assertEqual(out, "ready\nbye\n")
        self.assertIn("reaped: 2", err)

    def test_others_are_left_alone_when_it_is_not_the_first_process(self):
        """kill(-1) would have ended this one, and the test."""
        other = subprocess.Popen(["sleep", "3600"])
        self.running.append(other)
        running = self.start("--", "sh", "-c", "echo ready; exec sleep 3600", as_first=False)
        self.assertEqual(self.stop(running), 128 + 15)
        self.assertIsNone(other.poll())

    def test_inits_may_be_nested(self):
        inner = [self.named("tini"), "-s", "--", self.init, "--"]
        running = self.start("--", *inner, *child_words("deaf")[:0], "sh", "-c",
                             "trap 'exit 9' TERM; echo ready; while :; do sleep 0.1; done")
        self.assertEqual(self.stop(running), 9)

    def test_listen_pid_is_the_childs(self):
        out, _ = self.run_init("--", *child_words("state"), env={
            "PATH": init_launch.PATH, "LISTEN_PID": "1", "LISTEN_FDS": "1", "LISTEN_PIDFDID": "9"})
        self.assertIn("LISTEN_PID 2\nLISTEN_FDS 1\nLISTEN_PIDFDID None\n", out)

    def test_listen_pid_of_another_is_left_alone(self):
        out, _ = self.run_init("--", *child_words("state"),
                               env={"PATH": init_launch.PATH, "LISTEN_PID": "77"})
        self.assertIn("LISTEN_PID 77\n", out)

    def test_it_holds_no_folder_and_no_descriptor(self):
        with open(self.folder / "held", "w") as held:
            held_fd = held.fileno()
            running = self.start("--", "sh", "-c", "pwd >&2; echo ready; exec sleep 3600",
                                 cwd=self.folder, pass_fds=[held_fd])
        process = Process(running.pid)
        # The child is there before the init has let go of all; the test's own alarm ends this.
        while process.link("cwd") != "/" or len(os.listdir(f"/proc/{running.pid}/fd")) > 3:
            os.sched_yield()
        self.assertEqual(os.listdir(f"/proc/{running.pid}/fd"), ["0", "1", "2"])
        self.assertEqual(running.stderr.readline().decode().strip(), str(self.folder))
        self.assertTrue(Path(f"/proc/{main_child(running).pid}/fd/{held_fd}").is_symlink())

    def test_without_proc_dev_and_any_file_of_it(self):
        root = self.folder / "root"
        root.mkdir()
        shutil.copy2("/bin/busybox", root / "busybox")
        words = child_words("bare_root", self.init, root, "--", "/busybox", "sh", "-c")
        self.assertEqual(self.run_words(*words, "exit 3")[0], 3)
        # A pipe, as a shell without /dev/null cannot put anything into its background.
        loop = "trap 'echo bye >&2; exit' TERM; echo ready >&2; while :; do /busybox sleep 0.05; done"
        running = self.launch(*words, f'/busybox setsid /busybox sh -c "{loop}" | /busybox cat')
        self.assertEqual(running.stderr.readline(), b"ready\n")
        self.assertEqual(self.stop(running), 143)
        self.assertIn(b"bye\n", running.stderr.read())


# ---- 11., 12. orphans, pause

class OrphansAndPause(InitTest):
    def test_old_orphans_are_asked_to_end(self):
        running = self.launch(*with_own_proc([self.init, "--orphan-timeout", "200ms", "--",
                                              *child_words("keeper")]))
        self.assertEqual(running.stdout.readline(), b"ready\n")
        self.assertEqual(running.stdout.readline(), b"bye\n")
        self.assertIsNone(running.poll())

    @rows(["husk-init", "tini", "docker-init", "dumb-init", "catatonit", "podman-init"])
    def test_pause(self, name):
        for number in (signal.SIGTERM, signal.SIGINT):
            running = self.launch(self.named(name), "-P")
            running.send_signal(signal.SIGHUP)
            self.assertEqual(self.stop(running, number), 0)


# ---- 13. other names

class OtherNames(InitTest):
    """Command lines as they stand in Dockerfiles, and what engines call."""

    PUBLISHED = [
        ("tini", "--"), ("tini", "-g", "--"), ("tini", "-s", "--"), ("tini", "-v", "--"),
        ("tini", "-vvv", "--"), ("tini", "-w", "--"), ("tini", "-p", "SIGTERM", "--"),
        ("tini", "-p", "SIGKILL", "-s", "--"), ("tini", "-e", "143", "--"),
        ("tini", "-g", "-e", "143", "-e", "130", "--"), ("tini", "-sg", "--"),
        ("tini-static", "--"), ("docker-init", "--"), ("dumb-init", "--"), ("dumb-init",), ("dumb-init", "-c"),
        ("dumb-init", "-c", "--"), ("dumb-init", "--single-child", "--"), ("dumb-init", "-v", "--"),
        ("dumb-init", "--rewrite", "15:3", "--"), ("dumb-init", "-r", "15:2", "-r", "2:15", "--"),
        ("dumb-init", "--rewrite", "15:15", "--"), ("catatonit", "--"), ("catatonit", "-g", "--"),
    ]

    @rows([(" ".join(words), words) for words in PUBLISHED])
    def test_published_command_line(self, _, words):
        name, *options = words
        code, out, err = self.run_words(self.named(name), *options, "sh", "-c", "echo out; exit 5")
        self.assertEqual(code, 5, err)
        self.assertIn("out", out.splitlines())

    @rows([("tini", 127, 126), ("dumb-init", 2, 2), ("catatonit", 1, 1)])
    def test_exec_failures(self, name, missing, refused):
        self.assertEqual(self.run_words(self.named(name), "--", "no-such-program")[0], missing)
        self.assertEqual(self.run_words(self.named(name), "--", "/etc/passwd")[0], refused)
        self.assertEqual(self.run_words(self.named(name), "--", "/etc")[0], refused)
        self.assertEqual(self.run_words(self.named(name))[0], 1)

    def test_what_daemons_read(self):
        for name in ("tini", "docker-init"):
            code, out, err = self.run_words(self.named(name), "--version")
            self.assertEqual((code, err), (0, ""))
            self.assertRegex(out, r"^tini version [^ ]+ - git\.[0-9a-z]+\n$")
        self.assertEqual(self.run_words(self.named("catatonit"), "--version"),
                         (0, "tini version 0.1.7_catatonit\n", ""))
        self.assertEqual(self.run_words(self.named("dumb-init"), "-V"),
                         (0, "", "dumb-init v1.2.5\n"))

    @rows([("tini", [], 143), ("tini -e", ["-e", "143"], 0), ("dumb-init", [], 143),
           ("dumb-init -r", ["-r", "15:2"], 130), ("dumb-init -c", ["-c"], 143),
           ("catatonit", [], 143)])
    def test_term_reaches_the_child(self, name, options, code):
        running = self.launch(self.named(name.split()[0]), *options, "--", "sh", "-c",
                              "echo ready; exec sleep 3600", blocked=False)
        self.assertEqual(running.stdout.readline(), b"ready\n")
        self.assertEqual(self.stop(running), code)

    @rows([("tini", [], 1), ("tini -g", ["-g"], 2), ("dumb-init", [], 2),
           ("dumb-init -c", ["-c"], 1), ("catatonit", [], 1), ("catatonit -g", ["-g"], 2)])
    def test_targets(self, name, options, count):
        running = self.launch(self.named(name.split()[0]), *options, "--", *child_words("group"),
                              blocked=False)
        self.assertEqual(running.stdout.readline(), b"ready\n")
        running.send_signal(signal.SIGUSR1)
        seen = sorted(running.stdout.readline() for _ in range(count))
        self.assertEqual(seen, [b"helper\n", b"main\n"][-count:])

    @rows([("tini", "group True session False"), ("dumb-init", "group True session True"),
           ("catatonit", "group True session False")])
    def test_place_of_the_child(self, name, place):
        self.assertIn(place, self.run_words(self.named(name), "--", *child_words("state"))[1])

    @rows(["tini", "dumb-init", "catatonit"])
    def test_main_child_ends_all(self, name):
        code, _, _ = self.run_words(self.named(name), "--", *child_words("orphan", "deaf"))
        self.assertEqual(code, 3)

    @rows(["tini", "dumb-init", "catatonit"])
    def test_ignored_sigchld_does_not_hang(self, name):
        script = ("import os,signal,sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN); "
                  "os.execv(sys.argv[1], sys.argv[1:])")
        words = [*child_words()[:1], "-c", script, self.named(name)]
        self.assertEqual(self.run_words(*words, "--", "sh", "-c", "exit 42")[0], 42)

    def test_streams_of_tini(self):
        code, out, err = self.run_words(self.named("tini"), "-vv", "--", "no-such-program")
        self.assertEqual(code, 127)
        self.assertIn("[INFO  tini (1)] ", out)
        self.assertIn("[FATAL tini (2)] exec no-such-program failed: "
                      "No such file or directory\n", err)

    def test_w_warns_of_orphans(self):
        running = self.launch(self.named("tini"), "-w", "--", "sh", "-c",
                              "sh -c 'true & echo' | cat >/dev/null; read end",
                              stdin=subprocess.PIPE)
        self.assertRegex(running.stderr.readline().decode(),
                         r"\[WARN  tini \(1\)\] Reaped zombie process with pid=\d+")
        running.stdin.close()
        self.assertEqual(code_of(running), 1)  # of read, at the end of the file

    def test_reserved_variable_of_catatonit(self):
        self.assertEqual(self.run_words(self.named("catatonit"), "true",
                                        env={"CATATONIT_LOG": ""})[0], 1)


# ---- 14. what it is made of, and the whole beside the others

class Figures(InitTest):
    def test_it_is_static_and_small(self):
        self.assertLessEqual(os.path.getsize(self.init), 24 * 1024)
        with open(self.init, "rb") as program:
            self.assertNotIn(b"ld-linux", program.read())

    def test_it_takes_40_kib_of_memory_and_no_more_later(self):
        running = self.start("--", "sh", "-c", "echo ready; exec sleep 3600")
        process = Process(running.pid)
        before = process.file("smaps_rollup")
        rss = int(next(line for line in before.splitlines() if line.startswith("Rss:")).split()[1])
        self.assertLessEqual(rss, 40)
        size = process.status("VmSize")
        for number in (signal.SIGUSR1, signal.SIGHUP, signal.SIGWINCH):
            running.send_signal(signal.SIGCONT)
        self.assertEqual(process.status("VmSize"), size)


def matrix(text):
    """{question: {init: answer}} of what init-bench behave prints."""
    lines = [[cell.strip() for cell in line.strip("|\n").split("|")]
             for line in text.splitlines() if line.startswith("|") and not line.startswith("|---")]
    names = lines[0][1:]
    return {line[0]: dict(zip(names, line[1:])) for line in lines[1:]}


class Matrix(InitTest):
    """The behaviour matrix. Only our column is asserted; the others' are shown beside it."""

    needs = ["root", "processor x86_64", "program gcc"]

    EXPECTED = {
        "child exits 42": "exit 42",
        "child dies of SIGSEGV": "exit 139",
        "child dies of SIGKILL": "exit 137",
        "child dies of SIGTERM": "exit 143",
        "child dies of a real-time signal": "exit 165",
        "command does not exist": "exit 127",
        "of 200 orphans, zombies left": "0",
        "SIGTERM, child has no handler": "exit 143",
        "SIGTERM, child ignores it": "runs on",  # until the grace is over: StopAll
        "child leads its process group / session": "yes / no",
        # INT, the first of them, stops all; a second and a third stop are not passed on.
        "signals 1-31 that do not reach the child": "3,15",
        "real-time signals that reach it": "30 of 30",
        "sigqueue(SIGRTMIN+5, 4242): value, si_code": "4242, -1",
        "sigqueue(SIGUSR1, 4243): value, si_code": "4243, -1",
        "ten SIGRTMIN+5 at once: arrive": "10",
        "SIGUSR1 goes to child / its process group": "1 / 0",
        "main child exits 7, another one runs": "exit 7",
        "... the other got SIGTERM / could finish": "yes / yes",
        "... the same, started with all signals blocked": "0% lost",
        "SIGCHLD inherited as ignored, child exits 42": "exit 42, child has it default",
        "all signals inherited blocked: child's mask": "clear",
        "... and SIGTERM": "exit 143",
        "child reads from the terminal": "yes",
        "^C: SIGINTs the child gets": "1",
        "^Z: SIGTSTPs the child gets": "1",
        "SIGTSTP at the init: state of init / child": "S / T",
    }

    def behave(self, name, *words, options=()):
        return subprocess.Popen([init_launch.bench(), "behave", *options,
                                 f"{name}={' '.join(words)}"], stdout=subprocess.PIPE, text=True)

    def test_each_question(self):
        # A grace that is not over before all signals have been tried.
        ours = matrix(self.behave("husk-init", self.init, LONG, "--",
                                  options=PATIENT).communicate()[0])
        peers = {name: self.behave(name, *words) for name, words in init_launch.PEERS.items()
                 if machine.lacks(f"program {words[0]}") is None}
        columns = {name: matrix(peer.communicate()[0]) for name, peer in peers.items()}
        self.show(ours, columns)
        for question, answer in self.EXPECTED.items():
            with self.subTest(question):
                self.assertEqual(ours[question]["husk-init"][:len(answer)], answer)

    def show(self, ours, columns):
        init_launch.notes.append("| behaviour | husk-init | " + " | ".join(columns) + " |")
        for question, answers in ours.items():
            cells = [column[question][name] for name, column in columns.items()]
            init_launch.notes.append("| ".join(["", question + " ", answers["husk-init"] + " ",
                                                " | ".join(cells)]) + " |")


# ---- the other processor

class Arm64(InitTest):
    """Built with the cross compiler, run by an emulator."""

    needs = ["root", "program aarch64-linux-gnu-gcc", "program qemu-aarch64-static"]

    def emulated(self, *words, name="husk-init"):
        return ["qemu-aarch64-static", "-0", name, init_launch.arm64_binary(), *words]

    def test_size(self):
        self.assertLessEqual(os.path.getsize(init_launch.arm64_binary()), 24 * 1024)

    @rows([("zero", "exit 0", 0), ("answer", "exit 42", 42), ("segv", "kill -SEGV $$", 139)])
    def test_exit_code(self, _, script, code):
        self.assertEqual(self.run_words(*self.emulated("--", "sh", "-c", script))[0], code)

    def test_missing_program(self):
        code, _, err = self.run_words(*self.emulated("--", "no-such-program"))
        self.assertEqual((code, err), (127, "husk-init: exec no-such-program: "
                                            "No such file or directory\n"))

    def test_stop_reaches_all(self):
        out = self.run_words(*self.emulated("--", *child_words("orphan", "wait")))
        self.assertEqual(out[:2], (3, "ready\nbye\n"))

    def test_term(self):
        running = self.launch(*self.emulated("--", "sh", "-c", "echo ready; exec sleep 3600"),
                              blocked=False)
        self.assertEqual(running.stdout.readline(), b"ready\n")
        self.assertEqual(self.stop(running), 143)

    def test_other_names(self):
        self.assertEqual(self.run_words(*self.emulated("-V", name="dumb-init"))[2],
                         "dumb-init v1.2.5\n")
        self.assertEqual(self.run_words(*self.emulated("-e", "5", "--", "sh", "-c", "exit 5",
                                                       name="tini"))[0], 0)
