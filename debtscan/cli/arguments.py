"""Values of options that several commands share, read from text."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import get_args

from debtscan.errors import UserError
from debtscan.model import Severity

REPORT = Path("debtscan-report.json")
"""Where commands that work on a saved report look for it."""

MAX_JOBS = 8
SEVERITIES: tuple[Severity, ...] = get_args(Severity)


def parse_day(text: str | None) -> date:
    """`--as-of`, or today in UTC."""
    if text is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UserError(f"--as-of {text}: want a date such as 2026-11-01") from None


def default_jobs() -> int:
    """One worker a processor, at most eight: beyond that the joins in this process are what takes time."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable, MAX_JOBS)


def parse_severity(text: str | None) -> Severity | None:
    if text is None:
        return None
    for severity in SEVERITIES:
        if severity == text.lower():
            return severity
    raise UserError(f"--fail-on {text}: want one of {', '.join(SEVERITIES)}")
