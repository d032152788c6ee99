# SPDX-License-Identifier: GPL-2.0-or-later
"""Limits and membership, through v1 trees or pure v2, whichever this machine has."""
import os
import signal

from bundle import drop_namespace
from husk import ContainerTest, rows
from machine import (cgroup_folder, cgroups_with, controller_folder, is_pure_v2, lacks,
                     processors, remove_cgroup)

MIB = 1 << 20


def resources(**members):
    return lambda b: b.config["linux"]["resources"].update(members)


class Limit(ContainerTest):
    """The value of the configuration is the value in the kernel's file."""

    def value(self, controller, v1_file, v2_file, edit):
        reason = lacks(f"controller {controller}")
        if reason:
            self.skipTest(reason)
        box = self.create(edit=edit)
        folder = cgroup_folder(box.first.pid, controller)
        is_v2 = (controller_folder(controller) / "cgroup.controllers").exists()
        return is_v2, (folder / (v2_file if is_v2 else v1_file)).read_text().strip()

    def test_pids(self):
        """R-18"""
        _, value = self.value("pids", "pids.max", "pids.max", resources(pids={"limit": 16}))
        self.assertEqual(value, "16")

    def test_pids_without_a_limit(self):
        _, value = self.value("pids", "pids.max", "pids.max", resources(pids={"limit": -1}))
        self.assertEqual(value, "max")

    def test_zero_pids_is_a_true_limit(self):
        """R-18: The specification since 1.3; other runtimes differ (DX-07)."""
        _, value = self.value("pids", "pids.max", "pids.max", resources(pids={"limit": 0}))
        self.assertEqual(value, "0")

    def test_memory(self):
        """R-01"""
        _, value = self.value("memory", "memory.limit_in_bytes", "memory.max",
                              resources(memory={"limit": 64 * MIB}))
        self.assertEqual(value, str(64 * MIB))

    def test_memory_reservation(self):
        """R-02"""
        _, value = self.value("memory", "memory.soft_limit_in_bytes", "memory.low",
                              resources(memory={"limit": 64 * MIB, "reservation": 32 * MIB}))
        self.assertEqual(value, str(32 * MIB))

    def test_memory_without_a_limit(self):
        is_v2, value = self.value("memory", "memory.limit_in_bytes", "memory.max",
                                  resources(memory={"limit": -1}))
        self.assertTrue(value == "max" if is_v2 else int(value) > 1 << 60, value)

    def test_share_of_the_processor(self):
        """R-11: 1024 shares are a weight of 100 (FX-1)."""
        is_v2, value = self.value("cpu", "cpu.shares", "cpu.weight",
                                  resources(cpu={"shares": 1024}))
        self.assertEqual(value, "100" if is_v2 else "1024")

    def test_quota_of_the_processor(self):
        """R-12, R-13"""
        is_v2, value = self.value("cpu", "cpu.cfs_quota_us", "cpu.max",
                                  resources(cpu={"quota": 50000, "period": 100000}))
        self.assertEqual(value, "50000 100000" if is_v2 else "50000")

    def test_processors(self):
        """R-17"""
        _, value = self.value("cpuset", "cpuset.cpus", "cpuset.cpus",
                              resources(cpu={"cpus": "0", "mems": "0"}))
        self.assertEqual(value, "0")

    def test_huge_pages(self):
        """R-26"""
        if not os.path.exists("/sys/kernel/mm/hugepages/hugepages-2048kB"):
            self.skipTest("needs huge pages of 2 MB")
        _, value = self.value("hugetlb", "hugetlb.2MB.limit_in_bytes", "hugetlb.2MB.max",
                              resources(hugepageLimits=[{"pageSize": "2MB", "limit": 4 * MIB}]))
        self.assertEqual(value, str(4 * MIB))

    def test_any_file_of_version_2(self):
        """R-30"""
        if not is_pure_v2():
            self.skipTest("needs pure cgroup v2")
        _, value = self.value("memory", "", "memory.high",
                              resources(unified={"memory.high": "50331648"}))
        self.assertEqual(value, "50331648")

    def test_controller_that_is_nowhere_is_named(self):
        """C-11"""
        if not lacks("controller rdma"):
            self.skipTest("the one controller of this test, rdma, is here")
        bundle = self.bundle(["true"], resources(rdma={"mlx5_0": {"hcaHandles": 3}}))
        self.assert_refused(self.husk("run", "--bundle", bundle.folder, self.new_id(), code=1),
                            "rdma", "/sys/fs/cgroup")
        self.assert_nothing_left()


