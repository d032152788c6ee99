# SPDX-License-Identifier: GPL-2.0-or-later
"""Files of /proc that are written for the container: labels, sysctls."""
import json
import os
from pathlib import Path

from bundle import bind, mount
from harm import MS_BIND, HostileTest, apart, inside, with_capabilities
from harm import mount as mount_by_name
from husk import rows

FAKE = """mkdir -p /tmp/fake/self/attr/apparmor /tmp/fake/sys
    ln -s self /tmp/fake/thread-self
    echo -e 'nodev\\tselinuxfs\\nnodev\\tproc' >/tmp/fake/filesystems
    for f in exec keycreate current apparmor/exec; do : >/tmp/fake/self/attr/$f; done"""


WAYS = [("over all", "mount --bind /tmp/fake /proc"),
        ("over the task", "mount --bind /tmp/fake/self /proc/thread-self"),
        ("over the files", "mount --bind /tmp/fake/self/attr /proc/self/attr"),
        ("another procfs", "mkdir /tmp/p; mount -t proc none /tmp/p; "
         "mount --bind /tmp/p/1 /proc")]
LABELS = [("--apparmor", "confined"), ("--process-label", "system_u:system_r:box_t:s0")]


def with_user_namespace(config):
    config["linux"]["namespaces"].append({"type": "user"})
    for ids in ("uidMappings", "gidMappings"):
        config["linux"][ids] = [{"containerID": 0, "hostID": 100000, "size": 1000}]


class Label(HostileTest):
    """S-08, S-09, S-10, CVE-2019-16884, CVE-2025-52881, CVE-2025-62596: the container lays its own
    files over /proc, and husk is to write a label."""

    def faked(self, way, has_user_namespace=False):
        def edit(b):
            with_capabilities(b.config, "CAP_SYS_ADMIN", "CAP_MKNOD")
            b.config["linux"].update(readonlyPaths=[])
            if has_user_namespace:
                with_user_namespace(b.config)
        return self.live(f"{FAKE}\n{way}", edit)

    def test_label_that_is_written_by_name_goes_to_the_fake(self):
        """Who looks at nothing believes that the process is confined."""
        box = self.faked(WAYS[0][1])

        def naive():
            assert "selinuxfs" in Path("/proc/filesystems").read_text()
            Path("/proc/thread-self/attr/exec").write_text("label")
            return Path("/proc/self/attr/exec").read_text()
        self.assertEqual(inside(box.first.pid, naive), "label")

    @rows([(f"{name}, {option}{', user namespace' * user}", way, option, value, user)
           for name, way in WAYS for option, value in LABELS for user in (False, True)])
    def test_exec_fails_closed(self, _, way, option, value, has_user_namespace):
        box = self.faked(way, has_user_namespace)
        done = self.husk("exec", option, value, box.id, "echo", "unconfined", code=None)
        self.assertNotEqual(done.code, 0)
        self.assertEqual(done.out, "")
        for name in ("exec", "keycreate", "apparmor/exec"):
            fake = Path(f"/proc/{box.first.pid}/root/tmp/fake/self/attr/{name}")
            self.assertEqual(fake.read_text(), "")

    @rows(LABELS)
    def test_create_fails_closed(self, option, value):
        """S-10: the label cannot be given, or is; there is no third way."""
        key = "apparmorProfile" if option == "--apparmor" else "selinuxLabel"
        done = self.attempt(["echo", "unconfined"],
                            lambda b: b.config["process"].update({key: value}))
        self.assertNotEqual(done.code, 0)
        self.assertEqual(done.out, "")
        self.assert_nothing_left()


class Sysctl(HostileTest):
    """S-08, S-09, S-13, CVE-2022-0811, CVE-2025-52881."""

    NAMES = ["net/../kernel/core_pattern", "net.ipv4/../../kernel.core_pattern",
             "kernel.shm_rmid_forced/../core_pattern", "kernel/core_pattern",
             "kernel.core_pattern", "../kernel/core_pattern", "net//../kernel/core_pattern",
             "/kernel/core_pattern", "net.ipv4.ip_forward/", "net.", ".net.ipv4.ip_forward",
             "net..ipv4.ip_forward", "net/ipv4/../../../sysrq-trigger", "user.max_user_namespaces",
             "vm.panic_on_oom", "kernel.modprobe", "fs.suid_dumpable"]

    def test_dots_lead_to_the_machine_s_sysctl(self):
        """Put behind /proc/sys, what passes as one of the network is core_pattern."""
        naive = "/proc/sys/" + self.NAMES[0]
        self.assertTrue(self.NAMES[0].startswith("net/"))
        self.assertTrue(os.path.samefile(naive, "/proc/sys/kernel/core_pattern"))

    @rows(NAMES)
    def test_name_is_refused(self, name):
        path = Path("/proc/sys/kernel/core_pattern")
        before = path.read_text()
        # The value that is there already: were it written, nobody would come to harm.
        self.attempt(["true"], lambda b: b.config["linux"].update(
            sysctl={name: before.strip()}), code=1)
        self.assertEqual(path.read_text(), before)
        self.assert_nothing_left()

    def test_value_goes_to_the_kernel_not_to_what_a_link_puts_there(self):
        """CVE-2025-52881: a volume on /sysctl, which is a link to the file in /proc/sys."""
        fake = self.folder / "fake"
        fake.write_text("")
        place = "/proc/sys/net/ipv4/ip_default_ttl"

        def naive():
            mount_by_name(fake, place, flags=MS_BIND)
            Path(place).write_text("77")
            return fake.read_text()
        self.assertEqual(apart(naive), "77")
        fake.write_text("")
        self.attempt(["true"], self.planted(
            lambda root: (root / "sysctl").symlink_to(place),
            lambda config: (config["mounts"].append(bind("/sysctl", fake)),
                            config["linux"].update(sysctl={"net.ipv4.ip_default_ttl": "77"}))),
            code=1)
        self.assertEqual(fake.read_text(), "")

    def test_value_goes_to_the_container_s_namespace(self):
        """A joined or a missing network namespace is another one's."""
        host = Path("/proc/sys/net/ipv4/ip_default_ttl").read_text()
        self.attempt(["true"], lambda b: (
            b.config["linux"].update(sysctl={"net.ipv4.ip_default_ttl": "77"},
                                     namespaces=[n for n in b.config["linux"]["namespaces"]
                                                 if n["type"] != "network"])), code=1)
        self.assertEqual(Path("/proc/sys/net/ipv4/ip_default_ttl").read_text(), host)


