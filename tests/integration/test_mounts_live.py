# SPDX-License-Identifier: GPL-2.0-or-later
"""husk mounts add, husk mounts remove. CM-36."""
import json

import machine
from bundle import bind, drop_namespace, mount
from husk import ContainerTest, rows


def with_user_namespace(bundle):
    bundle.config["linux"]["namespaces"].append({"type": "user"})
    for ids in ("uidMappings", "gidMappings"):
        bundle.config["linux"][ids] = [{"containerID": 0, "hostID": 100000, "size": 1000}]


def own_rootfs(bundle):
    bundle.own_rootfs()
    bundle.config["root"]["readonly"] = False


class LiveTest(ContainerTest):
    def setUp(self):
        super().setUp()
        self.source = self.folder / "source"
        self.source.mkdir()
        self.source.chmod(0o777)
        (self.source / "name").write_text("of the host\n")

    def file(self, content):
        path = self.folder / "mounts.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    def change(self, verb, box, *mounts, code=0):
        return self.husk("mounts", verb, box.id, self.file(list(mounts)), code=code)

    def inside(self, box, script, code=0):
        return self.husk("exec", box.id, "sh", "-c", script, code=code).out.rstrip("\n")

    def shown(self, box, target):
        """The mount points at and below target, as the container sees them."""
        return [line.split()[4] for line in self.inside(box, "cat /proc/self/mountinfo")
                .splitlines() if (line.split()[4] + "/").startswith(target + "/")]


class Add(LiveTest):
    @rows([("plain",), ("user namespace",)])
    def test_folder_of_the_host(self, kind):
        """CM-36: a bind can be read and written inside, and is the host's folder."""
        box = self.start(edit=with_user_namespace if kind != "plain" else None)
        self.change("add", box, bind("/var", self.source))
        self.assertEqual(self.inside(box, "cat /var/name; echo x > /var/new"), "of the host")
        self.assertEqual((self.source / "new").read_text(), "x\n")
        self.assertEqual(self.shown(box, "/var"), ["/var"])

    def test_readonly(self):
        """CM-36"""
        box = self.start()
        self.change("add", box, bind("/var", self.source, "ro"))
        self.inside(box, "test -e /var/name && ! echo x > /var/new 2> /dev/null")
        self.assertFalse((self.source / "new").exists())

    def test_missing_targets_are_made(self):
        """CM-36: a folder for a folder, a file for a file, both below what was just mounted."""
        box = self.start()
        self.change("add", box, mount("/tmp/a", "tmpfs", "tmpfs"),
                    bind("/tmp/a/b/c", self.source), bind("/tmp/a/file", self.source / "name"))
        self.assertEqual(self.inside(box, "cat /tmp/a/b/c/name /tmp/a/file"),
                         "of the host\nof the host")

    @rows([("plain",), ("user namespace",)])
    def test_new_file_systems(self, kind):
        """CM-36: a tmpfs with its options, the queues of the container's ipc namespace."""
        box = self.start(edit=with_user_namespace if kind != "plain" else None)
        self.change("add", box, mount("/var", "tmpfs", "tmpfs", "ro", "size=64k", "noexec"),
                    mount("/etc", "mqueue", "mqueue"))
        line = self.inside(box, "grep ' /var ' /proc/self/mountinfo")
        self.assertLessEqual({"ro", "noexec"}, set(line.split()[5].split(",")))
        self.assertIn("size=64k", line)
        self.inside(box, "touch /dev/mqueue/queue; test -e /etc/queue")

    @rows([("created",), ("paused",)])
    def test_in_a_container_that_is(self, status):
        """CM-36: the change does not wait for the container."""
        box = self.create()
        if status == "paused":
            self.husk("start", box.id)
            self.husk("pause", box.id)
        self.change("add", box, bind("/var", self.source))
        self.husk("resume" if status == "paused" else "start", box.id)
        self.assertEqual(self.inside(box, "cat /var/name"), "of the host")

    def test_relative_source_is_below_the_bundle(self):
        """CM-36, M-04"""
        box = self.start()
        (box.bundle.folder / "data").write_text("of the bundle\n")
        self.change("add", box, bind("/tmp/data", "data"))
        self.assertEqual(self.inside(box, "cat /tmp/data"), "of the bundle")

    @rows([("absolute", "{}"), ("upwards", "../../../../../../../..{}")])
    def test_link_leads_nowhere_but_inside(self, _, link):
        """CM-36, S-05: a symbolic link of the image ends at the container's root."""
        victim = self.folder / "victim"
        victim.mkdir()

        def edit(bundle):
            own_rootfs(bundle)
            (bundle.folder / "rootfs" / "var" / "link").symlink_to(link.format(victim))
        box = self.start(edit=edit)
        self.change("add", box, bind("/var/link", self.source))
        self.assertEqual(list(victim.iterdir()), [])
        self.assertEqual(self.shown(box, str(victim)), [str(victim)])
        self.assertEqual(self.inside(box, f"cat {victim}/name"), "of the host")
        self.change("remove", box, bind("/var/link", self.source))
        self.assertEqual(self.shown(box, str(victim)), [])

    def test_mounts_of_the_container_stay_inside(self):
        """CM-36, S-19"""
        box = self.start()
        before = machine.mounts_at("/var", self.mark)
        self.change("add", box, bind("/var", self.source), mount("/var/a", "tmpfs", "tmpfs"))
        self.assertEqual(self.shown(box, "/var"), ["/var", "/var/a"])
        self.assertEqual(machine.mounts_at("/var", self.mark), before)


