# SPDX-License-Identifier: GPL-2.0-or-later
"""husk --systemd-cgroup by an ordinary user, with the systemd that serves this user."""
from pathlib import Path

import machine
from test_systemd import MIB, SystemdTest, runtime_folder, systemctl


class OrdinaryUser(SystemdTest):
    """With the user's own systemd."""

    needs = ["root", "user namespaces", "systemd", "cgroup2"]
    as_user = True
    slice = "user.slice"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if machine.lacks("root") or machine.lacks("systemd"):
            return
        systemctl("start", f"user@{machine.ORDINARY_UID}.service")

    def setUp(self):
        super().setUp()
        if not Path(runtime_folder(), "bus").exists():
            self.skipTest(f"needs a systemd of the user {machine.ORDINARY_UID}")
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={runtime_folder()}/bus"

    def test_scope_lies_below_the_own_manager(self):
        """C-02, C-05"""
        box = self.start()
        user = machine.ORDINARY_UID
        self.assertEqual(self.place(box),
                         machine.CGROUP / "user.slice" / f"user-{user}.slice"
                         / f"user@{user}.service" / self.slice / self.unit(box))
        self.assertEqual(self.property(box, "ActiveState"), "active")
        box.husk("delete", "--force", box.id)
        self.assertEqual(self.property(box, "LoadState"), "not-found")
        self.assert_nothing_left()

    def test_limits(self):
        """C-14, FX-6"""
        box = self.start(edit=self.edit(memory={"limit": 64 * MIB}, pids={"limit": 17}))
        self.assertEqual(self.value(box, "memory.max"), str(64 * MIB))
        self.assertEqual(self.property(box, "TasksMax"), "17")
        box.husk("update", "--pids-limit", "23", box.id)
        self.assertEqual(self.value(box, "pids.max"), "23")
        self.assertEqual(self.property(box, "TasksMax"), "23")

    def test_controller_that_is_not_handed_down_is_named(self):
        """C-11, C-14: Debian's systemd keeps cpuset from its users."""
        if "cpuset" in self.handed_down():
            self.skipTest("cpuset is handed down here")
        bundle = self.bundle(edit=self.edit(cpu={"cpus": "0"}))
        self.assert_refused(self.husk("run", "--bundle", bundle.folder, self.new_id(), code=1),
                            "cpuset")
        self.assert_nothing_left()

    def handed_down(self):
        user = machine.ORDINARY_UID
        folder = machine.CGROUP / "user.slice" / f"user-{user}.slice" / f"user@{user}.service"
        return (folder / "cgroup.controllers").read_text().split()

    def test_further_process_is_in_the_scope(self):
        """The user may not move it there, so systemd does."""
        box = self.start()
        self.assertEqual(self.husk("exec", box.id, "cat", "/proc/self/cgroup").out, "0::/\n")

    def test_pause_and_kill(self):
        box = self.start()
        box.husk("pause", box.id)
        self.assertEqual(box.status(), "paused")
        box.husk("resume", box.id)
        box.husk("kill", box.id, "KILL")
        self.assertEqual(box.first.wait_exit(), 128 + 9)
        box.husk("delete", box.id)
        self.assert_nothing_left()

    def test_bus_in_the_runtime_folder(self):
        """C-05"""
        del self.environment["DBUS_SESSION_BUS_ADDRESS"]
        self.environment["XDG_RUNTIME_DIR"] = runtime_folder()
        self.run_in(["true"])

    def test_bus_in_the_usual_place(self):
        """C-05"""
        del self.environment["DBUS_SESSION_BUS_ADDRESS"], self.environment["XDG_RUNTIME_DIR"]
        self.run_in(["true"])

    def test_bus_in_the_usual_place_of_the_root_of_a_user_namespace(self):
        """C-05, PO-14: the place bears the number that the user has outside."""
        del self.environment["DBUS_SESSION_BUS_ADDRESS"]
        self.prefix = [*self.prefix, "unshare", "--user", "--map-root-user", "--mount"]
        self.run_in(["true"], self.edit_of_one_id)
        self.assert_nothing_left()

    @staticmethod
    def edit_of_one_id(bundle):
        for ids in ("uidMappings", "gidMappings"):
            bundle.config["linux"][ids] = [{"containerID": 0, "hostID": 0, "size": 1}]

    def test_without_a_bus_systemd_has_a_socket_of_its_own(self):
        """C-05"""
        del self.environment["DBUS_SESSION_BUS_ADDRESS"]
        (Path(self.environment["XDG_RUNTIME_DIR"]) / "systemd").symlink_to(
            f"{runtime_folder()}/systemd")
        box = self.start(edit=self.edit(pids={"limit": 17}))
        box.husk("update", "--pids-limit", "23", box.id)
        self.assertEqual(self.property(box, "TasksMax"), "23")
        box.husk("delete", "--force", box.id)
        self.assertEqual(self.property(box, "LoadState"), "not-found")

    def test_root_of_a_user_namespace(self):
        """PO-14: as podman calls it, in a namespace where the user is root."""
        self.prefix = [*self.prefix, "unshare", "--user", "--map-root-user", "--mount"]
        self.run_in(["true"], self.edit_of_one_id)
        self.assert_nothing_left()
