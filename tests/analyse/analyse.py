#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What analysers find in our sources, and valgrind in husk-init.

usage: analyse.py [TOOL...]      default: all; build/ and build/clang are there, `tests/run analyse`
                                 makes them

Each finding is one line, PLACE: TEXT. What a tool is wrong about is left out in .clang-tidy,
tests/analyse/cppcheck.txt and GCC_IS_WRONG below, with the reason.
"""
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

TOP = Path(__file__).resolve().parents[2]
BUILD = TOP / "build"
JOBS = 2
LIMIT = 3600  # seconds: a guard against hanging, on however slow a machine

# FILE:LINE:COLUMN: warning: TEXT; a note belongs to the finding before it.
LINE = re.compile(r"(?P<file>[^\s:][^:]*):(?P<line>\d+):(\d+:)? "
                  r"(fatal )?(?P<kind>warning|error|performance|portability|style|note): (?P<text>.*)")

# A child that it starts is followed until it executes; what it executes runs by itself.
VALGRIND = ["valgrind", "-q", "--error-exitcode=99", "--leak-check=full", "--track-origins=yes"]


# Where gcc's analyser is wrong and the code cannot be written so that it understands.
GCC_IS_WRONG = {
    # Reading address 0 is what this experiment does.
    "src/lab/pid1_deaf.c": ["-Wno-analyzer-null-dereference"],
    # A verdict has a step: of the table of rules, which is not followed, one always applies.
    "src/signal/verdict.c": ["-Wno-analyzer-use-of-uninitialized-value"],
}


class Finding(NamedTuple):
    place: str
    text: str


class Report(NamedTuple):
    """What a tool said of so many subjects, and which version of it."""
    version: str
    subjects: int
    findings: list


def run(words, folder=TOP):
    """(exit status, all it said, without colours)"""
    done = subprocess.run(words, cwd=folder, stdin=subprocess.DEVNULL, text=True, timeout=LIMIT,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace",
                          env={**os.environ, "LC_ALL": "C"}, check=False)
    return done.returncode, done.stdout


def read(subject, code, text, folder=TOP, notes=False):
    """The findings in what a tool said of a subject, each once; `notes`: these are findings too."""
    found = []
    for line in text.splitlines():
        match = LINE.match(line)
        if match and (notes or match["kind"] != "note"):
            path = os.path.relpath(os.path.join(folder, match["file"]), TOP)
            found.append(Finding(f"{path}:{match['line']}", match["text"]))
    if code != 0 and not found:
        found.append(Finding(subject, f"exit status {code}: {text.strip()}"))
    return list(dict.fromkeys(found))


def in_parallel(function, subjects):
    """All findings of function(subject), in order and each once."""
    with ThreadPoolExecutor(JOBS) as pool:
        found = [finding for findings in pool.map(function, subjects) for finding in findings]
    return list(dict.fromkeys(found))


def version(tool):
    _, text = run([tool, "--version"])
    return f"{tool} {re.search(r'[0-9]+[.][0-9.]+', text)[0]}"


# ---- C

def commands(folder):
    """{file below TOP: its words for the compiler}, for all of src/ that this build compiles."""
    found = {}
    for entry in json.loads((folder / "compile_commands.json").read_text()):
        path = os.path.relpath(os.path.join(entry["directory"], entry["file"]), TOP)
        if path.startswith("src/") and path.endswith(".c"):
            found.setdefault(path, shlex.split(entry["command"]))
    if not found:
        raise FileNotFoundError(f"{folder} compiles nothing of src/")
    return dict(sorted(found.items()))


def without_output(words):
    """The same compilation with its result thrown away."""
    kept, rest = [], iter(words)
    for word in rest:
        if word in ("-o", "-MF", "-MQ"):
            next(rest)
        elif word not in ("-MD", "-Werror"):
            kept.append(word)
    return [*kept, "-o", "/dev/null"]


def gcc():
    """gcc -fanalyzer: paths through one file."""
    files = commands(BUILD)

    def one(path):
        words = [*without_output(files[path]), "-fanalyzer", "-fdiagnostics-color=never",
                 "-fdiagnostics-path-format=none", *GCC_IS_WRONG.get(path, [])]
        return read(path, *run(words, BUILD), BUILD)
    return Report(version("gcc"), len(files), in_parallel(one, files))


def clang_tidy():
    """.clang-tidy says what is asked for. What runs in the kernel is in no build's list."""
    folder = BUILD / "clang"
    files = commands(folder)
    kernel = ["-target", "bpf", "-g", "-O2", "-Isrc", f"-I/usr/include/{os.uname().machine}-linux-gnu"]

    def one(path):
        words = ["clang-tidy", "--quiet", path]
        words += ["--", *kernel] if path.endswith(".bpf.c") else [f"-p={folder}"]
        return read(path, *run(words))
    subjects = [*files, *(str(path.relative_to(TOP)) for path in sorted(TOP.glob("src/bpf/*.bpf.c")))]
    return Report(version("clang-tidy"), len(subjects), in_parallel(one, subjects))


