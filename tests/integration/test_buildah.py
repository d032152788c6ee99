# SPDX-License-Identifier: GPL-2.0-or-later
"""buildah with husk as the runtime of RUN. OT-02."""
import engine
from engine_podman import IMAGE, Podman

BUILD = f"""\
FROM {IMAGE}
RUN echo one >/file && test -d /proc/1 && ! test -e /.dockerenv
RUN ["sh", "-c", "echo two >>/file; id -u >>/file"]
USER guest
RUN id -u >/tmp/user
"""


class Buildah(Podman):
    """It reads podman's configuration, and shares its store."""

    def __init__(self):
        super().__init__("buildah")
        # buildah takes the "parent" for the container's own cgroup: nothing else may be in it.
        self.cgroup = ["--cgroup-parent", f"/{self.mark}-run"]

    def buildah(self, *words):
        return ["buildah", *self.words[1:5], "--storage-driver", "vfs", *words]


class BuildahTest(engine.EngineTest):
    def setUp(self):
        self.names = []

    def tearDown(self):
        for name in self.names:
            self.buildah("rm", name)
        super().tearDown()

    def buildah(self, *words, code=0):
        done = self.engine.run(*self.engine.buildah(*words))
        return self.checked(words, done, code)

    def container(self, *options):
        name = f"w{len(self.names)}"
        self.buildah("from", "--name", name, "--network", "none", *self.engine.cgroup,
                     *options, IMAGE)
        self.names.append(name)
        return name


def setUpModule():
    engine.skip_unless("root", "program podman", "program conmon", "program runc",
                       "program buildah")
    Buildah().serve(BuildahTest)


def tearDownModule():
    BuildahTest.engine.end_clean()


class Run(BuildahTest):
    def test_output_and_exit_code(self):
        name = self.container()
        self.assertEqual(self.buildah("run", name, "echo", "hello").out, "hello\n")
        self.buildah("run", name, "sh", "-c", "exit 7", code=7)
        failed = self.buildah("run", name, "no-such-program", code=None)
        self.assertNotEqual(failed.code, 0)
        self.assertIn('"no-such-program" not found in $PATH', failed.err)

    def test_what_one_run_writes_the_next_one_reads(self):
        name = self.container()
        self.buildah("run", name, "sh", "-c", "echo kept >/tmp/file")
        self.assertEqual(self.buildah("run", "--user", "1000:1001", "--workingdir", "/tmp", name,
                                      "sh", "-c", "cat file; id -u; id -g").out.split(),
                         ["kept", "1000", "1001"])

    def test_terminal(self):
        name = self.container()
        self.assertEqual(self.buildah("run", "--tty", name, "tty").out.split()[-1], "/dev/pts/0")

    def test_build(self):
        """Each RUN is one container, one after the other."""
        file = self.engine.write("Dockerfile", BUILD)
        self.buildah("build", "--network", "none", *self.engine.cgroup,
                     "--file", file, "--tag", "localhost/built", self.engine.new_folder("context"))
        shown = self.engine.call("run", "--rm", *self.engine.parent(), "localhost/built", "cat",
                                 "/file", "/tmp/user")
        self.assertEqual(shown.out.split(), ["one", "two", "0", "1000"])
