# SPDX-License-Identifier: GPL-2.0-or-later
"""Properties of the process and of linux, each against the running kernel."""
import os
import resource
import signal
import subprocess

import machine
from bundle import bind, drop_namespace, mount, tiny_program
from husk import ContainerTest, rows
from test_namespaces import with_user_namespace


def process(**members):
    return lambda b: b.config["process"].update(members)


def linux(**members):
    return lambda b: b.config["linux"].update(members)


def both(*edits):
    def edit(b):
        for one in edits:
            one(b)
    return edit


def unmasked(b):
    """/proc as it is, to look at."""
    b.config["linux"]["maskedPaths"] = []
    b.config["linux"]["readonlyPaths"] = []


LIMITS = ("AS", "CORE", "CPU", "DATA", "FSIZE", "LOCKS", "MEMLOCK", "MSGQUEUE", "NICE", "NOFILE",
          "NPROC", "RSS", "RTPRIO", "RTTIME", "SIGPENDING", "STACK")
# /proc/PID/limits has them in the order of their numbers.
NUMBERS = ("CPU", "FSIZE", "DATA", "STACK", "CORE", "RSS", "NPROC", "NOFILE", "MEMLOCK", "AS",
           "LOCKS", "SIGPENDING", "MSGQUEUE", "NICE", "RTPRIO", "RTTIME")


class Limits(ContainerTest):
    @rows([(name,) for name in LIMITS])
    def test_each(self, name):
        """P-08: soft and hard, exactly."""
        _, hard = resource.prlimit(0, NUMBERS.index(name))
        top = hard if 0 <= hard < 1 << 40 else 1 << 40
        soft = top // 2
        box = self.start(edit=process(rlimits=[{"type": "RLIMIT_" + name, "soft": soft,
                                                "hard": top}]))
        self.assertEqual(resource.prlimit(box.first.pid, NUMBERS.index(name)), (soft, top))

    @rows([("unknown", [("RLIMIT_FLY", 1, 1)]), ("twice", [("RLIMIT_CORE", 1, 1)] * 2),
           ("soft above hard", [("RLIMIT_CORE", 2, 1)])])
    def test_refused(self, _, limits):
        """P-08."""
        listed = [{"type": kind, "soft": soft, "hard": hard} for kind, soft, hard in limits]
        self.assert_refused(self.run_in(["true"], process(rlimits=listed), code=1),
                            "process.rlimits")
        self.assert_nothing_left()

    def test_without_limits_the_callers_stay(self):
        """P-09: what husk raised for itself does not leak."""
        def lower():
            resource.setrlimit(resource.RLIMIT_NOFILE, (77, 99))
        self.assertEqual(self.shell("ulimit -Sn; ulimit -Hn", preexec_fn=lower).split(),
                         ["77", "99"])


