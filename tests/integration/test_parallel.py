# SPDX-License-Identifier: GPL-2.0-or-later
from concurrent.futures import ThreadPoolExecutor

from husk import LIMIT, ContainerTest


class Parallel(ContainerTest):
    def test_200_containers_eight_at_a_time_end_right(self):
        """Each ends with its own code and has said its own word."""
        bundles = [self.bundle(["sh", "-c", f"echo {n}; exit {n}"]) for n in range(200)]

        def run(n):
            return self.husk("run", "--bundle", bundles[n].folder, f"{self.mark}-{n}", code=None)
        with ThreadPoolExecutor(8) as pool:
            results = list(pool.map(run, range(200)))
        self.assertEqual([(r.code, r.out, r.err) for r in results],
                         [(n, f"{n}\n", "") for n in range(200)])
        self.assert_nothing_left()

    def test_one_name_many_takers_and_one_wins(self):
        """LC-03, LC-12"""
        bundle, name = self.bundle(["sleep", "3600"]), self.new_id()
        takers = [self.spawn("run", "--detach", "--bundle", bundle.folder, name)
                  for _ in range(8)]
        codes = [one.wait(LIMIT) for one in takers]
        self.assertEqual(sorted(codes), [0] + [1] * 7)
        self.assertIn('"running"', self.husk("state", name).out)
        self.husk("delete", "--force", name)
        self.assert_nothing_left()

    def test_create_start_and_delete_at_once_harm_nobody_else(self):
        """LC-12"""
        boxes = [self.container(["sleep", "3600"]) for _ in range(16)]

        def live(box):
            box.create()
            self.husk("start", box.id)
            self.husk("delete", "--force", box.id)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(live, boxes))
        self.assert_nothing_left()
