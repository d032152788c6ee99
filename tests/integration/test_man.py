# SPDX-License-Identifier: GPL-2.0-or-later
"""The manual pages in docs/man: one for each command, with its options and its exit statuses,
without a fault in their form; and every command under EXAMPLES does what it says.

In the source of a page comments in front of an example tell what it needs and how it ends:

    .\\" given: a running container   or a created, a stopped one; its ID is the word web.
    .\\"                              Or: a bundle, which is where it runs; an empty folder
    .\\" needs: bpf                   as in `needs` of a test
    .\\" status: 143                  the exit status of the last command; 0 unless it is told
    .\\" not run: REASON              it cannot run here

A new option is one .It under OPTIONS; a new page has its row in docs/meson.build.
"""
import functools
import itertools
import json
import os
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

import machine
from husk import BINARY, TOP, ContainerTest, rows
from process import LIMIT

PAGES = TOP / "docs" / "man"
SECTIONS = ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "ENVIRONMENT", "FILES", "EXIT STATUS",
            "EXAMPLES", "SEE ALSO"]
HELP_LINES, HELP_WIDTH = 50, 100
NAMES = sorted(path.name.removesuffix(".1") for path in PAGES.glob("*.1"))
ESCAPES = {"\\-": "-", "\\(aq": "'", "\\(ga": "`", "\\(ha": "^", "\\(ti": "~", "\\(dq": '"',
           "\\e": "\\"}


@functools.lru_cache(maxsize=None)
def said(*words):
    """What --help prints; husk-init is a program of its own."""
    program = Path(BINARY).parent / words[0]
    return subprocess.run([program, *words[1:], "--help"], check=True, text=True, timeout=LIMIT,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE).stdout


def help_of(name):
    """The --help that belongs to a page: "husk-box" is `husk box --help`."""
    return said(name) if name == "husk-init" else said("husk", *name.split("-")[1:])


def commands():
    """Those that `husk --help` lists."""
    lists = said("husk").partition("Options before the command")[0]
    return re.findall(r"^  ([a-z-]+) ", lists.partition("\n\n")[2], re.M)


def help_options(text):
    """("-f", "--format", "text|json") of each option; "" for what it has not."""
    found = re.findall(r"^  (?:(-\w), )? *(--?[a-zA-Z][\w-]*)(?: (\S+))? ", text, re.M)
    return sorted(found)


class Example(NamedTuple):
    marks: dict
    script: str


class Page:
    def __init__(self, name):
        self.lines = (PAGES / f"{name}.1").read_text().splitlines()

    def section(self, title):
        """The lines between this .Sh and the next."""
        return between(self.lines, f".Sh {title}", ".Sh ")

    def titles(self):
        return [line[4:] for line in self.lines if line.startswith(".Sh ")]

    def options(self, title=""):
        """As help_options, from lines like ".It Fl f , Fl -format Ar text|json"; below that .Ss."""
        lines, found = [".Ss ", *self.section("OPTIONS")], []
        for line in between(lines, f".Ss {title}", ".Ss "):
            option = re.fullmatch(r"\.It (?:Fl (\w) , )?Fl (\S+)(?: Ar (\S+))?", line)
            if option:
                found.append((option[1] and f"-{option[1]}" or "", f"-{option[2]}",
                              option[3] or ""))
        return sorted(found)

    def examples(self):
        marks, script, found = {}, None, []
        for line in self.section("EXAMPLES"):
            mark = re.fullmatch(r'\.\\" (given|needs|status|not run): (.+)', line)
            if mark:
                marks[mark[1]] = mark[2]
            elif line.startswith(".Bd "):
                script = []
            elif line == ".Ed":
                found.append(Example(marks, "\n".join(script) + "\n"))
                marks, script = {}, None
            elif script is not None:
                script.append(plain(line).removeprefix("# "))
        return found


def between(lines, first, other):
    """Those behind `first`, up to one that begins with `other`."""
    rest = lines[lines.index(first) + 1:]
    return list(itertools.takewhile(lambda line: not line.startswith(other), rest))


def plain(line):
    return re.sub(r"\\(?:-|e|\(..)", lambda escape: ESCAPES[escape[0]], line)


