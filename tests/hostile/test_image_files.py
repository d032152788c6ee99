# SPDX-License-Identifier: GPL-2.0-or-later
"""Files of the image that somebody with more rights than the container might read or run."""
import os
import resource

from bundle import bind
from harm import HostileTest, answer_of, busybox, fork, without_mounts
from husk import rows


class Passwd(HostileTest):
    """S-21: HOME comes from the image's passwd, read as a text with limits; nothing else does."""

    def plant(self, kind):
        def plant(root):
            path = root / "etc" / "passwd"
            path.unlink()
            if kind == "fifo":
                os.mkfifo(path)
            elif kind == "folder":
                path.mkdir()
            elif kind == "one long line":
                with open(path, "wb") as file:
                    file.truncate(1 << 30)
            elif kind == "link to the host's":
                path.symlink_to(self.outside / "passwd")
            elif kind == "link to a descriptor":
                path.symlink_to("/proc/self/fd/5")
            elif kind == "link to itself":
                path.symlink_to("passwd")
            elif kind == "device":
                path.symlink_to("/dev/zero")
            elif kind == "many fields":
                path.write_text(":" * 5000 + "\nroot:x:0:0:" + "x" * 5000 + "\n")
            elif kind == "null bytes":
                path.write_bytes(b"root\0:x:0:0::/evil\0:/bin/sh\n" * 3)
            elif kind == "number too large":
                path.write_text("a:x:4294967296:0::/evil:/bin/sh\nb:x:0x0:0::/evil:/bin/sh\n"
                                "c:x: 0:0::/evil:/bin/sh\nd:x:-0:0::/evil:/bin/sh\n")
        return plant

    KINDS = ["fifo", "folder", "one long line", "link to the host's", "link to a descriptor",
             "link to itself", "device", "many fields", "null bytes", "number too large"]

    @rows(KINDS)
    def test_strange_one(self, kind):
        """It neither hangs nor feeds husk, and what is no home is none."""
        (self.outside / "passwd").write_text("root:x:0:0:root:/secret-home:/bin/sh\n")
        edit = self.planted(self.plant(kind))
        for done in (self.run_in(["sh", "-c", "echo $HOME"], edit),
                     self.husk("exec", self.start(edit=edit).id, "sh", "-c", "echo $HOME")):
            self.assertEqual(done.out, "/\n")

    def test_careless_reader_waits_at_a_fifo(self):
        """Who opens it as a file gets there what the container writes, whenever that is."""
        fifo = self.rootfs_of(self.plant("fifo")) / "etc" / "passwd"
        read_end, write_end = os.pipe()
        pid = fork(lambda: os.write(write_end, fifo.read_bytes()))
        fifo.write_text("whenever\n")  # both wait for each other
        os.waitpid(pid, 0)
        self.assertEqual(os.read(read_end, 100), b"whenever\n")
        os.close(read_end)
        os.close(write_end)

    def test_link_to_the_host_s_is_followed_by_name(self):
        (self.outside / "passwd").write_text("root:x:0:0:root:/secret-home:/bin/sh\n")
        root = self.rootfs_of(self.plant("link to the host's"))
        self.assertIn("secret-home", (root / "etc" / "passwd").read_text())

    def test_one_gibibyte_is_not_read(self):
        """The limit is 1 MiB: a runtime with 256 MiB of room is not in need of more."""
        def limit():
            resource.setrlimit(resource.RLIMIT_AS, (1 << 28, 1 << 28))
        root = self.rootfs_of(self.plant("one long line"))

        def naive():
            limit()
            try:
                (root / "etc" / "passwd").read_bytes()
            except MemoryError:
                return "out of memory"
        self.assertEqual(answer_of(naive), "out of memory")
        if os.environ.get("ASAN_OPTIONS"):
            return  # its shadow memory is larger than the limit
        self.run_in(["true"], self.planted(self.plant("one long line")), preexec_fn=limit)