class Annotations(HostileTest):
    def test_those_that_can_harm_are_told_to_the_engine(self):
        """CVE-2022-0811, CVE-2024-3154: what an engine must not pass on from a pod's author."""
        told = json.loads(self.husk("features", root=False).out)
        unsafe = told["potentiallyUnsafeConfigAnnotations"]
        for key in ("run.oci.hooks.stdout", "run.oci.hooks.stderr", "org.husk.init"):
            self.assertTrue(any(key.startswith(one) for one in unsafe), key)
        # This is why: a file of the host's, of any name, is appended to.
        victim = self.folder / "victim"
        self.run_in(["true"], lambda b: b.config.update(
            annotations={"run.oci.hooks.stdout": str(victim)},
            hooks={"prestart": [{"path": "/bin/echo", "args": ["echo", "harm"]}]}))
        self.assertEqual(victim.read_text(), "harm\n")


class Masks(HostileTest):
    """S-11, CVE-2025-31133, CVE-2025-62161."""

    def plant(self, root):
        (root / "dev" / "null").symlink_to("/proc/keys")

    def test_mask_by_the_image_s_null_shows_what_it_hides(self):
        """The unprotected way: the name /dev/null below the root is bound on the path."""
        root = self.rootfs_of(self.plant)

        def naive():
            mount_by_name("proc", root / "proc", "proc")
            os.chroot(root)
            mount_by_name("/dev/null", "/proc/keys", flags=MS_BIND)
            return os.stat("/proc/keys").st_rdev
        self.assertEqual(apart(naive), 0)

    @rows([("image's", False), ("engine's /dev", True)])
    def test_mask_is_the_true_null(self, _, has_dev):
        """With /dev of the image husk finds no null it could trust, and refuses the image."""
        def change(config):
            if not has_dev:
                config["mounts"] = [m for m in config["mounts"]
                                    if not m["destination"].startswith("/dev")]
        done = self.attempt(["stat", "-c", "%F %t:%T", "/proc/keys"],
                            self.planted(self.plant, change))
        if has_dev:
            self.assertEqual(done.out, "character special file 1:3\n")
        else:
            self.assertEqual(done.code, 1)

    def test_null_of_the_host_is_looked_at(self):
        """A host whose /dev/null is something else: nothing is masked with that."""
        other = self.folder / "null"
        other.write_text("")

        def body():
            mount_by_name(other, "/dev/null", flags=MS_BIND)
            bundle = self.bundle(["true"])
            with open("/dev/zero", "rb") as stream:
                done = self.husk("run", "--bundle", bundle.folder, self.new_id(), code=None,
                                 stdin=stream)
            return done.code, done.err
        code, text = apart(body)
        self.assertEqual(code, 1)
        self.assertIn("/dev/null of the host is not character 1:3", text)

    def test_volume_that_hides_a_masked_folder_is_no_way_around(self):
        """A file system of the configuration below /sys does not bring back what is masked."""
        shown = self.run_in(["sh", "-c", "ls /sys/firmware /proc/keys; cat /proc/keys"],
                            self.planted(lambda root: None, lambda config: config["mounts"].append(
                                mount("/sys/firmware", "tmpfs", "none")))).out
        self.assertEqual(shown, "/proc/keys\n\n/sys/firmware:\n")

    def test_masks_and_read_only_paths_hold_against_the_container(self):
        """S-12: without the right to mount nothing uncovers them."""
        script = """umount /proc/keys; umount /proc/sys; mount -o remount,rw /proc/sys
            echo 1 >/proc/sys/net/ipv4/ip_forward; cat /proc/keys; mv /proc/keys /proc/k; true"""
        shown = self.run_in(["sh", "-c", script])
        self.assertEqual(shown.out, "")
        self.assertIn("ead-only", shown.err)
