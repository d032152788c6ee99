# SPDX-License-Identifier: GPL-2.0-or-later
"""husk trace --format chrome and html: one real recording, held against what reads them."""
import json
import os
import re
import shutil
import subprocess

from husk import PATIENCE, ContainerTest

# One child has a name that would end a script of HTML, one dies of a signal, one ignores it.
HOSTILE = "</script><b>"
STORY = f"""
printf '%s' '{HOSTILE}' > /proc/$$/comm
(exit 4)
sleep 3600 & kill -TERM $!; wait $!
sh -c 'trap "" TERM; kill -TERM $$; exit 3'
exit 5
"""


class Formats(ContainerTest):
    needs = ["root", "bpf"]

    def setUp(self):
        super().setUp()
        self.journal = self.folder / "journal"
        self.husk("trace", "--out", self.journal, "--", "sh", "-c", STORY, code=5)

    def shown(self, form):
        out = self.folder / f"shown.{form}"
        self.husk("trace", "--read", self.journal, "--format", form, "--out", out)
        return out

    def recording(self, page):
        found = re.findall(r'<script type="application/json" id="recording">(.*?)</script>',
                           page.read_text(), re.DOTALL)
        self.assertEqual(len(found), 1)
        return json.loads(found[0])

    def test_every_format_shows_the_same_journal(self):
        lines = [json.loads(line) for line in self.shown("json").read_text().splitlines()]
        sent = [line for line in lines if line["kind"] == "signal"]
        recording = self.recording(self.shown("html"))
        chart = json.loads(self.shown("chrome").read_text())["traceEvents"]
        self.assertEqual([line["time_ns"] - lines[1]["time_ns"] for line in sent],
                         [event[1] for event in recording["events"] if event[:1] == ["signal"]])
        arrows = [line for line in sent
                  if "sender" in line and line["sender"]["pid"] != line["process"]["pid"]
                  and not (line["signal"] == "SIGCHLD" and line["result"] == "ignored")]
        self.assertEqual(len([event for event in chart if event["ph"] == "s"]), len(arrows))
        self.assertIn(" killed by SIGTERM from ", self.shown("text").read_text())

    def test_chrome_has_a_track_for_each_process_and_its_slices_are_shut(self):
        chart = json.loads(self.shown("chrome").read_text())["traceEvents"]
        named = [event["tid"] for event in chart if event["ph"] == "M"]
        self.assertEqual(len(named), len(set(named)))
        self.assertLessEqual({event["ph"] for event in chart}, set("BEXisfM"))
        for track in {event["tid"] for event in chart}:
            self.assertIn(track, named)
            depth = 0
            mine = [e for e in chart if e["tid"] == track and e["ph"] in "BE"]
            for event in mine:
                depth += 1 if event["ph"] == "B" else -1
                self.assertIn(depth, (0, 1))
            self.assertEqual(depth, 0)
            self.assertEqual([e["ts"] for e in mine], sorted(e["ts"] for e in mine))
        starts = [event["id"] for event in chart if event["ph"] == "s"]
        self.assertEqual(starts, [event["id"] for event in chart if event["ph"] == "f"])
        names = [event["name"] for event in chart if event["ph"] == "X"]
        self.assertIn("SIGTERM: terminate", names)
        self.assertIn("SIGTERM: ignored", names)

    def test_html_holds_a_hostile_name_as_text(self):
        page = self.shown("html")
        self.assertNotIn(HOSTILE, page.read_text())
        names = [life["name"] for life in self.recording(page)["lives"]]
        self.assertTrue(any(name.endswith(f" {HOSTILE}") for name in names), names)

    def test_browser_draws_the_page(self):
        browser = shutil.which("chromium")
        if not browser:
            self.skipTest("needs the program chromium")
        page = self.shown("html")
        done = subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--window-size=1400,1400", f"--user-data-dir={self.folder}/browser", "--dump-dom",
             f"file://{page}"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=250 * PATIENCE,
            env={**os.environ, "HOME": str(self.folder)})
        if done.returncode or "<body" not in done.stdout:
            self.skipTest(f"chromium does not run here: exit status {done.returncode}")
        body = re.search(r"<body([^>]*)>", done.stdout)[1]
        said = dict(re.findall(r'data-(\w+)="([^"]*)"', body))
        recording = self.recording(page)
        signals = [event for event in recording["events"] if event[:1] == ["signal"]]
        self.assertEqual(said, {"drawn": "yes", "lives": str(len(recording["lives"])),
                                "arrows": str(len(signals)),
                                "events": str(len(recording["events"]) - 1)})
        # The one in the list of events; markup would have made an element of it.
        self.assertIn("&lt;/script&gt;&lt;b&gt;", done.stdout)
        self.assertNotRegex(done.stdout, r"<b[ >]")
