# SPDX-License-Identifier: GPL-2.0-or-later
"""podman without root: husk is user 0 of podman's user namespace. PO-14.

The user has no cgroup of its own, so there are no limits; and one id, or a range of further ones.
"""
import json

import engine_podman
import machine
from engine import TRAP, WAIT
from engine_podman import IMAGE, RANGE, PodmanTest


class Rootless(PodmanTest):
    @classmethod
    def setUpClass(cls):
        engine_podman.set_up(name="rootless", as_user=True)

    @classmethod
    def tearDownClass(cls):
        cls.engine.end_clean()

    def test_root_inside_is_the_user_outside(self):
        name = self.start("sleep 1000")
        self.assertEqual(self.podman("exec", name, "id", "-u").out, "0\n")
        owner = self.engine.run("stat", "-c", "%u", f"/proc/{self.inspect(name, '.State.Pid')}")
        self.assertEqual(owner.out, f"{machine.ORDINARY_UID}\n")

    def test_states_lie_in_the_runtime_folder_of_the_user(self):
        """CL-01"""
        self.start("sleep 1000")
        self.assertEqual(len(machine.states_in(self.engine.folder / "runtime" / "husk")), 1)

    def test_exit_code(self):
        """ER-04"""
        self.run_in("sh", "-c", "exit 7", code=7)
        self.run_in("no-such-program", code=127)

    def test_terminal(self):
        self.assertEqual(self.shell("tty; touch /dev/pts/0 && echo mine", "--tty"),
                         ["/dev/pts/0", "mine"])

    def test_stop(self):
        """PO-03"""
        name = self.start(TRAP)
        self.wait_for_line(name, "ready")
        self.podman("stop", "--time", WAIT, name)
        self.assertEqual(self.inspect(name, ".State.ExitCode"), "3")

    def test_init_and_volume(self):
        self.assertEqual(self.shell("cat /proc/1/comm; touch /a/b; ls /a", "--init",
                                    "--volume=named:/a"), ["podman-init", "b"])
        self.podman("volume", "rm", "named")


class WithRanges(PodmanTest):
    """/etc/subuid and /etc/subgid, and the store is the kernel's overlay in a user namespace."""

    @classmethod
    def setUpClass(cls):
        engine_podman.set_up(engine_podman.WithRanges)

    @classmethod
    def tearDownClass(cls):
        cls.engine.end_clean()

    def test_store_is_an_overlay(self):
        store = json.loads(self.podman("info", "--format", "json").out)["store"]
        self.assertEqual(store["graphDriverName"], "overlay")
        self.assertEqual(self.shell("awk '$2 == \"/\" { print $3 }' /proc/mounts"), ["overlay"])

    def test_other_users_inside_are_of_the_range_outside(self):
        """U-01, P-24, P-25"""
        name = self.start("id -u; id -G; exec sleep 3600", "--user", "5:6", "--group-add", "7")
        self.wait_for_line(name, "6 7")
        self.assertEqual(self.podman("logs", name).out, "5\n6 7\n")
        shown = self.engine.run("stat", "-c", "%u %g", f"/proc/{self.inspect(name, '.State.Pid')}")
        self.assertEqual(shown.out, f"{RANGE[0] + 4} {RANGE[0] + 5}\n")

    def test_owners_in_the_image_can_be_changed(self):
        self.assertEqual(self.shell("touch /new; chown 5:6 /new; stat -c '%u %g' /new /bin"),
                         ["5", "6", "0", "0"])

    def test_container_with_a_user_namespace_of_its_own(self):
        """U-01, U-02: husk is user 0 of podman's, and has its ids to divide."""
        self.assertEqual(self.shell("cat /proc/self/uid_map; stat -c %u /bin /dev/pts/0 || :",
                                    "--userns=auto:size=1000", "--tty")[:3], ["0", "1", "1000"])
