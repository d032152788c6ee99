# SPDX-License-Identifier: GPL-2.0-or-later
"""husk exec: one more process in a container that is there."""
import array
import contextlib
import errno
import fcntl
import json
import os
import pty
import signal
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor

from agent import Receiver, answer
from bundle import drop_namespace
from husk import LIMIT, ContainerTest, rows
import machine
from machine import ORDINARY_UID, cgroup1_trees, cgroup_folder, is_pure_v2
from process import Process
from test_terminal import Screen


def process(**members):
    return lambda b: b.config["process"].update(members)


class ExecTest(ContainerTest):
    def setUp(self):
        self.left = []
        super().setUp()

    def tearDown(self):
        # A pid namespace does not end before we have collected what is our child in it.
        for found in self.left:
            with contextlib.suppress(ProcessLookupError):
                found.kill_and_wait()
        machine.reap_orphans()
        super().tearDown()

    def inside(self, box, *words, code=0, **more):
        """What `husk exec ID WORDS` prints, without the last end of line."""
        return self.husk("exec", *words, code=code, **more).out.rstrip("\n")

    def sh(self, box, script, *options, **more):
        return self.inside(box, *options, box.id, "sh", "-c", script, **more)

    def object(self, args, **members):
        """A process object as an engine writes it; returns the file."""
        path = self.folder / "process.json"
        path.write_text(json.dumps({
            "user": {"uid": 0, "gid": 0}, "args": args, "cwd": "/",
            "env": ["PATH=/bin", f"HUSK_TEST={self.mark}"], **members}))
        return path

    def detached(self, box, *words, options=()):
        """`exec --detach`; the process is our child, as it is conmon's."""
        path = self.folder / "exec.pid"
        self.husk("exec", "--detach", "--pid-file", path, *options, box.id, *words,
                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        found = Process(int(path.read_text()))
        self.left.append(found)
        return found


class Words(ExecTest):
    def test_program_runs_inside_and_its_output_comes_out(self):
        """CM-17: ID and the program's words; nothing else on stdout (OUT-08)."""
        box = self.start()
        self.assertEqual(self.inside(box, box.id, "hostname"), "box")
        self.assertEqual(self.sh(box, "echo $0 $1", ), "sh")
        self.assertEqual(self.inside(box, box.id, "echo", "-n", "--tty", "-u"), "--tty -u")
        self.assertEqual(self.inside(box, box.id, "--", "echo", "--"), "--")

    @rows([("pid",), ("net",), ("mnt",), ("ipc",), ("uts",), ("cgroup",)])
    def test_namespaces_are_those_of_the_container(self, name):
        box = self.start()
        self.assertEqual(self.inside(box, box.id, "readlink", f"/proc/self/ns/{name}"),
                         box.first.namespace(name))

    def test_time_namespace_with_offsets(self):
        def edit(b):
            b.config["linux"]["namespaces"].append({"type": "time"})
            b.config["linux"]["timeOffsets"] = {"monotonic": {"secs": 864000}}
        box = self.start(edit=edit)
        self.assertEqual(self.inside(box, box.id, "readlink", "/proc/self/ns/time"),
                         box.first.namespace("time"))

    def test_namespace_of_the_machine_is_left_alone(self):
        box = self.start(edit=lambda b: drop_namespace(b.config, "network"))
        self.assertEqual(self.inside(box, box.id, "readlink", "/proc/self/ns/net"),
                         os.readlink("/proc/self/ns/net"))

    def test_process_is_a_child_of_nobody_inside(self):
        """It is born from outside of the container: its parent there is 0."""
        self.assertEqual(self.sh(self.start(), "echo $PPID"), "0")

    @rows([("zero", "exit 0", 0), ("code", "exit 7", 7), ("signal", "kill -9 $$", 128 + 9)])
    def test_exit_status(self, _, script, status):
        """OUT-07: that of the process, or 128 + the signal."""
        self.sh(self.start(), script, code=status)

    @rows([("missing", ["nothing-here"], 127, ["nothing-here", "executable file",
                                               "not found in $PATH", "no such file"]),
           ("path", ["/no/such"], 127, ["/no/such", "no such file or directory"]),
           ("folder", ["/etc"], 126, ["/etc", "permission denied"]),
           ("data", ["/etc/passwd"], 126, ["/etc/passwd", "permission denied"])])
    def test_program_that_cannot_run(self, _, words, status, fragments):
        """ER-03, ER-04, ER-06, ER-10: the engines read it in the text."""
        box = self.start()
        result = self.husk("exec", box.id, *words, code=status)
        self.assert_refused(result, f"exec {box.id}: ")
        for fragment in fragments:
            self.assertIn(fragment.lower(), result.err.lower())

    def test_input_is_the_caller_s(self):
        box = self.start()
        self.assertEqual(self.inside(box, box.id, "cat", input="word"), "word")

    def test_defaults_are_the_container_s_own(self):
        """CM-20, P-24: user, groups, folder, environment, umask of config.json."""
        def edit(b):
            b.config["process"].update(cwd="/tmp", user={
                "uid": 1000, "gid": 1001, "additionalGids": [7], "umask": 0o27})
            b.config["process"]["env"].append("OWN=yes")
        box = self.start(edit=edit)
        self.assertEqual(self.sh(box, "id -u; id -g; id -G; pwd; echo $OWN $HOME; umask"),
                         "1000\n1001\n1001 7\n/tmp\nyes /tmp\n0027")

    def test_config_of_the_bundle_no_longer_counts(self):
        box = self.start()
        box.bundle.config["process"]["cwd"] = "/tmp"
        box.bundle.write()
        self.assertEqual(self.inside(box, box.id, "pwd"), "/")


class Options(ExecTest):
    def test_cwd_env_user_groups(self):
        """CM-20, P-25."""
        box = self.start()
        self.assertEqual(
            self.sh(box, "pwd; echo $A $B; id -u; id -g; id -G", "--cwd", "/tmp", "--env", "A=1",
                    "-e", "B=x=y", "--user", "1000:1001", "-g", "5", "--additional-gids", "6"),
            "/tmp\n1 x=y\n1000\n1001\n1001 5 6")

    def test_later_variable_wins(self):
        """P-05: --env is over config.json's."""
        self.assertEqual(self.sh(self.start(edit=lambda b: b.config["process"]["env"].append(
            "A=old")), "env | grep ^A=", "-e", "A=1", "-e", "A=2"), "A=2")

    def test_user_without_group_keeps_the_configured_group(self):
        box = self.start(edit=process(user={"uid": 0, "gid": 42}))
        self.assertEqual(self.sh(box, "id -u; id -g", "--user", "1000"), "1000\n42")

    @rows(["", "x", "0x", "1000abc", "-1", "+1", " 1", "1 ", "4294967295", "4294967296",
           "99999999999999999999", "1:", ":1", "1:x", "1:2:3", "root", "1.0"])
    def test_user_that_is_no_number(self, text):
        """S-28, CVE-2026-30892: strict, whole string, no sign, in range."""
        box = self.start()
        self.assert_refused(self.husk("exec", f"--user={text}", box.id, "id", code=255),
                            "--user", "UID")

    @rows([("env", ["-e", "NAME"], "NAME=VALUE"), ("empty", ["-e", "=x"], "NAME=VALUE"),
           ("cwd", ["--cwd", "tmp"], "not absolute"), ("gid", ["-g", "x"], "not a GID"),
           ("fds", ["--preserve-fds", "900"], "is not open"),
           ("fds-sign", ["--preserve-fds", "-1"], "not a count"),
           ("socket", ["--console-socket", "/no"], "has no terminal"),
           ("tty", ["--tty", "--detach"], "--console-socket"),
           ("unknown", ["--nonsense"], "unknown option")])
    def test_bad_option(self, _, options, fragment):
        box = self.start()
        self.assert_refused(self.husk("exec", *options, box.id, "true", code=255), fragment)

    def test_program_is_missing(self):
        box = self.start()
        self.assert_refused(self.husk("exec", box.id, code=255), "program is missing")
        self.assert_refused(self.husk("exec", code=255), "ID")

    def test_no_new_privileges(self):
        """CM-21, P-12: by option, or as the container has it."""
        show = "grep NoNewPrivs /proc/self/status"
        box = self.start(edit=process(noNewPrivileges=False))
        self.assertEqual(self.sh(box, show).split()[1], "0")
        self.assertEqual(self.sh(box, show, "--no-new-privs").split()[1], "1")

    def test_apparmor_profile_that_is_not_loaded(self):
        """CM-21, S-10: a label that cannot be given ends exec."""
        box = self.start()
        self.assert_refused(self.husk("exec", "--apparmor", "husk-none", box.id, "true",
                                      code=255))
        self.sh(box, "true", "--apparmor", "unconfined")

    def test_selinux_label_where_there_is_no_selinux(self):
        """CM-21, S-10."""
        if os.path.exists("/sys/fs/selinux/enforce"):
            self.skipTest("needs a kernel without SELinux")
        box = self.start()
        self.assert_refused(self.husk("exec", "--process-label", "a:b:c:d", box.id, "true",
                                      code=255))

    def test_preserved_descriptors(self):
        """CM-22, FD-01: 3 up to 2+N, no other."""
        box, seen = self.start(), self.folder / "seen"
        self.prefix = ["sh", "-c", f"exec 3</dev/null 4>{seen} 5</; exec \"$@\"", "sh"]
        shown = self.sh(box, "echo hello >&4; exec ls /proc/self/fd", "--preserve-fds", "2")
        self.prefix = []
        # The last is the folder that ls reads.
        self.assertEqual((shown.split(), seen.read_text()), (list("012345"), "hello\n"))

    def test_pid_file_names_the_process_from_outside(self):
        """CM-18, OUT-01: decimal, no end of line."""
        box = self.start()
        found = self.detached(box, "sleep", "3600")
        self.assertEqual((self.folder / "exec.pid").read_text(), str(found.pid))
        self.assertEqual(found.namespace("pid"), box.first.namespace("pid"))

    def test_detached_process_goes_to_the_caller_s_subreaper(self):
        """CM-18, CT-04: exec is back when the program runs; the caller waits for its end."""
        box = self.start()
        found = self.detached(box, "sh", "-c", "sleep 0.2; exit 5")
        self.assertEqual(found.status("PPid"), str(os.getpid()))
        self.assertEqual(found.wait_exit(), 5)

    def test_pidfd_socket(self):
        """CM-24, OUT-03: one message with a descriptor of the process."""
        box = self.start()
        with socket.socket(socket.AF_UNIX) as listener:
            path = self.folder / "pidfd"
            listener.bind(str(path))
            listener.listen()
            found = self.detached(box, "sleep", "3600", options=["--pidfd-socket", path])
            with listener.accept()[0] as connection:
                data, fds, _, _ = socket.recv_fds(connection, 100, 1)
                self.assertGreaterEqual(len(data), 1)
                signal.pidfd_send_signal(fds[0], signal.SIGKILL)
                os.close(fds[0])
                self.assertEqual(connection.recv(1), b"")
        self.assertEqual(found.wait_exit(), 128 + 9)

    def test_socket_that_nobody_listens_on(self):
        box = self.start()
        self.assert_refused(self.husk("exec", "--pidfd-socket", "/no/such", box.id, "true",
                                      code=255), "pidfd socket /no/such", "o such file")
        self.assert_refused(self.husk("exec", "-t", "--console-socket", "/no/such", box.id,
                                      "true", code=255), "/no/such", "o such file")


class ProcessObject(ExecTest):
    def run_object(self, box, args, options=(), code=0, **members):
        return self.inside(box, "--process", self.object(args, **members), *options, box.id,
                           code=code)

    def test_object_decides(self):
        """CM-17, CT-04."""
        box = self.start()
        shown = self.run_object(box, ["sh", "-c", "id -u; pwd; echo $A"], cwd="/tmp",
                                user={"uid": 1000, "gid": 1},
                                env=["PATH=/bin", "A=b", f"HUSK_TEST={self.mark}"])
        self.assertEqual(shown, "1000\n/tmp\nb")

    def test_what_it_leaves_out_is_the_container_s(self):
        """S-26: capabilities come from the object or the container, never from the caller."""
        box = self.start(edit=process(oomScoreAdj=321, rlimits=[
            {"type": "RLIMIT_NOFILE", "soft": 123, "hard": 124}]))
        shown = self.run_object(box, ["sh", "-c", "grep -E 'Cap(Eff|Inh|Amb)' /proc/self/status;"
                                      "cat /proc/self/oom_score_adj; ulimit -n"])
        lines = shown.split()
        self.assertEqual([int(lines[i], 16) for i in (1, 3, 5)],
                         [0, box.first.capabilities("CapEff"), 0])
        self.assertEqual(lines[6:], ["321", "123"])

    def test_own_limits_and_oom_score(self):
        """P-08, P-13."""
        box = self.start()
        self.assertEqual(self.run_object(
            box, ["sh", "-c", "cat /proc/self/oom_score_adj; ulimit -n; ulimit -Hn"],
            oomScoreAdj=500, rlimits=[{"type": "RLIMIT_NOFILE", "soft": 64, "hard": 65}]),
            "500\n64\n65")

    def test_new_folder_is_made(self):
        """P-04."""
        box = self.start()
        self.assertEqual(self.run_object(box, ["pwd"], cwd="/tmp/a/b"), "/tmp/a/b")

    def test_scheduler_and_io_priority(self):
        """P-14, P-19."""
        box = self.start()
        self.assertEqual(self.run_object(box, ["sh", "-c", "cut -d' ' -f19 /proc/self/stat; "
                                               "ionice -p $$"],
                                         scheduler={"policy": "SCHED_BATCH", "nice": 7},
                                         ioPriority={"class": "IOPRIO_CLASS_IDLE",
                                                     "priority": 0}).split("\n")[0], "7")

    def test_program_and_file_exclude_each_other(self):
        """CM-17."""
        box = self.start()
        path = self.object(["true"])
        for options, words in (([], ["true"]), (["--cwd", "/"], []), (["-u", "0"], []),
                               (["-e", "A=b"], []), (["--cap", "CAP_KILL"], [])):
            self.assert_refused(self.husk("exec", "-p", path, *options, box.id, *words, code=255),
                                "--process: does not go with")

    @rows([("empty", "", "process.json"), ("args", '{"user":{"uid":0,"gid":0},"cwd":"/"}', "args"),
           ("cwd", '{"user":{"uid":0,"gid":0},"cwd":"x","args":["a"]}', "cwd"),
           ("uid", '{"user":{"uid":-1,"gid":0},"cwd":"/","args":["a"]}', "user.uid"),
           ("nul", '{"user":{"uid":0,"gid":0},"cwd":"/","args":["a\\u0000"]}', "u0000")])
    def test_bad_object(self, _, text, fragment):
        box = self.start()
        path = self.folder / "process.json"
        path.write_text(text)
        self.assert_refused(self.husk("exec", "--process", path, box.id, code=255), fragment)

    def test_file_that_is_missing(self):
        box = self.start()
        self.assert_refused(self.husk("exec", "--process", "/no/such", box.id, code=255),
                            "/no/such", "o such file")


class Affinity(ExecTest):
    SHOW = ["sh", "-c", "grep Cpus_allowed_list /proc/self/status"]

    def setUp(self):
        super().setUp()
        if not {0, 1} <= machine.processors():
            self.skipTest("needs the processors 0 and 1")

    def cpus(self, box, **affinity):
        path = self.object(self.SHOW, **({"execCPUAffinity": affinity} if affinity else {}))
        return self.husk("exec", "--process", path, box.id).out.split()[1]

    def test_final_list_is_the_process_s(self):
        """P-22."""
        box = self.start()
        self.assertEqual(self.cpus(box, initial="0", final="1"), "1")

    def test_initial_list_stays_without_a_final_one(self):
        """P-21. Before Linux 6.2 to enter a cgroup of v2 forgets it."""
        reason = machine.lacks("linux 6.2")
        if reason and is_pure_v2():
            self.skipTest(reason)
        self.assertEqual(self.cpus(self.start(), initial="1"), "1")

    def test_without_any_all_cpus_of_the_cgroup(self):
        """P-23: what the caller was bound to does not stay."""
        box = self.start()
        path = self.object(self.SHOW)
        bound = subprocess.run(["taskset", "-c", "0", *self.command("exec", "--process", path,
                                                                     box.id)],
                               env=self.environment, capture_output=True, text=True, check=True)
        self.assertEqual(bound.stdout.split()[1], box.first.status("Cpus_allowed_list"))

    @rows([("list", {"initial": "x"}, "execCPUAffinity"), ("none", {"final": "4000"}, "4000")])
    def test_bad_list(self, _, affinity, fragment):
        """P-21, P-22: no list; nothing of it is there."""
        box = self.start()
        path = self.object(self.SHOW, execCPUAffinity=affinity)
        self.assert_refused(self.husk("exec", "--process", path, box.id, code=255), fragment)


class Capabilities(ExecTest):
    SHOW = "grep ^Cap /proc/self/status"
    NET_RAW = 1 << 13

    def sets(self, box, *options, show=SHOW):
        words = self.sh(box, show, *options).split()
        return {words[i][3:6]: int(words[i + 1], 16) for i in range(0, len(words), 2)}

    def test_same_as_the_first_process(self):
        """S-26."""
        box = self.start()
        self.assertEqual(self.sets(box), {
            "Inh": 0, "Amb": 0, **{n: box.first.capabilities("Cap" + n)
                                   for n in ("Prm", "Eff", "Bnd")}})

    def test_one_more_and_never_inheritable(self):
        """CM-21, S-26, CVE-2022-29162."""
        box = self.start()
        had, has = self.sets(box), self.sets(box, "--cap", "CAP_NET_RAW")
        for name in ("Prm", "Eff", "Bnd"):
            self.assertEqual(has[name], had[name] | self.NET_RAW)
        self.assertEqual((has["Inh"], has["Amb"]), (0, 0))

    def test_ambient_where_the_container_lets_it_be_inherited(self):
        """CM-21: an ordinary user's process keeps it then."""
        def edit(b):
            sets = b.config["process"]["capabilities"]
            sets["inheritable"] = ["CAP_NET_RAW"]
            sets["bounding"] = sets["bounding"] + ["CAP_NET_RAW"]
        box = self.start(edit=edit)
        self.assertEqual(self.sets(box, "-u", "1000")["Eff"], 0)
        self.assertEqual(self.sets(box, "-u", "1000", "-c", "CAP_NET_RAW")["Eff"], self.NET_RAW)

    def test_ordinary_user_has_none(self):
        """S-26."""
        sets = self.sets(self.start(), "--user", "1000")
        self.assertEqual((sets["Eff"], sets["Prm"], sets["Inh"], sets["Amb"]), (0, 0, 0, 0))

    def test_unknown_one_is_only_a_warning(self):
        """P-31."""
        box = self.start()
        result = self.husk("exec", "--cap", "CAP_NONSENSE", box.id, "true")
        self.assertIn("CAP_NONSENSE", result.err)


class States(ExecTest):
    """The table of 2.4, and the texts of 4.4."""

    def test_unknown_container(self):
        """ER-10, ER-11."""
        self.assert_refused(self.husk("exec", "no-such", "true", code=255),
                            'container "no-such" does not exist')

    def test_created_container(self):
        box = self.create()
        self.assertEqual(self.inside(box, box.id, "hostname"), "box")
        self.assertEqual(box.status(), "created")

    def test_stopped_container(self):
        """ER-08, ER-10."""
        box = self.start(["true"])
        box.first.wait_exit()
        self.assert_refused(self.husk("exec", box.id, "true", code=255), "container not running")

    def test_paused_container(self):
        """CM-24."""
        box = self.start()
        self.husk("pause", box.id)
        self.assert_refused(self.husk("exec", box.id, "true", code=255), "paused",
                            "--ignore-paused")

    def test_paused_container_and_no_matter(self):
        """CM-24: the process waits for the others to go on."""
        box = self.start()
        self.husk("pause", box.id)
        running = self.spawn("exec", "--ignore-paused", box.id, "echo", "late")
        waiting = Process(running.pid)
        self.assertFalse(waiting.has_ended(0.3))
        self.husk("resume", box.id)
        self.assertEqual(running.communicate(timeout=LIMIT), ("late\n", ""))

    def test_interrupted_while_it_waits_in_a_paused_container(self):
        """Nothing of it is left: `tearDown` looks."""
        box = self.start()
        self.husk("pause", box.id)
        running = self.spawn("exec", "--ignore-paused", box.id, "echo", "late")
        waiting = Process(running.pid)
        while box.first.file("cgroup") not in [self.cgroup_of(p) for p in waiting.children()]:
            self.assertFalse(waiting.has_ended())
        running.terminate()
        self.assertEqual(running.wait(LIMIT), -signal.SIGTERM)
        self.husk("resume", box.id)

    @staticmethod
    def cgroup_of(pid):
        try:
            with open(f"/proc/{pid}/cgroup") as file:
                return file.read()
        except OSError:  # one that husk needed for a moment
            return None

    def test_container_that_dies_while_a_process_runs(self):
        box = self.start()
        running = self.spawn("exec", box.id, "sh", "-c", "echo here; exec sleep 3600")
        self.assertEqual(running.stdout.readline(), "here\n")
        box.husk("kill", box.id, "KILL")
        self.assertEqual(running.wait(LIMIT), 128 + 9)

    def test_container_that_dies_meanwhile(self):
        """Each exec ends: it ran, was killed with the rest, or there was no container."""
        box = self.start(["sleep", "3600"])

        def one(_):
            return self.husk("exec", box.id, "true", code=None)
        with ThreadPoolExecutor(4) as pool:
            results = [pool.submit(one, n) for n in range(60)]
            box.husk("kill", box.id, "KILL")
            results = [r.result() for r in results]
        self.assertTrue(box.first.has_ended(LIMIT))
        results.append(one(60))
        for result in results:
            self.assertIn(result.code, (0, 128 + 9, 255))
            if result.code == 255:
                self.assertIn("container not running", result.err)
        self.assertEqual(results[-1].code, 255)

    def test_container_that_is_deleted_meanwhile(self):
        box = self.start(["sleep", "3600"])
        with ThreadPoolExecutor(4) as pool:
            results = [pool.submit(self.husk, "exec", box.id, "true", code=None)
                       for n in range(60)]
            box.husk("delete", "--force", box.id)
            results = [r.result() for r in results]
        self.assertLessEqual({r.code for r in results}, {0, 128 + 9, 255})
        self.assertIn("does not exist", self.husk("exec", box.id, "true", code=255).err)
        self.assert_nothing_left()


class Terminal(ExecTest):
    def listen(self):
        listener = socket.socket(socket.AF_UNIX)
        self.addCleanup(listener.close)
        before = os.getcwd()
        os.chdir(self.folder)
        listener.bind("console")
        os.chdir(before)
        listener.listen()
        listener.settimeout(LIMIT)
        return self.folder / "console", listener

    def receive(self, listener):
        with listener.accept()[0] as connection:
            data, ancillary, _, _ = connection.recvmsg(100, socket.CMSG_SPACE(4))
            (level, kind, fds), = ancillary
            self.assertGreaterEqual(len(data), 1)
            fd, = array.array("i", fds)
            self.addCleanup(os.close, fd)
            self.assertEqual(connection.recv(10), b"")
            return Screen(fd)

    def test_console_socket_gets_the_master(self):
        """CM-18, CM-19, OUT-02, CO-03: its own terminal in the container's devpts."""
        box = self.start()
        path, listener = self.listen()
        found = self.detached(box, "sh", "-c", "tty; read word; echo got $word; exit 4",
                              options=["--tty", "--console-socket", path])
        screen = self.receive(listener)
        screen.expect("/dev/pts/0")
        screen.type("hello\n")
        screen.expect("got hello")
        self.assertEqual(found.wait_exit(), 4)

    def test_object_with_a_terminal_and_its_size(self):
        """P-02, P-03."""
        box = self.start()
        path, listener = self.listen()
        file = self.object(["stty", "size"], terminal=True,
                           consoleSize={"height": 31, "width": 71})
        self.detached(box, options=["--process", file, "--console-socket", path])
        self.receive(listener).expect("31 71")

    def test_terminal_is_the_controlling_one_and_the_user_s(self):
        """P-02: /dev/tty opens, and the slave belongs to the user."""
        box = self.start()
        path, listener = self.listen()
        self.detached(box, "sh", "-c", "stat -c %u /dev/pts/0; echo yes >/dev/tty; read end",
                      options=["-t", "-u", "1000", "--console-socket", path])
        screen = self.receive(listener)
        self.assertIn("1000", screen.expect("yes"))
        screen.type("\n")

    def test_foreground_is_relayed_to_the_caller_s_terminal(self):
        """CM-19: keys and window size go in, output and exit status come out."""
        box = self.start()
        master, slave = pty.openpty()
        self.addCleanup(os.close, master)
        screen = Screen(master)
        screen.resize(33, 77)
        running = subprocess.Popen(
            self.command("exec", "--tty", box.id, "sh", "-c",
                         "stty size; read word; echo got $word; exit 6"),
            env=self.environment, stdin=slave, stdout=slave, stderr=slave,
            start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, 0x540e, 0))
        os.close(slave)
        screen.expect("33 77")
        screen.type("hello\r")
        screen.expect("got hello")
        self.assertEqual(running.wait(LIMIT), 6)

    def test_terminal_without_one_of_the_caller(self):
        """Its output passes through a pipe all the same."""
        box = self.start()
        self.assertEqual(self.inside(box, "--tty", box.id, "tty").strip(), "/dev/pts/0")

    def test_container_without_a_devpts(self):
        def edit(b):
            b.config["mounts"] = [m for m in b.config["mounts"]
                                  if m["destination"] != "/dev/pts"]
        box = self.start(edit=edit)
        self.assert_refused(self.husk("exec", "--tty", box.id, "true", code=255), "/dev/pts")

    def test_devpts_that_the_container_has_replaced(self):
        """S-17: a folder in its place is no devpts, whatever lies in it."""
        def edit(b):
            b.config["process"]["capabilities"] = {
                name: ["CAP_SYS_ADMIN", "CAP_MKNOD"]
                for name in ("bounding", "effective", "permitted")}
        box = self.start(["sh", "-c", "mount -t tmpfs none /dev/pts && "
                          "ln -s /etc/passwd /dev/pts/ptmx && echo ready; exec sleep 3600"], edit)
        self.assertEqual(box.line(), "ready")
        self.assert_refused(self.husk("exec", "--tty", box.id, "true", code=255), "/dev/pts")


