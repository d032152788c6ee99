# SPDX-License-Identifier: GPL-2.0-or-later
"""The state folder, and what others have put in it."""
import json
import os
import signal
import subprocess
from pathlib import Path

from harm import HostileTest
from husk import rows


def start_time(pid):
    """In clock ticks after the boot, as text."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]


class Root(HostileTest):
    """S-32: as root husk keeps its state where nobody else can write."""

    def setUp(self):
        super().setUp()
        self.box = self.bundle(["true"])

    def attempt_in(self, root):
        self.root = root
        return self.husk("run", "--bundle", self.box.folder, self.new_id(), code=None)

    @rows([("group", 0o770), ("all", 0o707), ("sticky", 0o1777)])
    def test_folder_that_others_may_write_to(self, _, mode):
        root = self.folder / "open"
        root.mkdir()
        root.chmod(mode)
        done = self.attempt_in(root)
        self.assert_refused(done, "others may write to it")

    def test_folder_of_another_user(self):
        root = self.folder / "other"
        root.mkdir(mode=0o700)
        os.chown(root, 1000, 1000)
        self.assert_refused(self.attempt_in(root), "owned by user 1000")

    def test_link_of_another_user_to_such_a_folder(self):
        other = self.folder / "other"
        other.mkdir(mode=0o700)
        os.chown(other, 1000, 1000)
        link = self.folder / "link"
        link.symlink_to(other)
        self.assert_refused(self.attempt_in(link), "owned by user 1000")
        self.assertEqual(os.listdir(other), [])

    def test_writer_of_the_folder_decides_what_runs(self):
        """Why: who may change a state decides which process gets the signals."""
        victim = subprocess.Popen(["sleep", "600"])
        self.addCleanup(victim.wait)
        self.addCleanup(victim.kill)
        box = self.start()
        path = self.root / box.id / "state.json"
        before = path.read_text()
        state = json.loads(before)
        self.assertEqual(
            self.rewritten(state, box.first.pid, victim.pid, start_time(victim.pid)), 1)
        path.write_text(json.dumps(state))
        self.husk("kill", box.id, "KILL")
        self.assertEqual(victim.wait(20), -signal.SIGKILL)
        path.write_text(before)

    def rewritten(self, state, old, new, start):
        """Puts another process in, start time and all; how many pids were there."""
        count = 0
        for name, value in state.items():
            if value == old and not isinstance(value, bool):
                state[name], count = new, count + 1
            elif "start" in name.lower() and str(value).isdigit():
                state[name] = type(value)(int(start))
        return count


class Reused(HostileTest):
    def test_process_with_the_number_of_the_dead_one_is_not_hit(self):
        """S-30: by its start time it is another one."""
        box = self.start()
        victim = self.started_after(box.first)
        path = self.root / box.id / "state.json"
        before = path.read_text()
        state = json.loads(before)
        for name, value in state.items():
            if value == box.first.pid:
                state[name] = victim.pid
        path.write_text(json.dumps(state))
        for words in (["kill", box.id, "KILL"], ["stop", box.id],
                      ["exec", box.id, "true"]):
            self.husk(*words, code=None)
        self.assertIsNone(victim.poll())
        path.write_text(before)
        self.assertEqual(box.status(), "running")

    def started_after(self, first):
        """A process of another start time, which the kernel tells in hundredths of a second."""
        while True:
            process = subprocess.Popen(["sleep", "600"])
            self.addCleanup(process.wait)
            self.addCleanup(process.kill)
            if start_time(process.pid) != start_time(first.pid):
                return process


class Names(HostileTest):
    """S-05, S-32: an id is one name in one folder."""

    @rows(["..", "../x", "/etc/x", ".hidden", "", "a/b", "a\nb", "x" * 256, "\u00e4"])
    def test_id_is_refused(self, name):
        made = self.bundle(["true"])
        done = self.husk("run", "--bundle", made.folder, "--", name, code=1)
        self.assertIn("invalid container ID format", done.err)
        for words in (["state"], ["delete", "--force"], ["kill"]):
            self.assertNotEqual(self.husk(*words, "--", name, code=None).code, 0)

    def test_link_in_the_place_of_a_state_is_not_followed(self):
        """By name it leads to a folder of another."""
        self.start()
        (self.root / "evil").symlink_to(self.outside)
        self.assertTrue((self.root / "evil" / "secret").exists())
        for words in (["state", "evil"], ["delete", "--force", "evil"], ["kill", "evil"],
                      ["start", "evil"]):
            self.assertNotEqual(self.husk(*words, code=None).code, 0)
        (self.root / "evil").unlink()
        self.assert_unharmed()
