# SPDX-License-Identifier: GPL-2.0-or-later
"""exec --tty-hangup-kills: the processes of one exec are a unit that is listed, killed and ended."""
import array
import contextlib
import fcntl
import json
import os
import pty
import signal
import socket
import subprocess
import termios

from husk import PATIENCE, ContainerTest, rows
import machine
from machine import CGROUP, cgroup_folder, is_pure_v2
from process import Process
from test_terminal import Screen

WAIT = 20 * PATIENCE

# When it prints "ready" there are four processes: the shell, a child, one that was forked twice and
# one in a session of its own, to which the terminal is nothing any more.
FAMILY = "sleep 601 & (sleep 602 &); setsid sh -c 'echo ready; exec sleep 603' & wait"


def annotated(value):
    def edit(b):
        b.config["annotations"] = {"org.husk.exec-hangup-kills": value}
    return edit


class Caller:
    """A husk in the foreground on a terminal of its own."""

    def __init__(self, test, box, script, options=("--tty-hangup-kills",), controls=True):
        master, slave = pty.openpty()
        self.screen = Screen(master)
        test.addCleanup(self.hang_up)

        def take_terminal():
            os.setsid()
            if controls:
                fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        self.husk = test.spawn("exec", "--tty", *options, box.id, "sh", "-c", script,
                               stdin=slave, stdout=slave, stderr=slave,
                               preexec_fn=take_terminal)
        os.close(slave)

    def hang_up(self):
        if self.screen:
            os.close(self.screen.fd)
        self.screen = None

    def wait(self):
        return self.husk.wait(WAIT)


