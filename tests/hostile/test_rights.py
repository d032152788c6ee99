# SPDX-License-Identifier: GPL-2.0-or-later
"""Users, groups, capabilities: a process gets what was asked for and nothing of the caller's."""
import ctypes
import os
import struct
import subprocess

import machine
from bundle import tiny_program
from harm import HostileTest, answer_of, busybox, check, libc
from husk import rows

CAP_NET_RAW = 13
PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, PR_SET_SECUREBITS = 47, 2, 28
CAPABILITY_VERSION = 0x20080522
SHOW = "grep -E 'Cap(Inh|Prm|Eff|Bnd|Amb)' /proc/self/status; id -u; id -G"


def inherit_all():
    """A caller whose inheritable and ambient sets are not empty, as an engine's have been."""
    data = (ctypes.c_uint32 * 6)()
    head = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    check(libc.capget(head, data), "capget")
    data[2], data[5] = data[1], data[4]
    check(libc.capset(head, data), "capset")
    check(libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_RAW, 0, 0), "ambient")


class Capabilities(HostileTest):
    """S-26, CVE-2022-24769, CVE-2022-27649, CVE-2022-27650, CVE-2022-29162, CVE-2025-27612."""

    def sets(self, text):
        return {line.split(":")[0]: int(line.split()[1], 16) for line in text.splitlines()
                if line.startswith("Cap")}

    def test_what_is_inheritable_reaches_a_program_without_care(self):
        def naive():
            inherit_all()
            os.setgroups([])
            shown = subprocess.run(["/bin/busybox", "sh", "-c", SHOW], capture_output=True,
                                   text=True, check=True).stdout
            sets = self.sets(shown)
            return [bool(sets[name] >> CAP_NET_RAW & 1) for name in ("CapInh", "CapAmb")]
        self.assertEqual(answer_of(naive), [True, True])

    def assert_empty(self, text):
        sets = self.sets(text)
        self.assertEqual((sets["CapInh"], sets["CapAmb"]), (0, 0))
        self.assertFalse(sets["CapBnd"] >> CAP_NET_RAW & 1)

    @rows([("root", 0), ("user", 1000)])
    def test_create_passes_nothing_on(self, _, uid):
        self.assert_empty(self.run_in(
            ["sh", "-c", SHOW], lambda b: b.config["process"].update(user={"uid": uid, "gid": uid}),
            preexec_fn=inherit_all).out)

    @rows([("root", "0"), ("user", "1000")])
    def test_exec_passes_nothing_on(self, _, user):
        box = self.start()
        self.assert_empty(self.husk("exec", "--user", user, box.id, "sh", "-c", SHOW,
                                    preexec_fn=inherit_all).out)

    def test_added_capability_is_not_inheritable(self):
        """A user's program has it only when a file or the ambient set gives it."""
        box = self.start()
        sets = self.sets(self.husk("exec", "--user", "1000", "--cap", "CAP_NET_RAW", box.id, "sh",
                                   "-c", SHOW).out)
        self.assertEqual((sets["CapInh"], sets["CapAmb"], sets["CapEff"], sets["CapPrm"]),
                         (0, 0, 0, 0))
        self.assertTrue(sets["CapBnd"] >> CAP_NET_RAW & 1)

    def test_unknown_capability_gives_nothing(self):
        sets = self.sets(self.run_in(["sh", "-c", SHOW], lambda b: b.config["process"].update(
            capabilities={name: ["CAP_EVERYTHING", "ALL", "cap_sys_admin"]
                          for name in ("bounding", "effective", "permitted")}), code=None).out)
        for name in sets:
            self.assertEqual(sets[name] & ~(1 << 21), 0)


