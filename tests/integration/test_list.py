# SPDX-License-Identifier: GPL-2.0-or-later
import json
import os
import pwd

from husk import ContainerTest


class List(ContainerTest):
    def test_table(self):
        """CM-26"""
        box = self.start()
        head, row = self.husk("list").out.splitlines()
        self.assertEqual(head.split(), ["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"])
        fields = row.split()
        self.assertEqual(fields[:4],
                         [box.id, str(box.first.pid), "running", str(box.bundle.folder)])
        self.assertIn(fields[5], (pwd.getpwuid(os.geteuid()).pw_name, "0"))

    def test_json(self):
        """CM-26, OUT-06"""
        boxes = [self.create(), self.start()]
        listed = json.loads(self.husk("list", "--format", "json").out)
        self.assertEqual({c["id"]: (c["status"], c["pid"]) for c in listed},
                         {boxes[0].id: ("created", boxes[0].first.pid),
                          boxes[1].id: ("running", boxes[1].first.pid)})
        for member in ("ociVersion", "bundle", "rootfs", "created", "owner"):
            self.assertIn(member, listed[0])

    def test_names_only(self):
        """CM-26"""
        boxes = [self.create(), self.create()]
        self.assertEqual(sorted(self.husk("list", "-q").out.split()), sorted(b.id for b in boxes))

    def test_stopped_one_has_no_pid(self):
        box = self.start(args=["true"])
        box.first.wait_exit()
        one, = json.loads(self.husk("list", "-f", "json").out)
        self.assertEqual((one["id"], one["status"], one["pid"]), (box.id, "stopped", 0))

    def test_nothing_to_list(self):
        """CM-26, OUT-06"""
        self.assertEqual(self.husk("list", "-q").out, "")
        self.assertEqual(json.loads(self.husk("list", "--format", "json").out), [])
        self.assertEqual(len(self.husk("list").out.splitlines()), 1)
        self.assertFalse(self.root.exists(), "looking makes no folder")

    def test_bad_format(self):
        """CM-26"""
        self.assert_refused(self.husk("list", "--format", "yaml", code=1), "yaml")

    def test_half_made_one_does_not_spoil_the_others(self):
        box = self.create()
        (self.root / "half").mkdir()
        self.assertIn(box.id, self.husk("list", "-q").out.split())
        self.husk("delete", "--force", "half")
