# SPDX-License-Identifier: GPL-2.0-or-later
"""One process of the machine, held by a pidfd, so that its number is never mistaken."""
import os
import select
import signal
from pathlib import Path

# Everything is slower in an emulated machine and under a sanitizer.
PATIENCE = int(os.environ.get("HUSK_TEST_PATIENCE", "1"))
LIMIT = 60 * PATIENCE  # seconds for what takes a moment: a guard against hanging, nothing else


class Process:
    def __init__(self, pid):
        self.pid = pid
        self.fd = -1
        self.fd = os.pidfd_open(pid)

    def __del__(self):
        if self.fd >= 0:
            os.close(self.fd)

    def file(self, name):
        return Path(f"/proc/{self.pid}/{name}").read_text()

    def link(self, name):
        return os.readlink(f"/proc/{self.pid}/{name}")

    def status(self, field):
        """The value of one line of /proc/PID/status."""
        for line in self.file("status").splitlines():
            if line.startswith(field + ":"):
                return line.partition(":")[2].strip()
        raise KeyError(field)

    def signals(self, field):
        """A set of signals of /proc/PID/status (SigBlk, SigIgn, ...) by short name."""
        mask = int(self.status(field), 16)
        return [signal.Signals(n).name[3:] for n in range(1, 32) if mask >> (n - 1) & 1]

    def pending_signals(self):
        return self.signals("SigPnd") + self.signals("ShdPnd")

    def capabilities(self, field):
        """CapInh, CapPrm, CapEff, CapBnd or CapAmb as a number."""
        return int(self.status(field), 16)

    def namespace(self, name):
        return self.link(f"ns/{name}")

    def children(self):
        return [int(pid) for pid in self.file(f"task/{self.pid}/children").split()]

    def send(self, number):
        signal.pidfd_send_signal(self.fd, number)

    def has_ended(self, timeout=0):
        """Waits up to `timeout` seconds. A zombie has ended."""
        ready = select.poll()
        ready.register(self.fd, select.POLLIN)
        return bool(ready.poll(timeout * 1000))

    def wait_exit(self, timeout=LIMIT):
        """The shell's number for how our child ended: its exit code, or 128 + the signal."""
        if not self.has_ended(timeout):
            raise AssertionError(f"process {self.pid} still runs after {timeout} s")
        end = os.waitid(os.P_PIDFD, self.fd, os.WEXITED)
        return end.si_status if end.si_code == os.CLD_EXITED else 128 + end.si_status

    def kill_and_wait(self):
        self.send(signal.SIGKILL)
        if not self.has_ended(LIMIT):
            raise AssertionError(f"process {self.pid} does not end by SIGKILL")
