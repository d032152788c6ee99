# SPDX-License-Identifier: GPL-2.0-or-later
"""kill and delete of all containers whose ids match. CM-14, CM-16."""
from husk import ContainerTest, rows


class Regex(ContainerTest):
    def test_kill_of_those_that_match(self):
        """CM-14"""
        boxes = [self.start(), self.start(), self.start()]
        stopped = self.start(["true"])
        stopped.first.wait_exit()
        self.husk("kill", "--regex", f"^({boxes[0].id}|{boxes[1].id}|{stopped.id})$", "KILL")
        for box in boxes[:2]:
            self.assertEqual(box.first.wait_exit(), 128 + 9)
        self.assertEqual(boxes[2].status(), "running")

    def test_delete_of_those_that_match(self):
        """CM-16"""
        boxes = [self.create(), self.create(), self.create()]
        self.husk("delete", "-r", f"{boxes[0].id}$|{boxes[1].id}$")
        self.assertEqual(self.husk("list", "-q").out.split(), [boxes[2].id])

    def test_running_one_is_refused_and_the_others_go(self):
        """CM-16"""
        running, created = self.start(), self.create()
        refused = self.husk("delete", "--regex", self.mark, code=1)
        self.assert_refused(refused, running.id, "running")
        self.assertEqual(self.husk("list", "-q").out.split(), [running.id])
        self.husk("delete", "--force", "--regex", self.mark)
        self.assert_nothing_left()
        self.assertTrue(created)

    def test_nothing_matches(self):
        self.husk("delete", "--regex", "^nothing$")
        self.husk("kill", "--regex", "^nothing$")

    @rows(["delete", "kill"])
    def test_bad_expression(self, verb):
        self.assert_refused(self.husk(verb, "--regex", "a(", code=1), 'regex', '"a("')

    def test_one_expression_only(self):
        self.assert_refused(self.husk("delete", "--regex", "a", "b", code=1), "one expression")
