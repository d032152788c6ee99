# SPDX-License-Identifier: GPL-2.0-or-later
import os
import resource
import subprocess

from husk import ContainerTest, rows


def process(**members):
    return lambda b: b.config["process"].update(members)


class User(ContainerTest):
    def ids(self, user):
        return self.shell("id -u; id -g; id -G", process(user=user)).splitlines()

    def test_root_has_no_groups_of_the_caller(self):
        """P-25"""
        self.assertEqual(self.ids({"uid": 0, "gid": 0}), ["0", "0", "0"])

    def test_uid_gid_and_further_groups(self):
        """P-24, P-25"""
        uid, gid, groups = self.ids({"uid": 1000, "gid": 1001, "additionalGids": [5, 6]})
        self.assertEqual((uid, gid), ("1000", "1001"))
        self.assertEqual(set(groups.split()), {"1001", "5", "6"})

    def test_largest_ids(self):
        self.assertEqual(self.ids({"uid": 2**32 - 2, "gid": 2**32 - 2})[0], str(2**32 - 2))

    @rows([("default", None, "0022"), ("given", 0o27, "0027"), ("zero", 0, "0000")])
    def test_umask(self, _, umask, shown):
        """P-26"""
        user = {"uid": 0, "gid": 0, **({} if umask is None else {"umask": umask})}
        self.assertEqual(self.shell("umask", process(user=user), umask=0o77), shown)

    def test_stream_belongs_to_the_user(self):
        """FD-03: A program that reopens its stdout by /proc/self/fd must be allowed to."""
        self.assertEqual(self.shell("echo reopened >/proc/self/fd/1",
                                    process(user={"uid": 1000, "gid": 1000})), "reopened")

    def test_null_of_the_machine_keeps_its_owner(self):
        """FD-03"""
        self.run_in(["true"], process(user={"uid": 1000, "gid": 1000}))
        self.assertEqual(os.stat("/dev/null").st_uid, 0)


class Environment(ContainerTest):
    def test_only_what_is_given(self):
        """P-05, FD-02"""
        self.environment["LEAKED"] = "yes"
        env = ["PATH=/bin", "A=b=c", "EMPTY=", f"HUSK_TEST={self.mark}", "HOME=/here"]
        shown = self.shell("cat /proc/1/environ | tr '\\0' '\\n'", process(env=env))
        self.assertEqual(sorted(shown.splitlines()), sorted(env))

    @rows([("root", 0, "/root"), ("known", 1000, "/tmp"), ("unknown", 4242, "/")])
    def test_home_comes_from_passwd_of_the_image(self, _, uid, home):
        """P-05"""
        self.assertEqual(self.shell("echo $HOME", process(user={"uid": uid, "gid": 0})), home)

    def test_passwd_that_is_a_fifo_does_not_hang(self):
        def edit(b):
            path = b.own_rootfs() / "etc" / "passwd"
            path.unlink()
            os.mkfifo(path)
        self.assertEqual(self.shell("echo $HOME", edit), "/")


class WorkingFolder(ContainerTest):
    def test_it_is_entered(self):
        """P-04"""
        self.assertEqual(self.shell("pwd", process(cwd="/etc")), "/etc")

    def test_missing_one_is_made(self):
        """P-04"""
        def edit(b):
            b.own_rootfs()
            b.config["root"]["readonly"] = False
            b.config["process"]["cwd"] = "/made/deep"
        self.assertEqual(self.shell("pwd; stat -c %a .", edit), "/made/deep\n755")

    def test_file_is_refused(self):
        """P-04"""
        self.assert_refused(self.run_in(["true"], process(cwd="/etc/passwd"), code=1),
                            "not a directory")
        self.assert_nothing_left()

    def test_way_out_through_a_leaked_descriptor_is_closed(self):
        """P-04, CVE-2024-21626."""
        leaked = os.open("/etc", os.O_RDONLY | os.O_DIRECTORY)
        self.addCleanup(os.close, leaked)
        for fd in range(3, 20):
            result = self.run_in(["pwd"], process(cwd=f"/proc/self/fd/{fd}"), code=None,
                                 pass_fds=(leaked,))
            self.assertNotEqual(result.code, 0, f"cwd is {result.out} by descriptor {fd}")


