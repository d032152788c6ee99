# SPDX-License-Identifier: GPL-2.0-or-later
"""Annotations and sockets by which engines ask for more than config.json has."""
import os
import select
import signal
import socket

from agent import Receiver
from bundle import drop_namespace
from husk import LIMIT, ContainerTest, rows
from test_namespaces import with_user_namespace


class Unknown(ContainerTest):
    def test_ignored_and_kept(self):
        """A-21, A-22, A-23, A-24, T-07: keys of others do nothing, and state shows them."""
        keys = {"io.container.manager": "libpod", "io.kubernetes.cri.sandbox-id": "x",
                "io.kubernetes.cri-o.SandboxID": "y", "org.example": "", "run.oci.unheard-of": "1",
                "org.opencontainers.image.stopSignal": "9"}
        box = self.start(edit=lambda b: b.config.update(annotations=keys))
        self.assertEqual(box.state()["annotations"], keys)

    @rows([("empty key", {"": "x"}), ("number", {"a": 1})])
    def test_malformed(self, _, keys):
        """T-07."""
        result = self.run_in(["true"], lambda b: b.config.update(annotations=keys), code=1)
        self.assert_refused(result, "annotations")

    def test_own_key_with_a_wrong_value(self):
        """A-24."""
        edit = lambda b: b.config.update(annotations={"org.husk.init": "maybe"})
        self.assert_refused(self.run_in(["true"], edit, code=1), "org.husk.init", "maybe")
        self.assert_nothing_left()


class Pidfd(ContainerTest):
    """A descriptor of the first process for the caller."""

    def receiver(self):
        made = Receiver(self.folder / "pidfd.sock")
        self.addCleanup(made.close)
        return made

    def check(self, receiver, box):
        payload, fds = receiver.wait()
        self.assertTrue(payload)
        self.assertEqual(len(fds), 1)
        with open(f"/proc/self/fdinfo/{fds[0]}", encoding="ascii") as info:
            self.assertIn(f"Pid:\t{box.first.pid}\n", info.read())
        signal.pidfd_send_signal(fds[0], signal.SIGKILL)
        self.assertEqual(box.first.wait_exit(), 128 + 9)

    def test_by_option(self):
        """CM-04, OUT-03."""
        receiver = self.receiver()
        self.check(receiver, self.create(options=["--pidfd-socket", self.folder / "pidfd.sock"]))

    def test_by_annotation(self):
        """A-13, OUT-03."""
        receiver = self.receiver()
        path = str(self.folder / "pidfd.sock")
        self.check(receiver, self.start(
            edit=lambda b: b.config.update(annotations={"run.oci.pidfd_receiver": path})))

    def test_in_run(self):
        """CM-04, CM-11."""
        receiver = self.receiver()
        self.run_in(["true"], options=["--pidfd-socket", self.folder / "pidfd.sock"])
        self.assertEqual(len(receiver.wait()[1]), 1)

    def test_nobody_there(self):
        """CM-04, G-03."""
        result = self.run_in(["true"], options=["--pidfd-socket", self.folder / "none"], code=1)
        self.assert_refused(result, "pidfd socket", "no such file or directory")
        self.assert_nothing_left()