class Scheduling(ContainerTest):
    def outside(self, scheduler, *words):
        """Run without a cgroup: a cpu cgroup of v1 has no share of real time unless given one."""
        made = self.bundle(words, process(scheduler=scheduler))
        return self.husk("--cgroup-manager", "disabled", "run", "--bundle", made.folder,
                         self.new_id(), code=None)

    @rows([("OTHER", os.SCHED_OTHER), ("BATCH", os.SCHED_BATCH), ("IDLE", os.SCHED_IDLE)])
    def test_policy(self, name, number):
        """P-14."""
        box = self.start(edit=process(scheduler={"policy": "SCHED_" + name}))
        self.assertEqual(os.sched_getscheduler(box.first.pid), number)

    @rows([("FIFO", os.SCHED_FIFO), ("RR", os.SCHED_RR)])
    def test_real_time(self, name, number):
        """P-14, P-16, P-17: proc(5) has priority and policy in fields 40 and 41."""
        scheduler = {"policy": "SCHED_" + name, "priority": 7,
                     "flags": ["SCHED_FLAG_RESET_ON_FORK"]}
        result = self.outside(scheduler, "cut", "-d", " ", "-f", "40,41", "/proc/self/stat")
        if result.code:
            self.skipTest("needs the right to real time: " + result.err)
        self.assertEqual(result.out.split(), ["7", str(number)])

    @rows([("lowest", 19), ("other", 3), ("highest", -20)])
    def test_nice(self, _, nice):
        """P-15."""
        box = self.start(edit=process(scheduler={"policy": "SCHED_OTHER", "nice": nice}))
        self.assertEqual(os.getpriority(os.PRIO_PROCESS, box.first.pid), nice)

    @rows([("no policy", {}), ("unknown policy", {"policy": "SCHED_FLY"}),
           ("unknown flag", {"policy": "SCHED_OTHER", "flags": ["SCHED_FLAG_FLY"]}),
           ("nice of FIFO", {"policy": "SCHED_FIFO", "priority": 1, "nice": 1}),
           ("nice over 19", {"policy": "SCHED_OTHER", "nice": 20}),
           ("priority of OTHER", {"policy": "SCHED_OTHER", "priority": 1}),
           ("no priority of FIFO", {"policy": "SCHED_FIFO"}),
           ("runtime of OTHER", {"policy": "SCHED_OTHER", "runtime": 1}),
           ("deadline of RR", {"policy": "SCHED_RR", "priority": 1, "deadline": 1}),
           ("period of OTHER", {"policy": "SCHED_OTHER", "period": 1}),
           ("not of this kernel", {"policy": "SCHED_ISO"})])
    def test_refused(self, _, scheduler):
        """P-14, P-15, P-16, P-17, P-18."""
        self.assert_refused(self.run_in(["true"], process(scheduler=scheduler), code=1),
                            "process.scheduler")
        self.assert_nothing_left()

    def test_deadline(self):
        """P-18: runtime, deadline and period are given to the kernel, which has the last word."""
        scheduler = {"policy": "SCHED_DEADLINE", "runtime": 1000000, "deadline": 10000000,
                     "period": 10000000}
        result = self.outside(scheduler, "cut", "-d", " ", "-f", "41", "/proc/self/stat")
        if result.code:
            self.skipTest("needs the right to deadlines: " + result.err)
        self.assertEqual(result.out, "6\n")

    @rows([("RT", 0, "realtime: prio 0"), ("BE", 7, "best-effort: prio 7"),
           ("IDLE", 0, "idle")])
    def test_io_priority(self, name, level, shown):
        """P-19, P-20."""
        box = self.start(edit=process(ioPriority={"class": "IOPRIO_CLASS_" + name,
                                                  "priority": level}))
        seen = subprocess.run(["ionice", "-p", str(box.first.pid)], capture_output=True,
                              text=True, check=True).stdout
        self.assertEqual(seen.strip(), shown)

    @rows([("unknown class", {"class": "IOPRIO_CLASS_FLY", "priority": 1}),
           ("no class", {"priority": 1}), ("over 7", {"class": "IOPRIO_CLASS_BE", "priority": 8}),
           ("negative", {"class": "IOPRIO_CLASS_BE", "priority": -1})])
    def test_io_priority_refused(self, _, priority):
        """P-19, P-20."""
        self.assert_refused(self.run_in(["true"], process(ioPriority=priority), code=1),
                            "process.ioPriority")

    def test_affinity_of_the_caller_does_not_stay(self):
        """P-23: the container has all CPUs of its cgroup."""
        all_of_them = machine.processors()
        box = self.create(preexec_fn=lambda: os.sched_setaffinity(0, {min(all_of_them)}))
        self.assertEqual(os.sched_getaffinity(box.first.pid), all_of_them)


