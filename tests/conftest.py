# SPDX-License-Identifier: MIT
"""Settings for all tests: in continuous integration (CI=true) a skipped test is a failure.

A skip says that this machine lacks something. On a reader's machine that is fine; in continuous
integration it would be a check that silently stopped checking.
"""

import os
import signal
from typing import Any, Generator

import pytest

CI = os.environ.get("CI") == "true"

# A shell without job control lets what it starts in the background ignore these, and nohup does.
# That would pass on to all programs that tests start; a handler does not.
for _signal in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
    if signal.getsignal(_signal) == signal.SIG_IGN:
        signal.signal(_signal, lambda *_: None)


def _fail_if_skipped(report: Any) -> None:
    """Turns a skip into a failure.

    Args:
        report: pytest's report of a test or of a module's collection; an expected failure
            (xfail), which pytest also calls skipped, stays as it is.
    """
    if not CI or report.outcome != "skipped" or hasattr(report, "wasxfail"):
        return
    why = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    report.outcome = "failed"
    report.longrepr = f"{why}\n(CI=true: a skipped test is a failure)"


@pytest.hookimpl(hookwrapper=True, trylast=True)
def pytest_runtest_makereport() -> Generator[None, Any, None]:
    """Looks at the report of each test's set-up, call and tear-down."""
    outcome = yield
    _fail_if_skipped(outcome.get_result())


@pytest.hookimpl(hookwrapper=True, trylast=True)
def pytest_make_collect_report() -> Generator[None, Any, None]:
    """Looks at the report of each module's collection, for skips at module level."""
    outcome = yield
    _fail_if_skipped(outcome.get_result())
