"""Notebooks: their size, the order their saved state was made in, names without a value, and whether an error was saved.

A saved state comes from one run from top to bottom if the execution counts of its cells rise. A count may be missing
(not run, output stripped) or skip numbers (cells run twice, cells deleted): neither is disorder.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Annotated

from msgspec import Struct

from debtscan.repository import File
from debtscan.scanners.notebooks.undefined import Followed, HowUndefined, UndefinedName, passed_in, undefined_in
from debtscan.source.notebook import Cell, Notebook
from debtscan.source.python import PythonSource


class NotebookRow(Struct, frozen=True, gc=False):
    """One notebook: a Jupyter file, or a Databricks source file with its cells."""

    path: Annotated[str, "file, relative to the repository root"]
    cells: Annotated[int, "cells of all kinds"]
    code_cells: Annotated[int, "code cells that hold more than comments"]
    code_lines: Annotated[int, "lines of Python in it, without blank ones and comments"]
    out_of_order: Annotated[bool, "its saved counts cannot come from one run from top to bottom"]
    disorder: Annotated[str | None, "where the order breaks, as part of a sentence; NULL if it does not"]
    disorder_cell: Annotated[int | None, "the cell that ran before one above it; NULL if none did"]
    counts: Annotated[str, "its saved execution counts in order, as far as they tell; empty if there are none"]
    has_error_output: Annotated[bool, "an output is an error, in a cell that is not tagged `raises-exception`"]
    error_cell: Annotated[int | None, "the first such cell; NULL if there is none"]
    unexecuted: Annotated[int, "code cells without an execution count, those without code left out"]
    language: Annotated[str | None, "of its kernel, in lower case; NULL if its metadata do not say"]
    format: Annotated[int, "major version of the notebook format; 4 for Databricks sources"]
    output_bytes: Annotated[int, "size of all outputs as they stand in the file"]
    names: Annotated[
        Followed,
        "how far its names could be followed: all cells, part of them (up to a `%run` or `import *`), or none",
    ]


class UndefinedNameRow(Struct, frozen=True, gc=False):
    """A name that a notebook, run from top to bottom, uses before anything in it can have bound it."""

    path: Annotated[str, "notebook, relative to the repository root"]
    cell: Annotated[int, "cell of the first such use, from 0"]
    line: Annotated[int, "line of that use within the cell, from 1"]
    name: Annotated[str, "the name"]
    how: Annotated[HowUndefined, "bound nowhere in the notebook, only later, or deleted before"]
    bound_cell: Annotated[int | None, "first cell that binds it; NULL if none does"]
    in_function: Annotated[bool, "in the body of a function, which fails when it is called"]
    text: Annotated[str, "the line of code, credentials masked"]


TABLES = {"notebooks": NotebookRow, "undefined_names": UndefinedNameRow}
KINDS = frozenset({"python", "notebook"})
_MAX_COUNTS = 40


class FoundNotebook(Struct, frozen=True, gc=False, array_like=True):
    cells: int
    code_cells: int
    code_lines: int
    disorder: str | None
    disorder_cell: int | None
    counts: str
    error_cell: int | None
    unexecuted: int
    language: str | None
    format: int
    output_bytes: int
    names: Followed
    undefined: list[UndefinedName]


class Found(Struct, frozen=True, gc=False, array_like=True):
    notebook: FoundNotebook | None
    passed: list[str]
    """Names it passes to notebooks that it has executed."""


FOUND = Found


def scan_file(source: PythonSource) -> Found | None:
    notebook = _found(source, source.notebook) if source.notebook is not None else None
    passed = passed_in(source)
    return Found(notebook, passed) if notebook or passed else None


def _found(source: PythonSource, notebook: Notebook) -> FoundNotebook:
    code = [cell for cell in notebook.cells if cell.kind == "code" and _is_code(cell.code)]
    # kernels count from 1; Colab writes 0 for a cell that was not run
    counted = [(cell.number, cell.execution_count) for cell in code if cell.execution_count]
    disorder = next(_disorder(counted), None)
    undefined, names = undefined_in(source)
    return FoundNotebook(
        len(notebook.cells),
        len(code),
        source.code_lines,
        disorder[0] if disorder else None,
        disorder[1] if disorder else None,
        _counts([count for _, count in counted]),
        next((cell.number for cell in code if _shows_error(cell)), None),
        0 if notebook.databricks else len(code) - len(counted),
        notebook.language,
        notebook.format,
        sum(cell.output_bytes for cell in notebook.cells),
        names,
        undefined,
    )


def scan_repository(found: Sequence[tuple[File, Found]]) -> Mapping[str, Sequence[Struct]]:
    notebooks = [(file.path, item.notebook) for file, item in found if item.notebook is not None]
    passed = {name for _, item in found for name in item.passed}
    return {
        "notebooks": [_row(path, item) for path, item in notebooks],
        "undefined_names": [
            _undefined_row(path, name) for path, item in notebooks for name in item.undefined if name.name not in passed
        ],
    }


def _undefined_row(path: str, item: UndefinedName) -> UndefinedNameRow:
    return UndefinedNameRow(
        path=path,
        cell=item.cell,
        line=item.line,
        name=item.name,
        how=item.how,
        bound_cell=item.bound_cell,
        in_function=item.in_function,
        text=item.text,
    )


def _row(path: str, item: FoundNotebook) -> NotebookRow:
    return NotebookRow(
        path=path,
        cells=item.cells,
        code_cells=item.code_cells,
        code_lines=item.code_lines,
        out_of_order=item.disorder is not None,
        disorder=item.disorder,
        disorder_cell=item.disorder_cell,
        counts=item.counts,
        has_error_output=item.error_cell is not None,
        error_cell=item.error_cell,
        unexecuted=item.unexecuted,
        language=item.language,
        format=item.format,
        output_bytes=item.output_bytes,
        names=item.names,
    )


def _disorder(counted: Sequence[tuple[int | None, int]]) -> Iterator[tuple[str, int | None]]:
    """Places where a count does not rise, as (words, cell); cells are those of the file, from 0."""
    for (before, earlier), (cell, count) in pairwise(counted):
        if count == earlier:
            yield f"cells {before} and {cell} both have the count {count}, so they come from two runs", cell
        elif count < earlier:
            yield f"cell {cell} (count {count}) ran before cell {before} (count {earlier}), which stands above it", cell


def _is_code(text: str) -> bool:
    return any((bare := line.strip()) and not bare.startswith("#") for line in text.splitlines())


def _counts(counts: Sequence[int]) -> str:
    """The counts as a text, cut so that the first break is in it."""
    at = next((number for number, count in enumerate(counts[1:], 1) if count <= counts[number - 1]), 0)
    start = max(0, at - _MAX_COUNTS // 2)
    shown = ", ".join(str(count) for count in counts[start : start + _MAX_COUNTS])
    return ("..., " if start else "") + shown + (", ..." if start + _MAX_COUNTS < len(counts) else "")


def _shows_error(cell: Cell) -> bool:
    return cell.failed and not {"raises-exception", "raises_exception"} & set(cell.tags)
