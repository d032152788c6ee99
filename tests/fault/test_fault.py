# SPDX-License-Identifier: GPL-2.0-or-later
"""A fault at a system call of husk, parent and child: an error, and nothing left behind.

HUSK_FAULT_STRIDE=N tries every N-th system call of each process, with one fault after the other;
with 0 every call has every fault, which takes an hour or two. HUSK_FAULT_RUNTIME=runc (or another
runtime's name) has the same done to that one, as a yardstick: nothing fails then, the table says
what came of it.
build/report/fault-RUNTIME-COMMAND.log has a line for each point, from the first one on.
"""
import collections
import errno
import itertools
import os
import re
import shutil
import signal
import subprocess
import time

from husk import TEST_SECONDS, TOP, ContainerTest, rows
from machine import clear, leftovers
from process import LIMIT

STRIDE = int(os.environ.get("HUSK_FAULT_STRIDE", "23"))
FAULTS = ["EIO", "ENOMEM", "EINTR", "ENOSPC", "EMFILE", "EAGAIN", "kill"]
PEER = os.environ.get("HUSK_FAULT_RUNTIME")
REPORT = TOP / "build" / "report"
ENDS = ["refused", "harmless", "not hit", "leaked", "hung", "weaker", "crashed"]
NEVER = 1 << 30  # a call that no process comes to

# What a container says of its isolation.
DESCRIBE = r"""
grep -E '^(Cap|NoNewPrivs|Seccomp:|Uid|Gid|Groups|SigB|SigI)' /proc/self/status
cat /proc/self/oom_score_adj /proc/self/limits
awk '{ $1 = $2 = $3 = ""; print }' /proc/self/mountinfo
ls -l /proc/self/ns | awk '{ print $9, $11 }'
ls /proc/self/fd; hostname; umask; pwd; head -c1 /proc/kcore | wc -c
cat /proc/sys/net/ipv4/ip_forward; touch /bin/x
stat -c '%n %F %a %u %g %t %T' /dev/*
"""

# Without these the C library does not come to main; it dies of SIGSEGV. By their numbers.
LIBC_START = {12: "brk", 158: "arch_prctl"}

Run = collections.namedtuple("Run", "status number is_hung calls out err")
tallies = {}  # command: how many points came to which end
longest = {}  # command: seconds of the longest point


def build_tool():
    """Another run of these tests may be executing the last one: it stays as it is."""
    tool = str(REPORT / "fault")
    draft = f"{tool}.{os.getpid()}"
    REPORT.mkdir(parents=True, exist_ok=True)
    subprocess.run(["gcc", "-std=gnu17", "-D_GNU_SOURCE", "-O2", "-Wall", "-Werror", "-o",
                    draft, TOP / "tests" / "fault" / "fault.c"], check=True)
    os.replace(draft, tool)
    return tool