class Memory(ContainerTest):
    def policy(self, **members):
        """The policy of the program's memory, as numa_maps has it."""
        return self.shell("cut -d ' ' -f 2 /proc/self/numa_maps | sort -u",
                          linux(memoryPolicy=members))

    @rows([("DEFAULT", None, "default"), ("BIND", "0", "bind:0"), ("LOCAL", None, "local"),
           ("INTERLEAVE", "0", "interleave:0"), ("PREFERRED", "0", "prefer:0")])
    def test_mode(self, mode, nodes, shown):
        """L-11, L-12."""
        if not os.path.exists("/proc/self/numa_maps"):
            self.skipTest("needs a kernel with NUMA")
        members = {"mode": "MPOL_" + mode, **({"nodes": nodes} if nodes else {})}
        self.assertIn(shown, self.policy(**members))

    def test_flag(self):
        """L-13."""
        if not os.path.exists("/proc/self/numa_maps"):
            self.skipTest("needs a kernel with NUMA")
        self.assertIn("bind=static:0", self.policy(mode="MPOL_BIND", nodes="0",
                                                   flags=["MPOL_F_STATIC_NODES"]))

    @rows([("unknown mode", {"mode": "MPOL_FLY"}), ("no mode", {"nodes": "0"}),
           ("nodes of DEFAULT", {"mode": "MPOL_DEFAULT", "nodes": "0"}),
           ("nodes of LOCAL", {"mode": "MPOL_LOCAL", "nodes": "0"}),
           ("BIND without", {"mode": "MPOL_BIND"}),
           ("INTERLEAVE without", {"mode": "MPOL_INTERLEAVE"}),
           ("PREFERRED_MANY without", {"mode": "MPOL_PREFERRED_MANY"}),
           ("WEIGHTED without", {"mode": "MPOL_WEIGHTED_INTERLEAVE"}),
           ("bad list", {"mode": "MPOL_BIND", "nodes": "0-"}),
           ("bad word", {"mode": "MPOL_BIND", "nodes": "x"}),
           ("no such node", {"mode": "MPOL_BIND", "nodes": "1000"}),
           ("unknown flag", {"mode": "MPOL_BIND", "nodes": "0", "flags": ["MPOL_F_FLY"]}),
           ("contradiction", {"mode": "MPOL_BIND", "nodes": "0",
                              "flags": ["MPOL_F_STATIC_NODES", "MPOL_F_RELATIVE_NODES"]})])
    def test_refused(self, _, policy):
        """L-11, L-12, L-13."""
        self.assert_refused(self.run_in(["true"], linux(memoryPolicy=policy), code=1),
                            "memoryPolicy")
        self.assert_nothing_left()

    @rows([("least", -1000), ("none", 0), ("most", 1000)])
    def test_oom_score(self, _, score):
        """P-13: also 0; lowering it needs a right that this machine may not give."""
        result = self.run_in(["cat", "/proc/self/oom_score_adj"], process(oomScoreAdj=score),
                             code=None)
        if result.code:
            self.assertLess(score, 0)
            self.assertIn("oomScoreAdj: -1000: write", result.err)
            self.assertIn("permission denied", result.err)
        else:
            self.assertEqual(int(result.out), score)

    @rows([("over", 1001), ("under", -1001)])
    def test_oom_score_out_of_range(self, _, score):
        """P-13."""
        self.assert_refused(self.run_in(["true"], process(oomScoreAdj=score), code=1),
                            "oomScoreAdj")


