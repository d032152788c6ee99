# SPDX-License-Identifier: GPL-2.0-or-later
"""What all programs of bench/ share: turns, medians, tables, and what is kept of them.

Figures of one table come from one run, in which all take turns; only their ratios say something. A
table is printed, and written as JSON and as a picture into build/bench.
"""
import argparse
import ctypes
import json
import os
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import picture

BENCH = Path(__file__).resolve().parent
TOP = BENCH.parent
BUILD = Path(os.environ.get("BENCH_BUILD", TOP / "build"))
HUSK = BUILD / "husk"
missing = set()  # peers that a table of this process asked for
OUT = Path(os.environ.get("BENCH_OUT", TOP / "build" / "bench"))


def compiled(name, sources, flags):
    """A program of these sources, made when one of bench/ is newer than what is there."""
    program = OUT / "bin" / name
    newest = max(file.stat().st_mtime for file in [*sources, *BENCH.glob("*.[ch]")])
    if program.exists() and program.stat().st_mtime > newest:
        return program
    program.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=program.parent) as folder:
        made = Path(folder) / name
        subprocess.run(["gcc", "-std=gnu17", "-D_GNU_SOURCE", *flags, "-o", made, *sources],
                       check=True)
        made.rename(program)
    return program


def build(name, *flags, more=()):
    """bench/NAME.c, with more files where it has them."""
    return compiled(name, [BENCH / f"{name}.c", *(BENCH / file for file in more)],
                    ["-O2", *flags])


def installed(names):
    """{name: path} of those that are here; each table names the others."""
    paths = {name: shutil.which(name) for name in names}
    missing.update(name for name, path in paths.items() if not path)
    return {name: path for name, path in paths.items() if path}


def version_of(path):
    """The first line of what it says of itself."""
    done = subprocess.run([path, "--version"], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, check=False)
    lines = (done.stdout or done.stderr).strip().splitlines()
    return lines[0] if lines and done.returncode == 0 else "unknown"


def machine():
    model = [line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text()
             .splitlines() if line.startswith("model name")]
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 20
    return {"kernel": platform.release(), "cpus": os.cpu_count(),
            "model": model[0] if model else platform.machine(), "memory_mib": memory,
            "load": os.getloadavg()[0], "when": time.strftime("%Y-%m-%d %H:%M")}


def summary(values):
    """Median, 10th and 90th percentile."""
    if len(values) < 2:
        return {"median": values[0], "p10": values[0], "p90": values[0]}
    cuts = statistics.quantiles(values, n=10, method="inclusive")
    return {"median": statistics.median(values), "p10": cuts[0], "p90": cuts[-1]}


class Start:
    """What one start of a command took: a line of turns.c."""

    def __init__(self, line):
        self.label, wall, used, rss, status = line.split("\t")
        self.wall, self.used, self.rss = float(wall), float(used), int(rss)
        self.failed = int(status) != 0


class Turns:
    """Commands that take turns. `add` them, then `run`: {label: [Start]}."""

    def __init__(self, rounds, rotate=True, warm_up=3):
        self.program = build("turns", "-static")
        self.words = [str(self.program), "-n", str(rounds), "-w", str(min(warm_up, rounds))]
        self.words += ["-r"] if rotate else []
        self.lines = []

    def add(self, label, words):
        self.lines.append("\t".join([label, *map(str, words)]) + "\n")

    def run(self):
        done = subprocess.run(self.words, input="".join(self.lines), text=True, check=True,
                              stdout=subprocess.PIPE)
        starts = {}
        for line in done.stdout.splitlines():
            start = Start(line)
            starts.setdefault(start.label, []).append(start)
        for label, all_of_it in starts.items():
            failed = sum(start.failed for start in all_of_it)
            if failed:
                print(f"{label}: {failed} of {len(all_of_it)} failed", flush=True)
            if failed and label.split()[0] in ("husk", "floor"):
                raise SystemExit("that shall not be: nothing is told")
        labels = [label for line in self.lines if (label := line.split("\t")[0])[0] != "-"]
        return {label: starts[label] for label in labels
                if not any(start.failed for start in starts[label])}


