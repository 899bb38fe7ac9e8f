"""The finding of each figure as one sentence, made from the rounded numbers the figure shows."""

from __future__ import annotations

from collections.abc import Sequence

from debtscan.model import PartVersions, Place, Rebuild, Report
from debtscan.narrative.labels import INGREDIENTS, capital, listed
from debtscan.narrative.moves import first_moves, moves_hours, moves_saved_hours, waiting_hours
from debtscan.narrative.numbers import count, in_words, number, word
from debtscan.narrative.versions import agreement, part_name, versions_named

FEW = 3
"""Categories a headline names, at most."""
BUSY = 0.5
"""Share of all changes from which a place is where most work happens."""


def rebuilds(rows: Sequence[Rebuild]) -> str:
    """What is missing, and for how many of the files that train."""
    total = len(rows)
    missing = [name for name in INGREDIENTS if any(_is(row, name, "no") for row in rows)]
    if not missing:
        open_ = [name for name in INGREDIENTS if any(_is(row, name, "unknown") for row in rows)]
        if not open_:
            whole = sum(row.verdict == "yes" for row in rows)
            return f"{capital(word(whole)) if whole else 'None'} of {count(total, 'training entry point')} can be rebuilt whole; nothing is missing"
        return f"Nothing is known to be missing; {_names(open_)} cannot be told from files"
    amounts = [
        f"{INGREDIENTS[name].column.lower()} for {sum(_is(row, name, 'no') for row in rows)}" for name in missing
    ]
    return f"Missing: {listed(amounts)} of {count(total, 'training entry point')}"


def _names(names: Sequence[str]) -> str:
    return listed([INGREDIENTS[name].column.lower() for name in names])


def _is(row: Rebuild, name: str, state: str) -> bool:
    return name in row.ingredients and row.ingredients[name].state == state


def versions(parts: Sequence[PartVersions]) -> str:
    """The part of which the witnesses name most versions; else that they agree, or that only one speaks."""
    worst = max(parts, key=lambda part: versions_named(part.stated))
    named = versions_named(worst.stated)
    witnesses = {witness for part in parts for witness in part.stated}
    differ = [part.part for part in parts if agreement(part.stated).differs]
    if len(witnesses) == 1:
        return (
            f"Only one witness speaks: what is {next(iter(witnesses))}"
            if "declared" in witnesses
            else "Only one witness speaks"
        )
    if differ and named > 1:
        return f"{capital(word(len(worst.stated)))} witness{'' if len(worst.stated) == 1 else 'es'} name {word(named)} versions of {part_name(worst.part)}"
    if differ:
        return f"Witnesses exclude each other on {listed([part_name(part) for part in sorted(set(differ))[:FEW]])}"
    exact = sum(agreement(part.stated).version is not None for part in parts)
    return f"No two witnesses exclude each other; of {count(len(parts), 'part')}, {exact} have an exact version"


def categories(names: Sequence[str], hours: Sequence[float], total: float) -> str:
    """The fewest categories that hold half; `hours` as the table shows them, dearest first."""
    if len(names) == 1:
        return f"All {number(total)} hours to repay lie in one category: {names[0].lower()}"
    few = _few(hours, total)
    lie = listed([name.lower() for name in names[:few]])
    return f"{number(sum(hours[:few]))} of the {number(total)} hours to repay lie in {lie}"


def _few(hours: Sequence[float], total: float) -> int:
    """How many of the dearest hold half, at most three."""
    return next((n for n in range(1, FEW) if sum(hours[:n]) >= total / 2), min(FEW, len(hours)))


def places(rows: Sequence[tuple[str, Place, float]], report: Report) -> str:
    """Where most of it lies; a row is its name, its place and its hours as the table shows them."""
    total = report.totals.principal_hours.mean
    of = f"of the {number(total)} hours"
    inside = sorted((row for row in rows if row[1].path is not None and row[1].repository), key=lambda row: -row[2])
    whole = sum(hours for _, place, hours in rows if place.path is None)
    changes = sum(place.commits_12_months or 0 for _, place, _ in rows if place.path is None)
    for name, place, hours in inside:
        commits = place.commits_12_months or 0
        if changes and commits >= BUSY * changes and hours < total / 10:
            holds = f"holds {number(hours)} {of}" if hours else "holds none of its own"
            return (
                f"Most work happens where little debt lies: {name} took {commits:,} of {changes:,} changes and {holds}"
            )
    if not inside or whole >= max(inside[0][2], total / 3):
        return f"{number(whole)} {of} lie in no folder: they belong to the repository as a whole"
    means = [row[2] for row in inside]
    few = _few(means, total)
    return f"{number(sum(means[:few]))} {of} lie in {listed([name for name, _, _ in inside[:few]])}"


def payback(report: Report, moves: int, spent: float, ended: float) -> str:
    """What the first moves take and should end; what all do when none stands first."""
    first, total = len(first_moves(report)), report.totals.principal_hours.mean
    who = capital(in_words(first, "move"))
    if not first:
        first, who = moves, "Both moves together" if moves == 2 else f"All {word(moves)} moves together"
    else:
        spent, ended = moves_hours(report), moves_saved_hours(report)
    takes = "takes" if first == 1 else "take"
    of = "" if number(spent) == number(total) else f" of the {number(total)}"
    return (
        f"{who} {takes} {number(spent)}{of} hours and should end "
        f"{ended:.1f} of the {waiting_hours(report):.1f} hours a month"
    )
