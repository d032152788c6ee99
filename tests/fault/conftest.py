# SPDX-License-Identifier: GPL-2.0-or-later
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "integration"))

import bundle
import test_fault


def pytest_sessionfinish():
    if bundle.shared_rootfs.cache_info().currsize:
        # In one session with the integration tests, whose own hook does the same.
        shutil.rmtree(bundle.shared_rootfs(), ignore_errors=True)
        bundle.shared_rootfs.cache_clear()


def pytest_terminal_summary(terminalreporter):
    for line in test_fault.table():
        terminalreporter.write_line(line)
