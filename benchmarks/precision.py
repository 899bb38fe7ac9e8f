"""Compare the fact tables with labels that were made by reading the files of public repositories.

    python benchmarks/precision.py FOLDER [--only NAME] [--lot NUMBER] [--show]

FOLDER holds a clone of each repository of corpus/, named `owner+name` or `name`. Printed: for each table the rows that
were expected, found and matched, precision and recall, and how often the columns of matched rows agree; first for the
repositories no rule was tuned on, by lot (debtscan was corrected on what lot 1 showed before lot 2 was labelled), then
for all. `--show` prints every disagreement. README.md says what is compared.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from clones import find_clone

CORPUS = Path(__file__).parent / "corpus"
ANY = "*"
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
UNION ALL BY NAME
SELECT 'training_entry_points' AS fact, path, CASE WHEN seeded THEN 'yes' ELSE 'no' END AS name
FROM training_entry_points
"""


@dataclass
class Row:
    """One row of a table; an expected one accepts any of several values in a column."""

    path: str
    cell: int | None
    names: tuple[str, ...]
    values: dict[str, tuple[str, ...]]
    optional: bool = False

    def __str__(self) -> str:
        cell = "" if self.cell is None else f" cell {self.cell}"
        return f"{self.path}{cell}:{'|'.join(self.values['line'])} {'|'.join(self.names)}"

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