def cppcheck():
    """Over all files at once: it follows a pointer from one into another."""
    files = list(commands(BUILD))
    words = ["cppcheck", "-q", f"-j{JOBS}", "--std=c11", "--enable=warning,performance,portability",
             "--error-exitcode=1", "--suppressions-list=tests/analyse/cppcheck.txt",
             "--template={file}:{line}:{column}: {severity}: {message} [{id}]", "-Isrc"]
    with tempfile.TemporaryDirectory() as folder:
        found = read("src", *run([*words, f"--cppcheck-build-dir={folder}", *files]))
    return Report(version("cppcheck"), len(files), found)


# ---- scripts

def scripts():
    """[(shell, path)] of what git knows and a POSIX shell or bash reads."""
    _, text = run(["git", "ls-files"])
    found = [("bash", "src/cli/completion/bash")]
    for path in text.splitlines():
        if not (TOP / path).is_file():
            continue
        with open(TOP / path, "rb") as file:
            shebang = re.match(rb"#!.*\b(sh|bash)\b", file.readline())
        if shebang:
            found.append((shebang[1].decode(), path))
    return found


def shellcheck():
    found = []
    for shell, path in scripts():
        done = run(["shellcheck", f"--shell={shell}", "--format=gcc", path])
        found += read(path, *done, notes=True)
    return Report(version("shellcheck"), len(scripts()), found)


# ---- husk-init under valgrind

def unit_programs():
    return sorted(path for path in (BUILD / "tests").glob("test-init-*") if path.is_file())


def under_valgrind(words, expected=0):
    """Findings in a program that shall end with this status; what valgrind follows is only it."""
    code, text = run([*VALGRIND, *words])
    name = " ".join(str(word) for word in words).replace(f"{TOP}/", "")
    if code == expected and not re.search(r"^==\d+==", text, re.M):
        return []
    return [Finding(name, f"exit status {code} and not {expected}: {text.strip()}")]


def lives(folder):
    """(words of husk-init, how it ends): one for each way that it can end by itself."""
    init = str(BUILD / "husk-init")
    names = {name: Path(folder, name) for name in ("tini", "dumb-init", "catatonit")}
    for path in names.values():
        path.symlink_to(init)
    report = Path(folder, "report")
    orphans = "for i in 1 2 3; do (sh -c 'exit 3' &) ; done; exit 4"
    plain, script = Path(folder, "plain"), Path(folder, "script")
    plain.write_text("x")
    script.write_text("exit 6\n")
    script.chmod(0o700)
    return [
        ([init, "--", "sh", "-c", "exit 3"], 3),
        ([init, "--wait-all", "--report", report, "--", "sh", "-c", orphans], 4),
        ([init, "--exit-map", "4=0", "--end-grace=1ms", "--", "sh", "-c", orphans], 0),
        ([init, "--", "sh", "-c", "kill -KILL $$"], 128 + signal.SIGKILL),
        # From the child, whose parent is husk-init: passed on, and the child ends by it.
        ([init, "--", "sh", "-c", "kill -TERM $PPID; exec sleep 3600"], 128 + signal.SIGTERM),
        ([init, "--map", "HUP=INT", "--", "sh", "-c", "kill -HUP $PPID; exec sleep 3600"],
         128 + signal.SIGINT),
        ([init, "--", script], 6),
        ([init, "--", "no-such-program"], 127),
        ([init, "--", plain], 126),
        ([init, "--no-such-option"], 125),
        ([init, "--help"], 0),
        ([names["tini"], "-g", "--", "sh", "-c", "exit 3"], 3),
        ([names["dumb-init"], "-c", "sh", "-c", "exit 3"], 3),
        ([names["catatonit"], "--", "sh", "-c", "exit 3"], 3),
    ]


def valgrind():
    """The unit tests of src/init, and husk-init itself as an ordinary process."""
    with tempfile.TemporaryDirectory() as folder:
        subjects = [*(([path], 0) for path in unit_programs()), *lives(folder)]
        found = in_parallel(lambda row: under_valgrind(*row), subjects)
    return Report(version("valgrind"), len(subjects), found)


TOOLS = {"gcc -fanalyzer": gcc, "clang-tidy": clang_tidy, "cppcheck": cppcheck,
         "shellcheck": shellcheck, "valgrind": valgrind}


def main():
    bad = False
    for name in sys.argv[1:] or TOOLS:
        report = TOOLS[name]()
        bad = bad or bool(report.findings)
        for place, text in report.findings:
            print(f"{place}: {text}")
        print(f"{name}: {report.version}, {report.subjects} looked at, "
              f"{len(report.findings)} findings", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