class Foreground(ExecTest):
    def test_signals_are_passed_on(self):
        box = self.start()
        running = self.spawn("exec", box.id, "sh", "-c",
                             "trap 'echo term; exit 9' TERM; echo ready; while :; do sleep 1 & "
                             "wait $!; done")
        self.assertEqual(running.stdout.readline(), "ready\n")
        running.terminate()
        self.assertEqual(running.stdout.readline(), "term\n")
        self.assertEqual(running.wait(LIMIT), 9)

    def test_nobody_keeps_the_pipes(self):
        """CO-06: end of file comes when the process ends, though others were exec'd later."""
        box = self.start()
        first = self.spawn("exec", box.id, "echo", "a")
        self.detached(box, "sleep", "3600")
        self.assertEqual(first.communicate(timeout=LIMIT)[0], "a\n")

    def test_many_at_once(self):
        box = self.start()
        with ThreadPoolExecutor(8) as pool:
            results = list(pool.map(lambda n: self.husk(
                "exec", box.id, "sh", "-c", f"echo {n}; exit {n}", code=None), range(100)))
        self.assertEqual([(r.code, r.out, r.err) for r in results],
                         [(n, f"{n}\n", "") for n in range(100)])

    def test_init_of_husk_as_first_process(self):
        """The exec'd process is not a child of husk-init, and does not disturb it."""
        def edit(b):
            b.config["annotations"] = {"org.husk.init": "true"}
        box = self.start(edit=edit)
        self.sh(box, "exit 3", code=3)
        self.assertEqual(box.status(), "running")


