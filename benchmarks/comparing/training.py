"""Files that train when they are run, and whether what they draw is seeded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from comparing.rows import Found, Row, Score, ask, compare_rows

QUERY = "SELECT path, CASE WHEN seeded THEN 'yes' ELSE 'no' END AS seeded FROM training_entry_points"


def find(clone: Path, commit: str) -> Found:
    return ask(clone, commit, QUERY)


def compare(labels: dict[str, Any], found: Found) -> tuple[dict[str, Score], list[str]]:
    """Labels are written `SEEDED PATH`."""
    expected = [_row(*text.split(maxsplit=1)) for text in labels["training_entry_points"]]
    score, lines = compare_rows(
        expected, [_row(row["seeded"], row["path"]) for row in found], ("seeded",), "entry points"
    )
    return {"entry points": score}, lines


def _row(seeded: str, path: str) -> Row:
    return Row(path, None, ("",), {"seeded": tuple(seeded.lstrip("?").split("|"))}, seeded.startswith("?"))
