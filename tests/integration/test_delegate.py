# SPDX-License-Identifier: GPL-2.0-or-later
"""A cgroup that the container itself may divide."""
import os

from bundle import mount
from husk import ContainerTest, rows
from machine import cgroup_folder
from test_namespaces import with_user_namespace


def delegating(path=None, options=("rw",), user_namespace=True):
    def edit(b):
        if user_namespace:
            with_user_namespace()(b)
        b.config["mounts"].append(mount("/sys/fs/cgroup", "cgroup", "cgroup", *options))
        if path is not None:
            b.config["annotations"] = {"run.oci.delegate-cgroup": path}
    return edit


class Delegated(ContainerTest):
    needs = ["root", "cgroup2"]

    def owner(self, box, name="."):
        return os.stat(cgroup_folder(box.first.pid, "pids") / name).st_uid

    def test_writable_one_belongs_to_the_container(self):
        """C-13: the folder and what the kernel lists; not the limits."""
        box = self.start(edit=delegating())
        for name in (".", "cgroup.procs", "cgroup.subtree_control", "cgroup.threads"):
            self.assertEqual(self.owner(box, name), 100000, name)
        self.assertEqual(self.owner(box, "pids.max"), 0)

    @rows([("read-only", ("ro",)), ("at last", ("rw", "ro"))])
    def test_other_ones_stay_ours(self, _, options):
        """C-13, S-22."""
        self.assertEqual(self.owner(self.start(edit=delegating(options=options))), 0)

    def test_container_can_divide_it(self):
        """C-13."""
        self.shell("mkdir /sys/fs/cgroup/leaf && echo 0 >/sys/fs/cgroup/leaf/cgroup.procs && "
                   "echo +pids >/sys/fs/cgroup/cgroup.subtree_control", delegating())

    def test_folder_inside(self):
        """A-06: the processes live in it, it is the container's, the limits are above."""
        def edit(b):
            delegating("inner/most")(b)
            b.config["linux"]["resources"]["pids"] = {"limit": 50}
        box = self.start(["sh", "-c", "cat /proc/self/cgroup; exec sleep 3600"], edit)
        self.assertEqual(box.line(), "0::/")
        folder = cgroup_folder(box.first.pid, "pids")
        self.assertTrue(str(folder).endswith(f"{box.id}/inner/most"), folder)
        self.assertEqual(self.owner(box), 100000)
        self.assertEqual(os.stat(folder.parent.parent).st_uid, 0)
        self.assertEqual((folder.parent.parent / "pids.max").read_text(), "50\n")
        box.husk("pause", box.id)
        self.assertEqual(box.status(), "paused")
        box.husk("resume", box.id)
        self.assertEqual(box.husk("exec", box.id, "echo", "hi").out, "hi\n")
        box.husk("delete", "--force", box.id)
        self.assertFalse(folder.parent.parent.exists())

    @rows([("out", "../other"), ("empty", ""), ("absolute", "/inner"), ("dots", "a/../b"),
           ("twice", "a//b")])
    def test_path_that_is_none(self, _, path):
        """A-06, A-24."""
        self.assert_refused(self.run_in(["true"], delegating(path), code=1),
                            "run.oci.delegate-cgroup")
        self.assert_nothing_left()


class OnVersionOne(ContainerTest):
    needs = ["root", "cgroup1"]

    def test_refused(self):
        """A-06, S-22: a v1 tree is never given away."""
        self.assert_refused(self.run_in(["true"], delegating("inner"), code=1),
                            "run.oci.delegate-cgroup", "needs cgroup v2")
        self.assert_nothing_left()
