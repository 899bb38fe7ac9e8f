"""Find the families of a handful of files, without opening a repository."""

from __future__ import annotations

import json
from collections.abc import Mapping

from debtscan.repository import File
from debtscan.scanners.history import Churn
from debtscan.scanners.pipeline_families import FamilyMember, scan_file, scan_repository
from debtscan.source.python import read_notebook, read_python


def members(files: Mapping[str, str], churn: list[Churn] | None = None) -> list[FamilyMember]:
    """The rows of `pipeline_families` for these scripts and notebooks."""
    found = []
    for path in sorted(files):
        notebook = path.endswith(".ipynb")
        code = scan_file((read_notebook if notebook else read_python)(files[path].encode()))
        if code is not None:
            kind = "notebook" if notebook else "python"
            found.append((File(path=path, blob=None, size_bytes=None, kind=kind, raw=path.encode()), code))
    return list(scan_repository(found, churn)["pipeline_families"])


def families(files: Mapping[str, str]) -> dict[str, list[tuple[str, str | None, float]]]:
    """Path, function and similarity of each member, by family."""
    found: dict[str, list[tuple[str, str | None, float]]] = {}
    for row in members(files):
        found.setdefault(row.family, []).append((row.path, row.name, row.similarity))
    return found


def notebook(*cells: str) -> str:
    """The text of a notebook with these code cells."""
    code = [{"cell_type": "code", "source": cell, "metadata": {}, "outputs": []} for cell in cells]
    return json.dumps({"cells": code, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