class Identity(ContainerTest):
    @rows([("with no_new_privs", True), ("without", False)])
    def test_user_groups_and_umask(self, _, value):
        """P-24, P-25, P-26."""
        user = {"uid": 1000, "gid": 1001, "additionalGids": [5, 6], "umask": 0o27}
        shown = self.shell("id -u; id -g; id -G; umask", process(user=user, noNewPrivileges=value))
        uid, gid, groups, umask = shown.splitlines()
        self.assertEqual((uid, gid, set(groups.split()), umask),
                         ("1000", "1001", {"1001", "5", "6"}, "0027"))

    def test_empty_list_clears_the_groups(self):
        """P-25."""
        user = {"uid": 0, "gid": 0, "additionalGids": []}
        self.assertEqual(self.shell("id -G", process(user=user),
                                    preexec_fn=lambda: os.setgroups([4, 5])), "0")

    @rows([("kept", "1", {"0", "4", "5"}), ("not kept", "0", {"0"})])
    def test_groups_of_the_caller_can_be_kept(self, _, value, groups):
        """A-07."""
        def edit(b):
            b.config["annotations"] = {"run.oci.keep_original_groups": value}
        shown = self.shell("id -G", edit, preexec_fn=lambda: os.setgroups([4, 5]))
        self.assertEqual(set(shown.split()), groups)

    @rows([("uid", {"uid": 70000, "gid": 0}), ("gid", {"uid": 0, "gid": 70000}),
           ("additionalGids", {"uid": 0, "gid": 0, "additionalGids": [70000]})])
    def test_id_that_is_not_mapped(self, member, user):
        """P-24, P-25."""
        edit = both(with_user_namespace(), process(user=user))
        self.assert_refused(self.run_in(["true"], edit, code=1), f"process.user.{member}")
        self.assert_nothing_left()

    def test_umask_above(self):
        """P-26."""
        user = {"uid": 0, "gid": 0, "umask": 0o1777}
        self.assert_refused(self.run_in(["true"], process(user=user), code=1), "umask")

    def test_no_new_privileges_holds_set_uid_programs(self):
        """P-12, P-32: exec of a set-uid program gives nothing."""
        if os.uname().machine != "x86_64":
            self.skipTest("needs the processor x86_64")
        # exit(geteuid() != 0)
        program = tiny_program(b"\xb8\x6b\0\0\0\x0f\x05\x31\xff\x85\xc0\x40\x0f\x95\xc7"
                               b"\xb8\x3c\0\0\0\x0f\x05")
        for value, code in ((True, 1), (False, 0)):
            def edit(b, value=value):
                path = b.own_rootfs() / "bin" / "mine"
                path.write_bytes(program)
                path.chmod(0o4755)
                b.config["process"].update(user={"uid": 1000, "gid": 1000}, noNewPrivileges=value)
            self.run_in(["mine"], edit, code=code)

    def test_ambient_capabilities_reach_an_ordinary_users_program(self):
        """P-27, P-28, P-29, P-30."""
        names = ["CAP_KILL"]
        sets = {name: names for name in
                ("bounding", "permitted", "effective", "inheritable", "ambient")}
        box = self.start(edit=process(capabilities=sets, user={"uid": 1000, "gid": 1000}))
        for field in ("CapBnd", "CapPrm", "CapEff", "CapInh", "CapAmb"):
            self.assertEqual(box.first.capabilities(field), 1 << 5, field)

    def test_inheritable_is_empty_unless_asked_for(self):
        """S-26, P-29."""
        self.assertEqual(self.start().first.capabilities("CapInh"), 0)

    def test_effective_beyond_permitted(self):
        """P-29."""
        sets = {"bounding": ["CAP_KILL"], "permitted": [], "effective": ["CAP_KILL"]}
        self.assert_refused(self.run_in(["true"], process(capabilities=sets), code=1), "effective")

    def test_unknown_capability_is_passed_over(self):
        """P-31, DX-05."""
        sets = {name: ["CAP_KILL", "CAP_FLY"] for name in ("bounding", "permitted", "effective")}
        box = self.start(edit=process(capabilities=sets))
        self.assertEqual(box.first.capabilities("CapEff"), 1 << 5)

    def test_session_keyring_is_the_containers_own(self):
        """P-33, S-35."""
        bundle = self.bundle(["cat", "/proc/keys"], unmasked)
        name = self.new_id()
        self.assertIn(f"_ses.{name}", self.husk("run", "--bundle", bundle.folder, name).out)
        other = self.new_id()
        shown = self.husk("run", "--no-new-keyring", "--bundle", bundle.folder, other).out
        self.assertNotIn(f"_ses.{other}", shown)

    def test_signals_are_as_new(self):
        """P-34, FD-06: whatever the caller ignores and blocks."""
        def spoil():
            for number in (signal.SIGUSR1, signal.SIGTERM, signal.SIGPIPE):
                signal.signal(number, signal.SIG_IGN)
            signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
        box = self.start(preexec_fn=spoil)
        for field in ("SigBlk", "SigIgn", "SigCgt"):
            self.assertEqual(int(box.first.status(field), 16), 0, field)

    def test_apparmor_profile_where_there_is_none(self):
        """P-10: a profile that cannot be applied is an error, "unconfined" is not."""
        if os.path.exists("/sys/kernel/security/apparmor"):
            self.skipTest("needs a kernel without AppArmor")
        self.run_in(["true"], process(apparmorProfile="unconfined"))
        self.assert_refused(self.run_in(["true"], process(apparmorProfile="other"), code=1),
                            "apparmorProfile")
        self.assert_nothing_left()

    def test_selinux_label_where_there_is_none(self):
        """P-11, S-10: fails closed."""
        if os.path.exists("/sys/fs/selinux/enforce"):
            self.skipTest("needs a kernel without SELinux")
        result = self.run_in(["true"], process(selinuxLabel="system_u:system_r:x_t:s0"), code=1)
        self.assert_refused(result, "SELinux is not enabled")
        self.assert_nothing_left()


