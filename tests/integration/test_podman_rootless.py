# SPDX-License-Identifier: GPL-2.0-or-later
"""podman without root: husk is user 0 of podman's user namespace. PO-14.

The user has one id and no cgroup of its own, so images are of one id, and there are no limits.
"""
import engine_podman
import machine
from engine import TRAP, WAIT
from engine_podman import PodmanTest


def setUpModule():
    engine_podman.set_up(name="rootless", as_user=True)


def tearDownModule():
    PodmanTest.engine.end_clean()


class Rootless(PodmanTest):
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
