# SPDX-License-Identifier: GPL-2.0-or-later
"""linux.seccomp: what is asked, who answers, and that a profile is compiled once."""
import base64
import json
import os
import struct

from agent import Receiver, answer
from husk import ContainerTest, rows

EACCES, EXDEV, EPERM, ENOSYS = 13, 18, 1, 38


def profile(*rules, default="SCMP_ACT_ALLOW", **members):
    return {"defaultAction": default, "syscalls": list(rules), **members}


def rule(names, action, **members):
    return {"names": names.split(), "action": action, **members}


def using(seccomp, no_new_privileges=True, annotations=None, **process):
    def edit(b):
        b.config["linux"]["seccomp"] = seccomp
        b.config["process"]["noNewPrivileges"] = no_new_privileges
        b.config["process"].update(process)
        b.config.setdefault("annotations", {}).update(annotations or {})
    return edit


class Rules(ContainerTest):
    def exit_code(self, seccomp, args=("mkdir", "/tmp/a"), code=None, **more):
        return self.run_in(list(args), using(seccomp, **more), code=code)

    @rows([("default is EPERM", {}, "Operation not permitted"),
           ("given", {"errnoRet": EXDEV}, "Invalid cross-device link"),
           ("zero means success", {"errnoRet": 0}, None)])
    def test_errno(self, _, members, text):
        """SC-10: errnoRet, and what it is when absent."""
        result = self.exit_code(profile(rule("mkdir mkdirat", "SCMP_ACT_ERRNO", **members)))
        self.assertEqual(result.code, 0 if text is None else 1)
        self.assertIn(text or "", result.err)

    @rows([("KILL", 128 + 31), ("KILL_THREAD", 128 + 31), ("KILL_PROCESS", 128 + 31),
           ("TRAP", 128 + 31), ("LOG", 0), ("ALLOW", 0), ("TRACE", 1), ("ERRNO", 1)])
    def test_action(self, action, code):
        """SC-08: each action; without a tracer TRACE is ENOSYS."""
        result = self.exit_code(profile(rule("mkdir mkdirat", "SCMP_ACT_" + action)), code=code)
        if action == "TRACE":
            self.assertIn("Function not implemented", result.err)

    @rows([("SCMP_CMP_NE", 9, 0, "15"), ("SCMP_CMP_EQ", 9, 0, "9"), ("SCMP_CMP_LT", 10, 0, "9"),
           ("SCMP_CMP_LE", 9, 0, "9"), ("SCMP_CMP_GT", 9, 0, "15"), ("SCMP_CMP_GE", 15, 0, "15"),
           ("SCMP_CMP_MASKED_EQ", 6, 0, "9")])
    def test_operator(self, op, value, value_two, denied):
        """SC-11: of kill -9 and kill -15 one is denied."""
        seccomp = profile(rule("kill", "SCMP_ACT_ERRNO", errnoRet=EXDEV,
                               args=[{"index": 1, "value": value, "valueTwo": value_two,
                                      "op": op}]))
        shown = self.shell("for s in 9 15; do sleep 3600 & kill -$s $! 2>/dev/null || echo $s; "
                           "done; kill -9 -1", using(seccomp), code=None)
        self.assertEqual(shown.split(), [denied])

    def test_strict_default_with_an_errno_of_its_own(self):
        """SC-03, SC-09, SC-12: a default of ENOTTY; unknown names and repetitions are no error."""
        allowed = ("execve exit exit_group brk mmap munmap mprotect read write open openat close "
                   "fstat newfstatat stat lstat arch_prctl set_tid_address set_robust_list rseq "
                   "prlimit64 getrandom rt_sigaction rt_sigprocmask getuid geteuid getgid getegid "
                   "setuid setgid readlink readlinkat uname futex ioctl prctl poll ppoll "
                   "sched_getaffinity umask no_such_call")
        seccomp = profile(rule(allowed, "SCMP_ACT_ALLOW"), rule("mkdir", "SCMP_ACT_ERRNO"),
                          rule("rmdir", "SCMP_ACT_ERRNO", errnoRet=25),
                          default="SCMP_ACT_ERRNO", defaultErrnoRet=25)
        result = self.exit_code(seccomp, args=["rmdir", "/tmp"], code=1)
        self.assertIn("Inappropriate ioctl", result.err)

    @rows([("SCMP_ARCH_X86_64", 0), ("SCMP_ARCH_X86", 0), ("SCMP_ARCH_X32", 0),
           ("SCMP_ARCH_AARCH64", 0), ("SCMP_ARCH_RISCV64", 0), ("SCMP_ARCH_S390X", None),
           ("SCMP_ARCH_VAX", 1)])
    def test_architecture(self, name, code):
        """SC-04: native is always in; big endian beside little is refused by libseccomp."""
        seccomp = profile(rule("mkdir mkdirat", "SCMP_ACT_ERRNO"), architectures=[name])
        self.run_in(["true"], using(seccomp), code=code)
        if code == 0:
            self.assertEqual(self.exit_code(seccomp).code, 1)

    @rows([("absent", None, 0), ("none", [], 0), ("log", ["SECCOMP_FILTER_FLAG_LOG"], 0),
           ("tsync", ["SECCOMP_FILTER_FLAG_TSYNC"], 0),
           ("spec", ["SECCOMP_FILTER_FLAG_SPEC_ALLOW"], 0),
           ("wait", ["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"], 0),
           ("unknown", ["SECCOMP_FILTER_FLAG_FLY"], 1)])
    def test_flag(self, _, flags, code):
        """SC-05."""
        members = {} if flags is None else {"flags": flags}
        self.run_in(["true"], using(profile(rule("mkdir", "SCMP_ACT_ERRNO"), **members)),
                    code=code)

    @rows([("no default action", {}, "defaultAction"),
           ("unknown action", profile(default="SCMP_ACT_FLY"), "defaultAction"),
           ("notify by default", profile(default="SCMP_ACT_NOTIFY", listenerPath="/l"), "default"),
           ("errno of allow", profile(defaultErrnoRet=1), "defaultErrnoRet"),
           ("no names", profile(rule("", "SCMP_ACT_LOG")), "names"),
           ("seventh argument", profile(rule("kill", "SCMP_ACT_ERRNO", args=[
               {"index": 6, "value": 1, "op": "SCMP_CMP_EQ"}])), "index"),
           ("unknown operator", profile(rule("kill", "SCMP_ACT_ERRNO", args=[
               {"index": 1, "value": 1, "op": "SCMP_CMP_FLY"}])), "op"),
           ("metadata alone", profile(listenerMetadata="m"), "listenerPath"),
           ("nobody to ask", profile(rule("mkdir", "SCMP_ACT_NOTIFY")), "listenerPath"),
           ("write asks", profile(rule("write", "SCMP_ACT_NOTIFY"), listenerPath="/l"), "write")])
    def test_refused(self, _, seccomp, text):
        """SC-02, SC-03, SC-06, SC-07, SC-08, SC-09, SC-11, SC-16: wrong values are errors."""
        self.assert_refused(self.run_in(["true"], using(seccomp), code=1), text)
        self.assert_nothing_left()

    @rows([("with", True), ("without", False)])
    def test_it_is_on_in_the_program(self, _, no_new_privileges):
        """SC-01, SC-15, S-25: loaded either way, and no_new_privs is as configured."""
        shown = self.shell("grep -E 'Seccomp:|NoNewPrivs' /proc/self/status",
                           using(profile(rule("swapon", "SCMP_ACT_ERRNO")), no_new_privileges))
        self.assertEqual(shown.split(), ["NoNewPrivs:", str(int(no_new_privileges)),
                                         "Seccomp:", "2"])

    def test_call_younger_than_the_profile_is_not_there(self):
        """SC-14: ENOSYS, not the profile's errno, so that a C library falls back."""
        names = [name for name in self.names_of_default() if name != "openat2"]
        seccomp = profile(rule(" ".join(names), "SCMP_ACT_ALLOW"), default="SCMP_ACT_ERRNO")
        self.run_in(["true"], using(seccomp))

    @staticmethod
    def names_of_default():
        return ("read write open openat close stat fstat lstat newfstatat poll mmap mprotect "
                "munmap brk rt_sigaction rt_sigprocmask ioctl access execve exit exit_group uname "
                "fcntl getcwd readlink getuid getgid geteuid getegid setuid setgid arch_prctl "
                "prctl futex set_tid_address set_robust_list prlimit64 getrandom rseq "
                "clone3").split()