class Pages(ContainerTest):
    needs = []

    def test_every_command_has_its_page_and_every_page_its_command(self):
        wanted = {"husk", "husk-init"} | {f"husk-{command}" for command in commands()}
        for name in sorted(wanted - set(NAMES)):
            self.fail(f"{name.replace('-', ' ')} has no page: write docs/man/{name}.1 and name it "
                      "in docs/meson.build")
        self.assertEqual(set(NAMES) - wanted, set(), "pages without a command")

    def test_overview_names_every_command(self):
        listed = re.findall(r"^\.It Xr husk-([a-z-]+) 1$",
                            "\n".join(Page("husk").section("DESCRIPTION")), re.M)
        self.assertEqual(sorted(listed), sorted(commands()))

    @rows(NAMES)
    def test_sections(self, name):
        self.assertEqual(Page(name).titles(), SECTIONS)

    @rows(NAMES)
    def test_options_are_those_of_help(self, name):
        self.assertEqual(Page(name).options(), help_options(help_of(name)))

    @rows([("tini, tini-static, docker-init",), ("dumb-init",), ("catatonit",)])
    def test_options_of_other_names_are_those_of_help(self, names):
        for name in names.split(", "):
            done = subprocess.run([name, "-h"], executable=Path(BINARY).parent / "husk-init",
                                  check=True, text=True, capture_output=True, timeout=LIMIT)
            self.assertEqual(Page("husk-init").options(names),
                             help_options(done.stdout + done.stderr))

    @rows(NAMES)
    def test_exit_statuses_of_help_are_told(self, name):
        told = re.search(r"^Exit status:.*?\n\n|\bExits as .*?\n\n", help_of(name) + "\n\n",
                         re.M | re.S)
        page = "\n".join(Page(name).section("EXIT STATUS"))
        for number in re.findall(r"\b\d+\b", told[0]) if told else ["0"]:
            self.assertRegex(page, rf"(?m)^\.It .*\b{number}\b", f"exit status {number}")

    @rows(NAMES)
    def test_mandoc_has_no_complaint(self, name):
        if machine.lacks("program mandoc"):
            self.skipTest(machine.lacks("program mandoc"))
        done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", PAGES / f"{name}.1"],
                              text=True, capture_output=True, timeout=LIMIT, check=False)
        self.assertEqual((done.stdout, done.returncode), ("", 0))

    @rows(NAMES)
    def test_man_has_no_complaint(self, name):
        if machine.lacks("program man"):
            self.skipTest(machine.lacks("program man"))
        done = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", PAGES / f"{name}.1"],
                              env={**self.environment, "LC_ALL": "C.UTF-8", "MANWIDTH": "80"},
                              text=True, capture_output=True, timeout=LIMIT, check=False)
        self.assertEqual((done.stderr, done.returncode), ("", 0))
        self.assertIn(f"{name.upper()}(1)", done.stdout)

    @rows(NAMES)
    def test_help_fits_on_one_screen(self, name):
        lines = help_of(name).splitlines()
        self.assertLessEqual(len(lines), HELP_LINES)
        self.assertLessEqual(max(map(len, lines)), HELP_WIDTH)


