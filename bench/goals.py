# SPDX-License-Identifier: GPL-2.0-or-later
"""What was aimed at, and how the figures of the last run stand to it: the table of
docs/performance.md.
"""
import json
from typing import Callable, NamedTuple

import measure


# What a goal counts. With fewer rounds there are fewer, and that is said.
SIZES = {"parallel": 64, "trace-storm": 1_000_000, "ps": 10_000, "scale": 1000}


class Tables:
    """The tables of build/bench, read when they are asked for."""

    def __init__(self):
        self.used = {}

    def rows(self, name):
        if name not in self.used:
            self.used[name] = json.loads((measure.OUT / f"{name}.json").read_text())
        return self.used[name]["rows"]

    def shortage(self, name):
        """What is said where a table counted fewer than its goal does."""
        size = self.used[name].get("size")
        return f" with {size} only" if size and size < SIZES.get(name, 0) else ""

    def figure(self, table, row, key):
        return next(r for r in self.rows(table) if r["name"] == row)[key]

    def ratio(self, table, row, base, key="median"):
        return self.figure(table, row, key) / self.figure(table, base, key)

    def most(self, table, row, key):
        return max(r[key] for r in self.rows(table) if r["name"].startswith(row))


class Goal(NamedTuple):
    what: str
    table: str
    most: float
    unit: str
    value: Callable


def against(table, key):
    return lambda tables: tables.figure(table, "husk", key)


def step(verb, peer):
    table = "create" if verb == "all" else "control"
    return lambda tables: tables.ratio(table, f"husk {verb}", f"{peer} {verb}")


GOALS = [
    Goal("run, CPU against the floor", "run", 1.4, "", against("run", "x_cpu")),
    Goal("run, wall clock against the floor", "run", 1.5, "", against("run", "x_wall")),
    Goal("run with a seccomp profile of 350 calls, CPU against the floor", "seccomp", 1.4, "",
         against("seccomp", "x_cpu")),
    Goal("run with that profile, wall clock against the floor", "seccomp", 1.5, "",
         against("seccomp", "x_wall")),
    Goal("run with that profile, for the second time, against crun", "seccomp", 0.35, "",
         lambda tables: tables.ratio("seccomp", "husk", "crun")),
    Goal("create, start and delete against runc", "create", 0.15, "", step("all", "runc")),
    Goal("create, start and delete against crun", "create", 0.4, "", step("all", "crun")),
    Goal("exec against its floor", "exec", 2, "", against("exec", "x_wall")),
    Goal("state against crun", "control", 0.15, "", step("state", "crun")),
    Goal("kill against crun", "control", 0.15, "", step("kill", "crun")),
    Goal("largest resident set of run", "run", 1024, "KiB", against("run", "rss")),
    Goal("Uss of what waits in a created container", "memory", 150, "KiB",
         against("memory", "uss")),
    Goal("system calls of run", "run", 260, "", against("run", "calls")),
    Goal("smallest limit on memory that busybox echo works under", "limit", 256, "KiB",
         against("limit", "limit")),
    Goal("64 containers, eight at a time, against the floor", "parallel", 1.3, "",
         against("parallel", "x_wall")),
    Goal("husk-init: start over that of the program alone", "init-start", 100, "us",
         lambda tables: tables.figure("init-start", "husk-init", "over")),
    Goal("husk-init: Rss", "init-memory", 40, "KiB",
         lambda tables: tables.figure("init-memory", "husk-init", "rss")),
    Goal("husk-init: size of the file", "init-memory", 24, "KB",
         lambda tables: tables.figure("init-memory", "husk-init", "size") / 1000),
    Goal("husk trace: signals to and fro against bare", "trace-pingpong", 1.6, "",
         lambda tables: tables.figure("trace-pingpong", "husk", "x_least")),
    Goal("husk trace: events lost, of a million", "trace-storm", 0, "",
         lambda tables: tables.most("trace-storm", "husk", "lost")),
    Goal("husk ps, for each of 10 000 processes", "ps", 20, "us",
         lambda tables: tables.most("ps", "husk", "median")),
    Goal("create with 1000 containers alive, against the first", "scale", 1.2, "",
         lambda tables: tables.ratio("scale", "husk create, many", "husk create, few")),
]


def standing(goal, tables):
    """What was measured, and how that stands to the goal."""
    try:
        value = goal.value(tables)
    except (OSError, StopIteration, KeyError, TypeError):
        value = None  # no table yet, or one without the peer: it names who is not installed
    if value is None:
        return "-", "not measured"
    shown = f"{value:.{0 if value >= 100 else 2}f} {goal.unit}".strip()
    word = "reached" if value <= goal.most else "missed"
    if goal.most:
        word += f", {100 * value / goal.most:.0f} % of it"
    return shown, word + tables.shortage(goal.table)


def lines():
    tables = Tables()
    told = ["| what | goal | measured | | command |", "| --- | --- | --- | --- | --- |"]
    for goal in GOALS:
        shown, word = standing(goal, tables)
        limit = f"<= {goal.most:g} {goal.unit}".strip()
        told.append(f"| {goal.what} | {limit} | {shown} | {word} | `bench/run {goal.table}` |")
    return told + [""] + origin(tables.used.values())


def origin(used):
    """On what machine, when, and which programs."""
    used = list(used)
    if not used:
        return ["Nothing is measured yet: `make bench`."]
    machine = used[0]["machine"]
    versions = {name: version for table in used for name, version in table["versions"].items()}
    times = sorted(table["machine"]["when"] for table in used)
    loads = sorted(table["machine"]["load"] for table in used)
    return [f"{words_of(machine)}; {times[0]} to {times[-1]}, "
            f"load {loads[0]:.1f} to {loads[-1]:.1f}.",
            "", "; ".join(version if name in version else f"{name} {version}"
                          for name, version in sorted(versions.items())) + "."]


def words_of(machine):
    return (f"{machine['model']}, {machine['cpus']} processors, {machine['memory_mib']} MiB, "
            f"Linux {machine['kernel']}")


def show():
    print("\n".join(lines()))
