# SPDX-License-Identifier: GPL-2.0-or-later
"""podman with husk as its runtime: a store, a configuration and states of the test's own."""
import json
import os
import pwd
import shutil
import subprocess
import unittest

import engine
import machine

IMAGE, PAUSE = "localhost/busybox:latest", "localhost/pause:latest"

# Beside what docs/engines.md says: what keeps the tests apart from the machine.
APART = """\
[containers]
apparmor_profile = "unconfined"
default_ulimits = []
init_path = "{init}"
netns = "none"

[engine]
events_logger = "file"
hooks_dir = []
infra_image = "{pause}"
lock_type = "file"

[engine.runtimes]
husk = ["{husk}"]

[network]
network_config_dir = "{folder}/networks"
"""

STORE = """\
[storage]
driver = "{driver}"
graphroot = "{folder}/graph"
runroot = "{folder}/run"
"""
VFS_OF_ONE_ID = """
[storage.options.vfs]
ignore_chown_errors = "true"
"""
RANGE = 200000, 65536  # what /etc/subuid and /etc/subgid give to the user, where a test asks for it


class Podman(engine.Engine):
    """Nothing of it runs on its own: each call is a program, each container has a conmon."""

    def __init__(self, name="podman", as_user=False, settings=""):
        """`settings`: lines of containers.conf, stronger than those of the document."""
        super().__init__(name)
        # podman's own cgroups, when it is the first on this machine.
        self.cgroups = [name for name in ("libpod_parent", "podman_probe")
                        if not machine.cgroups_with(name)]
        program, init = engine.HUSK, engine.INIT
        if as_user:  # an ordinary user may not get to the checkout
            program, init = (shutil.copy2(path, self.folder) for path in (program, init))
            self.husk = program
        self.write("home/.config/containers/policy.json",
                   json.dumps({"default": [{"type": "insecureAcceptAnything"}]}))
        self.environment.update(
            XDG_RUNTIME_DIR=str(self.new_folder("runtime")),
            CONTAINERS_CONF=str(self.write("containers.conf", engine.merged(
                engine.documented("containers.conf") + (APART + settings).format(
                    husk=program, init=init, pause=PAUSE, folder=self.folder)))),
            CONTAINERS_STORAGE_CONF=str(self.write("storage.conf", STORE.format(
                folder=self.folder, driver="vfs") + VFS_OF_ONE_ID)),
            CONTAINERS_REGISTRIES_CONF=str(self.write("registries.conf", "")))
        self.words = ["podman", "--root", self.folder / "graph", "--runroot",
                      self.folder / "run", "--tmpdir", self.folder / "tmp"]
        if as_user:
            self.become_ordinary()

    def become_ordinary(self):
        (self.folder / "runtime").chmod(0o700)
        for path in [self.folder, *self.folder.rglob("*")]:
            os.chown(path, machine.ORDINARY_UID, machine.ORDINARY_UID)
        self.as_root, self.prefix = self.prefix, self.prefix + machine.as_ordinary_user()

    def call(self, *words, **options):
        return self.run(*self.words, *words, **options)

    def begin(self, *words, **options):
        return self.spawn(*self.words, *words, **options)

    def import_images(self):
        """The result of the first call that does not succeed, or of the last."""
        busybox = self.archive("busybox.tar", engine.busybox_root())
        pause = self.archive("pause.tar", engine.pause_root(self.new_folder("pause")))
        done = self.call("import", busybox, IMAGE)
        return done if done.code else self.call(
            "import", "--change", 'ENTRYPOINT ["/pause", "-P"]', pause, PAUSE)

    def prepare(self, test):
        """No test where podman does not work with runc either."""
        done = self.import_images()
        if done.code == 0 and self.works_with("husk").code:
            done = self.works_with("runc")  # and when this one works the tests shall tell
        if done.code:
            raise unittest.SkipTest(f"podman does not work here: {done.err.strip()[-300:]}")

    def works_with(self, runtime):
        return self.call("--runtime", runtime, "run", "--rm", *self.parent(), IMAGE, "true")

    def parent(self):
        """Options that put a container's cgroup below the mark; an ordinary user has none."""
        return [] if "setpriv" in self.prefix else ["--cgroup-parent", f"/{self.mark}"]

    def stop_all(self):
        self.call("pod", "rm", "--all", "--force", "--time", "0")
        self.call("rm", "--all", "--force", "--time", "0")

    def end(self):
        self.stop_all()
        if "setpriv" in self.prefix:
            self.call("system", "migrate")  # ends the process that holds the user namespace
        self.wait_for_processes()
        for top in [top for name in self.cgroups for top in machine.cgroups_with(name)]:
            engine.remove_empty([top + "/conmon", top])
        return super().end()


