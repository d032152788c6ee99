# SPDX-License-Identifier: GPL-2.0-or-later
"""A configuration at the edges of what JSON can say: its size, its depth, each number, each byte.

That each number is taken up to its own edge and refused beyond is held against the tables
themselves in tests/unit/spec/test_edges.c. Here the numbers come as far as the kernel.
"""
import copy
import itertools
import json
import os
import resource
from concurrent.futures import ThreadPoolExecutor

import machine
from full import FULL, FullTest, places, replaced
from husk import PATIENCE, ContainerTest, rows

MIB = 1 << 20
HUGE = 50 * MIB
MARK = "@@"  # in the place of bytes that Python's JSON would not write

NEVER = ["18446744073709551616", "-9223372036854775809", "1e308", "1.5", "-1e-9"]
EDGES = ["-9223372036854775808", "-2147483649", "-1", "-0", "1", "2147483647", "2147483648",
         "4294967294", "4294967295", "4294967296", "9223372036854775807", "9223372036854775808",
         "18446744073709551615"]

NO_UTF8 = [b"\xff", b"\x80", b"\xc0\x80", b"\xc1\xbf", b"\xe2\x82", b"\xed\xa0\x80",
           b"\xf4\x90\x80\x80", b"\xf8\x88\x80\x80\x80"]


def kind_of(path):
    """Entries of one list are alike."""
    return tuple(0 if isinstance(step, int) else step for step in path)


def value_at(config, path):
    for step in path:
        config = config[step]
    return config


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def put(config, path, value):
    """Sets one value, with what lies above it made as needed."""
    config = holder = copy.deepcopy(config)
    for step, following in zip(path, path[1:]):
        if isinstance(holder, dict):
            holder = holder.setdefault(step, [] if isinstance(following, int) else {})
        elif step < len(holder):
            holder = holder[step]
        else:
            holder.append([] if isinstance(following, int) else {})
            holder = holder[-1]
    if isinstance(holder, list) and path[-1] >= len(holder):
        holder.append(value)
    else:
        holder[path[-1]] = value
    return config


class Values(FullTest):
    def try_all(self, listed):
        """(what it is, the bytes of config.json) for each; which were taken is in outcomes."""
        with ThreadPoolExecutor(2 * os.cpu_count()) as pool:
            answers = pool.map(lambda one: self.attempt(one[0], one[1][1]), enumerate(listed))
        wrong = [f"{name}: {answer}" for (name, _), answer in zip(listed, answers) if answer]
        self.assertEqual(wrong, [])
        self.assert_nothing_left()

    def numbers(self):
        """The path of one number of each kind, whether it stands in our configuration or not."""
        full, found = json.loads(FULL.read_text()), {}
        for config in (self.config, full):
            for path in places(config):
                if path[0] != "unknown" and is_number(value_at(config, path)):
                    found.setdefault(kind_of(path), path)
        return list(found.values())

    def with_numbers(self, tokens):
        for path, token in itertools.product(self.numbers(), tokens):
            text = json.dumps(put(self.config, path, MARK))
            yield f"{path} = {token}", text.replace(f'"{MARK}"', token).encode()

    def test_no_number_of_64_bits(self):
        self.try_all(list(self.with_numbers(NEVER)))
        self.assertEqual(self.outcomes[0], 0)

    def test_numbers_at_the_edges(self):
        self.try_all(list(self.with_numbers(EDGES))[::PATIENCE])
        # Both happen often, or it would be no test of the one or of the other.
        self.assertGreater(min(self.outcomes), 40, self.outcomes)

    def test_no_utf8_in_any_text(self):
        listed, bad = [], itertools.cycle(NO_UTF8)
        for path in places(self.config):
            value, texts = value_at(self.config, path), []
            if isinstance(value, str):
                texts.append(replaced(self.config, path, value + MARK))
            if isinstance(path[-1], str):
                texts.append(json.dumps(put(self.config, (*path[:-1], path[-1] + MARK), value)))
            for text in texts:
                wrong = next(bad)
                listed.append((f"{path}: {wrong}", text.encode().replace(MARK.encode(), wrong)))
        self.assertGreater(len(listed), 150)
        self.try_all(listed)
        self.assertEqual(self.outcomes[0], 0)