class Ready(ContainerTest):
    """FD-05: NOTIFY_SOCKET."""

    def setUp(self):
        super().setUp()
        self.path = self.folder / "host.sock"
        self.host = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.host.close)
        self.host.bind(str(self.path))
        self.host.settimeout(LIMIT)
        self.environment["NOTIFY_SOCKET"] = str(self.path)

    def socket_of(self, box):
        """The container's socket, as its process sees it."""
        return f"/proc/{box.first.pid}/root/run/notify/notify.sock"

    def say(self, box, text):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
            # As the container's root would: by the mount, not by the state folder.
            s.sendto(text.encode(), self.socket_of(box))

    def writable(self, b):
        b.own_rootfs()

    def is_quiet(self):
        return not select.select([self.host], [], [], 0)[0]

    def test_start_waits_until_it_is_ready(self):
        """create does not wait, start does; the caller hears READY=1 and the pid."""
        box = self.create(edit=self.writable)
        self.assertTrue(self.is_quiet())
        starting = self.spawn("start", box.id)
        self.await_running(box)
        self.say(box, "STATUS=half")
        self.say(box, "XREADY=1\nREADY=10")
        self.assertIsNone(starting.poll())
        self.assertTrue(self.is_quiet())
        self.say(box, "STATUS=done\nREADY=1\n")
        lines = self.host.recv(4096).decode().split()
        self.assertEqual(sorted(lines), sorted(["READY=1", f"MAINPID={box.first.pid}"]))
        self.assertEqual(starting.wait(LIMIT), 0)

    def await_running(self, box):
        while box.status() != "running":
            os.sched_yield()

    def test_container_is_told_where(self):
        box = self.create(["sh", "-c", "echo $NOTIFY_SOCKET; ls -l $NOTIFY_SOCKET; "
                           "exec sleep 3600"], self.writable)
        self.spawn("start", box.id)
        self.assertEqual(box.line(), "/run/notify/notify.sock")
        self.assertRegex(box.line(), "^srw-rw-rw-")

    def test_start_ends_with_the_container(self):
        """One that ends without a word holds nobody up."""
        box = self.create(["true"], self.writable)
        self.husk("start", box.id)
        self.assertTrue(self.is_quiet())

    def test_others_can_delete_while_start_waits(self):
        box = self.create(edit=self.writable)
        starting = self.spawn("start", box.id)
        self.await_running(box)
        self.husk("delete", "--force", box.id)
        self.assertEqual(starting.wait(LIMIT), 0)

    def test_run_in_the_foreground_passes_it_on(self):
        made = self.bundle(["sleep", "3600"], self.writable)
        name = self.new_id()
        running = self.spawn("run", "--bundle", made.folder, "--pid-file", self.folder / "pid",
                             name)
        while not (self.folder / "pid").exists():
            os.sched_yield()
        pid = int((self.folder / "pid").read_text())
        path = f"/proc/{pid}/root/run/notify/notify.sock"
        while not os.path.exists(path):
            os.sched_yield()
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
            s.sendto(b"READY=1", path)
        self.assertIn(f"MAINPID={pid}", self.host.recv(4096).decode())
        self.husk("kill", name, "KILL")
        self.assertEqual(running.wait(LIMIT), 128 + 9)

    def test_detached_run_waits(self):
        made = self.bundle(["sleep", "3600"], self.writable)
        name = self.new_id()
        running = self.spawn("run", "--detach", "--bundle", made.folder,
                             "--pid-file", self.folder / "pid", name)
        while not (self.folder / "pid").exists():
            os.sched_yield()
        pid = int((self.folder / "pid").read_text())
        path = f"/proc/{pid}/root/run/notify/notify.sock"
        while not os.path.exists(path):
            os.sched_yield()
        self.assertIsNone(running.poll())
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
            s.sendto(b"READY=1", path)
        self.host.recv(4096)
        self.assertEqual(running.wait(LIMIT), 0)
        self.husk("delete", "--force", name)

    def test_user_namespace(self):
        """Root of the container is nobody on the machine, and may say it all the same."""
        def edit(b):
            # A root of the machine's is not the container's to make folders in.
            (b.own_rootfs() / "run" / "notify").mkdir(parents=True)
            with_user_namespace()(b)
        box = self.create(edit=edit)
        starting = self.spawn("start", box.id)
        self.await_running(box)
        self.say(box, "READY=1")
        self.assertIn("READY=1", self.host.recv(4096).decode())
        self.assertEqual(starting.wait(LIMIT), 0)

    def test_nobody_to_tell_is_only_a_warning(self):
        box = self.create(edit=self.writable)
        starting = self.spawn("start", box.id)
        self.await_running(box)
        self.host.close()
        self.path.unlink()
        self.say(box, "READY=1")
        self.assertEqual(starting.wait(LIMIT), 0)
        self.assertEqual(box.status(), "running")

    def test_without_a_mount_namespace_there_is_none(self):
        def edit(b):
            drop_namespace(b.config, "mount")
            b.config["mounts"] = []
            b.config["root"]["readonly"] = False
            for member in ("maskedPaths", "readonlyPaths"):
                b.config["linux"].pop(member)
            b.config["process"]["args"] = ["/bin/busybox", "sh", "-c", "echo [$NOTIFY_SOCKET]"]
        self.assertEqual(self.run_in([], edit).out, "[]\n")