class Remove(LiveTest):
    def test_what_was_added(self):
        """CM-36: the same file, mounts on mounts included."""
        box = self.start()
        mounts = [bind("/var", self.source), mount("/var/a", "tmpfs", "tmpfs"),
                  mount("/tmp/a", "tmpfs", "tmpfs")]
        self.change("add", box, *mounts)
        self.assertEqual(self.shown(box, "/var"), ["/var", "/var/a"])
        self.change("remove", box, *mounts)
        self.assertEqual(self.shown(box, "/var") + self.shown(box, "/tmp"), ["/tmp"])
        self.assertEqual(self.inside(box, "ls /var"), "")
        self.assertTrue((self.source / "name").exists())

    def test_in_a_user_namespace(self):
        """CM-36: what came with the container, too."""
        box = self.start(edit=with_user_namespace)
        self.change("add", box, bind("/tmp/a", self.source))
        self.change("remove", box, {"destination": "/tmp"})
        self.assertEqual(self.shown(box, "/tmp"), [])

    @rows([("/var", "/var: is not a mount point"), ("/none", "no such file"),
           ("/", "is the root"), ("/proc/1/root", "proc/1/root")])
    def test_refused(self, target, words):
        """CM-36"""
        box = self.start()
        before = self.shown(box, "")
        self.assert_refused(self.change("remove", box, {"destination": target}, code=1),
                            "mounts[0]: ", words)
        self.assertEqual(self.shown(box, ""), before)


class Refused(LiveTest):
    @rows([("add",), ("remove",)])
    def test_stopped_container(self, verb):
        """CM-36"""
        box = self.start(args=["true"])
        box.first.wait_exit()
        self.assert_refused(self.change(verb, box, bind("/var", self.source), code=1), box.id,
                            "container not running")

    @rows([("no JSON", "[{", "line 1, column"), ("object", "{}", "mounts: a list is wanted"),
           ("null", "null", "line 1, column"), ("two", "[], 'x': 1", "line 1, column"),
           ("item", "[1]", "mounts[0]: an object is wanted"),
           ("no destination", "[{'type': 'tmpfs'}]", "mounts[0].destination: "),
           ("half mapped", "[{'destination': '/a', 'uidMappings': "
            "[{'containerID': 0, 'hostID': 0, 'size': 1}]}]", "mounts[0].gidMappings: "),
           ("no type", "[{'destination': '/a'}]", "mounts[0].type: "),
           ("option of a bind", "[{'destination': '/a', 'source': '/', 'options': "
            "['bind', 'frob']}]", "mounts[0].options: \"frob\""),
           ("option of a file system", "[{'destination': '/tmp', 'type': 'tmpfs', 'options': "
            "['frob']}]", "mounts[0]: "),
           ("root", "[{'destination': '/', 'type': 'tmpfs'}]", "mounts[0].destination: "),
           ("proc", "[{'destination': '/proc/1', 'type': 'tmpfs'}]", "mounts[0].destination: "),
           ("cgroup", "[{'destination': '/tmp', 'type': 'cgroup'}]", "mounts[0].type: "),
           ("procfs", "[{'destination': '/proc', 'type': 'proc'}]", "mounts[0].type: "),
           ("no source", "[{'destination': '/tmp', 'source': '/none', 'options': ['bind']}]",
            "mounts[0]: mount /none on /tmp: "),
           ("copied link", "[{'destination': '/tmp', 'source': '/', 'options': "
            "['bind', 'copy-symlink']}]", "mounts[0].options: ")])
    def test_file(self, _, text, words):
        """CM-36: the error says where; nothing is mounted."""
        box = self.start()
        before = self.shown(box, "")
        path = self.file(text.replace("'", '"'))
        self.assert_refused(self.husk("mounts", "add", box.id, path, code=1), words)
        self.assertEqual(self.shown(box, ""), before)

    @rows([("verb", "move", "ID", "FILE"), ("no file", "add", "ID"),
           ("option", "--frob", "add", "ID", "FILE"), ("container", "add", "none", "FILE"),
           ("absent", "add", "ID", "/none/file")])
    def test_call(self, _, *words):
        """CM-36"""
        box = self.start()
        place = {"ID": box.id, "FILE": self.file([])}
        self.assert_refused(self.husk("mounts", *(place.get(w, w) for w in words), code=1))

    def test_container_in_the_mounts_of_the_host(self):
        """CM-36: nothing is mounted on the host."""
        def edit(bundle):
            drop_namespace(bundle.config, "mount")
            bundle.config["mounts"] = []
            bundle.config["root"]["readonly"] = False
            for name in ("maskedPaths", "readonlyPaths"):
                bundle.config["linux"][name] = []
        box = self.start(edit=edit)
        self.assert_refused(self.change("add", box, bind("/var", self.source), code=1),
                            "mount namespace")
