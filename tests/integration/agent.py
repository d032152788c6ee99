# SPDX-License-Identifier: GPL-2.0-or-later
"""Who stands at the other end of the sockets that a runtime hands descriptors to."""
import array
import fcntl
import os
import socket
import struct
import threading

from process import LIMIT

PAYLOAD_MAX = 1 << 20
# <linux/seccomp.h>
SECCOMP_IOCTL_NOTIF_RECV = 0xc0502100
SECCOMP_IOCTL_NOTIF_SEND = 0xc0182101
NOTIFY_SIZE = 80
FLAG_CONTINUE = 1


class Receiver:
    """Listens at a path; gets what connections bring: [(payload, [fds])] in `got`."""

    def __init__(self, path, serve=None):
        self.listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listening.bind(str(path))
        self.listening.listen()
        self.serve = serve
        self.got = []
        self.arrived = threading.Semaphore(0)
        self.thread = threading.Thread(target=self.loop, daemon=True)
        self.thread.start()

    def loop(self):
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            with connection:
                self.got.append(receive_all(connection))
            self.arrived.release()
            if self.serve:
                for fd in self.got[-1][1]:
                    threading.Thread(target=self.serve, args=(fd,), daemon=True).start()

    def wait(self):
        """The next message: payload and descriptors."""
        if not self.arrived.acquire(timeout=LIMIT):
            raise AssertionError("nobody has sent a descriptor")
        return self.got[-1]

    def close(self):
        """Wakes the thread, which ends then."""
        self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        for _, fds in self.got:
            for fd in fds:
                try:
                    os.close(fd)
                except OSError:
                    pass


def receive_all(connection):
    """One connection to its end: all bytes and all descriptors."""
    payload, fds = b"", array.array("i")
    while True:
        data, ancillary, _, _ = connection.recvmsg(PAYLOAD_MAX, socket.CMSG_SPACE(4 * 8))
        for level, kind, content in ancillary:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                fds.frombytes(content[:len(content) - len(content) % fds.itemsize])
        payload += data
        if not data:
            return payload, list(fds)


def answer(error=0, seen=None):
    """A seccomp agent: each call gets this errno, or goes on when it is 0."""
    def serve(fd):
        while True:
            request = bytearray(NOTIFY_SIZE)
            try:
                fcntl.ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, request)
                number, _, _, call = struct.unpack_from("QIIi", request)
                if seen is not None:
                    seen.append(call)
                fcntl.ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND,
                            struct.pack("QqiI", number, 0, -error,
                                        0 if error else FLAG_CONTINUE))
            except OSError:
                return  # nobody is under the filter any more
    return serve
