# SPDX-License-Identifier: GPL-2.0-or-later
import json
import os

from husk import ContainerTest, rows


class Create(ContainerTest):
    """husk create: all is made, and the program has not been run."""

    def test_program_waits_for_start(self):
        """LC-02, ST-10"""
        box = self.create(args=["echo", "alive"])
        self.assertEqual(box.status(), "created")
        box.husk("start", box.id)
        self.assertEqual(box.first.wait_exit(), 0)
        self.assertEqual(box.rest(), "alive\n")

    def test_pid_file_holds_the_first_process_and_no_end_of_line(self):
        """CM-05, OUT-01"""
        box = self.create()
        self.assertEqual(box.pid_file.read_text(), str(box.state()["pid"]))

    def test_nothing_is_printed(self):
        """OUT-08: stdout of create belongs to the container."""
        box = self.create(args=["true"])
        box.husk("start", box.id)
        self.assertEqual((box.rest(), box.errors.read_text()), ("", ""))

    def test_bundle_is_the_current_folder_when_not_named(self):
        """CM-01"""
        bundle = self.bundle(["true"])
        self.husk("run", self.new_id(), cwd=bundle.folder)

    def test_bundle_may_be_a_relative_path(self):
        """CM-01"""
        bundle = self.bundle(["true"])
        self.husk("run", "-b", bundle.folder.name, self.new_id(), cwd=bundle.folder.parent)

    def test_rootfs_may_be_relative_to_the_bundle(self):
        """T-03"""
        self.run_in(["true"], edit=lambda b: b.own_rootfs())

    def test_first_process_is_not_a_child_of_a_process_of_husk(self):
        """EN-05, CT-13"""
        box = self.create()
        self.assertEqual(int(box.first.status("PPid")), os.getpid())

    def test_later_change_of_the_configuration_has_no_effect(self):
        """LC-10"""
        box = self.create(args=["echo", "first"])
        box.bundle.config["process"]["args"] = ["echo", "second"]
        box.bundle.write()
        box.husk("start", box.id)
        self.assertEqual(box.rest(), "first\n")

    def test_start_needs_no_configuration_any_more(self):
        box = self.create(args=["echo", "first"])
        (box.bundle.folder / "config.json").unlink()
        box.husk("start", box.id)
        self.assertEqual(box.rest(), "first\n")

    def test_waiting_process_shows_no_writable_way_to_the_binary(self):
        """FD-07, CVE-2019-5736: what /proc/PID/exe leads to cannot be opened for writing."""
        box = self.create()
        with self.assertRaises(OSError):
            os.close(os.open(f"/proc/{box.first.pid}/exe", os.O_WRONLY))


class Identity(ContainerTest):
    def test_second_container_of_the_same_name_is_refused(self):
        """LC-03, ER-10"""
        box = self.start(args=["sh", "-c", "echo ready; read line; echo still here"],
                         stdin=(ends := os.pipe())[0])
        os.close(ends[0])
        self.assertEqual(box.line(), "ready")
        again = self.husk("create", "--bundle", self.bundle(["true"]).folder, box.id, code=1)
        self.assert_refused(again, box.id, "already exists")
        # The first is unharmed: same process, same state, and it goes on with its work.
        self.assertEqual((box.status(), box.state()["pid"]), ("running", box.first.pid))
        os.write(ends[1], b"\n")
        os.close(ends[1])
        self.assertEqual(box.rest(), "still here\n")

    @rows([("slash", "a/b"), ("parent", ".."), ("dot", "."), ("empty", ""), ("blank", "a b"),
           ("long", "a" * 256), ("umlaut", "käse"), ("newline", "a\nb")])
    def test_bad_name_is_refused(self, _, name):
        self.assert_refused(self.husk("create", "--bundle", self.bundle().folder, name, code=1))
        self.assert_nothing_left()

    @rows([("long", "{}" + "x" * 100), ("dots", "{}.a_b+c-d"), ("hex", "{}" + "0a" * 32)])
    def test_good_name_is_taken(self, _, form):
        self.husk("run", "--bundle", self.bundle().folder, form.format(self.mark))