class Program(ContainerTest):
    def test_found_by_the_path_of_the_container(self):
        """P-06"""
        def edit(b):
            root = b.own_rootfs()
            (root / "tools").mkdir()
            (root / "tools" / "mine").symlink_to("/bin/busybox")
            b.config["process"].update(args=["mine"], env=["PATH=/nonexistent:/tools"])
        # busybox under a name that it does not know says so; that it ran is the point.
        self.assertIn("mine", self.run_in(["mine"], edit, code=127).err)

    def test_relative_to_the_working_folder(self):
        self.run_in(["./busybox", "true"], process(cwd="/bin"))

    def test_arguments_are_passed_as_they_are(self):
        weird = ["", " ", "a b", "'", "\"", "\\", "ä", "$HOME", "*"]
        shown = self.run_in(["sh", "-c", "for i in \"$@\"; do echo \"[$i]\"; done", "sh", *weird])
        self.assertEqual(shown.out.splitlines(), [f"[{word}]" for word in weird])


class Capabilities(ContainerTest):
    ALL = ("bounding", "effective", "permitted", "inheritable", "ambient")
    FIELDS = {"bounding": "CapBnd", "effective": "CapEff", "permitted": "CapPrm",
              "inheritable": "CapInh", "ambient": "CapAmb"}
    KILL, NET_BIND_SERVICE = 5, 10

    def shown(self, sets, **members):
        lines = self.run_in(["grep", "Cap", "/proc/self/status"],
                            process(capabilities=sets, **members)).out.splitlines()
        return {line.split(":")[0]: int(line.split()[1], 16) for line in lines}

    @rows([("bounding",), ("bounding", "permitted"), ("bounding", "permitted", "effective"),
           ("bounding", "permitted", "effective", "inheritable"), ALL])
    def test_each_set_is_exact(self, *names):
        """P-28..P-30

        execve(2) gives root permitted and effective sets from the bounding one, so no root.
        """
        sets = {name: ["CAP_KILL", "CAP_NET_BIND_SERVICE"] for name in names}
        box = self.create(edit=process(capabilities=sets, user={"uid": 1000, "gid": 1000}))
        box.husk("start", box.id)
        wanted = 1 << self.KILL | 1 << self.NET_BIND_SERVICE
        for name, field in self.FIELDS.items():
            # Without ambient ones, exec by an ordinary user clears what it could use.
            kept = name in names and (name in ("bounding", "inheritable") or "ambient" in names)
            self.assertEqual(box.first.capabilities(field), wanted if kept else 0, name)

    def test_absent_object_means_none(self):
        """P-27"""
        def edit(b):
            del b.config["process"]["capabilities"]
        lines = self.run_in(["grep", "Cap", "/proc/self/status"], edit).out.splitlines()
        self.assertEqual([int(line.split()[1], 16) for line in lines], [0] * 5)

    def test_unknown_name_is_only_warned_of(self):
        """P-31"""
        shown = self.shown({"bounding": ["CAP_KILL", "CAP_FLY"]})
        self.assertEqual(shown["CapBnd"], 1 << self.KILL)

    def test_ambient_ones_that_cannot_be_are_one_warning(self):
        """P-30: permitted, but not to be inherited, as buildah asks for a dozen"""
        sets = {name: ["CAP_KILL", "CAP_NET_BIND_SERVICE"]
                for name in ("bounding", "effective", "permitted", "ambient")}
        line, = self.run_in(["true"], process(capabilities=sets)).err.splitlines()
        self.assertRegex(line, r"^husk: warning: process\.capabilities\.ambient: .*: "
                               r"CAP_KILL CAP_NET_BIND_SERVICE$")

    @rows([("set", True, "1"), ("not", False, "0")])
    def test_no_new_privileges(self, _, value, shown):
        """P-12"""
        line = self.run_in(["grep", "NoNewPrivs", "/proc/self/status"],
                           process(noNewPrivileges=value)).out
        self.assertEqual(line.split()[1], shown)


