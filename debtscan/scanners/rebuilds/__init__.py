"""Whether each model can be built again from what is in git, ingredient by ingredient, each with the fact that decides.

Derived from the other tables: nothing is priced here, nothing is run, and what is not known never counts as missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from msgspec import Struct

from debtscan.model import RebuildState
from debtscan.repository import File
from debtscan.scanners.components import ComponentRow
from debtscan.scanners.data_files import DataFile
from debtscan.scanners.data_references import DataReference
from debtscan.scanners.dependencies.rows import DependencyRow, LockedPackageRow
from debtscan.scanners.environments import EnvironmentRow
from debtscan.scanners.files import FileRow
from debtscan.scanners.imports import ImportRow
from debtscan.scanners.imports.links import ImportLink
from debtscan.scanners.pretrained_models import PretrainedModel
from debtscan.scanners.rebuilds.closure import Closures
from debtscan.scanners.rebuilds.code import Code, FoundCode, code_in
from debtscan.scanners.rebuilds.data import Data
from debtscan.scanners.rebuilds.environment import Environment
from debtscan.scanners.rebuilds.pipelines import Pipelines
from debtscan.scanners.rebuilds.randomness import randomness_of
from debtscan.scanners.rebuilds.run import Run
from debtscan.scanners.rebuilds.told import Name, Place, Told
from debtscan.scanners.rebuilds.weights import Weights
from debtscan.scanners.steps.table import Step
from debtscan.scanners.training import TrainingEntryPoint
from debtscan.source.python import PythonSource


class RebuildRow(Struct, frozen=True, gc=False):
    """One ingredient of one file that trains."""

    path: Annotated[str, "file that trains when it is run"]
    cell: Annotated[int | None, "cell of a notebook, from 0; NULL in a script"]
    line: Annotated[int, "line where it trains, from 1, within the cell in a notebook"]
    component: Annotated[str, "root of the component it belongs to"]
    ingredient: Annotated[Name, "what is needed to build the model again"]
    state: Annotated[RebuildState, "whether git has it; unknown is no verdict"]
    why: Annotated[str, "the one fact that decides, in words"]
    fact_path: Annotated[str | None, "file in which that fact stands; NULL for an absence"]
    fact_cell: Annotated[int | None, "its cell in a notebook; NULL elsewhere"]
    fact_line: Annotated[int | None, "its line; NULL for a file as a whole"]


TABLES = {"rebuilds": RebuildRow}
KINDS = frozenset({"python", "notebook"})
FOUND = FoundCode
_JUDGED = frozenset({"source", "notebook", "example", "doc"})
"""Scopes whose training is somebody's: tests, vendored, generated and template files train for others."""


def scan_file(source: PythonSource) -> FoundCode | None:
    found = code_in(source)
    return None if found == FoundCode() else found


def scan_repository(
    found: Sequence[tuple[File, FoundCode]],
    files: Sequence[FileRow],
    components: Sequence[ComponentRow],
    dependencies: Sequence[DependencyRow],
    locked_packages: Sequence[LockedPackageRow],
    environments: Sequence[EnvironmentRow],
    imports: Sequence[ImportRow],
    import_links: Sequence[ImportLink],
    data_files: Sequence[DataFile],
    data_references: Sequence[DataReference],
    training_entry_points: Sequence[TrainingEntryPoint],
    pretrained_models: Sequence[PretrainedModel],
    steps: Sequence[Step],
) -> Mapping[str, Sequence[Struct]]:
    by_path = {row.path: row for row in files}
    closures = Closures(import_links)
    code = Code({file.path: item for file, item in found}, closures)
    environment = Environment(components, dependencies, locked_packages, environments, imports)
    data = Data(data_references, imports, Pipelines(steps, files, data_files))
    weights = Weights(pretrained_models, data_references)
    run = Run(steps)

    def ingredients(entry: TrainingEntryPoint, component: str) -> Iterator[tuple[Name, Told]]:
        together = closures.of(entry.path)
        yield "code", code.of(together)
        yield "environment", environment.of(component, entry.framework, together)
        yield "data", data.of(together)
        yield "randomness", randomness_of(entry)
        yield "weights", weights.of(together)
        place = Place(entry.path, entry.cell, entry.line)
        yield "run", run.of(entry.path, place, closures.importers(entry.path))

    entries = [(entry, by_path[entry.path]) for entry in training_entry_points if entry.path in by_path]
    rows = [
        _row(entry, file.component, ingredient, told)
        for entry, file in entries
        if file.scope in _JUDGED
        for ingredient, told in ingredients(entry, file.component)
    ]
    return {"rebuilds": rows}


def _row(entry: TrainingEntryPoint, component: str, ingredient: Name, told: Told) -> RebuildRow:
    place = told.place
    return RebuildRow(
        entry.path,
        entry.cell,
        entry.line,
        component,
        ingredient,
        told.state,
        told.why,
        place.path if place else None,
        place.cell if place else None,
        place.line if place else None,
    )
