# SPDX-License-Identifier: GPL-2.0-or-later
"""A test that fails is run once more, where HUSK_TEST_AGAIN says how many may: docs/decisions/0013."""
import os

from _pytest.runner import runtestprotocol

left = int(os.environ.get("HUSK_TEST_AGAIN", "0"))
unsteady = []  # what is told at the end: the name, and how it failed at first


def pytest_runtest_protocol(item, nextitem):
    global left
    hook = item.ihook
    hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    reports = runtestprotocol(item, nextitem=nextitem, log=False)
    failure = next((report for report in reports if report.failed), None)
    if failure and left > 0:
        left -= 1
        first, reports = failure, again(item, nextitem)
        if not any(report.failed for report in reports):
            unsteady.append((item.nodeid, first.longreprtext))
            why = first.longrepr.reprcrash.message.splitlines()[0]
            for report in reports:
                report.user_properties.append(("unsteady", why))
    for report in reports:
        hook.pytest_runtest_logreport(report=report)
    hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def again(item, nextitem):
    if hasattr(item, "_initrequest"):
        item._initrequest()  # the fixtures of the first run are gone
    return runtestprotocol(item, nextitem=nextitem, log=False)


def pytest_terminal_summary(terminalreporter):
    for name, text in unsteady:
        terminalreporter.section(f"UNSTEADY {name}")
        terminalreporter.write_line(text)
