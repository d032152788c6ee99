# SPDX-License-Identifier: GPL-2.0-or-later
from husk import LIMIT, ContainerTest


class Start(ContainerTest):
    """husk start: only once, and only what waits."""

    def test_created_becomes_running(self):
        """CM-10, LC-05"""
        box = self.create()
        box.husk("start", box.id)
        self.assertEqual(box.status(), "running")
        self.assertEqual(box.first.link("exe").split("/")[-1], "busybox")

    def test_second_start_is_refused_and_harms_nothing(self):
        """LC-05"""
        box = self.start()
        self.assert_refused(box.husk("start", box.id, code=1), box.id)
        self.assertEqual(box.status(), "running")

    def test_stopped_one_cannot_be_started(self):
        """LC-05"""
        box = self.start(args=["true"])
        box.first.wait_exit()
        self.assert_refused(box.husk("start", box.id, code=1), "stopped")

    def test_one_that_died_before_its_start_cannot_be_started(self):
        box = self.create()
        box.first.kill_and_wait()
        self.assert_refused(box.husk("start", box.id, code=1), "stopped")

    def test_unknown_name(self):
        self.assert_refused(self.husk("start", "nobody", code=1),
                            'container "nobody" does not exist')

    def test_container_without_a_process_can_be_created_but_not_started(self):
        """P-01, LC-05"""
        box = self.create(edit=lambda b: b.config.pop("process"))
        self.assertEqual(box.status(), "created")
        self.assert_refused(box.husk("start", box.id, code=1), "process")

    def test_two_starts_at_once_and_one_wins(self):
        """LC-12"""
        box = self.create()
        both = [self.spawn("start", box.id) for _ in range(2)]
        self.assertEqual(sorted(one.wait(LIMIT) for one in both), [0, 1])
        self.assertEqual(box.status(), "running")
