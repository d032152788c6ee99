# SPDX-License-Identifier: GPL-2.0-or-later
import os
import signal

from bundle import drop_namespace, join_namespace
from husk import ContainerTest, rows

# word of the specification -> name in /proc/PID/ns
KINDS = [("pid", "pid"), ("network", "net"), ("ipc", "ipc"), ("uts", "uts"), ("mount", "mnt"),
         ("cgroup", "cgroup")]


def own(name):
    return os.readlink(f"/proc/self/ns/{name}")


def with_user_namespace(size=65536):
    """Maps ids from 0 of the container to ids from 100000 of the machine."""
    def edit(b):
        b.config["linux"]["namespaces"].append({"type": "user"})
        for ids in ("uidMappings", "gidMappings"):
            b.config["linux"][ids] = [{"containerID": 0, "hostID": 100000, "size": size}]
    return edit


class New(ContainerTest):
    def test_listed_ones_are_new_and_the_others_those_of_the_caller(self):
        """N-01, N-03"""
        box = self.start()
        for _, name in KINDS:
            self.assertNotEqual(box.first.namespace(name), own(name), name)
        for name in ("user", "time"):
            self.assertEqual(box.first.namespace(name), own(name), name)

    @rows([(kind, name) for kind, name in KINDS if kind != "mount"])
    def test_one_that_is_not_listed_is_inherited(self, kind, name):
        """N-03"""
        def edit(b):
            drop_namespace(b.config, kind)
            if kind == "uts":
                del b.config["hostname"]
        box = self.start(edit=edit)
        self.assertEqual(box.first.namespace(name), own(name))

    def test_program_is_the_first_process(self):
        self.assertEqual(self.shell("echo $$"), "1")

    def test_loopback_is_up(self):
        """N-08"""
        self.assertIn("UP", self.shell("ip link show lo"))

    def test_host_and_domain_name(self):
        """T-05, T-06"""
        shown = self.shell("hostname; cat /proc/sys/kernel/domainname",
                           lambda b: b.config.update(hostname="sea", domainname="example.org"))
        self.assertEqual(shown.split(), ["sea", "example.org"])

    def test_cgroup_namespace_is_rooted_at_the_container(self):
        """N-04"""
        for line in self.shell("cat /proc/self/cgroup").splitlines():
            self.assertEqual(line.split(":", 2)[2], "/", line)

    def test_sysctl_of_the_container_only(self):
        """L-02"""
        def edit(b):
            b.config["linux"]["sysctl"] = {"net.ipv4.ip_forward": "1", "kernel.msgmax": "9000",
                                           "net/ipv4/conf/lo/forwarding": "1"}
        before = open("/proc/sys/kernel/msgmax").read()
        shown = self.shell("cd /proc/sys; cat net/ipv4/ip_forward kernel/msgmax", edit)
        self.assertEqual(shown.split(), ["1", "9000"])
        self.assertEqual(open("/proc/sys/kernel/msgmax").read(), before)

    def test_time_offsets(self):
        """D-01"""
        def edit(b):
            b.config["linux"]["namespaces"].append({"type": "time"})
            b.config["linux"]["timeOffsets"] = {"boottime": {"secs": 1000000},
                                                "monotonic": {"secs": 5, "nanosecs": 7}}
        shown = self.shell("cat /proc/self/timens_offsets; cat /proc/uptime", edit).split()
        self.assertEqual(shown[:6], ["monotonic", "5", "7", "boottime", "1000000", "0"])
        self.assertGreater(float(shown[6]), 1000000)

    def test_personality(self):
        """L-09"""
        self.assertEqual(self.shell("uname -m", lambda b: b.config["linux"].update(
            personality={"domain": "LINUX32"})), "i686")

    def test_no_linux_object_means_no_namespaces(self):
        """T-09"""
        def edit(b):
            for member in ("linux", "hostname", "mounts"):
                del b.config[member]
            b.config["root"]["readonly"] = False
        box = self.start(["sleep", "3600"], edit)
        for _, name in KINDS:
            self.assertEqual(box.first.namespace(name), own(name), name)


