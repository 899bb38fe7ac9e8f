"""Model files and pickles, by content."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from comparing.rows import Found, Row, Score, ask, compare_rows

COLUMNS = ("format", "holds", "unsafe", "tracked_by", "version", "producer")
QUERY = """
SELECT path, format, holds, tracked_by,
       CASE WHEN unsafe THEN 'yes' WHEN unsafe IS NULL THEN '-' ELSE 'no' END AS unsafe,
       coalesce(framework_version, '-') AS version, coalesce(producer, '-') AS producer
FROM model_files
"""


def find(clone: Path, commit: str) -> Found:
    return ask(clone, commit, QUERY)


def compare(labels: dict[str, Any], found: Found) -> tuple[dict[str, Score], list[str]]:
    """Labels are written `PATH FORMAT HOLDS UNSAFE TRACKED_BY VERSION PRODUCER`; `-` is not known."""
    expected = [_expected(text) for text in labels["model_files"]]
    rows = [Row(row["path"], None, ("",), {column: (row[column],) for column in COLUMNS}) for row in found]
    score, lines = compare_rows(expected, rows, COLUMNS, "model files")
    return {"model files": score}, lines


def _expected(text: str) -> Row:
    path, *values = text.lstrip("?").split()
    accepted = {column: tuple(value.split("|")) for column, value in zip(COLUMNS, values, strict=True)}
    return Row(path, None, ("",), accepted, text.startswith("?"))
