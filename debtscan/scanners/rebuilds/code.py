"""Code: whether the file and everything it imports is here and can be read as Python 3."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from debtscan.scanners.rebuilds.closure import Closures
from debtscan.scanners.rebuilds.told import Place, Told, worst_of
from debtscan.source.python import PythonSource

_HOLE = re.compile(
    r"#.*\b(your (own )?code( goes)? here|(write|put|add|insert) your (own )?code|fill in (the|your) (blank|code|missing))",
    re.IGNORECASE,
)
"""A comment that leaves the work to the reader: `# TODO: your code here`."""


_STANDS_IN = re.compile(
    r"(pass|\.\.\.|raise NotImplementedError\b.*|return( None)?|[\w., ]+ = (None|\.\.\.))\s*(#.*)?$"
)
"""What keeps the place of code that is to come."""


class FoundCode(Struct, frozen=True, gc=False, array_like=True):
    """What keeps one file from running as it is, if anything does."""

    problem: tuple[int | None, int | None, str] | None = None
    """Cell, line and reason of the first part that is no Python 3."""
    hole: tuple[int | None, int] | None = None
    """Cell and line of the first comment that leaves the work to the reader."""


def code_in(source: PythonSource) -> FoundCode:
    problem = next(((item.cell, item.line, item.why) for item in source.problems), None)
    return FoundCode(problem, next(_holes(source), None))


def _holes(source: PythonSource) -> Iterator[tuple[int | None, int]]:
    for cell in source.cells:
        if cell.kind == "code" and _HOLE.search(cell.code):
            lines = cell.code.split("\n")
            for number, line in enumerate(lines, 1):
                if _HOLE.search(line) and not _is_filled(lines, number):
                    yield cell.number, number


def _is_filled(lines: Sequence[str], number: int) -> bool:
    """Whether code follows the comment on line `number` where the reader was to put it."""
    indent = len(lines[number - 1]) - len(lines[number - 1].lstrip())
    for line in lines[number:]:
        if (code := line.strip()) and not code.startswith("#"):
            return len(line) - len(line.lstrip()) >= indent and not _STANDS_IN.match(code)
    return False


class Code:
    """The ingredient code."""

    def __init__(self, found: Mapping[str, FoundCode], closures: Closures) -> None:
        self._found = found
        self._closures = closures

    def of(self, files: Sequence[str]) -> Told:
        """Of the files that run together."""
        told = worst_of(item for path in files if (item := self._of_file(path)))
        if told is not None:
            return told
        others = len(files) - 1
        if not others:
            return Told("yes", "it parses and imports nothing else of the repository")
        modules = "module" if others == 1 else "modules"
        return Told("yes", f"it and the {others:,} {modules} it imports are here and parse")

    def _of_file(self, path: str) -> Told | None:
        found = self._found.get(path, FoundCode())
        if found.problem is not None:
            cell, line, why = found.problem
            return Told("no", f"{path} cannot be read as Python 3: {why}", Place(path, cell, line))
        if (link := self._closures.lacking(path)) is not None:
            return Told("no", f"{path} imports {link.module}, which is not here", Place(path, link.cell, link.line))
        if found.hole is not None:
            return Told("partly", f"{path} leaves code for the reader to fill in", Place(path, *found.hole))
        return None
