"""What of a parsed file is kept for finding copies: statement hashes, where they stand, and which functions they form.

Statements that report (prints, logging, plots), declare options (`add_argument`) or store arguments (a plain
`__init__`) are left out: they are the first thing a copy changes, and what unrelated code has in common.
"""

from __future__ import annotations

import ast
import re
from array import array
from collections.abc import Iterable, Iterator
from itertools import accumulate, compress
from operator import sub
from zlib import crc32

from debtscan.copies.corpus import FILE_STATEMENTS, LARGEST_SIZE, LARGEST_SPAN, Outline, Statements
from debtscan.copies.lexical import logical_lines, outlines
from debtscan.source.python import PythonSource
from debtscan.source.walk import Function
from debtscan.source.walk import Statements as WalkedStatements

_PRINTS = frozenset({"print", "display"})
_LOG_METHODS = frozenset({"debug", "info", "warning", "warn", "error", "exception", "critical", "log"})
_LOGGERS = frozenset({"logger", "logging", "log", "LOGGER", "_logger", "LOG", "_LOGGER", "warnings"})
_PLOTS = ("matplotlib", "seaborn", "plotly")
_DECLARED = re.compile(r"^[ \t]*#[ \t]*Copied from\b", re.MULTILINE)


def sketch(source: PythonSource) -> Statements | None:
    """None where there is nothing to compare."""
    if source.python_2 and source.notebook is None:
        return _from_lines(source.cells[0].code)
    statements = source.walk.statements
    reporting = set(_reporting_lines(source))
    places = zip(statements.definition, statements.cell, statements.line, strict=True)
    kept = [bool(definition) or (cell, line) not in reporting for definition, cell, line in places]
    definitions = list(_definitions(source))
    for start, end, function in definitions:
        if _only_stores(function):
            kept[start + 1 : end] = [False] * (end - start - 1)
    if not any(kept):
        return None
    spans = map(sub, statements.end_line, statements.line)
    return Statements(
        _pick(statements.hash, kept),
        bytes([size if size < LARGEST_SIZE else LARGEST_SIZE for size in compress(statements.size, kept)]),
        _pick(statements.line, kept),
        bytes([span + 1 if 0 <= span < LARGEST_SPAN else LARGEST_SPAN for span in compress(spans, kept)]),
        b"" if source.notebook is None else _pick(statements.cell, kept),
        list(_outlines(definitions, kept, _declared(source))),
        _line_checksums(source) if sum(kept) < FILE_STATEMENTS else [],
    )


def _from_lines(code: str) -> Statements | None:
    lines = list(logical_lines(code))
    if not lines:
        return None
    return Statements(
        array("Q", [line.hash for line in lines]).tobytes(),
        bytes([line.size for line in lines]),
        array("I", [line.line for line in lines]).tobytes(),
        bytes([min(line.end_line - line.line + 1, LARGEST_SPAN) for line in lines]),
        b"",
        list(outlines(lines)),
        [],
    )


def _line_checksums(source: PythonSource) -> list[int]:
    lines = (line.strip() for cell in source.cells if cell.kind == "code" for line in cell.code.splitlines())
    return sorted({crc32(line.encode("utf-8", "surrogatepass")) for line in lines if line})


def _pick(column: array[int], kept: list[bool]) -> bytes:
    return array(column.typecode, compress(column, kept)).tobytes()


def _reporting_lines(source: PythonSource) -> Iterator[tuple[int, int]]:
    """(cell, line) where a call that only reports begins; a cell is -1 in a script, as in the arrays."""
    plots = {name for name, target in source.aliases.items() if target.startswith(_PLOTS)}
    for node, cell, _ in source.walk.calls:
        function = node.func
        kind = function.__class__
        if kind is ast.Name:
            reports = function.id in _PRINTS  # type: ignore[attr-defined]
        elif kind is ast.Attribute:
            reports = _reports(function, plots)  # type: ignore[arg-type]
        else:
            continue
        if reports:
            yield (-1 if cell is None else cell, node.lineno)


def _reports(function: ast.Attribute, plots: set[str]) -> bool:
    method = function.attr
    if method == "add_argument":
        return True
    if not plots and method not in _LOG_METHODS:
        return False
    owner = function.value
    name = owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else ""
    return name in plots or (method in _LOG_METHODS and name in _LOGGERS)


def _definitions(source: PythonSource) -> Iterator[tuple[int, int, Function]]:
    """Each function with the index of its `def` and the index after its last statement."""
    statements = source.walk.statements
    starts = (index for index, definition in enumerate(statements.definition) if definition)
    for start, function in zip(starts, source.walk.functions, strict=True):
        yield start, _end(statements, start), function


def _end(statements: WalkedStatements, start: int) -> int:
    """Index after the last statement of the `def` at `start`."""
    depth, cell = statements.depth[start], statements.cell[start]
    for index in range(start + 1, len(statements.depth)):
        if statements.depth[index] <= depth or statements.cell[index] != cell:
            return index
    return len(statements.depth)


def _outlines(
    definitions: Iterable[tuple[int, int, Function]], kept: list[bool], declared: set[tuple[int | None, str]]
) -> Iterator[Outline]:
    index = list(accumulate(kept, initial=0))
    for start, end, function in definitions:
        cell, name, node = function.cell, function.scope.name, function.node
        end_line = node.end_lineno or node.lineno
        yield Outline(name, index[start], index[end], cell, node.lineno, end_line, (cell, name) in declared)


def _only_stores(function: Function) -> bool:
    return function.node.name == "__init__" and all(_stores(stmt) for stmt in function.node.body)


def _stores(stmt: ast.stmt) -> bool:
    match stmt:
        case ast.Assign(value=value) | ast.AnnAssign(value=value):
            return value is None or _is_stored(value)
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id="super"))))):
            return True
        case _:
            return False


def _is_stored(value: ast.expr) -> bool:
    """An argument or constant, as it is or passed through one function (`activations.get(activation)`)."""
    if isinstance(value, ast.Call) and len(value.args) == 1 and not value.keywords:
        value = value.args[0]
    return isinstance(value, (ast.Name, ast.Constant, ast.Attribute))


def _declared(source: PythonSource) -> set[tuple[int | None, str]]:
    """(cell, name) of the functions under a `# Copied from` comment, of their own or of their class."""
    lines = {
        (cell.number, cell.code.count("\n", 0, match.start()) + 1)
        for cell in source.cells
        if cell.kind == "code" and "Copied from" in cell.code
        for match in _DECLARED.finditer(cell.code)
    }
    if not lines:
        return set()
    found = source.walk
    classes = [(item.cell, item.name) for item in found.classes if (item.cell, _first_line(item.node) - 1) in lines]
    inside = tuple((cell, f"{name}.") for cell, name in classes)
    return {
        (item.cell, item.scope.name)
        for item in found.functions
        if (item.cell, _first_line(item.node) - 1) in lines
        or any(item.cell == cell and item.scope.name.startswith(prefix) for cell, prefix in inside)
    }


def _first_line(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
