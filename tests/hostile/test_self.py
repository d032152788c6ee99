# SPDX-License-Identifier: GPL-2.0-or-later
"""The runtime on its way into a container: its binary, its memory, its descriptors."""
import fcntl
import json
import os
import select
import shutil
import signal
import struct
import subprocess
import threading
from pathlib import Path

from agent import NOTIFY_SIZE, SECCOMP_IOCTL_NOTIF_RECV, SECCOMP_IOCTL_NOTIF_SEND, Receiver
from harm import (CLONE_NEWNS, CLONE_NEWUSER, MOUNT_ATTR_RDONLY, HostileTest, answer_of,
                  clone_of_mount, enter, fork, inside, keep_rights, set_mount, tries, unshare)
from husk import PATIENCE, Container, rows
from process import Process

# Finds the process that runs from that file of the host, and from no other, lets it go on, and when
# it has ended (a file that runs cannot be written) writes to what it ran from.
OVERWRITE = """
mkfifo /tmp/gate
echo ready
while :; do
    for p in /proc/[0-9]*; do
        test "$(stat -Lc %d:%i $p/exe 2>/dev/null)" = VICTIM && exec 9<$p/exe && break 2
    done
done
cat /tmp/gate >/dev/null
while test -e $p/status; do :; done
echo overwritten 2>/dev/null >/proc/self/fd/9 && echo harm || echo none
while :; do sleep 3600; done"""


