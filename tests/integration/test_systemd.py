# SPDX-License-Identifier: GPL-2.0-or-later
"""husk --systemd-cgroup with a real systemd. CL-06, C-02..C-08, E-06, FX-5..FX-7.

The bus that never answers is the exception: it needs no systemd, and runs everywhere.
"""
import json
import os
import socket
import subprocess
from pathlib import Path

import machine
from husk import BINARY, PATIENCE, ContainerTest, rows

MIB = 1 << 20
HELPER = Path(BINARY).parent / "husk-systemd"


def systemctl(*words, user=False):
    """What systemctl prints; of the ordinary user's own systemd when asked for."""
    caller = [*machine.as_ordinary_user(), "env", f"XDG_RUNTIME_DIR={runtime_folder()}"]
    call = [*caller, "systemctl", "--user"] if user else ["systemctl"]
    return subprocess.run([*call, *words], stdout=subprocess.PIPE, text=True, check=False,
                          timeout=60 * PATIENCE).stdout.strip()


def runtime_folder():
    return f"/run/user/{machine.ORDINARY_UID}"


def property_of(unit, name, user=False):
    return systemctl("show", "--value", f"--property={name}", unit, user=user)


class SystemdTest(ContainerTest):
    needs = ["root", "systemd", "cgroup2"]
    global_options = ["--systemd-cgroup"]
    slice = "system.slice"

    def setUp(self):
        super().setUp()
        if not HELPER.exists():
            self.skipTest("needs husk-systemd, which was not built")

    def tearDown(self):
        super().tearDown()
        self.assertEqual(systemctl("list-units", "--all", "--no-legend", f"*{self.mark}*",
                                   user=self.as_user), "")

    @staticmethod
    def edit(path=None, annotations=None, **resources):
        """An edit of a bundle: its cgroupsPath, annotations and resources."""
        def change(bundle):
            bundle.config["linux"]["resources"].update(resources)
            bundle.config.setdefault("annotations", {}).update(annotations or {})
            if path:
                bundle.config["linux"]["cgroupsPath"] = path
        return change

    def unit(self, box):
        return f"husk-{box.id}.scope"

    def property(self, box, name):
        return property_of(self.unit(box), name, user=self.as_user)

    def place(self, box):
        return machine.cgroup_folder(box.first.pid, "memory")

    def value(self, box, file):
        return (self.place(box) / file).read_text().strip()


