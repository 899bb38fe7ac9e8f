"""The rebuild verdicts of one repository: its rows by file, each with the findings about the very facts that decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from debtscan.model import WORST_LAST, Finding, Ingredient, Rebuild


def rebuilds_of(name: str, rows: Iterable[Any], findings: Iterable[Finding]) -> tuple[Rebuild, ...]:
    """One verdict a file that trains, in the order of the rows; `rows` are those of the table `rebuilds`."""
    known: dict[tuple[str | None, int | None, int | None], list[str]] = {}
    for finding in findings:
        for place in {(item.path, item.cell, item.line) for item in finding.evidence}:
            known.setdefault(place, []).append(finding.id)
    by_path: dict[str, list[Any]] = {}
    for row in rows:
        by_path.setdefault(row.path, []).append(row)
    return tuple(_rebuild(name, told, known) for told in by_path.values())


def _rebuild(
    name: str, rows: Sequence[Any], known: dict[tuple[str | None, int | None, int | None], list[str]]
) -> Rebuild:
    first = rows[0]
    return Rebuild(
        repository=name,
        component=first.component,
        path=first.path,
        cell=first.cell,
        line=first.line,
        verdict=max((row.state for row in rows), key=WORST_LAST.index),
        ingredients={
            row.ingredient: Ingredient(
                state=row.state,
                why=row.why,
                path=row.fact_path,
                cell=row.fact_cell,
                line=row.fact_line,
                findings=tuple(known.get((row.fact_path, row.fact_cell, row.fact_line), ())) if row.fact_path else (),
            )
            for row in rows
        },
    )


def counted(rebuilds: Iterable[Rebuild]) -> dict[str, int]:
    """How many verdicts of each state there are; empty without any."""
    counts = Counter(rebuild.verdict for rebuild in rebuilds)
    return {state: counts[state] for state in ("yes", "partly", "no", "unknown")} if counts else {}
