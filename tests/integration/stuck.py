# SPDX-License-Identifier: GPL-2.0-or-later
"""A file system that takes a question and never answers: who asks is beyond the reach of SIGKILL.

It speaks as much of FUSE as that needs. Source: linux/fuse.h.
"""
import os
import select
import struct
import threading

import machine

LOOKUP, GETATTR, STATFS, INIT = 1, 3, 17, 26
HEAD = struct.Struct("=IIQQIIIHH")  # of a request: length, opcode, unique, ...
VERSION, FOLDER_MODE, READ_SIZE, ENOSYS = (7, 31), 0o40755, 1 << 17, 38


class StuckFolder:
    """Mounted on `path` within a `with`. `asked` is set once somebody waits for a file in it."""

    def __init__(self, path):
        self.path = path
        self.asked = threading.Event()
        self.fd = os.open("/dev/fuse", os.O_RDWR | os.O_CLOEXEC)
        self.stop_read, self.stop_write = os.pipe()
        options = f"fd={self.fd},rootmode=40000,user_id=0,group_id=0,allow_other"
        if machine.libc.mount(b"stuck", os.fsencode(path), b"fuse", 0, options.encode()) != 0:
            os.close(self.fd)
            raise OSError("a FUSE file system cannot be mounted")
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self):
        while select.select([self.fd, self.stop_read], [], [])[0] == [self.fd]:
            request = os.read(self.fd, READ_SIZE)
            _, opcode, unique, *_ = HEAD.unpack_from(request)
            if opcode == LOOKUP:
                self.asked.set()
            elif opcode == INIT:
                self.answer(unique, struct.pack("=IIIIHHI", *VERSION, 0, 0, 1, 1, 4096) + bytes(40))
            elif opcode == GETATTR:
                self.answer(unique, struct.pack("=QII", 3600, 0, 0) + folder_attributes())
            elif opcode == STATFS:
                self.answer(unique, bytes(80))
            else:
                self.answer(unique, error=ENOSYS)

    def answer(self, unique, data=b"", error=0):
        os.write(self.fd, struct.pack("=IiQ", 16 + len(data), -error, unique) + data)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """All who wait get an error, and SIGKILL its way."""
        os.write(self.stop_write, b".")
        self.thread.join()
        for fd in (self.fd, self.stop_read, self.stop_write):
            os.close(fd)
        machine.libc.umount2(os.fsencode(self.path), 2)  # MNT_DETACH


def folder_attributes():
    """struct fuse_attr of the root"""
    return struct.pack("=QQQQQQIIIIIIIIII", 1, 0, 0, 0, 0, 0, 0, 0, 0, FOLDER_MODE, 2, 0, 0, 0,
                       4096, 0)
