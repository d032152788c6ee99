# SPDX-License-Identifier: GPL-2.0-or-later
"""What the linker and the compiler were asked for is in the programs that they made."""
import re
import shutil
import subprocess
import unittest
from pathlib import Path

import husk

# Without a C library: at a fixed address, nothing to relocate, no canary. See src/init/meson.build.
BARE = "husk-init"
NAMES = ["husk", BARE, "husk-trace", "husk-lab", "husk-systemd", "husk-top"]


class Hardening(unittest.TestCase):
    def setUp(self):
        if not shutil.which("readelf"):
            self.skipTest("needs readelf")

    def each(self, *left_out):
        """(name, path) of what is built; husk-systemd and husk-top may be left out of a build."""
        folder = Path(husk.BINARY).parent
        found = [name for name in NAMES if name not in left_out and (folder / name).exists()]
        self.assertIn("husk", found)
        return [(name, folder / name) for name in found]

    def read(self, path, *options):
        return subprocess.run(["readelf", "-W", *options, path], check=True, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout

    def symbols(self, path):
        return set(re.findall(r" ([\w.]+)(?:@\S+)?(?: \(\d+\))?$", self.read(path, "-s"), re.M))

    def test_no_memory_is_writable_and_executable_the_stack_neither(self):
        for name, path in self.each():
            segments = re.findall(r"^ +(\w+) +(?:0x\w+ +){5}([R ][W ][E ])", self.read(path, "-l"),
                                  re.M)
            self.assertIn(("GNU_STACK", "RW "), segments, name)
            self.assertNotIn("RWE", [flags for _, flags in segments], name)

    def test_it_lies_anywhere_and_what_the_loader_wrote_is_read_only_after(self):
        for name, path in self.each(BARE):
            self.assertRegex(self.read(path, "-h"), r"Type: +DYN", name)
            self.assertIn("GNU_RELRO", self.read(path, "-l"), name)
            dynamic = self.read(path, "-d")
            self.assertRegex(dynamic, r"FLAGS_1.*NOW.*PIE", name)
            self.assertNotIn("TEXTREL", dynamic, name)

    def test_stacks_have_a_canary_and_copies_know_their_room(self):
        for name, path in self.each(BARE):
            symbols = self.symbols(path)
            self.assertIn("__stack_chk_fail", symbols, name)
            if "__asan_init" not in symbols:
                self.assertTrue({"__snprintf_chk", "__vsnprintf_chk", "__sprintf_chk",
                                 "__printf_chk"} & symbols, f"{name} has no checked function")