class Cgroup(ExecTest):
    def test_same_cgroups_as_the_first_process(self):
        box = self.start()
        found = self.detached(box, "sleep", "3600")
        self.assertEqual(found.file("cgroup"), box.first.file("cgroup"))

    def test_limit_of_pids_holds_for_it(self):
        def edit(b):
            b.config["linux"]["resources"]["pids"] = {"limit": 1}
        box = self.start(edit=edit)
        self.assert_refused(self.husk("exec", box.id, "true", code=255),
                            "esource temporarily unavailable")

    def sub(self, box, controller="pids"):
        folder = cgroup_folder(box.first.pid, controller) / "sub"
        folder.mkdir()
        return folder

    def test_sub_cgroup_of_one_controller(self):
        """CM-23: CONTROLLER:PATH with v1; other trees as before."""
        if not cgroup1_trees():
            self.skipTest("needs cgroup v1 controllers")
        box = self.start()
        pids, memory = self.sub(box, "pids"), self.sub(box, "memory")
        found = self.detached(box, "sleep", "3600", options=["--cgroup", "pids:sub",
                                                           "--cgroup", "memory:/sub/"])
        self.assertEqual(cgroup_folder(found.pid, "pids"), pids)
        self.assertEqual(cgroup_folder(found.pid, "memory"), memory)
        self.assertEqual(cgroup_folder(found.pid, "freezer"),
                         cgroup_folder(box.first.pid, "freezer"))

    def test_sub_cgroup(self):
        """CM-23: PATH with v2."""
        if not is_pure_v2():
            self.skipTest("needs pure cgroup v2")
        box = self.start()
        folder = self.sub(box)
        found = self.detached(box, "sleep", "3600", options=["--cgroup", "sub"])
        self.assertEqual(cgroup_folder(found.pid, "pids"), folder)

    def test_beside_the_first_process_where_it_must(self):
        """Cgroup v2: once the container has given controllers to its own cgroups."""
        if not is_pure_v2():
            self.skipTest("needs pure cgroup v2")
        box = self.start()
        folder = self.sub(box)
        (folder / "cgroup.procs").write_text(str(box.first.pid))
        (folder.parent / "cgroup.subtree_control").write_text("+pids")
        found = self.detached(box, "sleep", "3600")
        self.assertEqual(cgroup_folder(found.pid, "pids"), folder)
        self.assert_refused(self.husk("exec", "--cgroup", "/", box.id, "true", code=255), "busy")

    @rows(["..", "../x", "a/../..", "pids:..", "/../x"])
    def test_dots_are_refused(self, path):
        """CM-23, S-22."""
        box = self.start()
        self.assert_refused(self.husk("exec", "--cgroup", path, box.id, "true", code=255),
                            "--cgroup", '".." is not allowed')

    def test_cgroup_that_is_not_there(self):
        """CM-23."""
        box = self.start()
        self.assert_refused(self.husk("exec", "--cgroup", "nowhere", box.id, "true", code=255),
                            "--cgroup", "nowhere")

    @rows([("unknown", ["nonsense:x"], "nonsense"), ("twice", ["pids:/", "pids:/"], "second path")])
    def test_bad_controller(self, _, words, fragment):
        if not cgroup1_trees():
            self.skipTest("needs cgroup v1 controllers")
        box = self.start()
        options = [o for word in words for o in ("--cgroup", word)]
        self.assert_refused(self.husk("exec", *options, box.id, "true", code=255), fragment)


