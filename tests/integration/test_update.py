# SPDX-License-Identifier: GPL-2.0-or-later
"""husk update. CM-29, CM-30, R-04, R-10, E-08, and its row of the transition table."""
import json
import os

import machine
from husk import ContainerTest, rows

MIB = 1 << 20
V2 = machine.is_pure_v2()


def read(box, controller, file):
    folder = machine.cgroup_folder(box.first.pid, controller)
    return (folder / file).read_text().rstrip("\n")


def limited(**resources):
    """An edit of a bundle: its resources."""
    def edit(bundle):
        bundle.config["linux"]["resources"] = resources
    return edit


def memory_limit(box):
    return read(box, "memory", "memory.max" if V2 else "memory.limit_in_bytes")


# Option, value, controller, file and content with cgroup v1, file and content with v2.
FLAGS = [
    ("memory", "64M", "memory", "memory.limit_in_bytes", str(64 * MIB), "memory.max",
     str(64 * MIB)),
    ("memory", "67108864", "memory", "memory.limit_in_bytes", str(64 * MIB), "memory.max",
     str(64 * MIB)),
    ("memory", "-1", "memory", "memory.limit_in_bytes", "9223372036854771712", "memory.max",
     "max"),
    ("memory-reservation", "32m", "memory", "memory.soft_limit_in_bytes", str(32 * MIB),
     "memory.low", str(32 * MIB)),
    ("cpu-share", "2048", "cpu", "cpu.shares", "2048", "cpu.weight", "174"),
    ("cpu-quota", "50000", "cpu", "cpu.cfs_quota_us", "50000", "cpu.max", "50000 100000"),
    ("cpu-quota", "-1", "cpu", "cpu.cfs_quota_us", "-1", "cpu.max", "max 100000"),
    ("cpu-period", "50000", "cpu", "cpu.cfs_period_us", "50000", "cpu.max", "max 50000"),
    ("cpuset-cpus", "0", "cpuset", "cpuset.cpus", "0", "cpuset.cpus", "0"),
    ("cpuset-mems", "0", "cpuset", "cpuset.mems", "0", "cpuset.mems", "0"),
    ("pids-limit", "17", "pids", "pids.max", "17", "pids.max", "17"),
    ("pids-limit", "-1", "pids", "pids.max", "max", "pids.max", "max"),
]


