# SPDX-License-Identifier: GPL-2.0-or-later
"""husk trace leaves nothing in the kernel, however it ends: no program, no map, no link."""
import ctypes
import os
import re
import signal
import struct
import subprocess
import time
from pathlib import Path

from husk import PATIENCE, rows
from process import LIMIT
from test_trace import TraceTest

SYS_BPF = 321  # x86-64
NEXT_ID = {"prog_id": 11, "map_id": 12, "link_id": 31}  # bpf(2): BPF_PROG_GET_NEXT_ID and so on
libc = ctypes.CDLL(None, use_errno=True)


def ids_in_kernel(kind):
    """All programs, maps or links that there are, whoever holds them."""
    found, last = set(), 0
    while True:
        attr = ctypes.create_string_buffer(struct.pack("III", last, 0, 0), 64)
        if libc.syscall(SYS_BPF, NEXT_ID[kind], attr, 64) != 0:
            return found
        last = struct.unpack_from("II", attr.raw)[1]
        found.add(last)


def ids_held_by(pid):
    """{"prog_id": {...}, ...} of the descriptors of a process"""
    held = {kind: set() for kind in NEXT_ID}
    for name in os.listdir(f"/proc/{pid}/fdinfo"):
        text = Path(f"/proc/{pid}/fdinfo/{name}").read_text()
        for kind, number in re.findall(r"(?m)^(prog_id|map_id|link_id):\t(\d+)$", text):
            held[kind].add(int(number))
    return held


class Detach(TraceTest):
    def spawn_tracer(self, *words, **options):
        """Its journal is there when all is attached."""
        journal = self.folder / "journal"
        tracer = self.spawn("trace", "-o", journal, *words, **options)
        while not journal.exists():
            self.assertIsNone(tracer.poll())
        return tracer

    def assert_gone(self, held):
        """The kernel frees them in its own time, after the last descriptor is closed."""
        end = time.monotonic() + LIMIT
        left = held
        while any(left.values()):
            self.assertLess(time.monotonic(), end, left)
            os.sched_yield()
            left = {kind: ids & ids_in_kernel(kind) for kind, ids in left.items()}

    @rows(["KILL", "INT", "TERM"])
    def test_nothing_is_left_after_signal(self, name):
        box = self.start()
        tracer = self.spawn_tracer(box.id)
        held = ids_held_by(tracer.pid)
        for kind, ids in held.items():
            self.assertGreater(len(ids), 3, kind)
            self.assertLessEqual(ids, ids_in_kernel(kind))
        tracer.send_signal(getattr(signal, "SIG" + name))
        self.assertEqual(tracer.wait(timeout=60 * PATIENCE), -9 if name == "KILL" else 0)
        self.assert_gone(held)
        self.assertEqual(box.status(), "running")

    def test_nothing_is_left_after_its_command(self):
        tracer = self.spawn_tracer("--", "sh", "-c", "read x; exit 5", stdin=subprocess.PIPE)
        held = ids_held_by(tracer.pid)
        tracer.stdin.close()
        self.assertEqual(tracer.wait(timeout=60 * PATIENCE), 5)
        self.assert_gone(held)
