# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/security.md is whole: each vulnerability and requirement has tests, and they name it."""
import ast
import re
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
DOCUMENT = HERE.parents[1] / "docs" / "security.md"
REQUIREMENTS = [f"S-{number:02}" for number in range(1, 40)]
VULNERABILITIES = [f"CVE-{name}" for name in """
    2016-3697 2016-9962 2019-5736 2019-10152 2019-16884 2019-18837 2019-19921 2020-14370
    2021-20199 2021-4024 2021-30465 2021-43784 2022-1227 2022-24769 2022-27649 2022-27650
    2022-29162 2023-25809 2023-27561 2023-28642 2023-0778 2024-21626 2024-1753 2024-9407
    2024-9675 2024-9676 2024-11218 2024-9341 2024-45310 2025-24965 2025-31133 2025-52565
    2025-52881 2026-30892 2026-41579 2026-47766 2026-88264 2026-88265 2025-27612 2025-54867
    2025-62161 2025-62596 2022-0811 2024-3154 2022-0492""".split()]


def table():
    """{id: (test column, harm column)} of the rows of the document's tables"""
    found = {}
    for line in DOCUMENT.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4:
            for name in re.findall(r"CVE-[\d-]+|S-\d\d", cells[0]):
                found[name] = cells[2], cells[3]
    return found


def classes(file):
    """{name: source} of the test classes of a file"""
    text = (HERE / file).read_text()
    return {node.name: ast.get_source_segment(text, node) for node in ast.parse(text).body
            if isinstance(node, ast.ClassDef)}


def named(column):
    """(file, class) of "test_a.py One, Two; test_b.py Three" """
    for part in column.split(";"):
        file, _, names = part.strip().partition(" ")
        for name in names.split(","):
            yield file, name.strip()


class Table(unittest.TestCase):
    def test_all_are_there(self):
        self.assertEqual(sorted(table()), sorted(REQUIREMENTS + VULNERABILITIES))

    def test_every_test_that_is_named_exists(self):
        for name, (column, _) in table().items():
            if column != "none":
                for file, one in named(column):
                    self.assertIn(one, classes(file), name)

    def test_one_of_them_names_what_it_attacks(self):
        for name, (column, _) in table().items():
            if column != "none":
                text = "".join(Path(HERE / file).read_text() for file, _ in named(column))
                self.assertIn(name, text)

    def test_all_but_the_engines_vulnerabilities_are_attacked(self):
        self.assertEqual([name for name, (column, _) in table().items() if column == "none"],
                         ["CVE-2021-20199", "CVE-2021-4024"])

    def test_threat_model_is_written_down(self):
        """S-38"""
        self.assertIn("## Threat model", DOCUMENT.read_text())
