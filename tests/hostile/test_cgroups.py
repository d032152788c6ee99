# SPDX-License-Identifier: GPL-2.0-or-later
"""Ways out through the cgroup trees."""
import os
import signal

import machine
from bundle import drop_namespace, mount
from harm import MS_BIND, MS_REC, HostileTest, apart, busybox
from harm import mount as mount_by_name
from husk import PATIENCE, rows

# Tries to make a folder in each folder of the tree and to write each file that gives power, and
# tells what it could do. A value that is there already is written, so that no harm comes of it.
TRY = """find /sys/fs/cgroup -maxdepth 3 -type d | while read d; do
    mkdir $d/MARK 2>/dev/null && echo "made $d" && rmdir $d/MARK
    for f in release_agent notify_on_release cgroup.clone_children cgroup.subtree_control \
            cgroup.max.depth; do
        test -e $d/$f && v=$(cat $d/$f) && (echo "$v" >$d/$f) 2>/dev/null && echo "wrote $d/$f"
    done
done; true"""


def with_user_namespace(config):
    config["linux"]["namespaces"].append({"type": "user"})
    for ids in ("uidMappings", "gidMappings"):
        config["linux"][ids] = [{"containerID": 0, "hostID": 100000, "size": 1000}]


class Tree(HostileTest):
    """S-22, CVE-2023-25809, CVE-2022-0492."""

    def script(self):
        return TRY.replace("MARK", self.mark)

    def edit(self, option, *, own_namespace=True, user=False):
        def change(b):
            b.config["mounts"].append(mount("/sys/fs/cgroup", "cgroup", "cgroup", option))
            if not own_namespace:
                drop_namespace(b.config, "cgroup")
            if user:
                with_user_namespace(b.config)
        return change

    def test_tree_of_the_host_can_be_written_where_it_is_bound(self):
        """What a container may do to a tree that is simply shown to it."""
        root = self.rootfs_of()

        def naive():
            mount_by_name("/sys/fs/cgroup", root / "sys", flags=MS_BIND | MS_REC)
            script = self.script().replace("/sys/fs/cgroup", "/sys")
            return busybox("chroot", root, "/bin/sh", "-c", script).stdout
        shown = apart(naive)
        self.assertIn("made /sys", shown)
        if not machine.is_pure_v2():
            self.assertIn("wrote /sys", shown)

    @rows([("read-only", "ro"), ("writable", "rw")])
    def test_without_a_cgroup_namespace_no_more_than_its_own_part(self, _, option):
        shown = self.run_in(["sh", "-c", self.script()],
                            self.edit(option, own_namespace=False)).out
        for line in shown.splitlines():
            if line == "made /sys/fs/cgroup" and not machine.is_pure_v2():
                continue  # the tmpfs that holds the trees, the container's own
            # v2 alone has a part of its own that may be given away; never a file of another.
            self.assertTrue(machine.is_pure_v2() or "unified" in line, line)
            self.assertNotIn("release_agent", line)
        if option == "ro":
            self.assertEqual(shown, "")

    @rows([("read-only", "ro"), ("writable", "rw")])
    def test_release_agent_is_out_of_reach_of_a_user_namespace(self, _, option):
        """CVE-2022-0492: a program of that name would be run by the kernel, on the host."""
        for own in (True, False):
            shown = self.attempt(["sh", "-c", self.script()],
                                 self.edit(option, own_namespace=own, user=True)).out
            self.assertNotIn("release_agent", shown)
            if not machine.is_pure_v2():
                self.assertNotIn("made /sys/fs/cgroup/pids", shown)

    def test_read_only_tree_stays_so(self):
        shown = self.run_in(["sh", "-c", "mount -o remount,rw /sys/fs/cgroup 2>/dev/null; "
                             + self.script()], self.edit("ro")).out
        self.assertEqual(shown, "")


class Words(HostileTest):
    @rows(["..", "../..", "/..", "a/../..", "x/../../y", "pids:..", "pids:/../.."])
    def test_sub_cgroup_is_below(self, word):
        """S-22: exec --cgroup does not lead out of the container's."""
        box = self.start()
        # As a path it does.
        path = f"/sys/fs/cgroup/husk/{box.id}/{word.rpartition(':')[2]}"
        self.assertFalse(os.path.normpath(path).startswith(f"/sys/fs/cgroup/husk/{box.id}/"))
        done = self.husk("exec", "--cgroup", word, box.id, "true", code=255)
        self.assertIn("..", done.err)

    @rows(["..", "../../../../..", "a/../../..", "/../x"])
    def test_cgroups_path_cannot_climb(self, path):
        """S-22: the container's cgroup is in the trees, and goes with it."""
        asked = f"{path}/{self.mark}"
        # Put behind the tree's mount point it is a folder of another file system.
        naive = os.path.normpath(f"/sys/fs/cgroup/pids/{asked}")
        self.assertFalse(naive.startswith("/sys/fs/cgroup/pids/"), naive)
        done = self.attempt(["cat", "/proc/self/cgroup"], lambda b: (
            drop_namespace(b.config, "cgroup"), b.config["linux"].update(cgroupsPath=asked)))
        self.assertNotIn("..", done.out)
        self.assertFalse(os.path.exists(naive))
        self.assert_nothing_left()


class Deep(HostileTest):
    """S-22, S-33: what a container has made in its part goes with it, however deep."""

    def test_nested_and_strange_names_are_removed(self):
        if not machine.is_pure_v2():
            tree = "/sys/fs/cgroup/pids"
            if machine.lacks("controller pids"):
                self.skipTest("needs the cgroup controller pids")
        else:
            tree = "/sys/fs/cgroup"
        script = (f"cd {tree} && for i in $(seq 40); do mkdir deep && cd deep || exit 1; done; "
                  f"cd {tree} && mkdir -- -rf '..x' 'with space' \"$(printf 'new\\nline')\"")
        box = self.live(script, lambda b: b.config["mounts"].append(
            mount("/sys/fs/cgroup", "cgroup", "cgroup", "rw")))
        folder = machine.cgroup_folder(box.first.pid, "pids")
        made = [path for path, _, _ in os.walk(folder)]
        self.assertGreater(len(made), 40)
        self.husk("delete", "--force", box.id)
        self.assertFalse(folder.exists())


class Frozen(HostileTest):
    def test_frozen_container_is_deleted_all_the_same(self):
        """S-33: it cannot react, so nothing waits for it."""
        box = self.live("trap : TERM")
        self.husk("pause", box.id)
        box.first.send(signal.SIGTERM)
        self.assertIn("TERM", box.first.pending_signals())
        self.husk("delete", "--force", box.id)
        self.assertTrue(box.first.has_ended(20 * PATIENCE))

    def test_frozen_container_is_killed(self):
        """S-33: SIGKILL arrives, or the error says that it is paused."""
        box = self.live(":")
        self.husk("pause", box.id)
        self.husk("kill", box.id, "KILL", code=None)
        self.husk("delete", "--force", box.id)
        self.assertTrue(box.first.has_ended(20 * PATIENCE))
