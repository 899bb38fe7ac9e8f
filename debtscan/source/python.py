"""A Python file or notebook, parsed and walked once: what every Python scanner's `scan_file` receives.

A script is one cell without a number; a notebook (Jupyter, or a Databricks source file) has numbered cells, each
parsed by itself, so that one broken cell hides nothing of the others. Cells that are not Python (`%%bash`, markdown,
an R kernel) are listed and not parsed.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from contextlib import suppress

from msgspec import Struct

from debtscan.source.bindings import Bindings
from debtscan.source.names import CellNames, names_in
from debtscan.source.notebook import Cell, Notebook, is_databricks, read_databricks, read_jupyter
from debtscan.source.text import Problem, decode_python
from debtscan.source.walk import Call, Walk, walk

_PRINTS = "Missing parentheses in call to"
_EXCEPTS = "multiple exception types must be parenthesized"
# Python 3.14 reads `except KeyError, ValueError:`; the name that Python 2 binds is no class.
_PYTHON_2_EXCEPT = re.compile(r"except\b[^:#]*,\s*[a-z_]\w{0,15}\s*:")
_ALLOW_AWAIT = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


class PythonSource(Struct):
    """One parsed file. `walk` holds the flat lists; `aliases` maps a local name to what it was imported as."""

    kind: str
    cells: list[Cell]
    walk: Walk
    aliases: dict[str, str]
    problems: list[Problem]
    notebook: Notebook | None = None
    names: dict[int, CellNames] = {}
    """What the cells of a notebook bind and use, by their number; those that could not be followed are missing."""
    python_2: bool = False
    code_lines: int = 0
    """Lines that are neither blank nor only a comment, over all Python cells."""
    found_bindings: Bindings | None = None
    found_lines: dict[int | None, list[str]] = {}
    found_calls: list[tuple[str, Call]] | None = None

    @property
    def bindings(self) -> Bindings:
        """What names are bound to, found out when the first scanner asks."""
        if self.found_bindings is None:
            self.found_bindings = Bindings(self.walk)
        return self.found_bindings

    @property
    def named_calls(self) -> list[tuple[str, Call]]:
        """Its calls with the last part of what each calls, found out when the first scanner asks."""
        if self.found_calls is None:
            self.found_calls = [(self.last_name(call.node), call) for call in self.walk.calls]
        return self.found_calls

    def line_text(self, cell: int | None, line: int) -> str:
        """The source line, stripped, for evidence; empty where there is none."""
        if not self.found_lines:
            self.found_lines.update((item.number, item.code.splitlines()) for item in self.cells)
        lines = self.found_lines.get(cell, ())
        return lines[line - 1].strip() if 0 < line <= len(lines) else ""

    def name(self, node: ast.expr) -> str | None:
        """The dotted name of an expression with imports spelled out (`np.load` is `numpy.load`).

        A call or subscript inside the chain is written `()` or `[]`: `pd.read_csv(f).dropna` is
        `pandas.read_csv().dropna`. None for what has no name (a literal, an operator).
        """
        parts: list[str] = []
        while True:
            if isinstance(node, ast.Attribute):
                parts.append(f".{node.attr}")
                node = node.value
            elif isinstance(node, ast.Call):
                parts.append("()")
                node = node.func
            elif isinstance(node, ast.Subscript):
                parts.append("[]")
                node = node.value
            elif isinstance(node, ast.Name):
                parts.append(self.aliases.get(node.id, node.id))
                return "".join(reversed(parts))
            else:
                return None

    def last_name(self, call: ast.Call) -> str:
        """The last part of what is called, an import's own name for its alias; empty for what has no name.

        Much cheaper than the whole name, and so the question to ask first.
        """
        function = call.func
        if isinstance(function, ast.Attribute):
            return function.attr
        if not isinstance(function, ast.Name):
            return ""
        name = self.aliases.get(function.id)
        return function.id if name is None else name.rpartition(".")[2]


def read_python(data: bytes) -> PythonSource:
    """Parse a `.py` file; a file that cannot be parsed has no statements and says why in `problems`."""
    try:
        text = decode_python(data)
    except (SyntaxError, UnicodeDecodeError, LookupError) as error:
        return PythonSource("python", [], Walk(), {}, [Problem(f"cannot be decoded: {error}")])
    if is_databricks(text):
        notebook = read_databricks(text)
        return _read("notebook", notebook.cells, notebook)
    return _read("python", [Cell(None, "code", text)], None)


def read_notebook(data: bytes) -> PythonSource:
    """Parse an `.ipynb` file, cell by cell."""
    try:
        notebook = read_jupyter(data)
    except ValueError as error:
        return PythonSource("notebook", [], Walk(), {}, [Problem(f"not a notebook: {error}")])
    return _read("notebook", notebook.cells, notebook)


def _read(kind: str, cells: list[Cell], notebook: Notebook | None) -> PythonSource:
    source = PythonSource(kind, cells, Walk(), {}, [], notebook)
    for cell in cells:
        if cell.kind == "code" and cell.language == "python":
            _read_cell(cell, source)
    source.aliases.update(_aliases(source.walk))
    return source


def _read_cell(cell: Cell, source: PythonSource) -> None:
    source.code_lines += _code_lines(cell.code)
    try:
        tree = _parse(cell)
    except SyntaxError as error:
        python_2 = _is_python_2(error, cell)
        source.python_2 = source.python_2 or python_2
        what = "Python 2 syntax" if python_2 else "cannot be parsed"
        source.problems.append(Problem(f"{what}: {error.msg}", error.lineno, cell.number))
        return
    except (RecursionError, MemoryError, ValueError) as error:
        source.problems.append(Problem(f"cannot be parsed: {type(error).__name__}: {error}", None, cell.number))
        return
    walk(tree.body, cell.number, source.walk)
    if cell.number is not None:
        with suppress(RecursionError):
            source.names[cell.number] = names_in(tree.body)


def _is_python_2(error: SyntaxError, cell: Cell) -> bool:
    """Told by the first thing the parser stumbles over; what only a newer Python reads is not old."""
    message = str(error.msg)
    if message.startswith(_PRINTS):
        return True
    lines = cell.code.split("\n")
    line = lines[error.lineno - 1] if error.lineno and error.lineno <= len(lines) else ""
    return message.startswith(_EXCEPTS) and bool(_PYTHON_2_EXCEPT.search(line))


def _parse(cell: Cell) -> ast.Module:
    """Parse a cell as it stands, and only when that fails with its magics blanked (lines kept)."""
    flags = ast.PyCF_ONLY_AST if cell.number is None else _ALLOW_AWAIT
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = compile(cell.code, "<cell>", "exec", flags, dont_inherit=True)
        except SyntaxError:
            if cell.number is None or not cell.magics:
                raise
            tree = compile(cell.without_magics(), "<cell>", "exec", flags, dont_inherit=True)
    assert isinstance(tree, ast.Module)
    return tree


def _code_lines(code: str) -> int:
    return len([True for line in map(str.lstrip, code.splitlines()) if line and line[0] != "#"])


def _aliases(found: Walk) -> dict[str, str]:
    return dict(alias for item in found.imports for alias in _imported_names(item.node))


def _imported_names(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Import):
        for name in node.names:
            if name.asname:
                yield name.asname, name.name
            else:
                top = name.name.split(".")[0]
                yield top, top
    else:
        module = "." * node.level + (node.module or "")
        for name in node.names:
            if name.name != "*":
                yield name.asname or name.name, f"{module}.{name.name}" if node.module else f"{module}{name.name}"
