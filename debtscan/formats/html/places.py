"""Where it lies: hours to repay by place and category, what lies in no folder first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from debtscan.formats.html.columns import repay_column, repay_decimals, tenths, waiting_column, waiting_mean
from debtscan.formats.html.figures import bar
from debtscan.model import Line, Place, Report
from debtscan.narrative import headlines
from debtscan.narrative.labels import CATEGORIES, priced_categories
from debtscan.narrative.numbers import adding_up, count
from debtscan.text import shorten

ROWS = 12
"""Places with a row of their own; what is beyond is one row."""
COLUMNS = 8
"""Categories with a column of their own."""
HEAT = (1, 3, 8, 15, 25)
"""Hours from which a cell takes its next darker step; times ten for larger totals."""
PATH = 60
TOP = "."


@dataclass(frozen=True)
class Cell:
    text: str
    step: int
    """0 to 5, darker with more hours."""


@dataclass(frozen=True)
class PlaceRow:
    name: str
    note: str | None
    """Set for what is no path."""
    cells: tuple[Cell, ...]
    total: str
    waiting: str
    commits: str | None
    drawing: Markup | None


@dataclass(frozen=True)
class Places:
    headline: str
    legend: tuple[Cell, ...]
    columns: tuple[str, ...]
    rows: tuple[PlaceRow, ...]
    total: PlaceRow
    commits: bool
    """Whether changes were counted."""


def places(report: Report) -> Places | None:
    """None when nothing has a price."""
    shown = _shown(report)
    if not shown:
        return None
    lines = priced_categories(report)[:COLUMNS]
    names = [_name(place, report) for place in shown]
    means = repay_column([place.principal_hours_mean for place in shown], report)
    waits = waiting_column([place.interest_hours_per_month_mean for place in shown], report)
    scale = _scale(max(max(place.by_category.values(), default=0.0) for place in shown))
    busiest = max(place.commits_12_months or 0 for place in shown if place.path or len(shown) == 1)
    rows = tuple(
        PlaceRow(
            name=name,
            note=note,
            cells=_cells(place, lines, scale, repay_decimals(report)),
            total=tenths(mean or None, repay_decimals(report)),
            waiting=waits_for,
            commits=None if place.commits_12_months is None else f"{place.commits_12_months:,}",
            drawing=bar(place.commits_12_months, busiest) if place.commits_12_months and place.path else None,
        )
        for place, (name, note), mean, waits_for in zip(shown, names, means, waits, strict=True)
    )
    return Places(
        headline=headlines.places(list(zip([name for name, _ in names], shown, means, strict=True)), report),
        legend=_legend(scale),
        columns=tuple(CATEGORIES[line.key] for line in lines),
        rows=rows,
        total=_total(lines, report),
        commits=any(row.commits is not None for row in rows),
    )


def _shown(report: Report) -> list[Place]:
    """The whole first, then places as the report orders them, what is beyond the limit as one."""
    order = sorted(report.by_place, key=lambda place: place.path is not None)
    rest = order[ROWS:]
    return [*order[:ROWS], _together(rest)] if rest else order


def _together(places: Sequence[Place]) -> Place:
    waits = [place.interest_hours_per_month_mean for place in places]
    by_category: Counter[str] = Counter()
    for place in places:
        for category, hours in place.by_category.items():
            by_category[category] += hours  # type: ignore[assignment]  # a Counter adds floats as well
    return Place(
        repository="",
        path=count(len(places), "other place"),
        findings=sum(place.findings for place in places),
        principal_hours_mean=sum(place.principal_hours_mean for place in places),
        interest_hours_per_month_mean=None if None in waits else sum(wait for wait in waits if wait is not None),
        by_category=dict(by_category),
    )


def _name(place: Place, report: Report) -> tuple[str, str | None]:
    """The name of a row and, where it is no path, a note."""
    several = len(report.repositories) > 1
    if place.path is None:
        return (f"{place.repository} as a whole" if several else "The repository as a whole"), "in no folder"
    if not place.repository:
        return place.path, "together"
    folder = "" if place.path == TOP else f"{place.path.rstrip('/')}/"
    path = folder if _is_folder(place.path, report) else place.path
    name = shorten(f"{place.repository}/{path}" if several else path, PATH) or "the top folder"
    rest = any(_within(other, place, folder) for other in report.by_place)
    return (f"other files of {name}" if rest else name), None


def _is_folder(path: str, report: Report) -> bool:
    return not any(path in {finding.path, *(item.path for item in finding.evidence)} for finding in report.findings)


def _within(other: Place, place: Place, folder: str) -> bool:
    """Whether another row lies inside the folder, so that the folder's own row is its remaining files."""
    if other.path is None or other.path == place.path or other.repository != place.repository:
        return False
    return other.path.startswith(folder) if folder else "/" not in other.path


def _cells(place: Place, lines: Sequence[Line], scale: Sequence[int], decimals: int) -> tuple[Cell, ...]:
    hours = [place.by_category.get(line.key, 0.0) for line in lines]
    return tuple(Cell(tenths(value or None, decimals), sum(value >= limit for limit in scale)) for value in hours)


def _total(lines: Sequence[Line], report: Report) -> PlaceRow:
    decimals, hours = repay_decimals(report), [line.principal_hours_mean for line in lines]
    cells = tuple(Cell(tenths(value, decimals), 0) for value in adding_up(hours, sum(hours), decimals))
    total, waiting = tenths(report.totals.principal_hours.mean, decimals), tenths(waiting_mean(report))
    return PlaceRow("All places", None, cells, total, waiting, None, None)


def _scale(highest: float) -> tuple[int, ...]:
    factor = 1
    while highest > 2.5 * HEAT[-1] * factor:
        factor *= 10
    return tuple(step * factor for step in HEAT)


def _legend(scale: Sequence[int]) -> tuple[Cell, ...]:
    return (Cell(f"under {scale[0]:,}", 0), *(Cell(f"{limit:,}+", step) for step, limit in enumerate(scale, 1)))
