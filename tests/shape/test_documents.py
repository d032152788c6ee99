# SPDX-License-Identifier: GPL-2.0-or-later
"""The documents: links lead somewhere, experiments and tests that are named exist, statements about
signals name what shows them, the version stands in one place."""
import re
import subprocess
import unittest
from pathlib import Path
from urllib.parse import urlsplit

TOP = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"(?ms)^(```+)(\S*)\n(.*?)^\1$")
# What shows a statement: an experiment, a test of ours, or what an engine says of itself.
SHOWN = re.compile(r"\bE\d\d\b|\btest_\w+\.(py|c)\b|\bscripts/compare\b|documentation: ")
STATED = ["signals-and-exit-codes.md", "kubernetes.md", "cgroups.md"]


def documents():
    """All Markdown that is part of the tree: built and fetched folders are not."""
    done = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard",
                           "*.md"], cwd=TOP, text=True, capture_output=True, check=False)
    names = done.stdout.split() if done.returncode == 0 else [
        str(path.relative_to(TOP)) for path in [*TOP.glob("*.md"), *TOP.glob("docs/**/*.md")]]
    return [TOP / name for name in names if (TOP / name).exists()]


def prose(text):
    """The text without its blocks and code, in which brackets mean other things."""
    return re.sub(r"`[^`\n]*`", "``", FENCE.sub("", text))


def anchors(text):
    """Of its headings, as the places that show Markdown make them."""
    found = []
    for title in re.findall(r"(?m)^#+ +(.*?) *$", FENCE.sub("", text)):
        name = re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
        found.append(name if name not in found else f"{name}-{found.count(name)}")
    return found


def link_faults(path, text, top=TOP):
    """A line for each link of a document that leads nowhere."""
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(text)):
        parts = urlsplit(target)
        where = f"{path.relative_to(top)}: ({target})"
        if parts.scheme:
            if parts.scheme not in ("https", "http") or "." not in parts.netloc:
                yield f"{where} is no address"
            continue
        to = path if not parts.path else (path.parent / parts.path)
        if not to.exists():
            yield f"{where} is not there"
        elif parts.fragment and parts.fragment not in anchors(to.read_text()):
            yield f"{where} has no such heading"


def table_rows(text):
    """(heading of the last column, row) of all tables."""
    head = None
    for line, following in zip(text.splitlines(), [*text.splitlines()[1:], ""]):
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if re.match(r"\| *-", following):
            head = cells[-1]
        elif cells and not re.match(r"\| *-", line):
            yield head, cells


class Documents(unittest.TestCase):
    def test_links_lead_somewhere(self):
        faults = [fault for path in documents() for fault in link_faults(path, path.read_text())]
        self.assertEqual(faults, [])

    def test_a_wrong_link_is_seen(self):
        here = TOP / "docs" / "x.md"
        text = ("# A title, of `x`\n[a](lab.md) [b](none.md) [c](#a-title-of-x) [d](#b) [e](ftp:x) "
                "[f](https://example.org) `[g](none.md)`\n```sh\n[h](none)\n```\n")
        self.assertEqual([fault.partition(": ")[2] for fault in link_faults(here, text)
                          if "#" not in fault],
                         ["(none.md) is not there", "(ftp:x) is no address"])
        self.assertEqual(anchors(text), ["a-title-of-x"])

    def test_every_document_is_listed(self):
        index = (TOP / "docs" / "README.md").read_text()
        for path in (TOP / "docs").glob("*.md"):
            if path.name != "README.md":
                self.assertIn(f"]({path.name})", index)
        for path in (TOP / "docs" / "schema").iterdir():
            self.assertIn(f"](schema/{path.name})", index)

    def test_experiments_exist(self):
        known = set(re.findall(r"\bE\d\d\b", (TOP / "docs" / "lab.md").read_text()))
        for path in documents():
            self.assertEqual(set(re.findall(r"\bE\d\d\b", path.read_text())) - known, set(), path)

    def test_tests_that_are_named_exist(self):
        known = {path.name for path in (TOP / "tests").rglob("test_*.*")}
        for path in documents():
            named = set(re.findall(r"\btest_\w+\.(?:py|c)\b", path.read_text()))
            self.assertEqual(named - known, set(), path)

    def test_statements_name_what_shows_them(self):
        for name in STATED:
            rows = [cells for head, cells in table_rows((TOP / "docs" / name).read_text())
                    if head == "shown by"]
            self.assertTrue(rows, name)
            for cells in rows:
                self.assertRegex(cells[-1], SHOWN, f"{name}: {cells[0]}")

    def test_lines_are_not_wide(self):
        for path in documents():
            for number, line in enumerate(FENCE.sub("", path.read_text()).splitlines(), 1):
                if not line.startswith(("|", "!", "    ")):
                    self.assertLessEqual(len(line), 120, f"{path.name}: {number}")

    def test_readme_fits(self):
        self.assertLess(len((TOP / "README.md").read_text().splitlines()), 200)

    def test_what_ci_runs_stands_in_the_readme(self):
        text = (TOP / ".ci" / "run").read_text()
        called = re.findall(r"(?m)^make \w+", text)
        self.assertEqual(len(called), 2)
        for command in called:
            self.assertRegex((TOP / "README.md").read_text(), rf"(?m)^    {command}\b")

    def test_blocks_that_are_not_run_say_why(self):
        """```sh is run by tests/integration/test_docs.py; ```console is what somebody looks at."""
        for path in documents():
            for found in FENCE.finditer(path.read_text()):
                before = path.read_text()[:found.start()].rstrip("\n").splitlines()[-1:]
                self.assertNotIn(found[2], ("", "bash", "shell"), f"{path.name}: a block's language")
                if found[2] == "console":
                    self.assertRegex("".join(before), r"^<!-- (not run: .+|scripts/capture) -->$",
                                     path)