class Flags(ContainerTest):
    @rows([(f"{row[0]}={row[1]}", *row) for row in FLAGS])
    def test_value_reaches_the_kernel(self, _, option, value, controller, *files):
        """CM-30"""
        if machine.controller_folder(controller) is None:
            self.skipTest(f"needs the cgroup controller {controller}")
        box = self.start()
        file, expected = files[2:] if V2 else files[:2]
        box.husk("update", f"--{option}", value, box.id)
        self.assertEqual(read(box, controller, file), expected)

    def test_several_at_once(self):
        """CM-30: quota, period and burst agree with each other in the end."""
        box = self.start()
        box.husk("update", "--cpu-quota=20000", "--cpu-period=40000", "--cpu-burst=10000",
                 "--memory=64M", "--memory-swap=96M", "--pids-limit=30", box.id)
        if V2:
            self.assertEqual(read(box, "cpu", "cpu.max"), "20000 40000")
            self.assertEqual(read(box, "cpu", "cpu.max.burst"), "10000")
            self.assertEqual(read(box, "memory", "memory.swap.max"), str(32 * MIB))
        else:
            self.assertEqual(read(box, "cpu", "cpu.cfs_quota_us"), "20000")
            self.assertEqual(read(box, "cpu", "cpu.cfs_burst_us"), "10000")
            self.assertEqual(read(box, "memory", "memory.memsw.limit_in_bytes"), str(96 * MIB))
        self.assertEqual(memory_limit(box), str(64 * MIB))
        self.assertEqual(read(box, "pids", "pids.max"), "30")

    def test_idle(self):
        """CM-30, R-15"""
        box = self.start()
        if not (machine.cgroup_folder(box.first.pid, "cpu") / "cpu.idle").exists():
            self.skipTest("needs cpu.idle")
        box.husk("update", "--cpu-idle", "1", box.id)
        self.assertEqual(read(box, "cpu", "cpu.idle"), "1")
        box.husk("update", "--cpu-idle", "0", "--cpu-share", "2048", box.id)
        self.assertEqual(read(box, "cpu", "cpu.weight" if V2 else "cpu.shares"),
                         "174" if V2 else "2048")

    def test_memory_goes_up_and_down_with_its_swap(self):
        """R-04: raising and lowering the pair in whichever order the kernel wants."""
        box = self.start(edit=limited(memory={"limit": 64 * MIB, "swap": 64 * MIB}))
        for size in (256, 32, 128):
            box.husk("update", "--memory", f"{size}M", "--memory-swap", f"{size}M", box.id)
            self.assertEqual(memory_limit(box), str(size * MIB))
            if V2:
                self.assertEqual(read(box, "memory", "memory.swap.max"), "0")

    def test_memory_alone_keeps_the_sum(self):
        """memory.swap counts both: the half that is not given is that of before."""
        box = self.start(edit=limited(memory={"limit": 64 * MIB, "swap": 128 * MIB}))
        box.husk("update", "--memory", "32M", box.id)
        self.assertEqual(memory_limit(box), str(32 * MIB))
        if V2:
            self.assertEqual(read(box, "memory", "memory.swap.max"), str(96 * MIB))
        box.husk("update", "--memory-swap", "48M", box.id)
        if V2:
            self.assertEqual(read(box, "memory", "memory.swap.max"), str(16 * MIB))
        else:
            self.assertEqual(read(box, "memory", "memory.memsw.limit_in_bytes"), str(48 * MIB))
        self.assert_refused(box.husk("update", "--memory", "64M", box.id, code=1),
                            "memory.swap")
        self.assertEqual(memory_limit(box), str(32 * MIB))

    @rows([("memory", "lots"), ("cpu-share", "-1"), ("pids-limit", "x"), ("cpuset-cpus", "0-"),
           ("cpuset-cpus", "999999"), ("blkio-weight", "5"), ("memory-reservation", "-2")])
    def test_bad_value(self, option, value):
        """CM-30: refused, and named."""
        box = self.start()
        refused = box.husk("update", f"--{option}={value}", box.id, code=1)
        self.assert_refused(refused, {"blkio-weight": "blockIO.weight"}.get(
            option, option.split("-")[0]))

    @rows(["--l3-cache-schema=L3:0=f", "--mem-bw-schema=MB:0=20"])
    def test_schema_of_a_container_without_class(self, option):
        """CM-30: there is nothing to change."""
        box = self.start()
        self.assert_refused(box.husk("update", option, box.id, code=1), "linux.intelRdt")

    @rows(["--l3-cache-schema=L3:0=f\nL3:1=f", "--mem-bw-schema=L3:0=f"])
    def test_bad_schema(self, option):
        """I-04, I-05, CM-30"""
        self.assert_refused(self.husk("update", option, "x", code=1), option.split("=")[0])

    def test_missing_argument(self):
        self.assert_refused(self.husk("update", "x", "--memory", code=1),
                            "flag needs an argument")

    def test_nothing_to_do(self):
        box = self.start()
        box.husk("update", box.id)

    def test_words(self):
        """CM-39"""
        self.assert_refused(self.husk("update", code=1), "ID is missing")
        self.assert_refused(self.husk("update", "a", "b", code=1), "too many arguments")
        self.assert_refused(self.husk("update", "nobody", code=1), "does not exist")


