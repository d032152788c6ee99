#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0-or-later
"""Which lines of src/ the unit and integration tests reach, and which error paths they do not.

usage: coverage.py [--read]      --read: builds and runs nothing, shows what the last run left

Prints a table, lines per room, and keeps it in build/coverage/rooms.txt; every line that makes or
hands on an error and was never executed goes to build/coverage/uncovered.txt. What it cannot see:
husk-init, which has no C library; a process that was killed, or left by _exit(2); and what a
container's first process did after it had changed its root, as its counters lie outside.
"""
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
BUILD = TOP / "build" / "coverage"
PYTHON = "/usr/bin/python3"
# Engines call husk in ways that other tests replay; test_crash steps it with ptrace.
LEFT_OUT = ["buildah", "containerd", "crash", "cri", "podman", "podman_rootless", "podman_systemd",
            "pods", "why_engines"]
ERROR_PATH = re.compile(r"\berror_(set|sys|wrap)\(|\breturn -E[A-Z]|\breturn wrong")


def call(words, **environment):
    return subprocess.run(words, cwd=TOP, stdin=subprocess.DEVNULL, check=False,
                          env={**os.environ, **environment}).returncode


def build():
    options = ["-Dtests=enabled", "-Db_coverage=true", "-Doptimization=0"]
    verb = "configure" if (BUILD / "build.ninja").exists() else "setup"
    if call(["meson", verb, BUILD, *options]) or call(["ninja", "--quiet", "-C", BUILD]):
        sys.exit("coverage: the build has failed")
    for path in BUILD.rglob("*.gcda"):
        path.unlink()


def run_tests():
    """A test may fail here that passes elsewhere: husk has files open that are not its own."""
    # Where the counters cannot be written, no word about it goes to the stderr of husk.
    quiet = {"GCOV_ERROR_FILE": "/dev/null", "HUSK_TEST_PATIENCE": "4",
             "HUSK": str(BUILD / "husk")}
    call(["meson", "test", "-C", BUILD, "--no-rebuild", "--suite", "unit", "--quiet"], **quiet)
    call([PYTHON, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=line",
          "tests/integration",
          *(f"--ignore=tests/integration/test_{name}.py" for name in LEFT_OUT)], **quiet)


def objects():
    """What the compiler noted of each object of ours: tests are no subject, nor is what embeds."""
    return sorted(path for path in BUILD.glob("*.p/src_*.gcno")
                  if not path.parent.name.startswith("husk-init"))


def counted(gcno):
    """{file: {line: how often}} of one object; all 0 when it never ran."""
    done = subprocess.run(["gcov", "--json-format", "--stdout", gcno], cwd=BUILD, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    found = {}
    for file in json.loads(done.stdout)["files"]:
        path = os.path.relpath(os.path.join(BUILD, file["file"]), TOP)
        if path.startswith("src/"):
            lines = found.setdefault(path, {})
            for line in file["lines"]:
                number = line["line_number"]
                lines[number] = max(lines.get(number, 0), line["count"])
    return found


def all_lines():
    """As counted(), of all objects together."""
    total = {}
    with ThreadPoolExecutor(2) as pool:
        for found in pool.map(counted, objects()):
            for path, lines in found.items():
                into = total.setdefault(path, {})
                for number, count in lines.items():
                    into[number] = into.get(number, 0) + count
    return dict(sorted(total.items()))


def uncovered_error_paths(total):
    """[(file, line, its text)]"""
    found = []
    for path, lines in total.items():
        text = (TOP / path).read_text().splitlines()
        found += [(path, number, text[number - 1].strip()) for number, count in sorted(lines.items())
                  if count == 0 and ERROR_PATH.search(text[number - 1])]
    return found


def table(total, missed):
    """One line per room, and one for all."""
    rooms = {}
    for path, lines in total.items():
        row = rooms.setdefault(path.split("/")[1], [0, 0, 0])
        row[0] += len(lines)
        row[1] += sum(count > 0 for count in lines.values())
    for path, _, _ in missed:
        rooms[path.split("/")[1]][2] += 1
    rooms["all"] = [sum(column) for column in zip(*rooms.values())]
    head = "| room | lines | reached | % | error paths not reached |\n| --- | --- | --- | --- | --- |\n"
    return head + "".join(f"| `{room}` | {lines} | {reached} | {100 * reached // lines} | {paths} |\n"
                          for room, (lines, reached, paths) in rooms.items())


def main():
    if sys.argv[1:] != ["--read"]:
        build()
        run_tests()
    total = all_lines()
    missed = uncovered_error_paths(total)
    shown = table(total, missed)
    (BUILD / "rooms.txt").write_text(shown)
    (BUILD / "uncovered.txt").write_text(
        "".join(f"{path}:{number}: {text}\n" for path, number, text in missed))
    print(shown, end="")
    print(f"{len(missed)} error paths that no test reached: {BUILD / 'uncovered.txt'}")


if __name__ == "__main__":
    main()
