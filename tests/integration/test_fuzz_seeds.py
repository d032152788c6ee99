# SPDX-License-Identifier: GPL-2.0-or-later
"""The journals that the fuzzer begins with are journals of this husk."""
from husk import TOP, ContainerTest, rows

SEEDS = sorted(path.name for path in (TOP / "tests" / "fuzz" / "seeds" / "journal").iterdir())
MAGIC = b"HUSKTRC\0"


class FuzzSeeds(ContainerTest):
    needs = []

    @rows(SEEDS)
    def test_journal_is_read_to_its_end(self, name):
        """After a change of EVENT_VERSION they are made anew: tests/fuzz/journal-seed."""
        data = (TOP / "tests" / "fuzz" / "seeds" / "journal" / name).read_bytes()
        parts = [MAGIC + part for part in data.split(MAGIC)[1:]]
        for number, part in enumerate(parts):
            (self.folder / (f"journal.{number}" if number else "journal")).write_bytes(part)
        done = self.husk("trace", "--read", self.folder / "journal")
        self.assertIn("0 events lost", done.out)
        self.assertNotIn("cut off", done.err)
