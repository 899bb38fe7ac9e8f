"""Services: the framework, whether a model is served, whether input has a schema, whether health is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from comparing.rows import Found, Row, Score, ask, compare_rows

COLUMNS = ("framework", "serves_model", "has_schema", "has_health")
QUERY = f"SELECT path, {', '.join(COLUMNS)} FROM services"


def find(clone: Path, commit: str) -> Found:
    return ask(clone, commit, QUERY)


def compare(labels: dict[str, Any], found: Found) -> tuple[dict[str, Score], list[str]]:
    """Labels are written `FRAMEWORK SERVES_MODEL HAS_SCHEMA HAS_HEALTH` by path."""
    expected = [_expected(path, text) for path, text in labels["services"].items()]
    rows = [Row(row["path"], None, ("",), {column: (str(row[column]),) for column in COLUMNS}) for row in found]
    score, lines = compare_rows(expected, rows, COLUMNS, "services")
    return {"services": score}, lines


def _expected(path: str, text: str) -> Row:
    optional = text.startswith("?")
    values = text.lstrip("?").split() or ["*"] * len(COLUMNS)
    accepted = {column: tuple(value.split("|")) for column, value in zip(COLUMNS, values, strict=True)}
    return Row(path, None, ("",), accepted, optional)
