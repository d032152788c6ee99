# SPDX-License-Identifier: GPL-2.0-or-later
"""husk ps for people and programs: trees, zombies, orphans, limits, whoever runs the container."""
import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import machine
from bundle import drop_namespace
from husk import PATIENCE, TOP, ContainerTest, rows
from machine import as_ordinary_user, controller_folder
from process import Process

try:
    import jsonschema
except ImportError:
    jsonschema = None

SCHEMA = TOP / "docs" / "schema" / "ps.schema.json"
HEX = "3f4e5d6c7b8a9f0e1d2c3b4a5f6e7d8c9b0a1f2e3d4c5b6a7f8e9d0c1b2a{:04x}"
NOBODY = 4194305  # above the largest pid that Linux gives out


class TreeTest(ContainerTest):
    def document(self, *words):
        return json.loads(self.husk("ps", "--json", *words).out)

    def look(self, *words):
        """The one container that is asked for."""
        found = self.document(*words)["containers"]
        self.assertEqual(len(found), 1, found)
        return found[0]

    def processes(self, *words):
        """{number in the innermost namespace: process}"""
        return {one["numbers"][-1]: one for one in self.look(*words)["processes"]}

    def deaf(self, script, edit=None):
        """The script, whose children are then those of a `sleep`, which reaps none.

        They have executed their programs when this returns.
        """
        box = self.start(["sh", "-c", f"{script}\necho ready\nexec sleep 3600"], edit)
        self.assertEqual(box.line(), "ready")
        self.assert_is_sleep(box.first)
        for pid in box.first.children():
            self.assert_is_sleep(Process(pid))
        return box

    def assert_is_sleep(self, process):
        while process.file("comm") != "sleep\n":
            pass

    def kill_child(self, parent, number=signal.SIGKILL):
        """The only child of a process that reaps none: it is a zombie then."""
        child = Process(parent.children()[0])
        child.send(number)
        self.assertTrue(child.has_ended(20 * PATIENCE))
        return child