class Groups(HostileTest):
    """S-27, and the additional groups of the caller."""

    def with_groups(self):
        os.setgroups([0, 4, 6, 4242])

    def test_groups_of_the_caller_stay_without_care(self):
        def naive():
            self.with_groups()
            return sorted(os.getgroups())
        self.assertIn(4242, answer_of(naive))

    @rows([("root", 0), ("user", 1000)])
    def test_create_drops_them(self, _, uid):
        shown = self.run_in(["id", "-G"], lambda b: b.config["process"].update(
            user={"uid": uid, "gid": uid}), preexec_fn=self.with_groups).out
        self.assertEqual(shown.split(), [str(uid)])

    def test_exec_drops_them(self):
        box = self.start()
        for user, expected in (("0", ["0"]), ("1000:1000", ["1000"])):
            shown = self.husk("exec", "--user", user, box.id, "id", "-G",
                              preexec_fn=self.with_groups).out
            self.assertEqual(shown.split(), expected)

    def test_additional_ones_are_all_there_is(self):
        shown = self.run_in(["id", "-G"], lambda b: b.config["process"].update(
            user={"uid": 1000, "gid": 1000, "additionalGids": [7, 8]}),
            preexec_fn=self.with_groups).out
        self.assertEqual(sorted(map(int, shown.split())), [7, 8, 1000])

    def test_refused_group_is_an_error(self):
        """S-27: a group without a place in the user namespace; nobody runs with fewer or others."""
        def edit(b):
            b.config["linux"]["namespaces"].append({"type": "user"})
            for ids in ("uidMappings", "gidMappings"):
                b.config["linux"][ids] = [{"containerID": 0, "hostID": 100000, "size": 10}]
            b.config["process"]["user"]["additionalGids"] = [5000]
        done = self.attempt(["id", "-G"], edit, code=1)
        self.assertIn("additionalGids", done.err)

    def test_caller_that_may_not_change_them_is_told(self):
        """S-27: an ordinary user's groups stay, and a warning says so; more are an error."""
        reason = machine.lacks("user namespaces")
        if reason:
            self.skipTest(reason)
        self.as_user = True
        self.become_ordinary()
        self.prefix = [word for word in self.prefix if word != "--clear-groups"]
        self.prefix.insert(1, "--groups=4242")
        done = self.run_in(["true"])
        self.assertIn("supplementary groups stay", done.err)
        refused = self.run_in(["true"], lambda b: b.config["process"]["user"].update(
            additionalGids=[0]), code=1)
        self.assertIn("setgroups is denied", refused.err)


class Users(HostileTest):
    """S-28, CVE-2016-3697, CVE-2026-30892."""

    WORDS = ["", " ", "0x", "0x3e8", "1000abc", "1000 ", " 1000", "+1000", "-1", "-0", "1e3", "01e",
             "4294967295", "4294967296", "18446744073709551616", "1000:", ":", ":1000", "1000:x",
             "1000:-1", "1000:1000:1000", "1000,0", "root", "guest", "\u0661\u0660", "1000\n0",
             "1000;0", "0:0:", "::"]

    def test_number_that_is_a_name_in_the_image_is_root_s_without_care(self):
        """busybox su, by name: the passwd of the image says who 1000 is."""
        root = self.rootfs_of(self.plant)
        shown = busybox("chroot", root, "/bin/busybox", "su", "1000", "-c", "id -u")
        self.assertEqual(shown.stdout.strip(), "0")

    def plant(self, root):
        (root / "etc" / "passwd").write_text("1000:x:0:0:root:/root:/bin/sh\n"
                                             "root:x:0:0:root:/root:/bin/sh\n")
        (root / "etc" / "group").write_text("1000:x:0:\nroot:x:0:\n")

    def test_number_is_a_number_whatever_the_image_calls_so(self):
        """CVE-2016-3697"""
        box = self.start(edit=self.planted(self.plant))
        self.assertEqual(self.husk("exec", "-u", "1000:1000", box.id, "sh", "-c",
                                   "id -u; id -g").out, "1000\n1000\n")

    def test_careless_number_is_another_user(self):
        """What atoi and strtol without a look at the rest make of such words: root, mostly."""
        libc.atoi.restype = ctypes.c_int
        for word in ("0x3e8", "root", "4294967296", ""):
            self.assertEqual(libc.atoi(word.encode()), 0, word)

    def test_word_that_is_no_number_is_refused(self):
        """CVE-2026-30892: all of them, as user and as group."""
        box = self.start()
        for word in self.WORDS:
            done = self.husk("exec", "-u", word, box.id, "id", code=None)
            self.assertNotEqual(done.code, 0, word)
            self.assertEqual(done.out, "", word)
            self.assertEqual(len(done.err.splitlines()), 1)

    @rows(["uid", "gid"])
    def test_number_of_the_configuration_is_in_range(self, member):
        for value in (-1, 4294967295, 4294967296, 1.5, "0", True, 2**64):
            self.attempt(["id"], lambda b, v=value: b.config["process"]["user"].update(
                {member: v}), code=1)
        self.assert_nothing_left()

    # pids, signals and descriptors are numbers too
    @rows([("signal", ["kill", "BOX", "9x"]), ("negative signal", ["kill", "BOX", "-9"]),
           ("signal 0x", ["kill", "BOX", "0x9"]),
           ("signal too large", ["kill", "BOX", "4294967305"]),
           ("descriptors", ["exec", "--preserve-fds", "1x", "BOX", "true"]),
           ("negative descriptors", ["exec", "--preserve-fds", "-1", "BOX", "true"]),
           ("process to explain", ["explain", "1x"])])
    def test_other_numbers(self, _, words):
        """S-28"""
        box = self.start()
        done = self.husk(*[box.id if word == "BOX" else word for word in words], code=None)
        self.assertNotEqual(done.code, 0)
        self.assertEqual(box.status(), "running")


