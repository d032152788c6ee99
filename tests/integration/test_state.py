# SPDX-License-Identifier: GPL-2.0-or-later
import re

from husk import LIMIT, ContainerTest


class State(ContainerTest):
    """husk state: one JSON object."""

    def test_members(self):
        """LC-01, CM-12, ST-01..ST-08, T-07"""
        box = self.create(edit=lambda b: b.config.update(annotations={"org.example.a": "b"}))
        state = box.state()
        self.assertRegex(state["ociVersion"], r"^1\.\d+\.\d+")
        self.assertEqual(state["id"], box.id)
        self.assertEqual(state["status"], "created")
        self.assertEqual(state["pid"], box.first.pid)
        self.assertEqual(state["bundle"], str(box.bundle.folder))
        self.assertEqual(state["annotations"], {"org.example.a": "b"})
        self.assertEqual(state["rootfs"], box.bundle.config["root"]["path"])
        self.assertTrue(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z",
                                     state["created"]), state["created"])

    def test_end_is_seen_without_any_call_of_husk(self):
        """LC-11, ST-04"""
        box = self.start(args=["true"])
        self.assertEqual(box.first.wait_exit(), 0)
        state = box.state()
        self.assertEqual((state["status"], state["pid"]), ("stopped", 0))

    def test_zombie_counts_as_stopped(self):
        """ST-12: The caller, whose child it is, may not have collected it yet."""
        box = self.start(args=["true"])
        self.assertTrue(box.first.has_ended(LIMIT))
        self.assertEqual(box.first.status("State")[0], "Z")
        self.assertEqual(box.status(), "stopped")

    def test_bundle_is_told_as_an_absolute_path(self):
        """ST-05"""
        box = self.container(["sleep", "3600"])
        box.create("--bundle", box.bundle.folder.name, cwd=box.bundle.folder.parent)
        self.assertEqual(box.state()["bundle"], str(box.bundle.folder))

    def test_unknown_name(self):
        """LC-01, ER-07, ER-10"""
        self.assert_refused(self.husk("state", "nobody", code=1),
                            'container "nobody" does not exist')

    def test_missing_name(self):
        """LC-01, CM-39"""
        self.assert_refused(self.husk("state", code=1))

    def test_other_folder_of_states_does_not_know_it(self):
        box = self.create()
        self.assert_refused(self.husk("--root", self.folder / "other", "state", box.id, code=1,
                                      root=False), "does not exist")
