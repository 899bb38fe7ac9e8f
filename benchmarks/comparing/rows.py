"""Rows of labels and of tables, how they are paired, and what the pairs score."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

ANY = "*"
Found = list[dict[str, Any]]
"""Rows of a query."""


@dataclass
class Row:
    """One row of a table; an expected one accepts any of several values in a column."""

    path: str
    cell: int | None
    names: tuple[str, ...]
    values: Mapping[str, tuple[str, ...]]
    optional: bool = False

    def __str__(self) -> str:
        cell = "" if self.cell is None else f" cell {self.cell}"
        line = f":{'|'.join(self.values['line'])}" if "line" in self.values else ""
        return f"{self.path}{cell}{line} {'|'.join(self.names)}".rstrip()

    def agrees(self, other: Row, column: str) -> bool:
        return bool(set(self.values[column]) & set(other.values[column])) or ANY in self.values[column]


@dataclass
class Score:
    expected: int = 0
    found: int = 0
    matched: int = 0
    agree: dict[str, int] = field(default_factory=dict)

    def add(self, other: Score) -> None:
        self.expected += other.expected
        self.found += other.found
        self.matched += other.matched
        for column, count in other.agree.items():
            self.agree[column] = self.agree.get(column, 0) + count


def ask(clone: Path, commit: str, query: str) -> Found:
    """The rows of a query over the fact tables of a clone at a commit."""
    command = [sys.executable, "-m", "debtscan", "facts", str(clone), "--rev", commit, "--format", "json"]
    run = subprocess.run([*command, "--sql", query], capture_output=True, text=True, check=False)
    if run.returncode:
        sys.exit(f"{clone}: {run.stderr.strip()}")
    return json.loads(run.stdout)  # type: ignore[no-any-return]


def compare_rows(
    expected: Sequence[Row], found: Sequence[Row], columns: Sequence[str], table: str
) -> tuple[Score, list[str]]:
    """Rows are paired by path, cell and name, those that agree in all columns (then on the line) first."""
    ignored = [row for row in expected if ANY in row.names or any(name.endswith(f" {ANY}") for name in row.names)]
    found = [row for row in found if not any(_ignores(rule, row) for rule in ignored)]
    pairs, missing, extra = _paired([row for row in expected if row not in ignored], found, columns)
    judged = [(wanted, row) for wanted, row in pairs if not wanted.optional]
    missing = [row for row in missing if not row.optional]
    agree = {column: sum(wanted.agrees(row, column) for wanted, row in judged) for column in columns}
    lines = [f"{table} missing: {row}" for row in missing]
    lines += [f"{table} extra: {row} {_described(row, columns)}".rstrip() for row in extra]
    for wanted, row in judged:
        lines += [
            f"{table} different: {row} {column} is {row.values[column][0]}, expected {' or '.join(wanted.values[column])}"
            for column in columns
            if not wanted.agrees(row, column)
        ]
    return Score(len(judged) + len(missing), len(judged) + len(extra), len(judged), agree), lines


def _paired(
    expected: Sequence[Row], found: Sequence[Row], columns: Sequence[str]
) -> tuple[list[tuple[Row, Row]], list[Row], list[Row]]:
    """The pairs, what of the expected is left, and what of the found."""
    pairs: list[tuple[Row, Row]] = []
    left, unpaired = list(expected), list(found)
    tests: list[Callable[[Row, Row], bool]] = [
        lambda a, b: all(a.agrees(b, column) for column in columns),
        *((lambda a, b, column=column: a.agrees(b, column)) for column in columns[:2]),
        lambda _a, _b: True,
    ]
    for test in tests:
        rest = []
        for row in unpaired:
            partner = next((one for one in left if _same(one, row) and test(one, row)), None)
            if partner is None:
                rest.append(row)
            else:
                left = [one for one in left if one is not partner]
                pairs.append((partner, row))
        unpaired = rest
    return pairs, left, unpaired


def compare_sets(expected: Iterable[str], found: Mapping[str, str], table: str) -> tuple[Score, list[str]]:
    """Names, those with a question mark before them optional; `found` maps a name to where it was found."""
    listed = list(expected)
    wanted = {name for name in listed if not name.startswith("?")}
    told = found.keys() - {name[1:] for name in listed if name.startswith("?")}
    lines = [f"{table} missing: {name}" for name in sorted(wanted - told)]
    lines += [f"{table} extra: {found[name]}" for name in sorted(told - wanted)]
    return Score(len(wanted), len(told), len(wanted & told)), lines


def canonical(name: str) -> str:
    """PEP 503, and the names of actions alike."""
    return re.sub(r"[-_.]+", "-", name).lower()


def share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "-"


def _same(expected: Row, found: Row) -> bool:
    return expected.path == found.path and expected.cell == found.cell and found.names[0] in expected.names


def _ignores(rule: Row, row: Row) -> bool:
    line = rule.values["line"][0] in {"0", row.values["line"][0]}
    return line and fnmatch(row.path, rule.path) and any(fnmatch(row.names[0], name) for name in rule.names)


def _described(row: Row, columns: Sequence[str]) -> str:
    return " ".join(row.values[column][0] for column in columns if column != "line")
