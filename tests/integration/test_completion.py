# SPDX-License-Identifier: GPL-2.0-or-later
"""husk completion: the real shells, with the scripts that husk prints for them. CM-37."""
import contextlib
import fcntl
import os
import pty
import subprocess
import termios
from pathlib import Path

import machine
from husk import BINARY, ContainerTest, rows
from process import LIMIT
from test_terminal import Screen

# What is typed, and what the line is after one TAB. ID is a container's; FOLDER holds one folder,
# some-folder, and one file, some-file.
LINES = [
    ("command", "husk fea", "husk features "),
    ("command after an option", "husk --debug fea", "husk --debug features "),
    ("option", "husk box --ne", "husk box --net "),
    ("global option", "husk --systemd", "husk --systemd-cgroup "),
    ("word of an option", "husk box --net ho", "husk box --net host "),
    ("word behind =", "husk box --net=ho", "husk box --net=host "),
    ("container", "husk stop ID-BEGIN", "husk stop ID "),
    ("second container", "husk stop x ID-BEGIN", "husk stop x ID "),
    ("signal", "husk kill ID TER", "husk kill ID TERM "),
    ("full name of a signal", "husk kill ID SIGTER", "husk kill ID SIGTERM "),
    ("help", "husk help doct", "husk help doctor "),
    ("verb", "husk mounts ad", "husk mounts add "),
    ("folder", "husk run --bundle FOLDER/so", "husk run --bundle FOLDER/some-folder/"),
    ("file", "husk mounts add ID FOLDER/some-fi", "husk mounts add ID FOLDER/some-file "),
    ("program", "husk box -- husk-test-pro", "husk box -- husk-test-program "),
    ("argument of a program", "husk exec ID cat FOLDER/some-fi",
     "husk exec ID cat FOLDER/some-file "),
    ("nothing", "husk dance ", "husk dance "),
]
# Where the shell knows the program's own words.
OF_PROGRAM = ("word of a program", "husk box --init -- husk-test-program its",
              "husk box --init -- husk-test-program its-word ")

READY = "ready-to-type>"
# Each writes the line to the fifo `line` and empties it when ^T is typed; TAB completes.
BASH = f"""
. <(husk completion bash)
bind 'set bell-style none'
show() {{ printf '%s\\n' "$READLINE_LINE" >line; READLINE_LINE=; READLINE_POINT=0; }}
bind -x '"\\C-t": show'
PS1='{READY}'
"""
ZSH = f"""
autoload -Uz compinit && compinit -D -u
. <(husk completion zsh)
unsetopt beep
_test_program() {{ compadd its-word; }}
compdef _test_program husk-test-program
show() {{ print -r -- "$BUFFER" >line; BUFFER=; }}
zle -N show
bindkey '^T' show
PS1='{READY}'
"""


