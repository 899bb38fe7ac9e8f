"""Can it be rebuilt? One row a file that trains, one column an ingredient, a word in each cell and the fact under it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from debtscan.formats.html.estimates import anchors
from debtscan.formats.html.figures import state_mark
from debtscan.model import Ingredient, Rebuild, RebuildState, Report
from debtscan.narrative import headlines
from debtscan.narrative.labels import INGREDIENTS, STATES, listed, place
from debtscan.narrative.numbers import count
from debtscan.text import shorten

ROWS = 12
"""Files that train with a row of their own; what is beyond is counted in one row."""
PATH = 60
WHY = 90
FACT = 32
"""Letters of a path with its line; of a longer one the folders are left out."""


@dataclass(frozen=True)
class Cell:
    label: str
    state: str
    word: str
    mark: Markup
    why: str
    where: str
    link: str | None
    """Anchor of the row with a finding about that place; None without one."""


@dataclass(frozen=True)
class RebuildLine:
    name: str
    where: str
    cells: tuple[Cell | None, ...]
    """None where an ingredient was not told."""
    verdict: Cell


@dataclass(frozen=True)
class Rebuilds:
    headline: str
    columns: tuple[str, ...]
    rows: tuple[RebuildLine, ...]
    more: str | None


def rebuilds(report: Report) -> Rebuilds | None:
    """None where nothing trains."""
    if not report.rebuilds:
        return None
    names = [name for name in INGREDIENTS if any(name in item.ingredients for item in report.rebuilds)]
    links = anchors(report)
    shown, rest = report.rebuilds[:ROWS], report.rebuilds[ROWS:]
    return Rebuilds(
        headline=headlines.rebuilds(report.rebuilds),
        columns=tuple(INGREDIENTS[name].column for name in names),
        rows=tuple(_line(item, names, links, several=len(report.repositories) > 1) for item in shown),
        more=_more(rest) if rest else None,
    )


def _line(item: Rebuild, names: Sequence[str], links: dict[str, str], *, several: bool) -> RebuildLine:
    worst = [INGREDIENTS[name].column.lower() for name in names if _state(item, name) == item.verdict]
    return RebuildLine(
        name=shorten(f"{item.repository}/{item.path}" if several else item.path, PATH),
        where=_where(item),
        cells=tuple(
            _cell(INGREDIENTS[name].column, item.ingredients[name], item.path, links)
            if name in item.ingredients
            else None
            for name in names
        ),
        verdict=_verdict(item.verdict, listed(worst) if item.verdict != "yes" else "everything is in git"),
    )


def _where(item: Rebuild) -> str:
    if item.cell is not None:
        return f"cell {item.cell}"
    return f"line {item.line}" if item.line is not None else "a model file"


def _state(item: Rebuild, name: str) -> RebuildState | None:
    return item.ingredients[name].state if name in item.ingredients else None


def _cell(label: str, told: Ingredient, path: str, links: dict[str, str]) -> Cell:
    link = next((links[finding] for finding in told.findings if finding in links), None)
    why = shorten(told.why, WHY)
    return Cell(label, told.state, STATES[told.state], state_mark(told.state), why, _place(told, path), link)


def _place(told: Ingredient, path: str) -> str:
    """Where the fact stands; in the file of the row itself the line alone, elsewhere the end of a long path."""
    if told.path is None:
        return ""
    whole = place(told.path, told.line, cell=told.cell)
    if told.path == path:
        return whole.removeprefix(path).lstrip(":, ") if told.cell is not None else f"line {told.line}"
    return whole if len(whole) <= FACT else f"…{whole[len(told.path.rpartition('/')[0]) :]}"


def _verdict(state: RebuildState, why: str) -> Cell:
    return Cell("Verdict", state, STATES[state], state_mark(state), why, "", None)


def _more(rest: Sequence[Rebuild]) -> str:
    amounts = {state: sum(item.verdict == state for item in rest) for state in STATES}
    told = listed([f"{amount} {STATES[state]}" for state, amount in amounts.items() if amount])
    return f"{count(len(rest), 'more entry point')}: {told}; all are in report.json."
