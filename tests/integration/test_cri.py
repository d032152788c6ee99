# SPDX-License-Identifier: GPL-2.0-or-later
"""containerd's side of a Kubernetes node, driven call by call as a kubelet drives it. CT-12.

Pods have the network of the machine, as others need CNI programs; husk-init is the pause process.
"""
import json
import unittest

import engine
import machine
from engine import TRAP, WAIT
from engine_containerd import BUSYBOX, PAUSE, Containerd

try:
    import cri
except ImportError as error:
    cri = error

NAMESPACE = "k8s.io"
HANDLER = "husk"  # what a RuntimeClass names


class CriTest(engine.EngineTest):
    def setUp(self):
        self.pods = []

    def tearDown(self):
        for pod in self.pods:
            self.cri("StopPodSandbox", pod_sandbox_id=pod)
            self.cri("RemovePodSandbox", pod_sandbox_id=pod)
        super().tearDown()

    def cri(self, name, **fields):
        return self.engine.client.call(name, **fields)

    def sandbox(self, name, pid=None, handler=HANDLER):
        """A pod; `pid`: whose pid namespace the containers have. Returns its id and config."""
        pid = cri.CONTAINER if pid is None else pid
        modes = {"network": cri.NODE, "pid": pid, "ipc": cri.POD}
        config = {"metadata": {"name": name, "uid": f"uid-{name}-{self.id()}",
                               "namespace": "default"},
                  "log_directory": str(self.engine.folder / "logs" / name),
                  "linux": {"cgroup_parent": f"/{self.engine.mark}",
                            "security_context": {"namespace_options": modes}}}
        pod = self.cri("RunPodSandbox", config=config, runtime_handler=handler).pod_sandbox_id
        self.pods.append(pod)
        return pod, config

    def create(self, pod, name, *command, context=None, resources=None, attempt=0, **more):
        pod, config = pod
        modes = config["linux"]["security_context"]["namespace_options"]
        return self.cri("CreateContainer", pod_sandbox_id=pod, sandbox_config=config, config={
            "metadata": {"name": name, "attempt": attempt}, "image": {"image": BUSYBOX},
            "command": command, "log_path": f"{name}-{attempt}.log",
            "linux": {"resources": resources or {},
                      "security_context": {"namespace_options": modes, **(context or {})}},
            **more}).container_id

    def start(self, pod, name, script, **more):
        made = self.create(pod, name, "sh", "-c", script, **more)
        self.cri("StartContainer", container_id=made)
        return made

    def log(self, pod, name):
        """The output of a container, as the kubelet reads it: "TIME STREAM TAG TEXT" by line."""
        path = self.engine.folder / "logs" / pod[1]["metadata"]["name"] / f"{name}-0.log"
        return [line.split(" ", 3)[-1] for line in path.read_text().splitlines()]

    def wait_for_line(self, pod, name, line):
        self.until(lambda: line in self.log(pod, name), f"{name} prints {line}")

    def status(self, container):
        return self.cri("ContainerStatus", container_id=container).status

    def wait_for_end(self, container):
        self.until(lambda: self.status(container).state == cri.EXITED, "the container ends")
        return self.status(container)

    def pid(self, container):
        shown = self.cri("ContainerStatus", container_id=container, verbose=True)
        return json.loads(shown.info["info"])["pid"]

    def execute(self, container, *command):
        done = self.cri("ExecSync", container_id=container, cmd=command, timeout=WAIT)
        return done.exit_code, done.stdout.decode()


class Node(Containerd):
    """containerd as on a node of Kubernetes, with the connection of a kubelet."""

    def __init__(self):
        super().__init__("cri", NAMESPACE)
        self.client = cri.Client(self.socket, WAIT)

    def prepare(self, test):
        super().prepare(test)
        for image in (BUSYBOX, PAUSE):  # the plugin hears of images by an event
            test.until(lambda name=image: self.client.call(
                "ImageStatus", image={"image": name}).image.id, f"{image} is known")

    def end(self):
        self.client.close()
        return super().end()


def setUpModule():
    engine.skip_unless("root", "program containerd", "program containerd-shim-runc-v2",
                       "program ctr")
    if isinstance(cri, ImportError):
        raise unittest.SkipTest(f"needs python3-grpcio and python3-protobuf: {cri}")
    Node().serve(CriTest)


def tearDownModule():
    CriTest.engine.end_clean()


