"""Notebooks whose saved order is impossible, and names that no cell above binds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from comparing.rows import Found, Score, ask, compare_sets

QUERY = """
SELECT 'out_of_order' AS fact, path AS name FROM notebooks WHERE out_of_order
UNION ALL BY NAME
SELECT 'undefined' AS fact, path || ' ' || cell || ':' || line || ' ' || name AS name FROM undefined_names
"""
TITLES = {"out_of_order": "out of order", "undefined": "undefined names"}


def find(clone: Path, commit: str) -> Found:
    return ask(clone, commit, QUERY)


def compare(labels: dict[str, Any], found: Found) -> tuple[dict[str, Score], list[str]]:
    """Notebooks by path, names as `path cell:line name`; what a label lacks was not judged."""
    scores, lines = {}, []
    for key, title in TITLES.items():
        if key in labels["notebooks"]:
            told = {row["name"]: row["name"] for row in found if row["fact"] == key}
            scores[title], different = compare_sets(labels["notebooks"][key], told, title)
            lines += different
    return scores, lines