class Life(SystemdTest):
    def test_scope_is_there_from_create_to_delete(self):
        """C-02, C-06, C-07, ST-07"""
        box = self.create()
        self.assertEqual(self.place(box), machine.CGROUP / self.slice / self.unit(box))
        for name, expected in [("ActiveState", "active"), ("Slice", self.slice),
                               ("Delegate", "yes"), ("CPUAccounting", "yes"),
                               ("MemoryAccounting", "yes"), ("TasksAccounting", "yes"),
                               ("IOAccounting", "yes"), ("DefaultDependencies", "no"),
                               ("TasksMax", "infinity")]:
            self.assertEqual(self.property(box, name), expected, name)
        box.husk("start", box.id)
        box.husk("kill", box.id, "KILL")
        self.assertEqual(box.first.wait_exit(), 128 + 9)
        box.husk("delete", box.id)
        self.assertEqual(self.property(box, "LoadState"), "not-found")
        self.assert_nothing_left()

    def test_later_commands_need_no_option(self):
        """CL-06: the state says whose cgroup it is."""
        box = self.start()
        self.global_options = []
        box.husk("update", "--memory", str(64 * MIB), box.id)
        self.assertEqual(self.property(box, "MemoryMax"), str(64 * MIB))
        box.husk("delete", "--force", box.id)
        self.assertEqual(self.property(box, "LoadState"), "not-found")

    def test_manager_by_its_name(self):
        """CL-07"""
        self.global_options = ["--cgroup-manager", "systemd"]
        box = self.create()
        self.assertEqual(self.property(box, "ActiveState"), "active")

    def test_run_leaves_nothing(self):
        self.run_in(["sh", "-c", "exit 7"], code=7)
        self.assert_nothing_left()

    def test_id_can_be_used_again_at_once(self):
        """LC-09"""
        box = self.container(["true"])
        for _ in range(5):
            box.create()
            box.husk("delete", box.id)

    def test_container_that_ended_by_itself_is_deleted(self):
        """C-07: systemd has dropped the scope already, or is at it."""
        box = self.start(["true"])
        box.first.wait_exit()
        box.husk("delete", box.id)
        self.assert_nothing_left()

    def test_systemd_can_stop_it(self):
        """W-19"""
        box = self.start(["sleep", "1000"], self.edit(
            annotations={"org.systemd.property.KillSignal": "9"}))
        systemctl("stop", self.unit(box))
        self.assertEqual(box.first.wait_exit(), 128 + 9)
        self.assertEqual(box.status(), "stopped")

    def test_further_process_is_in_the_scope(self):
        box = self.start()
        self.assertEqual(self.husk("exec", box.id, "cat", "/proc/self/cgroup").out, "0::/\n")

    def test_paused_and_resumed(self):
        box = self.start()
        box.husk("pause", box.id)
        self.assertEqual(box.status(), "paused")
        box.husk("resume", box.id)
        self.assertEqual(box.status(), "running")

    def test_killed_husk_leaves_what_delete_finds(self):
        """G-03: while a hook of it runs, so at a known place."""
        fifo = self.folder / "fifo"
        os.mkfifo(fifo)
        box = self.container(edit=lambda b: b.config.update(hooks={"createRuntime": [
            {"path": "/bin/sh", "args": ["sh", "-c", f"echo here >{fifo}; exec sleep 3600"]}]}))
        running = self.spawn("create", "--bundle", box.bundle.folder, box.id)
        with open(fifo, encoding="ascii") as hook:
            self.assertEqual(hook.readline(), "here\n")
        self.assertEqual(self.property(box, "ActiveState"), "active")
        running.kill()
        running.wait()
        self.husk("delete", "--force", box.id)
        self.assertEqual(self.property(box, "LoadState"), "not-found")


class Names(SystemdTest):
    @rows([("podman", "machine.slice:libpod:{}", "machine.slice", "libpod-{}.scope"),
           ("docker", ":docker:{}", "system.slice", "docker-{}.scope"),
           ("no prefix", "machine.slice::{}", "machine.slice", "{}.scope"),
           ("root slice", "-:husk:{}", "", "husk-{}.scope"),
           ("kubelet", "husktest-burstable-pod1_2.slice:cri-containerd:{}",
            "husktest.slice/husktest-burstable.slice/husktest-burstable-pod1_2.slice",
            "cri-containerd-{}.scope")])
    def test_cgroups_path(self, _, path, folder, unit):
        """C-03, C-04"""
        box = self.create(edit=self.edit(path.format(self.mark)))
        unit = unit.format(self.mark)
        self.assertEqual(self.place(box), machine.CGROUP / folder / unit)
        self.assertEqual(property_of(unit, "ActiveState"), "active")
        box.husk("delete", "--force", box.id)
        self.assertEqual(property_of(unit, "LoadState"), "not-found")

    @rows([("a path", "/husk/{}", "SLICE:PREFIX:NAME"),
           ("two parts", "a.slice:{}", "SLICE:PREFIX:NAME"),
           ("a slice", "a.slice:b:{}.slice", "scope"),
           ("a bad slice", "a--b.slice:c:{}", "slice")])
    def test_other_paths_are_refused(self, _, path, fragment):
        """C-03, C-04"""
        bundle = self.bundle(edit=self.edit(path.format(self.mark)))
        self.assert_refused(self.husk("run", "--bundle", bundle.folder, self.new_id(), code=1),
                            "linux.cgroupsPath", fragment)
        self.assert_nothing_left()

    def test_unit_that_lives_is_not_touched(self):
        """C-05"""
        first = self.start(edit=self.edit(f"::{self.mark}"))
        bundle = self.bundle(edit=self.edit(f"::{self.mark}"))
        self.assert_refused(self.husk("run", "--bundle", bundle.folder, self.new_id(), code=1),
                            "systemd cgroup manager", f"{self.mark}.scope already exists")
        self.assertEqual(first.status(), "running")
        self.assertEqual(property_of(f"{self.mark}.scope", "ActiveState"), "active")

    def test_unit_that_failed_is_replaced(self):
        """C-05: a time limit of one second makes a scope fail."""
        unit = f"{self.mark}.scope"
        subprocess.run(["systemd-run", "--quiet", "--scope", f"--unit={unit}",
                        "--property=RuntimeMaxSec=1", "sleep", "1000"],
                       env=self.environment, check=False, timeout=60 * PATIENCE)
        while property_of(unit, "ActiveState") != "failed":
            pass  # the process has ended; systemd is about to know
        box = self.create(edit=self.edit(f"::{self.mark}"))
        self.assertEqual(property_of(unit, "ActiveState"), "active")
        box.husk("delete", "--force", box.id)
        self.assertEqual(property_of(unit, "LoadState"), "not-found")


