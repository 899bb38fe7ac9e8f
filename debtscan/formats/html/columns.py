"""Columns of hours: rounded so that a table's rows add up to its total row, and to the headline."""

from __future__ import annotations

from collections.abc import Sequence

from debtscan.model import Report
from debtscan.narrative.numbers import UNKNOWN, adding_up, decimals_for


def tenths(value: float | None, decimals: int = 1) -> str:
    return UNKNOWN if value is None else f"{value:,.{decimals}f}"


def repay_decimals(report: Report) -> int:
    return decimals_for(report.totals.principal_hours.mean)


def repay_column(hours: Sequence[float], report: Report) -> list[float]:
    """Mean hours to repay, in the decimals of the report."""
    return adding_up(hours, report.totals.principal_hours.mean, repay_decimals(report))


def waiting_column(hours: Sequence[float | None], report: Report) -> list[str]:
    """Mean hours a month; what is unknown stays unknown."""
    known = iter(adding_up([value for value in hours if value is not None], waiting_mean(report) or 0.0, 1))
    return [tenths(None if value is None else next(known)) for value in hours]


def waiting_mean(report: Report) -> float | None:
    waiting = report.totals.interest_hours_per_month
    return waiting.mean if waiting else None
