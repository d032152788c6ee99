# SPDX-License-Identifier: GPL-2.0-or-later
"""Stops of containers whose PID 1 is husk-init, at a random moment after their start.

A stop that is lost lets `sleep` run on; then the container is killed, or the call is given up.
"""
import os
import random
import re
import signal
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import husk

PROGRAM = ["sleep", "600"]
MOST_SECONDS = 0.05  # between the start and the stop
PATIENCE_SECONDS = 60 * husk.PATIENCE  # then a stop is lost


class Place(NamedTuple):
    """Where containers are made, and from what."""
    root: Path
    bundle: Path  # of PROGRAM
    prefix: str   # of their ids
    environment: dict

    def words(self, *words):
        return [husk.BINARY, "--root", str(self.root), *map(str, words)]

    def call(self, *words):
        """(exit status, what it wrote), into a file: a container in the background has it open."""
        with tempfile.TemporaryFile("w+") as out:
            done = subprocess.run(self.words(*words), env=self.environment, check=False,
                                  stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                  timeout=2 * PATIENCE_SECONDS)
            out.seek(0)
            return done.returncode, out.read()


def by_signal(place, name, seconds):
    """SIGTERM for a `husk run` in the foreground: before, while or after it makes the container.

    Returns what went wrong; None when it ended as it must.
    """
    running = subprocess.Popen(
        place.words("run", "--init", "--bundle", place.bundle, name), env=place.environment,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    time.sleep(seconds)
    running.send_signal(signal.SIGTERM)
    try:
        out, _ = running.communicate(timeout=PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        place.call("delete", "--force", name)
        running.kill()
        running.communicate()
        return "lost"
    # Before husk has looked at its own signals, SIGTERM ends it like any program.
    if running.returncode in (128 + signal.SIGTERM, -signal.SIGTERM) and not out:
        return None
    return f"exit status {running.returncode}: {out}"


def by_command(place, name, seconds):
    """`husk stop` for a container that runs in the background."""
    pid_file = place.root.parent / f"{name}.pid"
    code, out = place.call("run", "--detach", "--init", "--bundle", place.bundle,
                           "--pid-file", pid_file, name)
    if code != 0:
        return f"run: {out}"
    time.sleep(seconds)
    stopped, told = place.call("stop", "--timeout", f"{PATIENCE_SECONDS}s", name)
    deleted, out = place.call("delete", "--force", name)
    os.waitpid(int(pid_file.read_text()), 0)  # we are their subreaper
    pid_file.unlink()
    if stopped != 0 or not re.search(r": stopped after .*, exit status 143\n$", told):
        return f"stop: {told}"
    return None if (deleted, out) == (0, "") else f"delete: {out}"


def many(way, place, count, at_once, seed=1):
    """That many stops; a list of what went wrong, empty when nothing did."""
    moments = random.Random(seed)
    tasks = [(f"{place.prefix}-{n}", moments.uniform(0, MOST_SECONDS)) for n in range(count)]
    with ThreadPoolExecutor(at_once) as pool:
        ends = list(pool.map(lambda task: way(place, *task), tasks))
    return [f"{name}, stopped after {1000 * seconds:.3f} ms: {end}"
            for (name, seconds), end in zip(tasks, ends) if end]
