# SPDX-License-Identifier: GPL-2.0-or-later
"""No row is forgotten; and the counter sees what is planted."""
import unittest
from pathlib import Path
from tempfile import TemporaryDirectory

import conformance

ROWS = {"A-01": "first", "A-02": "second", "A-03": "third", "FX-1": "formula"}
LETTERS = {"A", "FX"}


class Tree(unittest.TestCase):
    def test_every_row_is_named_by_a_test_or_the_document(self):
        rows = conformance.subjects()
        known = conformance.letters(rows)
        found = conformance.faults(rows, list(conformance.named_by_tests(conformance.TOP, known)),
                                   list(conformance.named_by_document(conformance.TOP, known)))
        self.assertEqual(list(found), [])

    def test_rows_have_subjects(self):
        self.assertTrue(all(conformance.subjects().values()))


class Ids(unittest.TestCase):
    def check(self, text, *expected):
        self.assertEqual(list(conformance.ids_in(text, LETTERS)), list(expected))

    def test_several_in_one_line(self):
        self.check('"""A-01, A-02: words (FX-1)."""', "A-01", "A-02", "FX-1")

    def test_ranges(self):
        self.check("A-01..A-03", "A-01", "A-02", "A-03")
        self.check("A-02..03", "A-02", "A-03")

    def test_other_letters_and_longer_words_are_none(self):
        self.check("UTF-8, GPL-2, B-01, CVE-2019-57, I-A-01, A-01-x, A-123, aA-01")

    def test_number_without_a_row_is_found_too(self):
        self.check("A-99", "A-99")


class Planted(unittest.TestCase):
    """A checkout of one test and one document."""

    def setUp(self):
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = Path(folder.name)

    def plant(self, name, text):
        path = self.top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def check(self, *expected):
        tests = list(conformance.named_by_tests(self.top, LETTERS))
        document = list(conformance.named_by_document(self.top, LETTERS))
        self.assertEqual(list(conformance.faults(ROWS, tests, document)), list(expected))
        return conformance.counts(ROWS, tests, document)

    def test_all_named(self):
        self.plant("tests/unit/x/test_x.c", "/* A-01..02 */\nTEST(x)\n")
        self.plant("tests/integration/test_y.py", "# FX-1\n")
        self.plant("docs/conformance.md", "| id |\n| --- |\n| A-02, A-03 | why |\n")
        self.assertEqual(self.check(), "4 rows: 3 named by tests, 1 explained in "
                                       "docs/conformance.md, 0 missing")

    def test_rows_that_are_nowhere_are_named_in_their_order(self):
        self.plant("tests/unit/x/test_x.c", "/* A-02 FX-1 */\n")
        self.plant("docs/conformance.md", "A-03 is only mentioned here\n| words | A-01 |\n")
        self.check(*(f"{name} ({ROWS[name]}): no test names it and docs/conformance.md does not "
                     "say why" for name in ("A-01", "A-03")))

    def test_mention_of_no_row_has_its_place(self):
        self.plant("tests/unit/x/test_x.c", "/* A-01..03 FX-1 */\n/* A-04 */\n")
        self.plant("docs/conformance.md", "| FX-2 | why |\n")
        self.check("tests/unit/x/test_x.c:2: A-04: there is no such row",
                   "docs/conformance.md:1: FX-2: there is no such row")
