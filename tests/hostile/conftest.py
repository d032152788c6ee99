# SPDX-License-Identifier: GPL-2.0-or-later
import os
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "integration"))

import bundle
import husk


def pytest_report_header():
    return f"husk: {husk.BINARY}, Linux {os.uname().release}, uid {os.geteuid()}"


def pytest_sessionfinish():
    if bundle.shared_rootfs.cache_info().currsize:
        # In one session with the integration tests, whose own hook does the same.
        shutil.rmtree(bundle.shared_rootfs(), ignore_errors=True)
        bundle.shared_rootfs.cache_clear()
