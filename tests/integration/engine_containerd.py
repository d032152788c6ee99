# SPDX-License-Identifier: GPL-2.0-or-later
"""containerd with husk below its shim io.containerd.runc.v2."""
import unittest

import engine

BUSYBOX, PAUSE = "localhost/busybox:latest", "localhost/pause:latest"

# Beside what docs/engines.md says: what keeps it apart from the machine, and patient.
APART = """\
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", \
"io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.devmapper", \
"io.containerd.tracing.processor.v1.otlp", "io.containerd.internal.v1.tracing"]

[timeouts]
"io.containerd.timeout.shim.cleanup" = "300s"
"io.containerd.timeout.shim.load" = "300s"
"io.containerd.timeout.shim.shutdown" = "300s"
"io.containerd.timeout.task.state" = "300s"

[plugins."io.containerd.internal.v1.opt"]
path = "{folder}/opt"

[plugins."io.containerd.grpc.v1.cri"]
disable_apparmor = true
restrict_oom_score_adj = true
sandbox_image = "{pause}"

[plugins."io.containerd.grpc.v1.cri".containerd]
snapshotter = "native"

[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "{folder}/cni/bin"
conf_dir = "{folder}/cni/conf"
"""


class Containerd(engine.Engine):
    def __init__(self, name, namespace=None):
        super().__init__(name)
        self.namespace = namespace or self.mark
        self.socket = self.folder / "containerd.sock"
        (self.folder / "cni" / "conf").mkdir(parents=True)
        documented = engine.documented("containerd 1.x")
        head, _, tables = APART.partition("\n\n")
        config = engine.merged(f"{head}\n{documented}\n{tables}".format(
            folder=self.folder, pause=PAUSE))
        self.process = self.daemon(
            "containerd", "--config", self.write("config.toml", config), "--root",
            self.new_folder("root"), "--state", self.new_folder("state"), "--address",
            self.socket)

        self.words = ["ctr", "--address", self.socket, "--namespace", self.namespace]

    def call(self, *words, **options):
        """ctr; the namespace is the name of the cgroup below which it runs containers."""
        return self.run(*self.words, *words, **options)

    def begin(self, *words, **options):
        return self.spawn(*self.words, *words, **options)

    def answers(self):
        return self.process.poll() is not None or self.call("version").code == 0

    def prepare(self, test):
        test.until(self.answers, "containerd answers")
        if self.process.poll() is not None:
            raise unittest.SkipTest(f"containerd does not start here: {self.last_words()}")
        busybox = self.archive("busybox.tar", engine.busybox_root())
        pause = self.archive("pause.tar", engine.pause_root(self.new_folder("pause")))
        for name, layer, config in ((BUSYBOX, busybox, {"Env": ["PATH=/bin:/sbin"]}),
                                    (PAUSE, pause, {"Entrypoint": ["/pause", "-P"]})):
            image = engine.oci_archive(layer.with_suffix(".oci"), name, layer, config)
            words = ["images", "import", "--snapshotter", "native", image]
            test.checked(words, self.call(*words), 0)

    def states(self):
        """husk's, where the shim keeps them: by namespace."""
        return self.run("find", "/run/containerd/runc", "-mindepth", "2", "-maxdepth", "2",
                        "-not", "-name", ".*").out.split()

    def end(self):
        self.process.terminate()
        self.process.wait(engine.WAIT)
        return super().end()
