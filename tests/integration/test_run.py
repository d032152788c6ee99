# SPDX-License-Identifier: GPL-2.0-or-later
import os
import signal

import bundle
import machine
from husk import LIMIT, ContainerTest, rows
from process import Process


class ExitCode(ContainerTest):
    """`husk run` ends as its program ended, and leaves nothing."""

    def run_program(self, code, program):
        def edit(b):
            path = b.own_rootfs() / "bin" / "program"
            path.write_bytes(program)
            path.chmod(0o755)
        return self.run_in(["/bin/program"], edit, code=code)

    @rows([("zero", 0), ("one", 1), ("answer", 42), ("highest", 255)])
    def test_code_of_the_program(self, _, code):
        """EN-03, EN-04, OUT-07"""
        self.run_in(["sh", "-c", f"exit {code}"], code=code)
        self.assert_nothing_left()

    @rows([("TERM", 143), ("KILL", 137), ("SEGV", 139)])
    def test_signal_that_ended_it(self, name, code):
        """EN-03, OUT-07

        Without a pid namespace: a first process of one could not send it to itself.
        """
        self.run_in(["sh", "-c", f"kill -{name} $$"], code=code,
                    edit=lambda b: bundle.drop_namespace(b.config, "pid"))
        self.assert_nothing_left()

    def test_fault_of_the_program(self):
        """A fault is forced on the first process of a pid namespace as well."""
        reason = machine.lacks("processor x86_64")
        if reason:
            self.skipTest(reason)
        self.run_program(139, bundle.SEGFAULT)
        self.assert_nothing_left()

    def test_missing_program(self):
        """ER-04"""
        self.assert_refused(self.run_in(["no-such-program"], code=127), "no-such-program",
                            "o such file or directory")
        self.assert_nothing_left()

    def test_missing_program_by_path(self):
        self.assert_refused(self.run_in(["/bin/no-such-program"], code=127),
                            "/bin/no-such-program")
        self.assert_nothing_left()

    def test_program_without_x(self):
        """ER-03"""
        self.assert_refused(self.run_in(["/etc/passwd"], code=126), "/etc/passwd",
                            "ermission denied")
        self.assert_nothing_left()

    def test_folder_as_program(self):
        self.assert_refused(self.run_in(["/etc"], code=126), "/etc")
        self.assert_nothing_left()

    def test_program_that_is_no_program(self):
        """ENOEXEC: a runtime is no shell and does not guess one."""
        result = self.run_program(126, b"\0\0not a program")
        self.assertIn("xec format error", result.err)
        self.assert_nothing_left()


class Foreground(ContainerTest):
    def test_streams_are_passed_through(self):
        result = self.run_in(["sh", "-c", "cat; echo problem >&2"], input="text\n")
        self.assertEqual((result.out, result.err), ("text\n", "problem\n"))

    def test_children_end_with_the_first_process(self):
        """pid_namespaces(7): the kernel ends the others."""
        self.run_in(["sh", "-c", "sleep 3600 & setsid sleep 3600 & exit 3"], code=3)
        self.assert_nothing_left()

    def test_children_end_without_a_pid_namespace_too(self):
        """EN-01"""
        self.run_in(["sh", "-c", "sleep 3600 >/dev/null 2>&1 & exit 3"], code=3,
                    edit=lambda b: bundle.drop_namespace(b.config, "pid"))
        self.assert_nothing_left()

    @rows([("HUP", 1), ("INT", 2), ("TERM", 15), ("USR1", 10), ("USR2", 12), ("QUIT", 3),
           ("CONT", 18), ("RTMIN", 34), ("RTMAX", 64)])
    def test_signal_is_handed_on(self, name, number):
        """EN-03. 34 is no signal to those who leave its handling to musl."""
        box = self.bundle(["sh", "-c", f"trap 'echo {name}; exit 7' {number}; echo ready; "
                                       "while :; do sleep 3600 & wait $!; done"])
        running = self.spawn("run", "--bundle", box.folder, self.new_id())
        self.assertEqual(running.stdout.readline(), "ready\n")
        running.send_signal(number)
        self.assertEqual(running.wait(LIMIT), 7)
        self.assertEqual(running.stdout.readline(), name + "\n")
        self.assert_nothing_left()

    def test_caller_that_ignores_sigchld_gets_the_exit_status_too(self):
        """I-S-02: an ignored SIGCHLD is inherited, and would let the kernel reap."""
        box = self.bundle(["sh", "-c", "exit 42"])
        self.husk("run", "--bundle", box.folder, self.new_id(), code=42,
                  preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN))

    def test_pid_file_is_written(self):
        path = self.folder / "pid"
        # The program sees the pid file: it is there before the program runs.
        self.shell("test -s /mnt/pid",
                   edit=lambda b: (b.own_rootfs() / "mnt").mkdir() or b.config["mounts"].append(
                       bundle.bind("/mnt", self.folder, "ro")),
                   options=["--pid-file", path])
        self.assertTrue(path.read_text().isdigit())

    def test_kept_container_is_stopped_until_it_is_deleted(self):
        """CM-11"""
        made = self.bundle(["true"])
        name = self.new_id()
        self.husk("run", "--keep", "--bundle", made.folder, name)
        self.assertIn('"stopped"', self.husk("state", name).out)
        self.husk("delete", name)

    def test_program_starts_with_default_signals(self):
        """FD-06: What the caller blocks or ignores is not the container's (P-34)."""
        def block():
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGPIPE, signal.SIG_IGN)
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1, signal.SIGTERM])
        shown = self.run_in(["grep", "-E", "Sig(Blk|Ign|Cgt)", "/proc/self/status"],
                            preexec_fn=block).out
        self.assertEqual([line.split()[1] for line in shown.splitlines()], ["0" * 16] * 3)


class Detached(ContainerTest):
    def test_container_runs_and_husk_is_gone(self):
        """CM-11, EN-05"""
        box = self.container(["sh", "-c", "echo ready; exec sleep 3600"])
        box.create("--detach", verb="run")
        self.assertEqual(box.line(), "ready")
        self.assertEqual(int(box.first.status("PPid")), os.getpid())
        self.assertEqual(box.status(), "running")

    def test_exit_code_is_the_callers_to_collect(self):
        """EN-06"""
        box = self.container(["sh", "-c", "exit 9"])
        box.create("-d", verb="run")
        self.assertEqual(box.first.wait_exit(), 9)
        box.husk("delete", box.id)
        self.assert_nothing_left()

    def test_nobody_of_husk_holds_the_streams(self):
        """conmon waits for the end of file on the container's stdout (CO-06)."""
        box = self.container(["echo", "last words"])
        box.create("--detach", verb="run")
        self.assertEqual(box.rest(), "last words\n")


class KilledRun(ContainerTest):
    def test_container_outlives_a_killed_foreground_run_and_can_be_deleted(self):
        made, name = self.bundle(["sh", "-c", "echo ready; exec sleep 3600"]), self.new_id()
        running = self.spawn("run", "--bundle", made.folder, "--pid-file", self.folder / "pid",
                             name)
        self.assertEqual(running.stdout.readline(), "ready\n")
        first = Process(int((self.folder / "pid").read_text()))
        running.kill()
        running.wait(LIMIT)
        self.husk("delete", "--force", name)
        self.assertTrue(first.has_ended(0))
        self.assert_nothing_left()