class WithRanges(Podman):
    """An ordinary user's who has more ids than one: owners are kept, and layers are overlays."""

    LISTS = ["/etc/subuid", "/etc/subgid"]

    def __init__(self, name="ranges", settings=""):
        super().__init__(name, as_user=True, settings=settings)
        self.write("storage.conf", STORE.format(folder=self.folder, driver="overlay"))
        user = pwd.getpwuid(machine.ORDINARY_UID).pw_name
        entry = self.write("ranges", "{}:{}:{}\n".format(user, *RANGE))
        for path in self.LISTS:
            subprocess.run([*self.as_root, "mount", "--bind", entry, path], check=True)

    def end(self):
        self.stop_all()
        subprocess.run([*self.as_root, "umount", *self.LISTS], check=True)
        return super().end()


def set_up(kind=Podman, test_class=None, **how):
    """One for all tests of a file, or of a class; none where podman cannot work."""
    engine.skip_unless("root", "program podman", "program conmon", "program runc")
    if how.get("as_user") or issubclass(kind, WithRanges):
        engine.skip_unless("user namespaces")
    if issubclass(kind, WithRanges):
        engine.skip_unless("program newuidmap")
        if not has_ordinary_user() or not all(map(os.path.exists, WithRanges.LISTS)):
            raise unittest.SkipTest(f"needs a user {machine.ORDINARY_UID}, "
                                    + " and ".join(WithRanges.LISTS))
    kind(**how).serve(test_class or PodmanTest)


def has_ordinary_user():
    return machine.ORDINARY_UID in {one.pw_uid for one in pwd.getpwall()}


class PodmanTest(engine.EngineTest):
    def setUp(self):
        self.names = []

    def tearDown(self):
        if self.names:
            # podman gives a killed process five seconds, and says so when they were not enough.
            words = ["rm", "--force", "--ignore", "--time", "0", *self.names]
            self.until(lambda: self.engine.call(*words).code == 0, "podman removes them")
        super().tearDown()

    def podman(self, *words, code=0, **options):
        return self.checked(words, self.engine.call(*words, **options), code)

    def run_in(self, *words, options=(), code=0, **more):
        """podman run --rm, to its end."""
        return self.podman("run", "--rm", *self.engine.parent(), *options, IMAGE, *words,
                           code=code, **more)

    def shell(self, script, *options):
        """What a script prints, by words."""
        return self.run_in("sh", "-c", script, options=options).out.split()

    def start(self, script, *options):
        """A container in the background; returns its name."""
        name = f"c{len(self.names)}"
        self.names.append(name)
        self.podman("run", "--detach", "--name", name, *self.engine.parent(), *options, IMAGE,
                    "sh", "-c", script)
        return name

    def inspect(self, name, what):
        return self.podman("inspect", "--format", "{{" + what + "}}", name).out.strip()

    def wait_for_line(self, name, line):
        self.until(lambda: line in self.podman("logs", name).out.splitlines(),
                   f"{name} prints {line}")


# ---- pods

def container(name, script, **more):
    return {"name": name, "image": IMAGE, "imagePullPolicy": "Never",
            "command": ["sh", "-c", script], **more}


def pod_of(*containers, **more):
    return {"hostNetwork": True, "containers": list(containers), **more}


def pod(name, *containers, **more):
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name},
            "spec": pod_of(*containers, **more)}


class PodTest(PodmanTest):
    def setUp(self):
        super().setUp()
        self.pods = {}  # name: id

    def tearDown(self):
        if self.pods:
            self.podman("pod", "rm", "--force", "--time", "0", *self.pods.values(), code=None)
        super().tearDown()
        # podman leaves a pod's folder where a conmon ends slowly, and, on a machine with both
        # versions, in the trees that it does not use itself; with any runtime. Nobody may be in.
        self.until(lambda: engine.remove_cgroups(*self.pods.values()), "their cgroups are empty")

    def play(self, manifest):
        """podman kube play; remembers the pods it has made."""
        path = self.engine.write("manifest.yaml", manifest)
        before = self.running_pods()
        self.podman("kube", "play", path)
        self.pods.update({name: key for name, key in self.running_pods().items()
                          if name not in before})
        return path

    def running_pods(self):
        return {one["Name"]: one["Id"]
                for one in json.loads(self.podman("pod", "ps", "--format", "json").out)
                if one["Status"] == "Running"}

    def containers(self, name):
        """{name: {"Id": ..., "Pid": ..., "IsInfra": ...}} of a pod's containers, as they are now"""
        shown = self.podman("ps", "--all", "--format", "json", "--filter", f"pod={name}",
                            "--no-trunc").out
        return {one["Names"][0]: one for one in json.loads(shown)}
