"""Findings of the rules about data that code reads: whether each is debt, and which debt is not found."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from comparing.rows import ANY, Score

RULES = ("machine-bound-path", "mutable-remote-data", "unversioned-data", "unverified-download")


class Debt(NamedTuple):
    """One finding: its rule, and its places as `path:line` or, in a notebook, `path cell:line`."""

    rule: str
    places: frozenset[str]


def find(clone: Path, commit: str) -> list[Debt]:
    selected = [word for rule in RULES for word in ("--select", rule)]
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.json"
        command = [sys.executable, "-m", "debtscan", "scan", str(clone), "--rev", commit, *selected, "-o", str(report)]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        if run.returncode:
            sys.exit(f"{clone}: {run.stderr.strip()}")
        findings = json.loads(report.read_bytes())["findings"]
    return [Debt(item["rule"], frozenset(_place(row) for row in item["evidence"])) for item in findings]


def compare(labels: dict[str, Any], found: list[Debt]) -> tuple[dict[str, Score], list[str]]:
    """A label and a finding of one rule that share a place, or name any (`*`), are the same data set.

    Findings outside the folders in `within` are not judged, where a label has them.
    """
    within = tuple(labels.get("within", [""]))
    rows = labels["data_references"]
    met: set[int] = set()
    lines: list[str] = []
    extra = 0
    for debt in found:
        if not any(place.startswith(within) for place in debt.places):
            continue
        alike = {
            at
            for at, row in enumerate(rows)
            if row["rule"] == debt.rule and (ANY in row["at"] or debt.places & set(row["at"]))
        }
        met |= alike
        if not alike:
            extra += 1
            lines.append(f"data debt extra: {debt.rule} {min(debt.places)}")
    wanted = {at for at, row in enumerate(rows) if not row.get("optional")}
    lines += [f"data debt missing: {rows[at]['rule']} {rows[at]['at'][0]}" for at in sorted(wanted - met)]
    return {"data debt": Score(len(wanted), len(wanted & met) + extra, len(wanted & met))}, lines


def _place(row: dict[str, Any]) -> str:
    return f"{row['path']}:{row['line']}" if row["cell"] is None else f"{row['path']} {row['cell']}:{row['line']}"