class Resources(ContainerTest):
    def test_from_stdin(self):
        """CM-29"""
        box = self.start()
        box.husk("update", "--resources", "-", box.id,
                 input=json.dumps({"pids": {"limit": 21}, "memory": {"limit": 64 * MIB}}))
        self.assertEqual(read(box, "pids", "pids.max"), "21")
        self.assertEqual(memory_limit(box), str(64 * MIB))

    def test_from_a_file(self):
        """CM-29"""
        box = self.start()
        file = self.folder / "resources.json"
        file.write_text(json.dumps({"pids": {"limit": 22}}))
        box.husk("update", "-r", file, box.id)
        self.assertEqual(read(box, "pids", "pids.max"), "22")

    def test_flag_overrides(self):
        """CM-29"""
        box = self.start()
        box.husk("update", "--resources=-", "--pids-limit", "23", box.id,
                 input=json.dumps({"pids": {"limit": 9}, "memory": {"limit": 64 * MIB}}))
        self.assertEqual(read(box, "pids", "pids.max"), "23")
        self.assertEqual(memory_limit(box), str(64 * MIB))

    @rows([("no JSON", "{", "line 1"), ("wrong type", '{"pids":{"limit":"x"}}', "pids.limit"),
           ("out of range", '{"pids":{"limit":-7}}', "pids.limit"),
           ("a list", "[]", "object"), ("swap below limit",
                                        '{"memory":{"limit":200000000,"swap":100000000}}', "swap")])
    def test_bad_text(self, _, text, expected):
        box = self.start()
        self.assert_refused(box.husk("update", "-r", "-", box.id, input=text, code=1), expected)

    def test_file_that_is_not_there(self):
        box = self.start()
        self.assert_refused(box.husk("update", "-r", "/nowhere/at/all", box.id, code=1),
                            "/nowhere/at/all: no such file or directory")

    def test_device_rules_stay(self):
        """E-08: rules in the text change nothing: a device that was allowed still is."""
        read_end, write_end = os.pipe()
        box = self.start(["sh", "-c", "echo ready; read x; head -c 3 /dev/zero | wc -c; "
                          "sleep 3600"], stdin=read_end)
        os.close(read_end)
        self.assertEqual(box.line(), "ready")
        box.husk("update", "-r", "-", box.id,
                 input=json.dumps({"devices": [{"allow": False, "access": "rwm"}]}))
        os.write(write_end, b"go\n")
        os.close(write_end)
        self.assertEqual(box.line(), "3")
        if not V2:
            self.assertIn("c 1:5 rwm", read(box, "devices", "devices.list"))

    def test_hugepages(self):
        """R-26 by update"""
        box = self.start()
        if machine.controller_folder("hugetlb") is None:
            self.skipTest("needs the cgroup controller hugetlb")
        box.husk("update", "-r", "-", box.id,
                 input=json.dumps({"hugepageLimits": [{"pageSize": "2MB", "limit": 4 * MIB}]}))
        folder = machine.cgroup_folder(box.first.pid, "hugetlb")
        files = [folder / f"hugetlb.2MB.{end}" for end in ("max", "limit_in_bytes")]
        self.assertIn(str(4 * MIB), [file.read_text().strip() for file in files if file.exists()])


class Unified(ContainerTest):
    needs = ["root", "cgroup2"]

    def test_files_by_name(self):
        """R-30 by update: as the kubelet sets memory.high."""
        box = self.start()
        box.husk("update", "-r", "-", box.id,
                 input=json.dumps({"unified": {"memory.high": str(48 * MIB)}}))
        self.assertEqual(read(box, "memory", "memory.high"), str(48 * MIB))

    def test_check_before_update(self):
        """R-10: a limit below what is in use is refused, and nothing is killed."""
        box = self.start(["sh", "-c", "head -c 20000000 /dev/zero >/tmp/x; echo ready; sleep 3600"])
        self.assertEqual(box.line(), "ready")
        before = memory_limit(box)
        refused = box.husk("update", "-r", "-", box.id, code=1, input=json.dumps(
            {"memory": {"limit": 8 * MIB, "checkBeforeUpdate": True}, "pids": {"limit": 3}}))
        self.assert_refused(refused, "memory.limit", "in use")
        self.assertEqual(memory_limit(box), before)
        self.assertEqual(read(box, "pids", "pids.max"), "max")
        self.assertEqual(box.status(), "running")

    def test_check_asked_for_at_create_stays(self):
        """R-10"""
        box = self.start(["sh", "-c", "head -c 20000000 /dev/zero >/tmp/x; echo ready; sleep 3600"],
                         edit=limited(memory={"checkBeforeUpdate": True}))
        self.assertEqual(box.line(), "ready")
        self.assert_refused(box.husk("update", "--memory", "8M", box.id, code=1), "in use")


