"""Steps of pipelines: those that an orchestrator declares, the commands that are written down, and those nobody wrote.

A step is declared (DVC, Airflow, Make ...), written as a command (shell script, CI, README), or implied: two scripts of
which one reads the files that the other writes, or whose names are numbered. What a command runs is found in the
repository; `how` tells whether it can be typed as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from debtscan.pipelines import readers
from debtscan.pipelines.found import FoundSteps
from debtscan.repository import File
from debtscan.scanners import GapRow
from debtscan.scanners.data_files import DataFile
from debtscan.scanners.data_references import DataReference
from debtscan.scanners.files import FileRow
from debtscan.scanners.imports import ImportRow
from debtscan.scanners.steps.linked import linked_steps
from debtscan.scanners.steps.rows import Rows
from debtscan.scanners.steps.table import Step
from debtscan.scanners.training import TrainingEntryPoint
from debtscan.source.python import PythonSource
from debtscan.source.text import TextSource

TABLES = {"steps": Step}
KINDS = readers.KINDS
FOUND = FoundSteps
_TOLD_ELSEWHERE = frozenset({"dvc", "workflow", "tox", "pyproject"})
"""Kinds of files of which another scanner says that they are damaged."""


def scan_file(source: PythonSource | TextSource) -> FoundSteps | None:
    return readers.found_in(source)


def scan_repository(
    found: Sequence[tuple[File, FoundSteps]],
    listing: Sequence[File],
    files: Sequence[FileRow],
    imports: Sequence[ImportRow],
    data_references: Sequence[DataReference],
    data_files: Sequence[DataFile],
    training_entry_points: Sequence[TrainingEntryPoint],
) -> Mapping[str, Sequence[Struct]]:
    by_path = {file.path: item for file, item in found}
    trains = frozenset(row.path for row in training_entry_points)
    rows = Rows(by_path, listing, files, data_files, trains)
    written = list(rows.written())
    implied = linked_steps(by_path, listing, files, imports, data_references, rows.stage_of)
    gaps = [
        GapRow(file.path, item.problem) for file, item in found if item.problem and file.kind not in _TOLD_ELSEWHERE
    ]
    return {"steps": [*written, *implied], "gaps": gaps}