class Kernel(ContainerTest):
    def test_time_offsets_in_a_user_namespace(self):
        """D-01."""
        def offsets(b):
            b.config["linux"]["namespaces"].append({"type": "time"})
            b.config["linux"]["timeOffsets"] = {"boottime": {"secs": 1000000},
                                                "monotonic": {"secs": -1, "nanosecs": 7}}
        edit = both(with_user_namespace(), offsets)
        shown = self.shell("cat /proc/uptime /proc/self/timens_offsets", edit).split()
        self.assertGreater(float(shown[0]), 1000000)
        self.assertEqual(shown[2:], ["monotonic", "-1", "7", "boottime", "1000000", "0"])

    @rows([("without a namespace", False, {"boottime": {"secs": 1}}),
           ("unknown clock", True, {"realtime": {"secs": 1}}),
           ("a whole second", True, {"boottime": {"nanosecs": 10**9}})])
    def test_time_offsets_refused(self, _, has_namespace, offsets):
        """D-01."""
        def edit(b):
            if has_namespace:
                b.config["linux"]["namespaces"].append({"type": "time"})
            b.config["linux"]["timeOffsets"] = offsets
        self.assert_refused(self.run_in(["true"], edit, code=1), "timeOffsets")

    @rows([("LINUX", "x86_64"), ("LINUX32", "i686")])
    def test_personality(self, domain, machine):
        """L-09."""
        if os.uname().machine != "x86_64":
            self.skipTest("needs the processor x86_64")
        self.assertEqual(self.shell("uname -m", linux(personality={"domain": domain})), machine)

    @rows([("unknown", {"domain": "BSD"}), ("none", {}),
           ("flag", {"domain": "LINUX", "flags": ["ADDR_NO_RANDOMIZE"]})])
    def test_personality_refused(self, _, personality):
        """L-09, L-10."""
        self.assert_refused(self.run_in(["true"], linux(personality=personality), code=1),
                            "personality")

    @rows([("dots", "net.ipv4.ip_forward", "net/ipv4/ip_forward", "1"),
           ("slashes", "net/ipv4/conf/lo/forwarding", "net/ipv4/conf/lo/forwarding", "1"),
           ("messages", "kernel.msgmax", "kernel/msgmax", "9000"),
           ("queues", "fs.mqueue.msg_max", "fs/mqueue/msg_max", "11"),
           ("shared memory", "kernel.shm_rmid_forced", "kernel/shm_rmid_forced", "1"),
           ("domain", "kernel.domainname", "kernel/domainname", "example.org")])
    def test_sysctl(self, _, name, path, value):
        """L-02, L-03: written, in the container alone."""
        before = open("/proc/sys/" + path).read()
        self.assertEqual(self.shell(f"cat /proc/sys/{path}", linux(sysctl={name: value})), value)
        self.assertEqual(open("/proc/sys/" + path).read(), before)

    @rows([("kernel.core_pattern",), ("kernel.hostname",), ("vm.swappiness",), ("fs.file-max",),
           ("net/../kernel/core_pattern",), ("net..core",), ("",), ("kernel.msgmaximum",),
           ("user.max_user_namespaces",)])
    def test_sysctl_of_the_machine(self, name):
        """L-03, S-13."""
        self.assert_refused(self.run_in(["true"], linux(sysctl={name: "1"}), code=1), "sysctl")
        self.assert_nothing_left()

    @rows([("network", "net.ipv4.ip_forward"), ("ipc", "kernel.msgmax"),
           ("uts", "kernel.domainname")])
    def test_sysctl_without_its_namespace(self, kind, name):
        """L-03."""
        def edit(b):
            drop_namespace(b.config, kind)
            b.config.pop("hostname")
            b.config["linux"]["sysctl"] = {name: "1"}
        self.assert_refused(self.run_in(["true"], edit, code=1), "sysctl", kind)

    def test_sysctl_of_the_user_namespace(self):
        """L-03."""
        edit = both(with_user_namespace(), linux(sysctl={"user.max_user_namespaces": "3"}))
        self.assertEqual(self.shell("cat /proc/sys/user/max_user_namespaces", edit), "3")

    def test_domain_name(self):
        """T-06."""
        shown = self.shell("cat /proc/sys/kernel/domainname",
                           lambda b: b.config.update(domainname="example.org"))
        self.assertEqual(shown, "example.org")

    @rows([("shared", "shared:"), ("rshared", "shared:"), ("slave", None), ("rslave", None),
           ("private", None), ("rprivate", None), ("unbindable", "unbindable"),
           ("runbindable", "unbindable")])
    def test_propagation(self, word, shown):
        """L-04."""
        line = self.shell("awk '$5 == \"/\"' /proc/self/mountinfo", linux(rootfsPropagation=word))
        self.assertEqual("shared:" in line, shown == "shared:", line)
        self.assertEqual("unbindable" in line, shown == "unbindable", line)

    def test_propagation_unknown(self):
        """L-04."""
        self.assert_refused(self.run_in(["true"], linux(rootfsPropagation="open"), code=1),
                            "rootfsPropagation")

    @rows([("maskedPaths",), ("readonlyPaths",)])
    def test_paths_without_a_mount_namespace(self, member):
        """L-05, L-06, N-06."""
        def edit(b):
            drop_namespace(b.config, "mount")
            b.config["mounts"] = []
            b.config["root"]["readonly"] = False
            for other in ("maskedPaths", "readonlyPaths"):
                b.config["linux"].pop(other)
            b.config["linux"][member] = ["/proc/kcore"]
        self.assert_refused(self.run_in(["true"], edit, code=1), member)

    def test_masks_come_after_the_last_mount(self):
        """L-05, L-07: a later mount does not uncover what is masked."""
        def edit(b):
            b.config["mounts"].append(bind("/var", "/etc"))
            b.config["linux"]["maskedPaths"] = ["/var/passwd", "/nonexistent"]
            b.config["linux"]["readonlyPaths"] = ["/tmp", "/nonexistent"]
        self.assertEqual(self.shell("cat /var/passwd; touch /tmp/a 2>/dev/null || echo no", edit),
                         "no")


