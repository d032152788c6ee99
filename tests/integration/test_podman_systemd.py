# SPDX-License-Identifier: GPL-2.0-or-later
"""podman with systemd's cgroups, and with its timers. PO-01..PO-05, PO-12, CO-01, C-03, C-06.

Each container is a scope, each pod a slice; systemd starts the probes. Only what differs by that:
the rest is in test_podman.py and test_pods.py.
"""
import json
import shutil
import subprocess
import unittest
from pathlib import Path

import engine
import engine_podman
import machine
from engine import HUSK, TRAP, WAIT
from engine_podman import IMAGE, PodTest, container, pod

# The timers' podman gets no option, so all is said by files; and the limits that a machine's
# administrator sets for every container.
SETTINGS = """\
[containers]
default_ulimits = ["nofile=1234:1234", "nproc=3456:3456"]

[engine]
cgroup_manager = "systemd"
tmp_dir = "{folder}/tmp"
"""
TOLD = ["CONTAINERS_CONF", "CONTAINERS_STORAGE_CONF", "CONTAINERS_REGISTRIES_CONF"]


def systemctl(*words):
    return subprocess.run(["systemctl", *words], stdout=subprocess.PIPE, text=True, check=False,
                          timeout=WAIT).stdout.strip()


def units_of_podman():
    """Scopes, slices, timers and services; the name of a timer begins with a container's id."""
    shown = systemctl("list-units", "--all", "--plain", "--no-legend", "*libpod*", "*.timer")
    return {line.split()[0] for line in shown.splitlines()}


class WithSystemd(engine_podman.Podman):
    """In the mount namespace of the machine, where systemd starts what it is asked to."""

    def __init__(self):
        super().__init__("systemd", settings=SETTINGS)
        self.prefix, self.words = [], ["podman"]
        self.units = units_of_podman()
        systemctl("set-environment", *(f"{name}={self.environment[name]}" for name in TOLD))

    def parent(self):
        return []

    def end(self):
        left = super().end()
        systemctl("unset-environment", *TOLD)
        return left + [f"unit {name}" for name in units_of_podman() - self.units]


class OfUser(engine_podman.WithRanges):
    """An ordinary user's, with the systemd that serves this user."""

    BUS = Path(f"/run/user/{machine.ORDINARY_UID}/bus")

    def __init__(self):
        systemctl("start", f"user@{machine.ORDINARY_UID}.service")
        super().__init__("systemd-user", settings=SETTINGS)
        # For husk is a copy here, and it looks for its helper beside itself.
        shutil.copy2(HUSK.with_name("husk-systemd"), self.folder)
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={self.BUS}"

    def end(self):
        self.stop_all()
        words = ["systemctl", "--user", "list-units", "--all", "--plain", "--no-legend", "libpod*"]
        units = self.run(*words).out.split("\n")
        return super().end() + [f"unit {line.split()[0]}" for line in units if line]

    def prepare(self, test):
        if not self.BUS.exists():
            raise unittest.SkipTest(f"needs a systemd of the user {machine.ORDINARY_UID}")
        super().prepare(test)


def setUpModule():
    engine.skip_unless("root", "systemd", "cgroup2")
    if not HUSK.with_name("husk-systemd").exists():
        raise unittest.SkipTest("needs husk-systemd, which was not built")


class SystemdTest(PodTest):
    @classmethod
    def setUpClass(cls):
        engine_podman.set_up(WithSystemd, cls)

    @classmethod
    def tearDownClass(cls):
        cls.engine.end_clean()

    def place(self, name):
        """The cgroup of the container's first process."""
        return machine.cgroup_folder(self.inspect(name, ".State.Pid"), "pids")

    def scope(self, name):
        return f"libpod-{self.inspect(name, '.Id')}.scope"

    def property(self, unit, name):
        return systemctl("show", "--value", f"--property={name}", unit)


