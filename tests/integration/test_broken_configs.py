# SPDX-License-Identifier: GPL-2.0-or-later
"""One kind of mistake per row: husk says where it is, in one line, and leaves nothing."""
import os

from bundle import drop_namespace
from husk import ContainerTest, rows

LONG = 1 << 63


def at(config, path):
    """The holder of the last step of a path such as ("mounts", 0, "type"), made on the way."""
    for step, following in zip(path, path[1:]):
        if isinstance(config, dict) and step not in config:
            config[step] = [] if isinstance(following, int) else {}
        if isinstance(config, list) and step == len(config):
            config.append([] if isinstance(following, int) else {})
        config = config[step]
    return config


def put(path, value):
    """An edit that sets one member."""
    def edit(config):
        holder = at(config, path)
        if isinstance(holder, list) and path[-1] == len(holder):
            holder.append(value)
        else:
            holder[path[-1]] = value
    return edit


def drop(*path):
    """An edit that takes one member away."""
    def edit(config):
        del at(config, path)[path[-1]]
    return edit


def both(*edits):
    def edit(config):
        for one in edits:
            one(config)
    return edit


LIMITS, MOUNTS, LINUX, PROCESS = ("linux", "resources"), ("mounts",), ("linux",), ("process",)
FILTER = ("linux", "seccomp")
ALLOW = put(FILTER + ("defaultAction",), "SCMP_ACT_ALLOW")
CALL = {"names": ["mkdir"], "action": "SCMP_ACT_ERRNO"}
USER = put(("linux", "namespaces", 6), {"type": "user"})


def mapping(inside, outside, size):
    return {"containerID": inside, "hostID": outside, "size": size}


def without(kind):
    return lambda config: drop_namespace(config, kind)