class Completion(ContainerTest):
    def setUp(self):
        super().setUp()
        programs = self.folder / "programs"
        programs.mkdir()
        for name, text in (("husk", f'exec {BINARY} --root {self.root} "$@"'),
                           ("husk-test-program", ":")):
            (programs / name).write_text(f"#!/bin/sh\n{text}\n")
            (programs / name).chmod(0o755)
        self.environment.update(PATH=f"{programs}:{self.environment['PATH']}", TERM="dumb",
                                HOME=str(self.folder), LC_ALL="C.UTF-8")
        self.files = self.folder / "files"
        (self.files / "some-folder").mkdir(parents=True)
        (self.files / "some-file").touch()

    def lacks_shell(self, name):
        if machine.lacks(f"program {name}"):
            self.skipTest(machine.lacks(f"program {name}"))

    def lines(self, *more):
        """LINES and more, with a container that is there. Its ID begins as no other word does."""
        box = self.create()
        for name, typed, wanted in [*LINES, *more]:
            yield name, *(text.replace("ID-BEGIN", box.id[:-1]).replace("ID", box.id)
                          .replace("FOLDER", str(self.files)) for text in (typed, wanted))

    # ---- a shell at a terminal

    @contextlib.contextmanager
    def shell(self, *words):
        """(its terminal, the fifo to which it writes a line)"""
        os.mkfifo(self.folder / "line")
        told = os.open(self.folder / "line", os.O_RDWR | os.O_CLOEXEC)
        master, slave = pty.openpty()
        screen = Screen(master)
        screen.resize(50, 250)
        running = subprocess.Popen(words, stdin=slave, stdout=slave, stderr=slave,
                                   cwd=self.folder, env=self.environment,
                                   preexec_fn=take_terminal)
        os.close(slave)
        try:
            screen.expect(READY)
            yield screen, Screen(told)
        finally:
            running.kill()
            running.wait(LIMIT)
            os.close(master)
            os.close(told)

    def check_at_terminal(self, words, *more):
        with self.shell(*words) as (screen, told):
            for name, typed, wanted in self.lines(*more):
                screen.type(typed + "\t\x14")
                self.assertEqual((name, told.expect("\n").rstrip("\n")), (name, wanted))

    def test_bash(self):
        self.lacks_shell("bash")
        (self.folder / "start").write_text(BASH)
        self.check_at_terminal(["bash", "--noprofile", "--rcfile", "start", "-i"])

    def test_bash_with_the_completions_of_others(self):
        others = Path("/usr/share/bash-completion/bash_completion")
        if not others.exists():
            self.skipTest("needs the package bash-completion")
        (self.folder / "start").write_text(f". {others}\n{BASH}"
                                           "complete -W its-word husk-test-program\n")
        self.check_at_terminal(["bash", "--noprofile", "--rcfile", "start", "-i"], OF_PROGRAM)

    def test_zsh(self):
        self.lacks_shell("zsh")
        (self.folder / ".zshrc").write_text(ZSH)
        self.check_at_terminal(["zsh", "--no-globalrcs", "-i"], OF_PROGRAM)

    # ---- fish tells by itself what it would offer

    def fish(self, typed):
        script = ("husk completion fish | source; complete -c husk-test-program -f -a its-word; "
                  "complete -C $argv[1]")
        done = subprocess.run(["fish", "--no-config", "-c", script, typed], env=self.environment,
                              cwd=self.folder, stdin=subprocess.DEVNULL, text=True, check=False,
                              capture_output=True, timeout=LIMIT)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return [line.partition("\t")[0] for line in done.stdout.splitlines()]

    def test_fish(self):
        self.lacks_shell("fish")
        for name, typed, wanted in self.lines(OF_PROGRAM):
            word = [] if typed == wanted else [wanted.rstrip(" ").rpartition(" ")[2]]
            self.assertEqual((name, self.fish(typed)), (name, word))

    # ---- what they are made of

    @rows(["bash", "zsh", "fish"])
    def test_installed_script_is_the_printed_one(self, shell):
        name = {"bash": "husk", "zsh": "_husk", "fish": "husk.fish"}[shell]
        built = Path(BINARY).parent / "docs" / name
        self.assertEqual(built.read_text(), self.husk("completion", shell).out)

    @rows([("zsh", "zsh", "-f", "-c",
            "fpath=(PLACE $fpath); autoload -Uz compinit; compinit -D -u; print $_comps[husk]"),
           ("bash", "bash", "--norc", "-c", ". PLACE/husk; complete -p husk")])
    def test_installed_script_is_taken(self, shell, *words):
        """zsh finds it by its first line in a folder of functions."""
        self.lacks_shell(shell)
        place = Path(BINARY).parent / "docs"
        done = subprocess.run([word.replace("PLACE", str(place)) for word in words], text=True,
                              env=self.environment, capture_output=True, timeout=LIMIT, check=True)
        self.assertIn("_husk", done.stdout)

    @rows([("no shell",), ("other shell", "tcsh"), ("two", "bash", "zsh"), ("no words", "words")])
    def test_bad_words(self, _, *words):
        self.assert_refused(self.husk("completion", *words, code=1), "bash, zsh, fish")

    def test_ids_are_those_of_the_root_on_the_line(self):
        box = self.create()
        asked = ["completion", "words", "--root", self.root, "stop", ""]
        self.assertEqual(self.husk(*asked, root=False).out, box.id + "\n")
        asked[3] = self.folder / "none"
        self.assertEqual(self.husk(*asked, root=False).out, "")

    def test_every_command_is_offered_and_completes_its_options(self):
        """What is offered is what --help shows."""
        offered = self.husk("completion", "words", "").out
        names = [line.partition("\t")[0] for line in offered.splitlines()]
        self.assertIn("box", names)
        names.remove("help")
        for name in names:
            shown = self.husk("completion", "words", name, "-").out
            for line in shown.splitlines():
                if not line.startswith("--help\t"):
                    self.assertIn(f" {line.partition(chr(9))[0]} ",
                                  self.husk(name, "--help").out)


def take_terminal():
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