class Fault(ContainerTest):
    needs = ["root", "processor x86_64", *([f"program {PEER}"] if PEER else [])]

    @classmethod
    def setUpClass(cls):
        cls.tool = build_tool()

    def setUp(self):
        super().setUp()
        if PEER:
            self.binary = shutil.which(PEER)
        self.plain = self.bundle(["sleep", "3600"], guarded)
        self.telling = self.bundle(["sh", "-c", DESCRIBE + "exit 0"], guarded)

    def try_point(self, words, process="all" if PEER else 0, call=NEVER, fault="none"):
        """Run husk by the words; that system call of that process fails."""
        what = fault if fault in ("kill", "none") else str(getattr(errno, fault))
        report = self.folder / "report"
        command = [self.tool, str(report), str(LIMIT), str(process), str(call), what,
                   *self.command(*words)]
        out, err = self.folder / "out", self.folder / "err"
        # Files: a container that lives on would keep the other end of a pipe.
        with open(out, "wb") as stdout, open(err, "wb") as stderr:
            code = subprocess.run(command, env=self.environment, cwd=self.folder, stdout=stdout,
                                  stdin=subprocess.DEVNULL, stderr=stderr, check=False).returncode
        lines = report.read_text().splitlines()
        said = err.read_text(errors="replace")
        self.assertTrue(lines, said)
        hit = [int(line.split()[1]) for line in lines if line.startswith("hit")]
        return Run(code, hit[0] if hit else None, "hung" in lines,
                   [int(n) for n in lines[-1].split()[1:]], out.read_text(errors="replace"), said)

    def comparable(self, text, name):
        """The description without what differs from one run to the next."""
        for kind, number in set(re.findall(r"\b(\w+):\[(\d+)\]", text)):
            word = f"{kind}:[{number}]"
            path = f"/proc/self/ns/{kind}"
            is_host = os.path.exists(path) and os.readlink(path) == word
            text = text.replace(word, f"{kind}:{'host' if is_host else 'own'}")
        if PEER:  # Go's runtime changes this limit, and runc loses that race now and then
            text = re.sub("Max open files.*\n", "", text)
        return text.replace(name, "NAME")

    # ---- one command

    WORDS = {
        "run": ["run", "--bundle", "TELLING", "ID"],
        "create": ["create", "--bundle", "PLAIN", "ID"],
        "start": ["start", "ID"],
        "exec": ["exec", "ID", "sh", "-c", DESCRIBE],
        "kill": ["kill", "ID", "KILL"],
        "stop": ["stop", "--timeout", "0", "ID"],
        "update": ["update", "--pids-limit", "20", "ID"],
        "delete": ["delete", "--force", "ID"],
    }

    def prepared(self, command):
        """A fresh name, and a container of that name in the state that the command wants."""
        name = self.new_id()
        if command in ("run", "create"):
            # Each one translates the filter of system calls and keeps it, as the first one does.
            shutil.rmtree(self.root / ".cache", ignore_errors=True)
        else:
            self.quiet("create", "--bundle", self.plain.folder, name)
        if command not in ("run", "create", "start"):
            self.quiet("start", name)
        meant = {"ID": name, "TELLING": self.telling.folder, "PLAIN": self.plain.folder}
        return name, [meant.get(word, word) for word in self.WORDS[command]]

    def quiet(self, *words):
        """Without a pipe, which the container would hold open."""
        self.husk(*words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def delete(self, name):
        """What it prints on stderr. An orphan of a killed husk is reaped meanwhile: its pid
        namespace would wait for that."""
        child = self.spawn("delete", "--force", name)
        while (pid := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT).si_pid) != child.pid:
            os.waitpid(pid, 0)
        return child.communicate()[1]

    def judge(self, run, name, reference):
        """One word for what came of it. The name is gone afterwards."""
        gone = self.delete(name)
        left = leftovers(self.mark, self.root)
        if left:
            clear(self.mark)
            shutil.rmtree(self.root)
            return f"leaked: {left}; delete said: {gone}"
        if run.is_hung:
            return "hung"
        # Whatever of the description is there must be what it is without a fault.
        text = self.comparable(run.out, name)
        if "CapEff" in text and not reference.startswith(text):
            return f"weaker: {difference(reference, text)}"
        if run.status == 0:
            return "harmless"
        if 128 < run.status <= 128 + 64 and run.status != 128 + 9 and \
                run.number not in LIBC_START:
            return f"crashed: {run.status}"
        return "refused"

    def outcome(self, command, point, reference):
        """What came of it in one word with details, the run, and the seconds that it took."""
        signal.alarm(TEST_SECONDS)  # for each point, not for all of them
        name, words = self.prepared(command)
        begin = time.monotonic()
        run = self.try_point(words, *point)
        word = self.judge(run, name, reference)
        return word, run, time.monotonic() - begin

    @rows([(command,) for command in WORDS])
    def test_of(self, command):
        if PEER and command == "stop":
            self.skipTest(f"{PEER} has no command like husk stop")
        name, words = self.prepared(command)
        clean = self.try_point(words)
        self.assertEqual(clean.status, 0, clean.err)
        reference = self.comparable(clean.out, name)
        self.assertEqual(self.judge(clean, name, reference), "harmless")
        bad = []
        tallies[command], longest[command] = collections.Counter(), 0.0
        with open(REPORT / f"fault-{PEER or 'husk'}-{command}.log", "w", buffering=1) as log:
            for point in points(clean.calls):
                word, run, seconds = self.outcome(command, point, reference)
                longest[command] = max(longest[command], seconds)
                end = word.split(":")[0] if run.number is not None else "not hit"
                tallies[command][end] += 1
                line = "process {} call {} {}".format(*point) + (
                    f" (number {run.number}): {word}; status {run.status}, {seconds:.2f} s")
                print(line, file=log)
                if word not in ("harmless", "refused"):
                    bad.append(f"{line}: {run.err.strip()[:300]}")
                    print(f"\t{run.err.strip()[:300]!r}", file=log)
        if not PEER:
            self.assertEqual(bad, [], "\n".join(bad))


def points(calls):
    """(process, call, fault)"""
    faults = itertools.cycle(FAULTS)
    for process, count in [("all", calls[0])] if PEER else enumerate(calls):
        for call in range(0, count, STRIDE or 1):
            for fault in [next(faults)] if STRIDE else FAULTS:
                yield process, call, fault


def difference(reference, text):
    for expected, found in zip(reference.splitlines(), text.splitlines()):
        if expected != found:
            return f"{found!r} in place of {expected!r}"
    return "more lines"


def guarded(made):
    """Everything that a fault might take away from a container."""
    config = made.config
    if PEER:  # an old one refuses a version that it has not heard of
        config["ociVersion"] = "1.0.2"
    config["process"]["rlimits"] = [{"type": "RLIMIT_NOFILE", "hard": 512, "soft": 256}]
    config["process"]["oomScoreAdj"] = 100
    config["process"]["user"] = {"uid": 0, "gid": 0, "additionalGids": [5, 6], "umask": 0o27}
    config["linux"]["sysctl"] = {"net.ipv4.ip_forward": "1"}
    config["linux"]["resources"] = {"pids": {"limit": 30}}
    config["linux"]["seccomp"] = {
        "defaultAction": "SCMP_ACT_ALLOW",
        "syscalls": [{"names": ["mknod", "mknodat"], "action": "SCMP_ACT_ERRNO"}]}
    config["mounts"].append({"destination": "/sys/fs/cgroup", "type": "cgroup",
                             "source": "cgroup", "options": ["ro", "nosuid"]})


def table():
    """Lines as of docs/reliability.md: how many points came to which end, the longest of them."""
    if not tallies:
        return []
    lines = ["| " + " | ".join([PEER or "husk", "points", *ENDS, "longest"]) + " |"]
    for command, counts in tallies.items():
        cells = [sum(counts.values()), *(counts[end] for end in ENDS), f"{longest[command]:.1f} s"]
        lines.append(f"| `{command}` | " + " | ".join(map(str, cells)) + " |")
    return lines
