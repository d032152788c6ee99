# SPDX-License-Identifier: GPL-2.0-or-later
"""Docker's engine with husk as a runtime: dockerd, containerd and shims of the test's own. OT-01.

One engine serves all tests of this file. Data, sockets and states lie in its folder, its mounts in
a mount namespace of its own, its cgroups below a name of its own; no bridge, no firewall rules.
"""
import json
import os
import shutil
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import bundle
import husk
import machine
from husk import Result
from process import Process

APPARMOR = Path("/sys/module/apparmor/parameters/enabled")
WAIT = 2 * husk.LIMIT  # seconds for the engine to start, or to end


class Engine:
    """dockerd, from its start to the end of all that it has started."""

    def __init__(self):
        self.mark = f"husk-test-docker-{os.getpid()}"
        self.folder = Path(tempfile.mkdtemp(prefix=self.mark + "-"))
        self.socket = f"unix://{self.folder}/docker.sock"
        self.states = self.folder / "exec" / "runtime-runc" / "moby"
        self.environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(self.folder),
                            "HUSK_TEST": self.mark, "DOCKER_CONFIG": str(self.folder / "client"),
                            **{name: value for name, value in os.environ.items()
                               if name.endswith("SAN_OPTIONS")}}
        self.log = open(self.folder / "log", "wb")
        (self.folder / "daemon.json").write_text("{}")
        self.daemon = subprocess.Popen(
            ["unshare", "--mount", "dockerd", "--config-file", self.folder / "daemon.json",
             "--bridge=none", "--iptables=false", "--ip6tables=false",
             "--data-root", self.folder / "data", "--exec-root", self.folder / "exec",
             "--pidfile", self.folder / "pid", "--host", self.socket,
             "--cgroup-parent", f"/{self.mark}", "--add-runtime", f"husk={husk.BINARY}"],
            env=self.environment, stdin=subprocess.DEVNULL, stdout=self.log,
            stderr=subprocess.STDOUT)

    def call(self, *words):
        done = subprocess.run(["docker", "--host", self.socket, *map(str, words)],
                              env=self.environment, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=WAIT)
        return Result(done.returncode, done.stdout, done.stderr)

    def is_up(self):
        """Waits for the first answer; False when the daemon ends before it."""
        end = time.monotonic() + WAIT
        while time.monotonic() < end and self.daemon.poll() is None:
            if self.call("version").code == 0:
                return True
            time.sleep(0.1)
        return False

    def last_words(self):
        lines = (self.folder / "log").read_text().splitlines()
        return lines[-1] if lines else "no word of it"

    def import_image(self):
        tar = self.folder / "image.tar"
        subprocess.run(["tar", "-C", bundle.shared_rootfs(), "-cf", tar, "."], check=True)
        return self.call("import", tar, "busybox").code == 0

    def end(self):
        """The daemon ends its containers and containerd; what is left after it is returned."""
        self.daemon.terminate()
        try:
            self.daemon.wait(WAIT)
        except subprocess.TimeoutExpired:
            self.daemon.kill()
            self.daemon.wait()
        self.log.close()
        end = time.monotonic() + WAIT
        while (left := machine.processes_with(self.mark)) and time.monotonic() < end:
            machine.reap_orphans()  # containerd is told to end, but not waited for
            try:
                Process(left[0]).has_ended(1)
            except ProcessLookupError:
                pass
        for path in machine.cgroups_with(self.mark):
            if path.endswith(self.mark):  # the engine's, which no runtime removes
                machine.remove_cgroup(path)
        left = machine.leftovers(self.mark, self.states)
        machine.clear(self.mark)
        shutil.rmtree(self.folder, ignore_errors=True)
        return left


engine = None


def setUpModule():
    global engine
    needs = ["root", "program dockerd", "program docker", "program containerd"]
    if APPARMOR.exists() and APPARMOR.read_text() == "Y\n":
        needs.append("program apparmor_parser")  # the engine loads a profile with it
    for need in needs:
        if machine.lacks(need):
            raise unittest.SkipTest(machine.lacks(need))
    engine = Engine()
    if not (engine.is_up() and engine.import_image()):
        words = engine.last_words()
        engine.end()
        raise unittest.SkipTest(f"dockerd does not start here: {words}")


