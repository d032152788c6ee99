# SPDX-License-Identifier: GPL-2.0-or-later
"""The bundles that are measured, who runs them, and what each of them is called with.

The bundle is what `husk spec` writes, without a terminal and without device rules (some runtimes
need CAP_SYS_RESOURCE for their program of them). Its command is a program of three
instructions: the start of a C library would hide differences.
"""
import contextlib
import copy
import json
import os
import re
import shutil
import struct
import subprocess
from pathlib import Path

import measure
import same
from measure import BENCH, HUSK, TOP

PEERS = ["crun", "runc"]
# xor edi, edi; mov eax, 60; syscall
TRUE = b"\x31\xff\xb8\x3c\x00\x00\x00\x0f\x05"
# mov eax, 34; syscall; jmp to the begin: pause(2), for ever
SLEEP = b"\xb8\x22\x00\x00\x00\x0f\x05\xeb\xf7"
BARE = ("-Os -ffreestanding -fno-builtin -fno-pie -fno-stack-protector "
        "-fno-asynchronous-unwind-tables -fno-unwind-tables -static -nostdlib "
        "-ffunction-sections -Wl,--gc-sections -Wl,-s -Wl,--build-id=none "
        "-Wl,-z,noseparate-code -Wl,-z,norelro -Wl,-z,noexecstack").split()
# Not allowed by the profile: what changes the machine.
DENIED = {"reboot", "kexec_load", "kexec_file_load", "init_module", "finit_module",
          "delete_module", "swapon", "swapoff", "settimeofday", "clock_settime", "acct"}
ALLOWED_COUNT = 350


def tiny_program(path, code):
    """An x86-64 ELF program that is nothing but these machine instructions."""
    base, head = 0x400000, 64 + 56
    elf = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01", 2, 62, 1, base + head, 64, 0,
                      0, 64, 56, 1, 0, 0, 0)
    size = head + len(code)
    path.write_bytes(elf + struct.pack("<IIQQQQQQ", 1, 5, 0, base, base, size, size, 0x1000)
                     + code)
    path.chmod(0o755)


def allowed_calls():
    """{name: number} of the profile: all that this machine's headers know, up to 350."""
    header = subprocess.run(["gcc", "-E", "-dM", "-include", "asm/unistd.h", "-x", "c",
                             "/dev/null"], capture_output=True, text=True, check=True).stdout
    known = sorted((int(number), name) for name, number
                   in re.findall(r"#define __NR_(\w+) (\d+)$", header, re.MULTILINE)
                   if name not in DENIED)
    return {name: number for number, name in known[:ALLOWED_COUNT]}


def profile():
    return {"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64"],
            "syscalls": [{"names": list(allowed_calls()), "action": "SCMP_ACT_ALLOW"}]}


class Bundles:
    """One root for all; `bundle` makes a folder with a config.json over it."""

    def __init__(self, folder):
        self.folder = folder
        self.root = folder / "rootfs"
        for name in ("bin", "dev", "proc", "sys", "tmp"):
            (self.root / name).mkdir(parents=True)
        tiny_program(self.root / "bin" / "true", TRUE)
        tiny_program(self.root / "bin" / "sleep", SLEEP)
        shutil.copy(shutil.which("busybox"), self.root / "bin" / "busybox")
        self.default = self.read_default()

    def read_default(self):
        subprocess.run([HUSK, "spec", "--bundle", self.folder], check=True)
        config = json.loads((self.folder / "config.json").read_text())
        # crun 1.8 knows no later one, and nothing here needs one.
        config["ociVersion"] = "1.0.2"
        config["process"]["terminal"] = False
        config["root"]["path"] = str(self.root)
        del config["linux"]["resources"]
        return config

    def bundle(self, name, *args, **linux):
        """A bundle that runs these words; `linux` is added to that part of its config."""
        config = copy.deepcopy(self.default)
        config["process"]["args"] = list(args)
        config["linux"].update(linux)
        folder = self.folder / name
        folder.mkdir()
        (folder / "config.json").write_text(json.dumps(config))
        return folder

    def command(self, name):
        """A helper of bench/, built, as a command in the root."""
        shutil.copy(measure.build(name, "-static"), self.root / "bin")
        return f"/bin/{name}"


