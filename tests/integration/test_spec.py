# SPDX-License-Identifier: GPL-2.0-or-later
import json
import os

from bundle import make_rootfs
from husk import ContainerTest
from machine import ORDINARY_UID


class Spec(ContainerTest):
    """husk spec writes a configuration that runs."""

    def make(self, *options):
        folder = self.folder / "made"
        make_rootfs(folder / "rootfs")
        self.husk("spec", "--bundle", folder, *options)
        return folder, json.loads((folder / "config.json").read_text())

    def run_made(self, folder, config, script, code):
        config["process"].update(args=["/bin/sh", "-c", script], terminal=False)
        config["process"]["env"].append(f"HUSK_TEST={self.mark}")
        (folder / "config.json").write_text(json.dumps(config))
        return self.husk("run", "--bundle", folder, self.new_id(), code=code)

    def test_it_runs_over_a_busybox_root(self):
        """CM-32"""
        self.run_made(*self.make(), "exit 42", code=42)
        self.assert_nothing_left()

    def test_it_runs_a_shell_on_a_terminal_in_rootfs(self):
        _, config = self.make()
        self.assertEqual((config["process"]["args"], config["process"]["terminal"],
                          config["root"]["path"]), (["sh"], True, "rootfs"))

    def test_it_is_written_to_the_current_folder(self):
        self.husk("spec", cwd=self.folder)
        self.assertTrue((self.folder / "config.json").exists())

    def test_present_one_is_not_overwritten(self):
        """CM-32"""
        path = self.folder / "config.json"
        path.write_text("mine")
        self.assert_refused(self.husk("spec", cwd=self.folder, code=1), "config.json")
        self.assertEqual(path.read_text(), "mine")

    def test_rootless_one_has_a_user_namespace(self):
        """CM-32"""
        _, config = self.make("--rootless")
        self.assertIn({"type": "user"}, config["linux"]["namespaces"])
        self.assertEqual(config["linux"]["uidMappings"][0]["containerID"], 0)
        self.assertNotIn({"type": "network"}, config["linux"]["namespaces"])


class SpecOfOrdinaryUser(ContainerTest):
    needs = ["root", "user namespaces"]
    as_user = True

    def test_it_runs(self):
        folder = self.folder / "runtime" / "made"
        make_rootfs(folder / "rootfs")
        os.chown(folder, ORDINARY_UID, ORDINARY_UID)
        self.husk("spec", "--rootless", "--bundle", folder)
        config = json.loads((folder / "config.json").read_text())
        Spec.run_made(self, folder, config, "exit 42", 42)
        self.assert_nothing_left()
