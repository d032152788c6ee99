# SPDX-License-Identifier: GPL-2.0-or-later
"""husk trace --format html in a real browser: what it draws, finds and prints, also when it is large."""
import json
import re

from browser import HEIGHT, WIDTH, Browser
from husk import ContainerTest
from test_trace_formats import HOSTILE, STORY

# More than there is room for in the window.
LONG = STORY.replace("exit 5", "trap : USR1; for i in $(seq 50); do kill -USR1 $$; done; exit 5")
MANY = "trap : USR1; i=0; while [ $i -lt 25000 ]; do kill -USR1 $$; i=$((i+1)); done; exit 5"
# How many points of the picture have each of the page's colours.
COUNT_COLOURS = """
(() => {
    const canvas = document.getElementById("lines");
    const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    const style = getComputedStyle(document.documentElement), counts = {};
    for (const name of ["ground", "life", "kills", "acts", "lost"]) {
        const code = parseInt(style.getPropertyValue(`--${name}`).trim().slice(1), 16);
        const [red, green, blue] = [code >> 16, code >> 8 & 255, code & 255];
        counts[name] = 0;
        for (let i = 0; i < data.length; i += 4)
            counts[name] += data[i] === red && data[i + 1] === green && data[i + 2] === blue;
    }
    return counts;
})()
"""


class PageTest(ContainerTest):
    needs = ["root", "bpf", "program chromium"]

    def setUp(self):
        super().setUp()
        self.browser = None

    def tearDown(self):
        if self.browser:
            self.browser.end()
        super().tearDown()

    def show(self, script):
        """Records the script, and opens its page."""
        page = self.folder / "page.html"
        self.husk("trace", "--format", "html", "--out", page, "--", "sh", "-c", script, code=5)
        found = re.search(r'<script type="application/json" id="recording">(.*?)</script>',
                          page.read_text(), re.DOTALL)
        self.recording = json.loads(found[1])
        self.events = self.recording["events"][1:]
        self.browser = Browser(self.folder)
        self.browser.open(page)

    def said(self):
        return self.browser.run("({...document.body.dataset})")

    def text(self, name):
        return self.browser.run(f'document.getElementById("{name}").textContent')

    def search(self, words):
        self.browser.run('document.getElementById("search").value = "";'
                         'document.getElementById("search").focus()')
        self.browser.type(words)
        self.browser.frame()
        return self.text("found")

    def matching(self, words):
        """Those shown at first: without ignored SIGCHLD and SIGURG."""
        names = {life["track"]: f"{life['name']} {life.get('container', '')}"
                 for life in self.recording["lives"]}
        return [event for event in self.events if not (event[0] == "signal" and event[6])
                and words in f"{names[event[2]]} {event[4]}".lower()]

    def nodes(self):
        return self.browser.run('document.getElementsByTagName("*").length')


class Page(PageTest):
    def setUp(self):
        super().setUp()
        self.show(LONG)

    def test_it_loads_without_a_complaint(self):
        self.assertEqual(self.browser.complaints(), [])
        signals = [event for event in self.events if event[0] == "signal"]
        self.assertEqual(self.said(), {"drawn": "yes", "lives": str(len(self.recording["lives"])),
                                       "arrows": str(len(signals)),
                                       "events": str(len(self.events))})

    def test_hostile_name_is_text(self):
        self.assertEqual(self.browser.run('document.querySelectorAll("b").length'), 0)
        self.assertIn(HOSTILE, self.text("list"))

    def test_life_lines_and_arrows_are_drawn(self):
        for scheme in ("light", "dark"):
            self.browser.prefer(scheme)
            counts = self.browser.run(COUNT_COLOURS)
            # One that kills and one that comes to nothing, each with a shape and with words.
            for name, least in (("life", 300), ("kills", 50), ("acts", 50), ("lost", 20)):
                self.assertGreater(counts[name], least, (scheme, counts))
            self.assertGreater(counts["ground"], sum(counts.values()) / 2)

    def test_screenshot_is_as_large_as_the_window_and_not_empty(self):
        pictures = set()
        for scheme in ("light", "dark"):
            self.browser.prefer(scheme)
            picture, size = self.browser.screenshot()
            self.assertEqual(size, (WIDTH, HEIGHT))
            # A picture of one colour takes some ten thousand bytes.
            self.assertGreater(len(picture), 50_000)
            pictures.add(picture)
        self.assertEqual(len(pictures), 2)

    def test_search_finds_and_chooses(self):
        wanted = self.matching("sigterm")
        self.assertGreater(len(wanted), 2)
        self.assertEqual(self.search("SIGTERM"), f"{len(wanted)} found")
        for number, event in enumerate(wanted, 1):
            self.browser.press("Enter")
            self.browser.frame()
            self.assertEqual(self.text("found"), f"{number} of {len(wanted)}")
            self.assertIn(event[4], self.text("chosen"))
        self.assertEqual(self.search("nobody knows it"), "0 found")

    def test_paper_has_all_events(self):
        pdf = self.browser.pdf()
        self.assertTrue(pdf.startswith(b"%PDF-"))
        self.assertGreaterEqual(len(re.findall(rb"/Type /Page\b", pdf)), 1)
        rows = self.browser.run("""
            (() => {
                dispatchEvent(new Event("beforeprint"));
                const count = document.querySelectorAll("#list tr").length;
                dispatchEvent(new Event("afterprint"));
                return count;
            })()""")
        self.assertEqual(rows, len(self.matching("")))
        self.assertGreater(rows, self.browser.run('document.querySelectorAll("#list tr").length'))


class Large(PageTest):
    def test_fifty_thousand_events_stay_usable(self):
        """Only what is in view is drawn and listed, however much there is."""
        self.show(MANY)
        self.assertGreater(len(self.events), 50_000)
        self.assertEqual(self.browser.complaints(), [])
        self.assertEqual(self.said()["events"], str(len(self.events)))
        self.assertLess(self.nodes(), 1500)
        wanted = self.matching("sigusr1 from itself")
        self.assertEqual(len(wanted), 25_000)
        self.assertEqual(self.search("sigusr1 from itself"), "25000 found")
        self.browser.press("Enter")
        self.assertIn(wanted[0][4], self.text("chosen"))
        # The last event, then all of them at once.
        self.browser.run('document.getElementById("lines").focus()')
        self.browser.press("End")
        self.browser.frame()
        self.assertIn(self.matching("")[-1][4], self.text("chosen"))
        self.browser.run('document.getElementById("all").click()')
        self.browser.frame()
        self.assertIn("more are in view", self.text("more"))
        self.assertLess(self.nodes(), 1500)
        self.assertEqual(self.browser.complaints(), [])