def tearDownModule():
    left = engine.end()
    if left:
        raise AssertionError("left behind: " + "; ".join(left))


class DockerTest(unittest.TestCase):
    def setUp(self):
        self.names = []

    def tearDown(self):
        if self.names:
            self.docker("rm", "--force", *self.names, code=None)
        end = time.monotonic() + WAIT
        while machine.states_in(engine.states) and time.monotonic() < end:
            time.sleep(0.02)  # the engine does not always wait for the last call of its shim
        self.assertEqual(machine.states_in(engine.states), [])

    def docker(self, *words, code=0):
        done = engine.call(*words)
        if code is not None and done.code != code:
            self.fail(f"docker {' '.join(map(str, words))}: exit status {done.code}, not {code}\n"
                      f"stdout: {done.out}\nstderr: {done.err}")
        return done

    def run_in(self, *words, options=(), code=0):
        """docker run --rm, to its end."""
        return self.docker("run", "--rm", "--runtime", "husk", "--network", "none", *options,
                           "busybox", *words, code=code)

    def start(self, script, *options):
        """A container in the background; returns its name."""
        name = f"c{len(self.names)}-{self.id().split('.')[-1].translate({91: '-', 93: ''})}"
        self.names.append(name)
        self.docker("run", "--detach", "--name", name, "--runtime", "husk", "--network", "none",
                    *options, "busybox", "sh", "-c", script)
        return name

    def state(self, name):
        return json.loads(self.docker("inspect", name).out)[0]["State"]

    def logs(self, name, line):
        """Waits until the container has printed the line."""
        end = time.monotonic() + WAIT
        while line not in self.docker("logs", name).out.splitlines():
            if time.monotonic() > end:
                self.fail(f"{name} has not printed {line}")
            time.sleep(0.02)

    def limit(self, name, controller, v2, v1):
        folder = machine.cgroup_folder(self.state(name)["Pid"], controller)
        return (folder / (v2 if machine.is_pure_v2() else v1)).read_text().strip()


TRAP = "trap 'echo got; exit 3' TERM; echo ready; while :; do sleep 3600 & wait $!; done"


class Run(DockerTest):
    def test_output_and_exit_code(self):
        """OT-01, ER-06"""
        self.assertEqual(self.run_in("echo", "hello").out, "hello\n")
        for code in (1, 7, 255):
            self.run_in("sh", "-c", f"exit {code}", code=code)

    def test_what_cannot_run(self):
        """ER-06: the client makes 127 and 126 of the words, in small letters."""
        for words, code in ((["no-such-program"], 127), (["/bin/no-such-program"], 127),
                            (["/etc/passwd"], 126), (["/etc"], 126)):
            failed = self.run_in(*words, code=code)
            self.assertIn(words[0], failed.err)

    def test_options(self):
        """What the engine writes into config.json is what the program sees."""
        options = ["--hostname=sea", "--user=1000:1001", "--ulimit=nofile=100:200",
                   "--workdir=/tmp", "--env=A=b", "--sysctl=net.ipv4.ip_forward=1", "--read-only",
                   "--tmpfs=/run", f"--volume={engine.folder}/client:/mnt:ro", "--cap-drop=ALL",
                   "--security-opt=no-new-privileges", "--oom-score-adj=500"]
        script = """
            hostname; id -u; id -g; ulimit -Sn; ulimit -Hn; pwd; echo $A
            cat /proc/sys/net/ipv4/ip_forward /proc/self/oom_score_adj
            touch /new /mnt/new 2>/dev/null || echo read-only
            grep -E 'CapBnd|NoNewPrivs|Seccomp:' /proc/self/status | cut -f 2
            stat -c %a /run"""
        self.assertEqual(self.run_in("sh", "-c", script, options=options).out.split(),
                         ["sea", "1000", "1001", "100", "200", "/tmp", "b", "1", "500", "read-only",
                          "0" * 16, "1", "2", "1777"])

    def test_namespaces_of_the_machine(self):
        options = ["--pid=host", "--ipc=host", "--uts=host"]
        self.assertEqual(self.run_in("hostname", options=options).out.strip(), os.uname().nodename)

    def test_privileged(self):
        self.run_in("sh", "-c", "mount -t tmpfs none /mnt || mount -t tmpfs none /tmp",
                    options=["--privileged"])

    def test_terminal(self):
        shown = self.run_in("sh", "-c", "tty; test -c /dev/console && echo console",
                            options=["--tty"]).out
        self.assertEqual(shown.split(), ["/dev/pts/0", "console"])

    def test_init_of_the_engine(self):
        if not shutil.which("docker-init"):
            self.skipTest("needs the program docker-init")
        shown = self.run_in("ps", "-o", "pid,args", options=["--init"]).out
        self.assertRegex(shown, r"(?m)^ *1 /sbin/docker-init")

    def test_eight_at_a_time(self):
        running = [subprocess.Popen(
            ["docker", "--host", engine.socket, "run", "--rm", "--runtime", "husk",
             "--network", "none", "busybox", "sh", "-c", f"exit {code}"],
            env=engine.environment, stdin=subprocess.DEVNULL) for code in range(8)]
        self.assertEqual([one.wait(WAIT) for one in running], list(range(8)))