@dataclass
class Result:
    lot: int
    tuned: bool
    scores: dict[str, Score]
    disagreements: list[str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", metavar="NAME")
    parser.add_argument("--lot", type=int, metavar="NUMBER")
    parser.add_argument("--show", action="store_true", help="print every disagreement")
    arguments = parser.parse_args()
    results = []
    for path in sorted(CORPUS.rglob("*.toml")):
        labels = tomllib.loads(path.read_text())
        if arguments.only not in labels["repository"] or arguments.lot not in {None, labels.get("lot", 1)}:
            continue
        result = compare(labels, facts(labels, arguments.folder))
        results.append(result)
        if arguments.show:
            print(f"{labels['repository']}{' (tuned)' if result.tuned else ''}")
            print("".join(f"  {line}\n" for line in result.disagreements), end="")
    for lot in sorted({result.lot for result in results}):
        alike = [result for result in results if result.lot == lot and not result.tuned]
        print_scores(f"Lot {lot}, not tuned on", alike)
    print_scores("All", results)


def facts(labels: dict[str, Any], folder: Path) -> dict[str, list[dict[str, Any]]]:
    clone = find_clone(labels["repository"], folder)
    command = [sys.executable, "-m", "debtscan", "facts", str(clone), "--rev", labels["commit"], "--format", "json"]
    run = subprocess.run([*command, "--sql", QUERY], capture_output=True, text=True, check=False)
    if run.returncode:
        sys.exit(f"{labels['repository']}: {run.stderr.strip()}")
    by_fact: dict[str, list[dict[str, Any]]] = {}
    for row in json.loads(run.stdout):
        by_fact.setdefault(row["fact"], []).append(row)
    return by_fact


def compare(labels: dict[str, Any], by_fact: dict[str, list[dict[str, Any]]]) -> Result:
    scores: dict[str, Score] = {}
    lines = compare_environment(labels, by_fact, scores) if "components" in labels else []
    if "training_entry_points" in labels:
        expected = [entry_point(*text.split(maxsplit=1)) for text in labels["training_entry_points"]]
        found = [entry_point(row["name"], row["path"]) for row in by_fact.get("training_entry_points", ())]
        scores["entry points"], different = compare_rows(expected, found, ("line", "seeded"))
        del scores["entry points"].agree["line"]
        lines += [f"entry points {line}" for line in different]
    return Result(labels.get("lot", 1), labels["tuned"], scores, lines)


def entry_point(seeded: str, path: str) -> Row:
    """A file that trains when it is run; written `SEEDED PATH`."""
    values = {"line": (ANY,), "seeded": tuple(seeded.lstrip("?").split("|"))}
    return Row(path, None, ("trains",), values, seeded.startswith("?"))


def compare_environment(
    labels: dict[str, Any], by_fact: dict[str, list[dict[str, Any]]], scores: dict[str, Score]
) -> list[str]:
    """Dependencies, environments, components and imports: their scores are added, and the disagreements returned."""
    paths = labels.get("paths")
    lines = []
    for table, columns in COLUMNS.items():
        found = [found_row(row, columns) for row in by_fact.get(table, ()) if paths is None or row["path"] in paths]
        expected = list(expected_rows(labels.get(table, ()), table))
        scores[table], different = compare_rows(expected, found, columns)
        lines += [f"{table} {line}" for line in different]
    kinds = {row["path"]: row["name"] for row in by_fact.get("components", ())}
    wanted = labels["components"]
    right = [root for root, accepted in wanted.items() if kinds.get(root) in accepted]
    scores["components"] = Score(len(wanted), len(wanted), len(right))
    lines += [
        f"components different: {root} is {kinds.get(root)}, expected {' or '.join(wanted[root])}"
        for root in wanted
        if root not in right
    ]
    if "undeclared" in labels:
        scores["undeclared imports"], different = compare_names(labels, by_fact.get("undeclared", ()))
        lines += different
    return lines


def compare_rows(expected: list[Row], found: list[Row], columns: Sequence[str]) -> tuple[Score, list[str]]:
    """Rows are paired by path, cell and name, those of one line (and then of the other columns) first."""
    ignored = [row for row in expected if ANY in row.names or any(name.endswith(f" {ANY}") for name in row.names)]
    found = [row for row in found if not any(ignores(rule, row) for rule in ignored)]
    left = [row for row in expected if row not in ignored]
    pairs: list[tuple[Row, Row]] = []
    unpaired = found
    tests: list[Callable[[Row, Row], bool]] = [
        lambda a, b: all(a.agrees(b, column) for column in columns),
        lambda a, b: a.agrees(b, "line"),
        lambda a, b: a.agrees(b, columns[1]),
        lambda _a, _b: True,
    ]
    for test in tests:
        rest = []
        for row in unpaired:
            partner = next((one for one in left if same(one, row) and test(one, row)), None)
            if partner is None:
                rest.append(row)
            else:
                left = [one for one in left if one is not partner]
                pairs.append((partner, row))
        unpaired = rest
    judged = [(wanted, row) for wanted, row in pairs if not wanted.optional]
    missing = [row for row in left if not row.optional]
    agree = {column: sum(wanted.agrees(row, column) for wanted, row in judged) for column in columns}
    lines = [f"missing: {row}" for row in missing] + [f"extra: {row} {described(row, columns)}" for row in unpaired]
    for wanted, row in judged:
        lines += [
            f"different: {row} {column} is {row.values[column][0]}, expected {' or '.join(wanted.values[column])}"
            for column in columns
            if not wanted.agrees(row, column)
        ]
    return Score(len(judged) + len(missing), len(judged) + len(unpaired), len(judged), agree), lines


def same(expected: Row, found: Row) -> bool:
    return expected.path == found.path and expected.cell == found.cell and found.names[0] in expected.names


def ignores(rule: Row, row: Row) -> bool:
    line = rule.values["line"][0] in {"0", row.values["line"][0]}
    return line and fnmatch(row.path, rule.path) and any(fnmatch(row.names[0], name) for name in rule.names)


def described(row: Row, columns: Sequence[str]) -> str:
    return " ".join(row.values[column][0] for column in columns if column != "line")


def compare_names(labels: dict[str, Any], rows: Iterable[dict[str, Any]]) -> tuple[Score, list[str]]:
    expected = {canonical(name) for name in labels["undeclared"] if not name.startswith("?")}
    optional = {canonical(name[1:]) for name in labels["undeclared"] if name.startswith("?")}
    places = {canonical(row["name"]): f"{row['path']}:{row['line']}" for row in rows}
    found = set(places) - optional
    lines = [f"undeclared imports missing: {name}" for name in sorted(expected - found)]
    declared = {canonical(name) for name in labels.get("declared", ())}
    lines += [
        f"undeclared imports extra: {places[name]} {name}{', which is declared' if name in declared else ''}"
        for name in sorted(found - expected)
    ]
    return Score(len(expected), len(found), len(expected & found)), lines


def expected_rows(groups: Iterable[dict[str, Any]], table: str) -> Iterator[Row]:
    """Rows are written `LINE NAME PIN`, `CELL:LINE NAME PIN` or, for environments, `LINE KIND PIN VALUE`."""
    for group in groups:
        for text in group["rows"]:
            optional = text.startswith("?")
            place, second, pin, *others = text.lstrip("?").split()
            cell, _, line = place.rpartition(":")
            values: dict[str, tuple[str, ...]] = {"line": tuple(line.split("|")), "pin": tuple(pin.split("|"))}
            names: tuple[str, ...]
            if table == "environments":
                names = (f"{second} {canonical_value(''.join(others))}",)
            else:
                names = tuple(name if name == ANY else canonical(name) for name in second.split("|"))
                values |= {key: tuple(group[key].split("|")) for key in ("scope", "ecosystem") if key in group}
                values.setdefault("ecosystem", ("pypi",))
                fixed = "yes" if {"exact", "hash", "url-rev"} & set(values["pin"]) else "no"
                values["reproducible"] = tuple(group.get("reproducible", fixed).split("|"))
                values |= {key: tuple(value.split("|")) for key, _, value in (one.partition("=") for one in others)}
            yield Row(group["path"], int(cell) if cell else None, names, values, optional)


def found_row(row: dict[str, Any], columns: Sequence[str]) -> Row:
    kind, space, value = row["name"].partition(" ")
    name = f"{kind} {canonical_value(value)}" if space else canonical(kind)
    return Row(row["path"], row["cell"], (name,), {column: (str(row[column]),) for column in columns})


def canonical(name: str) -> str:
    """PEP 503, and the names of actions alike."""
    return re.sub(r"[-_.]+", "-", name).lower()


def canonical_value(value: str) -> str:
    return re.sub(r"[\s'\"]", "", value)


def print_scores(title: str, results: Sequence[Result]) -> None:
    print(f"\n{title}: {len(results)} repositories")
    print(
        f"{'table':<20}{'expected':>9}{'found':>7}{'matched':>9}{'precision':>11}{'recall':>8}  agree on matched rows"
    )
    for table in (*COLUMNS, "undeclared imports", "components", "entry points"):
        if not any(table in result.scores for result in results):
            continue
        total = Score()
        for result in results:
            total.add(result.scores.get(table, Score()))
        if table == "components":
            print(
                f"{table:<20}{total.expected:>9}{'':>7}{total.matched:>9}  kinds right: {share(total.matched, total.expected)}"
            )
            continue
        agree = ", ".join(f"{column} {share(count, total.matched)}" for column, count in total.agree.items())
        print(
            f"{table:<20}{total.expected:>9}{total.found:>7}{total.matched:>9}"
            f"{share(total.matched, total.found):>11}{share(total.matched, total.expected):>8}  {agree}"
        )


def share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "-"


if __name__ == "__main__":
    main()