class Numbers(TreeTest):
    def test_both_numbers_and_a_parent_that_is_0(self):
        box = self.deaf("sleep 3601 &")
        child, = box.first.children()
        seen = self.processes(box.id)
        self.assertEqual(seen[1]["numbers"], [box.first.pid, 1])
        self.assertEqual(seen[1]["parent"], {"pid": os.getpid(), "inner": 0, "kind": "outside",
                                             "orphan": False})
        self.assertTrue(seen[1]["init"])
        other, = [one for one in seen.values() if one["pid"] == child]
        self.assertEqual((other["parent"]["pid"], other["parent"]["inner"], other["depth"]),
                         (box.first.pid, 1, 1))
        text = self.husk("ps", box.id).out
        self.assertIn(f"PID 1, parent 0: {os.getpid()}", text)
        self.assertIn("\\_ sleep 3601", text)

    def test_process_that_was_put_in_has_no_parent_inside(self):
        box = self.start()
        pid_file = self.folder / "exec.pid"
        self.husk("exec", "--detach", "--pid-file", pid_file, box.id, "sleep", "62",
                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        pid = int(pid_file.read_text())
        put_in, = [one for one in self.look(box.id)["processes"] if one["pid"] == pid]
        self.assertEqual((put_in["parent"]["inner"], put_in["parent"]["kind"], put_in["init"]),
                         (0, "outside", False))
        self.assertIn("put in, parent 0", self.husk("ps", box.id).out)
        # Ours to reap: PID 1 of the container cannot end before.
        process = Process(pid)
        process.send(9)
        process.wait_exit(20 * PATIENCE)

    def test_orphan_is_told_by_its_session(self):
        box = self.deaf("setsid sh -c 'sleep 3601 & exec true' & wait")
        sleeper = self.processes(box.id)
        sleeper, = [one for number, one in sleeper.items() if number != 1]
        self.assertEqual((sleeper["parent"]["inner"], sleeper["parent"]["orphan"]), (1, True))
        self.assertIn("orphan, now a child of", self.husk("ps", box.id).out)

    def test_pid_namespace_of_the_machine(self):
        box = self.start(["sleep", "3600"], lambda b: drop_namespace(b.config, "pid"))
        seen = self.look(box.id)
        self.assertEqual([one["pid"] for one in seen["processes"]], [box.first.pid])
        self.assertEqual(seen["processes"][0]["numbers"], [box.first.pid])
        self.assertEqual(seen["pidNamespace"], os.stat("/proc/self/ns/pid").st_ino)

    def test_number_in_each_of_three_namespaces(self):
        nest = subprocess.Popen(["unshare", "-p", "-f", "--kill-child", "sh", "-c",
                                 "unshare -p -f --kill-child sh -c 'echo; exec sleep 3600'; :"],
                                stdout=subprocess.PIPE)
        self.addCleanup(nest.wait)
        self.addCleanup(nest.kill)
        self.addCleanup(nest.stdout.close)
        nest.stdout.readline()
        self.addCleanup(Process(Process(nest.pid).children()[0]).kill_and_wait)
        tree, = self.document(str(nest.pid))["trees"]
        inmost = tree["processes"][-1]
        self.assertEqual(inmost["numbers"][0], inmost["pid"])
        wanted = Process(inmost["pid"]).status("NSpid").split()
        self.assertEqual((len(wanted), wanted[-1]), (3, "1"))
        self.assertEqual(inmost["numbers"], [int(number) for number in wanted])
        shown = self.husk("ps", "-o", "pid,nspid", str(nest.pid)).out.splitlines()[-1].split()
        self.assertEqual(shown, [wanted[0], "/".join(wanted[1:])])

    def test_threads(self):
        stop = threading.Event()
        thread = threading.Thread(target=stop.wait)
        thread.start()
        try:
            out = self.husk("ps", "-L", "-o", "pid,tid", os.getpid()).out
            seen = [line.split() for line in out.splitlines()]
            for tid in (threading.get_native_id(), thread.native_id):
                self.assertIn([str(os.getpid()), str(tid)], seen)
            tree, = self.document("-L", str(os.getpid()))["trees"]
            self.assertIn(thread.native_id,
                          [one["tid"] for one in tree["processes"][0]["threadList"]])
        finally:
            stop.set()
            thread.join()


class Zombies(TreeTest):
    def test_zombie_with_its_end_and_who_must_reap(self):
        box = self.start(["sh", "-c", "sh -c 'kill -STOP $$; exit 3' &\nexec sleep 3600"])
        self.assert_is_sleep(box.first)
        child = Process(box.first.children()[0])
        while not child.status("State").startswith("T"):
            pass
        dead = self.kill_child(box.first, signal.SIGCONT)
        seen, = [one for one in self.processes(box.id).values() if one["pid"] == dead.pid]
        zombie = seen["zombie"]
        self.assertEqual((seen["state"], seen["command"]), ("Z", []))
        self.assertEqual((zombie["exitStatus"], zombie["signal"]), (3, None))
        self.assertEqual((zombie["reaper"]["pid"], zombie["reaper"]["init"],
                          zombie["reaper"]["sigchld"]), (box.first.pid, True, "no"))
        self.assertEqual(zombie["ageBasis"], None if zombie["ageMs"] is None else "inferred")
        text = self.husk("ps", box.id).out
        self.assertIn("  zombies 1", text.splitlines()[0])
        self.assertIn(f"exit status 3; to be reaped by PID 1, {box.first.pid} (sleep), "
                      "which takes no notice of SIGCHLD", text)

    def test_zombie_killed_by_a_signal(self):
        box = self.deaf("sleep 3601 &")
        self.kill_child(box.first, signal.SIGUSR1)
        zombie, = [one["zombie"] for one in self.processes(box.id).values() if one["zombie"]]
        self.assertEqual((zombie["exitStatus"], zombie["signal"]), (None, "SIGUSR1"))

    def test_no_list_of_the_cgroup_has_zombies_but_it_counts_them(self):
        if not controller_folder("pids"):
            self.skipTest("needs the cgroup controller pids")
        box = self.deaf("sleep 3601 &", lambda b: b.config["linux"]["resources"].update(
            pids={"limit": 40}))
        self.kill_child(box.first)
        seen = self.look(box.id)
        self.assertEqual((seen["zombies"], seen["cgroup"]["tasksLimit"]), (1, 40))
        # Who made the container may still be on the way out of it.
        while (seen["cgroup"]["tasks"], seen["cgroup"]["tasksUnlisted"]) != (2, 1):
            seen = self.look(box.id)
        self.assertIn("  tasks 2/40", self.husk("ps", box.id).out.splitlines()[0])

    def test_stopped_parent_cannot_reap(self):
        box = self.deaf("sh -c 'sleep 3602 & exec sleep 3601' &")
        parent = Process(box.first.children()[0])
        self.assert_is_sleep(Process(parent.children()[0]))
        self.kill_child(parent)
        parent.send(signal.SIGSTOP)
        while not parent.status("State").startswith("T"):
            pass
        zombie, = [one["zombie"] for one in self.processes(box.id).values() if one["zombie"]]
        self.assertEqual((zombie["reaper"]["pid"], zombie["reaper"]["init"],
                          zombie["reaper"]["stopped"]), (parent.pid, False, True))


class Signals(TreeTest):
    def test_stop_signal_without_a_handler(self):
        box = self.start()
        self.assertEqual(self.processes(box.id)[1]["stopSignal"],
                         {"name": "SIGTERM", "caught": "no"})

    def test_stop_signal_of_the_configuration_with_a_handler(self):
        def edit(b):
            b.config["annotations"] = {"org.opencontainers.image.stopSignal": "SIGUSR1"}

        box = self.start(["sh", "-c", "trap : USR1; echo ready; while :; do sleep 3600; done"], edit)
        self.assertEqual(box.line(), "ready")
        first = self.processes(box.id)[1]
        self.assertEqual(first["stopSignal"], {"name": "SIGUSR1", "caught": "yes"})
        self.assertIn("SIGUSR1", first["signals"]["caught"])

    def test_blocked_signals(self):
        program = "import signal as s; s.pthread_sigmask(s.SIG_BLOCK, [s.SIGTERM, s.SIGUSR1]); " \
                  "print(flush=True); s.pause()"
        running = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
        self.addCleanup(running.stdout.close)
        self.addCleanup(running.wait)
        self.addCleanup(running.kill)
        running.stdout.readline()
        tree, = self.document(str(running.pid))["trees"]
        self.assertEqual(tree["processes"][0]["signals"]["blocked"], ["SIGUSR1", "SIGTERM"])
        self.assertEqual(tree["processes"][0]["stopSignal"]["caught"], "blocked")
        shown = self.husk("ps", "-o", "pid,stop,blocked", running.pid).out.splitlines()[1].split()
        self.assertEqual(shown, [str(running.pid), "blocked", "USR1,TERM"])

    def test_pending_signal(self):
        """A stopped process gets no signal but KILL and CONT."""
        box = self.deaf("sleep 3601 &")
        child = Process(box.first.children()[0])
        child.send(signal.SIGSTOP)
        while not child.status("State").startswith("T"):
            pass
        child.send(signal.SIGUSR1)
        seen, = [one for one in self.processes(box.id).values() if one["pid"] == child.pid]
        self.assertEqual(seen["signals"]["sharedPending"], ["SIGUSR1"])
        shown = self.husk("ps", "-o", "pid,pending", box.id).out.splitlines()
        self.assertIn([str(child.pid), "USR1"], [line.split() for line in shown])


class Words(TreeTest):
    @rows([("0", "0", "not the number"), ("-1", "-1", "not the number"),
           ("text", "no-such-container", "no container"), ("empty", "", "neither"),
           ("dead", str(NOBODY), "no such process"), ("huge", "9" * 30, "not the number")])
    def test_bad_target_is_named(self, _, word, fragment):
        self.assert_refused(self.husk("ps", "--", word, code=1), f'{word}', fragment)

    def test_wrong_column_names_all(self):
        self.assert_refused(self.husk("ps", "-o", "pid,foo", code=1), "foo", "nspid", "note")

    @rows([("format", ["--format", "xml"]), ("all and id", ["--all", "x"]),
           ("columns and json", ["-o", "pid", "--json"]), ("no column", ["-o", ""])])
    def test_what_does_not_go_together(self, _, words):
        self.assert_refused(self.husk("ps", *words, code=1), "ps: ")

    def test_every_column_can_be_shown(self):
        message = self.husk("ps", "-o", "x", code=1).err
        names = message.strip().partition(" is not one of ")[2].split(",")
        box = self.start()
        for name in names:
            out = self.husk("ps", "-o", f"pid,{name}", box.id).out.splitlines()
            self.assertEqual(len(out), 2, name)
            self.assertTrue(out[1].strip().startswith(str(box.first.pid)), name)

    def test_several_and_all(self):
        one, other = self.start(), self.start()
        ids = [seen["id"] for seen in self.document(other.id, one.id)["containers"]]
        self.assertEqual(ids, [other.id, one.id])
        for words in (["--json"], ["--all", "--json"], ["--format", "json"]):
            ids = [seen["id"] for seen in json.loads(self.husk("ps", *words).out)["containers"]]
            self.assertTrue({one.id, other.id} <= set(ids))
        text = self.husk("ps").out
        self.assertIn(f"husk {one.id}", text)
        self.assertIn(f"husk {other.id}", text)

    def test_beginning_of_an_id(self):
        box = self.start()
        self.assertEqual(self.look(box.id[:-1])["id"], box.id)

    def test_process_and_all_below_it(self):
        box = self.deaf("sleep 3601 &")
        tree, = self.document(str(box.first.pid))["trees"]
        self.assertEqual(tree["top"], box.first.pid)
        self.assertEqual([one["pid"] for one in tree["processes"]],
                         [box.first.pid, *box.first.children()])

    def test_words_of_a_container_cannot_steer_a_terminal(self):
        box = self.start(["sh", "-c", "echo ready; read x </dev/zero # \033[2J\007"])
        self.assertEqual(box.line(), "ready")
        out = self.husk("ps", box.id).out
        self.assertFalse([c for c in out if ord(c) < 32 and c != "\n"], out)


class Schema(TreeTest):
    def test_document_is_what_the_schema_says(self):
        if not jsonschema:
            self.skipTest("needs the Python module jsonschema")
        schema = json.loads(SCHEMA.read_text())
        checker = jsonschema.validators.validator_for(schema)(schema)
        checker.check_schema(schema)
        box = self.deaf("sleep 3601 &")
        self.kill_child(box.first)
        for words in ([], [box.id], ["-L", box.id], [str(os.getpid())]):
            checker.validate(self.document(*words))


class Engines(TreeTest):
    """Containers of others, as far as the paths of their cgroups are theirs."""

    needs = ["root", "controller pids"]

    def put(self, path, *words):
        """A program in a cgroup with that path below the test's own."""
        tree = controller_folder("pids")
        folder = tree / self.mark / path
        folder.mkdir(parents=True)
        self.folders.append(folder)
        above = tree / self.mark
        for part in ["", *path.split("/")[:-1]]:
            above = above / part
            if (above / "cgroup.subtree_control").exists():  # v2: nothing is counted unasked
                (above / "cgroup.subtree_control").write_text("+pids")
        script = f'echo $$ >{folder}/cgroup.procs && exec "$@"'
        one = subprocess.Popen(["sh", "-c", script, "sh", *words], env=self.environment)
        self.running.append(one)
        process = Process(one.pid)
        while process.file("comm").strip() != words[0]:
            pass
        return process

    def setUp(self):
        self.folders = []
        super().setUp()

    def tearDown(self):
        self.end_running()
        # The kernel ends a namespace after its PID 1, in its own time.
        while machine.processes_with(self.mark):
            machine.reap_orphans()
        for folder in self.folders:
            while self.mark in str(folder):
                self.remove(folder)
                folder = folder.parent
        super().tearDown()

    def remove(self, folder):
        """Who was killed may still be on the way out."""
        while folder.exists() and not list(folder.glob("*/")):
            try:
                folder.rmdir()
            except OSError as error:
                self.assertEqual(error.errno, errno.EBUSY)

    @rows([("docker", "docker/{}"), ("podman", "libpod-{}.scope/container"),
           ("containerd", "cri-containerd-{}.scope"), ("cri-o", "crio-{}.scope"),
           ("unknown", "{}")])
    def test_container_by_its_path(self, engine, path):
        hex_id = HEX.format(os.getpid() & 0xffff)
        pid = self.put(path.format(hex_id), "sleep", "3600").pid
        seen = self.look(hex_id[:-1])
        self.assertEqual((seen["engine"], seen["id"]), (engine, hex_id))
        self.assertEqual([one["pid"] for one in seen["processes"]], [pid])
        self.assertEqual(seen["cgroup"]["tasks"], 1)
        self.assertIn(f"{engine} {hex_id[:12]}  ", self.husk("ps", hex_id).out)

    def test_pod_that_shares_a_pid_namespace(self):
        """An orphan of one container becomes a child of the other's PID 1, and stays in its own."""
        one, other = (HEX.format(0x8000 + n) for n in (1, 2))
        outer = self.put(f"cri-containerd-{one}.scope", "unshare", "--pid", "--fork",
                         "--kill-child", "sleep", "3600")
        while not outer.children():
            pass
        init = Process(outer.children()[0])
        self.put(f"cri-containerd-{other}.scope", "nsenter", f"--pid=/proc/{init.pid}/ns/pid",
                 "sh", "-c", "sh -c 'setsid sleep 3601 & exit'; exec sleep 3602")
        while not init.children():
            pass
        orphan = init.children()[0]
        self.assert_is_sleep(Process(orphan))
        self.assertIn(orphan, [seen["pid"] for seen in self.look(other)["processes"]])
        self.assertEqual([seen["pid"] for seen in self.look(one)["processes"]
                          if len(seen["numbers"]) > 1], [init.pid])

    def test_pid_namespace_that_no_engine_has_named(self):
        sleeper = subprocess.Popen(["unshare", "--pid", "--fork", "--kill-child", "sleep", "3600"],
                                   env=self.environment)
        self.running.append(sleeper)
        outer = Process(sleeper.pid)
        while not outer.children():
            pass
        inner = Process(outer.children()[0])
        self.assert_is_sleep(inner)  # before that it does not end with its parent
        inode = os.stat(f"/proc/{inner.pid}/ns/pid").st_ino
        seen = self.look(f"pidns-{inode}")
        self.assertEqual((seen["engine"], seen["pidNamespace"]), ("unknown", inode))
        self.assertEqual([one["numbers"] for one in seen["processes"]], [[inner.pid, 1]])


class Crowds(TreeTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.built = Path(tempfile.mkdtemp(prefix="husk-crowd-"))
        cls.addClassCleanup(shutil.rmtree, cls.built)

    def setUp(self):
        self.crowds = []
        super().setUp()

    def tearDown(self):
        """It ends with its input, and not before all others have."""
        for crowd in self.crowds:
            crowd.communicate(timeout=60 * PATIENCE)
        super().tearDown()

    def crowd(self, *words):
        """The first of many processes, all of them there."""
        program = self.built / "ps-crowd"
        if not program.exists():
            subprocess.run(["gcc", "-std=gnu17", "-D_GNU_SOURCE", "-O2", "-static", "-o", program,
                            TOP / "bench" / "ps-crowd.c"], check=True)
        crowd = subprocess.Popen([program, *words], stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, text=True, env=self.environment)
        self.crowds.append(crowd)
        return Process(int(crowd.stdout.readline()))

    def test_chain_of_2000_children(self):
        """Each the child of the one before; fewer where a program takes 20 times as long."""
        depth = 200 if machine.is_emulated() else 2000
        first = self.crowd("deep", str(depth), "inside")
        inode = os.stat(f"/proc/{first.pid}/ns/pid").st_ino
        seen = self.look(f"pidns-{inode}")["processes"]
        self.assertEqual([one["depth"] for one in seen], list(range(depth)))
        self.assertEqual([one["numbers"][1] for one in seen], list(range(1, depth + 1)))
        self.assertEqual([one["parent"]["pid"] for one in seen[1:]],
                         [one["pid"] for one in seen[:-1]])
        text = self.husk("ps", f"pidns-{inode}").out
        self.assertEqual(text.count("\n"), depth + 2)
        self.assertLess(max(map(len, text.splitlines())), 500)
        tree, = self.document(str(first.pid))["trees"]
        self.assertEqual(len(tree["processes"]), depth)

    def test_hundreds_of_processes(self):
        count = 50 if machine.is_emulated() else 300
        box = self.deaf(f"for i in $(seq {count}); do sleep 3601 & done")
        seen = self.look(box.id)["processes"]
        self.assertEqual(len(seen), count + 1)
        self.assertEqual(sorted(one["pid"] for one in seen),
                         sorted([box.first.pid, *box.first.children()]))

    def test_processes_that_vanish_while_they_are_read(self):
        box = self.start(["sh", "-c", "echo ready; while :; do true & true & wait; done"])
        self.assertEqual(box.line(), "ready")
        for _ in range(3 if machine.is_emulated() else 20):
            seen = [one["pid"] for one in self.look(box.id)["processes"]]
            self.assertEqual(seen[0], box.first.pid)
            self.assertEqual(len(seen), len(set(seen)))
            lines = self.husk("ps", "-L", box.id).out.splitlines()
            self.assertTrue(lines[0].startswith("husk "))
            shown = self.husk("ps", "-o", "pid,container,args").out.splitlines()
            shown = [line.split(None, 2) for line in shown if f" {box.id} " in line]
            self.assertEqual((shown[0][0], shown[0][2][:5]), (str(box.first.pid), "sh -c"))


class Rootless(TreeTest):
    needs = ["root", "user namespaces"]
    as_user = True

    def test_own_container_without_a_cgroup(self):
        box = self.start(["sh", "-c", "sleep 3601 & echo ready; wait"])
        self.assertEqual(box.line(), "ready")
        seen = self.look(box.id)
        self.assertEqual((seen["engine"], seen["first"]), ("husk", box.first.pid))
        self.assertEqual(len(seen["processes"]), 2)

    def test_machine_is_shown_as_far_as_it_can_be_seen(self):
        self.assertEqual(self.document("--all")["version"], 1)
        tree, = self.document(str(os.getpid()))["trees"]
        self.assertEqual(tree["top"], os.getpid())
        self.assertTrue(as_ordinary_user())
