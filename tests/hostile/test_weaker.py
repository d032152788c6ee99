# SPDX-License-Identifier: GPL-2.0-or-later
"""S-39: a call that the kernel refuses never makes a weaker container in silence.

husk runs under a filter that answers one system call with an error, as an older kernel (ENOSYS) or
a stricter machine (EPERM) would. Either that is an error and nothing is left, or the container is
the same as without the filter, looked at from inside.
"""
import ctypes
import errno
import os
import struct
import subprocess

from bundle import drop_namespace
from harm import HostileTest, answer_of, check, libc
from husk import rows

SYS_SECCOMP, SET_MODE_FILTER = 317, 1
ALLOW, ERRNO = 0x7fff0000, 0x00050000
NOBODY_S_CALL = 1000

# What husk needs to make a container, by the numbers of x86-64.
CALLS = {
    "openat2": 437, "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsconfig": 431,
    "fsmount": 432, "mount_setattr": 442, "mount": 165, "umount2": 166, "pivot_root": 155,
    "setgroups": 116, "setresuid": 117, "setresgid": 119, "capset": 126, "prctl": 157,
    "seccomp": 317, "clone3": 435, "unshare": 272, "setns": 308, "setsid": 112, "keyctl": 250,
    "sethostname": 170, "mknodat": 259, "close_range": 436, "pidfd_open": 434,
    "pidfd_send_signal": 424, "memfd_create": 319, "execveat": 322, "bpf": 321, "fstatfs": 138,
    "getcwd": 79, "fchdir": 81, "chdir": 80, "umask": 95, "renameat2": 316, "mkdirat": 258,
    "symlinkat": 266, "unlinkat": 263, "prlimit64": 302, "sendmsg": 46, "recvmsg": 47,
    "socketpair": 53, "flock": 73, "readlinkat": 267, "getrandom": 318, "setpgid": 109,
}
# Those that the program inside needs as well, to tell what it sees.
TOLD_OTHERWISE = {"getcwd", "chdir", "umask"}

REPORT = """
grep -E '^(Uid|Gid|Groups|Cap...|NoNewPrivs|Seccomp|Seccomp_filters):' /proc/self/status
sed 's/ \\(shared\\|master\\):[0-9]*/ \\1/' /proc/self/mountinfo | cut -d ' ' -f 4-7 | sort
hostname; ls /proc/self/fd | wc -l; stat -c '%F %t:%T' /proc/keys
stat -c '%n %F %t:%T %a %u' /dev/*
(echo 1 >/proc/sys/net/ipv4/ip_forward) 2>/dev/null && echo wrote
(echo 1 >/new) 2>/dev/null && echo wrote
(exec 3</dev/log-of-kernel) 2>/dev/null && echo opened
mkdir /tmp/x 2>&1; umask; pwd; ulimit -n
for n in pid mnt net ipc uts; do readlink /proc/self/ns/$n; done"""


def deny(call, error):
    """Answer this call with the error from here on, in all that we execute."""
    words = [(0x20, 0, 0, 0), (0x15, 0, 1, call), (0x06, 0, 0, ERRNO | error), (0x06, 0, 0, ALLOW)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("<HBBI", *word) for word in words))
    program = struct.pack("<HxxxxxxQ", len(words), ctypes.addressof(code))
    check(libc.syscall(SYS_SECCOMP, SET_MODE_FILTER, 0, program), "seccomp")


class Denied(HostileTest):
    needs = ["root", "processor x86_64"]
    reference = {}

    def edit(self, b):
        drop_namespace(b.config, "cgroup")
        b.config["process"]["user"] = {"uid": 1000, "gid": 1000, "additionalGids": [7]}
        b.config["process"]["rlimits"] = [{"type": "RLIMIT_NOFILE", "hard": 77, "soft": 77}]
        b.config["process"]["cwd"] = "/var"
        b.config["linux"]["devices"] = [{"path": "/dev/log-of-kernel", "type": "c", "major": 1,
                                         "minor": 11, "fileMode": 0o666}]
        b.config["linux"]["resources"]["devices"] = [
            {"allow": False, "access": "rwm"},
            {"allow": True, "access": "m", "type": "c", "major": 1, "minor": 11}]
        b.config["linux"]["seccomp"] = {
            "defaultAction": "SCMP_ACT_ALLOW",
            "syscalls": [{"names": ["mkdir"], "action": "SCMP_ACT_ERRNO", "errnoRet": 39}]}

    def under(self, call, error):
        """For Popen: a caller with groups and under the filter."""
        def prepare():
            os.setgroups([0, 4242])
            deny(call, error)
        return prepare

    def compare(self, how, run):
        """`run` with what to do before husk is executed; its report must be the usual one."""
        if how not in self.reference:
            usual = run(self.under(NOBODY_S_CALL, errno.EPERM))
            self.assertEqual(usual.code, 0, usual.err)
            self.reference[how] = self.plain(usual.out)
            self.assertIn("NoNewPrivs:\t1", usual.out)
        return self.reference[how]

    def plain(self, text):
        """The report without what is different each time, namespaces being none of the host's."""
        lines = text.splitlines()
        for line in lines[-5:]:
            kind = line.partition(":")[0]
            self.assertNotEqual(line, os.readlink(f"/proc/self/ns/{kind}"))
        return [line.replace(self.mark, "").replace(str(self.folder), "") for line in lines[:-5]
                if "/rootfs" not in line]

    def check(self, name, how, run):
        usual = self.compare(how, run)
        for error in (errno.ENOSYS, errno.EPERM):
            result = run(self.under(CALLS[name], error))
            if result.code == 0:
                seen = self.plain(result.out)
                if os.environ.get("HUSK_HOSTILE_TELL"):
                    print(f"fallback {how} {name} {errno.errorcode[error]}")
                if name not in TOLD_OTHERWISE:
                    self.assertEqual(seen, usual, os.strerror(error))
            else:
                self.assertTrue(result.err.splitlines()[-1].startswith("husk: "), result.err)
                self.assertNotIn("Uid:", result.out)

    @rows(sorted(CALLS))
    def test_create(self, name):
        bundle = self.bundle(["sh", "-c", REPORT], self.edit)
        self.check(name, "create", lambda before: self.husk(
            "run", "--bundle", bundle.folder, self.new_id(), code=None, preexec_fn=before))

    @rows(sorted(CALLS))
    def test_exec(self, name):
        box = self.start(edit=self.edit)
        self.check(name, "exec", lambda before: self.husk(
            "exec", box.id, "sh", "-c", REPORT, code=None, preexec_fn=before))

    def test_careless_caller_of_a_refused_call_is_weaker(self):
        """Groups that could not be given up, and nobody has looked."""
        def naive():
            self.under(CALLS["setgroups"], errno.EPERM)()
            try:
                os.setgroups([])
            except OSError:
                pass
            return subprocess.run(["id", "-G"], capture_output=True, text=True, check=True).stdout
        self.assertIn("4242", answer_of(naive))