class FailedUpdate(ContainerTest):
    def test_all_or_nothing(self):
        """CM-29: what was written before the refusal gets its old value back."""
        box = self.start(edit=limited(memory={"limit": 64 * MIB, "swap": 64 * MIB},
                                      cpu={"quota": 20000, "period": 50000},
                                      pids={"limit": 50}))
        refused = box.husk("update", "--memory=128M", "--memory-swap=128M", "--cpu-quota=30000",
                           "--cpu-period=60000", f"--pids-limit={2**62}", box.id, code=1)
        self.assert_refused(refused, "linux.resources.pids.limit", "invalid argument")
        self.assertEqual(memory_limit(box), str(64 * MIB))
        if V2:
            self.assertEqual(read(box, "cpu", "cpu.max"), "20000 50000")
        else:
            self.assertEqual(read(box, "cpu", "cpu.cfs_quota_us"), "20000")
            self.assertEqual(read(box, "cpu", "cpu.cfs_period_us"), "50000")
        self.assertEqual(read(box, "pids", "pids.max"), "50")

    def test_busy_memory_on_v1(self):
        """R-10: there the kernel refuses by itself."""
        if V2:
            self.skipTest("needs cgroup v1 controllers")
        box = self.start(["sh", "-c", "head -c 20000000 /dev/zero >/tmp/x; echo ready; sleep 3600"])
        self.assertEqual(box.line(), "ready")
        before = memory_limit(box)
        self.husk("update", "--pids-limit", "7", "--memory", "1M", box.id, code=None)
        self.assertIn(memory_limit(box), (before, str(MIB)))
        self.assertEqual(box.status(), "running")


class States(ContainerTest):
    def test_created(self):
        """The transition table: created, running and paused."""
        box = self.create()
        box.husk("update", "--pids-limit", "31", box.id)
        self.assertEqual(read(box, "pids", "pids.max"), "31")
        self.assertEqual(box.status(), "created")

    def test_paused(self):
        box = self.start()
        box.husk("pause", box.id)
        box.husk("update", "--pids-limit", "32", box.id)
        self.assertEqual(read(box, "pids", "pids.max"), "32")
        self.assertEqual(box.status(), "paused")

    def test_stopped(self):
        box = self.start(["true"])
        box.first.wait_exit()
        self.assert_refused(box.husk("update", "--pids-limit", "3", box.id, code=1), "stopped")

    def test_without_cgroup(self):
        box = self.container(["sleep", "3600"])
        self.husk("--cgroup-manager", "disabled", "create", "--bundle", box.bundle.folder, box.id,
                  stdout=None, stderr=None)
        self.made.append(box)
        self.assert_refused(self.husk("update", "--pids-limit", "3", box.id, code=1), "no cgroup")

    def test_private_configuration_says_the_new_limits(self):
        """Later commands go by it; the bundle's file is the caller's."""
        box = self.start(edit=limited(pids={"limit": 50}))
        box.husk("update", "--pids-limit", "33", "--memory", "64M", box.id)
        private = json.loads((self.root / box.id / "config.json").read_text())
        self.assertEqual(private["linux"]["resources"]["pids"], {"limit": 33})
        self.assertEqual(private["linux"]["resources"]["memory"]["limit"], 64 * MIB)
        bundle = json.loads((box.bundle.folder / "config.json").read_text())
        self.assertEqual(bundle["linux"]["resources"], {"pids": {"limit": 50}})

    def test_device_rules_of_the_configuration_stay(self):
        """E-08"""
        rules = [{"allow": False, "access": "rwm"},
                 {"allow": True, "type": "c", "major": 1, "minor": 11, "access": "r"}]
        box = self.start(edit=limited(devices=rules))
        box.husk("update", "-r", "-", box.id, input='{"devices":[],"pids":{"limit":5}}')
        private = json.loads((self.root / box.id / "config.json").read_text())
        self.assertEqual(private["linux"]["resources"]["devices"], rules)