class Attributes(ContainerTest):
    def test_limits(self):
        """P-08"""
        limits = [{"type": "RLIMIT_NOFILE", "soft": 100, "hard": 200},
                  {"type": "RLIMIT_CORE", "soft": 0, "hard": 0}]
        self.assertEqual(self.shell("ulimit -Sn; ulimit -Hn; ulimit -c",
                                    process(rlimits=limits)).split(), ["100", "200", "0"])

    def test_limit_of_open_files_that_is_not_given_is_the_callers(self):
        """P-09"""
        mine = resource.getrlimit(resource.RLIMIT_NOFILE)
        shown = self.shell("ulimit -Sn; ulimit -Hn").split()
        self.assertEqual(shown, [str(limit) if limit != resource.RLIM_INFINITY else "unlimited"
                                 for limit in mine])

    @rows([("given", 500, "500"), ("zero", 0, "0")])
    def test_oom_score(self, _, value, shown):
        """P-13"""
        self.assertEqual(self.shell("cat /proc/self/oom_score_adj", process(oomScoreAdj=value)),
                         shown)

    def test_oom_score_is_left_alone_when_absent(self):
        """P-13"""
        def raise_own():
            with open("/proc/self/oom_score_adj", "w") as f:
                f.write("321")
        self.assertEqual(self.shell("cat /proc/self/oom_score_adj", preexec_fn=raise_own), "321")

    def test_nice(self):
        """P-14, P-15"""
        scheduler = {"policy": "SCHED_BATCH", "nice": 7}
        box = self.start(edit=process(scheduler=scheduler))
        self.assertEqual(os.sched_getscheduler(box.first.pid), os.SCHED_BATCH)
        self.assertEqual(os.getpriority(os.PRIO_PROCESS, box.first.pid), 7)

    def test_io_priority(self):
        """P-19"""
        box = self.start(edit=process(ioPriority={"class": "IOPRIO_CLASS_IDLE", "priority": 0}))
        shown = subprocess.run(["ionice", "-p", str(box.first.pid)], capture_output=True,
                               text=True, check=True).stdout
        self.assertEqual(shown.strip(), "idle")

    def test_no_controlling_terminal(self):
        """FD-04"""
        self.assertEqual(self.shell("tty; cut -d ' ' -f 7 /proc/self/stat", code=0),
                         "not a tty\n0")

    def test_leader_of_a_session_of_its_own(self):
        """FD-04"""
        self.assertEqual(self.shell("cut -d ' ' -f 1,6 /proc/1/stat"), "1 1")

    def test_no_death_signal_is_left(self):
        """P-35: The caller may end: its container must not (CO-04)."""
        box = self.container(["sh", "-c", "echo ready; exec sleep 3600"])
        box.create("--detach", verb="run")
        self.assertEqual(box.line(), "ready")
        self.assertEqual(box.status(), "running")


class Seccomp(ContainerTest):
    @rows([("plain", True), ("privileged", False)])
    def test_denied_call(self, _, no_new_privileges):
        """SC-10, SC-15"""
        profile = {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
            {"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28}]}

        def edit(b):
            b.config["linux"]["seccomp"] = profile
            b.config["process"]["noNewPrivileges"] = no_new_privileges
        self.assertIn("No space left", self.run_in(["mkdir", "/tmp/a"], edit, code=1).err)

    def test_argument(self):
        """SC-11"""
        profile = {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
            {"names": ["kill"], "action": "SCMP_ACT_ERRNO", "errnoRet": 95,
             "args": [{"index": 1, "value": 9, "op": "SCMP_CMP_EQ"}]}]}
        shown = self.shell("sleep 3600 & kill -9 $! 2>&1; kill -15 $!",
                           lambda b: b.config["linux"].update(seccomp=profile))
        self.assertIn("not supported", shown)

    def test_deadly_action(self):
        """SC-08"""
        profile = {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
            {"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_KILL_PROCESS"}]}
        self.run_in(["mkdir", "/tmp/a"],
                    lambda b: b.config["linux"].update(seccomp=profile), code=128 + 31)

    def test_unknown_call_in_the_profile_is_passed_over(self):
        """SC-09"""
        profile = {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
            {"names": ["no_such_call"], "action": "SCMP_ACT_ERRNO"}]}
        self.run_in(["true"], lambda b: b.config["linux"].update(seccomp=profile))
