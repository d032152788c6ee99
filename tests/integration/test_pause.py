# SPDX-License-Identifier: GPL-2.0-or-later
"""husk pause and resume. CM-28, R-36, ST-03, ST-11, and their rows of the transition table."""
import os
import time

import machine
from husk import ContainerTest, rows


def spin(box):
    """CPU time of the first process, in clock ticks."""
    fields = box.first.file("stat").rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


class Pause(ContainerTest):
    needs = ["root"]

    def test_processes_stop_and_go_on(self):
        """CM-28, R-36: nothing of a paused container runs."""
        box = self.start(["sh", "-c", "echo ready; while :; do :; done"])
        self.assertEqual(box.line(), "ready")
        box.husk("pause", box.id)
        before = spin(box)
        # In so much of our own time a program that runs gets a share of many ticks. Its last
        # steps into the freezer may be counted late, and make one.
        enough = time.process_time() + 0.5
        while time.process_time() < enough:
            pass
        after = spin(box)
        self.assertLessEqual(after, before + 1)
        box.husk("resume", box.id)
        while spin(box) <= after + 1:
            os.sched_yield()

    def test_state_says_paused(self):
        """ST-03, ST-11"""
        box = self.start()
        box.husk("pause", box.id)
        state = box.state()
        self.assertEqual((state["status"], state["pid"]), ("paused", box.first.pid))
        self.assertIn("paused", self.husk("list").out)
        box.husk("resume", box.id)
        self.assertEqual(box.status(), "running")

    def test_file_of_the_kernel(self):
        """R-36"""
        box = self.start()
        box.husk("pause", box.id)
        self.assertTrue(frozen(box))
        box.husk("resume", box.id)
        self.assertFalse(frozen(box))

    def test_processes_in_groups_below_stop_too(self):
        """R-36"""
        box = self.start()
        box.husk("pause", box.id)
        folder = machine.cgroup_folder(box.first.pid, "freezer" if not machine.is_pure_v2()
                                       else "pids")
        (folder / "below").mkdir()
        self.assertTrue(frozen(box))
        box.husk("delete", "--force", box.id)

    def test_frozen_by_somebody_else_is_paused(self):
        """ST-11"""
        box = self.start()
        freeze_by_hand(box)
        self.assertEqual(box.status(), "paused")
        box.husk("resume", box.id)
        self.assertEqual(box.status(), "running")

    def test_created_one_can_be_paused(self):
        """The transition table: created and paused is paused; it is created again afterwards."""
        box = self.create()
        box.husk("pause", box.id)
        self.assertEqual(box.status(), "paused")
        self.assert_refused(box.husk("start", box.id, code=1), "paused")
        box.husk("resume", box.id)
        self.assertEqual(box.status(), "created")
        box.husk("start", box.id)
        self.assertEqual(box.status(), "running")

    def test_second_pause_is_refused(self):
        """pause of a paused one: an error, and no change."""
        box = self.start()
        box.husk("pause", box.id)
        self.assert_refused(box.husk("pause", box.id, code=1), "already paused")
        self.assertEqual(box.status(), "paused")

    def test_resume_of_a_running_one_is_refused(self):
        box = self.start()
        self.assert_refused(box.husk("resume", box.id, code=1), "not paused", "running")
        self.assertEqual(box.status(), "running")

    def test_resume_of_a_created_one_is_refused(self):
        box = self.create()
        self.assert_refused(box.husk("resume", box.id, code=1), "not paused", "created")

    @rows(["pause", "resume"])
    def test_stopped_one(self, verb):
        box = self.start(["true"])
        box.first.wait_exit()
        self.assert_refused(box.husk(verb, box.id, code=1), "stopped")

    @rows(["pause", "resume"])
    def test_unknown_one(self, verb):
        """ER-10"""
        self.assert_refused(self.husk(verb, "nobody", code=1),
                            'container "nobody" does not exist')

    @rows(["pause", "resume"])
    def test_words(self, verb):
        """CM-39"""
        self.assert_refused(self.husk(verb, code=1), "ID is missing")
        self.assert_refused(self.husk(verb, "a", "b", code=1), "too many arguments")

    def test_kill_works_on_a_paused_one(self):
        """The transition table; SIGKILL ends it at once, thawed."""
        box = self.start()
        box.husk("pause", box.id)
        box.husk("kill", box.id, "KILL")
        self.assertEqual(box.first.wait_exit(), 128 + 9)

    def test_other_signal_waits_until_resume(self):
        box = self.start(["sh", "-c", "trap 'exit 3' TERM; echo ready; while :; do sleep 1; done"])
        self.assertEqual(box.line(), "ready")
        box.husk("pause", box.id)
        box.husk("kill", box.id, "TERM")
        self.assertEqual(box.status(), "paused")
        box.husk("resume", box.id)
        self.assertEqual(box.first.wait_exit(), 3)

    def test_delete(self):
        """The transition table: only with --force, which thaws and kills."""
        box = self.start()
        box.husk("pause", box.id)
        self.assert_refused(box.husk("delete", box.id, code=1), "paused")
        self.assertEqual(box.status(), "paused")
        box.husk("delete", "--force", box.id)
        self.assert_nothing_left()


class PauseWithoutCgroup(ContainerTest):
    def test_there_is_nothing_to_freeze(self):
        box = self.container(["sleep", "3600"])
        bundle, ident = box.bundle, box.id
        self.husk("--cgroup-manager", "disabled", "create", "--bundle", bundle.folder, ident,
                  stdout=None, stderr=None)
        self.made.append(box)
        self.assert_refused(self.husk("pause", ident, code=1), "no cgroup")


def frozen(box):
    if machine.is_pure_v2():
        folder = machine.cgroup_folder(box.first.pid, "pids")
        return "frozen 1" in (folder / "cgroup.events").read_text()
    folder = machine.cgroup_folder(box.first.pid, "freezer")
    return (folder / "freezer.state").read_text() == "FROZEN\n"


def freeze_by_hand(box):
    if machine.is_pure_v2():
        folder = machine.cgroup_folder(box.first.pid, "pids")
        (folder / "cgroup.freeze").write_text("1")
    else:
        folder = machine.cgroup_folder(box.first.pid, "freezer")
        (folder / "freezer.state").write_text("FROZEN")
    while not frozen(box):
        os.sched_yield()
