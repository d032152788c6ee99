# SPDX-License-Identifier: GPL-2.0-or-later
"""The state folder, and what others have put in it."""
import json
import os
import signal
import stat
import subprocess
from pathlib import Path

from harm import HostileTest, tree
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


class EachCommand(HostileTest):
    """S-32: whatever is asked for, the state is looked at first, and nothing leads out of it.

    A container lives, and its state is spoilt in one way after the other; each command has to say
    so in one line, at once, and may neither reach the process nor change anything outside.
    """

    COMMANDS = [["state"], ["start"], ["kill", "-KILL"], ["delete"], ["delete", "--force"],
                ["exec", "-true"], ["stop"], ["why"], ["wait"], ["ps", "--format=json"], ["pause"], ["resume"],
                ["update", "--pids-limit=5"], ["events", "--stats"],
                ["explain", "-TERM"], ["mounts", "add", "-MOUNTS"]]
    # What lists many passes over what is not in order, and goes on. So do `ps ID` and `doctor ID`:
    # they find it in /proc, and the state only adds to that.
    PASS_OVER = [["list"], ["list", "--format=json"], ["ps"], ["doctor", "--all"]]

    def setUp(self):
        super().setUp()
        self.box = self.start()
        self.state = self.root / self.box.id
        self.mounts = self.folder / "mounts.json"
        self.mounts.write_text("[]")

    def words(self, command):
        """A word with a dash alone in front stands behind the ID."""
        behind = [word[1:].replace("MOUNTS", str(self.mounts)) for word in command
                  if word[:1] == "-" and word[:2] != "--"]
        return [*(word for word in command if word[:1] != "-" or word[:2] == "--"), self.box.id,
                *behind]

    def check(self, *fragments):
        for command in self.COMMANDS:
            with self.subTest(command=" ".join(command)):
                done = self.husk(*self.words(command), code=None)
                self.assertNotEqual(done.code, 0, command)
                self.assert_refused(done, *fragments)
                self.assertFalse(self.box.first.has_ended())
        self.assert_unharmed()

    def check_lists(self):
        for command in self.PASS_OVER:
            with self.subTest(command=" ".join(command)):
                # What doctor finds on this machine is its exit status.
                self.husk(*command, code=None if command[0] == "doctor" else 0)

    def moved(self, path):
        """Out of the way, and back when the test ends."""
        away = self.folder / "away"
        path.rename(away)
        self.put_back(away, path)
        return away

    def put_back(self, away, path):
        def back():
            if path.is_symlink() or path.exists():
                path.unlink()
            away.rename(path)
        self.backs.append(back)

    def run(self, result=None):
        self.backs = []
        return super().run(result)

    def tearDown(self):
        for back in reversed(self.backs):
            back()
        super().tearDown()

    def with_mode(self, path, mode):
        before = path.stat().st_mode & 0o7777
        path.chmod(mode)
        self.backs.append(lambda: path.chmod(before))

    def with_owner(self, path):
        os.chown(path, 1000, 1000)
        self.backs.append(lambda: os.chown(path, 0, 0))

    def test_root_that_all_may_write_to(self):
        self.with_mode(self.root, 0o777)
        self.check("others may write to it, mode 0777")

    def test_root_of_another_user(self):
        self.with_owner(self.root)
        self.check("owned by user 1000")

    def test_root_is_a_link_to_one_of_another_user(self):
        self.with_owner(self.root)
        link = self.folder / "link"
        link.symlink_to(self.root)
        real, self.root = self.root, link
        try:
            self.check("owned by user 1000")
        finally:
            self.root = real

    def test_folder_that_others_may_write_to(self):
        self.with_mode(self.state, 0o770)
        self.check(self.box.id, "others may write to it, mode 0770")
        self.check_lists()

    def test_folder_of_another_user(self):
        self.with_owner(self.state)
        self.check(self.box.id, "owned by user 1000")
        self.check_lists()

    def test_folder_is_a_link_out_of_the_root(self):
        """What lies there is whole, and would do."""
        away = self.moved(self.state)
        self.state.symlink_to(away)
        self.assertTrue((self.state / "state.json").exists())
        self.check(self.box.id)  # not a directory; for `why`, which searches, it is not there
        self.check_lists()

    def test_record_that_others_may_write_to(self):
        self.with_mode(self.state / "state.json", 0o666)
        self.check("state.json: others may write to it, mode 0666")
        self.check_lists()

    def test_record_of_another_user(self):
        self.with_owner(self.state / "state.json")
        self.check("state.json: owned by user 1000")

    def test_record_is_a_link(self):
        path = self.state / "state.json"
        path.symlink_to(self.moved(path))
        self.check("state.json: too many levels of symbolic links")
        self.check_lists()

    def test_record_is_a_fifo(self):
        """Nobody may wait for its writer."""
        path = self.state / "state.json"
        self.moved(path)
        os.mkfifo(path, 0o600)
        self.check("state.json: not a regular file")
        self.check_lists()

    def test_record_is_a_device(self):
        path = self.state / "state.json"
        self.moved(path)
        os.mknod(path, 0o600 | stat.S_IFCHR, os.makedev(1, 5))  # null(4): zero never ends
        self.check("state.json: not a regular file")
        self.check_lists()

    def test_configuration_is_a_link(self):
        """exec and update take from it what the new process may do."""
        path = self.state / "config.json"
        path.symlink_to(self.moved(path))
        for words in (["exec", self.box.id, "true"],
                      ["update", "--memory-swap", "1000000000", self.box.id]):
            self.assert_refused(self.husk(*words, code=None),
                                "config.json: too many levels of symbolic links")

    @rows(["link", "fifo"])
    def test_story_is_none(self, kind):
        """A story is told to nobody who could be harmed by it; the command itself goes on."""
        path = self.state / "life.jsonl"
        self.moved(path)
        if kind == "link":
            path.symlink_to(self.outside / "secret")
        else:
            os.mkfifo(path, 0o600)
        self.husk("kill", self.box.id, "CONT")
        self.assertNotEqual(self.husk("why", self.box.id, code=None).code, 0)
        self.assert_unharmed()

    @rows([".past", ".half", ".cache"])
    def test_hidden_folder_is_a_link(self, name):
        """Each create and delete works in these."""
        (self.outside / "0123456789abcdef").mkdir()
        self.before = tree(self.outside)
        if (self.root / name).exists():
            self.moved(self.root / name)
        else:
            self.backs.append((self.root / name).unlink)
        (self.root / name).symlink_to(self.outside)
        filtered = {"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64"]}
        made = self.bundle(["true"], lambda b: b.config["linux"].update(seccomp=filtered))
        done = self.husk("run", "--bundle", made.folder, self.new_id(), code=None)
        if name == ".half":
            self.assert_refused(done, "state root", ".half: not a directory")
        else:
            self.assertEqual((done.code, done.err), (0, ""))
        self.husk("delete", "--force", "nobody")
        self.assert_unharmed()
