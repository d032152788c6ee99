# SPDX-License-Identifier: GPL-2.0-or-later
"""The six lists of hooks: when, where and with what they run, and what a failure does."""
import json
import os
import select
import signal

import machine
from husk import LIMIT, ContainerTest, rows

KINDS = ("prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop")
# As the specification has them; the container's program runs between the last two pairs.
BEFORE_CREATED = KINDS[:3]


class HookTest(ContainerTest):
    def setUp(self):
        super().setUp()
        self.log = self.folder / "log"
        self.log.touch()

    def script(self, text, **members):
        """A hook that runs a shell script. In the container /bin/sh is busybox."""
        return {"path": "/bin/sh", "args": ["sh", "-c", text],
                "env": ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", f"HUSK_TEST={self.mark}"],
                **members}

    def hooking(self, hooks, process=None):
        """`hooks`: {kind: script or hook or list of them}. The log lies at one path everywhere."""
        def edit(b):
            listed = {kind: what if isinstance(what, list) else [what]
                      for kind, what in hooks.items()}
            b.config["hooks"] = {kind: [self.script(one) if isinstance(one, str) else one
                                        for one in some] for kind, some in listed.items()}
            b.config["mounts"].append({"destination": str(self.folder), "type": "bind",
                                       "source": str(self.folder), "options": ["rbind"]})
            b.own_rootfs()
            b.config["root"]["readonly"] = False
            b.config["process"].update(process or {})
        return edit

    def lines(self):
        return self.log.read_text().splitlines()

    def say(self, word):
        return f"echo {word} >>{self.log}"


class Order(HookTest):
    def test_all_six_around_a_life(self):
        """T-08, H-01, LC-05, LC-07: each list in its order, at its time."""
        hooks = {kind: [self.say(f"{kind}-1"), self.say(f"{kind}-2")] for kind in KINDS}
        names = [f"{kind}-{n}" for kind in KINDS for n in (1, 2)]
        box = self.create(["sh", "-c", self.say("program") + "; exec sleep 3600"],
                          self.hooking(hooks))
        self.assertEqual(self.lines(), names[:6])
        box.husk("start", box.id)
        # The program and poststart run side by side.
        while "program" not in self.lines():
            os.sched_yield()
        self.assertEqual([line for line in self.lines() if line != "program"], names[:10])
        self.assertLess(self.lines().index("startContainer-2"), self.lines().index("program"))
        box.husk("kill", box.id, "KILL")
        box.first.wait_exit()
        self.assertEqual(len(self.lines()), 11)
        box.husk("delete", box.id)
        self.assertEqual(self.lines()[-2:], names[10:])

    def test_run_has_them_too(self):
        """EN-04."""
        hooks = {kind: self.say(kind) for kind in KINDS}
        self.run_in(["sh", "-c", "sleep 0.2"], self.hooking(hooks))
        self.assertEqual(self.lines(), list(KINDS))


