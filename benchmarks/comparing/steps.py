"""Steps of pipelines and written commands, with the script they run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from comparing.rows import ANY, Found, Row, Score, ask, canonical, compare_rows

COLUMNS = ("line", "engine", "how", "stage")
QUERY = """
SELECT path, line, cell, replace(coalesce(script, step), ' ', '%20') AS name, engine, how, coalesce(stage, '-') AS stage
FROM steps
"""


def find(clone: Path, commit: str) -> Found:
    return ask(clone, commit, QUERY)


def compare(labels: dict[str, Any], found: Found) -> tuple[dict[str, Score], list[str]]:
    """What is read of the files in `paths` only, where a label has them."""
    paths = labels.get("paths")
    rows = [
        Row(row["path"], row["cell"], (canonical(row["name"]),), {column: (str(row[column]),) for column in COLUMNS})
        for row in found
        if paths is None or row["path"] in paths
    ]
    score, lines = compare_rows(list(_expected(labels["steps"])), rows, COLUMNS, "steps")
    return {"steps": score}, lines


def _expected(groups: Iterable[dict[str, Any]]) -> Iterator[Row]:
    """Rows are written `LINE SCRIPT HOW STAGE` or `CELL:LINE ...`; a step without a script goes by its name."""
    for group in groups:
        for text in group["rows"]:
            place, name, how, stage = text.lstrip("?").split()
            cell, _, line = place.rpartition(":")
            values = {"line": line, "engine": group["engine"], "how": how, "stage": stage}
            yield Row(
                group["path"],
                int(cell) if cell else None,
                tuple(one if one == ANY else canonical(one) for one in name.split("|")),
                {column: tuple(value.split("|")) for column, value in values.items()},
                text.startswith("?"),
            )
