# SPDX-License-Identifier: GPL-2.0-or-later
import os

import machine
from bundle import drop_namespace
from husk import ContainerTest


class Delete(ContainerTest):
    def test_stopped_one_is_gone_with_all_it_had(self):
        """LC-07"""
        box = self.start(args=["true"])
        box.first.wait_exit()
        box.husk("delete", box.id)
        self.assert_nothing_left()

    def test_running_one_is_refused_and_unharmed(self):
        """LC-07"""
        box = self.start()
        self.assert_refused(box.husk("delete", box.id, code=1), box.id)
        self.assertEqual(box.status(), "running")

    def test_created_one_is_ended_first(self):
        """LC-07"""
        box = self.create()
        box.husk("delete", box.id)
        self.assertEqual(box.first.wait_exit(timeout=0), 128 + 9)
        self.assert_nothing_left()

    def test_unknown_name(self):
        """ER-07, ER-10"""
        self.assert_refused(self.husk("delete", "nobody", code=1),
                            'container "nobody" does not exist')

    def test_name_is_free_at_once(self):
        """LC-09"""
        box = self.create()
        for _ in range(3):
            box.husk("delete", "--force", box.id)
            box.create()


class DeleteByForce(ContainerTest):
    def test_running_one(self):
        """LC-08, CM-15"""
        box = self.start()
        box.husk("delete", "--force", box.id)
        self.assertEqual(box.first.wait_exit(timeout=0), 128 + 9)
        self.assert_nothing_left()

    def test_unknown_name_is_no_error(self):
        """LC-08, CM-15"""
        result = self.husk("delete", "--force", "nobody")
        self.assertEqual(result.out, "")

    def test_second_time_is_no_error(self):
        """PO-04"""
        box = self.create()
        box.husk("delete", "-f", box.id)
        box.husk("delete", "-f", box.id)

    def test_children_in_the_pid_namespace_of_the_machine(self):
        """N-09, EN-01: Only the cgroup knows them then."""
        box = self.start(args=["sh", "-c", "for i in 1 2 3; do sleep 3600 & done; echo ready; "
                                           "wait"],
                         edit=lambda b: drop_namespace(b.config, "pid"))
        self.assertEqual(box.line(), "ready")
        box.husk("delete", "--force", box.id)
        self.assert_nothing_left()

    def test_children_that_outlive_the_first_process(self):
        """N-09"""
        box = self.start(args=["sh", "-c", "setsid sleep 3600 & echo ready"],
                         edit=lambda b: drop_namespace(b.config, "pid"))
        self.assertEqual(box.line(), "ready")
        box.first.wait_exit()
        box.husk("delete", "--force", box.id)
        self.assert_nothing_left()

    def test_state_folder_that_was_only_begun(self):
        """LC-13"""
        name = self.new_id()
        (self.root / name).mkdir(parents=True)
        self.husk("delete", "--force", name)
        self.assert_nothing_left()

    def test_state_that_was_cut_short(self):
        """What it said is lost, its cgroup and process among it; the name is free again."""
        box = self.create()
        for path in (self.root / box.id).iterdir():
            if path.is_file():
                os.truncate(path, path.stat().st_size // 2)
        box.husk("delete", "--force", box.id)
        self.assertNotIn(box.id, os.listdir(self.root))
        box.first.kill_and_wait()
        machine.clear(self.mark)
