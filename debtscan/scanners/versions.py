"""What a component was built with: every version that anything in the repository states, by who states it.

Nothing is decided here. Where witnesses contradict each other, or none is exact, that is what there is to see.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Literal, TypeAlias

from msgspec import Struct

from debtscan.lexicon.entries import entries
from debtscan.lexicon.modules import pypi_name
from debtscan.scanners.dependencies.rows import DependencyRow, InstallCommandRow, LockedPackageRow
from debtscan.scanners.environments import EnvironmentRow
from debtscan.scanners.model_files import ModelFile

Witness: TypeAlias = Literal["declared", "locked", "image", "ci", "notebook", "model"]


class VersionRow(Struct, frozen=True, gc=False):
    """One version or range of one part, as one witness states it."""

    component: Annotated[str, "root of the component"]
    part: Annotated[str, "python, cuda, or a library that decides what a model computes"]
    witness: Annotated[
        Witness, "declared in a manifest, locked, in an image, in ci, in a notebook that was run, in a model file"
    ]
    value: Annotated[str, "version or range as written; empty where the part is named without one"]
    exact: Annotated[bool, "whether it means one version only"]
    path: Annotated[str, "file that says so"]
    line: Annotated[int | None, "line, from 1, within the cell in a notebook; NULL where the format tells none"]
    cell: Annotated[int | None, "cell of a notebook, from 0; NULL elsewhere"]


TABLES = {"versions": VersionRow}

_OF_SOURCE: Mapping[str, Witness] = {"image": "image", "ci": "ci", "notebook": "notebook"}
_OF_CONTEXT: Mapping[str, Witness] = {"dockerfile": "image", "workflow": "ci", "notebook": "notebook"}
_FRAMEWORK_IMAGE = re.compile(
    r"(?:^|/)(?P<name>pytorch|tensorflow|mxnet)/(?:pytorch|tensorflow|python):(?P<version>\d+\.\d+(?:\.\d+)?)(?![\d.])"
)
_PART_OF_IMAGE = {"pytorch": "torch"}
_EXACT_PINS = frozenset({"exact", "hash"})


def scan_repository(
    environments: Sequence[EnvironmentRow],
    dependencies: Sequence[DependencyRow],
    install_commands: Sequence[InstallCommandRow],
    locked_packages: Sequence[LockedPackageRow],
    model_files: Sequence[ModelFile] = (),
) -> Mapping[str, Sequence[Struct]]:
    parts = frozenset(name for names in entries("parts") for name in names)
    contexts = {row.path: _OF_CONTEXT.get(row.context, "declared") for row in install_commands}
    rows = {row for statement in environments for row in _of_environment(statement)}
    rows |= {_of_dependency(row, contexts.get(row.path, "declared")) for row in dependencies if _part(row) in parts}
    rows |= {_of_lock(row) for row in locked_packages if row.version and row.name in parts}
    rows |= {row for model in model_files for row in _of_model(model, parts)}
    return {"versions": sorted(rows, key=_order)}


def _order(row: VersionRow) -> tuple[str, str, str, str, int, int]:
    return row.component, row.part, row.witness, row.path, row.cell or 0, row.line or 0


def _of_environment(row: EnvironmentRow) -> Iterator[VersionRow]:
    witness = _OF_SOURCE.get(row.source, "declared")
    place = (row.path, row.line, row.cell)
    if row.kind == "base_image" and (match := _FRAMEWORK_IMAGE.search(row.value)):
        part = _PART_OF_IMAGE.get(match["name"], match["name"])
        yield VersionRow(row.component, part, witness, match["version"], match["version"].count(".") == 2, *place)
    elif row.kind in {"python", "notebook_python", "cuda"}:
        part = "cuda" if row.kind == "cuda" else "python"
        exact = row.pin == "exact" or row.kind == "notebook_python"
        yield VersionRow(row.component, part, witness, row.value, exact, *place)


def _part(row: DependencyRow) -> str:
    return pypi_name(row.name) if row.ecosystem == "conda" else row.name if row.ecosystem == "pypi" else ""


def _of_dependency(row: DependencyRow, witness: Witness) -> VersionRow:
    value = row.specifier or (row.url or "")
    return VersionRow(row.component, _part(row), witness, value, row.pin in _EXACT_PINS, row.path, row.line, row.cell)


def _of_lock(row: LockedPackageRow) -> VersionRow:
    return VersionRow(row.component, row.name, "locked", row.version or "", True, row.path, row.line, None)


def _of_model(row: ModelFile, parts: frozenset[str]) -> Iterator[VersionRow]:
    """What a model file says it was made with; fixtures say nothing of the project."""
    if row.place in {"test", "example", "vendored"}:
        return
    for stated in row.made_with:
        part, _, version = stated.partition(" ")
        if part in parts or part == "python":
            yield VersionRow(row.component, part, "model", version, True, row.path, None, None)