class Ask(ContainerTest):
    """SCMP_ACT_NOTIFY."""

    needs = ["root", "linux 5.9"]

    def agent(self, error=0, seen=None):
        made = Receiver(self.folder / "agent.sock", answer(error, seen))
        self.addCleanup(made.close)
        return made

    def asking(self, names="mkdir mkdirat", **members):
        return profile(rule(names, "SCMP_ACT_NOTIFY"),
                       listenerPath=str(self.folder / "agent.sock"), **members)

    @rows([("with no_new_privs", True), ("without", False)])
    def test_answer_of_the_agent_counts(self, _, no_new_privileges):
        """SC-06: who listens gets the descriptor and decides."""
        self.agent(EXDEV)
        result = self.run_in(["mkdir", "/tmp/a"], using(self.asking(), no_new_privileges), code=1)
        self.assertIn("cross-device", result.err)

    @rows([("with no_new_privs", True), ("without", False)])
    def test_state_comes_with_the_descriptor(self, _, no_new_privileges):
        """SC-06, SC-07, SC-13: one connection, the container process state, one descriptor."""
        agent = self.agent()
        box = self.create(["mkdir", "/tmp/a"],
                          using(self.asking(listenerMetadata="for \"you\""), no_new_privileges,
                                {"some": "thing"}))
        payload, fds = agent.wait()
        state = json.loads(payload)
        self.assertEqual(len(fds), 1)
        self.assertEqual(os.readlink(f"/proc/self/fd/{fds[0]}"), "anon_inode:seccomp notify")
        self.assertEqual(state["fds"], ["seccompFd"])
        self.assertEqual(state["pid"], box.first.pid)
        self.assertEqual(state["metadata"], 'for "you"')
        self.assertEqual(state["ociVersion"], state["state"]["ociVersion"])
        self.assertEqual(state["state"]["id"], box.id)
        self.assertEqual(state["state"]["status"], "creating")
        self.assertEqual(state["state"]["pid"], box.first.pid)
        self.assertEqual(state["state"]["bundle"], str(box.bundle.folder))
        self.assertEqual(state["state"]["annotations"], {"some": "thing"})
        self.assertEqual(box.status(), "created")
        box.husk("start", box.id)
        self.assertEqual(box.first.wait_exit(), 0)
        self.assertEqual(len(agent.got), 1)

    def test_without_metadata_there_is_none(self):
        """SC-07."""
        agent = self.agent()
        self.run_in(["true"], using(self.asking()))
        self.assertNotIn("metadata", json.loads(agent.wait()[0]))

    @rows([("with no_new_privs", True), ("without", False)])
    def test_calls_of_our_own_do_not_lock_up(self, _, no_new_privileges):
        """SC-16: even when nearly all that husk itself still does asks."""
        seen = []
        self.agent(0, seen)
        names = ("close sendmsg recvmsg sendto accept4 close_range fcntl prctl futex poll openat "
                 "open read execve rt_sigaction rt_sigprocmask setresuid setresgid setgroups "
                 "capset umask chdir getcwd exit_group munmap mmap sched_yield")
        self.assertEqual(self.shell("echo alive",
                                    using(self.asking(names), no_new_privileges)), "alive")
        self.assertTrue(seen)

    @rows([("nobody there", "gone.sock"), ("no folder", "a/b/c.sock")])
    def test_agent_that_is_not_there(self, _, name):
        """SC-06: an error, and nothing is left."""
        seccomp = self.asking()
        seccomp["listenerPath"] = str(self.folder / name)
        self.assert_refused(self.run_in(["true"], using(seccomp), code=1), name,
                            "no such file or directory")
        self.assert_nothing_left()

    def test_path_longer_than_an_address(self):
        deep = self.folder / ("d" * 120)
        deep.mkdir()
        folder = os.open(deep, os.O_PATH)
        self.addCleanup(os.close, folder)
        agent = Receiver(f"/proc/self/fd/{folder}/s")
        self.addCleanup(agent.close)
        seccomp = self.asking()
        seccomp["listenerPath"] = str(deep / "s")
        self.run_in(["true"], using(seccomp))
        agent.wait()

    def test_path_is_ignored_when_nothing_asks(self):
        """SC-06."""
        self.run_in(["true"], using(profile(rule("mkdir", "SCMP_ACT_ERRNO"),
                                            listenerPath="/nowhere/s")))

    def test_receiver_of_an_annotation(self):
        """A-09: where there is no listenerPath."""
        agent = self.agent(EXDEV)
        seccomp = self.asking()
        path = seccomp.pop("listenerPath")
        result = self.run_in(["mkdir", "/tmp/a"], using(
            seccomp, annotations={"run.oci.seccomp.receiver": path}), code=1)
        self.assertIn("cross-device", result.err)
        self.assertEqual(json.loads(agent.wait()[0])["fds"], ["seccompFd"])

    def test_receiver_of_the_environment(self):
        """A-09."""
        self.agent(EXDEV)
        seccomp = self.asking()
        self.environment["RUN_OCI_SECCOMP_RECEIVER"] = seccomp.pop("listenerPath")
        self.assertIn("cross-device", self.run_in(["mkdir", "/tmp/a"], using(seccomp),
                                                  code=1).err)

    @rows([("killable", ["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"]),
           ("tsync", ["SECCOMP_FILTER_FLAG_TSYNC"])])
    def test_flags_with_a_listener(self, _, flags):
        """SC-05."""
        self.agent(EXDEV)
        self.run_in(["mkdir", "/tmp/a"], using(self.asking(flags=flags)), code=1)

    def test_small_process_limit(self):
        """The second thread that hands the listener over needs a place for a moment."""
        def edit(b):
            using(self.asking())(b)
            b.config["linux"]["resources"]["pids"] = {"limit": 2}
        self.agent(EXDEV)
        self.run_in(["mkdir", "/tmp/a"], edit, code=1)