class Recipes(unittest.TestCase):
    """What CONTRIBUTING.md says that is named here when it was forgotten."""

    def read(self, *names):
        return "".join((TOP / name).read_text() for name in names)

    def test_every_experiment_answers_a_question(self):
        self.assertEqual(set(re.findall(r"/\* (E\d\d) \*/", self.read("src/lab/list.h"))),
                         set(re.findall(r"\bE\d\d\b", self.read("docs/lab.md"))))

    def test_every_rule_of_doctor_has_something_with_its_fault(self):
        rules = re.findall(r'(?m)^\t\{ "([a-z-]+)", DOCTOR_', self.read("src/view/doctor.c"))
        seen = self.read("tests/zoo/zoo.py", *(str(path.relative_to(TOP)) for path in
                         (TOP / "tests" / "integration").glob("test_doctor*.py")))
        self.assertGreater(len(rules), 30)
        self.assertEqual([rule for rule in rules if f'"{rule}"' not in seen], [])

    def test_every_event_has_its_size_and_its_name(self):
        kinds = re.findall(r"(?m)^\t(EVENT_[A-Z]+),[ \t]+/\*", self.read("src/bpf/event.h"))
        self.assertGreater(len(kinds), 15)
        for table in ("check", "kind"):
            text = self.read(f"src/trace/{table}.c")
            self.assertEqual([kind for kind in kinds if f"[{kind}]" not in text], [], table)


class Version(unittest.TestCase):
    def test_news_begin_with_it(self):
        version = re.search(r"(?m)^  version: '(.*)'", (TOP / "meson.build").read_text())[1]
        first = re.search(r"(?m)^## (\S+)", (TOP / "NEWS.md").read_text())[1]
        self.assertEqual(first, version)

    def test_packages_have_it_too(self):
        changelog = TOP / "debian" / "changelog"
        if not changelog.exists():
            self.skipTest("no packages are made of this tree")
        version = re.search(r"(?m)^  version: '(.*)'", (TOP / "meson.build").read_text())[1]
        self.assertEqual(re.match(r"husk \(([^-)]+)", changelog.read_text())[1], version)

    def test_it_stands_nowhere_else_in_the_sources(self):
        version = re.search(r"(?m)^  version: '(.*)'", (TOP / "meson.build").read_text())[1]
        for folder in ("src", "scripts", "docs/man"):
            for path in (TOP / folder).rglob("*"):
                if path.is_file():
                    self.assertNotRegex(path.read_text(errors="replace"),
                                        rf"(?<![\w.]){re.escape(version)}(?![\w.])", path)

    def test_every_licence_that_is_named_has_its_text(self):
        found = set()
        for path in (TOP / "src").rglob("*.[ch]"):
            found.add(re.match(r"// SPDX-License-Identifier: (\S+)", path.read_text())[1])
        self.assertEqual(found, {path.name.removesuffix(".txt")
                                 for path in (TOP / "LICENSES").iterdir()})