class Joined(ContainerTest):
    @rows([(kind, name) for kind, name in KINDS if kind not in ("mount", "pid")])
    def test_one_named_by_path(self, kind, name):
        """N-02"""
        other = self.start()

        def edit(b):
            join_namespace(b.config, kind, f"/proc/{other.first.pid}/ns/{name}")
            if kind == "uts":
                del b.config["hostname"]
        box = self.start(edit=edit)
        self.assertEqual(box.first.namespace(name), other.first.namespace(name))

    def test_process_namespace_by_path(self):
        """N-05"""
        other = self.start()
        box = self.start(["sh", "-c", "echo $$; exec sleep 3600"], lambda b: join_namespace(
            b.config, "pid", f"/proc/{other.first.pid}/ns/pid"))
        self.assertGreater(int(box.line()), 1)
        self.assertEqual(box.first.namespace("pid"), other.first.namespace("pid"))
        # The kernel ends all others of that namespace, and its first only after them.
        other.first.send(signal.SIGKILL)
        self.assertEqual(box.first.wait_exit(), 128 + 9)
        self.assertEqual(other.first.wait_exit(), 128 + 9)

    def test_user_namespace_by_path(self):
        other = self.start(edit=with_user_namespace())
        box = self.start(["sh", "-c", "id -u; exec sleep 3600"], lambda b: join_namespace(
            b.config, "user", f"/proc/{other.first.pid}/ns/user"))
        self.assertEqual(box.line(), "0")
        self.assertEqual(box.first.namespace("user"), other.first.namespace("user"))
        self.assertEqual(box.first.status("Uid").split(), ["100000"] * 4)

    def test_user_namespace_by_path_with_its_own_maps_repeated(self):
        """containerd and CRI-O send both (U-03)."""
        other = self.start(edit=with_user_namespace())

        def edit(b):
            with_user_namespace()(b)
            join_namespace(b.config, "user", f"/proc/{other.first.pid}/ns/user")
        self.run_in(["true"], edit)


class User(ContainerTest):
    def test_root_inside_is_nobody_outside(self):
        box = self.start(["sh", "-c", "id -u; id -g; exec sleep 3600"], with_user_namespace())
        self.assertEqual([box.line(), box.line()], ["0", "0"])
        self.assertEqual(box.first.status("Uid").split(), ["100000"] * 4)
        self.assertEqual(box.first.file("uid_map").split(), ["0", "100000", "65536"])
        self.assertEqual(box.first.file("gid_map").split(), ["0", "100000", "65536"])

    def test_several_ranges(self):
        """U-01"""
        def edit(b):
            with_user_namespace(10)(b)
            for ids in ("uidMappings", "gidMappings"):
                b.config["linux"][ids].append({"containerID": 1000, "hostID": 7, "size": 1})
            b.config["process"]["user"] = {"uid": 1000, "gid": 1000}
        box = self.start(edit=edit)
        self.assertEqual(box.first.status("Uid").split(), ["7"] * 4)

    def test_other_namespaces_are_owned_by_it(self):
        """N-04"""
        self.assertEqual(self.shell("hostname other && hostname", lambda b: (
            with_user_namespace()(b),
            b.config["process"]["capabilities"]["bounding"].append("CAP_SYS_ADMIN"),
            b.config["process"]["capabilities"]["effective"].append("CAP_SYS_ADMIN"),
            b.config["process"]["capabilities"]["permitted"].append("CAP_SYS_ADMIN"))), "other")

    def test_id_without_a_mapping_is_refused(self):
        """P-24"""
        def edit(b):
            with_user_namespace(10)(b)
            b.config["process"]["user"]["uid"] = 10
        self.assert_refused(self.run_in(["true"], edit, code=1), "process.user")
        self.assert_nothing_left()
