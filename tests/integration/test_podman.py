# SPDX-License-Identifier: GPL-2.0-or-later
"""podman with husk as its runtime: containers, pods, Kubernetes' files. PO-01..PO-14, CO-01..CO-06.

No network, and the file driver for cgroups. Where podman does not work with runc all is skipped.
"""
import json
import os

import engine_podman
import machine
from engine import TRAP, WAIT
from engine_podman import IMAGE, PodmanTest


def setUpModule():
    engine_podman.set_up()


def tearDownModule():
    PodmanTest.engine.end_clean()


class Run(PodmanTest):
    def test_output_and_exit_code(self):
        """CO-01, CO-06"""
        self.assertEqual(self.run_in("echo", "hello").out, "hello\n")
        self.assertEqual(self.run_in("cat", options=["-i"], input="typed\n").out, "typed\n")
        for code in (1, 255):
            self.run_in("sh", "-c", f"exit {code}", code=code)

    def test_what_cannot_run(self):
        """ER-02..ER-04: the codes are made of the words, and the words come from the JSON log."""
        for word, code in (("no-such-program", 127), ("/bin/no-such-program", 127),
                           ("/etc/passwd", 126), ("/etc", 126)):
            failed = self.run_in(word, code=code)
            self.assertIn(f'"{word}"', failed.err)
            self.assertIn("OCI", failed.err)

    def test_options(self):
        """What podman writes into config.json is what the program sees."""
        named = ["--hostname=sea", "--user=1000:1001", "--workdir=/tmp", "--env=A=b",
                 "--sysctl=net.ipv4.ip_forward=1", "--read-only", "--cap-drop=ALL",
                 "--security-opt=no-new-privileges", "--oom-score-adj=500",
                 "--tmpfs=/run:mode=1750,size=1m"]
        script = """
            hostname; id -u; id -g; pwd; echo $A
            cat /proc/sys/net/ipv4/ip_forward /proc/self/oom_score_adj
            touch /new 2>/dev/null || echo read-only
            grep -E 'CapBnd|NoNewPrivs|Seccomp:' /proc/self/status | cut -f 2
            stat -c %a /run"""
        self.assertEqual(self.shell(script, *named),
                         ["sea", "1000", "1001", "/tmp", "b", "1", "500", "read-only", "0" * 16,
                          "1", "2", "1750"])

    def test_volumes(self):
        """A named one, a folder read-only and one that may be written to."""
        folder = self.engine.new_folder("volume")
        (folder / "file").write_text("from outside\n")
        script = "cat /a/file; touch /a/x 2>/dev/null || echo read-only; touch /b/x /c/x; ls /c"
        self.assertEqual(self.shell(script, f"--volume={folder}:/a:ro", f"--volume={folder}:/b",
                                    "--volume=named:/c"),
                         ["from", "outside", "read-only", "x"])
        self.podman("volume", "rm", "named")

    def test_user_namespace(self):
        """U-01, PO-14: root inside is another user outside, in an image that was moved there."""
        seen = self.shell("id -u; cat /proc/self/uid_map; stat -c %u /bin /proc/1 /dev/pts",
                          "--uidmap=0:100000:65536", "--gidmap=0:100000:65536")
        self.assertEqual(seen, ["0", "0", "100000", "65536", "0", "0", "0"])

    def test_namespaces_of_the_machine(self):
        seen = self.shell("for name in net ipc uts pid; do readlink /proc/self/ns/$name; done",
                          "--network=host", "--ipc=host", "--uts=host", "--pid=host")
        self.assertEqual(seen, [os.readlink(f"/proc/self/ns/{name}")
                                for name in ("net", "ipc", "uts", "pid")])

    def test_privileged(self):
        self.run_in("mount", "-t", "tmpfs", "none", "/tmp", options=["--privileged"])

    def test_without_a_cgroup(self):
        """PO-11, CL-07, C-09: runtime_supports_nocgroup, and cgroup manager "disabled"."""
        self.podman("run", "--rm", "--cgroups=disabled", IMAGE, "true")

    def test_init(self):
        """husk-init as podman's init: init_path"""
        shown = self.run_in("ps", "-o", "pid,args", options=["--init"]).out
        self.assertRegex(shown, r"(?m)^ *1 /run/podman-init -- ps")

    def test_several_at_a_time(self):
        words = ["run", "--rm", *self.engine.parent(), IMAGE, "sh", "-c"]
        running = [self.engine.begin(*words, f"exit {code}") for code in range(4)]
        self.assertEqual([one.wait(WAIT) for one in running], list(range(4)))


