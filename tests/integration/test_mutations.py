# SPDX-License-Identifier: GPL-2.0-or-later
"""A full configuration with one thing wrong, some thousand ways: husk never dies of it.

Every value of the configuration is replaced by values of a dictionary, taken away and given twice;
the text is cut and spoiled. Each is given to `husk create`, and what was created is deleted.
Wanted: exit status 0 without a word or 1 with one line, within seconds, and nothing left.
"""
import copy
import json
import os
import random
import subprocess
from concurrent.futures import ThreadPoolExecutor

import machine
from bundle import mount
from husk import LIMIT, PATIENCE, TOP, ContainerTest

SEED = 20
FULL = TOP / "tests" / "data" / "config-full.json"
EACH = 3   # values of the dictionary for each place of the configuration
TEXTS = 120


def runnable(folder, mark):
    """The configuration that the reader's tests use, less what no machine of ours can give."""
    config = json.loads(FULL.read_text())
    process, linux = config["process"], config["linux"]
    process.update(terminal=False, cwd="/tmp", oomScoreAdj=100,
                   env=["PATH=/bin", f"HUSK_TEST={mark}"],
                   user={"uid": 1000, "gid": 1000, "umask": 0o22, "additionalGids": [5, 6]},
                   capabilities={kind: ["CAP_KILL", "CAP_CHOWN"] for kind in
                                 ("bounding", "effective", "permitted", "inheritable", "ambient")},
                   rlimits=[{"type": "RLIMIT_NOFILE", "soft": 256, "hard": 512},
                            {"type": "RLIMIT_CORE", "soft": 0, "hard": 0}],
                   scheduler={"policy": "SCHED_BATCH", "nice": 5,
                              "flags": ["SCHED_FLAG_RESET_ON_FORK"]})
    for member in ("apparmorProfile", "selinuxLabel", "consoleSize"):
        del process[member]
    config["root"] = {"path": str(folder / "rootfs"), "readonly": True}
    (folder / "data").mkdir()
    config["mounts"] = [
        mount("/proc", "proc", "proc"),
        mount("/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=64k"),
        mount("/dev/pts", "devpts", "devpts", "newinstance", "ptmxmode=0666", "mode=0620"),
        mount("/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", "ro"),
        mount("/sys/fs/cgroup", "cgroup", "cgroup", "ro"),
        mount("/tmp", "tmpfs", "tmpfs", "tmpcopyup", "rprivate"),
        mount("/data", "bind", folder / "data", "rbind", "rro", "nosuid")]
    hook = {"path": "/bin/true", "args": ["true"], "env": [f"HUSK_TEST={mark}"],
            "timeout": LIMIT}
    config["hooks"] = {kind: [hook] for kind in config["hooks"]}
    for member in ("netDevices", "intelRdt", "uidMappings", "gidMappings", "mountLabel"):
        linux.pop(member, None)
    linux["namespaces"] = [{"type": kind} for kind in ("pid", "network", "mount", "ipc", "uts",
                                                       "cgroup", "time")]
    linux["cgroupsPath"] = f"/{mark}-full"
    linux["timeOffsets"] = {"monotonic": {"secs": 5, "nanosecs": 6}, "boottime": {"secs": 7}}
    linux["devices"] = [{"path": "/dev/fuse", "type": "c", "major": 10, "minor": 229,
                         "fileMode": 0o660, "uid": 1, "gid": 2}, {"path": "/dev/p", "type": "p"}]
    linux["resources"] = {
        "devices": [{"allow": False},
                    {"allow": True, "type": "c", "major": 10, "minor": 229, "access": "rwm"}],
        "memory": {"limit": 1 << 27, "reservation": 1 << 26, "checkBeforeUpdate": True},
        "cpu": {"shares": 1024, "quota": 50000, "period": 100000, "cpus": "0", "mems": "0"},
        "pids": {"limit": 100}}
    if machine.is_emulated():  # the first and the last cpuset patch the kernel
        del linux["resources"]["cpu"]["cpus"], linux["resources"]["cpu"]["mems"]
    linux["memoryPolicy"] = {"mode": "MPOL_PREFERRED", "nodes": "0", "flags": []}
    linux["sysctl"] = {"net.ipv4.ip_forward": "1", "kernel.shmmax": "68719476736",
                       "kernel.domainname": config["domainname"]}
    linux["seccomp"]["syscalls"] = [
        {"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28},
        {"names": ["personality"], "action": "SCMP_ACT_LOG", "args": [
            {"index": 0, "value": 8, "valueTwo": 1, "op": "SCMP_CMP_MASKED_EQ"}]}]
    for member in ("listenerPath", "listenerMetadata", "defaultErrnoRet"):
        del linux["seccomp"][member]
    linux["seccomp"].update(defaultAction="SCMP_ACT_ALLOW",
                            architectures=["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"],
                            flags=["SECCOMP_FILTER_FLAG_LOG"])
    return config


def dictionary(mark):
    """What stands in the place of a value. Words bear the mark, as what is made of them does."""
    deep = []
    for _ in range(40):
        deep = [deep, {"a": deep}] if len(json.dumps(deep)) < 2000 else [deep]
    return [None, True, False, 0, 1, -1, 127, 255, 65536, (1 << 31) - 1, 1 << 31, (1 << 32) - 1,
            1 << 32, (1 << 53) + 1, (1 << 63) - 1, 1 << 63, (1 << 64) - 1, 1 << 64, -(1 << 63),
            -(1 << 63) - 1, 10 ** 30, 0.5, -1.5, 1e300, "", " ", "0", "-1", mark, f"{mark}\0b",
            f"{mark}\nb", f"{mark}%s%n%d", "\u00e4\U0001f600" + mark, "A" * 300 + mark,
            mark + "x" * 5000, mark + "y" * (1 << 20), f"../{mark}/../../nowhere",
            f"/proc/self/fd/9/{mark}", [], [[]], [None], [1, "a"], [mark] * 300, {}, {"": ""},
            {mark: {}}, {"type": mark}, deep]


def places(value, path=()):
    """The path of every value below, from the outside in."""
    for key, inner in (value.items() if isinstance(value, dict) else
                       enumerate(value) if isinstance(value, list) else ()):
        yield (*path, key)
        yield from places(inner, (*path, key))


def holder_of(config, path):
    for step in path[:-1]:
        config = config[step]
    return config


def replaced(config, path, value):
    config = copy.deepcopy(config)
    holder_of(config, path)[path[-1]] = value
    return json.dumps(config)


def removed(config, path):
    config = copy.deepcopy(config)
    del holder_of(config, path)[path[-1]]
    return json.dumps(config)


class Twice(dict):
    """Written with its first member a second time, with another value."""

    def items(self):
        pairs = list(super().items())
        return pairs + [(pairs[0][0], [pairs[0][1]])] if pairs else pairs


def given_twice(config, path):
    """A list has its entry twice; an object with the first member twice; others as they are."""
    config = copy.deepcopy(config)
    holder, key = holder_of(config, path), path[-1]
    if isinstance(holder, list):
        holder.insert(key, holder[key])
    elif isinstance(holder[key], dict):
        holder[key] = Twice(holder[key])
    else:
        holder[key] = [holder[key]] * 2
    return json.dumps(config, indent=0)


def spoiled(text, chance):
    """The bytes of the text with an end too early, one byte changed, or a piece repeated."""
    data = bytearray(text.encode())
    at = chance.randrange(len(data))
    kind = chance.randrange(3)
    if kind == 0:
        return bytes(data[:at])
    if kind == 1:
        data[at] = chance.choice(b'\0"{}[],:\\\xff0-e')
        return bytes(data)
    end = min(len(data), at + chance.randrange(1, 200))
    return bytes(data[:end] + data[at:])


def mutations(config, mark):
    """(what it is, the bytes of config.json), always the same ones."""
    chance, words = random.Random(SEED), dictionary(mark)
    for number, path in enumerate(places(config)):
        name = ".".join(map(str, path))
        for turn in range(EACH):
            value = words[(number * 7 + turn * 17) % len(words)]
            yield f"{name} = {json.dumps(value)[:60]}", replaced(config, path, value).encode()
        yield f"{name} removed", removed(config, path).encode()
        yield f"{name} twice", given_twice(config, path).encode()
    text = json.dumps(config)
    for number in range(TEXTS):
        yield f"text {number}", spoiled(text, chance)
    for bracket in ("[", '{"a":'):
        yield f"{bracket} deep", (bracket * 100000).encode()


class Mutations(ContainerTest):
    """G-01..G-03: a wrong value is an error, and an error leaves no trace."""

    def setUp(self):
        super().setUp()
        self.made_bundle = self.bundle()
        self.made_bundle.own_rootfs()
        self.config = runnable(self.made_bundle.folder, self.mark)

    def attempt(self, number, text):
        """husk create, and delete when it was made. None, or what is wrong with the answer."""
        name, errors = f"{self.mark}-m{number}", self.folder / f"errors-{number}"
        path = self.made_bundle.folder / f"config-{number}.json"
        path.write_bytes(text.replace(f"{self.mark}-full".encode(), name.encode()))
        with open(errors, "wb") as stderr:
            try:
                done = subprocess.run(
                    self.command("--log-level=error", "create", "--bundle",
                                 self.made_bundle.folder, "--config", path.name, name),
                    env=self.environment, cwd=self.folder, stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL, stderr=stderr, timeout=LIMIT)
            except subprocess.TimeoutExpired:
                return f"no end after {LIMIT} s"
        path.unlink()
        said = errors.read_text(errors="replace")
        wanted = {0: 0, 1: 1}.get(done.returncode)
        if wanted is None or said.count("\n") != wanted or len(said) > 2000:
            return f"exit status {done.returncode}, {said[:3000]}"
        if done.returncode == 0:
            deleted = self.husk("delete", "--force", name, code=None)
            if deleted.code != 0 or deleted.err:
                return f"delete: exit status {deleted.code}, {deleted.err}"
        elif name in machine.states_in(self.root):
            return f"state left behind: {said}"
        self.outcomes[done.returncode] += 1
        return None

    def test_none_crashes_hangs_or_leaves_anything(self):
        self.outcomes = [0, 0]
        self.assertIsNone(self.attempt("whole", json.dumps(self.config).encode()))
        self.assertEqual(self.outcomes, [1, 0], (self.folder / "errors-whole").read_text())
        listed = list(mutations(self.config, self.mark))
        # Where everything is slower, a share of them.
        share = 6 if machine.is_emulated() else PATIENCE
        listed = listed[::share]
        self.assertGreater(len(listed), 1000 // share)
        with ThreadPoolExecutor(2 * os.cpu_count()) as pool:
            answers = pool.map(lambda one: self.attempt(one[0], one[1][1]), enumerate(listed))
        wrong = [f"{name}: {answer}" for (name, _), answer in zip(listed, answers) if answer]
        self.assertEqual(wrong, [])
        # Both happen often, or the mutations would be no test of the one or of the other.
        self.assertGreater(min(self.outcomes), 40, self.outcomes)
        self.assert_nothing_left()