def repeated(text, size):
    return text * (size // len(text))


# (name, a member of a configuration of so many bytes)
LARGE = [
    ("one text", lambda size: '"annotations":{"a":"' + "x" * size + '"}'),
    ("numbers", lambda size: '"unknown":[' + repeated("0,", size) + "0]"),
    ("lists", lambda size: '"unknown":[' + repeated("[],", size) + "0]"),
    ("objects", lambda size: '"unknown":[' + repeated("{},", size) + "0]"),
    ("blanks", lambda size: '"unknown":' + " " * size + "0"),
]


def little_room():
    """What the runtime may need of memory: less than the text that it is given."""
    resource.setrlimit(resource.RLIMIT_AS, (48 * MIB, 48 * MIB))


class Size(ContainerTest):
    def write(self, bundle, member):
        text = json.dumps(bundle.config)
        (bundle.folder / "config.json").write_text(text[:-1] + "," + member + "}")

    def limit(self):
        # The shadow memory of a sanitizer is larger than any limit.
        return {} if os.environ.get("ASAN_OPTIONS") else {"preexec_fn": little_room}

    def refuse(self, words, *fragments, code=1):
        """Without the memory that it would take to look at all of it."""
        self.assert_refused(self.husk(*words, code=code, **self.limit()), *fragments)

    @rows(LARGE)
    def test_configuration_of_50_mib(self, _, member):
        bundle = self.bundle()
        self.write(bundle, member(HUGE))
        self.refuse(["create", "--bundle", bundle.folder, self.new_id()],
                    "config.json: more than 16777216 bytes")
        self.assert_nothing_left()

    def test_process_and_resources_of_50_mib(self):
        box = self.start()
        path = self.folder / "huge.json"
        path.write_text('{"args":["true"],"cwd":"/","unknown":"' + "x" * HUGE + '"}')
        self.refuse(["exec", "--process", path, box.id], "more than 16777216 bytes", code=255)
        self.refuse(["update", "--resources", path, box.id], "more than 16777216 bytes")

    def test_configuration_of_15_mib_works(self):
        box = self.container(["sleep", "3600"])
        self.write(box.bundle, LARGE[0][1](15 * MIB))
        box.create()
        self.assertEqual(len(box.state()["annotations"]["a"]), 15 * MIB)
        self.husk("delete", "--force", box.id)

    def test_what_delete_could_not_read_is_not_created(self):
        """The record of the container is longer than the text that it comes from."""
        bundle = self.bundle()
        self.write(bundle, '"hooks":{"poststop":[{"path":"/bin/true","args":['
                   + repeated('"",', 9 * MIB) + '""]}]}')
        done = self.husk("create", "--bundle", bundle.folder, self.new_id(), code=1)
        self.assert_refused(done, "state.json: would be larger than 16 MiB")
        self.assert_nothing_left()

    @rows([("lists", "[", "]"), ("objects", '{"a":', "}")])
    def test_10000_levels(self, _, begin, end):
        bundle = self.bundle()
        self.write(bundle, f'"unknown":{begin * 10000}0{end * 10000}')
        done = self.husk("create", "--bundle", bundle.folder, self.new_id(), code=1)
        self.assert_refused(done, "config.json: line 1", "depth")
        self.assert_nothing_left()

    def test_2000_levels_are_taken(self):
        box = self.container()
        self.write(box.bundle, f'"unknown":{"[" * 2000}0{"]" * 2000}')
        box.create()
        self.assertEqual(machine.states_in(self.root), [box.id])