class Binary(HostileTest):
    """S-01, CVE-2019-5736."""

    def setUp(self):
        super().setUp()
        for name in ("husk", "husk-init"):
            shutil.copy2(Path(self.binary).parent / name, self.folder / name)
        self.binary = str(self.folder / "husk")
        self.content = {name: (self.folder / name).read_bytes() for name in ("husk", "husk-init")}

    def assert_binaries_unharmed(self):
        for name, content in self.content.items():
            self.assertEqual((self.folder / name).read_bytes(), content)

    def attacker(self, victim):
        file = os.stat(victim)
        box = self.start(["sh", "-c", OVERWRITE.replace("VICTIM", f"{file.st_dev}:{file.st_ino}")])
        self.assertEqual(box.line(), "ready")
        return box

    def test_binary_that_enters_unprotected_is_overwritten(self):
        """What the attack does to a runtime that runs from its own file."""
        runtime = self.folder / "runtime"
        shutil.copy2("/bin/busybox", runtime)
        box = self.attacker(runtime)
        rights = box.first.capabilities("CapPrm")

        def body():
            fd = os.open(runtime, os.O_PATH)
            enter(box.first.pid)
            keep_rights(rights)
            os.waitpid(fork(lambda: os.execve(fd, ["sh", "-c", "echo >/tmp/gate"], {})), 0)
        careless = fork(body)
        self.assertEqual(box.line(), "harm")
        os.waitpid(careless, 0)
        self.assertEqual(runtime.read_text(), "overwritten\n")

    def test_binary_is_not_overwritten(self):
        """The program of exec is the runtime's own binary; it waits at a log that is a FIFO."""
        box = self.attacker(self.binary)
        done = self.husk("exec", box.id, "/proc/self/exe", "--log", "/tmp/gate", "state", "x",
                         code=None)
        self.assertNotEqual(done.code, 0)
        self.assertEqual(box.line(), "none")
        self.assert_binaries_unharmed()

    def test_first_program_is_the_binary_itself(self):
        """The same at create, with an image whose program is a link to it."""
        def plant(root):
            (root / "bin" / "program").symlink_to("/proc/self/exe")
        shown = self.attempt(["/bin/program", "--version"], self.planted(plant))
        self.assertIn("husk version", shown.out)
        self.assert_binaries_unharmed()

    # Whoever has a mount open that is in no other namespace may change it, with the right to
    # mount in a namespace of its own: that is anybody who may make a user namespace.
    def makes_writable(self, path):
        fd = os.open(path, os.O_PATH)
        unshare(CLONE_NEWUSER | CLONE_NEWNS)
        return (tries(lambda: set_mount(fd, attributes_cleared=MOUNT_ATTR_RDONLY)),
                not os.fstatvfs(fd).f_flag & os.ST_RDONLY)

    def test_read_only_clone_that_is_kept_can_be_made_writable(self):
        """Why a clone alone does not do."""
        runtime = self.folder / "runtime"
        shutil.copy2("/bin/busybox", runtime)
        fd = clone_of_mount(runtime)
        self.addCleanup(os.close, fd)
        set_mount(fd, MOUNT_ATTR_RDONLY)
        read_end, write_end = os.pipe()
        self.addCleanup(os.close, write_end)
        running = subprocess.Popen(["sh", "-c", "read line"], executable=f"/proc/self/fd/{fd}",
                                   pass_fds=[fd], stdin=read_end, close_fds=True)
        os.close(read_end)
        self.addCleanup(running.wait)
        self.addCleanup(running.kill)
        self.assertEqual(answer_of(lambda: self.makes_writable(f"/proc/{running.pid}/exe")),
                         [True, True])

    @rows([("attended", []), ("detached", ["--detach"])])
    def test_init_s_binary_stays_read_only(self, _, options):
        """husk-init is PID 1 and its binary is there to be opened, for as long as it lives."""
        bundle = self.bundle(["sleep", "3600"])
        name, pid_file = self.new_id(), self.folder / "pid"
        running = self.spawn("run", "--init", *options, "--bundle", bundle.folder, "--pid-file",
                             pid_file, name, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.wait_for_state(name, "running", running)
        pid = json.loads(self.husk("state", name).out)["pid"]
        self.assertEqual(inside(pid, lambda: self.makes_writable("/proc/1/exe")), [False, False])
        self.husk("delete", "--force", name)
        running.wait(20 * PATIENCE)
        self.assert_binaries_unharmed()

    def test_runtime_s_binary_stays_read_only(self):
        """The same for what exec and the foreground run from."""
        box = self.start()
        running = self.spawn("exec", box.id, "sh", "-c", "echo ready; read line",
                             stdin=subprocess.PIPE)
        self.assertEqual(running.stdout.readline(), "ready\n")
        self.assertEqual(answer_of(lambda: self.makes_writable(f"/proc/{running.pid}/exe")),
                         [False, False])
        running.stdin.close()
        running.wait(20 * PATIENCE)
        self.assert_binaries_unharmed()

    def wait_for_state(self, name, status, running):
        while True:
            seen = self.husk("state", name, code=None)
            if seen.code == 0 and json.loads(seen.out)["status"] == status:
                return
            if running.poll() not in (None, 0):
                self.fail(f"husk has ended with {running.returncode}")


class Holding:
    """A seccomp agent that keeps a process in its call until it is told to let it go."""

    def __init__(self):
        self.listener = None

    def serve(self, fd):
        self.listener = fd

    def caught(self):
        """The pid of the process that waits in the call."""
        ready = select.poll()
        ready.register(self.listener, select.POLLIN)
        if not ready.poll(30_000 * PATIENCE):
            raise AssertionError("nobody has made the call")
        self.request = bytearray(NOTIFY_SIZE)
        fcntl.ioctl(self.listener, SECCOMP_IOCTL_NOTIF_RECV, self.request)
        return struct.unpack_from("QI", self.request)[1]

    def release(self):
        number, = struct.unpack_from("Q", self.request)
        fcntl.ioctl(self.listener, SECCOMP_IOCTL_NOTIF_SEND, struct.pack("QqiI", number, 0, 0, 1))


class OnItsWay(HostileTest):
    """S-02, S-04, CVE-2016-9962: the process of exec, stopped half way in."""

    SPY = """
echo ready
while read p; do
    for f in exe cwd root fd/0 fd/1 fd/3 fd/4 fd/5 fd/6 fd/7 fd/8 fd/9; do
        readlink /proc/$p/$f
    done 2>/dev/null
    cat /proc/$p/environ 2>/dev/null
    test -e /proc/$p/status && echo looked
done"""

    def setUp(self):
        super().setUp()
        agents = self.folder / "agents"
        agents.mkdir()
        self.holding = Holding()
        self.agent = Receiver(agents / "sock")
        self.addCleanup(self.agent.close)

    def spied(self):
        """A container that spies on the pids it is given; the filter holds who sets groups."""
        read_end, write_end = os.pipe()
        self.addCleanup(os.close, write_end)

        def edit(b):
            b.config["process"]["noNewPrivileges"] = False
            b.config["linux"]["seccomp"] = {
                "defaultAction": "SCMP_ACT_ALLOW", "listenerPath": str(self.folder / "agents/sock"),
                "syscalls": [{"names": ["setgroups"], "action": "SCMP_ACT_NOTIFY"}]}
        bundle = self.bundle(["sh", "-c", self.SPY], edit)
        box = Container(self, bundle)
        # create itself sets groups as well: it is let go at once.
        thread = threading.Thread(target=self.pass_one)
        thread.start()
        box.create(stdin=read_end)
        thread.join()
        os.close(read_end)
        self.husk("start", box.id)
        self.assertEqual(box.line(), "ready")
        return box, write_end

    def pass_one(self):
        self.holding.serve(self.agent.wait()[1][0])
        self.holding.caught()
        self.holding.release()

    def look(self, box, orders, pid):
        """What the container sees of the process."""
        inner = Process(pid).status("NSpid").split()[-1]
        os.write(orders, f"{inner}\n".encode())
        lines = []
        while not lines or not lines[-1].endswith("looked"):
            lines.append(box.line())
        return lines

    def test_careless_process_is_seen(self):
        """One that keeps a folder of the host open, and can be dumped."""
        box, orders = self.spied()
        fd = os.open(self.outside, os.O_PATH | os.O_DIRECTORY)
        self.addCleanup(os.close, fd)
        rights = box.first.capabilities("CapPrm")
        read_end, write_end = os.pipe()

        def body():
            enter(box.first.pid)
            keep_rights(rights)
            pid = fork(lambda: (os.write(write_end, b"%d\n" % os.getpid()), signal.pause()))
            os.waitpid(pid, 0)
        parent = fork(body)
        os.read(read_end, 100)
        pid = Process(parent).children()[0]
        self.assertIn(str(self.outside.name), " ".join(
            os.readlink(f"/proc/{pid}/fd/{name}") for name in os.listdir(f"/proc/{pid}/fd")))
        seen = self.look(box, orders, pid)
        self.assertGreater(len(seen), 1, seen)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(parent, 0)
        os.close(read_end)
        os.close(write_end)

    def test_process_of_exec_is_not_seen(self):
        box, orders = self.spied()
        running = self.spawn("exec", box.id, "true", stdout=subprocess.DEVNULL)
        self.holding.serve(self.agent.wait()[1][0])
        pid = self.holding.caught()
        self.assertEqual(self.look(box, orders, pid), ["looked"])
        # Nor is there much to be seen (S-04): no folder of the host is open.
        folders = [name for name in os.listdir(f"/proc/{pid}/fd")
                   if os.path.isdir(f"/proc/{pid}/fd/{name}")]
        self.assertEqual(folders, [])
        self.holding.release()
        self.assertEqual(running.wait(20 * PATIENCE), 0)
        os.write(orders, b"1\n")
