# SPDX-License-Identifier: GPL-2.0-or-later
"""A full configuration with one thing wrong, some thousand ways: husk never dies of it.

Every value of the configuration is replaced by values of a dictionary, taken away and given twice;
the text is cut and spoiled. Each is given to `husk create`, and what was created is deleted.
Wanted: exit status 0 without a word or 1 with one line, within seconds, and nothing left.
"""
import copy
import json
import os
import random
from concurrent.futures import ThreadPoolExecutor

import machine
from full import FullTest, holder_of, places, replaced
from husk import PATIENCE

SEED = 20
EACH = 3   # values of the dictionary for each place of the configuration
TEXTS = 120


def dictionary(mark):
    """What stands in the place of a value. Words bear the mark, as what is made of them does."""
    deep = []
    for _ in range(40):
        deep = [deep, {"a": deep}] if len(json.dumps(deep)) < 2000 else [deep]
    return [None, True, False, 0, 1, -1, 127, 255, 65536, (1 << 31) - 1, 1 << 31, (1 << 32) - 1,
            1 << 32, (1 << 53) + 1, (1 << 63) - 1, 1 << 63, (1 << 64) - 1, 1 << 64, -(1 << 63),
            -(1 << 63) - 1, 10 ** 30, 0.5, -1.5, 1e300, "", " ", "0", "-1", mark, f"{mark}\0b",
            f"{mark}\nb", f"{mark}%s%n%d", "\u00e4\U0001f600" + mark, "A" * 300 + mark,
            mark + "x" * 5000, mark + "y" * (1 << 20), f"../{mark}/../../nowhere",
            f"/proc/self/fd/9/{mark}", [], [[]], [None], [1, "a"], [mark] * 300, {}, {"": ""},
            {mark: {}}, {"type": mark}, deep]


def removed(config, path):
    config = copy.deepcopy(config)
    del holder_of(config, path)[path[-1]]
    return json.dumps(config)


class Twice(dict):
    """Written with its first member a second time, with another value."""

    def items(self):
        pairs = list(super().items())
        return pairs + [(pairs[0][0], [pairs[0][1]])] if pairs else pairs


def given_twice(config, path):
    """A list has its entry twice; an object with the first member twice; others as they are."""
    config = copy.deepcopy(config)
    holder, key = holder_of(config, path), path[-1]
    if isinstance(holder, list):
        holder.insert(key, holder[key])
    elif isinstance(holder[key], dict):
        holder[key] = Twice(holder[key])
    else:
        holder[key] = [holder[key]] * 2
    return json.dumps(config, indent=0)


def spoiled(text, chance):
    """The bytes of the text with an end too early, one byte changed, or a piece repeated."""
    data = bytearray(text.encode())
    at = chance.randrange(len(data))
    kind = chance.randrange(3)
    if kind == 0:
        return bytes(data[:at])
    if kind == 1:
        data[at] = chance.choice(b'\0"{}[],:\\\xff0-e')
        return bytes(data)
    end = min(len(data), at + chance.randrange(1, 200))
    return bytes(data[:end] + data[at:])


def mutations(config, mark):
    """(what it is, the bytes of config.json), always the same ones."""
    chance, words = random.Random(SEED), dictionary(mark)
    for number, path in enumerate(places(config)):
        name = ".".join(map(str, path))
        for turn in range(EACH):
            value = words[(number * 7 + turn * 17) % len(words)]
            yield f"{name} = {json.dumps(value)[:60]}", replaced(config, path, value).encode()
        yield f"{name} removed", removed(config, path).encode()
        yield f"{name} twice", given_twice(config, path).encode()
    text = json.dumps(config)
    for number in range(TEXTS):
        yield f"text {number}", spoiled(text, chance)
    for bracket in ("[", '{"a":'):
        yield f"{bracket} deep", (bracket * 100000).encode()


class Mutations(FullTest):
    """G-01..G-03: a wrong value is an error, and an error leaves no trace."""

    def test_none_crashes_hangs_or_leaves_anything(self):
        self.assertIsNone(self.attempt("whole", json.dumps(self.config).encode()))
        self.assertEqual(self.outcomes, [1, 0], (self.folder / "errors-whole").read_text())
        listed = list(mutations(self.config, self.mark))
        # Where everything is slower, a share of them.
        share = 6 if machine.is_emulated() else PATIENCE
        listed = listed[::share]
        self.assertGreater(len(listed), 1000 // share)
        with ThreadPoolExecutor(2 * os.cpu_count()) as pool:
            answers = pool.map(lambda one: self.attempt(one[0], one[1][1]), enumerate(listed))
        wrong = [f"{name}: {answer}" for (name, _), answer in zip(listed, answers) if answer]
        self.assertEqual(wrong, [])
        # Both happen often, or the mutations would be no test of the one or of the other.
        self.assertGreater(min(self.outcomes), 40, self.outcomes)
        self.assert_nothing_left()