def user_namespace(b):
    b.config["linux"]["namespaces"].append({"type": "user"})
    for ids in ("uidMappings", "gidMappings"):
        b.config["linux"][ids] = [{"containerID": 0, "hostID": 100000, "size": 65536}]


class UserNamespace(ExecTest):
    needs = ["root", "user namespaces"]

    def start_inside(self):
        def edit(b):
            user_namespace(b)
            b.own_rootfs()
            b.config["root"]["readonly"] = False
            for at, folders, files in os.walk(b.folder / "rootfs"):
                for name in (".", *folders, *files):
                    os.chown(os.path.join(at, name), 100000, 100000, follow_symlinks=False)
        return self.start(edit=edit)

    def test_user_is_mapped(self):
        box = self.start_inside()
        self.assertEqual(self.sh(box, "id -u; readlink /proc/self/ns/user"),
                         f"0\n{box.first.namespace('user')}")
        found = self.detached(box, "sleep", "3600", options=["--user", "5:6", "-g", "7"])
        self.assertEqual(found.status("Uid").split()[0], "100005")
        self.assertEqual(found.status("Groups").split(), ["100006", "100007"][1:])

    def test_user_that_is_not_mapped(self):
        """P-24."""
        box = self.start_inside()
        self.assert_refused(self.husk("exec", "--user", "70000", box.id, "true", code=255),
                            "process.user.uid")

    def test_capabilities_are_the_container_s(self):
        box = self.start_inside()
        self.assertEqual(int(self.sh(box, "grep CapEff /proc/self/status").split()[1], 16),
                         box.first.capabilities("CapEff"))

    def test_terminal(self):
        box = self.start_inside()
        self.assertEqual(self.inside(box, "--tty", box.id, "sh", "-c",
                                     "tty; stat -c %u /dev/pts/0").split(), ["/dev/pts/0", "0"])


