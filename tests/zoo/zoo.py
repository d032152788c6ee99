# SPDX-License-Identifier: GPL-2.0-or-later
"""Containers with one fault each, and healthy ones: what `husk doctor` is held against.

An Animal is a container: its command line and the changes of its configuration. Its program says
"ready" when it is in its state; most are `animal`, whose words stand in animal.c.
"""
import os
from typing import Callable, NamedTuple, Sequence

from bundle import CAPABILITIES, drop_namespace

MIB = 1 << 20
TERM, INT, QUIT, USR1, CHLD, HUP, PIPE = 15, 2, 3, 10, 17, 1, 13
HEARS = ["animal", "handle", TERM]
READY = [*HEARS, "ready"]
INIT = ["--init"]
OWN_USER = 100000 + os.getpid()  # nobody else's: the tasks of a user are counted together


class Animal(NamedTuple):
    name: str
    rule: str  # the one that doctor must name; "" for a healthy one
    args: Sequence
    edits: Sequence[Callable] = ()
    options: Sequence[str] = ()
    needs: Sequence[str] = ()
    states: str = "SZ"  # where its processes come to rest: letters of proc(5)


def shell(script, name="sh"):
    return [name, "-c", script]


# ---- edits of config.json

def resources(**members):
    return lambda config: config["linux"]["resources"].update(members)


def process(**members):
    return lambda config: config["process"].update(members)


def user(uid):
    return process(user={"uid": uid, "gid": uid})


def annotation(key, value):
    return lambda config: config.setdefault("annotations", {}).update({key: value})


def stop_signal(value):
    return annotation("org.opencontainers.image.stopSignal", value)


def rlimit(kind, number):
    return process(rlimits=[{"type": kind, "soft": number, "hard": number}])


def without_pid_namespace(config):
    drop_namespace(config, "pid")


def with_user_namespace(config):
    config["linux"]["namespaces"].append({"type": "user"})
    for ids in ("uidMappings", "gidMappings"):
        config["linux"][ids] = [{"containerID": 0, "hostID": 0, "size": 65536}]


def capabilities(*more):
    return process(capabilities={name: [*CAPABILITIES, *more]
                                 for name in ("bounding", "effective", "permitted")})


def memory(mib):
    return resources(memory={"limit": mib * MIB})


PIDS, MEMORY = "controller pids", "controller memory"

