# SPDX-License-Identifier: GPL-2.0-or-later
"""How many system calls a container costs: numbers that can only be raised on purpose.

Counted on pure cgroup v2, in a mount namespace of our own, so that the machine's v1 trees do not
count; without descriptors that are inherited; and for one program and one configuration. What is
left to differ is the kernel: how many capabilities it knows, which masked paths it has, and
whether the v2 tree has the memory controller, whose counters are read then. The bounds leave
room for that and for little else.
"""
import subprocess

import test_fault
from husk import ContainerTest

# The runtime, and the container's first process until its program runs (docs/decisions/0016).
RUNTIME, FIRST_PROCESS = 230, 250
COUNTERS = 50  # more for the runtime where all controllers are in the v2 tree
# Of exec: the runtime, the process in between, and the wanted one until its program runs.
EXEC = [140, 12, 145]

ON_V2 = ["unshare", "--mount", "--propagation", "private", "sh", "-c",
         'umount -R /sys/fs/cgroup && mount -t cgroup2 cgroup2 /sys/fs/cgroup && exec "$@"', "sh"]


class Calls(ContainerTest):
    needs = ["root", "processor x86_64"]

    def setUp(self):
        super().setUp()
        done = subprocess.run([*ON_V2, "cat", "/sys/fs/cgroup/cgroup.controllers"],
                              capture_output=True, text=True, check=False)
        if done.returncode:
            self.skipTest(f"no pure cgroup v2 here: {done.stderr.strip()}")
        self.controllers = done.stdout.split()

    def on_v2(self, *words, before=()):
        subprocess.run([*ON_V2, *before, *self.command(*words)], env=self.environment,
                       cwd=self.folder, check=True, stdin=subprocess.DEVNULL)

    def count(self, *words):
        """The calls of each process, in the order in which they came."""
        report = self.folder / "report"
        # No process of this number comes: all are counted, and none gets a fault.
        self.on_v2(*words, before=[test_fault.build_tool(), report, str(test_fault.LIMIT), "1000",
                                   "0", "none"])
        return [int(number) for number in report.read_text().split()[1:]]

    def test_run_stays_within_its_number_of_calls(self):
        calls = self.count("run", "--bundle", self.bundle(["true"]).folder, self.new_id())
        self.assertEqual(len(calls), 2, calls)
        counters = COUNTERS if "memory" in self.controllers else 0
        self.assertLessEqual(calls[0], RUNTIME + counters, calls)
        self.assertLessEqual(calls[1], FIRST_PROCESS, calls)

    def test_exec_stays_within_its_number_of_calls(self):
        name = self.new_id()
        self.on_v2("run", "--detach", "--bundle", self.bundle(["sleep", "3600"]).folder, name)
        calls = self.count("exec", name, "true")
        self.on_v2("delete", "--force", name)
        self.assertEqual(len(calls), len(EXEC), calls)
        for number, bound in zip(calls, EXEC):
            self.assertLessEqual(number, bound, calls)