# Resource, file, its content, property, its value.
LIMITS = [
    ("memory", {"memory": {"limit": 64 * MIB}}, "memory.max", str(64 * MIB),
     "MemoryMax", str(64 * MIB)),
    ("swap", {"memory": {"limit": 64 * MIB, "swap": 80 * MIB}}, "memory.swap.max", str(16 * MIB),
     "MemorySwapMax", str(16 * MIB)),
    ("reservation", {"memory": {"reservation": 32 * MIB}}, "memory.low", str(32 * MIB),
     "MemoryLow", str(32 * MIB)),
    ("shares", {"cpu": {"shares": 2048}}, "cpu.weight", "174", "CPUWeight", "174"),
    ("quota", {"cpu": {"quota": 12345, "period": 50000}}, "cpu.max", "12345 50000",
     "CPUQuotaPerSecUSec", "250ms"),
    ("period", {"cpu": {"quota": 12345, "period": 50000}}, "cpu.max", "12345 50000",
     "CPUQuotaPeriodUSec", "50ms"),
    ("cpus", {"cpu": {"cpus": "0"}}, "cpuset.cpus", "0", "AllowedCPUs", "0"),
    ("mems", {"cpu": {"mems": "0"}}, "cpuset.mems", "0", "AllowedMemoryNodes", "0"),
    ("pids", {"pids": {"limit": 17}}, "pids.max", "17", "TasksMax", "17"),
    ("no pids", {"pids": {"limit": -1}}, "pids.max", "max", "TasksMax", "infinity"),
    ("zero pids", {"pids": {"limit": 0}}, "pids.max", "0", "TasksMax", "1"),
    ("idle", {"cpu": {"idle": 1}}, "cpu.idle", "1", "CPUWeight", "idle"),
    ("high", {"unified": {"memory.high": "33554432"}}, "memory.high", str(32 * MIB),
     "MemoryHigh", str(32 * MIB)),
    ("oom group", {"unified": {"memory.oom.group": "1"}}, "memory.oom.group", "1",
     "MemoryMax", "infinity"),
    # systemd 252 has no property for it; newer ones do.
    ("zswap", {"unified": {"memory.zswap.max": "4096"}}, "memory.zswap.max", "4096",
     "ActiveState", "active"),
]


