# SPDX-License-Identifier: GPL-2.0-or-later
"""husk ps: the processes of a container."""
import json
import os
import pwd

from bundle import drop_namespace
from husk import ContainerTest, rows
from machine import cgroup_folder
from process import Process


class Ps(ContainerTest):
    def pids(self, box):
        return json.loads(self.husk("ps", "--format", "json", box.id).out)

    def family(self, edit=None):
        """A shell with two children; returns the container when they are there."""
        box = self.start(["sh", "-c", "sleep 3601 & sleep 3602 & echo ready; wait"], edit)
        self.assertEqual(box.line(), "ready")
        for pid in box.first.children():
            while Process(pid).file("comm") != "sleep\n":  # still the shell's fork
                pass
        return box

    def test_json_is_all_pids_as_the_runtime_sees_them(self):
        """CM-27, OUT-05, CT-07."""
        box = self.family()
        self.assertEqual(self.pids(box), sorted([box.first.pid, *box.first.children()]))
        self.assertEqual(self.husk("ps", "-f", "json", box.id).out.count("\n"), 1)

    def test_one_of_a_created_container(self):
        """ST-04, and the table of 2.4."""
        box = self.create()
        self.assertEqual(self.pids(box), [box.first.pid])

    def test_sub_cgroups_count(self):
        box = self.family()
        folder = cgroup_folder(box.first.pid, "pids") / "below"
        folder.mkdir()
        (folder / "cgroup.procs").write_text(str(box.first.children()[0]))
        self.assertEqual(len(self.pids(box)), 3)

    def test_pid_namespace_of_the_machine(self):
        box = self.family(lambda b: drop_namespace(b.config, "pid"))
        self.assertEqual(len(self.pids(box)), 3)

    def test_paused_container(self):
        box = self.family()
        self.husk("pause", box.id)
        self.assertEqual(len(self.pids(box)), 3)

    def table(self, *words):
        lines = self.husk("ps", "--format", "table", *words).out.splitlines()
        head = lines[0].split()
        return [dict(zip(head, line.split(None, len(head) - 1))) for line in lines[1:]]

    def test_table(self):
        """CM-27: the columns of ps -ef, with the numbers of the machine."""
        box = self.family()
        first, *others = self.table(box.id)
        self.assertEqual(list(first), ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"])
        self.assertEqual((first["UID"], first["PID"], first["PPID"], first["TTY"]),
                         ("root", str(box.first.pid), str(os.getpid()), "?"))
        self.assertEqual(first["CMD"], "sh -c sleep 3601 & sleep 3602 & echo ready; wait")
        self.assertEqual(sorted(row["CMD"] for row in others), ["sleep 3601", "sleep 3602"])
        self.assertEqual({row["PPID"] for row in others}, {str(box.first.pid)})
        self.assertRegex(first["TIME"], r"^00:00:\d\d$")
        self.assertRegex(first["STIME"], r"^\d\d:\d\d$")

    def test_names_of_users_are_the_machine_s(self):
        box = self.start(["sleep", "3600"], lambda b: b.config["process"].update(
            user={"uid": 1, "gid": 1}))
        self.assertEqual(self.table(box.id)[0]["UID"], pwd.getpwuid(1).pw_name)

    def test_name_cannot_steer_a_terminal(self):
        """A container chooses its words: no control character comes out."""
        box = self.start(["sh", "-c", "echo ready; exec sleep 3600 # \033[2J\007"])
        self.assertEqual(box.line(), "ready")
        box = self.start(["sh", "-c", "echo ready; read x </dev/zero # \033[2J\007"])
        out = self.husk("ps", "--format", "table", box.id).out
        self.assertFalse([c for c in out if ord(c) < 32 and c != "\n"], out)
        self.assertIn("?[2J?", out)

    @rows([("option", ["-ef"]), ("words", ["-e", "-f"]), ("behind a mark", ["--", "-ef"])])
    def test_options_of_ps_that_mean_this_table(self, _, words):
        box = self.start()
        self.assertEqual(len(self.table(box.id, *words)), 1)
        self.assertEqual(self.husk("ps", box.id, *words).out.split()[:3], ["UID", "PID", "PPID"])

    def test_other_options_of_ps(self):
        """None is passed over in silence."""
        box = self.start()
        self.assertEqual(self.husk("ps", box.id, "-o", "pid").out.split(),
                         ["PID", str(box.first.pid)])
        self.assert_refused(self.husk("ps", box.id, "-x", code=1), "-x")

    def test_stopped_container(self):
        """ER-08, and the table of 2.4."""
        box = self.start(["true"])
        box.first.wait_exit()
        self.assert_refused(self.husk("ps", "--format", "json", box.id, code=1),
                            "container not running")
        self.assert_refused(self.husk("ps", box.id, code=1), box.id)

    def test_unknown_container_and_format(self):
        """ER-10."""
        self.assert_refused(self.husk("ps", "-f", "json", "none", code=1),
                            'container "none" does not exist')
        box = self.start()
        self.assert_refused(self.husk("ps", "--format", "xml", box.id, code=1), "xml", "table")


class Rootless(ContainerTest):
    needs = ["root", "user namespaces"]
    as_user = True

    def test_without_a_cgroup_by_the_pid_namespace(self):
        """CM-27: an ordinary user has no cgroup v1."""
        box = self.start(["sh", "-c", "sleep 3601 & echo ready; wait"])
        self.assertEqual(box.line(), "ready")
        self.assertEqual(json.loads(self.husk("ps", "-f", "json", box.id).out),
                         sorted([box.first.pid, *box.first.children()]))
