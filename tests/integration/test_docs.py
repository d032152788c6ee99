# SPDX-License-Identifier: GPL-2.0-or-later
"""Every block of the language sh in README.md and docs/ is run as it is printed, those of a page in
one folder, one after the other; and the terminal capture of README.md is made again and compared.

The programs are where `make install` puts them: /usr/local is a folder of the test's, in a mount
namespace of its own.
"""
import os
import re
import shutil
import subprocess

import engine
from engine_podman import Podman, PodmanTest
from husk import BINARY, TOP, ContainerTest
from process import LIMIT

PAGES = [TOP / "README.md", *sorted((TOP / "docs").glob("*.md"))]
HELPERS = ["husk-init", "husk-lab", "husk-trace", "husk-top", "husk-systemd"]


def blocks(path):
    return re.findall(r"(?ms)^```sh\n(.*?)^```$", path.read_text())


WITH_BLOCKS = [path.name for path in PAGES if blocks(path)]


class Machine(Podman):
    """With husk installed, and podman beside it."""

    def __init__(self):
        super().__init__("docs")
        local = self.new_folder("local")
        (local / "bin").mkdir()
        (local / "libexec" / "husk").mkdir(parents=True)
        shutil.copy2(engine.HUSK, local / "bin" / "husk")
        for name in HELPERS:
            if (engine.HUSK.parent / name).exists():
                shutil.copy2(engine.HUSK.parent / name, local / "libexec" / "husk" / name)
        self.local = local
        self.environment["PATH"] = "/usr/local/bin:" + self.environment["PATH"]

    def read(self, page):
        """Runs the blocks of a page; (block, result) of each, up to the first that fails."""
        folder = self.new_folder(f"reads-{page}")
        for block in blocks(next(path for path in PAGES if path.name == page)):
            # nsenter leaves its folder for that of the namespace: the block's is entered in there.
            done = self.run("unshare", "--mount", "--propagation", "slave", "sh", "-c",
                            'mount --bind "$0" /usr/local && cd "$1" && exec sh -eu -c "$2"',
                            self.local, folder, block)
            yield block, done
            if done.code:
                return


def setUpModule():
    engine.skip_unless("root", "program podman", "program conmon", "program runc")
    Machine().serve(PodmanTest)


def tearDownModule():
    if PodmanTest.engine:
        PodmanTest.engine.end_clean()


class Blocks(PodmanTest):
    def read(self, page):
        for block, done in self.engine.read(page):
            self.assertEqual(done.code, 0, f"{page}:\n{block}\n{done.out}{done.err}")
            yield block, done

    def test_readme(self):
        sandbox, runtime, init = self.read("README.md")
        self.assertIn("exit status 137", sandbox[1].out)
        processes = (self.engine.folder / "reads-README.md" / "processes").read_text()
        self.assertRegex(processes, r"(?m)^ +1 +0 husk-init -- sh -c ")
        for _, done in (runtime, init):
            name = re.findall(r"(?m)^[0-9a-f]{64}$", done.out)[-1]  # what `podman run` prints
            told = self.engine.run(self.engine.husk, "why", name).out
            self.assertIn("SIGTERM", told)
            self.assertNotIn("came to nothing", told)


def reads(page):
    def test(self):
        self.assertTrue(list(self.read(page)))
    return test


for name in set(WITH_BLOCKS) - {"README.md"}:
    setattr(Blocks, f"test_{name.removesuffix('.md').replace('-', '_')}", reads(name))


class Capture(ContainerTest):
    """README.md shows what the programs say: all but the numbers, and what no other kernel has."""

    def test_readme_is_what_is_said(self):
        done = subprocess.run([TOP / "scripts" / "capture"], text=True, capture_output=True,
                              timeout=LIMIT, env={**self.environment, "HUSK": BINARY}, check=False)
        self.assertEqual((done.stderr, done.returncode), ("", 0))
        shown = re.search(r"(?s)<!-- scripts/capture -->\n```console\n(.*?)```",
                          (TOP / "README.md").read_text())[1]
        self.assertEqual(plain(done.stdout), plain(shown))

    def test_picture_is_small(self):
        self.assertLess(os.path.getsize(TOP / "docs" / "pictures" / "trace.png"), 200_000)


def plain(text):
    """Words alone: lines end elsewhere when a number has more digits, and figures of cgroups are
    told where there are any."""
    words = re.sub(r"It (used|had) at most \S+ \w+( of memory)? \[seen\]\.", "", text)
    return re.sub(r"\d+(\.\d+)?", "N", words).split()
