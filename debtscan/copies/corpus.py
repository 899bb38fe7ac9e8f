"""All statements of a repository in a row, and the places in it that are compared: files, functions, stretches."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

from msgspec import Struct

LARGEST_SIZE = 40
"""Nodes that a statement counts at most, so that no literal outweighs code."""
LARGEST_SPAN = 255
"""Lines that a statement counts at most: what a byte holds."""

FILE_STATEMENTS = 12
"""Statements a file needs to be compared as a whole; below, only its lines are."""


class Outline(Struct, frozen=True, gc=False, array_like=True):
    """One function within the statements of its file."""

    name: str
    start: int
    """Index of its `def` in the file's statements."""
    end: int
    """Index after its last statement."""
    cell: int | None
    line: int
    end_line: int
    declared: bool
    """A comment above says what it is copied from."""


class Statements(Struct, frozen=True, gc=False, array_like=True):
    """The statements of one file as parallel arrays in bytes (native order), and the functions among them."""

    hashes: bytes
    """uint64 each."""
    sizes: bytes
    """Nodes of the syntax tree, uint8, at most `LARGEST_SIZE`."""
    lines: bytes
    """First line, uint32, within the cell."""
    spans: bytes
    """Lines it covers without nested bodies, uint8, at most `LARGEST_SPAN`."""
    cells: bytes
    """int32; empty in a script."""
    outlines: list[Outline]
    texts: list[int]
    """Checksums of the different lines of a file with fewer than `FILE_STATEMENTS` statements; empty for others."""


class Place(Struct, frozen=True, gc=False):
    """A stretch of the corpus (half-open, in statements) inside one file; `outline` is None unless it is a function."""

    file: int
    start: int
    end: int
    outline: Outline | None = None

    @property
    def length(self) -> int:
        return self.end - self.start


class Copies(Struct, frozen=True, gc=False):
    """One family: its places in corpus order (the first file comes first), and how alike each is to the central one."""

    places: tuple[Place, ...]
    likeness: tuple[float, ...]


class Position(NamedTuple):
    """A line of a file; in a notebook, of one of its cells."""

    cell: int | None
    line: int


class Corpus:
    """The statements of many files, one after the other."""

    def __init__(self, files: Iterable[Statements]) -> None:
        self.hashes = array("Q")
        self.sizes = array("B")
        self.lines = array("I")
        self.spans = array("B")
        self.cells = array("i")
        self.starts = [0]
        """Index of each file's first statement, and the end of the last."""
        self.outlines: list[Sequence[Outline]] = []
        self.texts: list[frozenset[int]] = []
        for file in files:
            self._append(file)

    def _append(self, file: Statements) -> None:
        self.hashes.frombytes(file.hashes)
        self.sizes.frombytes(file.sizes)
        self.lines.frombytes(file.lines)
        self.spans.frombytes(file.spans)
        self.cells.frombytes(file.cells or b"\xff" * 4 * len(file.sizes))
        self.starts.append(len(self.hashes))
        self.outlines.append(file.outlines)
        self.texts.append(frozenset(file.texts))

    @cached_property
    def files(self) -> list[Place]:
        return [Place(file, self.starts[file], self.starts[file + 1]) for file in range(len(self.outlines))]

    @cached_property
    def functions(self) -> list[Place]:
        """Every function, without its `def` line, which says nothing about what it does."""
        return [
            Place(file, self.starts[file] + outline.start + 1, self.starts[file] + outline.end, outline)
            for file, outlines in enumerate(self.outlines)
            for outline in outlines
        ]

    def sequence(self, place: Place) -> array[int]:
        return self.hashes[place.start : place.end]

    def weight(self, place: Place) -> int:
        """Nodes of the syntax tree in a place."""
        return sum(self.sizes[place.start : place.end])

    def code_lines(self, place: Place) -> int:
        """Lines of its statements: no blank ones, comments, docstrings or imports."""
        return sum(self.spans[place.start : place.end])

    def declared(self, place: Place) -> int:
        """Functions in a file, or the one that is the place, which say what they are copied from."""
        if place.outline:
            return int(place.outline.declared)
        return sum(outline.declared for outline in self.outlines[place.file]) if place == self.files[place.file] else 0

    def file_of(self, statement: int) -> int:
        return bisect_right(self.starts, statement) - 1

    def start(self, place: Place) -> Position:
        if place.outline:
            return Position(place.outline.cell, place.outline.line)
        return Position(self._cell(place.start), self.lines[place.start])

    def end(self, place: Place) -> Position:
        """Where the last line of a place stands."""
        if place.outline:
            return Position(place.outline.cell, place.outline.end_line)
        last = place.end - 1
        return Position(self._cell(last), self.lines[last] + self.spans[last] - 1)

    def _cell(self, statement: int) -> int | None:
        cell = self.cells[statement]
        return None if cell < 0 else cell

    def function_around(self, place: Place) -> Outline | None:
        """The innermost function that holds a place."""
        start, end = place.start - self.starts[place.file], place.end - self.starts[place.file]
        around = [outline for outline in self.outlines[place.file] if outline.start <= start and end <= outline.end]
        return min(around, key=lambda outline: outline.end - outline.start, default=None)
