# SPDX-License-Identifier: GPL-2.0-or-later
"""Pods of podman, and Kubernetes' files played by it: husk-init is the pause process.

The pods use the network of the machine: others need programs that change it.
"""
import json
from pathlib import Path

import engine
import engine_podman
import machine
from engine import WAIT
from engine_podman import IMAGE, PodmanTest, PodTest, container, pod


def setUpModule():
    engine_podman.set_up(name="pods")


def tearDownModule():
    PodmanTest.engine.end_clean()


def deployment(name, replicas):
    """That of docs/engines.md, with the network of the machine."""
    text = engine.documented("Deployment").replace("name: web\n", f"name: {name}\n")
    return text.replace("replicas: 3\n", f"replicas: {replicas}\n").replace(
        "      containers:\n", "      hostNetwork: true\n      containers:\n")


class Pods(PodTest):
    def make(self, name, *options):
        self.pods[name] = self.podman("pod", "create", "--name", name, "--cgroup-parent",
                                      f"/{self.engine.mark}", *options).out.strip()

    def add(self, pod_name, name, script):
        self.podman("run", "--detach", "--pod", pod_name, "--name", name, IMAGE, "sh", "-c",
                    script)

    def test_one_pid_namespace(self):
        """PO-03: the pause process is the first one, reaps, and dies last."""
        self.make("shared", "--share", "pid,ipc,uts,net")
        self.add("shared", "a", "sleep 1001")
        self.add("shared", "b", "orphan=$(sh -c 'sleep 0.1 >/dev/null & echo $!')\n"
                                "while [ -e /proc/$orphan ]; do sleep 0.1; done; echo reaped\n"
                                "exec sleep 1002")
        self.wait_for_line("b", "reaped")
        shown = self.podman("exec", "b", "ps", "-o", "pid,args").out
        self.assertRegex(shown, r"(?m)^ +1 /pause -P$")
        self.assertIn("sleep 1001", shown)
        self.podman("kill", "b")
        self.podman("wait", "b")
        self.assertEqual(self.inspect("a", ".State.Status"), "running")
        self.podman("pod", "stop", "--time", "0", "shared")
        # At first it is "stopped": podman cleans up afterwards, in a process of its own.
        self.until(lambda: self.inspect("a", ".State.Status") == "exited", "a has exited")

    def test_shared_namespaces_without_a_pause_process(self):
        self.make("plain", "--infra=false")
        self.add("plain", "a", "sleep 1001")
        self.podman("pod", "pause", "plain")
        self.assertEqual(self.inspect("a", ".State.Status"), "paused")
        self.podman("pod", "unpause", "plain")
        self.podman("pod", "kill", "plain")
        self.assertEqual(self.podman("wait", "a").out, "137\n")


class Kube(PodTest):
    def test_pod(self):
        """Containers with a volume that they share, a user and limits."""
        volume = {"volumeMounts": [{"name": "shared", "mountPath": "/shared"}]}
        manifest = pod(
            "whole",
            container("reader", "until grep first /shared/a; do sleep 0.1; done; exec sleep 1000",
                      resources={"limits": {"memory": "32Mi", "cpu": "500m"}}, **volume),
            container("writer", "echo first >/shared/a; exec sleep 1000", **volume),
            container("guest", "id -u; exec sleep 1000",
                      securityContext={"runAsUser": 1000, "runAsGroup": 1000,
                                       "capabilities": {"drop": ["ALL"]},
                                       "readOnlyRootFilesystem": True}),
            volumes=[{"name": "shared", "emptyDir": {}}])
        path = self.play(json.dumps(manifest))
        self.wait_for_line("whole-reader", "first")
        self.wait_for_line("whole-guest", "1000")
        folder = machine.cgroup_folder(self.inspect("whole-reader", ".State.Pid"), "memory")
        limit = "memory.max" if machine.is_pure_v2() else "memory.limit_in_bytes"
        self.assertEqual((folder / limit).read_text().strip(), str(32 << 20))
        self.podman("kube", "down", path)

    def test_init_containers(self):
        """One after the other, each to its end, before the others begin."""
        volume = {"volumeMounts": [{"name": "shared", "mountPath": "/shared"}]}
        manifest = pod(
            "prepared", container("main", "cat /shared/made; exec sleep 3600", **volume),
            initContainers=[container("first", "echo first >/shared/made", **volume),
                            container("second", "echo second >>/shared/made", **volume)],
            # With "Always" podman 4.3 starts them again and again (its issue 15631).
            restartPolicy="OnFailure", volumes=[{"name": "shared", "emptyDir": {}}])
        path = self.play(json.dumps(manifest))
        self.wait_for_line("prepared-main", "second")
        self.assertEqual(self.podman("logs", "prepared-main").out, "first\nsecond\n")
        self.podman("kube", "down", path)

    def test_deployment(self):
        """Three pods, replaced one after the other by those of the next version; none is lost."""
        self.play(deployment("web", 3))
        old = dict(self.pods)
        self.assertEqual(len(old), 3)
        parts = {name: self.containers(name) for name in old}
        for name in old:
            self.assert_whole(name, parts[name])
        for number, name in enumerate(sorted(old)):
            self.play(deployment(f"next-{number}", 1))
            new, = set(self.running_pods()) - set(old) - set(parts)
            parts[new] = self.containers(new)
            self.wait_for_line(self.main_of(new, parts[new]), "ready")
            self.stop(name, parts[name])
            self.assertEqual(len(self.running_pods()), 3)
        for name in sorted(self.running_pods()):
            self.stop(name, parts[name])
        self.assertEqual(self.running_pods(), {})
        self.assert_gone([one for pod_parts in parts.values() for one in pod_parts.values()])

    def main_of(self, name, parts):
        return next(one for one in parts if one.startswith(name) and one.endswith("main"))

    def assert_whole(self, name, parts):
        """The pod has its two containers and husk-init, each in a cgroup of its own."""
        self.assertEqual(len(parts), 3)
        pause, = (one for one in parts.values() if one["IsInfra"])
        self.assertEqual(Path(f"/proc/{pause['Pid']}/cmdline").read_bytes(), b"/pause\0-P\0")
        folders = {machine.cgroup_folder(one["Pid"], "pids") for one in parts.values()}
        self.assertEqual(len(folders), 3)
        self.wait_for_line(self.main_of(name, parts), "ready")

    def stop(self, name, parts):
        """A graceful end: the program itself says how it ends, within its time."""
        main = self.main_of(name, parts)
        self.podman("stop", "--time", WAIT, main)
        self.assertEqual(self.inspect(main, ".State.ExitCode"), "3")
        self.podman("pod", "stop", "--time", "1", name)
        self.podman("pod", "rm", name)

    def assert_gone(self, parts):
        for one in parts:
            self.assertEqual(machine.cgroups_with(one["Id"]), [])
            self.assertEqual(machine.processes_with(one["Id"]), [])
