# SPDX-License-Identifier: GPL-2.0-or-later
import json
import os

from bundle import drop_namespace
from husk import ContainerTest, rows
from machine import ORDINARY_UID


def without_user_namespace(b):
    drop_namespace(b.config, "user")
    for ids in ("uidMappings", "gidMappings"):
        del b.config["linux"][ids]


class Rootless(ContainerTest):
    """All of it again, by an ordinary user who may do nothing special."""

    needs = ["root", "user namespaces"]
    as_user = True

    def test_root_inside_is_the_user_outside(self):
        """U-02"""
        box = self.start(["sh", "-c", "id -u; exec sleep 3600"])
        self.assertEqual(box.line(), "0")
        self.assertEqual(box.first.status("Uid").split(), [str(ORDINARY_UID)] * 4)

    @rows([("zero", 0), ("answer", 42)])
    def test_exit_code(self, _, code):
        self.run_in(["sh", "-c", f"exit {code}"], code=code)
        self.assert_nothing_left()

    def test_whole_life(self):
        box = self.create(["sh", "-c", "echo ready; exec sleep 3600"])
        self.assertEqual(box.status(), "created")
        box.husk("start", box.id)
        self.assertEqual(box.line(), "ready")
        self.assertEqual(box.status(), "running")
        box.husk("kill", box.id, "KILL")
        self.assertEqual(box.first.wait_exit(), 128 + 9)
        box.husk("delete", box.id)
        self.assert_nothing_left()

    def test_states_lie_in_the_runtime_folder_of_the_user(self):
        """CL-01"""
        bundle = self.bundle(["sleep", "3600"])
        name = self.new_id()
        out = open(os.devnull, "w")
        self.addCleanup(out.close)
        import subprocess
        subprocess.run(self.command("run", "--detach", "--bundle", bundle.folder, name,
                                    root=False), env=self.environment, stdout=out, check=True)
        self.assertIn(name, os.listdir(self.folder / "runtime" / "husk"))
        self.assertEqual([c["id"] for c in json.loads(
            self.husk("list", "--format", "json", root=False).out)], [name])
        self.husk("delete", "--force", name, root=False)

    def test_machine_cannot_be_changed_from_inside(self):
        self.shell("! hostname other 2>/dev/null; ! mount -t tmpfs none /tmp 2>/dev/null; "
                   "! echo 1 2>/dev/null >/proc/sys/kernel/panic")

    def test_devices_are_there(self):
        """V-06"""
        self.assertEqual(self.shell("echo a >/dev/null; head -c 1 /dev/zero | wc -c; "
                                    "stat -c %F /dev/null"),
                         "1\ncharacter special file")

    def test_sysfs_with_the_network_of_the_machine(self):
        """M-08: the kernel refuses a new one to whom the network does not belong; the machine's
        is bound, as the configuration wants it."""
        def edit(b):
            drop_namespace(b.config, "network")
        script = ("awk '$2 == \"/sys\" { print $3, substr($4, 1, 3) }' /proc/mounts\n"
                  "ls /sys/class/net")
        kind, *devices = self.shell(script, edit).splitlines()
        self.assertEqual(kind, "sysfs ro,")
        self.assertEqual(sorted(devices), sorted(os.listdir("/sys/class/net")))

    def test_groups_cannot_be_set(self):
        """P-25"""
        def edit(b):
            b.config["process"]["user"]["additionalGids"] = [5]
        self.assert_refused(self.run_in(["true"], edit, code=1))
        self.assert_nothing_left()

    def test_without_a_user_namespace_it_is_said_what_is_missing(self):
        """U-04"""
        self.assert_refused(self.run_in(["true"], without_user_namespace, code=None), "user")
        self.assert_nothing_left()

    def test_missing_program(self):
        self.assert_refused(self.run_in(["no-such-program"], code=127), "no-such-program")
        self.assert_nothing_left()


class InUserNamespaceOfTheCaller(ContainerTest):
    """As podman calls without root: user 0 of its own namespace, the container has none."""

    needs = ["root", "user namespaces"]
    as_user = True

    def setUp(self):
        super().setUp()
        self.prefix += ["unshare", "--user", "--map-root-user", "--mount"]

    def test_groups_stay_where_they_cannot_be_changed(self):
        """P-25, PO-14: maps of one id forbid setgroups to everybody in the namespace."""
        box = self.start(["sh", "-c", "cat /proc/self/setgroups; id -u; exec sleep 3600"],
                         without_user_namespace)
        self.assertEqual([box.line(), box.line()], ["deny", "0"])
