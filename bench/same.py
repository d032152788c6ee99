# SPDX-License-Identifier: GPL-2.0-or-later
"""Do two ways of running a program give it the same isolation? Only then may they be compared.

bench/look.c tells from inside what it sees; from outside come its namespaces, its cgroup and what
its seccomp programs say of each call. What may differ is left out below, each with its reason.
"""
import os
import re
import subprocess
from pathlib import Path

import filter as seccomp

NAMESPACES = ["cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"]
# Figures of the moment, not of the isolation.
STATUS = ["Umask", "Uid", "Gid", "Groups", "SigBlk", "SigIgn", "CapInh", "CapPrm",
          "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp", "Cpus_allowed",
          "Mems_allowed", "CoreDumping"]


def parts(text):
    """{name: lines} of what look.c told."""
    told, lines = {}, None
    for line in text.splitlines():
        if line.startswith("# "):
            lines = told.setdefault(line[2:], [])
        elif line:
            lines.append(line)
    return told


def mounts(lines):
    """{mount point: ...}: not the numbers of mounts and devices, and not the word for the source.

    The order is left out as well: each mount point is there once.
    """
    told = {}
    for line in lines:
        left, right = line.split(" - ")
        root, point, options = left.split()[3:6]
        propagation = [re.sub(r":\d+", "", word) for word in left.split()[6:]]
        kind, _, super_options = right.split(" ", 2)
        told[point] = [root, options, propagation, kind, sorted(super_options.split(","))]
    return told


def from_inside(text):
    told = parts(text)
    told["/proc/self/mountinfo"] = mounts(told["/proc/self/mountinfo"])
    status = dict(line.split(":", 1) for line in told["/proc/self/status"])
    # The C library keeps 32 and 33 to itself: nobody up to us may have reset what it found ignored.
    status["SigIgn"] = f"{int(status['SigIgn'], 16) & ~(3 << 31):016x}"
    own = status["NSpid"]
    told["/proc/self/status"] = {key: status[key].strip() for key in STATUS}
    # In exec the next pid comes next; what counts is whose session and group it is.
    told["leads"] = {key: status[key] == own for key in ("NSpgid", "NSsid")}
    # Bytes of the network devices; the names are what counts.
    told["/proc/net/dev"] = [line.split(":")[0] for line in told["/proc/net/dev"][2:]]
    return told


def descendants(pid):
    """All below a process. One that ends meanwhile has none."""
    try:
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in found:
        yield int(child)
        yield from descendants(int(child))


def first_of(pid):
    """The process of look.c, below the runtime or in its place."""
    for process in (pid, *descendants(pid)):
        if os.readlink(f"/proc/{process}/exe").endswith("/look"):
            return process
    raise RuntimeError(f"no look below process {pid}")


def links(pid):
    return {name: os.readlink(f"/proc/{pid}/ns/{name}") for name in NAMESPACES}


def cgroups(pid):
    """How many trees it has a place of its own in."""
    ours, its = (set(Path(f"/proc/{one}/cgroup").read_text().splitlines())
                 for one in ("self", pid))
    return len(its - ours)


def from_outside(pid):
    ours, its = links("self"), links(pid)
    return {"namespaces of its own": [name for name in NAMESPACES if ours[name] != its[name]],
            "cgroups of its own": cgroups(pid),
            "seccomp": seccomp.verdicts(seccomp.read(pid))}


def facts(words):
    """All that is told of look.c, run by these words."""
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True) as running:
        text = ""
        for line in running.stdout:
            if line == "# end\n":
                break
            text += line
        else:
            raise RuntimeError(f"{words[0]} does not run look.c")
        told = from_outside(first_of(running.pid))
        running.stdin.close()
    return {**from_inside(text), **told}


def differences(one, other):
    """Lines of text: what is not the same."""
    found = []
    for key in sorted(one.keys() | other.keys()):
        left, right = one.get(key), other.get(key)
        if left == right:
            continue
        if isinstance(left, dict) and isinstance(right, dict):
            found += [f"{key}: {line}" for line in differences(left, right)]
        elif isinstance(left, list) and isinstance(right, list):
            found += [f"{key}: only the one has {item}" for item in left if item not in right]
            found += [f"{key}: only the other has {item}" for item in right if item not in left]
            found += [] if found else [f"{key}: {left} is not {right}"]
        else:
            found.append(f"{key}: {left} is not {right}")
    return found


def hold(one, other):
    """Ends the program when two ways to run look.c, {name: words}, do not isolate alike."""
    (name, words), (other_name, other_words) = one, other
    found = differences(facts(words), facts(other_words))
    if found:
        raise SystemExit(f"{name} and {other_name} isolate differently, nothing is measured:\n"
                         + "\n".join(found))
