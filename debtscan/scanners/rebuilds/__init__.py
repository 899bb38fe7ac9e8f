"""Whether each model can be built again from what is in git, ingredient by ingredient, each with the fact that decides.

Derived from the other tables: nothing is priced here, nothing is run, and what is not known never counts as missing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Annotated

from msgspec import Struct

from debtscan.model import RebuildState
from debtscan.repository import File
from debtscan.scanners.components import ComponentRow
from debtscan.scanners.data_files import DataFile
from debtscan.scanners.data_references import DataReference
from debtscan.scanners.dependencies.rows import DependencyRow, InstallCommandRow, LockedPackageRow
from debtscan.scanners.environments import EnvironmentRow
from debtscan.scanners.files import FileRow
from debtscan.scanners.imports import ImportRow
from debtscan.scanners.imports.links import ImportLink
from debtscan.scanners.model_files import ModelFile
from debtscan.scanners.pretrained_models import PretrainedModel
from debtscan.scanners.rebuilds.closure import Closures
from debtscan.scanners.rebuilds.code import Code, FoundCode, code_in
from debtscan.scanners.rebuilds.data import Data
from debtscan.scanners.rebuilds.environment import Environment
from debtscan.scanners.rebuilds.models import foundlings
from debtscan.scanners.rebuilds.pipelines import Pipelines
from debtscan.scanners.rebuilds.randomness import randomness_of
from debtscan.scanners.rebuilds.run import Run
from debtscan.scanners.rebuilds.serving import Serving
from debtscan.scanners.rebuilds.told import Name, Place, Told
from debtscan.scanners.rebuilds.weights import Weights
from debtscan.scanners.services import Service, ServiceLoad
from debtscan.scanners.steps.table import Step
from debtscan.scanners.training import TrainingEntryPoint
from debtscan.source.python import PythonSource


class RebuildRow(Struct, frozen=True, gc=False):
    """One ingredient of one file that trains, or of a model file."""

    path: Annotated[str, "file that trains when it is run, or a model that nothing here trains"]
    cell: Annotated[int | None, "cell of a notebook, from 0; NULL in a script"]
    line: Annotated[int | None, "line where it trains, from 1, within the cell in a notebook; NULL for a model"]
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
_JUDGED = frozenset({"source", "notebook", "example"})
"""Scopes whose training is somebody's: tests, pages of the documentation, vendored, generated and template files
train for others."""


def scan_file(source: PythonSource) -> FoundCode | None:
    found = code_in(source)
    return None if found == FoundCode() else found


def scan_repository(
    found: Sequence[tuple[File, FoundCode]],
    files: Sequence[FileRow],
    components: Sequence[ComponentRow],
    dependencies: Sequence[DependencyRow],
    install_commands: Sequence[InstallCommandRow],
    locked_packages: Sequence[LockedPackageRow],
    environments: Sequence[EnvironmentRow],
    imports: Sequence[ImportRow],
    import_links: Sequence[ImportLink],
    data_files: Sequence[DataFile],
    data_references: Sequence[DataReference],
    training_entry_points: Sequence[TrainingEntryPoint],
    pretrained_models: Sequence[PretrainedModel],
    steps: Sequence[Step],
    model_files: Sequence[ModelFile],
    services: Sequence[Service],
    service_loads: Sequence[ServiceLoad],
) -> Mapping[str, Sequence[Struct]]:
    libraries = frozenset(row.root for row in components if row.kind == "library")
    judged = {row.path: row.component for row in files if _is_judged(row, libraries)}
    entries = [(entry, judged[entry.path]) for entry in training_entry_points if entry.path in judged]
    trained = Counter(component for _, component in entries)
    closures = Closures(import_links)
    code = Code({file.path: item for file, item in found}, closures)
    environment = Environment(components, dependencies, locked_packages, environments, imports)
    data = Data(data_references, imports, Pipelines(steps, files, data_files))
    weights = Weights(pretrained_models, data_references)
    run = Run(steps)
    serving = Serving(services, service_loads, judged, imports, install_commands, data_references)

    def ingredients(entry: TrainingEntryPoint, component: str) -> Iterator[tuple[Name, Told]]:
        together = closures.of(entry.path)
        yield "code", code.of(together)
        yield "environment", environment.of(component, entry.framework, together)
        yield "data", data.of(together)
        yield "randomness", randomness_of(entry)
        yield "weights", weights.of(together)
        place = Place(entry.path, entry.cell, entry.line)
        yield "run", run.of(entry.path, place, closures.importers(entry.path))
        served = serving.of(together, component, alone=trained[component] == 1)
        if served is not None:
            yield "serving", served

    rows = [
        _row(Place(entry.path, entry.cell, entry.line), component, ingredient, told)
        for entry, component in entries
        for ingredient, told in ingredients(entry, component)
    ]
    rows += [
        _row(Place(model.path), model.component, "code", told)
        for model, told in foundlings(model_files, data_references, frozenset(trained))
    ]
    return {"rebuilds": rows}


def _is_judged(file: FileRow, libraries: Collection[str]) -> bool:
    """An example of a library shows how others would train, and keeps no model of its own."""
    shows = file.scope == "example" and (file.component in libraries or "." in libraries)
    return file.scope in _JUDGED and not shows


def _row(at: Place, component: str, ingredient: Name, told: Told) -> RebuildRow:
    fact = told.place
    return RebuildRow(
        at.path,
        at.cell,
        at.line,
        component,
        ingredient,
        told.state,
        told.why,
        fact.path if fact else None,
        fact.cell if fact else None,
        fact.line if fact else None,
    )
