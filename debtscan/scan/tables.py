"""Join what was found in files into the fact tables, scanner by scanner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from debtscan.model import Gap
from debtscan.scan.registry import Scanner, scanners
from debtscan.scanners import GapRow


class Tables(Struct):
    """The filled tables, and for each one that is missing the reason."""

    rows: dict[str, Sequence[Struct]]
    missing: dict[str, str]
    gaps: list[Gap]


def fill(given: Mapping[str, Any], found: Mapping[str, Sequence[Any]], history: Mapping[str, Any]) -> Tables:
    """Run every scanner's `scan_repository`.

    A scanner that fails leaves its tables missing with the reason, and so do those that need them: a missing table is
    missing evidence, and what needs it is not run.
    """
    tables = Tables({}, {}, [])
    for scanner in scanners():
        lacking = [table for table in scanner.reads if table in tables.missing and table not in scanner.optional]
        if lacking:
            tables.missing |= dict.fromkeys(scanner.tables, f"needs {lacking[0]}: {tables.missing[lacking[0]]}")
            continue
        _fill_one(
            scanner, {**given, "found": found.get(scanner.name, ()), "history": history.get(scanner.name)}, tables
        )
    return tables


def _fill_one(scanner: Scanner, given: Mapping[str, Any], tables: Tables) -> None:
    known = {**given, **tables.rows}
    arguments = {name: known[name] for name in scanner.parameters if name in known or name not in scanner.optional}
    try:
        answer = dict(scanner.scan_repository(**arguments))
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
    for table in scanner.tables:
        if table in answer:
            tables.rows[table] = answer[table]
        else:
            without_history = scanner.scan_commits is not None and given["history"] is None
            tables.missing[table] = "no git history" if without_history else f"{scanner.name} could not tell"