class Limits(SystemdTest):
    @rows(LIMITS)
    def test_is_in_the_file_and_in_the_unit(self, _, resources, file, content, name, expected):
        """FX-5, FX-6, R-17, R-18, DX-07"""
        box = self.create(edit=self.edit(**resources))
        if not (self.place(box) / file).exists():
            self.skipTest(f"this kernel has no {file}")
        self.assertEqual(self.value(box, file), content)
        self.assertEqual(self.property(box, name), expected)

    def test_block_io_weight(self):
        """FX-7: systemd counts otherwise."""
        box = self.create(edit=self.edit(blockIO={"weight": 500}))
        self.assertEqual(self.property(box, "IOWeight"), "4500")

    def test_survives_a_reload_of_systemd(self):
        """FX-6"""
        box = self.create(edit=self.edit(
            memory={"limit": 64 * MIB, "reservation": 32 * MIB}, pids={"limit": 17},
            cpu={"quota": 20000, "period": 100000, "shares": 512}))
        files = ["memory.max", "memory.low", "pids.max", "cpu.max", "cpu.weight"]
        before = [self.value(box, file) for file in files]
        systemctl("daemon-reload")
        systemctl("set-property", "--runtime", self.unit(box), "MemoryHigh=48M", "IOWeight=77")
        self.assertEqual([self.value(box, file) for file in files], before)

    @rows([("memory", ["--memory", str(32 * MIB)], "memory.max", str(32 * MIB),
            "MemoryMax", str(32 * MIB)),
           ("pids", ["--pids-limit", "23"], "pids.max", "23", "TasksMax", "23"),
           ("quota", ["--cpu-quota", "33333"], "cpu.max", "33333 50000",
            "CPUQuotaPerSecUSec", "670ms"),
           ("period", ["--cpu-period", "20000"], "cpu.max", "12345 20000",
            "CPUQuotaPerSecUSec", "620ms"),
           ("no quota", ["--cpu-quota", "-1"], "cpu.max", "max 50000",
            "CPUQuotaPerSecUSec", "infinity"),
           ("shares", ["--cpu-share", "1024"], "cpu.weight", "100", "CPUWeight", "100")])
    def test_is_updated_in_both(self, _, options, file, content, name, expected):
        """CM-30, FX-5"""
        box = self.start(edit=self.edit(memory={"limit": 64 * MIB},
                                        cpu={"quota": 12345, "period": 50000}))
        box.husk("update", *options, box.id)
        self.assertEqual(self.value(box, file), content)
        self.assertEqual(self.property(box, name), expected)

    def test_refused_update_changes_nothing(self):
        box = self.start(edit=self.edit(pids={"limit": 17}))
        self.assert_refused(self.husk("update", "--pids-limit", "20", "--cpuset-cpus", "4000",
                                      box.id, code=1), "linux.resources.cpu.cpus")
        self.assertEqual(self.value(box, "pids.max"), "17")
        self.assertEqual(self.property(box, "TasksMax"), "17")

    def test_refused_limit_leaves_nothing(self):
        bundle = self.bundle(edit=self.edit(cpu={"cpus": "4000"}))
        self.assert_refused(self.husk("run", "--bundle", bundle.folder, self.new_id(), code=1),
                            "linux.resources.cpu.cpus")
        self.assert_nothing_left()

    def test_controller_that_systemd_does_not_hand_down(self):
        """R-26: hugetlb is written to its file."""
        size = "2MB"
        if not Path("/sys/kernel/mm/hugepages/hugepages-2048kB").exists():
            self.skipTest("needs huge pages of 2 MB")
        box = self.create(edit=self.edit(hugepageLimits=[{"pageSize": size, "limit": 0}]))
        self.assertEqual(self.value(box, f"hugetlb.{size}.max"), "0")

    def test_devices(self):
        """E-06: a list of what is allowed, and systemd has it too."""
        rules = [{"allow": False, "access": "rwm"},
                 {"allow": True, "type": "c", "major": 1, "minor": 11, "access": "w"},
                 {"allow": True, "type": "b", "major": 7, "access": "r"}]
        script = ("mknod /tmp/log c 1 11; mknod /tmp/loop c 10 237; read -r line; "
                  "for d in log loop; do (: >>/tmp/$d) 2>/dev/null && echo $d; done; "
                  "echo end; exec sleep 3600")

        def edit(bundle):
            self.edit(devices=rules)(bundle)
            for mount in bundle.config["mounts"]:
                if mount["destination"] == "/tmp":
                    mount["options"].remove("nodev")
            for kind in bundle.config["process"]["capabilities"].values():
                kind.append("CAP_MKNOD")
        read_end, write_end = os.pipe()
        self.addCleanup(os.close, write_end)
        box = self.create(["sh", "-c", script], edit, stdin=read_end)
        os.close(read_end)
        allowed = self.property(box, "DeviceAllow")
        self.assertEqual(self.property(box, "DevicePolicy"), "strict")
        self.assertIn("/dev/char/1:11 w", allowed)
        self.assertIn("block-7 r", allowed)
        box.husk("start", box.id)
        systemctl("daemon-reload")
        os.write(write_end, b"\n")
        self.assertEqual(box.line(), "log")
        self.assertEqual(box.line(), "end")


