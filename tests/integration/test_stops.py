# SPDX-License-Identifier: GPL-2.0-or-later
"""No stop is lost, whenever it comes: husk-init through the launcher. `bench/stops` asks 1000."""
import signal

import stops
from husk import PATIENCE, TEST_SECONDS, ContainerTest, rows


class NoStopIsLost(ContainerTest):
    COUNT, AT_ONCE = 250 // PATIENCE, 8  # 500 in all, where each is not slow

    @rows([("signal for husk run", stops.by_signal), ("husk stop", stops.by_command)])
    def test_0_to_50_ms_after_the_start(self, _, way):
        """W-01: each ends with 143, by its own SIGTERM."""
        signal.alarm(10 * TEST_SECONDS)
        place = stops.Place(self.root, self.bundle(stops.PROGRAM).folder, self.mark,
                            self.environment)
        self.assertEqual(stops.many(way, place, self.COUNT, self.AT_ONCE), [])
        self.assert_nothing_left()