class Life(DockerTest):
    def test_exec(self):
        """OT-01"""
        name = self.start("sleep 3600")
        self.assertEqual(self.docker("exec", name, "echo", "inside").out, "inside\n")
        self.docker("exec", name, "sh", "-c", "exit 9", code=9)
        shown = self.docker("exec", "--user", "5:6", "--env", "A=b", "--workdir", "/tmp", name,
                            "sh", "-c", "id -u; id -g; echo $A; pwd").out
        self.assertEqual(shown.split(), ["5", "6", "b", "/tmp"])
        self.assertIn(self.docker("exec", name, "no-such-program", code=None).code, (126, 127))
        self.docker("exec", "--tty", name, "test", "-t", "0")

    def test_stop_by_the_program_itself(self):
        """OT-01"""
        name = self.start(TRAP)
        self.logs(name, "ready")
        self.docker("stop", "--time", WAIT, name)
        self.assertEqual(self.state(name)["ExitCode"], 3)
        self.assertEqual(self.docker("logs", name).out, "ready\ngot\n")

    def test_stop_of_a_deaf_one(self):
        """The first process has no handler: the engine's own SIGKILL follows."""
        name = self.start("echo ready; sleep 3600; sleep 3600")
        self.logs(name, "ready")
        self.docker("stop", "--time", "1", name)
        self.assertEqual(self.state(name)["ExitCode"], 137)

    def test_kill_and_start_again(self):
        name = self.start("echo ready; exec sleep 3600")
        self.docker("kill", name)
        self.assertEqual(self.docker("wait", name).out, "137\n")
        self.docker("start", name)
        self.assertTrue(self.state(name)["Running"])
        self.docker("restart", "--time", "0", name)
        self.assertTrue(self.state(name)["Running"])

    def test_state(self):
        name = self.start("read line")
        self.docker("wait", name)
        state = self.state(name)
        self.assertEqual((state["Status"], state["ExitCode"], state["Pid"]), ("exited", 1, 0))

    def test_pause(self):
        name = self.start("sleep 3600")
        self.docker("pause", name)
        self.assertEqual(self.state(name)["Status"], "paused")
        self.docker("unpause", name)
        self.assertEqual(self.state(name)["Status"], "running")

    def test_top(self):
        name = self.start("sleep 3601 & wait")
        shown = self.docker("top", name, "-eo", "pid,args").out
        self.assertIn("sleep 3601", shown)

    def test_limits_and_their_update(self):
        name = self.start("sleep 3600", "--pids-limit", "55", "--memory", "64m", "--cpus", "0.5")
        self.assertEqual(self.limit(name, "pids", "pids.max", "pids.max"), "55")
        self.assertEqual(self.limit(name, "memory", "memory.max", "memory.limit_in_bytes"),
                         str(64 << 20))
        self.docker("update", "--pids-limit", "44", "--memory", "128m", "--memory-swap", "256m",
                    name)
        self.assertEqual(self.limit(name, "pids", "pids.max", "pids.max"), "44")
        self.assertEqual(self.limit(name, "memory", "memory.max", "memory.limit_in_bytes"),
                         str(128 << 20))

    def test_end_of_memory(self):
        name = self.start("tail /dev/zero", "--memory", "16m")
        self.assertEqual(self.docker("wait", name).out, "137\n")