class Given(ContainerTest):
    """Annotations about the program."""

    needs = ["root", "processor x86_64"]

    @staticmethod
    def code(*instructions):
        packed = b"".join(struct.pack("HBBI", *i) for i in instructions)
        return base64.b64encode(packed).decode()

    def test_program_of_an_annotation(self):
        """A-12, SC-17: in the place of the profile, or without one."""
        # ld [nr]; jeq mkdir: ret errno EXDEV; ret allow
        code = self.code((0x20, 0, 0, 0), (0x15, 0, 1, 83), (0x06, 0, 0, 0x50000 | EXDEV),
                         (0x06, 0, 0, 0x7fff0000))
        denies = profile(default="SCMP_ACT_KILL")
        for seccomp in (denies, None):
            def edit(b, seccomp=seccomp):
                using(seccomp, annotations={"run.oci.seccomp_bpf_data": code})(b)
                if seccomp is None:
                    del b.config["linux"]["seccomp"]
            self.assertIn("cross-device", self.run_in(["mkdir", "/tmp/a"], edit, code=1).err)

    @rows([("no base64", "*"), ("half an instruction", "AAAA"), ("nothing", "")])
    def test_program_that_is_none(self, _, text):
        """A-12, A-24."""
        edit = using(profile(), annotations={"run.oci.seccomp_bpf_data": text})
        self.assert_refused(self.run_in(["true"], edit, code=1), "run.oci.seccomp_bpf_data")
        self.assert_nothing_left()

    @rows([("1", 1), ("0", 0)])
    def test_unknown_name_can_be_an_error(self, value, code):
        """A-11, SC-09."""
        edit = using(profile(rule("no_such_call", "SCMP_ACT_ERRNO")),
                     annotations={"run.oci.seccomp_fail_unknown_syscall": value})
        result = self.run_in(["true"], edit, code=code)
        if code:
            self.assert_refused(result, "no_such_call is not known")


