# SPDX-License-Identifier: GPL-2.0-or-later
import os
import shutil
import signal

import bundle
import husk
import init_launch


# A shell without job control starts what it puts into the background with SIGINT and SIGQUIT
# ignored, and the processes of the tests would inherit that.
for ignored in (signal.SIGINT, signal.SIGQUIT):
    if signal.getsignal(ignored) == signal.SIG_IGN:
        signal.signal(ignored, signal.SIG_DFL)


def pytest_report_header():
    return f"husk: {husk.BINARY}, Linux {os.uname().release}, uid {os.geteuid()}"


def pytest_sessionfinish():
    if bundle.shared_rootfs.cache_info().currsize:
        shutil.rmtree(bundle.shared_rootfs())
    init_launch.remove_built()


def pytest_terminal_summary(terminalreporter):
    for line in init_launch.notes:
        terminalreporter.write_line(line)
