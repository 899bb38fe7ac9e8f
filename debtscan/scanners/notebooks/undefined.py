"""Names that a notebook uses before any of its cells, run from top to bottom, has bound them.

Whatever may bind a name counts as binding it: every word of a magic line, of a cell in another language and of a cell
that could not be parsed, and an assignment that is commented out. After `%run`, `%pylab`, `from x import *` or `exec` nothing more is said.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Literal, TypeAlias

from msgspec import Struct

from debtscan.source.masking import mask
from debtscan.source.notebook import Cell
from debtscan.source.python import PythonSource

HowUndefined: TypeAlias = Literal["nowhere", "later", "deleted"]
Followed: TypeAlias = Literal["all", "part", "none"]

_PYTHON_2 = "apply basestring buffer cmp coerce execfile file intern long raw_input reduce reload unichr unicode xrange"
_SHELL = "In Out display displayHTML exit get_ipython quit"
_SPARK = "dbutils getArgument mssparkutils notebookutils sc spark sql sqlContext sqlCtx table udf"
_HOSTS = "arcpy iface"
"""ArcGIS and QGIS give these to every notebook."""
_GIVEN = frozenset({*dir(builtins), *_PYTHON_2.split(), *_SHELL.split(), *_SPARK.split(), *_HOSTS.split()})
_GIVEN_PATTERN = re.compile(r"__\w+__|_+|_i{1,3}|_i?\d+|_[iod]h|_deepnote\w*|_dntk")
_WORD = re.compile(r"[^\W\d]\w*")
_SAGE = re.compile(r"sage(math)?[-\d.]*$")
"""SageMath rewrites its cells before it runs them, and brings names by the hundred."""
_OPENING_MAGIC = re.compile(r"^%{1,2}(run|pylab|load|loadpy|store|macro|rerun|recall|edit|import_notebook)\b")
_FILLED_IN = re.compile(r"^[ \t]*#+[ \t]*(\w+)[ \t]*=(?!=)", re.MULTILINE)
"""`# bucket = "<your bucket>"`: whoever runs the notebook is to take the comment sign away."""
_NOT_RUN = re.compile(r"^\s*%%(skip|script\s+(false|echo))\b")
_MAX_TEXT = 200_000
_MAX_NAMES = 200


class UndefinedName(Struct, frozen=True, gc=False, array_like=True):
    cell: int
    line: int
    name: str
    how: HowUndefined
    bound_cell: int | None
    in_function: bool
    text: str


def undefined_in(source: PythonSource) -> tuple[list[UndefinedName], Followed]:
    """The names without a value, each at its first place, and whether the notebook could be followed to its end."""
    notebook = source.notebook
    cells = [cell for cell in source.cells if cell.kind == "code" and cell.number is not None]
    if notebook is None or not source.names or _SAGE.match(notebook.kernel or ""):
        return [], "none"
    run = _Run(source, cells)
    found = sorted(islice(run.found(), _MAX_NAMES), key=lambda item: (item.cell, item.line, item.name))
    return found, "all" if run.opened is None else "part"


class _Run:
    """One run of all cells from top to bottom."""

    def __init__(self, source: PythonSource, cells: list[Cell]) -> None:
        self._source = source
        self._cells = cells
        self._bound: set[str] = set()
        self._deleted: set[str] = set()
        self._somewhere = _first_cells(source)
        self._maybe = {word for cell in cells for word in _words_outside(cell, source)}
        self._told: set[str] = set()
        self.opened: int | None = None
        """The cell after which names may come from anywhere."""

    def found(self) -> Iterator[UndefinedName]:
        for cell in self._cells:
            assert cell.number is not None
            if _opens(cell):
                self.opened = cell.number
            if self.opened is not None:
                return
            self._bound |= _words_outside(cell, self._source)
            yield from self._cell(cell, cell.number)
        for cell in self._cells:
            yield from self._functions(cell)

    def _cell(self, cell: Cell, number: int) -> Iterator[UndefinedName]:
        names = self._source.names.get(number)
        means_errors = {"raises-exception", "raises_exception"} & set(cell.tags)
        for act, name, line in names.events if names else ():
            if act == "open":
                self.opened = number
                return
            if act == "delete":
                self._bound.discard(name)
                self._deleted.add(name)
            elif act == "bind":
                self._bound.add(name)
            elif not means_errors and name not in self._bound and name not in self._told and not _is_given(name):
                self._told.add(name)
                yield self._undefined(name, number, line)

    def _functions(self, cell: Cell) -> Iterator[UndefinedName]:
        """What functions use and no cell ever binds; the order does not matter, as they may be called late."""
        names = self._source.names.get(cell.number) if cell.number is not None else None
        for name, line in names.later.items() if names else ():
            known = name in self._somewhere or name in self._maybe or name in self._told
            if not known and not _is_given(name):
                self._told.add(name)
                assert cell.number is not None
                yield self._undefined(name, cell.number, line, in_function=True)

    def _undefined(self, name: str, cell: int, line: int, *, in_function: bool = False) -> UndefinedName:
        bound = self._somewhere.get(name)
        how: HowUndefined = "deleted" if name in self._deleted else "nowhere" if bound is None else "later"
        text = mask(self._source.line_text(cell, line))[:200]
        return UndefinedName(cell, line, name, how, bound, in_function, text)


def _first_cells(source: PythonSource) -> Mapping[str, int]:
    """The first cell that binds each name."""
    found: dict[str, int] = {}
    for number, names in source.names.items():
        for event in names.events:
            if event.act == "bind":
                found.setdefault(event.name, number)
    return found


def _words_outside(cell: Cell, source: PythonSource) -> set[str]:
    """Words of what is not parsed as Python here (magics, other languages, broken code); names assigned in comments."""
    if cell.number not in source.names or _NOT_RUN.match(cell.code):
        return set(_WORD.findall(cell.code[:_MAX_TEXT]))
    words = {word for magic in cell.magics for word in _WORD.findall(magic.text[:_MAX_TEXT])}
    return words | set(_FILLED_IN.findall(cell.code[:_MAX_TEXT]) if "#" in cell.code else ())


def _opens(cell: Cell) -> bool:
    return any(_OPENING_MAGIC.match(magic.text) for magic in cell.magics)


def _is_given(name: str) -> bool:
    return name in _GIVEN or _GIVEN_PATTERN.fullmatch(name) is not None


_RUNNERS = frozenset({"execute_notebook", "NotebookJobStep", "PapermillOperator", "SageMakerNotebookOperator"})
_PARAMETERS = frozenset({"parameters", "base_parameters"})


def passed_in(source: PythonSource) -> list[str]:
    """Names that this file passes to notebooks it has executed (papermill, SageMaker): those need not bind them."""
    given = [
        keyword.value
        for last, call in source.named_calls
        if last in _RUNNERS
        for keyword in call.node.keywords
        if keyword.arg in _PARAMETERS
    ]
    return sorted({name for node in given for name in _keys(node, source)})


def _keys(node: ast.expr, source: PythonSource) -> Iterator[str]:
    if isinstance(node, ast.Name) and (binding := source.bindings.final("", node.id)) is not None:
        node = binding.value
    for key in node.keys if isinstance(node, ast.Dict) else ():
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield key.value