class Tree(ContainerTest):
    """Bind mounts of a folder with a file system in it."""

    def setUp(self):
        super().setUp()
        self.source = self.folder / "source"
        (self.source / "inner").mkdir(parents=True)

    def flags(self, *words, inner_options=""):
        """The options of /var and of /var/inner."""
        def edit(b):
            b.config["mounts"].append(mount("/var", "bind", self.source, "rbind", *words))
        made = self.bundle(["awk", '$5 ~ "^/var" { print $5, $6 }', "/proc/self/mountinfo"], edit)
        script = f"mount -t tmpfs {inner_options} none {self.source}/inner && exec \"$@\""
        words = ["unshare", "-m", "sh", "-c", script, "sh",
                 *self.command("run", "--bundle", made.folder, self.new_id())]
        done = subprocess.run(words, env=self.environment, capture_output=True, text=True,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        shown = dict(line.split(" ", 1) for line in done.stdout.splitlines())
        return set(shown["/var"].split(",")), set(shown["/var/inner"].split(","))

    @rows([("ro", "ro"), ("nosuid", "nosuid"), ("nodev", "nodev"), ("noexec", "noexec"),
           ("noatime", "noatime"), ("nodiratime", "nodiratime"), ("nosymfollow", "nosymfollow")])
    def test_word_for_the_mount_and_for_the_tree(self, word, flag):
        """O-15, O-16, O-17, O-18: with an "r" in front it holds below as well."""
        for words, below in (((word,), False), (("r" + word,), True)):
            top, inner = self.flags(*words)
            self.assertIn(flag, top, words)
            self.assertEqual(flag in inner, below, words)

    @rows([("rrw", "ro"), ("rsuid", "nosuid"), ("rdev", "nodev"), ("rexec", "noexec"),
           ("rdiratime", "nodiratime"), ("rsymfollow", "nosymfollow")])
    def test_word_that_clears_in_the_tree(self, word, flag):
        """O-15, O-16, O-17, O-18."""
        _, inner = self.flags(word, inner_options=f"-o {flag}")
        self.assertNotIn(flag, inner)

    @rows([("rnoatime", "noatime"), ("rrelatime", "relatime")])
    def test_access_times_are_one_field(self, word, flag):
        """O-08, O-17."""
        _, inner = self.flags(word, inner_options="-o strictatime")
        self.assertIn(flag, inner)
        _, inner = self.flags("rstrictatime", inner_options="-o noatime")
        self.assertFalse({"noatime", "relatime"} & inner)

    def test_last_of_contradicting_words_wins(self):
        """O-26."""
        top, inner = self.flags("rro", "rw")
        self.assertIn("rw", top)
        self.assertIn("ro", inner)


class Extensions(ContainerTest):
    """Words that only other runtimes have."""

    def setUp(self):
        super().setUp()
        self.source = self.folder / "source"
        self.source.mkdir()
        (self.source / "file").write_text("content")
        (self.source / "link").symlink_to("file")

    def need_maps_of_any_file_system(self):
        """Where the test's folder lies on a tmpfs, older kernels have no id maps for it."""
        reason = machine.lacks("linux 6.3")
        if reason:
            self.skipTest(reason)

    def mounting(self, *mounts, **roots):
        def edit(b):
            root = b.own_rootfs()
            b.config["root"]["readonly"] = False
            for name, target in roots.items():
                (root / name).symlink_to(target)
            b.config["mounts"].extend(mounts)
        return edit

    def test_symlink_is_copied(self):
        """O-22."""
        edit = self.mounting(bind("/var/link", self.source / "link", "copy-symlink"))
        self.assertEqual(self.shell("readlink /var/link", edit), "file")

    def test_other_sources_are_bound_as_ever(self):
        """O-22."""
        edit = self.mounting(bind("/var/file", self.source / "file", "copy-symlink"))
        self.assertEqual(self.shell("cat /var/file", edit), "content")

    def test_source_link_is_mounted_itself(self):
        """O-23, S-14: the link, not what it leads to."""
        edit = self.mounting(bind("/link", self.source / "link", "src-nofollow", "dest-nofollow"),
                             link="elsewhere")
        self.assertEqual(self.shell("readlink /link", edit), "file")

    def test_destination_link_is_not_followed(self):
        """O-23."""
        edit = self.mounting(bind("/link", self.source / "file", "dest-nofollow"),
                             link="/etc/passwd")
        shown = self.run_in(["sh", "-c", "cat /link; cat /etc/passwd"], edit, code=None)
        if shown.code == 0:
            self.assertTrue(shown.out.startswith("content"))
            self.assertIn("root:", shown.out)

    def test_copy_up(self):
        """O-19, M-10: the content of the folder below, with its mode."""
        def edit(b):
            root = b.own_rootfs()
            (root / "var" / "deep").mkdir(mode=0o711)
            (root / "var" / "deep" / "file").write_text("copied")
            (root / "var" / "link").symlink_to("deep/file")
            (root / "var").chmod(0o1755)
            b.config["mounts"].append(mount("/var", "tmpfs", "none", "tmpcopyup"))
        shown = self.shell("cat /var/link; echo; stat -c %a /var /var/deep; echo x >/var/deep/new",
                           edit)
        self.assertEqual(shown.split(), ["copied", "1755", "711"])

    @rows([("uids", "idmap=uids=5-1234-1;gids=6-4321-1", "1234 4321"),
           ("several", "idmap=uids=0-0-1#5-1234-1;gids=0-0-1#6-4321-1", "1234 4321")])
    def test_map_in_the_option(self, _, word, shown):
        """O-24."""
        self.need_maps_of_any_file_system()
        os.chown(self.source / "file", 5, 6)
        edit = self.mounting(bind("/var", self.source, word))
        self.assertEqual(self.shell("stat -c '%u %g' /var/file", edit), shown)

    @rows([("nonsense", "idmap=nonsense"), ("half", "idmap=uids=5-1-1"),
           ("without any map", "idmap")])
    def test_bad_map(self, _, word):
        """O-20, O-24: never an unmapped mount (S-36)."""
        self.assert_refused(self.run_in(["true"], self.mounting(bind("/var", self.source, word)),
                                        code=1), "mounts[7]")
        self.assert_nothing_left()

    @rows([("idmap",), ("ridmap",)])
    def test_map_of_the_container(self, word):
        """O-20, M-06: with the maps of its user namespace files keep their numbers."""
        self.need_maps_of_any_file_system()
        os.chown(self.source / "file", 5, 6)

        def edit(b):
            with_user_namespace()(b)
            b.config["mounts"].append(bind("/var", self.source, word))
        self.assertEqual(self.shell("stat -c '%u %g' /var/file", edit), "5 6")

    @rows([("uidMappings",), ("gidMappings",)])
    def test_one_map_alone(self, member):
        """M-06."""
        entry = {**bind("/var", self.source),
                 member: [{"containerID": 0, "hostID": 1000, "size": 1}]}
        self.assert_refused(self.run_in(["true"], self.mounting(entry), code=1), "Mappings")

    def test_map_of_a_file_system_without_support(self):
        """M-06, G-04: an error, not an unmapped mount."""
        entry = {**bind("/var", "/sys/kernel"),
                 "uidMappings": [{"containerID": 0, "hostID": 1000, "size": 1}],
                 "gidMappings": [{"containerID": 0, "hostID": 1000, "size": 1}]}
        self.assert_refused(self.run_in(["true"], self.mounting(entry), code=1), "mounts[7]")
        self.assert_nothing_left()


class Descriptors(ContainerTest):
    def open_some(self, count):
        made = [os.open("/dev/null", os.O_RDONLY) for _ in range(count)]
        for fd in made:
            self.addCleanup(os.close, fd)
        return made

    def listed(self, *options, keep=(), **environment):
        """Which descriptors the program has, and what it is told of them."""
        def place():
            # On 3, 4, ...: what the options count from.
            high = [os.dup2(fd, 100 + i) for i, fd in enumerate(keep)]
            for i, fd in enumerate(high):
                os.dup2(fd, 3 + i, inheritable=True)
                os.close(fd)
        self.environment.update(environment)
        return self.shell("ls /proc/1/fd; env | grep LISTEN",
                          options=options, code=None, preexec_fn=place,
                          close_fds=False).split()

    def test_nothing_but_the_three(self):
        """FD-01, S-03, S-04: whatever the caller has left open."""
        self.assertEqual(set(self.listed(keep=self.open_some(5))) - {"10"}, {"0", "1", "2"})

    def test_preserved(self):
        """FD-01, CM-08."""
        self.assertEqual(set(self.listed("--preserve-fds", "2", keep=self.open_some(4))) - {"10"},
                         {"0", "1", "2", "3", "4"})

    def test_listening(self):
        """FD-01, FD-02: LISTEN_FDS first, then the preserved; LISTEN_PID is the program's."""
        shown = self.listed("--preserve-fds", "1", keep=self.open_some(4), LISTEN_FDS="2",
                            LISTEN_PID="77", LISTEN_FDNAMES="a:b")
        self.assertEqual(set(shown) - {"10"},
                         {"0", "1", "2", "3", "4", "5", "LISTEN_FDS=2", "LISTEN_PID=1"})