class Rootless(ExecTest):
    """By an ordinary user, into a container of that user's."""

    needs = ["root", "user namespaces"]
    as_user = True

    def test_root_inside_is_the_user_outside(self):
        box = self.start()
        self.assertEqual(self.sh(box, "id -u; hostname"), "0\nbox")
        running = self.spawn("exec", box.id, "sh", "-c", "echo ready; exec sleep 3600")
        self.assertEqual(running.stdout.readline(), "ready\n")
        child, = Process(running.pid).children()
        self.assertEqual(Process(child).status("Uid").split(), [str(ORDINARY_UID)] * 4)
        running.terminate()
        self.assertEqual(running.wait(LIMIT), 128 + 15)

    def test_exit_status_and_terminal(self):
        box = self.start()
        self.sh(box, "exit 12", code=12)
        self.assertEqual(self.inside(box, "--tty", box.id, "tty").strip(), "/dev/pts/0")

    def test_groups_cannot_be_set(self):
        """P-25, S-27."""
        box = self.start()
        self.assert_refused(self.husk("exec", "-g", "5", box.id, "true", code=255), "setgroups")

    def test_container_of_another_user(self):
        box = self.start()
        prefix, self.prefix = self.prefix, ["setpriv", "--reuid=1234", "--regid=1234",
                                            "--clear-groups", "--"]
        try:
            self.husk("exec", box.id, "true", code=255)
        finally:
            self.prefix = prefix