class Given(HookTest):
    """What a hook gets."""

    @rows([(kind,) for kind in KINDS])
    def test_state(self, kind):
        """H-03, H-08, H-13: the state JSON on stdin, in one line, then the end of the file."""
        where = self.folder / "seen"
        box = self.start(edit=self.hooking({kind: f"cat >{where}"}))
        pid = box.first.pid
        if kind == "poststop":
            box.husk("delete", "--force", box.id)
        text = where.read_text()
        state = json.loads(text)
        status = {"startContainer": "created", "poststart": "running",
                  "poststop": "stopped"}.get(kind, "creating")
        inside = kind in ("createContainer", "startContainer")
        self.assertEqual(state["status"], status)
        self.assertEqual(state["pid"], 0 if kind == "poststop" else 1 if inside else pid)
        self.assertEqual((state["id"], state["bundle"]), (box.id, str(box.bundle.folder)))
        self.assertIn("ociVersion", state)
        self.assertNotIn("\\/", text)
        self.assertNotIn("\n", text.rstrip("\n"))
        self.assertNotIn(": ", text)

    def test_arguments_and_environment(self):
        """H-02: args with argv[0]; the environment is exactly what is given."""
        self.environment["LEAKED"] = "yes"
        show = (f"tr '\\0' '\\n' </proc/$$/cmdline | head -1 >>{self.log}; "
                f"tr '\\0' '\\n' </proc/$$/environ >>{self.log}")
        hook = self.script(show)
        hook["args"][0] = "zero"
        hook["env"] = ["A=b", f"HUSK_TEST={self.mark}", "PATH=/usr/bin:/bin"]
        self.run_in(["true"], self.hooking({"createRuntime": hook}))
        self.assertEqual(self.lines(), ["zero", *hook["env"]])

    def test_no_arguments_mean_the_path(self):
        """H-02: argv[0] is then the path, the environment empty."""
        program = self.folder / "hook"
        program.write_text(f"#!/bin/sh\necho $0 $# >>{self.log}; cat /proc/$$/environ >>{self.log}")
        program.chmod(0o755)
        self.run_in(["true"], self.hooking({"createRuntime": {"path": str(program)}}))
        self.assertEqual(self.lines(), [f"{program} 0"])

    @rows([("prestart", False), ("createRuntime", False), ("createContainer", True),
           ("startContainer", True), ("poststart", False), ("poststop", False)])
    def test_namespaces(self, kind, is_inside):
        """H-07: those of the runtime, or of the container."""
        names = ("pid", "mnt", "net", "uts", "ipc")
        show = "; ".join(f"readlink /proc/self/ns/{n} >>{self.log}" for n in names)
        if kind == "createContainer":
            # /proc is the runtime's still: there the container's own pid has no link.
            show = f"hostname >>{self.log}"
        box = self.start(edit=self.hooking({kind: show}))
        inside = [box.first.namespace(n) for n in names]
        if kind == "poststop":
            box.husk("delete", "--force", box.id)
        if kind == "createContainer":
            self.assertEqual(self.lines(), ["box"])
            return
        mine = [os.readlink(f"/proc/self/ns/{n}") for n in names]
        self.assertEqual(self.lines(), inside if is_inside else mine)

    @rows([("createContainer", True), ("startContainer", False)])
    def test_path_is_found_on_the_host_or_in_the_container(self, kind, is_host):
        """H-07: only a startContainer hook is a file of the container."""
        program = self.folder / "hook"

        def edit(b):
            self.hooking({kind: {"path": "/only/here"}})(b)
            # One path, two files.
            inside = b.folder / "rootfs" / "only"
            inside.mkdir()
            (inside / "here").write_text(f"#!/bin/sh\necho inside >>{self.log}\n")
            (inside / "here").chmod(0o755)
            b.config["hooks"][kind][0]["path"] = str(program) if is_host else "/only/here"
        program.write_text(f"#!/bin/sh\necho outside >>{self.log}\n")
        program.chmod(0o755)
        self.run_in(["true"], edit)
        self.assertEqual(self.lines(), ["outside" if is_host else "inside"])

    @rows([("createRuntime", None), ("createContainer", None), ("startContainer", "/tmp"),
           ("poststart", None), ("poststop", None)])
    def test_working_folder(self, kind, folder):
        """H-09: the bundle; in the container the process's."""
        made = self.bundle(["sleep", "0.1"],
                           self.hooking({kind: f"pwd >>{self.log}"}, {"cwd": "/tmp"}))
        self.husk("run", "--bundle", made.folder, self.new_id())
        self.assertEqual(self.lines(), [folder or str(made.folder)])

    @rows([(kind,) for kind in KINDS])
    def test_descriptors_and_signals(self, kind):
        """H-11: 0, 1, 2 and nothing else; no signal blocked or ignored."""
        leaked = os.open("/etc", os.O_RDONLY | os.O_DIRECTORY)
        self.addCleanup(os.close, leaked)
        fds, status = self.folder / "fds", self.folder / "status"
        # /proc is the runtime's still where createContainer runs: $$ means nothing there.
        show = f"ls /proc/$$/fd >{fds}; " if kind != "createContainer" else ""
        self.run_in(["sleep", "0.1"],
                    self.hooking({kind: show + f"exec cat /proc/self/status >{status}"}),
                    pass_fds=(leaked,), preexec_fn=ignore_signals)
        if show:
            # On 10 a shell keeps its own output while a command's goes to a file.
            self.assertEqual(set(fds.read_text().split()) - {"10"}, {"0", "1", "2"})
        shown = dict(line.split(":\t") for line in status.read_text().splitlines())
        self.assertEqual([int(shown[name], 16) for name in ("SigBlk", "SigIgn")], [0, 0])

    def test_output_is_not_the_containers(self):
        """H-10, OUT-08: hooks write neither on stdout nor hold it open."""
        hooks = {kind: "echo noise; echo noise >&2; sleep 3600 & :" for kind in BEFORE_CREATED}
        result = self.run_in(["echo", "mine"], self.hooking(hooks))
        self.assertEqual((result.out, result.err), ("mine\n", ""))

    def tearDown(self):
        # What a hook left in the background is the hook's affair, not husk's.
        machine.clear(self.mark)
        super().tearDown()