FAULTY = [
    # -- what becomes of the stop signal
    Animal("default action as PID 1", "deaf-to-stop", ["animal", "ready"]),
    Animal("handlers for other signals", "deaf-to-stop", ["animal", "handle", INT, "ready"]),
    Animal("ignores TERM as PID 1", "deaf-to-stop", ["animal", "ignore", TERM, "ready"]),
    Animal("ignores TERM below an init", "deaf-to-stop", ["animal", "ignore", TERM, "ready"],
           options=INIT),
    Animal("hears TERM, stopped by QUIT", "deaf-to-stop", READY, [stop_signal("QUIT")]),
    Animal("shell form", "shell-in-front", shell("animal ready; true")),
    Animal("shell form with exec missing in a script", "shell-in-front",
           shell("cd / && animal handle 15 ready; exit $?")),
    Animal("shell in a shell", "shell-in-front", shell("sh -c 'animal ready; true'; true")),
    Animal("shell waits for a job", "shell-in-front", shell("animal ready & wait")),
    Animal("shell below tini", "shell-below-init",
           ["tini", "--", *shell("animal ready; true")]),
    Animal("npm start", "wrapper-in-front", ["npm", "handle", TERM, "run", *READY]),
    Animal("yarn start", "wrapper-in-front", ["yarn", "handle", TERM, "run", *READY]),
    Animal("go run", "wrapper-in-front", ["go", "run", *READY]),
    Animal("npm behind a shell", "wrapper-in-front", shell("npm run animal ready; true")),
    Animal("blocks TERM", "stop-signal-blocked", ["animal", "block", TERM, "ready"]),
    Animal("blocks TERM below an init", "stop-signal-blocked",
           ["animal", "block", TERM, "ready"], options=INIT),
    Animal("blocks USR1", "signals-blocked", [*HEARS, "block", USR1, "ready"]),
    Animal("ignores USR1", "signals-ignored", [*HEARS, "ignore", USR1, "ready"]),
    Animal("ignores CHLD", "child-signal-ignored", [*HEARS, "ignore", CHLD, "ready"]),
    Animal("KILL to stop it", "stop-signal-unfit", READY, [stop_signal("SIGKILL")]),
    Animal("no signal to stop it", "stop-signal-unfit", READY, [stop_signal("SIGNOPE")]),
    # -- inits
    Animal("tini runs dumb-init", "two-inits", ["tini", "--", "dumb-init", "--", *READY]),
    Animal("tini behind a shell", "init-not-first", shell("tini -- animal ready; true")),
    # -- zombies
    Animal("PID 1 does not wait", "zombies-of-first", [*HEARS, "zombies", 3, "ready"]),
    Animal("program does not wait", "zombies-of-program", [*HEARS, "zombies", 3, "ready"],
           options=INIT),
    # -- limits
    Animal("pids.max reached", "fork-refused", [*HEARS, "fill", "ready"],
           [resources(pids={"limit": 20})], needs=[PIDS]),
    Animal("RLIMIT_NPROC reached", "fork-refused", [*HEARS, "fill", "ready"],
           [user(OWN_USER), rlimit("RLIMIT_NPROC", 12)]),
    Animal("pids.max near", "fork-limit-near", [*HEARS, "children", 18, "ready"],
           [resources(pids={"limit": 20})], needs=[PIDS]),
    Animal("forks refused before", "forks-were-refused", [*HEARS, "fill", "reap", "ready"],
           [resources(pids={"limit": 20})], needs=[PIDS]),
    # -- memory
    Animal("a child has died of hunger", "out-of-memory", [*HEARS, "overeat", 128, "ready"],
           [memory(32)], needs=[MEMORY]),
    Animal("memory nearly used up", "memory-near-limit", [*HEARS, "touch", 60, "ready"],
           [memory(64)], needs=[MEMORY]),
    # -- states
    Animal("a child is stopped", "stopped", [*HEARS, "stopped", "ready"], states="ST"),
    Animal("a child waits in the kernel", "stuck-in-kernel", [*HEARS, "vfork", "ready"],
           states="SD"),
    # -- rights
    Animal("small core limit", "core-cut", [*HEARS, "touch", 8, "ready"],
           [rlimit("RLIMIT_CORE", 4096)]),
    Animal("may do everything", "capabilities", READY, [capabilities("CAP_SYS_ADMIN")]),
    Animal("user who may become root", "new-privileges", READY,
           [user(1000), process(noNewPrivileges=False)]),
    Animal("pid namespace of the machine", "host-pid-namespace", READY, [without_pid_namespace]),
]

HEALTHY = [Animal(name, "", *rest) for name, *rest in [
    ("handler", READY),
    ("deaf below an init", ["animal", "ready"], (), INIT),
    ("deaf below tini", ["tini", "--", "animal", "ready"]),
    ("shell form with exec", shell("cd /; exec animal handle 15 ready")),
    ("shell below an init that tells all", shell("animal ready; true"), (), INIT),
    ("waits in sigwait", ["animal", "ready", "wait", TERM]),
    ("reads a signalfd", ["animal", "signalfd", TERM]),
    ("stopped by QUIT and hears it", ["animal", "handle", QUIT, "ready"], [stop_signal("QUIT")]),
    ("ignores what servers ignore", [*HEARS, "ignore", HUP, "ignore", PIPE, "ready"]),
    ("ordinary user", READY, [user(1000)]),
    ("user namespace", READY, [with_user_namespace, capabilities("CAP_SYS_ADMIN")]),
    ("orphans below an init", [*HEARS, "orphans", 5, "ready"], (), INIT),
    ("children at work", [*HEARS, "children", 5, "ready"]),
    ("limits with room", [*HEARS, "children", 5, "touch", 8, "ready"],
     [resources(pids={"limit": 64}, memory={"limit": 256 * MIB})], (), [PIDS, MEMORY]),
    ("root without no_new_privs", READY, [process(noNewPrivileges=False)]),
]]