class Pod(CriTest):
    def test_life_of_a_pod(self):
        pod = self.sandbox("whole")
        main = self.create(pod, "main", "sh", "-c", TRAP)
        self.assertEqual(self.status(main).state, cri.CREATED)
        self.cri("StartContainer", container_id=main)
        self.wait_for_line(pod, "main", "ready")
        self.assertEqual(self.status(main).state, cri.RUNNING)
        self.cri("StopContainer", container_id=main, timeout=WAIT)
        self.assertEqual(self.status(main).exit_code, 3)
        self.wait_for_line(pod, "main", "got")
        self.assertEqual(self.log(pod, "main"), ["ready", "got"])
        self.cri("RemoveContainer", container_id=main)
        self.cri("StopPodSandbox", pod_sandbox_id=pod[0])
        state = self.cri("PodSandboxStatus", pod_sandbox_id=pod[0]).status.state
        self.assertEqual(state, cri.NOT_READY)
        self.cri("RemovePodSandbox", pod_sandbox_id=self.pods.pop())
        self.assertEqual(self.engine.states(), [])

    def test_pause_process(self):
        """husk-init, below husk, as the first process of the pod"""
        pod = self.sandbox("pause")
        shown = self.cri("PodSandboxStatus", pod_sandbox_id=pod[0], verbose=True)
        info = json.loads(shown.info["info"])
        self.assertEqual(info["runtimeHandler"], HANDLER)
        with open(f"/proc/{info['pid']}/cmdline", "rb") as words:
            self.assertEqual(words.read(), b"/pause\0-P\0")

    def test_grace_period_runs_out(self):
        """The first process has no handler: SIGKILL follows."""
        pod = self.sandbox("deaf")
        main = self.start(pod, "main", "echo ready; sleep 1000; true")
        self.wait_for_line(pod, "main", "ready")
        self.cri("StopContainer", container_id=main, timeout=1)
        self.assertEqual(self.status(main).exit_code, 137)

    def test_shared_pid_namespace(self):
        """The pause process reaps; who is stopped leaves the others alone."""
        pod = self.sandbox("shared", pid=cri.POD)
        one = self.start(pod, "one", "exec sleep 1001")
        two = self.start(pod, "two", "orphan=$(sh -c 'sleep 0.1 >/dev/null & echo $!')\n"
                                     "while [ -e /proc/$orphan ]; do sleep 0.1; done\n"
                                     "echo reaped; sleep 1002 & wait")
        self.wait_for_line(pod, "two", "reaped")
        _, shown = self.execute(two, "ps", "-o", "pid,args")
        self.assertRegex(shown, r"(?m)^ +1 /pause -P$")
        self.assertIn("sleep 1001", shown)
        self.cri("StopContainer", container_id=two, timeout=0)
        self.assertEqual(self.status(two).exit_code, 137)
        self.assertEqual(self.status(one).state, cri.RUNNING)
        # CT-05: not a process of the stopped container lives on in the pod's namespace.
        self.until(lambda: "sleep 1002" not in self.execute(one, "ps", "-o", "args")[1],
                   "the killed ones are gone")

    def test_restart(self):
        """The kubelet's restart is a new container of the same name, attempt by attempt."""
        pod = self.sandbox("restart")
        for attempt in range(2):
            made = self.start(pod, "main", "exit 7", attempt=attempt)
            self.assertEqual(self.wait_for_end(made).exit_code, 7)
        self.assertEqual(self.wait_for_end(made).reason, "Error")

    def test_three_pods_at_once(self):
        pods = [self.sandbox(f"web-{number}") for number in range(3)]
        made = [self.start(pod, "main", TRAP) for pod in pods]
        for pod in pods:
            self.wait_for_line(pod, "main", "ready")
        self.assertEqual({one.state for one in self.cri("ListPodSandbox").items}, {cri.READY})
        for container in made:
            self.cri("StopContainer", container_id=container, timeout=WAIT)
            self.assertEqual(self.status(container).exit_code, 3)


class Container(CriTest):
    def test_exec(self):
        """Probes of the kubelet come this way."""
        pod = self.sandbox("exec")
        main = self.start(pod, "main", "exec sleep 1000")
        self.assertEqual(self.execute(main, "echo", "inside"), (0, "inside\n"))
        self.assertEqual(self.execute(main, "sh", "-c", "exit 9")[0], 9)
        with self.assertRaises(cri.grpc.RpcError) as failed:
            self.execute(main, "no-such-program")
        self.assertIn('"no-such-program" not found in $PATH', failed.exception.details())

    def test_what_cannot_run(self):
        pod = self.sandbox("wrong")
        made = self.create(pod, "main", "no-such-program")
        with self.assertRaises(cri.grpc.RpcError) as failed:
            self.cri("StartContainer", container_id=made)
        self.assertIn('"no-such-program" not found in $PATH', failed.exception.details())
        self.assertEqual(self.status(made).reason, "StartError")

    def test_security_context(self):
        pod = self.sandbox("user")
        context = {"run_as_user": {"value": 1000}, "run_as_group": {"value": 1001},
                   "readonly_rootfs": True, "no_new_privs": True,
                   "capabilities": {"drop_capabilities": ["ALL"]}}
        main = self.start(pod, "main", "exec sleep 1000", context=context)
        _, shown = self.execute(main, "sh", "-c", "id -u; id -g; touch /x 2>&- || echo read-only; "
                                "grep -E 'CapBnd|NoNewPrivs' /proc/1/status | cut -f 2")
        self.assertEqual(shown.split(), ["1000", "1001", "read-only", "0" * 16, "1"])

    def test_limits_and_their_update(self):
        """CT-07: update with resources on stdin"""
        pod = self.sandbox("limits")
        main = self.start(pod, "main", "exec sleep 1000",
                          resources={"memory_limit_in_bytes": 64 << 20, "oom_score_adj": 500})
        folder = machine.cgroup_folder(self.pid(main), "memory")
        limit = folder / ("memory.max" if machine.is_pure_v2() else "memory.limit_in_bytes")
        self.assertEqual(limit.read_text().strip(), str(64 << 20))
        self.cri("UpdateContainerResources", container_id=main,
                 linux={"memory_limit_in_bytes": 128 << 20})
        self.assertEqual(limit.read_text().strip(), str(128 << 20))

    def test_volume(self):
        folder = self.engine.new_folder("volume")
        pod = self.sandbox("volume")
        main = self.start(pod, "main", "echo hello >/mnt/file; exec sleep 1000",
                          mounts=[{"container_path": "/mnt", "host_path": str(folder)}])
        self.until(lambda: (folder / "file").exists() and (folder / "file").read_text(),
                   "the file is written")
        self.assertEqual(self.execute(main, "cat", "/mnt/file"), (0, "hello\n"))