class Kept(ContainerTest):
    """A profile is compiled once (SC-17, SC-18)."""

    SECCOMP = profile(rule("mkdir mkdirat", "SCMP_ACT_ERRNO", errnoRet=EXDEV))

    def setUp(self):
        super().setUp()
        self.cache = self.root / ".cache" / "seccomp"

    def run_once(self, seccomp=None):
        result = self.run_in(["mkdir", "/tmp/a"], using(seccomp or self.SECCOMP), code=1)
        self.assertIn("cross-device", result.err)

    def kept(self):
        return sorted(path.name for path in self.cache.iterdir())

    def test_one_file_for_one_profile(self):
        """SC-17: found again by the next container, and by one with another listener."""
        self.run_once()
        names, = [self.kept()]
        written = os.stat(self.cache / names[0]).st_mtime_ns
        self.run_once({**self.SECCOMP, "listenerPath": "/l", "listenerMetadata": "m"})
        self.assertEqual(self.kept(), names)
        self.assertEqual(os.stat(self.cache / names[0]).st_mtime_ns, written)
        self.run_once(profile(*self.SECCOMP["syscalls"], rule("swapon", "SCMP_ACT_ERRNO")))
        self.assertEqual(len(self.kept()), 2)

    def test_it_is_ours_alone(self):
        self.run_once()
        for path, mode in ((self.cache.parent, 0o700), (self.cache, 0o700),
                           (self.cache / self.kept()[0], 0o600)):
            self.assertEqual(path.stat().st_mode & 0o7777, mode)

    @rows([("empty", b""), ("junk", b"junk" * 100)])
    def test_bad_file_is_written_anew(self, _, content):
        self.run_once()
        path = self.cache / self.kept()[0]
        good = path.read_bytes()
        for bad in (content, good[:-1], good[:-8] + bytes(8), good + b"\0"):
            path.write_bytes(bad)
            self.run_once()
            self.assertEqual(path.read_bytes(), good)

    def test_file_that_others_may_write_is_not_trusted(self):
        self.run_once()
        path = self.cache / self.kept()[0]
        path.chmod(0o666)
        self.run_once()
        self.assertEqual(path.stat().st_mode & 0o7777, 0o600)

    def test_listing_and_creating_leave_it_alone(self):
        """SD-09."""
        self.run_once()
        self.assertEqual(json.loads(self.husk("list", "--format", "json").out), [])
        self.start()
        self.assertEqual(len(self.kept()), 1)

    def test_cache_that_cannot_be_written_is_no_error(self):
        self.root.mkdir(mode=0o700)
        (self.root / ".cache").write_text("in the way")
        self.run_once()
