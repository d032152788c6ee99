# SPDX-License-Identifier: GPL-2.0-or-later
"""The state lies on a file system that is full, read-only or does not answer."""
import os
import subprocess
import threading

import machine
from husk import ContainerTest, rows
from process import LIMIT, Process

MIB = 1 << 20


class DiskTest(ContainerTest):
    """Mounts file systems in its own folder, and takes them away before it is looked at."""

    def setUp(self):
        super().setUp()
        self.disk = self.folder / "disk"
        self.disk.mkdir()
        self.root = self.disk / "state"
        self.is_mounted = False

    def tearDown(self):
        try:
            self.end_running()
            for box in self.made:
                box.end()
            self.made = []
            left = os.listdir(self.root) if self.root.exists() else []
        finally:
            if self.is_mounted:
                subprocess.run(["umount", self.disk], check=True)
            super().tearDown()
        self.assertEqual([name for name in left if not name.startswith(".")], [])

    def assert_nothing_left(self):
        """But the disk, which is taken away at the end."""
        left = machine.leftovers(self.mark, self.root)
        self.assertEqual([line for line in left if line != f"mount {self.disk}"], [])

    def mount(self, kind):
        """A small tmpfs, or ext4 in a file."""
        if kind == "tmpfs":
            words = ["mount", "-t", "tmpfs", "-o", "size=1m,mode=755", "tmpfs", self.disk]
        else:
            words = ["mount", "-o", "loop", self.ext4(), self.disk]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            self.skipTest(f"needs to mount {kind}: {done.stderr.strip()}")
        self.is_mounted = True

    def ext4(self):
        image = self.folder / "image"
        with open(image, "wb") as file:
            file.truncate(4 * MIB)
        subprocess.run(["mkfs.ext4", "-q", "-O", "^has_journal", image], check=True)
        return image

    def fill(self):
        """To the last byte: by ever smaller pieces until not a single one has room."""
        with open(self.disk / "ballast", "ab", buffering=0) as file:
            size = MIB
            while size:
                try:
                    if file.write(bytes(size)) == size:
                        continue
                except OSError:
                    pass
                size //= 2

    def make_room(self):
        (self.disk / "ballast").unlink()


class Full(DiskTest):
    KINDS = rows(["tmpfs", "ext4"])

    @KINDS
    def test_create_is_refused_in_one_line_and_leaves_nothing(self, kind):
        self.mount(kind)
        self.husk("run", "--bundle", self.bundle().folder, self.new_id())  # makes the root
        self.fill()
        box = self.bundle(["sleep", "3600"])
        for words in (["create"], ["run"], ["run", "--detach"]):
            done = self.husk(*words, "--bundle", box.folder, self.new_id(), code=1)
            self.assert_refused(done, "no space left on device")
        self.assert_nothing_left()
        self.make_room()
        self.husk("run", "--bundle", self.bundle().folder, self.new_id())

    @KINDS
    def test_what_lives_is_seen_stopped_and_deleted(self, kind):
        """No command that ends something needs room."""
        self.mount(kind)
        started, created, stopped = self.start(), self.create(), self.start()
        self.fill()
        self.husk("start", created.id)
        for box in (started, created, stopped):
            self.assertEqual(box.status(), "running")
        self.husk("exec", started.id, "true")
        self.husk("kill", started.id, "KILL")
        self.assertTrue(started.first.has_ended(LIMIT))
        self.husk("delete", started.id)
        self.husk("delete", "--force", created.id)
        self.husk("stop", "--timeout", "0s", stopped.id)
        self.assertIn("killed", self.husk("why", stopped.id).out)
        self.husk("delete", stopped.id)
        self.assert_nothing_left()

    def test_half_a_record_is_found_by_delete(self):
        """A create that was killed while it wrote."""
        self.mount("tmpfs")
        box = self.create()
        path = self.root / box.id / "state.json"
        whole = path.read_text()
        path.write_text(whole[:len(whole) // 2])
        self.assert_refused(self.husk("state", box.id, code=1), "state.json")
        path.write_text(whole)
        box.end()


class ReadOnly(DiskTest):
    @rows(["tmpfs", "ext4"])
    def test_looking_goes_on_and_the_rest_says_why_not(self, kind):
        self.mount(kind)
        box, waiting = self.start(), self.create()
        subprocess.run(["mount", "-o", "remount,ro", self.disk], check=True)
        try:
            self.assertEqual(box.status(), "running")
            self.assertIn(box.id, self.husk("list").out)
            self.husk("exec", box.id, "true")
            made = self.bundle().folder
            for words in (["create", "--bundle", made], ["run", "--bundle", made]):
                done = self.husk(*words, self.new_id(), code=1)
                self.assert_refused(done, "read-only file system")
            self.assert_refused(self.husk("start", waiting.id, code=1), "read-only file system")
            self.husk("kill", box.id, "KILL")
            self.assertTrue(box.first.has_ended(LIMIT))
            self.assert_refused(self.husk("delete", box.id, code=1), "read-only file system")
        finally:
            subprocess.run(["mount", "-o", "remount,rw", self.disk], check=True)
        self.husk("delete", box.id)
        self.husk("delete", "--force", waiting.id)
        self.assert_nothing_left()


class Slow(DiskTest):
    """A frozen ext4: whoever writes waits until it thaws. Nothing is slower."""

    needs = ["root", "program fsfreeze", "program mkfs.ext4"]

    def test_who_looks_does_not_wait_and_who_writes_goes_on_where_it_was(self):
        self.mount("ext4")
        box, waiting = self.start(), self.create()
        self.freeze()
        try:
            self.assertEqual(box.status(), "running")
            self.assertIn(box.id, self.husk("list").out)
            calls = [self.spawn("start", waiting.id), self.spawn("delete", "--force", box.id),
                     self.spawn("create", "--bundle", self.bundle(["sleep", "3600"]).folder,
                                f"{self.mark}-late", stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)]
            for call in calls:
                self.await_blocked(call)
        finally:
            self.thaw()
        self.assertEqual([call.wait(LIMIT) for call in calls], [0, 0, 0])
        self.assertEqual(waiting.status(), "running")
        self.assertNotIn(box.id, self.husk("list", "--quiet").out)
        self.husk("delete", "--force", f"{self.mark}-late")

    def test_killed_while_it_waits_for_the_disk(self):
        self.mount("ext4")
        self.start()
        self.freeze()
        try:
            call = self.spawn("create", "--bundle", self.bundle(["sleep", "3600"]).folder,
                              f"{self.mark}-late", stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
            self.await_blocked(call)
            call.kill()
        finally:
            self.thaw()
        self.assertEqual(call.wait(LIMIT), -9)
        self.husk("delete", "--force", f"{self.mark}-late")

    def freeze(self):
        subprocess.run(["fsfreeze", "--freeze", self.disk], check=True)
        # Should the test hang, or its time run out in a place that waits for the disk.
        self.guard = threading.Timer(LIMIT, self.thaw)
        self.guard.daemon = True
        self.guard.start()

    def thaw(self):
        self.guard.cancel()
        subprocess.run(["fsfreeze", "--unfreeze", self.disk], check=False,
                       stderr=subprocess.DEVNULL)

    def await_blocked(self, call):
        """It sleeps in the kernel until the file system thaws."""
        process = Process(call.pid)
        while "percpu_rwsem_wait" not in process.file("wchan") and \
                process.status("State")[0] != "D":
            self.assertIsNone(call.poll(), "it ended before it wrote anything")
            os.sched_yield()