# (name, edit of the configuration, what the line must hold)
MISTAKES = [
    # the top
    ("version-missing", drop("ociVersion"), "ociVersion"),
    ("version-type", put(("ociVersion",), 1), "ociVersion"),
    ("version-word", put(("ociVersion",), "latest"), "ociVersion"),
    ("version-major", put(("ociVersion",), "2.0.0"), "ociVersion"),
    ("root-missing", drop("root"), "root"),
    ("root-path-missing", drop("root", "path"), "root.path"),
    ("root-path-type", put(("root", "path"), 7), "root.path"),
    ("root-absent", put(("root", "path"), "/nonexistent/root"), "root.path"),
    ("root-file", put(("root", "path"), "/etc/passwd"), "root.path"),
    ("root-readonly-type", put(("root", "readonly"), "yes"), "root.readonly"),
    ("hostname-without-namespace", without("uts"), "hostname"),
    ("domainname-without-namespace", both(without("uts"), drop("hostname"),
                                          put(("domainname",), "a")), "domainname"),
    ("annotation-type", put(("annotations",), {"a": 1}), "annotations"),
    ("annotation-without-key", put(("annotations",), {"": "a"}), "annotations"),
    ("nul", put(("hostname",), "a\0b"), "config.json: line"),
    # process
    ("args-empty", put(PROCESS + ("args",), []), "process.args"),
    ("args-missing", drop("process", "args"), "process.args"),
    ("args-type", put(PROCESS + ("args", 0), 1), "process.args[0]"),
    ("cwd-missing", drop("process", "cwd"), "process.cwd"),
    ("cwd-relative", put(PROCESS + ("cwd",), "tmp"), "process.cwd"),
    ("env-type", put(PROCESS + ("env", 0), 1), "process.env[0]"),
    ("env-form", put(PROCESS + ("env", 0), "PATH"), "process.env[0]"),
    ("user-missing", drop("process", "user"), "process.user"),
    ("uid-missing", drop("process", "user", "uid"), "process.user.uid"),
    ("uid-negative", put(PROCESS + ("user", "uid"), -1), "process.user.uid"),
    ("uid-too-large", put(PROCESS + ("user", "uid"), 1 << 32), "process.user.uid"),
    ("uid-fraction", put(PROCESS + ("user", "uid"), 0.5), "process.user.uid"),
    ("umask-too-large", put(PROCESS + ("user", "umask"), 0o1000), "process.user.umask"),
    ("group-type", put(PROCESS + ("user", "additionalGids"), ["wheel"]),
     "process.user.additionalGids[0]"),
    ("terminal-type", put(PROCESS + ("terminal",), "no"), "process.terminal"),
    ("limit-unknown", put(PROCESS + ("rlimits",), [{"type": "RLIMIT_X", "soft": 1, "hard": 1}]),
     "process.rlimits[0].type"),
    ("limit-twice", put(PROCESS + ("rlimits",),
                        [{"type": "RLIMIT_CORE", "soft": 1, "hard": 1}] * 2),
     "process.rlimits[1]"),
    ("limit-soft-above-hard", put(PROCESS + ("rlimits",),
                                  [{"type": "RLIMIT_CORE", "soft": 2, "hard": 1}]),
     "process.rlimits[0]"),
    ("limit-without-hard", put(PROCESS + ("rlimits",), [{"type": "RLIMIT_CORE", "soft": 2}]),
     "process.rlimits[0].hard"),
    ("oom-score-range", put(PROCESS + ("oomScoreAdj",), 1001), "process.oomScoreAdj"),
    ("oom-score-type", put(PROCESS + ("oomScoreAdj",), "5"), "process.oomScoreAdj"),
    ("scheduler-without-policy", put(PROCESS + ("scheduler",), {"nice": 1}),
     "process.scheduler.policy"),
    ("scheduler-unknown", put(PROCESS + ("scheduler",), {"policy": "SCHED_FAST"}),
     "process.scheduler.policy"),
    ("scheduler-priority", put(PROCESS + ("scheduler",),
                               {"policy": "SCHED_OTHER", "priority": 5}), "process.scheduler"),
    ("scheduler-deadline", put(PROCESS + ("scheduler",),
                               {"policy": "SCHED_OTHER", "runtime": 5}), "process.scheduler"),
    ("scheduler-flag", put(PROCESS + ("scheduler",),
                           {"policy": "SCHED_OTHER", "flags": ["SCHED_FLAG_X"]}),
     "process.scheduler.flags[0]"),
    ("io-class", put(PROCESS + ("ioPriority",), {"class": "FAST", "priority": 1}),
     "process.ioPriority.class"),
    ("io-priority", put(PROCESS + ("ioPriority",), {"class": "IOPRIO_CLASS_BE", "priority": 8}),
     "process.ioPriority.priority"),
    ("capabilities-type", put(PROCESS + ("capabilities", "bounding"), "CAP_KILL"),
     "process.capabilities.bounding"),
    ("console-without-socket", put(PROCESS + ("terminal",), True), "console-socket"),
    # mounts
    ("mount-without-destination", drop("mounts", 0, "destination"), "mounts[0].destination"),
    ("mount-option-type", put(MOUNTS + (1, "options", 0), 5), "mounts[1].options[0]"),
    ("mount-type-unknown", put(MOUNTS + (0, "type"), "nofs"), "/proc"),
    ("mount-option-unknown", put(MOUNTS + (1, "options", 0), "no-such-word"), "/dev"),
    ("mount-source-absent", put(MOUNTS + (7,), {"destination": "/var", "type": "bind",
                                                "source": "/nonexistent/source",
                                                "options": ["bind"]}), "/nonexistent/source"),
    ("mount-folder-on-file", put(MOUNTS + (7,), {"destination": "/etc/passwd", "type": "bind",
                                                 "source": "/etc", "options": ["bind"]}),
     "/etc/passwd"),
    ("mount-half-mapped", put(MOUNTS + (7,), {"destination": "/var", "type": "bind",
                                              "source": "/etc", "options": ["bind"],
                                              "uidMappings": [mapping(0, 0, 1)]}), "mounts[7]"),
    ("mount-idmap-without-map", put(MOUNTS + (7,), {"destination": "/var", "type": "bind",
                                                    "source": "/etc",
                                                    "options": ["bind", "idmap"]}), "mounts[7]"),
    ("mounts-no-list", put(MOUNTS, {}), "mounts"),
    ("mounts-without-namespace", without("mount"), "mount"),
    # namespaces and mappings
    ("namespace-unknown", put(LINUX + ("namespaces", 0, "type"), "planet"),
     "linux.namespaces[0].type"),
    ("namespace-without-type", put(LINUX + ("namespaces", 0), {}), "linux.namespaces[0].type"),
    ("namespace-twice", put(LINUX + ("namespaces", 6), {"type": "pid"}), "linux.namespaces[6]"),
    ("namespace-path-relative", put(LINUX + ("namespaces", 1, "path"), "proc/1/ns/net"),
     "linux.namespaces[1].path"),
    ("namespace-path-absent", put(LINUX + ("namespaces", 1, "path"), "/nonexistent/ns"),
     "/nonexistent/ns"),
    ("namespace-path-of-another", put(LINUX + ("namespaces", 1, "path"), "/proc/self/ns/ipc"),
     "/proc/self/ns/ipc"),
    ("namespace-path-no-namespace", put(LINUX + ("namespaces", 1, "path"), "/etc/passwd"),
     "/etc/passwd"),
    ("mappings-without-namespace", put(LINUX + ("uidMappings",), [mapping(0, 0, 1)]),
     "linux.uidMappings"),
    ("namespace-without-mappings", USER, "Mappings"),
    ("mapping-without-size", both(USER, put(LINUX + ("uidMappings",),
                                            [{"containerID": 0, "hostID": 0}])),
     "linux.uidMappings[0].size"),
    ("mapping-empty", both(USER, put(LINUX + ("uidMappings",), [mapping(0, 1, 0)]),
                           put(LINUX + ("gidMappings",), [mapping(0, 1, 1)])),
     "linux.uidMappings[0]"),
    ("mappings-overlap", both(USER, put(LINUX + ("uidMappings",),
                                        [mapping(0, 1000, 10), mapping(5, 2000, 10)]),
                              put(LINUX + ("gidMappings",), [mapping(0, 1, 1)])),
     "linux.uidMappings[1]"),
    ("time-without-namespace", put(LINUX + ("timeOffsets",), {"boottime": {"secs": 1}}),
     "linux.timeOffsets"),
    # devices, sysctl, paths
    ("device-type", put(LINUX + ("devices",), [{"path": "/dev/a", "type": "z", "major": 1,
                                                "minor": 3}]), "linux.devices[0].type"),
    ("device-path-relative", put(LINUX + ("devices",), [{"path": "dev/a", "type": "c",
                                                         "major": 1, "minor": 3}]),
     "linux.devices[0].path"),
    ("device-without-major", put(LINUX + ("devices",), [{"path": "/dev/a", "type": "c",
                                                         "minor": 3}]), "linux.devices[0]"),
    ("device-mode", put(LINUX + ("devices",), [{"path": "/dev/a", "type": "c", "major": 1,
                                                "minor": 3, "fileMode": 0o10000}]),
     "linux.devices[0].fileMode"),
    ("sysctl-of-the-machine", put(LINUX + ("sysctl",), {"kernel.core_pattern": "|/bin/sh"}),
     "kernel.core_pattern"),
    ("sysctl-way-out", put(LINUX + ("sysctl",), {"net/../kernel/core_pattern": "a"}),
     "net/../kernel/core_pattern"),
    ("sysctl-without-namespace", both(without("network"),
                                      put(LINUX + ("sysctl",), {"net.ipv4.ip_forward": "1"})),
     "net.ipv4.ip_forward"),
    ("sysctl-absent", put(LINUX + ("sysctl",), {"net.no_such_name": "1"}), "net.no_such_name"),
    ("propagation-unknown", put(LINUX + ("rootfsPropagation",), "sideways"),
     "linux.rootfsPropagation"),
    ("masked-path-relative", put(LINUX + ("maskedPaths",), ["etc"]), "linux.maskedPaths[0]"),
    ("readonly-path-relative", put(LINUX + ("readonlyPaths",), ["etc"]), "linux.readonlyPaths[0]"),
    ("personality-unknown", put(LINUX + ("personality",), {"domain": "LINUX16"}),
     "linux.personality.domain"),
    # cgroups
    ("cgroup-way-out", put(LINUX + ("cgroupsPath",), "/a/../../b"), "linux.cgroupsPath"),
    ("pids-type", put(LIMITS + ("pids",), {"limit": "16"}), "linux.resources.pids.limit"),
    ("memory-fraction", put(LIMITS + ("memory",), {"limit": 1.5}), "linux.resources.memory.limit"),
    ("memory-too-large", put(LIMITS + ("memory",), {"limit": LONG}),
     "linux.resources.memory.limit"),
    ("memory-swap-below-limit", put(LIMITS + ("memory",), {"limit": 1 << 26, "swap": 1 << 25}),
     "linux.resources.memory.swap"),
    ("swappiness", put(LIMITS + ("memory",), {"swappiness": 201}),
     "linux.resources.memory.swappiness"),
    ("shares-negative", put(LIMITS + ("cpu",), {"shares": -1}), "linux.resources.cpu.shares"),
    ("cpus-word", put(LIMITS + ("cpu",), {"cpus": "one"}), "linux.resources.cpu.cpus"),
    ("io-weight", put(LIMITS + ("blockIO",), {"weight": 5}), "linux.resources.blockIO.weight"),
    ("huge-page-size", put(LIMITS + ("hugepageLimits",), [{"pageSize": "3MB", "limit": 1}]),
     "linux.resources.hugepageLimits[0].pageSize"),
    ("rule-access", put(LIMITS + ("devices",), [{"allow": True, "access": "rwx"}]),
     "linux.resources.devices[0].access"),
    ("rule-type", put(LIMITS + ("devices",), [{"allow": True, "type": "d", "access": "r"}]),
     "linux.resources.devices[0].type"),
    ("rule-without-allow", put(LIMITS + ("devices",), [{"access": "r"}]),
     "linux.resources.devices[0].allow"),
    ("unified-path", put(LIMITS + ("unified",), {"../memory.max": "1"}),
     "linux.resources.unified"),
    # seccomp
    ("filter-without-default", put(FILTER, {"syscalls": []}), "linux.seccomp.defaultAction"),
    ("filter-action", put(FILTER, {"defaultAction": "SCMP_ACT_SMILE"}),
     "linux.seccomp.defaultAction"),
    ("filter-architecture", both(ALLOW, put(FILTER + ("architectures",), ["SCMP_ARCH_Z80"])),
     "linux.seccomp.architectures[0]"),
    ("filter-flag", both(ALLOW, put(FILTER + ("flags",), ["SECCOMP_FILTER_FLAG_X"])),
     "linux.seccomp.flags[0]"),
    ("filter-without-names", both(ALLOW, put(FILTER + ("syscalls",), [{**CALL, "names": []}])),
     "linux.seccomp.syscalls[0].names"),
    ("filter-argument-index", both(ALLOW, put(FILTER + ("syscalls",), [
        {**CALL, "args": [{"index": 6, "value": 0, "op": "SCMP_CMP_EQ"}]}])),
     "linux.seccomp.syscalls[0].args[0].index"),
    ("filter-operator", both(ALLOW, put(FILTER + ("syscalls",), [
        {**CALL, "args": [{"index": 0, "value": 0, "op": "SCMP_CMP_LIKE"}]}])),
     "linux.seccomp.syscalls[0].args[0].op"),
    ("filter-errno-with-allow", both(ALLOW, put(FILTER + ("defaultErrnoRet",), 1)),
     "linux.seccomp.defaultErrnoRet"),
    # hooks, rdt
    ("hook-path-relative", put(("hooks",), {"prestart": [{"path": "bin/true"}]}),
     "hooks.prestart[0].path"),
    ("hook-timeout", put(("hooks",), {"poststop": [{"path": "/bin/true", "timeout": 0}]}),
     "hooks.poststop[0].timeout"),
    ("rdt-class", put(LINUX + ("intelRdt",), {"closID": "a/b"}), "linux.intelRdt.closID"),
]