class Limits(HostileTest):
    """S-29, CVE-2021-43784: lengths that no longer fit where they were thought to fit."""

    def test_sixteen_bits_are_not_enough(self):
        """What a 16-bit length makes of such a text: the rest is read as the next message."""
        self.assertLess(ctypes.c_uint16(70 * 1024).value, 70 * 1024)

    def test_long_path_of_a_namespace_or_mount(self):
        long = "/" + "/".join(["x" * 250] * 280)
        self.assertGreater(len(long), 65536)
        for edit in (
                lambda b: b.config["linux"]["namespaces"].append(
                    {"type": "time", "path": long}),
                lambda b: b.config["mounts"].append(
                    {"destination": long, "type": "bind", "source": "/etc", "options": ["bind"]}),
                lambda b: b.config["mounts"].append(
                    {"destination": "/data", "type": "bind", "source": long, "options": ["bind"]}),
                lambda b: b.config["process"].update(cwd=long),
                lambda b: b.config["process"].update(args=[long])):
            self.attempt(["true"], edit)
            self.assert_nothing_left()

    def test_long_words_arrive_whole(self):
        """70 KiB of environment and of arguments are none of the messages' business."""
        value = "v" * 70 * 1024
        shown = self.run_in(["sh", "-c", 'echo ${#LONG} ${#1}', "sh", value],
                            lambda b: b.config["process"]["env"].append("LONG=" + value)).out
        self.assertEqual(shown.split(), [str(len(value))] * 2)

    def test_many_id_maps(self):
        """More lines than the kernel takes are an error, not the first few of them."""
        def edit(count):
            def change(b):
                b.config["linux"]["namespaces"].append({"type": "user"})
                for ids in ("uidMappings", "gidMappings"):
                    b.config["linux"][ids] = [
                        {"containerID": i, "hostID": 100000 + 2 * i, "size": 1}
                        for i in range(count)]
            return change
        shown = self.run_in(["sh", "-c", "wc -l </proc/self/uid_map"], edit(300)).out
        self.assertEqual(shown.strip(), "300")
        self.attempt(["true"], edit(341), code=1)
        self.assert_nothing_left()

    def test_null_in_a_text_is_an_error(self):
        """S-29: what is looked at must be what is used."""
        for edit in (lambda b: b.config["process"].update(args=["tr\0ue"]),
                     lambda b: b.config["process"].update(cwd="/\0/etc"),
                     lambda b: b.config["process"].update(env=["A=\0"]),
                     lambda b: b.config.update(hostname="a\0b"),
                     lambda b: b.config["mounts"][0].update(destination="/proc\0/x"),
                     lambda b: b.config["linux"].update(maskedPaths=["/proc/keys\0"])):
            self.attempt(["true"], edit, code=1)
            self.assert_nothing_left()

    def test_length_overflow_of_net_devices_and_annotations(self):
        self.attempt(["true"], lambda b: b.config.update(
            annotations={f"key{i}": "x" * 1000 for i in range(200)}), code=0)


