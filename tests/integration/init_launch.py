# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs as the first process of a new pid namespace, started the way husk starts its init."""
import contextlib
import functools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import husk
import machine
from process import Process

TOP = husk.TOP
CHILD = str(Path(__file__).with_name("init_child.py"))
CLONE_NEWPID = 0x20000000
ALL_SIGNALS = set(range(1, 65)) - {32, 33}
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"

notes = []  # lines for the end of the run; conftest.py prints them

PEERS = {"tini": ["tini"], "tini -g": ["tini", "-g"], "dumb-init": ["dumb-init"],
         "dumb-init -c": ["dumb-init", "-c"], "catatonit": ["catatonit"]}

# Those of src/init/meson.build that every compiler of the tests knows.
BARE = ["-std=gnu17", "-D_GNU_SOURCE", "-Oz", "-ffreestanding", "-fno-builtin", "-fno-pie",
        "-ffunction-sections", "-fdata-sections", "-fno-stack-protector",
        "-fno-asynchronous-unwind-tables", "-fno-unwind-tables", "-fno-jump-tables",
        "-fomit-frame-pointer", "-fno-ident", "-Wall", "-Wextra", "-Werror", "-static", "-nostdlib", "-Wl,--gc-sections",
        "-Wl,--build-id=none", "-Wl,-z,noseparate-code", "-Wl,-z,norelro", "-Wl,-s"]


def binary():
    return str(Path(husk.BINARY).parent / "husk-init")


@contextlib.contextmanager
def new_pid_namespace():
    """Children made inside the block get one; the first of them is its PID 1."""
    own = os.open("/proc/self/ns/pid", os.O_RDONLY)
    try:
        check(machine.libc.unshare(CLONE_NEWPID))
        try:
            yield
        finally:
            check(machine.libc.setns(own, CLONE_NEWPID))
    finally:
        os.close(own)


def check(result):
    if result != 0:
        raise OSError("a namespace could not be changed")


@contextlib.contextmanager
def blocked_signals(blocked):
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ALL_SIGNALS if blocked else set())
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def launch(words, blocked=True, as_first=True, **options):
    """A Popen of the words as PID 1 of a new pid namespace, by default with all signals blocked."""
    options.setdefault("stdin", subprocess.DEVNULL)
    options.setdefault("env", {"PATH": PATH})
    place = new_pid_namespace() if as_first else contextlib.nullcontext()
    with place, blocked_signals(blocked):
        return subprocess.Popen([str(word) for word in words], **options)


def child_words(*words):
    return [sys.executable, "-SsB", CHILD, *map(str, words)]


def with_own_proc(words):
    """In front of an init: a /proc that shows the new namespace. The pid stays the same."""
    return ["unshare", "--mount", "sh", "-c", 'mount -t proc proc /proc && exec "$@"', "sh", *words]


def code_of(running, timeout=60):
    """As a shell has it: the exit code, or 128 + the signal."""
    code = running.wait(timeout * husk.PATIENCE)
    return code if code >= 0 else 128 - code


def end(running):
    if running.poll() is None:
        running.kill()
    running.wait()
    for pipe in (running.stdin, running.stdout, running.stderr):
        if pipe:
            pipe.close()


def main_child(running):
    return Process(Process(running.pid).children()[0])


# ---- what is built for the tests

@functools.lru_cache(maxsize=None)
def folder():
    """For what is built; conftest.py takes it away at the end."""
    return Path(tempfile.mkdtemp(prefix=f"husk-built-{os.getpid()}-"))


def remove_built():
    if folder.cache_info().currsize:
        shutil.rmtree(folder())


@functools.lru_cache(maxsize=None)
def bench():
    out = folder() / "init-bench"
    subprocess.run(["gcc", "-std=gnu17", "-D_GNU_SOURCE", "-O2", "-o", out,
                    *(TOP / "bench" / f"init-{part}.c" for part in ("bench", "child", "behave"))],
                   check=True)
    out.chmod(0o755)
    return str(out)


@functools.lru_cache(maxsize=None)
def arm64_binary():
    out, header = folder() / "husk-init-arm64", folder() / "init" / "version.h"
    header.parent.mkdir()
    header.write_text('#define INIT_VERSION "0"\n#define INIT_COMMIT "0"\n')
    sources = [*(TOP / "src/init").glob("*.c"), *(TOP / "src/init/bare").glob("*.c"),
               TOP / "src/signal/name.c", TOP / "src/base/number.c"]
    subprocess.run(["aarch64-linux-gnu-gcc", *BARE, f"-I{TOP / 'src'}", f"-I{folder()}",
                    "-o", out, *sources], check=True)
    return out