TEXTS = [
    ("empty", b"", "line 1"),
    ("blank", b"  \n ", "line 2"),
    ("cut-short", b'{\n "ociVersion": "1.0.0",\n "root": {', "line 3"),
    ("comma", b'{\n "ociVersion": "1.0.0",\n}', "line 3"),
    ("single-quotes", b"{'ociVersion': '1.0.0'}", "line 1"),
    ("list", b"[]", "config.json"),
    ("number", b"5", "config.json"),
    ("tail", b"{} {}", "line 1"),
    ("no-utf8", b'{"ociVersion": "\xff"}', "config.json"),
    ("deep", b"[" * 100000, "config.json"),
]


class Broken(ContainerTest):
    def refuse(self, bundle, fragment):
        result = self.husk("create", "--bundle", bundle.folder, self.new_id(), code=None)
        self.assertEqual(result.code, 1, result.err)
        self.assert_refused(result, fragment)
        self.assert_nothing_left()

    @rows(MISTAKES)
    def test_mistake(self, _, edit, fragment):
        """LC-04, T-02, T-03"""
        self.refuse(self.bundle(["true"], lambda b: edit(b.config)), fragment)

    @rows(TEXTS)
    def test_text(self, _, text, fragment):
        bundle = self.bundle()
        (bundle.folder / "config.json").write_bytes(text)
        self.refuse(bundle, fragment)

    def test_no_configuration(self):
        bundle = self.bundle()
        (bundle.folder / "config.json").unlink()
        self.refuse(bundle, "config.json")

    def test_configuration_that_is_a_folder(self):
        bundle = self.bundle()
        (bundle.folder / "config.json").unlink()
        (bundle.folder / "config.json").mkdir()
        self.refuse(bundle, "config.json")

    def test_configuration_that_is_a_fifo(self):
        bundle = self.bundle()
        (bundle.folder / "config.json").unlink()
        os.mkfifo(bundle.folder / "config.json")
        self.refuse(bundle, "config.json")

    def test_no_bundle(self):
        result = self.husk("create", "--bundle", "/nonexistent/bundle", self.new_id(), code=1)
        self.assert_refused(result, "/nonexistent/bundle")
        self.assert_nothing_left()