class Seccomp(HostileTest):
    """S-25: no filter that was asked for is left out; what it forbids, it forbids."""

    def profile(self, **more):
        return {"defaultAction": "SCMP_ACT_ALLOW",
                "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO",
                              "errnoRet": 38}], **more}

    @rows([("with no_new_privs", True), ("without", False)])
    def test_holds(self, _, no_new_privileges):
        self.assertEqual(self.run_in(["mkdir", "/tmp/x"]).err, "")  # without it, it can be done
        done = self.run_in(["sh", "-c", "mkdir /tmp/x; grep Seccomp: /proc/self/status"],
                           lambda b: (b.config["linux"].update(seccomp=self.profile()),
                                      b.config["process"].update(
                                          noNewPrivileges=no_new_privileges)))
        self.assertIn("not implemented", done.err)
        self.assertEqual(done.out.split(), ["Seccomp:", "2"])

    @rows([("action", {"defaultAction": "SCMP_ACT_NONSENSE"}),
           ("architecture", {"architectures": ["SCMP_ARCH_NONE_SUCH"]}),
           ("flag", {"flags": ["SECCOMP_FILTER_FLAG_NONSENSE"]}),
           ("operator", {"syscalls": [{"names": ["mkdir"], "action": "SCMP_ACT_ERRNO", "args": [
               {"index": 0, "value": 1, "op": "SCMP_CMP_NONE"}]}]}),
           ("listener that is not there", {"listenerPath": "/nowhere/sock", "syscalls": [
               {"names": ["mkdir"], "action": "SCMP_ACT_NOTIFY"}]})])
    def test_what_is_not_understood_is_an_error(self, _, change):
        done = self.attempt(["echo", "unconfined"], lambda b: b.config["linux"].update(
            seccomp=self.profile(**change)))
        self.assertNotEqual(done.code, 0)
        self.assertEqual(done.out, "")
        self.assert_nothing_left()


class SetUserId(HostileTest):
    needs = ["root", "processor x86_64"]

    def test_no_new_privileges_holds_against_a_set_uid_program(self):
        """S-25: geteuid(2) of an image's set-uid program."""
        program = tiny_program(b"\xb8\x6b\x00\x00\x00\x0f\x05\x89\xc7\xb8\x3c\x00\x00\x00\x0f\x05")

        def plant(root):
            (root / "bin" / "tell").write_bytes(program)
            (root / "bin" / "tell").chmod(0o4755)
        if os.statvfs(self.folder).f_flag & os.ST_NOSUID:
            self.skipTest(f"{self.folder.parent} is mounted nosuid")
        for forbidden, code in ((False, 0), (True, 1000 % 256)):
            self.run_in(["/bin/tell"], self.planted(plant, lambda config, f=forbidden:
                        config["process"].update(user={"uid": 1000, "gid": 1000},
                                                 noNewPrivileges=f)), code=code)


def key_finder(name):
    """keyctl(KEYCTL_SEARCH, the session keyring, "user", name, 0); exit status 1: not there."""
    texts = b"user\0" + name + b"\0"
    code = (b"\xb8\xfa\0\0\0" b"\xbf\x0a\0\0\0" b"\x48\xc7\xc6\xfd\xff\xff\xff"
            b"\x48\x8d\x15" + struct.pack("<i", 26) + b"\x4c\x8d\x15" + struct.pack("<i", 24)
            + b"\x45\x31\xc0" b"\x0f\x05" b"\x48\x89\xc7" b"\x48\xc1\xef\x3f"
            b"\xb8\x3c\0\0\0" b"\x0f\x05")
    return tiny_program(code + texts)


class Keyring(HostileTest):
    needs = ["root", "processor x86_64"]

    def test_keys_of_the_caller_s_session_are_not_in_reach(self):
        """S-35: the session keyring is the container's own."""
        add_key, keyctl, join_session = 248, 250, 1

        def with_key():
            check(libc.syscall(keyctl, join_session, None), "keyctl")
            check(libc.syscall(add_key, b"user", b"husk-secret", b"x", 1, -3), "add_key")

        def plant(root):
            (root / "bin" / "find-key").write_bytes(key_finder(b"husk-secret"))
            (root / "bin" / "find-key").chmod(0o755)
        edit = self.planted(plant)
        self.run_in(["/bin/find-key"], edit, preexec_fn=with_key, code=1)
        # It is because of the keyring: with the caller's it is found.
        self.run_in(["/bin/find-key"], edit, options=["--no-new-keyring"], preexec_fn=with_key)
