# SPDX-License-Identifier: GPL-2.0-or-later
"""A configuration with a value in every place, for tests that change one and see what comes."""
import copy
import json
import subprocess

import machine
from bundle import mount
from husk import LIMIT, TOP, ContainerTest

FULL = TOP / "tests" / "data" / "config-full.json"


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


class FullTest(ContainerTest):
    """Attempts to create a container of a configuration that is the full one but for a change."""

    def setUp(self):
        super().setUp()
        self.made_bundle = self.bundle()
        self.made_bundle.own_rootfs()
        self.config = runnable(self.made_bundle.folder, self.mark)
        self.outcomes = [0, 0]

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