class Examples(ContainerTest):
    """Under a folder in PATH that holds husk with the test's own state root, and husk-init."""

    def setUp(self):
        super().setUp()
        self.programs = self.folder / "programs"
        self.programs.mkdir()
        husk = self.programs / "husk"
        husk.write_text(f'#!/bin/sh\nexec {BINARY} --root {self.root} "$@"\n')
        husk.chmod(0o755)
        (self.programs / "husk-init").symlink_to(Path(BINARY).parent / "husk-init")
        self.environment["PATH"] = f"{self.programs}:{self.environment['PATH']}"

    def tearDown(self):
        """What an example leaves in a container is killed and reaped first: its PID 1 waits for
        that. The alarm of setUp ends a wait without end."""
        for name in machine.states_in(self.root):
            self.husk("kill", "--all", name, "KILL", code=None)
        for box in self.made:
            while not box.first.has_ended():
                machine.reap_orphans()
                os.sched_yield()
        for name in machine.states_in(self.root):
            self.husk("delete", "--force", name)
        super().tearDown()

    def given(self, words):
        """(folder to run in, ID that the word web stands for)"""
        if words == "a bundle":
            return self.bundle(["sleep", "3600"]).folder, self.new_id()
        if words in ("a running container", "a stopped container"):
            box = self.start()
            if words == "a stopped container":
                self.husk("stop", "--signal", "KILL", box.id)
        elif words == "a created container":
            box = self.create()
        else:
            self.assertIn(words, ("an empty folder", ""), "what an example is given")
            box = None
        folder = self.folder / "empty"
        folder.mkdir()
        return folder, box.id if box else self.new_id()

    def carry_out(self, example):
        folder, name = self.given(example.marks.get("given", ""))
        script = re.sub(r"\bweb\b", name, example.script)
        # No pipe: what goes on in the background would hold it open.
        with open(self.folder / "said", "w+") as said_file:
            done = subprocess.run(["bash", "-e", "-c", script], cwd=folder, timeout=LIMIT,
                                  env=self.environment, stdin=subprocess.DEVNULL,
                                  stdout=said_file, stderr=said_file, check=False)
        shown = (self.folder / "said").read_text()
        self.assertEqual(done.returncode, int(example.marks.get("status", 0)), script + shown)
        self.assertNotIn("command not found", shown)

    @rows([(f"{name}-{number}", example) for name in NAMES
           for number, example in enumerate(Page(name).examples())])
    def test_example(self, _, example):
        self.assertTrue(example.script.strip(), "an example without a command")
        if "not run" in example.marks:
            return
        if "needs" in example.marks and machine.lacks(example.marks["needs"]):
            self.skipTest(machine.lacks(example.marks["needs"]))
        self.carry_out(example)

    @rows(NAMES)
    def test_page_has_an_example_that_runs(self, name):
        self.assertTrue([e for e in Page(name).examples() if "not run" not in e.marks])


class Help(ContainerTest):
    needs = []

    def test_page_is_shown(self):
        if machine.lacks("program man"):
            self.skipTest(machine.lacks("program man"))
        for word in ("box", "init"):
            shown = self.husk("help", word, root=False).out
            self.assertIn(f"HUSK-{word.upper()}(1)", shown)
            self.assertIn("EXIT STATUS", shown)

    def test_without_man_it_is_the_text_of_help(self):
        self.environment["PATH"] = str(self.folder)
        self.assertEqual(self.husk("help", "box", root=False).out,
                         self.husk("box", "--help", root=False).out)
        self.assert_refused(self.husk("help", "init", root=False, code=1), "husk-init --help")

    def test_without_a_page_it_is_the_text_of_help(self):
        copy = self.folder / "husk"
        copy.write_bytes(Path(BINARY).read_bytes())
        copy.chmod(0o755)
        self.binary = str(copy)
        self.assertEqual(self.husk("help", "box", root=False).out,
                         self.husk("box", "--help", root=False).out)

    def test_page_is_found_where_it_is_installed(self):
        if machine.lacks("program man"):
            self.skipTest(machine.lacks("program man"))
        self.install()
        self.assertIn("HUSK-WHY(1)", self.husk("help", "why", root=False).out)

    def install(self):
        """As `make install` lays it out, with husk as the program under test."""
        (self.folder / "bin").mkdir()
        pages = self.folder / "share" / "man" / "man1"
        pages.mkdir(parents=True)
        (pages / "husk-why.1").write_bytes((PAGES / "husk-why.1").read_bytes())
        copy = self.folder / "bin" / "husk"
        copy.write_bytes(Path(BINARY).read_bytes())
        copy.chmod(0o755)
        self.binary = str(copy)

    def test_everything_is_installed(self):
        if machine.lacks("program meson"):
            self.skipTest(machine.lacks("program meson"))
        done = subprocess.run(["meson", "introspect", "--installed", Path(BINARY).parent],
                              text=True, check=True, capture_output=True, timeout=LIMIT)
        places = {path.partition("/share/")[2] for path in json.loads(done.stdout).values()}
        wanted = {f"man/man1/{name}.1" for name in NAMES} | {
            "bash-completion/completions/husk", "zsh/site-functions/_husk",
            "fish/vendor_completions.d/husk.fish"}
        self.assertEqual(wanted - places, set())

    @rows(["checkpoint", "completion", "dance", "../box"])
    def test_what_is_no_command(self, word):
        self.assert_refused(self.husk("help", word, root=False, code=1), word)

    def test_too_many_words(self):
        self.assert_refused(self.husk("help", "box", "run", root=False, code=1), '"run"')