class Annotations(SystemdTest):
    @rows([("number", "KillSignal", "int32 12", "KillSignal", "12"),
           ("time", "TimeoutStopUSec", "uint64 5000000", "TimeoutStopUSec", "5s"),
           ("seconds", "TimeoutStopSec", "7", "TimeoutStopUSec", "7s"),
           ("word", "CollectMode", "'inactive'", "CollectMode", "inactive"),
           ("list", "Documentation", "['man:a(1)', 'man:b(1)']", "Documentation",
            '"man:a(1)" "man:b(1)"'),
           ("flag", "SendSIGHUP", "true", "SendSIGHUP", "yes")])
    def test_become_properties(self, _, key, value, name, expected):
        """A-01, A-20"""
        box = self.create(edit=self.edit(annotations={f"org.systemd.property.{key}": value}))
        self.assertEqual(self.property(box, name), expected)

    @rows([("no value", "KillSignal", "TERM", "KillSignal"),
           ("no name", "x", "true", "org.systemd.property.x"),
           ("unknown", "NoSuchProperty", "true", "NoSuchProperty"),
           ("of another type", "KillSignal", "'9'", "systemd cgroup manager")])
    def test_that_are_wrong_leave_nothing(self, _, key, value, fragment):
        """A-01"""
        bundle = self.bundle(edit=self.edit(annotations={f"org.systemd.property.{key}": value}))
        self.assert_refused(self.husk("run", "--bundle", bundle.folder, self.new_id(), code=1),
                            fragment)
        self.assert_nothing_left()

    def test_folder_inside_of_the_scope(self):
        """C-08, A-05"""
        box = self.start(edit=self.edit(annotations={"run.oci.systemd.subgroup": "container"},
                                        pids={"limit": 17}))
        self.assertEqual(self.place(box),
                         machine.CGROUP / self.slice / self.unit(box) / "container")
        self.assertEqual((self.place(box).parent / "pids.max").read_text(), "17\n")
        box.husk("delete", "--force", box.id)
        self.assert_nothing_left()


class NoSystemd(ContainerTest):
    """No answer is an answer in time; nothing is left."""

    def test_is_said(self):
        """CL-06: with the places where it was looked for."""
        if not machine.lacks("systemd"):
            self.skipTest("needs a machine without systemd")
        bundle = self.bundle(["true"])
        for option in ("--systemd-cgroup", "--cgroup-manager=systemd"):
            self.assert_refused(self.husk(option, "run", "--bundle", bundle.folder,
                                          self.new_id(), code=1), "systemd cgroup manager: ")
        self.assert_nothing_left()

    @rows(["locate", "start", "set", "attach", "stop"])
    def test_bus_that_never_answers_ends_by_the_limit(self, verb):
        """C-05: husk asks with a limit of 25 seconds; here it is a fifth of a second."""
        if not HELPER.exists():
            self.skipTest("needs husk-systemd, which was not built")
        path = str(self.folder / "bus")
        with socket.socket(socket.AF_UNIX) as bus:
            bus.bind(path)
            bus.listen()
            answer = subprocess.run(
                [HELPER], input=f"{verb}\nuser\n200\na.scope\n", capture_output=True, text=True,
                env={**self.environment, "DBUS_SESSION_BUS_ADDRESS": f"unix:path={path}",
                     "XDG_RUNTIME_DIR": "/nonexistent"}, check=False, timeout=60 * PATIENCE)
        self.assertEqual(answer.returncode, 1)
        self.assertTrue(answer.stdout.startswith("error "), answer.stdout)
        self.assertIn(f"unix:path={path}", answer.stdout)

    def test_helper_that_is_missing_is_said(self):
        """CL-06"""
        alone = self.folder / "alone"
        alone.mkdir()
        self.binary = alone / "husk"
        self.binary.write_bytes(Path(BINARY).read_bytes())
        self.binary.chmod(0o755)
        features = json.loads(self.husk("features").out)["linux"]["cgroup"]
        if features["systemd"]:
            self.skipTest("husk-systemd is installed")
        bundle = self.bundle(["true"])
        self.assert_refused(self.husk("--systemd-cgroup", "run", "--bundle", bundle.folder,
                                      self.new_id(), code=1), "husk-systemd is not installed")
        self.assert_nothing_left()
