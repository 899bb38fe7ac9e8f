"""Written requirements, statements about Python and images, kinds of components, imports that nothing declares."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from comparing.rows import ANY, Found, Row, Score, ask, canonical, compare_rows, compare_sets

COLUMNS = {
    "dependencies": ("line", "ecosystem", "pin", "scope", "reproducible"),
    "environments": ("line", "pin"),
}
QUERY = r"""
SELECT 'dependencies' AS fact, path, line, cell, name, ecosystem, pin, scope,
       CASE WHEN reproducible THEN 'yes' ELSE 'no' END AS reproducible
FROM dependencies WHERE name <> 'python' AND NOT regexp_matches(path, '\.(md|rst)$')
UNION ALL BY NAME
SELECT 'environments' AS fact, path, line, kind || ' ' || value AS name, pin
FROM environments WHERE kind = 'base_image' OR kind = 'python' AND source <> 'image'
UNION ALL BY NAME
SELECT 'components' AS fact, root AS path, kind AS name FROM components
UNION ALL BY NAME
SELECT 'undeclared' AS fact, min(i.path) AS path, min(i.line) AS line, coalesce(i.distribution, i.top) AS name
FROM imports i JOIN files f ON f.path = i.path
WHERE i.origin = 'third_party' AND NOT i.declared AND NOT i.guarded AND i.platform IS NULL
  AND f.scope IN ('source', 'notebook')
GROUP BY ALL
"""


def find(clone: Path, commit: str) -> Found:
    return ask(clone, commit, QUERY)


def compare(labels: dict[str, Any], found: Found) -> tuple[dict[str, Score], list[str]]:
    """What is read of the files in `paths` only, where a label has them."""
    paths = labels.get("paths")
    scores: dict[str, Score] = {}
    lines: list[str] = []
    for table, columns in COLUMNS.items():
        rows = [_found(row, columns) for row in found if row["fact"] == table and (not paths or row["path"] in paths)]
        scores[table], different = compare_rows(list(_expected(labels.get(table, ()), table)), rows, columns, table)
        lines += different
    if "undeclared" in labels:
        scores["undeclared imports"], different = _undeclared(labels, found)
        lines += different
    scores["components"], different = _kinds(labels["components"], found)
    return scores, lines + different


def _kinds(wanted: dict[str, list[str]], found: Found) -> tuple[Score, list[str]]:
    kinds = {row["path"]: row["name"] for row in found if row["fact"] == "components"}
    wrong = [root for root, accepted in wanted.items() if kinds.get(root) not in accepted]
    lines = [
        f"components different: {root} is {kinds.get(root)}, expected {' or '.join(wanted[root])}" for root in wrong
    ]
    return Score(len(wanted), len(wanted), len(wanted), {"kind": len(wanted) - len(wrong)}), lines


def _undeclared(labels: dict[str, Any], found: Found) -> tuple[Score, list[str]]:
    declared = {canonical(name) for name in labels.get("declared", ())}
    places = {}
    for row in found:
        if row["fact"] == "undeclared":
            name = canonical(row["name"])
            places[name] = f"{row['path']}:{row['line']} {name}{', which is declared' if name in declared else ''}"
    expected = ["?" * name.startswith("?") + canonical(name.lstrip("?")) for name in labels["undeclared"]]
    return compare_sets(expected, places, "undeclared imports")


def _expected(groups: Iterable[dict[str, Any]], table: str) -> Iterator[Row]:
    """Rows are written `LINE NAME PIN`, `CELL:LINE NAME PIN` or, for environments, `LINE KIND PIN VALUE`."""
    for group in groups:
        for text in group["rows"]:
            place, second, pin, *others = text.lstrip("?").split()
            cell, _, line = place.rpartition(":")
            values: dict[str, tuple[str, ...]] = {"line": tuple(line.split("|")), "pin": tuple(pin.split("|"))}
            names: tuple[str, ...]
            if table == "environments":
                names = (f"{second} {_bare(''.join(others))}",)
            else:
                names = tuple(name if name == ANY else canonical(name) for name in second.split("|"))
                values |= {key: tuple(group[key].split("|")) for key in ("scope", "ecosystem") if key in group}
                values.setdefault("ecosystem", ("pypi",))
                fixed = "yes" if {"exact", "hash", "url-rev"} & set(values["pin"]) else "no"
                values["reproducible"] = tuple(group.get("reproducible", fixed).split("|"))
                values |= {key: tuple(value.split("|")) for key, _, value in (one.partition("=") for one in others)}
            yield Row(group["path"], int(cell) if cell else None, names, values, text.startswith("?"))


def _found(row: dict[str, Any], columns: Sequence[str]) -> Row:
    kind, space, value = row["name"].partition(" ")
    name = f"{kind} {_bare(value)}" if space else canonical(kind)
    return Row(row["path"], row["cell"], (name,), {column: (str(row[column]),) for column in columns})


def _bare(value: str) -> str:
    return re.sub(r"[\s'\"]", "", value)