class Effect(ContainerTest):
    """The limits bite inside and nowhere else."""

    def test_fork_bomb_of_100_stops_at_16(self):
        reason = lacks("controller pids")
        if reason:
            self.skipTest(reason)
        bomb = "i=0; while [ $i -lt 100 ]; do sleep 3600 & i=$((i + 1)); echo $i; done"
        result = self.run_in(["sh", "-c", bomb], resources(pids={"limit": 16}), code=None)
        self.assertNotEqual(result.code, 0)
        self.assertIn("resource temporarily unavailable", result.err.lower())
        self.assertEqual(result.out.split()[-1], "15")  # and the shell itself is the 16th
        self.assert_nothing_left()

    def test_process_that_takes_100_of_32_mebibytes_is_killed(self):
        reason = lacks("controller memory")
        if reason:
            self.skipTest(reason)
        self.run_in(["dd", "if=/dev/zero", "of=/dev/null", "bs=100M", "count=1"],
                    resources(memory={"limit": 32 * MIB, "swap": 32 * MIB}),
                    code=128 + signal.SIGKILL)
        self.assert_nothing_left()

    def test_it_has_room_below_the_limit(self):
        self.run_in(["dd", "if=/dev/zero", "of=/dev/null", "bs=16M", "count=1"],
                    resources(memory={"limit": 32 * MIB}))

    def test_program_stays_on_its_processors(self):
        reason = lacks("controller cpuset")
        if reason:
            self.skipTest(reason)
        box = self.start(edit=resources(cpu={"cpus": "0"}))
        self.assertEqual(os.sched_getaffinity(box.first.pid), {0})

    def test_affinity_of_the_caller_is_not_inherited(self):
        """P-23: the container has all processors of its cgroup."""
        all_of_them = processors()
        box = self.create(preexec_fn=lambda: os.sched_setaffinity(0, {min(all_of_them)}))
        self.assertEqual(os.sched_getaffinity(box.first.pid), all_of_them)


class Membership(ContainerTest):
    def test_first_process_is_in_place_when_create_returns(self):
        """C-12: podman reads the path from /proc/PID/cgroup then (PO-10)."""
        box = self.create()
        for line in box.first.file("cgroup").splitlines():
            if "unified" not in line and is_pure_v2():
                self.assertIn(box.id, line)
        self.assertIn(box.id, box.first.file("cgroup"))

    def test_path_of_the_configuration(self):
        """C-01"""
        path = f"/{self.mark}-above/below"
        box = self.create(edit=lambda b: b.config["linux"].update(cgroupsPath=path))
        self.assertIn(path, box.first.file("cgroup"))
        box.husk("delete", "--force", box.id)
        for folder in cgroups_with(f"{self.mark}-above"):
            remove_cgroup(folder)  # fails unless it is empty

    def test_cgroup_of_another_is_not_taken(self):
        """C-10: Two containers in one cgroup would end each other."""
        box = self.start()
        bundle = self.bundle(["sleep", "3600"])
        path = cgroup_folder(box.first.pid, "pids")
        relative = "/" + str(path.relative_to(controller_folder("pids")))
        bundle.config["linux"]["cgroupsPath"] = relative
        bundle.write()
        self.husk("run", "--bundle", bundle.folder, self.new_id(), code=1)
        self.assertEqual(box.status(), "running")

    def test_groups_made_inside_go_as_well(self):
        """C-15"""
        box = self.start(["sh", "-c", "echo ready; exec sleep 3600"])
        self.assertEqual(box.line(), "ready")
        inner = cgroup_folder(box.first.pid, "pids") / "a" / "b"
        inner.mkdir(parents=True)
        box.husk("delete", "--force", box.id)
        self.assert_nothing_left()

    def test_processes_in_groups_below_are_ended_too(self):
        """C-15"""
        box = self.start(["sh", "-c", "echo ready; exec sleep 3600"],
                         edit=lambda b: drop_namespace(b.config, "pid"))
        self.assertEqual(box.line(), "ready")
        inner = cgroup_folder(box.first.pid, "pids") / "inner"
        inner.mkdir()
        (inner / "cgroup.procs").write_text(str(box.first.pid))
        box.husk("delete", "--force", box.id)
        self.assert_nothing_left()

    def test_frozen_container_can_be_deleted(self):
        box = self.start()
        folder = cgroup_folder(box.first.pid, "freezer" if not is_pure_v2() else "pids")
        if is_pure_v2():
            (folder / "cgroup.freeze").write_text("1")
        else:
            (folder / "freezer.state").write_text("FROZEN")
        box.husk("delete", "--force", box.id)
        self.assert_nothing_left()