class Hostile(ExecTest):
    """The container looks at everything that comes in, and wants what it brings."""

    def test_leaked_descriptors_stay_outside(self):
        """S-03, S-04: with 20 open files and folders of the caller."""
        fds = [os.open("/", os.O_RDONLY | os.O_DIRECTORY) for _ in range(20)]
        for fd in fds:
            self.addCleanup(os.close, fd)
        box = self.start()
        self.assertEqual(self.inside(box, box.id, "ls", "/proc/self/fd", pass_fds=fds).split(),
                         list("0123"))  # the last is the folder that ls reads

    @rows([("7", "/proc/self/fd/7"), ("host", "/proc/self/fd/3/../.."), ("ns", "/proc/self/ns")])
    def test_working_folder_through_a_descriptor(self, _, cwd):
        """S-24, CVE-2024-21626."""
        box = self.start()
        # Ours stay as they are: a shell opens them, then becomes husk.
        self.prefix = ["sh", "-c", "exec 3</ 4</ 5</ 6</ 7</ 8</ 9</; exec \"$@\"", "sh"]
        result = self.husk("exec", "--cwd", cwd, box.id, "cat", "etc/hostname", code=None)
        self.prefix = []
        self.assertNotEqual(result.code, 0)
        self.assertEqual(result.out, "")

    # Says once what can be seen of each process that is not the container's own, until told.
    SPY = """
        echo ready
        while ! test -e /tmp/stop; do
            for p in /proc/[0-9]*; do
                for f in $p/exe $p/cwd $p/root $p/fd/* ; do
                    t=$(readlink $f 2>/dev/null) && case $f-$t in
                        *-/bin/*|*-/|*-/tmp*|*/husk-test-*.err|*-pipe:*|*-/dev/*|*-/proc/*) ;;
                        *) echo "$f $t" >>/tmp/seen;;
                    esac
                done
                echo x 2>/dev/null >$p/exe && echo "$p/exe written" >>/tmp/seen
                echo x 2>/dev/null >$p/mem && echo "$p/mem written" >>/tmp/seen
                grep -q husk $p/comm 2>/dev/null && echo $p >>/tmp/met
            done
        done
        exit 0"""

    def test_runtime_on_its_way_in_cannot_be_looked_at(self):
        """S-01, S-02, CVE-2016-9962, CVE-2019-5736: its files, its memory, its binary."""
        before = os.stat(self.binary)
        box = self.start(["sh", "-c", self.SPY])
        self.assertEqual(box.line(), "ready")
        # A long search for the program keeps it inside for a while.
        path = "PATH=" + "/none:" * 20000 + "/bin"
        for _ in range(15):
            self.husk("exec", "--env", path, box.id, "true")
        while not os.path.exists(f"/proc/{box.first.pid}/root/tmp/met"):
            self.husk("exec", "--env", path, box.id, "true")
        self.assertEqual(self.sh(box, "cat /tmp/seen 2>/dev/null; test -s /tmp/met && echo met; "
                                 "touch /tmp/stop"), "met")
        after = os.stat(self.binary)
        self.assertEqual((before.st_mtime_ns, before.st_size), (after.st_mtime_ns, after.st_size))

    def test_runtime_s_binary_cannot_be_written(self):
        """S-01: as it runs it is on no file system that can be written, nor in unsealed memory."""
        box = self.start()
        running = self.spawn("exec", box.id, "sh", "-c", "echo ready; read line",
                             stdin=subprocess.PIPE)
        self.assertEqual(running.stdout.readline(), "ready\n")
        # To try and write would show nothing: a file that runs is busy anyhow.
        binary = f"/proc/{running.pid}/exe"
        self.assertTrue(os.statvfs(binary).f_flag & os.ST_RDONLY
                        or os.readlink(binary).startswith("/memfd:"))
        running.stdin.close()
        self.assertEqual(running.wait(LIMIT), 1)

    def test_process_is_no_child_of_the_runtime_s_session(self):
        """S-34: no terminal of the caller is in reach."""
        box = self.start()
        self.sh(box, "! cat 2>/dev/null </dev/tty")

    def test_passwd_that_is_a_fifo_does_not_hang(self):
        """S-21."""
        def edit(b):
            path = b.own_rootfs() / "etc" / "passwd"
            path.unlink()
            os.mkfifo(path)
        self.assertEqual(self.sh(self.start(edit=edit), "echo $HOME"), "/")

    def test_container_without_proc(self):
        """Nothing inside is needed."""
        def edit(b):
            b.config["mounts"] = [m for m in b.config["mounts"] if m["destination"] != "/proc"]
            b.config["linux"].update(maskedPaths=[], readonlyPaths=[])
        self.assertEqual(self.sh(self.start(edit=edit), "echo in"), "in")

    def test_moved_root_instead_of_pivot(self):
        """CM-06."""
        box = self.start(options=["--no-pivot"])
        self.sh(box, "test -e /bin/busybox && ! test -e /work")

    def test_seccomp_profile_holds(self):
        """SC-01, S-25."""
        def edit(b):
            b.config["linux"]["seccomp"] = {
                "defaultAction": "SCMP_ACT_ALLOW",
                "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO",
                              "errnoRet": 38}]}
        box = self.start(edit=edit)
        self.assertIn("not implemented", self.husk("exec", box.id, "mkdir", "/tmp/x",
                                                   code=1).err)
        self.assertEqual(self.sh(box, "grep Seccomp: /proc/self/status").split()[1], "2")

    @rows([("with no_new_privs", True), ("without", False)])
    def test_seccomp_that_asks_has_a_listener_of_its_own(self, _, no_new_privileges):
        """SC-06, SC-13: the state tells the exec'd process from the container."""
        agent = Receiver(self.folder / "agent.sock", answer(errno.EXDEV))
        self.addCleanup(agent.close)

        def edit(b):
            b.config["process"]["noNewPrivileges"] = no_new_privileges
            b.config["linux"]["seccomp"] = {
                "defaultAction": "SCMP_ACT_ALLOW", "listenerPath": str(self.folder / "agent.sock"),
                "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_NOTIFY"}]}
        box = self.start(edit=edit)
        agent.wait()
        self.assertIn("cross-device", self.husk("exec", box.id, "mkdir", "/tmp/x", code=1).err)
        state = json.loads(agent.got[1][0])
        self.assertEqual((state["state"]["status"], state["state"]["pid"]),
                         ("running", box.first.pid))
        self.assertNotEqual(state["pid"], box.first.pid)

    def test_keyring_is_the_container_s(self):
        """P-33, S-35."""
        def edit(b):
            b.config["linux"]["maskedPaths"] = []
        box = self.start(edit=edit)
        self.assertEqual(self.sh(box, f"grep -c _ses.{box.id} /proc/keys"), "1")
