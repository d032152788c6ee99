# SPDX-License-Identifier: GPL-2.0-or-later
"""The tree keeps its shape; and the checker sees what is planted."""
import unittest
from pathlib import Path
from tempfile import TemporaryDirectory

import shape

SPDX = "// SPDX-License-Identifier: GPL-2.0-or-later\n"
TREE = Path(__file__).resolve().parents[2] / "src"


class Tree(unittest.TestCase):
    def test_no_file_of_the_tree_breaks_a_rule(self):
        self.assertEqual(list(shape.faults(TREE)), [])


class Plot(unittest.TestCase):
    """An empty tree to plant files in."""

    def setUp(self):
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.src = Path(folder.name)

    def plant(self, name, text):
        path = self.src / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(SPDX + text)


class Planted(Plot):
    """Each rule against a tree of one or two files that break it."""

    def check(self, *expected):
        self.assertEqual(list(shape.faults(self.src)), list(expected))

    def test_include_from_below_is_fine(self):
        self.plant("ns/join.c", '#include <sched.h>\n#include "base/fd.h"\n#include "ns/ns.h"\n')
        self.check()

    def test_include_upwards_names_line_and_floors(self):
        self.plant("base/fd.c", '\n#include "mount/plan.h"\n')
        self.check('src/base/fd.c:3: includes "mount/plan.h": '
                   'upwards, from floor 0 (base) to floor 3 (mount)')

    def test_include_sideways_names_line_and_floor(self):
        self.plant("ns/join.c", '#include "mount/plan.h"\n')
        self.check('src/ns/join.c:2: includes "mount/plan.h": '
                   'sideways, ns and mount both stand on floor 3')

    def test_include_must_be_written_from_src(self):
        self.plant("ns/join.c", '#include "ns.h"\n')
        self.check('src/ns/join.c:2: includes "ns.h": not written from src/, FOLDER/FILE.h')

    def test_unknown_folder_is_a_fault(self):
        self.plant("misc/a.c", "")
        self.check('src/misc/a.c:1: folder "misc" stands on no floor of the table')

    def test_circle_of_headers_is_a_fault(self):
        for one, other in ("ab", "ba"):
            self.plant(f"ns/{one}.h", f'#ifndef HUSK_NS_{one.upper()}_H\n'
                       f'#define HUSK_NS_{one.upper()}_H\n#include "ns/{other}.h"\n#endif\n')
        self.check("src/ns/a.h: circle of includes: ns/a.h -> ns/b.h -> ns/a.h")

    def test_circle_of_folders_is_a_fault(self):
        self.plant("ns/a.c", '#include "mount/m.h"\n')
        self.plant("mount/b.c", '#include "ns/n.h"\n')
        self.assertIn("src/mount: circle of includes: mount -> ns -> mount",
                      list(shape.faults(self.src)))

    def test_library_stays_in_its_room(self):
        self.plant("spec/read.c", "#include <jansson.h>\n")
        self.check("src/spec/read.c:2: includes <jansson.h>, which stays in json/")

    def test_licence_line_must_be_first(self):
        path = self.src / "ns" / "a.c"
        path.parent.mkdir()
        path.write_text("int a;\n" + SPDX)
        self.check("src/ns/a.c:1: the first line is not the SPDX line (GPL-2.0-or-later)",
                   "src/ns/a.c:2: comments are /* */; // is for the SPDX line only")

    def test_what_husk_init_links_and_includes_is_free_of_duties(self):
        self.plant("base/number.c", '#include "base/text.h"\n')
        self.plant("base/text.h", "#ifndef HUSK_BASE_TEXT_H\n#define HUSK_BASE_TEXT_H\n#endif\n")
        self.plant("base/text.c", '#include "base/text.h"\n')
        self.plant("init/main.c", "")
        (self.src / "init" / "meson.build").write_text("a = files('main.c', '../base/number.c')\n"
                                                       "b = files('../../tests/unit/main.c')\n")
        self.check(*(f"src/{name}:1: the first line is not the SPDX line (0BSD)"
                     for name in ("base/number.c", "base/text.h", "init/main.c")))

    def test_bpf_programs_are_gpl_and_say_so_to_the_kernel(self):
        path = self.src / "bpf" / "a.bpf.c"
        path.parent.mkdir()
        path.write_text('// SPDX-License-Identifier: MIT\nchar L[] SEC("license") = "MIT";\n')
        self.check("src/bpf/a.bpf.c:1: the first line is not the SPDX line (GPL-2.0-only)",
                   "src/bpf/a.bpf.c:1: tells the kernel no licence that goes with the GPL")

    def test_header_guard_is_made_of_folder_and_file(self):
        self.plant("ns/map.h", "#ifndef MAP_H\n#define MAP_H\n#endif\n")
        self.check("src/ns/map.h:1: the header guard is not HUSK_NS_MAP_H")

    def test_system_calls_by_number_stay_in_sys(self):
        self.plant("base/sys.c", "long a(void) { return syscall(SYS_gettid); }\n")
        self.plant("base/fd.c", "long a(void) { return syscall(1); }\n")
        self.check("src/base/fd.c:2: syscall: system calls by number stand in base/sys.c, "
                   "base/pages.c, init/bare/, lab/ and musl/ only")

    def test_words_in_comments_and_texts_do_not_count(self):
        self.plant("ns/a.c", '/* syscall(2)\n * exit(3) */\nconst char *a = "_exit(1)";\n')
        self.check()

    def test_exit_of_a_child_stays_in_stage(self):
        self.plant("container/stage.c", "void a(void) { _exit(1); }\n")
        self.plant("container/hook.c", "void a(void) { _exit(1); }\n")
        self.check("src/container/hook.c:2: _exit: a forked child ends in the files of "
                   "docs/decisions/0006 only")

    def test_rooms_do_not_print(self):
        self.plant("ns/a.c", 'void a(void) { printf("a"); }\n'
                             'int b(char *s) { return snprintf(s); }\n')
        self.check("src/ns/a.c:2: printf: rooms below the products never print")


class Sizes(Plot):
    """Sizes are told, with what was measured and the limit; they are no faults."""

    def measure(self, text):
        self.plant("ns/a.c", text)
        return list(shape.sizes(self.src))

    def test_sizes_within_the_limits_are_not_told(self):
        self.assertEqual(self.measure("int a(int b)\n{\n" + "\tb++;\n" * 60 + "}\n"), [])

    def test_long_function_is_told(self):
        self.assertEqual(self.measure("int a(int b,\n\t  int c)\n{\n" + "\tb++;\n" * 61 + "}\n"),
                         ["src/ns/a.c:2: a: 61 lines (60)"])

    def test_deep_function_is_told(self):
        body = "".join("\t" * depth + "if (b)\n" for depth in range(1, 5))
        self.assertEqual(self.measure("int a(int b)\n{\n" + body + "}\n"),
                         ["src/ns/a.c:2: a: 4 levels of nesting (3)"])

    def test_many_parameters_are_told(self):
        self.assertEqual(self.measure("\nint a(int b, int c, int d,\n"
                                      "\t  int e, int f, int g)\n{\n}\n"),
                         ["src/ns/a.c:3: a: 6 parameters (5)"])

    def test_wide_line_and_long_file_are_told(self):
        self.assertEqual(self.measure("\t" * 12 + "int ab;\n" + "\n" * 500),
                         ["src/ns/a.c:1: 502 lines (500)", "src/ns/a.c:2: 103 columns (100)"])