class Root(SystemdTest):
    def test_exit_code(self):
        """CO-01: conmon puts --systemd-cgroup in front."""
        self.run_in("sh", "-c", "exit 7", code=7)

    def test_limits_are_in_the_unit(self):
        """PO-02, PO-12, C-03, C-06"""
        name = self.start("sleep 3600", "--pids-limit", "55", "--memory", "64m", "--cpus", "0.5")
        scope = self.scope(name)
        self.assertEqual(self.place(name), machine.CGROUP / "machine.slice" / scope)
        for what, file, value, in_unit in (
                ("TasksMax", "pids.max", "55", "55"),
                ("MemoryMax", "memory.max", str(64 << 20), str(64 << 20)),
                ("CPUQuotaPerSecUSec", "cpu.max", "50000 100000", "500ms")):
            self.assertEqual((self.place(name) / file).read_text().strip(), value)
            self.assertEqual(self.property(scope, what), in_unit)
        self.podman("update", "--cpus", "0.25", name)
        self.assertEqual((self.place(name) / "cpu.max").read_text(), "25000 100000\n")
        self.assertEqual(self.property(scope, "CPUQuotaPerSecUSec"), "250ms")
        self.podman("pause", name)
        self.assertEqual(self.inspect(name, ".State.Status"), "paused")
        self.podman("unpause", name)
        self.podman("kill", name)
        self.assertEqual(self.podman("wait", name).out, "137\n")
        self.until(lambda: self.property(scope, "LoadState") == "not-found", "the scope is gone")

    def test_exec_and_stop(self):
        """PO-03, CO-03: exec says nothing of systemd, and is in the scope all the same."""
        name = self.start(TRAP)
        self.wait_for_line(name, "ready")
        self.assertEqual(self.podman("exec", name, "cat", "/proc/self/cgroup").out, "0::/\n")
        self.podman("stop", "--time", WAIT, name)
        self.assertEqual(self.inspect(name, ".State.ExitCode"), "3")
        self.podman("start", name)
        self.assertEqual(self.place(name).name, self.scope(name))

    def test_limits_of_every_container(self):
        """P-08: default_ulimits, and what one container is given instead."""
        script = "grep -E 'open files|processes' /proc/self/limits"
        self.assertRegex(self.run_in("sh", "-c", script).out,
                         r"(?s)processes +3456 +3456 .*open files +1234 +1234 ")
        self.assertRegex(self.run_in("sh", "-c", script, options=["--ulimit=nofile=99:100"]).out,
                         r"open files +99 +100 ")

    def test_health_check(self):
        """systemd asks again and again; nobody here does."""
        name = self.start("sleep 3600", "--health-cmd", "test -e /tmp/well",
                          "--health-interval", "1s", "--health-retries", "1",
                          "--health-timeout", "1h")
        self.until(lambda: self.health(name) == "unhealthy", "the check fails")
        self.podman("exec", name, "touch", "/tmp/well")
        self.until(lambda: self.health(name) == "healthy", "the check succeeds")

    def health(self, name):
        return self.inspect(name, ".State.Health.Status")

    def test_kubernetes_probe(self):
        """A liveness probe restarts the container. It is asked for here: podman 4.3 cannot restart
        from within a timer's unit (its issue 17777)."""
        manifest = pod("probed", container(
            "main", "trap 'exit 3' TERM; touch /tmp/alive; echo begun\n"
                    "while :; do sleep 3600 & wait $!; done",
            livenessProbe={"exec": {"command": ["test", "-e", "/tmp/alive"]},
                           "periodSeconds": 36000, "timeoutSeconds": 3600,
                           "failureThreshold": 1}), restartPolicy="Always")
        path = self.play(json.dumps(manifest))
        self.wait_for_line("probed-main", "begun")
        self.podman("exec", "probed-main", "rm", "/tmp/alive")
        self.podman("healthcheck", "run", "probed-main", code=1)
        self.until(lambda: self.podman("logs", "probed-main").out == "begun\nbegun\n",
                   "it has begun again")
        self.podman("healthcheck", "run", "probed-main")
        self.podman("kube", "down", path)

    def test_pod_is_a_slice(self):
        """C-03, C-04: its containers' scopes, and the pause process's, lie in it."""
        self.pods["sliced"] = self.podman("pod", "create", "--name", "sliced").out.strip()
        self.podman("run", "--detach", "--pod", "sliced", "--name", "in-slice", IMAGE,
                    "sleep", "3600")
        unit = f"machine-libpod_pod_{self.pods['sliced']}.slice"
        parts = self.containers("sliced")
        self.assertEqual(len(parts), 2)
        for one in parts.values():
            self.assertEqual(machine.cgroup_folder(one["Pid"], "pids"),
                             machine.CGROUP / "machine.slice" / unit / f"libpod-{one['Id']}.scope")
        pause, = (one for one in parts.values() if one["IsInfra"])
        self.assertEqual(Path(f"/proc/{pause['Pid']}/cmdline").read_bytes(), b"/pause\0-P\0")
        self.podman("pod", "stop", "--time", "0", "sliced")
        self.podman("pod", "rm", "sliced")
        self.assertEqual(machine.cgroups_with(self.pods["sliced"]), [])


class OrdinaryUser(SystemdTest):
    """PO-14: with the user's own systemd, in the part of the tree that is handed to it."""

    @classmethod
    def setUpClass(cls):
        engine_podman.set_up(OfUser, cls)

    def property(self, unit, name):
        words = ["systemctl", "--user", "show", "--value", f"--property={name}", unit]
        return self.engine.run(*words).out.strip()

    def test_limits_are_in_the_unit(self):
        """C-14, FX-6, PO-02, PO-05"""
        name = self.start("id -u; exec sleep 3600", "--user", "5", "--pids-limit", "55",
                          "--memory", "64m")
        self.wait_for_line(name, "5")
        user = machine.ORDINARY_UID
        self.assertEqual(self.place(name), machine.CGROUP / "user.slice" / f"user-{user}.slice"
                         / f"user@{user}.service" / "user.slice" / self.scope(name))
        for what, file, value in (("TasksMax", "pids.max", "55"),
                                  ("MemoryMax", "memory.max", str(64 << 20))):
            self.assertEqual((self.place(name) / file).read_text().strip(), value)
            self.assertEqual(self.property(self.scope(name), what), value)
        self.podman("pause", name)
        self.assertEqual(self.inspect(name, ".State.Status"), "paused")
        self.podman("unpause", name)

    def test_exec_and_stop(self):
        """PO-03, CO-03"""
        name = self.start(TRAP)
        self.wait_for_line(name, "ready")
        self.assertEqual(self.podman("exec", name, "cat", "/proc/self/cgroup").out, "0::/\n")
        self.podman("stop", "--time", WAIT, name)
        self.assertEqual(self.inspect(name, ".State.ExitCode"), "3")
