# SPDX-License-Identifier: GPL-2.0-or-later
"""linux.netDevices. The machine's network is left alone: husk runs in one of the test's own."""
import os
import subprocess

from bundle import drop_namespace, join_namespace
from husk import ContainerTest, rows


class NetDevices(ContainerTest):
    """L-01."""

    needs = ["root", "program ip"]

    def setUp(self):
        super().setUp()
        # A process that holds a network namespace open for the test.
        self.holder = subprocess.Popen(["unshare", "-n", "sh", "-c", "echo; exec cat"],
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.holder.stdout.readline()
        self.addCleanup(self.let_go)
        self.prefix = ["nsenter", f"--net=/proc/{self.holder.pid}/ns/net", "--"]
        if self.ip("link add d0 type veth peer name p0", check=False).returncode:
            self.skipTest("needs veth network devices")
        self.ip("addr add 192.0.2.7/24 dev d0")
        self.ip("link set d0 up")

    def let_go(self):
        self.holder.communicate()

    def ip(self, words, check=True):
        return subprocess.run([*self.prefix, "ip", *words.split()], check=check,
                              capture_output=True, text=True)

    def moving(self, **devices):
        return lambda b: b.config["linux"].update(
            netDevices={host: {"name": name} if name else {} for host, name in devices.items()})

    def test_moves_with_its_address_and_is_up(self):
        shown = self.shell("ip addr show eth7", self.moving(d0="eth7"))
        self.assertIn("192.0.2.7/24", shown)
        self.assertRegex(shown, r"[<,]UP[,>]")

    def test_keeps_its_name_without_another(self):
        self.assertIn("d0", self.shell("ip link show d0", self.moving(d0=None)))

    def test_is_gone_from_the_host(self):
        self.start(edit=self.moving(d0="eth0"))
        self.assertNotEqual(self.ip("link show d0", check=False).returncode, 0)

    def test_numbered_by_a_template(self):
        shown = self.shell("ip link", self.moving(d0="net%d", p0="net%d"))
        self.assertIn("net0", shown)
        self.assertIn("net1", shown)

    def test_into_a_namespace_that_is_joined(self):
        target = subprocess.Popen(["unshare", "-n", "sh", "-c", "echo; exec cat"],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        target.stdout.readline()
        self.addCleanup(target.communicate)

        def edit(b):
            self.moving(d0="eth0")(b)
            join_namespace(b.config, "network", f"/proc/{target.pid}/ns/net")
        self.shell("ip link show eth0", edit)

    @rows([("missing", {"nothing": None}, "no such device"),
           ("name in use", {"d0": "lo"}, "lo"),
           ("empty name of the host", {"": None}, "netDevices"),
           ("dot", {"d0": "."}, "netDevices"), ("dots", {"d0": ".."}, "netDevices"),
           ("slash", {"d0": "a/b"}, "netDevices"), ("colon", {"d0": "a:b"}, "netDevices"),
           ("blank", {"d0": "a b"}, "netDevices"), ("long", {"d0": "x" * 16}, "netDevices")])
    def test_refused(self, _, devices, text):
        self.assert_refused(self.run_in(["true"], self.moving(**devices), code=1), text)
        self.assert_nothing_left()
        self.ip("link show d0")

    def test_without_a_network_namespace(self):
        def edit(b):
            self.moving(d0=None)(b)
            drop_namespace(b.config, "network")
        self.assert_refused(self.run_in(["true"], edit, code=1), "netDevices", "network")

    def test_into_the_network_of_the_runtime(self):
        def edit(b):
            self.moving(d0=None)(b)
            join_namespace(b.config, "network", f"/proc/{self.holder.pid}/ns/net")
        self.assert_refused(self.run_in(["true"], edit, code=1), "netDevices")
        self.ip("link show d0")


class NetDevicesOfAnOrdinaryUser(ContainerTest):
    needs = ["user"]
    as_user = True

    def test_refused(self):
        """L-01: an ordinary user has no right over the host's devices."""
        def edit(b):
            b.config["linux"]["netDevices"] = {"lo": {}}
        result = self.run_in(["true"], edit, code=1)
        self.assertIn("netDevices", result.err)
        self.assertFalse(os.path.exists(self.root) and
                         [n for n in os.listdir(self.root) if not n.startswith(".")])
