#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every row of the checklist is named by a test, or docs/conformance.md says why not.

usage: conformance.py [--list] [DIR]      DIR is a checkout; default: this one

rows.txt holds one row a line: ID, a tab, the subject. A test names what it proves in a docstring
or a comment: "M-10", "O-01..O-04" or "O-01..04". In the document the ids stand in the first cell
of a table row. Faults go to stdout and give exit status 1: a row that is nowhere, and an id with
the letters of a row whose number no row has. --list prints each row and where it is named.
"""
import re
import sys
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
TESTS = ("tests/unit/**/*.[ch]", "tests/integration/*.py", "tests/hostile/*.py")
DOCUMENT = "docs/conformance.md"
ID = re.compile(r"(?<![\w-])([A-Z]{1,3})-(\d{1,2})(?:\.\.(?:\1-)?(\d{1,2}))?(?![\w-])")


class Named(NamedTuple):
    """One mention of an id in a file."""
    id: str
    file: str
    line: int


def subjects(path=HERE / "rows.txt"):
    """{id: subject}, in the order of the file"""
    return dict(line.split("\t") for line in path.read_text().splitlines())


def letters(rows):
    return {name.partition("-")[0] for name in rows}


def ids_in(text, known):
    """The ids of a line that begin with known letters; a range counts as each of its ids."""
    for found in ID.finditer(text):
        prefix, first, last = found.groups()
        if prefix in known:
            for number in range(int(first), int(last or first) + 1):
                yield f"{prefix}-{number:0{len(first)}}"


def named_by_tests(top, known):
    """Every mention in the unit, integration and hostile tests."""
    for path in sorted(path for pattern in TESTS for path in top.glob(pattern)):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            for name in ids_in(line, known):
                yield Named(name, path.relative_to(top).as_posix(), number)


def named_by_document(top, known):
    """The ids of the first cells of its tables."""
    path = top / DOCUMENT
    for number, line in enumerate(path.read_text().splitlines() if path.exists() else [], 1):
        if line.startswith("|"):
            for name in ids_in(line.split("|")[1], known):
                yield Named(name, DOCUMENT, number)


def faults(rows, tests, document):
    """One line for each mention of no row, and for each row without a mention."""
    for one in [*tests, *document]:
        if one.id not in rows:
            yield f"{one.file}:{one.line}: {one.id}: there is no such row"
    missing = rows.keys() - {one.id for one in tests} - {one.id for one in document}
    for name in filter(missing.__contains__, rows):
        yield f"{name} ({rows[name]}): no test names it and {DOCUMENT} does not say why"


def counts(rows, tests, document):
    """How many rows are named by a test, and how many by the document alone."""
    tested = rows.keys() & {one.id for one in tests}
    explained = (rows.keys() & {one.id for one in document}) - tested
    return (f"{len(rows)} rows: {len(tested)} named by tests, {len(explained)} explained in "
            f"{DOCUMENT}, {len(rows) - len(tested) - len(explained)} missing")


def listing(rows, mentions):
    """One line a row: where it is named."""
    for name, subject in rows.items():
        files = sorted({Path(one.file).name for one in mentions if one.id == name})
        yield f"{name:6} {subject:50} {', '.join(files) or '-'}"


def main():
    words = [word for word in sys.argv[1:] if word != "--list"]
    top = Path(words[0]) if words else TOP
    rows = subjects()
    tests = list(named_by_tests(top, letters(rows)))
    document = list(named_by_document(top, letters(rows)))
    if "--list" in sys.argv:
        print(*listing(rows, tests + document), sep="\n")
    found = list(faults(rows, tests, document))
    for line in found:
        print(line)
    print(counts(rows, tests, document))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
