"""Join what was found in files into the fact tables, scanner by scanner."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias

from msgspec import Struct

from debtscan.model import Gap
from debtscan.scan.pool import Workers
from debtscan.scan.registry import Scanner, scanners
from debtscan.scanners import NO_ADVISORIES, GapRow

Join: TypeAlias = Callable[[], Mapping[str, Sequence[Struct]]]
"""Answers the rows of a scanner's tables."""
Filled: TypeAlias = Callable[[str, type[Struct], Sequence[Struct]], None]
"""Told a table's name, the class of its rows and the rows when it is filled."""


class Tables(Struct):
    """The filled tables, and for each one that is missing the reason."""

    rows: dict[str, Sequence[Struct]]
    missing: dict[str, str]
    gaps: list[Gap]


def fill(
    given: Mapping[str, Any],
    found: Mapping[str, Sequence[Any]],
    history: Mapping[str, Any],
    workers: Workers | None = None,
    filled: Filled | None = None,
) -> Tables:
    """Run every scanner's `scan_repository`; the slow ones in a worker, beside the others.

    A scanner that fails leaves its tables missing with the reason, and so do those that need them: a missing table is
    missing evidence, and what needs it is not run.
    """
    tables = Tables({}, {}, [])
    given_nothing = given.get("advisories") is None
    beside: list[tuple[Scanner, Join]] = []
    for scanner in scanners():
        if given_nothing and "advisories" in scanner.parameters:
            tables.missing |= dict.fromkeys(scanner.tables, NO_ADVISORIES)
            continue
        lacking = [table for table in scanner.reads if table in tables.missing and table not in scanner.optional]
        if lacking:
            tables.missing |= dict.fromkeys(scanner.tables, f"needs {lacking[0]}: {tables.missing[lacking[0]]}")
            continue
        known = {**given, **tables.rows, "found": found.get(scanner.name, ()), "history": history.get(scanner.name)}
        arguments = {name: known[name] for name in scanner.parameters if name in known or name not in scanner.optional}
        if scanner.beside and workers:
            beside.append((scanner, workers.start(scanner.scan_repository, arguments).result))
        else:
            _take(scanner, partial(scanner.scan_repository, **arguments), history, tables, filled)
    for scanner, join in beside:
        _take(scanner, join, history, tables, filled)
    return tables


def _take(scanner: Scanner, join: Join, history: Mapping[str, Any], tables: Tables, filled: Filled | None) -> None:
    """Sort the answer of a scanner's join into tables and gaps."""
    try:
        answer = dict(join())
    except Exception as error:
        why = f"{scanner.name}: {type(error).__name__}: {error}"
        tables.missing |= dict.fromkeys(scanner.tables, why)
        tables.gaps.append(Gap(repository="", path=None, scanner=scanner.name, why=f"scanner failed: {why}"))
        return
    for row in answer.pop("gaps", ()):
        assert isinstance(row, GapRow)
        tables.gaps.append(
            Gap(repository="", path=row.path, line=row.line, cell=row.cell, scanner=scanner.name, why=row.why)
        )
    for table, row_type in scanner.tables.items():
        if table in answer:
            tables.rows[table] = answer[table]
            if filled:
                filled(table, row_type, answer[table])
        else:
            without_history = scanner.scan_commits is not None and history.get(scanner.name) is None
            tables.missing[table] = "no git history" if without_history else f"{scanner.name} could not tell"
