# SPDX-License-Identifier: GPL-2.0-or-later
"""A bundle to run: busybox as the root, and a configuration to be edited by the test."""
import functools
import json
import os
import shutil
import struct
import subprocess
import tempfile
from pathlib import Path

import machine

BUSYBOX = "/bin/busybox"
FOLDERS = ["bin", "dev", "etc", "proc", "root", "sys", "tmp", "var"]
CAPABILITIES = ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"]


def make_rootfs(folder):
    """A root with busybox under all its names."""
    folder = Path(folder)
    for name in FOLDERS:
        (folder / name).mkdir(parents=True)
    (folder / "tmp").chmod(0o1777)
    shutil.copy2(BUSYBOX, folder / "bin" / "busybox")
    for name in applets():
        if name != "busybox":
            (folder / "bin" / name).symlink_to("busybox")
    (folder / "etc" / "passwd").write_text("root:x:0:0:root:/root:/bin/sh\n"
                                           "guest:x:1000:1000:guest:/tmp:/bin/sh\n")
    (folder / "etc" / "group").write_text("root:x:0:\nguest:x:1000:\n")
    return folder


@functools.lru_cache(maxsize=None)
def applets():
    return subprocess.run([BUSYBOX, "--list"], capture_output=True, text=True,
                          check=True).stdout.split()


@functools.lru_cache(maxsize=None)
def shared_rootfs():
    """One root for all tests that only read it. conftest.py takes it away at the end."""
    folder = tempfile.mkdtemp(prefix=machine.SHARED_ROOT)
    os.chmod(folder, 0o755)
    return make_rootfs(folder)


def default_config(args):
    """What an engine gives to a runtime for a plain container, in short."""
    return {
        "ociVersion": "1.2.0",
        "process": {
            "terminal": False,
            "user": {"uid": 0, "gid": 0},
            "args": list(args),
            "env": ["PATH=/bin:/sbin", "TERM=dumb"],
            "cwd": "/",
            "capabilities": {name: list(CAPABILITIES)
                             for name in ("bounding", "effective", "permitted")},
            "noNewPrivileges": True,
        },
        "root": {"path": str(shared_rootfs()), "readonly": True},
        "hostname": "box",
        "mounts": [
            mount("/proc", "proc", "proc"),
            mount("/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k"),
            mount("/dev/pts", "devpts", "devpts", "nosuid", "noexec", "newinstance",
                  "ptmxmode=0666", "mode=0620"),
            mount("/dev/shm", "tmpfs", "shm", "nosuid", "noexec", "nodev", "mode=1777",
                  "size=65536k"),
            mount("/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec", "nodev"),
            mount("/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", "ro"),
            mount("/tmp", "tmpfs", "tmpfs", "nosuid", "nodev", "mode=1777"),
        ],
        "linux": {
            "namespaces": [{"type": name}
                           for name in ("pid", "network", "ipc", "uts", "mount", "cgroup")],
            "resources": {},
            "maskedPaths": ["/proc/kcore", "/proc/keys", "/sys/firmware"],
            "readonlyPaths": ["/proc/bus", "/proc/sys", "/proc/sysrq-trigger"],
        },
    }


def mount(destination, kind, source, *options):
    return {"destination": destination, "type": kind, "source": str(source),
            "options": list(options)}


def bind(destination, source, *options):
    return mount(destination, "bind", source, "rbind", *options)


def rootless(config, uid):
    """Turn it into a configuration that an ordinary user may run: one id, no network."""
    config["linux"]["namespaces"].append({"type": "user"})
    for ids in ("uidMappings", "gidMappings"):
        config["linux"][ids] = [{"containerID": 0, "hostID": uid, "size": 1}]


def drop_namespace(config, kind):
    config["linux"]["namespaces"] = [n for n in config["linux"]["namespaces"]
                                     if n["type"] != kind]


def join_namespace(config, kind, path):
    drop_namespace(config, kind)
    config["linux"]["namespaces"].append({"type": kind, "path": str(path)})


class Bundle:
    """A folder with a config.json. `config` is written out by `write`."""

    def __init__(self, folder, args=("true",), mark=""):
        self.folder = Path(folder)
        self.folder.mkdir()
        self.config = default_config(args)
        self.config["process"]["env"].append(f"HUSK_TEST={mark}")

    def own_rootfs(self):
        """A root of its own, which the test may change; returns its folder."""
        self.config["root"]["path"] = "rootfs"
        return make_rootfs(self.folder / "rootfs")

    def write(self):
        (self.folder / "config.json").write_text(json.dumps(self.config, indent=1))
        return self


def tiny_program(code):
    """An x86-64 ELF program that is nothing but these machine instructions."""
    base, head = 0x400000, 64 + 56
    elf = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01", 2, 62, 1, base + head, 64, 0,
                      0, 64, 56, 1, 0, 0, 0)
    load = struct.pack("<IIQQQQQQ", 1, 5, 0, base, base, head + len(code), head + len(code),
                       0x1000)
    return elf + load + code


# xor eax, eax; mov [rax], al
SEGFAULT = tiny_program(b"\x31\xc0\x88\x00")
