#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The shape of the house: which file may include which, and how large things are.

usage: shape.py [DIR]      DIR holds src/; default: this checkout

Faults (a wrong include, a circle, a file that breaks a rule of the house) go to stdout as
FILE:LINE: TEXT and give exit status 1. Sizes past their limit are printed after them and
do not fail: a reader then splits the thing or says why not.
"""
import os
import re
import sys
from pathlib import Path

FLOORS = {
    "base": 0, "bpf": 0, "musl": 0,
    "signal": 1, "json": 1,
    "spec": 2, "proc": 2,
    "ns": 3, "mount": 3, "cgroup": 3, "guard": 3, "term": 3, "state": 3, "display": 3,
    "container": 4, "init": 4, "systemd": 4, "view": 4, "trace": 4, "lab": 4,
    "cli": 5,
}

# Headers of libraries that one room alone may know.
OWNED_HEADERS = {"jansson.h": "json", "seccomp.h": "guard", "sys/capability.h": "guard",
                 "systemd/sd-bus.h": "systemd", "curses.h": "display", "ncurses.h": "display",
                 "term.h": "display"}

# Words that only the named files or folders (below src/) may write, and why.
OWNED_WORDS = [
    (r"\bsyscall\s*\(|\bSYS_[a-z]\w*|\b__NR_\w+",
     ["base/pages.c", "base/sys.c", "init/bare/", "lab/", "musl/"],
     "system calls by number stand in base/sys.c, base/pages.c, init/bare/, lab/ and musl/ only"),
    (r"\b_exit\s*\(", ["container/stage.c", "container/exec_stage.c", "container/spawn.c",
                       "container/enter.c", "container/session_watch.c", "base/mem.c",
                       "base/child.c", "init/", "musl/memory.c", "trace/recorder.c",
                       "lab/child.c", "lab/run.c"],
     "a forked child ends in the files of docs/decisions/0006 only"),
    (r"\bexit\s*\(", ["cli/main.c", "init/main.c"],
     "only a main ends the program"),
    (r"\b(printf|puts|putchar|perror|vprintf)\s*\(", ["cli/", "view/", "trace/", "lab/"],
     "rooms below the products never print"),
]

# (what, limit): section 2 of the style, the column "look again at".
FILE_LINES, FUNCTION_LINES, NESTING, PARAMETERS, WIDTH = 500, 60, 3, 5, 100


class Source:
    """One file below src/, with comments and strings blanked out beside its true text."""

    def __init__(self, src, path):
        self.name = path.relative_to(src).as_posix()
        self.room = self.name.split("/")[0]
        self.lines = path.read_text().splitlines()
        self.code = blank("\n".join(self.lines)).splitlines()

    def includes(self):
        """(line number, text between the quotes or angles, is it ours) of each #include"""
        for number, line in enumerate(self.lines, 1):
            found = re.match(r'\s*#\s*include\s*(["<])([^">]+)[">]', line)
            if found:
                yield number, found[2], found[1] == '"'


def blank(text):
    """The text with comments and literals turned to blanks; every line keeps its number."""
    token = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
    return token.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)


def load(src):
    return [Source(src, path) for path in sorted(src.rglob("*.[ch]"))]


def wrong_includes(source):
    own = FLOORS.get(source.room)
    if own is None:
        yield 1, f'folder "{source.room}" stands on no floor of the table'
        return
    for number, target, ours in source.includes():
        room = target.split("/")[0]
        where = f'includes "{target}"'
        if not ours:
            if OWNED_HEADERS.get(target, source.room) != source.room:
                yield number, f"includes <{target}>, which stays in {OWNED_HEADERS[target]}/"
        elif "/" not in target or room not in FLOORS:
            yield number, f"{where}: not written from src/, FOLDER/FILE.h"
        elif room == source.room or FLOORS[room] < own:
            continue
        elif FLOORS[room] == own:
            yield number, f"{where}: sideways, {source.room} and {room} both stand on floor {own}"
        else:
            yield number, (f"{where}: upwards, from floor {own} ({source.room}) "
                           f"to floor {FLOORS[room]} ({room})")


def init_files(src, sources):
    """Names of all that husk-init is made of: the sources that its meson.build names (tests are
    not below src/), and what they include."""
    known = {source.name: source for source in sources}
    words = re.findall(r"'([\w./]+\.c)'", (src / "init" / "meson.build").read_text()
                       if (src / "init" / "meson.build").exists() else "")
    todo = {os.path.normpath(f"init/{word}") for word in words} & set(known)
    found = set()
    while todo:
        name = todo.pop()
        found.add(name)
        todo |= {target for _, target, ours in known[name].includes()
                 if ours and target in known} - found
    return found


def licence_of(name, of_init):
    """docs/decisions/0015: who copies husk-init into an image owes nobody anything."""
    if name in of_init:
        return "0BSD"
    return "GPL-2.0-only" if name.endswith(".bpf.c") else "GPL-2.0-or-later"


