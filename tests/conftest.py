"""With DEBTSCAN_NO_SKIP=1 a skipped test fails: continuous integration has everything a test may need.

Property tests try the same examples every time and have no deadline: a busy machine must not fail a test.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

settings.register_profile("debtscan", deadline=None, derandomize=True)
settings.load_profile("debtscan")

NO_SKIP = os.environ.get("DEBTSCAN_NO_SKIP") == "1"


def fail_if_skipped(report):
    if NO_SKIP and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"DEBTSCAN_NO_SKIP is set, and this was skipped: {report.longrepr[-1]}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    return fail_if_skipped((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    return fail_if_skipped((yield))
