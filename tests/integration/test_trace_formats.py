# SPDX-License-Identifier: GPL-2.0-or-later
"""husk trace --format chrome and html: one real recording, held against what reads them.

The page in a browser: test_trace_page.py.
"""
import json
import re

from husk import ContainerTest

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
