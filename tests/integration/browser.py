# SPDX-License-Identifier: GPL-2.0-or-later
"""A real browser without a screen, told what to do over its own debugging pipe.

Source: the Chrome DevTools protocol; messages are JSON, each with a 0 byte behind it.
"""
import base64
import fcntl
import json
import os
import select
import shutil
import signal
import struct
import subprocess

import machine
from process import LIMIT

OPTIONS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
           "--disable-background-networking", "--disable-component-update", "--disable-sync",
           "--disable-dev-shm-usage", "--disable-breakpad", "--disable-crash-reporter",
           "--hide-scrollbars", "--remote-debugging-pipe"]
PATIENT = 4 * LIMIT  # seconds for an answer: a guard against hanging
WIDTH, HEIGHT = 1400, 1400


class Browser:
    def __init__(self, folder):
        """@folder: for all that it writes; the caller's."""
        self.folder = str(folder)
        low, self.write_fd = os.pipe()
        self.read_fd, high = os.pipe()
        # It takes its orders from descriptor 3 and answers on 4; these must be others.
        commands, answers = (fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 10) for fd in (low, high))
        self.rest, self.events, self.number = b"", [], 0
        words = [shutil.which("chromium"), *OPTIONS, f"--window-size={WIDTH},{HEIGHT}",
                 f"--user-data-dir={folder}/profile", "about:blank"]
        self.process = subprocess.Popen(
            ["bash", "-c", f'exec "$0" "$@" 3<&{commands} 4>&{answers} {commands}<&- {answers}>&-',
             *words],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            pass_fds=[commands, answers], start_new_session=True,
            env={**os.environ, "HOME": str(folder), "TMPDIR": str(folder)})
        for fd in (low, high, commands, answers):
            os.close(fd)
        self.session = None

    def end(self):
        """With all its processes: most are a group of their own, and all know the folder."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for pid in machine.processes_with(self.folder):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        os.close(self.write_fd)
        os.close(self.read_fd)

    # ---- messages

    def receive(self):
        ready = select.poll()
        ready.register(self.read_fd, select.POLLIN)
        while b"\0" not in self.rest:
            if not ready.poll(1000 * PATIENT):
                raise AssertionError(f"the browser says nothing for {PATIENT} s")
            more = os.read(self.read_fd, 1 << 20)
            if not more:
                raise AssertionError("the browser has ended")
            self.rest += more
        message, _, self.rest = self.rest.partition(b"\0")
        return json.loads(message)

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.write_fd, data):]
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                break
            self.events.append(answer)
        if "error" in answer:
            raise AssertionError(f"{method}: {answer['error']}")
        return answer["result"]

    def wait_for(self, method):
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self.receive())

    # ---- pages

    def open(self, path):
        """A page of its own; returns when it is loaded."""
        self.session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target,
                                 flatten=True)["sessionId"]
        for room in ("Page", "Runtime", "Log"):
            self.call(f"{room}.enable")
        self.call("Emulation.setDeviceMetricsOverride", width=WIDTH, height=HEIGHT,
                  deviceScaleFactor=1, mobile=False)
        self.events.clear()
        self.call("Page.navigate", url=f"file://{path}")
        self.wait_for("Page.loadEventFired")

    def complaints(self):
        """Errors and warnings of the console, and exceptions that nobody caught."""
        said = []
        for event in self.events:
            parameters = event.get("params", {})
            if event.get("method") == "Runtime.exceptionThrown":
                said.append(parameters["exceptionDetails"]["text"])
            if event.get("method") == "Log.entryAdded":
                said.append(parameters["entry"]["text"])
            if event.get("method") == "Runtime.consoleAPICalled":
                said.append(str(parameters["args"]))
        return said

    def run(self, script):
        """The value of an expression of JavaScript, or of what it promises."""
        done = self.call("Runtime.evaluate", expression=script, returnByValue=True,
                         awaitPromise=True)
        if "exceptionDetails" in done:
            raise AssertionError(done["exceptionDetails"])
        return done["result"].get("value")

    def press(self, key):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key,
                      **({"text": "\r"} if key == "Enter" and kind == "keyDown" else {}))

    def type(self, text):
        self.call("Input.insertText", text=text)

    def frame(self):
        """Until what was asked for has been drawn."""
        self.run("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def prefer(self, scheme):
        self.call("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.frame()

    def screenshot(self):
        """A picture (PNG), and its width and height."""
        data = base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])
        return data, struct.unpack(">II", data[16:24])

    def pdf(self):
        return base64.b64decode(self.call("Page.printToPDF", printBackground=True)["data"])
