# SPDX-License-Identifier: GPL-2.0-or-later
import json
import os
import re
import subprocess

from bundle import drop_namespace
from husk import ContainerTest, rows
from process import LIMIT


class Words(ContainerTest):
    """What stands before the command."""

    needs = []

    @rows([("--version",), ("-v",)])
    def test_version(self, option):
        """CL-10, CL-11, CT-11, CR-06, PO-07"""
        lines = self.husk(option, root=False).out.splitlines()
        self.assertRegex(lines[0], r"^husk version \d+\.\d+\.\d+")
        self.assertTrue(lines[1].startswith("commit: "))
        self.assertRegex(lines[2], r"^spec: 1\.\d+\.\d+")

    @rows([("--help",), ("-h",), ("help",)])
    def test_help_names_every_command(self, option):
        """CL-10"""
        shown = self.husk(option, root=False).out
        for command in ("box", "create", "start", "state", "kill", "delete", "run", "list",
                        "spec"):
            self.assertIn(command, shown)

    @rows(["create", "start", "state", "kill", "delete", "run", "list", "spec", "box"])
    def test_help_of_a_command(self, command):
        """CL-10"""
        self.assertIn(f"husk {command}", self.husk(command, "--help", root=False).out)

    def test_alone_it_shows_its_faces(self):
        """On half a screen: the lab where there is one, and no command that there is not."""
        shown = subprocess.run([self.binary], check=True, text=True, timeout=LIMIT,
                               stdout=subprocess.PIPE).stdout
        listed = re.findall(r"^  ([a-z]+) ", self.husk("--help", root=False).out, re.M)
        faces = ["runtime", "init", "view", "trace"] + ["lab"] * ("lab" in listed)
        self.assertEqual(re.findall(r"^  (\w+) ", shown, re.M), faces)
        self.assertLessEqual(len(shown.splitlines()), 24)
        for command in re.findall(r"(?:^ +|  )husk ([a-z]+)", shown, re.M):
            self.assertIn(command, listed)

    def test_options_without_a_command(self):
        self.assert_refused(self.husk("--debug", root=False, code=1), "no command")

    def test_unknown_command(self):
        """CM-39"""
        self.assert_refused(self.husk("dance", root=False, code=1), "dance")

    def test_unknown_option(self):
        self.assert_refused(self.husk("--dance", "list", root=False, code=1), "--dance")

    def test_option_without_its_value(self):
        self.assert_refused(self.husk("--root", root=False, code=1), "--root")

    @rows(["state", "start", "kill", "delete", "create", "run"])
    def test_missing_name(self, command):
        """CM-39"""
        self.assert_refused(self.husk(command, code=1))

    @rows(["state", "start", "create"])
    def test_too_many_words(self, command):
        """CM-39"""
        self.assert_refused(self.husk(command, "a", "b", code=1), '"b"')

    @rows([("log-format", "xml"), ("log-level", "loud"), ("cgroup-manager", "mine"),
           ("rootless", "perhaps")])
    def test_bad_value_is_named(self, option, value):
        """CL-03, CL-04, CL-07, CL-08"""
        self.assert_refused(self.husk(f"--{option}={value}", "list", code=1), value)


class Root(ContainerTest):
    def test_both_forms(self):
        """CL-01"""
        self.husk(f"--root={self.root}", "list", root=False)
        self.husk("--root", self.root, "list", root=False)

    def test_name_like_an_option_after_two_dashes(self):
        self.assert_refused(self.husk("state", "--", "-x", code=1), "-x")

    @rows([("slash", "/"), ("empty", "")])
    def test_unfit_folder_of_states(self, _, folder):
        bundle = self.bundle()
        self.assert_refused(self.husk("--root", folder, "create", "--bundle", bundle.folder,
                                      self.new_id(), root=False, code=1))

    def test_relative_folder_of_states(self):
        bundle = self.bundle(["true"])
        self.husk("--root", "state", "run", "--bundle", bundle.folder, self.new_id(),
                  root=False, cwd=self.folder)


class Log(ContainerTest):
    """--log, and what engines read from it."""

    def setUp(self):
        super().setUp()
        self.log = self.folder / "log"

    def test_json_is_exactly_one_object(self):
        """podman reads the whole file as one (ER-02)."""
        bundle = self.bundle(["no-such-program"])
        failed = self.husk("--log", self.log, "--log-format", "json", "create", "--bundle",
                           bundle.folder, self.new_id(), code=1)
        entry = json.loads(self.log.read_text())
        self.assertEqual(entry["level"], "error")
        self.assertIn("executable file", entry["msg"])
        self.assertRegex(entry["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
        self.assertIn(entry["msg"], failed.err)

    def test_text_is_appended(self):
        """CL-02"""
        for _ in range(2):
            self.husk("--log", self.log, "state", "nobody", code=1)
        self.assertEqual(self.log.read_text().count("does not exist"), 2)

    def test_success_writes_nothing(self):
        self.husk("--log", self.log, "list")
        self.assertEqual(self.log.read_text(), "")

    def test_debug_changes_no_result(self):
        """CL-05"""
        bundle = self.bundle(["sh", "-c", "exit 5"])
        self.husk("--debug", "--log", self.log, "run", "--bundle", bundle.folder, self.new_id(),
                  code=5)

    def test_file_that_cannot_be_opened(self):
        self.assert_refused(self.husk("--log", "/nonexistent/log", "list", code=1),
                            "/nonexistent/log")


class Accepted(ContainerTest):
    @rows([("--cgroup-manager=cgroupfs",), ("--cgroup-manager=disabled",), ("--rootless=true",),
           ("--rootless=false",), ("--rootless=auto",), ("--log-level=debug",),
           ("--log-level=warning",)])
    def test_run_with(self, option):
        """CL-04, CL-07, CL-08"""
        bundle = self.bundle(["true"])
        self.husk(option, "run", "--bundle", bundle.folder, self.new_id(), code=0)
        self.assert_nothing_left()

    def test_single_dash_before_a_long_option(self):
        """CM-09: go-runc writes -no-subreaper."""
        bundle = self.bundle(["true"])
        self.husk("run", "-no-subreaper", "--bundle", bundle.folder, self.new_id())

    def test_disabled_cgroup_manager_makes_no_cgroup(self):
        """C-09, CL-07"""
        bundle = self.bundle(["cat", "/proc/self/cgroup"],
                             lambda b: drop_namespace(b.config, "cgroup"))
        shown = self.husk("--cgroup-manager", "disabled", "run", "--bundle", bundle.folder,
                          self.new_id()).out
        self.assertNotIn(self.mark, shown)


class WithoutRoom(ContainerTest):
    def err_of(self, *words):
        """What it says on stderr when nothing can be written to stdout, which is an error."""
        with open("/dev/full", "w") as full:
            done = subprocess.run(self.command(*words), stdout=full, stderr=subprocess.PIPE,
                                  text=True, env=self.environment)
        self.assertEqual(done.returncode, 1, done.stderr)
        return done.stderr

    def test_full_stdout_is_an_error(self):
        self.create()
        self.assertIn("no space left on device", self.err_of("list"))

    def test_more_than_one_buffer_for_a_full_stdout_is_an_error(self):
        """The write that fails is not the last one; features says a little more than 4096 bytes."""
        self.assertRegex(self.err_of("features"), r"^husk: write to stdout: [^\n]+\n$")
