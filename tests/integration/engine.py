# SPDX-License-Identifier: GPL-2.0-or-later
"""An engine that calls husk: with a folder, sockets, cgroups and a mount namespace of its own.

A test file makes one in setUpModule, shares it among its tests, and ends it in tearDownModule.
What the engine has left behind by then is a failure.
"""
import hashlib
import io
import json
import os
import pty
import re
import shutil
import subprocess
import tarfile
import tempfile
import time
import unittest
from pathlib import Path

import bundle
import husk
import machine
from husk import Result
from test_terminal import Screen

HUSK = Path(husk.BINARY).absolute()
INIT = HUSK.parent / "husk-init"
WAIT = 300 * husk.PATIENCE  # seconds; only a guard against what never happens

# Where engines and husk write without being told to. Whoever is not there gets no cover.
COVERED = ["/run/husk", "/run/containerd", "/var/cache", "/var/lib/containers", "/var/lib/cni",
           "/dev/shm"]
HOLDER = "for at; do [ ! -d $at ] || mount -t tmpfs -o mode=755 husk-test $at; done; echo; cat"

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}  # by the names of OCI

TRAP = "trap 'echo got; exit 3' TERM; echo ready; while :; do sleep 3600 & wait $!; done"


class Engine:
    """Its folder and all that bears its mark, from the first program to the end of the last."""

    def __init__(self, name):
        # Also the name of a cgroup and of a namespace of containerd: no underscore.
        self.mark = f"husk-test-{name}-{os.getpid()}-{os.urandom(3).hex()}"
        self.folder = Path(tempfile.gettempdir()) / self.mark
        self.folder.mkdir(mode=0o755)
        self.home = self.new_folder("home")
        self.husk = HUSK
        # Engines hand HOME on to what they start: the folder in it is the mark of all of them.
        self.environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(self.home),
                            **{name: value for name, value in os.environ.items()
                               if name.endswith("SAN_OPTIONS")}}
        self.made = [path for path in ("/run/husk", "/run/containerd") if not os.path.exists(path)]
        for path in self.made:
            os.makedirs(path, mode=0o711, exist_ok=True)
        # A process that holds the mount namespace, until its input ends.
        self.holder = subprocess.Popen(
            ["unshare", "--mount", "--propagation", "private", "sh", "-c", HOLDER, "sh", *COVERED],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.holder.stdout.readline()
        self.prefix = ["nsenter", f"--mount=/proc/{self.holder.pid}/ns/mnt", "--"]

    def new_folder(self, name):
        (self.folder / name).mkdir()
        return self.folder / name

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def archive(self, name, root):
        """A tar file of a root, which engines import as an image."""
        subprocess.run(["tar", "-C", root, "-cf", self.folder / name, "."], check=True)
        return self.folder / name

    def run(self, *words, **options):
        """A program of the engine, to its end."""
        options.setdefault("stdin", None if "input" in options else subprocess.DEVNULL)
        done = subprocess.run([*self.prefix, *map(str, words)], env=self.environment, text=True,
                              capture_output=True, timeout=WAIT, **options)
        return Result(done.returncode, done.stdout, done.stderr)

    def spawn(self, *words, **options):
        options.setdefault("stdin", subprocess.DEVNULL)
        return subprocess.Popen([*self.prefix, *map(str, words)], env=self.environment, **options)

    def daemon(self, *words):
        """A program that stays; its words go to the file "log"."""
        with open(self.folder / "log", "ab") as log:
            return self.spawn(*words, stdout=log, stderr=log)

    def last_words(self):
        log = self.folder / "log"
        return (log.read_text().splitlines() or ["no word of it"])[-1] if log.exists() else ""

    def states(self):
        """The containers that husk knows where it looks when it is not told to look elsewhere."""
        done = self.run(self.husk, "list", "--quiet")
        return done.out.split() if done.code == 0 else [done.err]

    def wait_for_processes(self):
        """What engines leave to itself, as conmon after the container: all of it shall end."""
        def all_ended():
            machine.reap_orphans()
            return not machine.processes_with(self.mark)
        self.patiently(all_ended)

    def patiently(self, happens):
        """Asks again until it has happened; what has not by then is found to be left."""
        end = time.monotonic() + WAIT
        while not happens() and time.monotonic() < end:
            time.sleep(0.02)

    def mounts(self):
        lines = Path(f"/proc/{self.holder.pid}/mountinfo").read_text().splitlines()
        return [line.split()[4] for line in lines if self.mark in line]

    def end(self):
        """To be called when the engine has ended all it can; what is left then is returned."""
        self.wait_for_processes()
        left = ([f"mount {path}" for path in self.mounts()]
                + [f"container {name}" for name in self.states()])
        self.holder.communicate()
        remove_empty(self.made)
        self.patiently(lambda: remove_cgroups(self.mark))
        left += machine.leftovers(self.mark, self.folder / "no-states")
        machine.clear(self.mark)
        shutil.rmtree(self.folder)
        return left

    def prepare(self, test):
        """Make it ready for tests: images, the first answer. Raises SkipTest when it cannot be."""

    def serve(self, test_class):
        """Ready for the tests of that class and of those made of it; or ended at once."""
        test_class.engine = self
        try:
            self.prepare(test_class())
        except BaseException:
            self.end()
            raise

    def end_clean(self):
        left = self.end()
        if left:
            raise AssertionError("left behind: " + "; ".join(left))


def documented(name):
    """A block of docs/engines.md, by what its first line names, with the programs of the test."""
    text = (husk.TOP / "docs" / "engines.md").read_text()
    for block in re.findall(r"(?ms)^```\w+\n(.*?)^```", text):
        if name in block.partition("\n")[0]:
            return block.replace("/usr/local/bin/husk", str(HUSK)).replace(
                "/usr/local/libexec/husk/husk-init", str(INIT))
    raise LookupError(f"docs/engines.md: no block {name}")


def merged(text):
    """TOML with one table of each name and one line of each key, as it demands: the last one."""
    tables = {"": {}}
    table = tables[""]
    for line in text.splitlines():
        if line.startswith("["):
            table = tables.setdefault(line, {})
        elif line and not line.startswith("#"):
            table[line.partition(" = ")[0]] = line
    return "".join("\n".join([name, *lines.values(), ""]) for name, lines in tables.items())


def remove_cgroups(*names):
    """Those of these names in all trees, with what lies below them. Is none left?"""
    tops = [top for name in names for top in machine.cgroups_with(name)]
    remove_empty({at for top in tops for at, _, _ in os.walk(top)})
    return not any(map(os.path.exists, tops))


def remove_empty(paths):
    """Folders and cgroups, those of them that are empty: engines take away less than they make."""
    for path in sorted(paths, reverse=True):
        try:
            os.rmdir(path)
        except OSError:
            pass


def skip_unless(*needs):
    for need in needs:
        if machine.lacks(need):
            raise unittest.SkipTest(machine.lacks(need))


class EngineTest(unittest.TestCase):
    engine = None  # of the file

    def tearDown(self):
        self.until(lambda: self.engine.states() == [], "husk knows no container any more")

    def checked(self, words, done, code):
        """The result of a call, once its exit status is seen to be `code`; None for any."""
        if code is not None and done.code != code:
            self.fail(f"{' '.join(map(str, words))}: exit status {done.code}, not {code}\n"
                      f"stdout: {done.out}\nstderr: {done.err}")
        return done

    def until(self, happens, what):
        """Asks again until it has happened."""
        end = time.monotonic() + WAIT
        while not (seen := happens()):
            if time.monotonic() > end:
                self.fail(f"not within {WAIT} s: {what}")
            time.sleep(0.02)
        return seen

    def on_terminal(self, words, rows, columns):
        """Begins a call that has a terminal of that size; gives it and the screen."""
        master, slave = pty.openpty()
        self.addCleanup(os.close, master)
        screen = Screen(master)
        screen.resize(rows, columns)
        call = self.engine.begin(*words, stdin=slave, stdout=slave, stderr=slave,
                                 start_new_session=True)
        os.close(slave)
        self.addCleanup(call.wait)
        self.addCleanup(call.kill)
        return call, screen


def oci_archive(path, name, layer, config):
    """A tar file with an image in the layout of OCI, of one layer, which is a tar file too."""
    blobs = {}

    def blob(kind, data, **more):
        digest = hashlib.sha256(data).hexdigest()
        blobs[f"blobs/sha256/{digest}"] = data
        return {"mediaType": f"application/vnd.oci.image.{kind}", "digest": f"sha256:{digest}",
                "size": len(data), **more}

    layer = blob("layer.v1.tar", layer.read_bytes())
    config = blob("config.v1+json", json.dumps({
        "architecture": ARCHITECTURES[os.uname().machine], "os": "linux", "config": config,
        "rootfs": {"type": "layers", "diff_ids": [layer["digest"]]}}).encode())
    manifest = blob("manifest.v1+json", json.dumps({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": config, "layers": [layer]}).encode(),
        annotations={"io.containerd.image.name": name})
    blobs["oci-layout"] = b'{"imageLayoutVersion": "1.0.0"}'
    blobs["index.json"] = json.dumps({"schemaVersion": 2, "manifests": [manifest]}).encode()
    with tarfile.open(path, "w") as archive:
        for name_inside, data in blobs.items():
            about = tarfile.TarInfo(name_inside)
            about.size = len(data)
            archive.addfile(about, io.BytesIO(data))
    return path


def pause_root(folder):
    """A root with nothing but husk-init, as the first process of a pod."""
    shutil.copy2(INIT, folder / "pause")
    return folder


def busybox_root():
    return bundle.shared_rootfs()