class Programs(HostileTest):
    """S-20, S-21, CVE-2022-1227: nothing of the image runs or is loaded with more rights."""

    def plant(self, root):
        """Whatever would be run leaves a trace in the image's own folder."""
        trap = "#!/bin/sh\necho $0 >>/trace\n"
        for name in ("newuidmap", "newgidmap", "sh", "ps", "husk", "husk-init", "nsenter"):
            for folder in ("usr/bin", "usr/local/bin", "sbin", "usr/sbin", "lib"):
                (root / folder).mkdir(parents=True, exist_ok=True)
                if folder != "sbin" or name != "sh":
                    path = root / folder / name
                    if not path.is_symlink():
                        path.write_text(trap)
                        path.chmod(0o755)
        (root / "etc" / "nsswitch.conf").write_text("passwd: evil\ngroup: evil\n")
        (root / "etc" / "ld.so.preload").write_text("/lib/evil.so\n")
        (root / "lib" / "libnss_evil.so.2").write_text("not a library")
        (root / "lib" / "evil.so").write_text("not a library")

    def test_trap_is_run_by_who_looks_in_the_image(self):
        """By PATH, with the image as the root: it is found first."""
        root = self.rootfs_of(self.plant)
        busybox("chroot", root, "/bin/busybox", "env", "PATH=/usr/local/bin:/bin",
                "newuidmap")
        self.assertIn("newuidmap", (root / "trace").read_text())

    def test_no_trap_is_run(self):
        box = self.live(":", self.planted(self.plant, lambda config: config["root"].update(
            readonly=False)))
        self.husk("exec", box.id, "/bin/true")
        self.husk("exec", "--user", "1000:1000", box.id, "/bin/busybox", "true")
        for words in (["ps", box.id], ["events", "--stats", box.id], ["explain", box.id],
                      ["pause", box.id], ["resume", box.id], ["kill", box.id, "0"],
                      ["state", box.id], ["stop", box.id]):
            self.husk(*words, code=None)
        self.assertFalse((self.rootfs / "trace").exists())

    def test_nothing_of_the_image_is_mapped_by_the_stage(self):
        """The first process, before its program: all of its code is husk's own."""
        box = self.create(edit=self.planted(self.plant))
        self.assertNotIn(str(self.rootfs), self.maps(box))
        self.husk("start", box.id)
        box.first.has_ended(0)
        self.assertEqual(self.husk("exec", box.id, "true").out, "")
        self.assertIn("/bin/busybox", self.maps(box))

    def maps(self, box):
        return "\n".join(line.split()[-1] for line in box.first.file("maps").splitlines()
                         if "/" in line)

    def test_library_path_of_the_caller_is_not_handed_on(self):
        """S-37: nor is any other word of its environment."""
        self.environment.update(LD_PRELOAD="/lib/evil.so", LD_LIBRARY_PATH="/evil",
                                SECRET="of the caller", HUSK_SELF="/evil/husk")
        naive = busybox("env", env={**self.environment, "LD_PRELOAD": ""})
        self.assertIn("SECRET=of the caller", naive.stdout)
        box = self.start()
        for shown in (self.run_in(["env"]).out, self.husk("exec", box.id, "env").out):
            for word in ("evil", "SECRET", "HUSK_SELF", "LD_"):
                self.assertNotIn(word, shown)


class Environment(HostileTest):
    """CVE-2020-14370: what one container is given is not the next one's."""

    def test_each_has_its_own(self):
        one = self.start(edit=lambda b: b.config["process"]["env"].append("ONE=secret"))
        shown = self.run_in(["env"], lambda b: b.config["process"]["env"].append("TWO=x")).out
        self.assertNotIn("secret", shown)
        self.assertIn("TWO=x", shown)
        self.assertIn("ONE=secret", self.husk("exec", one.id, "env").out)


class Hooks(HostileTest):
    """S-20, S-37: the environment of a hook is what the configuration says, and its program is
    the host's, whatever the image has under that name."""

    KINDS = ["prestart", "createRuntime", "createContainer", "startContainer", "poststart",
             "poststop"]

    def setUp(self):
        super().setUp()
        self.environment.update(SECRET="of the caller", LD_PRELOAD="/nowhere.so", IFS="x",
                                BASH_ENV="/nowhere", PATH="/caller:/usr/bin:/bin",
                                NOTIFY_SOCKET="/run/nobody")

    def test_environment_of_the_caller_reaches_a_program_without_care(self):
        self.assertIn("SECRET=of the caller",
                      busybox("env", env={**self.environment, "LD_PRELOAD": ""}).stdout)

    @rows(KINDS)
    def test_environment(self, kind):
        report = self.folder / "report"
        report.mkdir(mode=0o777)

        def edit(b):
            b.config["mounts"].append(bind(str(report), report))
            b.config["hooks"] = {kind: [
                {"path": "/bin/sh", "args": ["sh", "-c", f"/bin/busybox env >{report}/seen" if
                                             kind != "startContainer" else
                                             f"/bin/env >{report}/seen"],
                 "env": ["ONLY=this"]}]}
        self.run_in(["true"], edit)
        seen = dict(line.partition("=")[::2] for line in (report / "seen").read_text().splitlines())
        # The shells add some of their own.
        self.assertEqual(seen.keys() - {"PATH", "PWD", "SHLVL", "_", "OLDPWD"}, {"ONLY"})
        self.assertNotIn("caller", str(seen))

    @rows([("prestart", True), ("createRuntime", True), ("createContainer", True),
           ("poststart", True), ("poststop", True), ("startContainer", False)])
    def test_program(self, kind, is_the_host_s):
        report = self.folder / "report"
        report.mkdir(mode=0o777)
        program = self.folder / "hook"
        program.write_text(f"#!/bin/sh\necho host >>{report}/who\n")
        program.chmod(0o755)

        def plant(root):
            evil = root / str(program).lstrip("/")
            evil.parent.mkdir(parents=True)
            evil.write_text(f"#!/bin/sh\necho image >>{report}/who\n")
            evil.chmod(0o755)
        root = self.rootfs_of(plant)
        self.assertIn("image", (root / str(program).lstrip("/")).read_text())
        self.run_in(["true"], self.planted(plant, lambda config: (
            without_mounts(config, "/tmp"), config["mounts"].append(bind(str(report), report)),
            config.update(hooks={kind: [{"path": str(program)}]}))))
        self.assertEqual((report / "who").read_text(), "host\n" if is_the_host_s else "image\n")