class Descriptors(ContainerTest):
    """What the program finds open."""

    SHOW = "ls /proc/self/fd | tr '\\n' ' '"  # ls adds one for the folder itself

    def test_only_three_are_open(self):
        """FD-01"""
        leaked = [os.open("/", os.O_RDONLY) for _ in range(20)]
        for fd in leaked:
            self.addCleanup(os.close, fd)
        self.assertEqual(self.shell(self.SHOW, pass_fds=leaked), "0 1 2 3 ")

    def test_preserved_ones_are_open_too(self):
        """CM-08, FD-01"""
        first, second = os.pipe()
        for fd in (first, second):
            self.addCleanup(os.close, fd)
        os.dup2(first, 3), os.dup2(second, 4)
        self.assertEqual(self.shell(self.SHOW, options=["--preserve-fds", "2"], pass_fds=(3, 4)),
                         "0 1 2 3 4 5 ")

    def test_missing_one_among_the_preserved_is_an_error(self):
        """CM-08, FD-01"""
        bundle = self.bundle()
        self.assert_refused(self.husk("run", "--preserve-fds", "3", "--bundle", bundle.folder,
                                      self.new_id(), code=1), "preserve")

    def test_listen_fds_are_handed_on(self):
        """FD-02"""
        read_end, write_end = os.pipe()
        for fd in (read_end, write_end):
            self.addCleanup(os.close, fd)
        os.dup2(write_end, 3)
        self.environment["LISTEN_FDS"] = "1"
        self.assertEqual(self.shell("echo $LISTEN_FDS $LISTEN_PID; echo hello >&3",
                                    pass_fds=(3,)), "1 1")
        self.assertEqual(os.read(read_end, 100), b"hello\n")


class Options(ContainerTest):
    def test_no_pivot(self):
        """CM-06"""
        self.run_in(["test", "-e", "/bin/busybox"], options=["--no-pivot"])

    def test_no_new_keyring(self):
        self.run_in(["true"], options=["--no-new-keyring"])

    def test_created_folder_of_states_is_private(self):
        box = self.create()
        self.assertEqual(self.root.stat().st_mode & 0o077, 0)
        self.assertIn(box.id, os.listdir(self.root))

    def test_pid_file_that_cannot_be_written_leaves_nothing(self):
        bundle = self.bundle(["sleep", "3600"])
        self.assert_refused(self.husk("create", "--bundle", bundle.folder, "--pid-file",
                                      "/nonexistent/pid", self.new_id(), code=1),
                            "/nonexistent/", "no such file or directory")
        self.assert_nothing_left()

    def test_missing_program_is_found_out_by_create(self):
        """P-06"""
        bundle = self.bundle(["no-such-program"])
        self.assert_refused(self.husk("create", "--bundle", bundle.folder, self.new_id(), code=1),
                            'executable file "no-such-program" not found in $PATH')
        self.assert_nothing_left()


class Hooks(ContainerTest):
    """The six lists; each hook gets the state on stdin."""

    def note(self, name):
        """A hook that writes the status it sees, and who it is, into one file."""
        log = self.folder / "hooks"
        script = f"sed 's/.*\"status\": *\"\\([a-z]*\\)\".*/{name} \\1/' | tr -d '\\n' >>{log}; " \
                 f"echo >>{log}"
        return [{"path": "/bin/sh", "args": ["sh", "-c", script],
                 "env": ["PATH=/usr/bin:/bin"]}]

    def test_each_list_runs_at_its_time(self):
        names = ["prestart", "createRuntime", "createContainer", "poststart", "poststop"]
        box = self.create(edit=lambda b: b.config.update(
            hooks={name: self.note(name) for name in names}))
        log = self.folder / "hooks"
        seen = [line.split()[0] for line in log.read_text().splitlines()]
        self.assertEqual(seen, ["prestart", "createRuntime", "createContainer"])
        box.husk("start", box.id)
        self.assertEqual(log.read_text().splitlines()[3].split()[0], "poststart")
        box.husk("delete", "--force", box.id)
        self.assertEqual(log.read_text().splitlines()[4].split()[0], "poststop")

    def test_failing_hook_ends_create(self):
        """H-05, LC-04"""
        bundle = self.bundle(["true"], lambda b: b.config.update(
            hooks={"createRuntime": [{"path": "/bin/false"}]}))
        self.assert_refused(self.husk("create", "--bundle", bundle.folder, self.new_id(), code=1),
                            "/bin/false")
        self.assert_nothing_left()

    def test_hook_gets_the_state(self):
        state = self.folder / "state.json"
        box = self.create(edit=lambda b: b.config.update(hooks={"createRuntime": [
            {"path": "/bin/sh", "args": ["sh", "-c", f"cat >{state}"]}]}))
        told = json.loads(state.read_text())
        self.assertEqual((told["id"], told["pid"], told["status"], told["bundle"]),
                         (box.id, box.first.pid, "creating", str(box.bundle.folder)))