def ignore_signals():
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])


class Reading(HookTest):
    @rows([(kind,) for kind in KINDS])
    def test_hook_that_does_not_read(self, kind):
        """H-03: a broken pipe is no error, however large the state."""
        def edit(b):
            self.hooking({kind: "exec 0<&-; true"})(b)
            b.config["annotations"] = {"large": "x" * 300000}
        self.run_in(["true"], edit)


class Failure(HookTest):
    @rows([(kind, verb) for kind in BEFORE_CREATED for verb in ("create", "run")])
    def test_ends_the_creation(self, kind, verb="create"):
        """H-05, H-06, LC-04, H-12: an error with the hook's words; poststop; nothing is left."""
        hooks = {kind: ["echo why not >&2; exit 3", self.say("next")],
                 "poststop": f"cat >>{self.log}"}
        made = self.bundle(["true"], self.hooking(hooks))
        result = self.husk(verb, "--bundle", made.folder, self.new_id(), code=1)
        self.assert_refused(result, f"{kind} hook #0", "exit status 3", "why not")
        lines = self.lines()
        self.assertEqual(len(lines), 1, lines)
        self.assertEqual(json.loads(lines[0])["status"], "stopped")
        self.assert_nothing_left()

    def test_of_start_container(self):
        """H-05: start fails, the program never runs, the container is stopped."""
        box = self.create(["sh", "-c", self.say("program")],
                          self.hooking({"startContainer": "exit 4", "poststop": self.say("post")}))
        result = box.husk("start", box.id, code=1)
        self.assert_refused(result, "startContainer hook #0", "exit status 4")
        self.assertTrue(box.first.has_ended(LIMIT))
        self.assertEqual(box.status(), "stopped")
        box.husk("delete", box.id)
        self.assertEqual(self.lines(), ["post"])

    def test_of_start_container_in_run(self):
        """H-05, LC-04."""
        edit = self.hooking({"startContainer": "exit 4", "poststop": self.say("post")})
        self.assert_refused(self.run_in(["true"], edit, code=1), "startContainer hook #0")
        self.assertEqual(self.lines(), ["post"])
        self.assert_nothing_left()

    def test_of_poststart_kills(self):
        """H-05: the container does not run on."""
        box = self.create(edit=self.hooking({"poststart": "exit 5"}))
        self.assert_refused(box.husk("start", box.id, code=1), "poststart hook #0")
        self.assertTrue(box.first.has_ended(LIMIT))

    def test_of_poststop_is_only_a_warning(self):
        """H-05, DX-04: the next one runs, and the container is deleted."""
        box = self.start(edit=self.hooking({"poststop": ["exit 6", self.say("next")]}))
        box.husk("delete", "--force", box.id)
        self.assertEqual(self.lines(), ["next"])

    def test_by_a_signal(self):
        """H-05."""
        edit = self.hooking({"createRuntime": "kill -9 $$"})
        self.assert_refused(self.run_in(["true"], edit, code=1), "killed by signal 9")

    def test_missing_program(self):
        """ER-11."""
        edit = self.hooking({"createRuntime": {"path": "/no/such"}})
        self.assert_refused(self.run_in(["true"], edit, code=1), "/no/such",
                            "no such file or directory")

    @rows([(kind,) for kind in ("createRuntime", "createContainer", "startContainer")])
    def test_timeout(self, kind):
        """H-04: it is killed with its group, and has failed."""
        hook = self.script(f"(sleep 3600; {self.say('late')}) & sleep 3600", timeout=1)
        result = self.run_in(["true"], self.hooking({kind: hook}), code=1)
        self.assert_refused(result, f"{kind} hook #0", "timed out after 1 s")
        self.assert_nothing_left()

    def test_timeout_that_is_long_enough(self):
        self.run_in(["true"], self.hooking({"createRuntime": self.script("true", timeout=LIMIT)}))

    @rows([("relative path", {"path": "bin/true"}), ("no path", {}),
           ("no time", {"path": "/bin/true", "timeout": 0}),
           ("negative time", {"path": "/bin/true", "timeout": -1}),
           ("bad variable", {"path": "/bin/true", "env": ["A"]})])
    def test_bad_entry(self, _, hook):
        """H-02, G-02."""
        self.assert_refused(self.run_in(["true"], self.hooking({"poststop": hook}), code=1),
                            "hooks.poststop[0]")
        self.assert_nothing_left()

    def test_killed_runtime_takes_the_hook_with_it(self):
        """H-11: a hook does not go on alone."""
        made = self.bundle(["true"], self.hooking(
            {"createRuntime": f"echo $$ >>{self.log}; exec sleep 3600"}))
        identity = self.new_id()
        running = self.spawn("create", "--bundle", made.folder, identity)
        while not self.lines():
            os.sched_yield()
        hook = int(self.lines()[0])
        fd = os.pidfd_open(hook)
        self.addCleanup(os.close, fd)
        running.kill()
        running.wait()
        ready = select.poll()
        ready.register(fd, select.POLLIN)
        self.assertTrue(ready.poll(LIMIT * 1000))
        self.husk("delete", "--force", identity)


class Output(HookTest):
    """A-14."""

    def annotated(self, hooks):
        def edit(b):
            self.hooking(hooks)(b)
            b.config["annotations"] = {"run.oci.hooks.stdout": str(self.folder / "out"),
                                       "run.oci.hooks.stderr": str(self.folder / "err")}
        return edit

    def test_is_appended_to_files(self):
        """A-14, H-10: from all six lists, wherever they run."""
        (self.folder / "out").write_text("before\n")
        hooks = {kind: f"echo {kind}; echo {kind} >&2" for kind in KINDS}
        box = self.start(edit=self.annotated(hooks))
        box.husk("delete", "--force", box.id)
        self.assertEqual((self.folder / "out").read_text().split(), ["before", *KINDS])
        self.assertEqual((self.folder / "err").read_text().split(), list(KINDS))

    def test_file_that_cannot_be_opened(self):
        """A-14: an error before anything is made."""
        def edit(b):
            self.hooking({"createRuntime": "true"})(b)
            b.config["annotations"] = {"run.oci.hooks.stdout": "/no/such/file"}
        self.assert_refused(self.run_in(["true"], edit, code=1), "run.oci.hooks.stdout")
        self.assert_nothing_left()
