"""Where the money goes: hours to repay and of waiting, by category."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from debtscan.formats.html.columns import repay_column, repay_decimals, tenths, waiting_column, waiting_mean
from debtscan.formats.html.figures import range_bar
from debtscan.model import Range, Report
from debtscan.narrative import headlines
from debtscan.narrative.labels import CATEGORIES, listed, priced_categories
from debtscan.narrative.numbers import UNKNOWN, price, span


@dataclass(frozen=True)
class CategoryRow:
    key: str
    name: str
    drawing: Markup | None
    mean: str
    range: str
    money: str | None
    waiting: str
    findings: str


@dataclass(frozen=True)
class Categories:
    headline: str
    rows: tuple[CategoryRow, ...]
    total: CategoryRow
    elsewhere: str


def categories(report: Report) -> Categories | None:
    """By category, dearest first; None when nothing has a price."""
    lines = priced_categories(report)
    if not lines:
        return None
    settings, decimals, total = report.settings, repay_decimals(report), report.totals.principal_hours
    names = [CATEGORIES[line.key] for line in lines]
    means = repay_column([line.principal_hours_mean for line in lines], report)
    waits = waiting_column([line.interest_hours_per_month_mean for line in lines], report)
    top = max(_high(line.principal_hours) for line in lines)
    rows = tuple(
        CategoryRow(
            key=line.key,
            name=name,
            drawing=_drawing(line.principal_hours, top),
            mean=tenths(mean, decimals),
            range=_span(line.principal_hours),
            money=price(line.principal_hours_mean, settings),
            waiting=waits_for,
            findings=f"{line.findings:,}",
        )
        for line, name, mean, waits_for in zip(lines, names, means, waits, strict=True)
    )
    last = CategoryRow(
        key="",
        name="All, mean",
        drawing=None,
        mean=tenths(total.mean, decimals),
        range=_span(total),
        money=price(total.mean, settings),
        waiting=tenths(waiting_mean(report)),
        findings=f"{sum(line.findings for line in lines):,}",
    )
    return Categories(headlines.categories(names, means, total.mean), rows, last, _elsewhere(report))


def _high(hours: Range | None) -> float:
    return hours.p90 if hours else 0.0


def _span(hours: Range | None) -> str:
    return span(hours.p10, hours.p90) if hours else UNKNOWN


def _drawing(hours: Range | None, top: float) -> Markup | None:
    return range_bar(hours.p10, hours.mean, hours.p90, top) if hours else None


def _elsewhere(report: Report) -> str:
    """Categories without a row, told apart by the reason."""
    priced: set[str] = {line.key for line in priced_categories(report)}
    not_run = {skipped.rule for skipped in report.not_run}
    found: set[str] = {finding.category for finding in report.findings if not finding.waived}
    asked: set[str] = {text.category for text in report.rules if text.id not in not_run}
    kinds: dict[str, set[str]] = {
        "Found, not priced": found - priced,
        "Asked, nothing found": asked - found - priced,
        "Not asked": CATEGORIES.keys() - asked - found - priced,
    }
    return " ".join(
        f"{label}: {listed([CATEGORIES[key].lower() for key in CATEGORIES if key in keys])}."
        for label, keys in kinds.items()
        if keys
    )