def build_bare(name, *files):
    """These files of bench/ as a program without a C library, on what husk-init has for that."""
    bare = TOP / "src" / "init" / "bare"
    return measure.compiled(name, [*(BENCH / file for file in files), bare / "start.c",
                                   bare / "string.c", bare / "vfork.c"],
                            [*BARE, "-I", str(TOP / "src")])


def bubblewrap(root, *words):
    """Less than the default bundle: no cgroup, no masks, the host's /sys."""
    here = measure.installed(["bwrap"])
    return here and [here["bwrap"], *"""--unshare-pid --unshare-net --unshare-ipc --unshare-uts
        --unshare-cgroup --as-pid-1 --hostname husk --proc /proc --dev /dev --mqueue /dev/mqueue
        --cap-drop ALL --cap-add CAP_KILL --cap-add CAP_AUDIT_WRITE --cap-add CAP_NET_BIND_SERVICE
        --chdir / --clearenv --setenv PATH /bin""".split(),
            "--ro-bind", str(root / "bin"), "/bin", "--ro-bind", "/sys", "/sys", *words]


class Field:
    """Where a table of containers is measured: a bundle, a floor, and who runs them."""

    def __init__(self, folder, view):
        self.folder, self.view = folder, view
        # Ids are names of cgroups as well, and these are the machine's.
        self.mark = f"husk-bench-{os.getpid()}"
        self.bundles = Bundles(folder)
        self.runtimes = {"husk": str(HUSK), **measure.installed(PEERS)}
        self.floor = build_bare("floor", "floor.c", "floor_cgroup.c")

    def words(self, name, verb, *words):
        """One call of a runtime, with a state folder of its own, in memory."""
        return [self.runtimes[name], "--root", str(self.folder / f"state-{name}"), verb,
                *map(str, words)]

    def call(self, name, verb, *words):
        """True when it worked. What it starts has its stdout: none of it is read."""
        return subprocess.run(self.words(name, verb, *words), stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              check=False).returncode == 0

    def id(self, name):
        """Of the container that a runtime has all through a table, or of another."""
        return f"{self.mark}-{name}"

    def pid(self, name):
        """The first process of that container."""
        done = subprocess.run(self.words(name, "state", self.id(name)), check=True,
                              capture_output=True, text=True)
        return json.loads(done.stdout)["pid"]

    def floor_words(self, *words):
        return [str(self.floor), *(["-1"] if self.view == "v1" else []), *map(str, words)]

    def hold_floor_honest(self, options=(), **linux):
        """Ends the program when the floor isolates otherwise than `husk run`."""
        look = self.bundles.command("look")
        bundle = self.bundles.bundle("look", look, **linux)
        words = self.words("husk", "run", "--bundle", bundle, self.id("look"))
        same.hold(("husk", words),
                  ("floor", self.floor_words(*options, self.bundles.root, look)))

    def table(self, name, title, columns, bar="median"):
        table = measure.Table(name, f"{title}, {self.view}", columns, bar)
        table.versions = {name: measure.version_of(path)
                          for name, path in self.runtimes.items()}
        return table

    @contextlib.contextmanager
    def containers(self, verb, bundle):
        """A container of each runtime, made by `run --detach` or another verb."""
        try:
            for name in list(self.runtimes):
                if not self.call(name, verb, *(["--detach"] if verb == "run" else []),
                                 "--bundle", bundle, self.id(name)):
                    print(f"{name} cannot {verb} here", flush=True)
                    del self.runtimes[name]
            yield
        finally:
            for name in self.runtimes:
                self.call(name, "delete", "--force", self.id(name))
