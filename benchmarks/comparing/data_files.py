"""Files of data and outputs of DVC, and what keeps their versions."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from comparing.rows import Found, Row, Score, ask, compare_rows

QUERY = """
SELECT 'data_files' AS fact, path, tracked_by FROM data_files UNION ALL BY NAME SELECT 'files' AS fact, path FROM files
"""


def find(clone: Path, commit: str) -> Found:
    return ask(clone, commit, QUERY)


def compare(labels: dict[str, Any], found: Found) -> tuple[dict[str, Score], list[str]]:
    """Labels are written `TRACKED_BY GLOB`, where `*` also stands for folders; the first that matches a path holds.

    What git does not hold (outputs of DVC) is named in full.
    """
    paths = {row["path"] for row in found}
    expected: dict[str, Row] = {}
    for rule in labels["data_files"]:
        tracked_by, _, glob = rule.lstrip("?").partition(" ")
        for path in sorted(path for path in paths if fnmatch(path, glob)) or [glob]:
            row = Row(path, None, ("",), {"tracked_by": (tracked_by,)}, rule.startswith("?"))
            # what an exact rule says holds against an optional one
            if path not in expected or (expected[path].optional and not row.optional):
                expected[path] = row
    rows = [
        Row(row["path"], None, ("",), {"tracked_by": (row["tracked_by"],)})
        for row in found
        if row["fact"] == "data_files"
    ]
    score, lines = compare_rows(list(expected.values()), rows, ("tracked_by",), "data files")
    return {"data files": score}, lines