def wrong_licence(source, licence):
    if not source.lines or source.lines[0] != f"// SPDX-License-Identifier: {licence}":
        yield 1, f"the first line is not the SPDX line ({licence})"
    if source.name.endswith(".bpf.c") and not re.search(
            r'SEC\("license"\) = "(GPL|Dual BSD/GPL|Dual MIT/GPL)";', "\n".join(source.lines)):
        yield 1, "tells the kernel no licence that goes with the GPL"


def wrong_head(source):
    """The guard of a header."""
    if source.name.endswith(".h"):
        guard = "HUSK_" + re.sub(r"\W", "_", source.name).upper()
        directives = [line.split() for line in source.code if line.startswith("#")]
        if directives[:2] != [["#ifndef", guard], ["#define", guard]]:
            yield 1, f"the header guard is not {guard}"


def wrong_words(source):
    for pattern, owners, why in OWNED_WORDS:
        if any(source.name == o or o.endswith("/") and source.name.startswith(o) for o in owners):
            continue
        for number, line in enumerate(source.code, 1):
            found = re.search(pattern, line)
            if found:
                yield number, f"{found[0].strip(' (')}: {why}"
    for number, line in enumerate(source.lines, 1):
        if re.match(r"\s*#\s*if\s+0\b", line):
            yield number, "dead code: #if 0"
        if re.search(r"\b(TODO|FIXME|XXX)\b", line):
            yield number, "unfinished by its own word"
        if number > 1 and re.match(r"\s*//", line):
            yield number, "comments are /* */; // is for the SPDX line only"


def circles(graph):
    """Each circle of the graph {node: nodes} once, as the list of its nodes."""
    done, path = set(), []

    def walk(node):
        if node in path:
            yield path[path.index(node):]
        elif node not in done:
            path.append(node)
            for further in sorted(graph.get(node, ())):
                yield from walk(further)
            path.pop()
            done.add(node)

    for start in sorted(graph):
        yield from walk(start)


def include_circles(sources):
    files = {s.name: {t for _, t, ours in s.includes() if ours} for s in sources}
    rooms = {}
    for s in sources:
        rooms.setdefault(s.room, set()).update(
            t.split("/")[0] for t in files[s.name] if not t.startswith(s.room + "/"))
    for graph in (files, rooms):
        for circle in circles(graph):
            yield f"{circle[0]}: circle of includes: {' -> '.join(circle + circle[:1])}"


def faults(src):
    """All that breaks a rule, as lines of text."""
    sources = load(src)
    of_init = init_files(src, sources)
    for source in sources:
        for number, text in wrong_licence(source, licence_of(source.name, of_init)):
            yield f"src/{source.name}:{number}: {text}"
        for check in (wrong_includes, wrong_head, wrong_words):
            for number, text in check(source):
                yield f"src/{source.name}:{number}: {text}"
    for text in include_circles(sources):
        yield f"src/{text}"


def functions(source):
    """(line, name, parameters, lines, nesting): from a "{" in the first column to its "}"."""
    begin = None
    for number, line in enumerate(source.code):
        if line.startswith("{"):
            begin = number
        elif line.startswith("}") and begin is not None:
            body = source.code[begin + 1:number]
            head = begin
            while head > 0 and re.match(r"[\w\t ].*\S", source.code[head - 1]):
                head -= 1
            found = re.search(r"(\w+)\s*\((.*)\)", " ".join(source.code[head:begin]))
            if found:
                yield (head + 1, found[1], found[2].count(",") + 1, len(body),
                       max(map(nesting, body), default=0))
            begin = None


def nesting(line):
    """How deep a statement that opens a block stands below the function's own brace."""
    found = re.match(r"(\t+)(if|for|while|do|switch)\b", line)
    return len(found[1]) if found else 0


def oversize(source):
    """(line, text) of what is past the limits; the text names measure and limit."""
    if len(source.lines) > FILE_LINES:
        yield 1, f"{len(source.lines)} lines ({FILE_LINES})"
    for number, line in enumerate(source.lines, 1):
        width = len(line.expandtabs(8))
        if width > WIDTH:
            yield number, f"{width} columns ({WIDTH})"
    for number, name, parameters, lines, depth in functions(source):
        for measure, limit, unit in ((lines, FUNCTION_LINES, "lines"),
                                     (depth, NESTING, "levels of nesting"),
                                     (parameters, PARAMETERS, "parameters")):
            if measure > limit:
                yield number, f"{name}: {measure} {unit} ({limit})"


def sizes(src):
    for source in load(src):
        for number, text in oversize(source):
            yield f"src/{source.name}:{number}: {text}"


def main():
    top = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2]
    found = list(faults(top / "src"))
    large = list(sizes(top / "src"))
    for line in found:
        print(line)
    for line in large:
        print("size:", line)
    print(f"{len(found)} faults, {len(large)} things past their size")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
