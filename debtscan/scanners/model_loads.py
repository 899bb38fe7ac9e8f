"""Calls that load a model from a pickle, and whether the file can run code there: `torch.load` and its `weights_only`.

The default of `weights_only` became True with torch 2.6, so the version that the repository states decides where a
call does not say it.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, TypeAlias

from msgspec import Struct
from packaging.version import Version

from debtscan.manifests.specifiers import allowed, exact_versions
from debtscan.repository import File
from debtscan.scanners.components import ComponentRow, nearest
from debtscan.scanners.versions import VersionRow
from debtscan.source.masking import mask
from debtscan.source.python import PythonSource
from debtscan.source.values import argument

WeightsOnly: TypeAlias = Literal["yes", "no", "default", "unknown"]


class ModelLoad(Struct, frozen=True, gc=False):
    """One call of `torch.load`."""

    path: Annotated[str, "file with the call"]
    line: Annotated[int, "line, from 1, within the cell in a notebook"]
    cell: Annotated[int | None, "cell of a notebook, from 0; NULL in a script"]
    api: Annotated[str, "what is called"]
    weights_only: Annotated[WeightsOnly, "what the call says; default: nothing; unknown: a value known at run time"]
    runs_code: Annotated[
        Literal["yes", "no", "unknown"],
        "whether the file that is loaded can run code, with the versions of torch that the repository states",
    ]
    torch: Annotated[str | None, "version or range of torch that decided; NULL: the call itself, or none is stated"]
    component: Annotated[str, "root of the component it belongs to"]
    text: Annotated[str, "the line of code, credentials masked"]


TABLES = {"model_loads": ModelLoad}
KINDS = frozenset({"python", "notebook"})

_API = "torch.load"
_MAX_TEXT = 200
_SAFE_SINCE = Version("2.6")
_RELEASES = [Version(f"{major}.{minor}.{patch}") for major, last in ((1, 13), (2, 30)) for minor in range(last + 1) for patch in range(3)]  # fmt: skip


class FoundLoad(Struct, frozen=True, gc=False, array_like=True):
    line: int
    cell: int | None
    weights_only: WeightsOnly
    text: str


FOUND = list[FoundLoad]


def scan_file(source: PythonSource) -> list[FoundLoad] | None:
    found = [
        FoundLoad(
            call.node.lineno,
            call.cell,
            _weights_only(call.node),
            mask(source.line_text(call.cell, call.node.lineno))[:_MAX_TEXT],
        )
        for last, call in source.named_calls
        if last == "load" and source.name(call.node.func) == _API
    ]
    return found or None


def _weights_only(call: ast.Call) -> WeightsOnly:
    given = argument(call, None, "weights_only")
    if isinstance(given, ast.Constant) and isinstance(given.value, bool):
        return "yes" if given.value else "no"
    if given is None and all(keyword.arg for keyword in call.keywords):
        return "default"
    return "unknown"


def scan_repository(
    found: Sequence[tuple[File, list[FoundLoad]]], components: Sequence[ComponentRow], versions: Sequence[VersionRow]
) -> Mapping[str, Sequence[Struct]]:
    roots = frozenset(component.root for component in components)
    torch: dict[str, list[VersionRow]] = {}
    for row in versions:
        if row.part == "torch" and row.witness in {"declared", "locked", "image"}:
            torch.setdefault(row.component, []).append(row)
    rows = [
        _row(file.path, item, component, torch.get(component) or torch.get(".") or [])
        for file, items in found
        for component in [nearest(file.path, roots)]
        for item in items
    ]
    return {"model_loads": rows}


def _row(path: str, item: FoundLoad, component: str, torch: Sequence[VersionRow]) -> ModelLoad:
    runs_code, stated = _runs_code(item.weights_only, torch)
    return ModelLoad(path, item.line, item.cell, _API, item.weights_only, runs_code, stated, component, item.text)


def _runs_code(
    weights_only: WeightsOnly, torch: Sequence[VersionRow]
) -> tuple[Literal["yes", "no", "unknown"], str | None]:
    if weights_only in {"yes", "no"}:
        return ("no" if weights_only == "yes" else "yes"), None
    if weights_only == "unknown":
        return "unknown", None
    locked = [row for row in torch if row.witness == "locked"]
    told = {row.value: _is_safe(row.value) for row in locked or torch}
    answers = set(told.values())
    if answers in ({True}, {False}):
        return ("no" if answers == {True} else "yes"), next(iter(told))
    return "unknown", next(iter(told), None)


def _is_safe(written: str) -> bool | None:
    """Whether the versions of torch that this allows load weights only; None where some do and some do not."""
    versions = allowed(written)
    if versions is None or not written:
        return None
    safe = {version >= _SAFE_SINCE for version in [*exact_versions(versions)] or versions.filter(_RELEASES)}
    return safe.pop() if len(safe) == 1 else None
