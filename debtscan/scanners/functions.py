"""Functions and methods with their cyclomatic complexity, as radon counts it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from msgspec import Struct

from debtscan.repository import File
from debtscan.source.python import PythonSource


class Function(Struct, frozen=True, gc=False):
    """One function or method; closures and methods of inner classes have rows of their own."""

    path: Annotated[str, "file, relative to the repository root"]
    cell: Annotated[int | None, "cell of a notebook, from 0; NULL in a script"]
    line: Annotated[int, "line of its `def`, from 1, within the cell in a notebook"]
    end_line: Annotated[int, "its last line"]
    name: Annotated[str, "qualified name within the file"]
    complexity: Annotated[int, "cyclomatic complexity by radon's definition (a straight function has 1)"]
    lines: Annotated[int, "lines from `def` to its end, blank ones and comments included"]
    stage: Annotated[str | None, "life-cycle stage of most of its statements; NULL when none stands out"] = None


TABLES = {"functions": Function}
KINDS = frozenset({"python", "notebook"})


class FoundFunction(Struct, frozen=True, gc=False, array_like=True):
    cell: int | None
    line: int
    end_line: int
    name: str
    complexity: int


FOUND = list[FoundFunction]


def scan_file(source: PythonSource) -> list[FoundFunction]:
    return [
        FoundFunction(
            item.cell,
            item.node.lineno,
            item.node.end_lineno or item.node.lineno,
            item.scope.name,
            item.scope.complexity,
        )
        for item in source.walk.functions
    ]


def scan_repository(found: Sequence[tuple[File, list[FoundFunction]]]) -> Mapping[str, Sequence[Struct]]:
    rows = [
        Function(
            file.path, item.cell, item.line, item.end_line, item.name, item.complexity, item.end_line - item.line + 1
        )
        for file, functions in found
        for item in functions
    ]
    return {"functions": rows}