class SessionTest(ContainerTest):
    def setUp(self):
        self.left = []
        super().setUp()

    def tearDown(self):
        # A pid namespace does not end before we have collected what is our child in it.
        for running in self.running:
            if running.poll() is None:
                running.terminate()
                running.wait(WAIT)
        for process in self.left:
            with contextlib.suppress(ProcessLookupError):
                process.kill_and_wait()
        machine.reap_orphans()
        for box in self.made:
            box.end()
        # Who watches a detached session is our child by now, and ends with the container.
        self.collect()
        super().tearDown()

    def collect(self):
        """Wait for every child, own ones and those that were left to us."""
        with contextlib.suppress(ChildProcessError):
            while True:
                os.waitpid(-1, 0)

    def await_watchers(self, box):
        """Those that husk has left behind are our children, beside the container's first process."""
        for pid in Process(os.getpid()).children():
            if pid != box.first.pid:
                self.assertTrue(Process(pid).has_ended(WAIT), pid)

    def sessions(self, box):
        return json.loads(self.husk("exec", "--list", "--format", "json", box.id).out)

    def only_session(self, box):
        found, = self.sessions(box)
        return found

    def processes(self, box):
        return [Process(pid) for pid in self.only_session(box)["pids"]]

    def folders(self, box):
        """The cgroups of its sessions."""
        return [os.path.join(at, name) for at, names, _ in os.walk(CGROUP) for name in names
                if name.startswith("husk-exec-") and box.id in at]

    def assert_ended(self, processes):
        for process in processes:
            self.assertTrue(process.has_ended(WAIT), process.pid)

    def open(self, box, script=FAMILY, **more):
        """A session on a terminal, when it is ready; and its processes."""
        caller = Caller(self, box, script, **more)
        caller.screen.expect("ready")
        return caller, self.processes(box)

    def detached(self, box, *words, options=()):
        path = self.folder / "exec.pid"
        self.husk("exec", "--detach", "--tty-hangup-kills", "--pid-file", path, *options,
                  box.id, *words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.left.append(Process(int(path.read_text())))
        return self.left[-1]


class Hangup(SessionTest):
    """An exec whose terminal goes away leaves nothing behind, if that is asked for."""

    @rows([("controlling", True), ("other", False)])
    def test_all_end_when_the_terminal_hangs_up(self, _, controls):
        """A child, one forked twice, one that called setsid(2)."""
        box = self.start()
        caller, processes = self.open(box, controls=controls)
        self.assertEqual(len(processes), 4)
        caller.hang_up()
        self.assert_ended(processes)
        self.assertEqual(caller.wait(), 128 + 1)
        self.assertEqual(self.folders(box), [])
        self.assertEqual(box.status(), "running")

    def test_who_ignores_it_is_killed(self):
        box = self.start()
        caller, processes = self.open(box, "trap '' HUP; " + FAMILY)
        caller.hang_up()
        self.assert_ended(processes)
        self.assertEqual(caller.wait(), 128 + 9)
        self.assertEqual(self.folders(box), [])

    def test_sighup_of_husk_is_the_same(self):
        box = self.start()
        caller, processes = self.open(box)
        caller.husk.send_signal(signal.SIGHUP)
        self.assert_ended(processes)
        self.assertEqual(caller.wait(), 128 + 1)

    def test_stopped_ones_end_too(self):
        """SIGCONT follows SIGHUP."""
        box = self.start()
        caller, processes = self.open(box)
        for process in processes:
            process.send(signal.SIGSTOP)
        caller.hang_up()
        self.assert_ended(processes)
        self.assertEqual(caller.wait(), 128 + 1)

    def test_what_is_left_ends_with_the_first_process(self):
        box = self.start()
        script = "setsid sh -c 'echo ready; exec sleep 601' & read line; exit 7"
        caller, processes = self.open(box, script)
        caller.screen.type("\n")
        self.assertEqual(caller.wait(), 7)
        self.assert_ended(processes)
        self.assertEqual(self.folders(box), [])

    def test_without_a_terminal_too(self):
        box = self.start()
        shown = self.husk("exec", "--tty-hangup-kills", box.id, "sh", "-c",
                          "sleep 601 >/dev/null 2>&1 & echo $!; exit 3", code=3).out
        self.assertTrue(shown.strip().isdigit())
        self.assertEqual(json.loads(self.husk("ps", "--format", "json", box.id).out),
                         [box.first.pid])
        self.assertEqual(self.folders(box), [])

    def test_others_are_left_alone(self):
        """A second session and a plain exec go on."""
        box = self.start()
        other = self.detached(box, "sleep", "601")
        plain = self.spawn("exec", box.id, "sh", "-c", "echo here; exec sleep 602")
        self.assertEqual(plain.stdout.readline(), "here\n")
        caller = Caller(self, box, FAMILY)
        caller.screen.expect("ready")
        caller.hang_up()
        self.assertEqual(caller.wait(), 128 + 1)
        self.assertEqual(self.only_session(box)["pids"], [other.pid])
        self.assertIsNone(plain.poll())

    def test_without_the_option_they_stay(self):
        """As with other runtimes: nothing changes for who does not ask."""
        box = self.start()
        caller = Caller(self, box, "setsid sh -c 'echo ready; exec sleep 601' & wait",
                        options=[])
        caller.screen.expect("ready")
        self.assertEqual(self.sessions(box), [])
        caller.hang_up()
        # By the SIGHUP that it passes on, or by a second one, of its own terminal, after that.
        self.assertIn(caller.wait(), (128 + 1, -1))
        pids = json.loads(self.husk("ps", "--format", "json", box.id).out)
        left, = [Process(pid) for pid in pids if pid != box.first.pid]
        self.assertEqual(left.file("cgroup"), box.first.file("cgroup"))
        self.assertFalse(left.has_ended())


class Detached(SessionTest):
    """Who watches is a process that husk leaves behind; CT-04, CO-03."""

    def listen(self):
        listener = socket.socket(socket.AF_UNIX)
        self.addCleanup(listener.close)
        before = os.getcwd()
        os.chdir(self.folder)
        listener.bind("console")
        os.chdir(before)
        listener.listen()
        listener.settimeout(WAIT)
        return listener

    def on_terminal(self, box, script):
        """The first process, and the master of its terminal, as an engine gets them."""
        listener = self.listen()
        first = self.detached(box, "sh", "-c", script,
                              options=["--tty", "--console-socket", self.folder / "console"])
        with listener.accept()[0] as connection:
            _, ancillary, _, _ = connection.recvmsg(100, socket.CMSG_SPACE(4))
            (_, _, fds), = ancillary
            self.assertEqual(connection.recv(10), b"")
        fd, = array.array("i", fds)
        return first, Screen(fd)

    @rows([("plain", "", 1), ("ignored", "trap '' HUP; ", 9)])
    def test_all_end_when_the_master_is_closed(self, _, before, number):
        box = self.start()
        first, screen = self.on_terminal(box, before + FAMILY)
        screen.expect("ready")
        processes = self.processes(box)
        self.assertEqual(len(processes), 4)
        os.close(screen.fd)
        self.assert_ended(processes)
        self.assertEqual(first.wait_exit(WAIT), 128 + number)
        self.await_watchers(box)
        self.assertEqual(self.folders(box), [])

    def test_what_is_left_ends_with_the_first_process(self):
        box = self.start()
        first, screen = self.on_terminal(
            box, "setsid sh -c 'echo ready; exec sleep 601' & read line; exit 7")
        self.addCleanup(os.close, screen.fd)
        screen.expect("ready")
        processes = self.processes(box)
        screen.type("\n")
        self.assert_ended(processes)
        self.assertEqual(first.wait_exit(WAIT), 7)
        self.await_watchers(box)
        self.assertEqual(self.folders(box), [])

    def test_end_of_the_terminal_is_seen(self):
        """The watcher does not hold the terminal open: its reader gets to the end."""
        box = self.start()
        _, screen = self.on_terminal(box, "echo ready; read line; exit 0")
        self.addCleanup(os.close, screen.fd)
        screen.expect("ready")
        screen.type("\n")
        with self.assertRaisesRegex(AssertionError, "end before"):
            screen.expect("no such word")

    def test_without_a_terminal(self):
        box = self.start()
        first = self.detached(box, "sh", "-c", "sleep 601 & sleep 602 & kill -STOP $$; exit 4")
        os.waitid(os.P_PIDFD, first.fd, os.WSTOPPED | os.WNOWAIT)
        processes = self.processes(box)
        self.assertEqual(len(processes), 3)
        first.send(signal.SIGCONT)
        self.assertEqual(first.wait_exit(WAIT), 4)
        self.assert_ended(processes)
        self.await_watchers(box)
        self.assertEqual(self.folders(box), [])

    def test_nobody_keeps_the_pipes(self):
        """CO-06: husk returns, and its streams end, while the session goes on."""
        box = self.start()
        result = self.husk("exec", "--detach", "--tty-hangup-kills", box.id, "sh", "-c",
                           "exec sleep 601 </dev/null >/dev/null 2>&1")
        self.assertEqual((result.out, result.err), ("", ""))
        self.left = self.processes(box)
        self.assertTrue(self.only_session(box)["running"])


class ListAndKill(SessionTest):
    def test_list(self):
        """The session is called by the number that the pid file has."""
        box = self.start()
        self.assertEqual(self.sessions(box), [])
        first, second = self.detached(box, "sleep", "601"), self.detached(box, "sleep", "602")
        self.assertEqual(self.sessions(box),
                         [{"session": str(p.pid), "running": True, "pids": [p.pid]}
                          for p in sorted((first, second), key=lambda p: p.pid)])
        lines = self.husk("exec", "--list", box.id).out.splitlines()
        self.assertEqual(lines[0].split(), ["SESSION", "STATUS", "PROCESSES", "COMMAND"])
        self.assertIn([str(second.pid), "running", "1", "sleep", "602"],
                      [line.split() for line in lines[1:]])

    def test_signal_goes_to_each_process_of_it_and_to_no_other(self):
        box = self.start()
        other = self.detached(box, "sleep", "601")
        caller = Caller(self, box, FAMILY)
        caller.screen.expect("ready")
        mine, = [s for s in self.sessions(box) if s["session"] != str(other.pid)]
        processes = [Process(pid) for pid in mine["pids"]]
        self.husk("kill", "--exec", mine["session"], box.id, "USR1")
        self.assert_ended(processes)
        self.assertEqual(caller.wait(), 128 + 10)
        self.assertEqual(self.only_session(box)["pids"], [other.pid])
        self.assertEqual(box.status(), "running")

    def test_term_is_meant_when_none_is_named(self):
        box = self.start()
        first = self.detached(box, "sleep", "601")
        self.husk("kill", "--exec", first.pid, box.id)
        self.assertEqual(first.wait_exit(WAIT), 128 + 15)

    def test_sigkill_leaves_nothing_of_it(self):
        box = self.start()
        caller, processes = self.open(box)
        self.husk("kill", "--exec", self.only_session(box)["session"], box.id, "KILL")
        self.assertEqual(self.folders(box), [])
        self.assert_ended(processes)
        self.assertEqual(caller.wait(), 128 + 9)

    def test_husk_that_is_killed_leaves_a_session_that_can_be_killed(self):
        """Nobody is there to act: only the kernel's hangup of the first process takes place."""
        box = self.start()
        caller, processes = self.open(box)
        before = self.only_session(box)
        first, = [p for p in processes if p.pid == int(before["session"])]
        caller.husk.kill()
        caller.wait()
        self.assertEqual(first.wait_exit(WAIT), 128 + 1)
        after = self.only_session(box)
        self.assertEqual((after["session"], after["running"]), (before["session"], False))
        self.assertIn("left", self.husk("exec", "--list", box.id).out)
        self.husk("kill", "--exec", after["session"], box.id, "KILL")
        self.assert_ended(processes)
        self.assertEqual(self.sessions(box), [])
        self.assertEqual(self.folders(box), [])

    def test_ended_session_that_nobody_saw_is_removed_by_the_next_look(self):
        box = self.start()
        caller, processes = self.open(box, "echo ready; exec sleep 601")
        caller.husk.kill()
        caller.wait()
        self.assert_ended(processes)
        machine.reap_orphans()
        self.assertEqual(self.sessions(box), [])
        self.assertEqual(self.folders(box), [])

    @rows([("unknown", "1"), ("name", "x"), ("dots", "../.."), ("empty", "")])
    def test_no_such_session(self, _, name):
        box = self.start()
        self.assert_refused(self.husk("kill", f"--exec={name}", box.id, code=1),
                            f"kill {box.id}: no exec session \"{name}\"")

    def test_words_that_do_not_go_together(self):
        box = self.start()
        for words in (["--all"], ["--regex"]):
            self.assert_refused(self.husk("kill", "--exec", "1", *words, box.id, code=1),
                                "--exec: does not go with")
        for words, fragment in ((["--list", box.id, "true"], "--list"), (["--list"], "ID"),
                                (["--list", "--format", "x", box.id], "--format"),
                                (["--format", "json", box.id, "true"], "--format"),
                                (["--tty-hangup-kills", "--cgroup", "/", box.id, "true"],
                                 "--cgroup: does not go with --tty-hangup-kills")):
            self.assert_refused(self.husk("exec", *words, code=255), fragment)

    def test_states(self):
        self.assert_refused(self.husk("exec", "--list", "no-such", code=255),
                            'container "no-such" does not exist')
        self.assert_refused(self.husk("kill", "--exec", "1", "no-such", code=1),
                            'container "no-such" does not exist')
        box = self.start(["true"])
        box.first.wait_exit()
        self.assert_refused(self.husk("exec", "--list", box.id, code=255),
                            "container not running")
        self.assert_refused(self.husk("kill", "--exec", "1", box.id, code=1),
                            "container not running")


class WithTheContainer(SessionTest):
    """What else is done to the container holds for the processes of its sessions."""

    def test_delete_takes_open_sessions_along(self):
        box = self.start()
        caller, processes = self.open(box)
        first = self.detached(box, "sleep", "604")
        deleting = self.spawn("delete", "--force", box.id)
        # The detached one is our child, and the container does not end before we have collected it.
        self.assertEqual(first.wait_exit(WAIT), 128 + 9)
        self.assertEqual(deleting.wait(WAIT), 0)
        self.assert_ended(processes)
        self.assertEqual(caller.wait(), 128 + 9)
        self.collect()
        self.assert_nothing_left()

    def test_end_of_the_container_is_the_end_of_its_sessions(self):
        box = self.start()
        caller, processes = self.open(box)
        self.husk("kill", box.id, "KILL")
        self.assert_ended(processes)
        self.assertEqual(caller.wait(), 128 + 9)
        self.assertEqual(box.first.wait_exit(WAIT), 128 + 9)
        self.husk("delete", box.id)
        self.assert_nothing_left()

    def test_ps_and_kill_of_all(self):
        """CM-13, CM-27."""
        box = self.start()
        caller, processes = self.open(box)
        self.assertEqual(json.loads(self.husk("ps", "--format", "json", box.id).out),
                         sorted([box.first.pid, *(p.pid for p in processes)]))
        self.husk("kill", "--all", box.id, "USR1")
        self.assert_ended(processes)
        self.assertEqual(caller.wait(), 128 + 10)

    def test_limit_of_pids_counts_them(self):
        def edit(b):
            b.config["linux"]["resources"]["pids"] = {"limit": 6}
        box = self.start(edit=edit)
        result = self.husk("exec", "--tty-hangup-kills", box.id, "sh", "-c",
                           "for i in 1 2 3 4 5 6; do sleep 601 & done", code=None)
        self.assertIn("can't fork", result.err)

    def test_pause_stops_them(self):
        box = self.start()
        first = self.detached(box, "sleep", "601")
        self.husk("pause", box.id)
        folder = cgroup_folder(first.pid, "freezer" if machine.cgroup1_trees() else "pids")
        self.assertIn("husk-exec-", str(folder))
        if is_pure_v2():
            self.assertIn("frozen 1", (folder / "cgroup.events").read_text())
        else:
            self.assertEqual((folder / "freezer.state").read_text(), "FROZEN\n")
        self.assertEqual(self.only_session(box)["pids"], [first.pid])
        self.husk("resume", box.id)

    def await_paused(self, box):
        """Cgroup v2 lets a frozen process die, and is not all frozen while it does."""
        while box.status() != "paused":
            pass

    def test_hangup_in_a_paused_container(self):
        """At the latest when it is resumed they end; it is not resumed for that."""
        box = self.start()
        caller, processes = self.open(box)
        self.husk("pause", box.id)
        caller.hang_up()
        self.await_paused(box)
        self.husk("resume", box.id)
        self.assert_ended(processes)
        self.assertIn(caller.wait(), (128 + 1, 128 + 9))
        self.assertEqual(self.sessions(box), [])

    def test_kill_in_a_paused_container(self):
        box = self.start()
        caller, processes = self.open(box)
        self.husk("pause", box.id)
        self.husk("kill", "--exec", self.only_session(box)["session"], box.id, "KILL")
        self.await_paused(box)
        if is_pure_v2():
            self.assert_ended(processes)
        self.husk("resume", box.id)
        self.assert_ended(processes)
        self.assertEqual(caller.wait(), 128 + 9)

    def test_session_begun_in_a_paused_container(self):
        """CM-24: it waits for the others to go on."""
        box = self.start()
        self.husk("pause", box.id)
        running = self.spawn("exec", "--ignore-paused", "--tty-hangup-kills", box.id, "sh", "-c",
                             "sleep 601 >/dev/null 2>&1 & echo late")
        self.husk("resume", box.id)
        self.assertEqual(running.communicate(timeout=WAIT), ("late\n", ""))
        self.assertEqual(self.folders(box), [])

    def test_cgroup_that_a_session_has_made_below(self):
        box = self.start()
        caller, processes = self.open(box)
        controller = "freezer" if machine.cgroup1_trees() else "pids"
        folder = cgroup_folder(processes[0].pid, controller) / "below"
        folder.mkdir()
        (folder / "cgroup.procs").write_text(str(processes[-1].pid))
        self.assertEqual(len(self.only_session(box)["pids"]), 4)
        caller.hang_up()
        self.assert_ended(processes)
        self.assertEqual(caller.wait(), 128 + 1)
        self.assertEqual(self.folders(box), [])

    def test_container_that_has_cgroups_with_controllers_of_its_own(self):
        """Cgroup v2: no process may be beside them, but in a session one may."""
        if not is_pure_v2():
            self.skipTest("needs pure cgroup v2")
        box = self.start()
        top = cgroup_folder(box.first.pid, "pids")
        (top / "sub").mkdir()
        (top / "sub" / "cgroup.procs").write_text(str(box.first.pid))
        (top / "cgroup.subtree_control").write_text("+pids +memory")
        caller, processes = self.open(box)
        self.assertEqual({cgroup_folder(p.pid, "pids") for p in processes},
                         {top / f"husk-exec-{self.only_session(box)['session']}"})
        caller.hang_up()
        self.assert_ended(processes)
        self.assertEqual(caller.wait(), 128 + 1)

    def test_container_that_has_divided_its_cgroup_by_threads(self):
        """Cgroup v2: there is no place for a session; exec without one works."""
        if not is_pure_v2():
            self.skipTest("needs pure cgroup v2")
        box = self.start()
        top = cgroup_folder(box.first.pid, "pids")
        (top / "threads").mkdir()
        (top / "threads" / "cgroup.type").write_text("threaded")
        self.assert_refused(self.husk("exec", "--tty-hangup-kills", box.id, "true", code=255),
                            "exec session: the container has divided its cgroup by threads")
        self.assertEqual(self.folders(box), [])
        self.husk("exec", box.id, "true")

    def test_container_without_a_cgroup(self):
        box = self.container(["sleep", "3600"])
        self.husk("--cgroup-manager", "disabled", "create", "--bundle", box.bundle.folder,
                  "--pid-file", box.pid_file, box.id, stdout=subprocess.DEVNULL,
                  stderr=subprocess.DEVNULL)
        self.made.append(box)
        self.husk("start", box.id)
        self.assert_refused(self.husk("exec", "--tty-hangup-kills", box.id, "true", code=255),
                            "exec session: the container has no cgroup")
        self.assertEqual(self.sessions(box), [])
        self.husk("exec", box.id, "true")


class Annotation(SessionTest):
    """For an engine, whose options are its own."""

    def test_every_exec_is_a_session(self):
        box = self.start(edit=annotated("true"))
        caller, processes = self.open(box, options=[])
        self.assertEqual(len(processes), 4)
        caller.hang_up()
        self.assert_ended(processes)
        self.assertEqual(caller.wait(), 128 + 1)

    def test_false_is_none(self):
        box = self.start(edit=annotated("false"))
        running = self.spawn("exec", box.id, "sh", "-c", "echo here; exec sleep 601")
        self.assertEqual(running.stdout.readline(), "here\n")
        self.assertEqual(self.sessions(box), [])

    def test_named_cgroup_wins(self):
        """CM-23: who says where a process shall be has it there."""
        box = self.start(edit=annotated("true"))
        running = self.spawn("exec", "--cgroup", "/", box.id, "sh", "-c",
                             "echo here; exec sleep 601")
        self.assertEqual(running.stdout.readline(), "here\n")
        self.assertEqual(self.sessions(box), [])

    def test_other_value_is_refused_when_the_container_is_made(self):
        bundle = self.bundle(edit=annotated("yes"))
        self.assert_refused(self.husk("create", "--bundle", bundle.folder, self.new_id(), code=1),
                            'annotations["org.husk.exec-hangup-kills"]', '"yes"')
        self.assert_nothing_left()