# ---- bundles, judged before they run: name, rules that they must name, edits, options

def args(*words):
    return process(args=list(words))


BUNDLES = [
    ("plain", [], []),
    ("sleep", ["deaf-to-stop"], [args("sleep", "infinity")]),
    ("tail with a path", ["deaf-to-stop"], [args("/usr/bin/tail", "-f", "/dev/null")]),
    ("sleep below an init", [], [args("sleep", "3600"), annotation("org.husk.init", "true")]),
    ("sleep without a pid namespace", ["host-pid-namespace"],
     [args("sleep", "3600"), without_pid_namespace]),
    ("shell form", ["shell-in-front"], [args(*shell("node server.js"))]),
    ("shell form with options", ["shell-in-front"], [args("/bin/bash", "-ec", "a; b")]),
    ("shell form with exec", [], [args(*shell("cd /app; exec node server.js"))]),
    ("shell form with a trap", [], [args(*shell("trap 'kill $!' TERM; node server.js & wait"))]),
    ("shell form below an init", [],
     [args(*shell("a; b")), annotation("org.husk.init", "--grace 5s")]),
    ("npm start", ["wrapper-in-front"], [args("npm", "start")]),
    ("yarn start", ["wrapper-in-front"], [args("/usr/bin/yarn", "start")]),
    ("go run", ["wrapper-in-front"], [args("/usr/local/go/bin/go", "run", ".")]),
    ("go build", [], [args("go", "build")]),
    ("two inits", ["two-inits"], [args("tini", "--", "dumb-init", "--", "node")]),
    ("one init", [], [args("tini", "-g", "--", "node", "server.js")]),
    ("bad init annotation", ["init-annotation-bad"], [annotation("org.husk.init", "yes")]),
    ("KILL to stop it", ["stop-signal-unfit"], [stop_signal("9")]),
    ("no signal to stop it", ["stop-signal-unfit"], [stop_signal("STOPP")]),
    ("QUIT to stop it", [], [stop_signal("SIGQUIT")]),
    ("real-time signal to stop it", [], [stop_signal("SIGRTMIN+3")]),
    ("few pids", ["pids-limit-tiny"], [resources(pids={"limit": 2})]),
    ("no pids at all", ["pids-limit-tiny"], [resources(pids={"limit": 0})]),
    ("no limit of pids", [], [resources(pids={"limit": -1})]),
    ("little memory", ["memory-limit-tiny"], [resources(memory={"limit": 65536})]),
    ("no limit of memory", [], [resources(memory={"limit": -1})]),
    ("no OOM killer", ["oom-killer-off"],
     [resources(memory={"limit": 64 * MIB, "disableOOMKiller": True})]),
    ("small core limit", ["core-cut"], [rlimit("RLIMIT_CORE", 4096)]),
    ("no core dumps", [], [rlimit("RLIMIT_CORE", 0)]),
    ("capabilities", ["capabilities"], [capabilities("CAP_SYS_MODULE")]),
    ("capabilities in a user namespace", [],
     [capabilities("CAP_SYS_MODULE"), with_user_namespace]),
    ("user who may become root", ["new-privileges"],
     [user(1000), process(noNewPrivileges=False)]),
    ("root without no_new_privs", [], [process(noNewPrivileges=False)]),
    ("two faults", ["deaf-to-stop", "capabilities"],
     [args("cat"), capabilities("CAP_SYS_ADMIN")]),
]