class Life(PodmanTest):
    def test_exec(self):
        """CO-03"""
        name = self.start("sleep 1000")
        self.assertEqual(self.podman("exec", name, "echo", "inside").out, "inside\n")
        self.podman("exec", name, "sh", "-c", "exit 9", code=9)
        shown = self.podman("exec", "--user", "5:6", "--env", "A=b", "--workdir", "/tmp", name,
                            "sh", "-c", "id -u; id -g; echo $A; pwd").out
        self.assertEqual(shown.split(), ["5", "6", "b", "/tmp"])
        self.podman("exec", name, "no-such-program", code=127)
        self.podman("exec", name, "/etc/passwd", code=126)
        self.podman("exec", "--detach", name, "touch", "/tmp/there")
        self.until(lambda: self.podman("exec", name, "test", "-e", "/tmp/there",
                                       code=None).code == 0, "the detached process has run")

    def test_exec_on_a_terminal(self):
        """podman exec -it: controlling terminal, its size, what is typed, the exit code."""
        name = self.start("sleep 1000")
        call, screen = self.on_terminal(["exec", "-it", name, "sh"], 33, 111)
        # The size comes after the start, by conmon.
        screen.type('until [ "$(stty size)" = "33 111" ]; do sleep 0.1; done; echo si""zed\n')
        screen.expect("sized", WAIT)
        screen.type("exec sh -c 'trap \"exit 7\" INT; echo re\"\"ady; "
                    "while :; do sleep 0.1; done'\n")
        screen.expect("ready", WAIT)
        screen.type("\x03")
        self.assertEqual(call.wait(WAIT), 7)

    def test_run_on_a_terminal(self):
        """podman run -it"""
        call, screen = self.on_terminal(
            ["run", "--rm", "-it", *self.engine.parent(), IMAGE, "sh", "-c",
             "tty; read a; exit $a"], 24, 80)
        screen.expect("/dev/pts/0", WAIT)
        screen.type("5\n")
        self.assertEqual(call.wait(WAIT), 5)

    def test_stop_by_the_program_itself(self):
        """PO-03"""
        name = self.start(TRAP)
        self.wait_for_line(name, "ready")
        self.podman("stop", "--time", WAIT, name)
        self.assertEqual(self.inspect(name, ".State.ExitCode"), "3")
        self.assertEqual(self.podman("logs", name).out, "ready\ngot\n")

    def test_kill_by_name(self):
        """PO-03: a signal that the program has a handler for."""
        name = self.start(TRAP)
        self.wait_for_line(name, "ready")
        self.podman("kill", "--signal", "TERM", name)
        self.assertEqual(self.podman("wait", name).out, "3\n")

    def test_stop_of_a_deaf_one(self):
        """PO-03: the first process has no handler; podman's own SIGKILL follows."""
        name = self.start("echo ready; sleep 1000; true")
        self.wait_for_line(name, "ready")
        self.podman("stop", "--time", "1", name)
        self.assertEqual(self.inspect(name, ".State.ExitCode"), "137")

    def test_kill_and_start_again(self):
        """PO-01, PO-03, PO-04"""
        name = self.start("exec sleep 1000")
        self.podman("kill", name)
        self.assertEqual(self.podman("wait", name).out, "137\n")
        self.podman("start", name)
        self.assertEqual(self.inspect(name, ".State.Status"), "running")
        self.podman("restart", "--time", "0", name)
        self.assertEqual(self.inspect(name, ".State.Status"), "running")

    def test_pause(self):
        """PO-05"""
        name = self.start("sleep 1000")
        self.podman("pause", name)
        self.assertEqual(self.inspect(name, ".State.Status"), "paused")
        self.podman("unpause", name)
        self.assertEqual(self.inspect(name, ".State.Status"), "running")

    def test_health_check(self):
        name = self.start("sleep 1000", "--health-cmd", "test -e /tmp/well",
                          "--health-interval", "disable")
        self.podman("healthcheck", "run", name, code=1)
        self.podman("exec", name, "touch", "/tmp/well")
        self.podman("healthcheck", "run", name)
        self.assertEqual(self.inspect(name, ".State.Health.Status"), "healthy")

    def test_views(self):
        """PO-07, PO-09, PO-10: top, stats and info, which ask the kernel and not the runtime."""
        name = self.start("sleep 1001 & echo ready; wait")
        self.wait_for_line(name, "ready")
        self.assertIn("sleep 1001", self.podman("top", name).out)
        stats, = json.loads(self.podman("stats", "--no-stream", "--format", "json", name).out)
        self.assertEqual(stats["pids"], "2")
        about = json.loads(self.podman("info", "--format", "json").out)["host"]["ociRuntime"]
        self.assertRegex(about["version"], r"^husk version ")

    def test_checkpoint_is_refused(self):
        """PO-06, PO-08"""
        name = self.start("sleep 1000")
        self.podman("container", "checkpoint", name, code=125)
        self.assertEqual(self.inspect(name, ".State.Status"), "running")


class Limits(PodmanTest):
    def limit(self, name, controller, v2, v1):
        folder = machine.cgroup_folder(self.inspect(name, ".State.Pid"), controller)
        return (folder / (v2 if machine.is_pure_v2() else v1)).read_text().strip()

    def test_limits_and_their_update(self):
        """PO-02, PO-10"""
        name = self.start("sleep 1000", "--pids-limit", "55", "--memory", "64m", "--cpus", "0.5")
        self.assertEqual(self.limit(name, "pids", "pids.max", "pids.max"), "55")
        self.assertEqual(self.limit(name, "memory", "memory.max", "memory.limit_in_bytes"),
                         str(64 << 20))
        self.assertEqual(self.limit(name, "cpu", "cpu.max", "cpu.cfs_quota_us").split()[0],
                         "50000")
        self.podman("update", "--cpus", "0.25", name)
        self.assertEqual(self.limit(name, "cpu", "cpu.max", "cpu.cfs_quota_us").split()[0],
                         "25000")

    def test_end_of_memory(self):
        name = self.start("tail /dev/zero", "--memory", "16m")
        self.assertEqual(self.podman("wait", name).out, "137\n")