class Table:
    """Rows of figures, each with a name; `columns` is {key: (heading, format)}.

    The picture shows `bar`, one of the keys, with p10 and p90 where rows have them.
    """

    def __init__(self, name, title, columns, bar):
        self.name, self.title, self.columns, self.bar = name, title, columns, bar
        self.rows, self.notes, self.versions = [], [], {}
        self.size = None  # of what is counted, where a goal names a number

    def add(self, name, **figures):
        self.rows.append({"name": name, **figures})

    def note(self, text):
        self.notes.append(text)

    def row(self, name):
        return next((row for row in self.rows if row["name"] == name), None)

    def text(self):
        width = max([len(row["name"]) for row in self.rows] + [8]) + 2
        heads = [heading for heading, _ in self.columns.values()]
        widths = [max(len(heading) + 2, 9) for heading in heads]
        lines = [f"{self.title}",
                 " " * width + "".join(f"{h:>{w}}" for h, w in zip(heads, widths))]
        for row in self.rows:
            cells = [format(row[key], form) if row.get(key) is not None else "-"
                     for key, (_, form) in self.columns.items()]
            lines.append(f"{row['name']:{width}}"
                         + "".join(f"{c:>{w}}" for c, w in zip(cells, widths)))
        return "\n".join(lines + self.notes) + "\n"

    def keep(self):
        """Print it, and write NAME.json and NAME.svg."""
        self.notes += [f"{name} is not installed" for name in sorted(missing)]
        print("\n" + self.text(), flush=True)
        OUT.mkdir(parents=True, exist_ok=True)
        told = {"table": self.name, "title": self.title, "size": self.size, "machine": machine(),
                "versions": self.versions, "notes": self.notes, "rows": self.rows}
        (OUT / f"{self.name}.json").write_text(json.dumps(told, indent=1) + "\n")
        (OUT / f"{self.name}.svg").write_text(picture.bars(self))


def count_calls(folder, words):
    """The system calls of a command and of all below it; None where strace is missing."""
    if not installed(["strace"]):
        return None
    out = folder / "strace"
    subprocess.run(["strace", "-fc", "-U", "calls,name", "-o", out, *words],
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, check=False)
    return int(out.read_text().split()[-2])


COSTS = {"median": ("median us", ".0f"), "p10": ("p10", ".0f"), "p90": ("p90", ".0f"),
         "x_wall": ("x wall", ".2f"), "x_p10": ("x p10", ".2f"), "cpu": ("CPU us", ".0f"),
         "x_cpu": ("x CPU", ".2f")}


def costs(starts):
    """Wall clock and CPU of the starts of one command."""
    return {**summary([start.wall for start in starts]),
            "cpu": statistics.median(start.used for start in starts),
            "rss": max(start.rss for start in starts)}


def add_ratios(table, base_of):
    """x_wall and x_cpu of all rows; `base_of` gives for a row's name the name of its base."""
    for row in table.rows:
        base = table.row(base_of(row["name"]))
        for ratio, key in (("x_wall", "median"), ("x_p10", "p10"), ("x_cpu", "cpu")):
            if base and base.get(key) and row.get(key) is not None:
                row[ratio] = row[key] / base[key]


def adopt_orphans():
    """Who loses its parent becomes our child: prctl(2), PR_SET_CHILD_SUBREAPER."""
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)


def reap_all():
    """Wait for all children that there are, ours by birth or by adoption."""
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return


def in_view(view, words):
    """The words of a command to be run where only the v2 tree, or only the v1 trees, are seen.

    In a mount namespace of its own: the machine's mounts stay as they are.
    """
    script = {"v2": "umount -R /sys/fs/cgroup && mount -t cgroup2 cgroup2 /sys/fs/cgroup",
              "v1": "! mountpoint -q /sys/fs/cgroup/unified || umount /sys/fs/cgroup/unified",
              "host": ":"}[view]
    return ["unshare", "-m", "--propagation", "private", "sh", "-c",
            f'{script} && mount -t tmpfs tmpfs /run && exec "$@"', "sh", *words]


def follow(words):
    """The exit status of a program of ours. When we are interrupted it ends in order first."""
    with subprocess.Popen(words) as child:
        try:
            return child.wait()
        except BaseException:
            child.terminate()
            child.wait()
            raise


def interrupted(number, _):
    raise SystemExit(128 + number)


def heed_signals():
    """An end in order: what was begun is taken away."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupted)


def ask(doc, tables, rounds):
    parser = argparse.ArgumentParser(description=doc.splitlines()[0])
    parser.add_argument("tables", nargs="*", metavar="TABLE", help=", ".join(tables))
    parser.add_argument("-n", "--rounds", type=int, default=rounds)
    parser.add_argument("-v", "--view", choices=["v2", "v1", "host"],
                        help="the cgroup trees that are to be seen (default v2)")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    for name in asked.tables:
        if name not in tables:
            parser.error(f"no table {name}; there are {', '.join(tables)}")
    return asked


def main(doc, tables, rounds, view_of=None):
    """The main of a program: `tables` is {name: function(folder, rounds, view)}.

    With `view_of`, which gives the view that a table is made for, each runs in a view.
    """
    asked = ask(doc, tables, rounds)
    heed_signals()
    status = 0
    for name in asked.tables or tables:
        if asked.inside or not view_of:
            with tempfile.TemporaryDirectory(prefix="husk-bench-", dir="/run") as folder:
                os.chmod(folder, 0o755)
                tables[name](Path(folder), asked.rounds, asked.view)
            continue
        view = asked.view or view_of(name)
        status |= follow(in_view(view, [sys.executable, "-B", sys.argv[0], "--inside", "-n",
                                        str(asked.rounds), "-v", view, name]))
    return status
