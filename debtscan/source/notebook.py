"""Notebooks as lists of cells: Jupyter files (format 3 and 4) and Databricks source files.

Only what scanners read is kept: the source of each cell, its execution count, whether it failed, and how large its
outputs are. Outputs themselves are dropped at once.
"""

from __future__ import annotations

import re

import msgspec
from msgspec import Struct

_MAGIC_LINE = re.compile(
    # a bare `pip install x` is a magic as well: IPython takes it for one because it is no Python
    r"^(?P<indent>[ \t]*)(?P<magic>[%!?].*|[\w.\[\]]+\?{1,2}\s*$|(?:pip|conda|mamba) (?:install|uninstall)\b(?! *=).*)"
)
_MAGIC_VALUE = re.compile(r"^(?P<target>[ \t]*\w[\w, \t]*=[ \t]*)(?P<magic>[%!][^=].*)$")
_CELL_MAGIC = re.compile(r"^\s*%%(?P<name>\w+)")
_PYTHON_CELL_MAGICS = frozenset(
    {
        "time",
        "timeit",
        "capture",
        "prun",
        "python",
        "python3",
        "memit",
        "mprun",
        "debug",
        "px",
        "spawn",
        "skip",
        "add_to",
    }
)
_DATABRICKS_HEADER = "# Databricks notebook source"
_DATABRICKS_BREAK = re.compile(r"^# COMMAND -+\s*$", re.MULTILINE)
_DATABRICKS_MAGIC = "# MAGIC"
_PYTHON_LANGUAGES = frozenset({"python", "ipython", "python3", "python2", "py"})


class Magic(Struct, frozen=True, gc=False):
    """A line that is not Python (`!pip install x`, `%run other`), as written, with its line in the cell."""

    line: int
    text: str


class Cell(Struct):
    """One cell; a script is a single cell whose `number` is None."""

    number: int | None
    kind: str
    """code, markdown or raw."""
    code: str
    language: str = "python"
    execution_count: int | None = None
    failed: bool = False
    output_bytes: int = 0
    tags: tuple[str, ...] = ()

    @property
    def magics(self) -> list[Magic]:
        """Lines for IPython in a cell, and in a shell cell (`%%bash`, `%%sh`, `%%!`) every line."""
        return [Magic(number, line) for number, line, _ in _magic_lines(self.code)]

    def without_magics(self) -> str:
        """The code with every magic line replaced by `pass` (or its value by None), line numbers kept."""
        lines = self.code.split("\n")
        for number, _, replacement in _magic_lines(self.code):
            lines[number - 1] = replacement
        return "\n".join(lines)


class Notebook(Struct):
    """What is known of a notebook besides the code in its cells."""

    cells: list[Cell]
    language: str | None
    """From its metadata; None when it says nothing."""
    language_version: str | None
    format: int
    databricks: bool = False
    kernel: str | None = None
    """Name of the kernel it was last saved with, in lower case."""


def _magic_lines(code: str) -> list[tuple[int, str, str]]:
    """(line, text, replacement) of each magic; a magic continued with a backslash takes its next lines with it."""
    found: list[tuple[int, str, str]] = []
    continued = False
    for number, line in enumerate(code.split("\n"), 1):
        if continued:
            found.append((number, line.strip(), ""))
        elif match := _MAGIC_LINE.match(line):
            found.append((number, match["magic"].strip(), f"{match['indent']}pass"))
        elif match := _MAGIC_VALUE.match(line):
            found.append((number, match["magic"].strip(), f"{match['target']}None"))
        else:
            continue
        continued = line.rstrip().endswith("\\")
    return found


class _Output(Struct):
    output_type: str = ""


class _JupyterCell(Struct):
    cell_type: str = "code"
    source: str | list[str] = ""
    input: str | list[str] = ""
    execution_count: int | float | None = None
    prompt_number: int | float | None = None
    outputs: msgspec.Raw = msgspec.Raw(b"[]")
    metadata: dict[str, object] = {}
    language: str | None = None


class _Worksheet(Struct):
    cells: list[_JupyterCell] = []


class _Jupyter(Struct):
    cells: list[_JupyterCell] | None = None
    worksheets: list[_Worksheet] | None = None
    metadata: dict[str, object] = {}
    nbformat: int = 4


_JUPYTER = msgspec.json.Decoder(_Jupyter, strict=False)
_OUTPUTS = msgspec.json.Decoder(list[_Output])


def read_jupyter(data: bytes) -> Notebook:
    """Read an `.ipynb` file. Raises ValueError with a short reason when it is none."""
    try:
        document = _JUPYTER.decode(data.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(str(error)) from error
    cells = document.cells
    if cells is None:
        if document.worksheets is None:
            raise ValueError("it has no cells")
        cells = [cell for sheet in document.worksheets for cell in sheet.cells]
    language, version = _language(document.metadata)
    kernel = _text_at(document.metadata, "kernelspec", "name")
    return Notebook(
        [_cell(number, cell, language) for number, cell in enumerate(cells)],
        language,
        version,
        document.nbformat,
        kernel=kernel.lower() if kernel else None,
    )


def _language(metadata: dict[str, object]) -> tuple[str | None, str | None]:
    name = (
        _text_at(metadata, "language_info", "name")
        or _text_at(metadata, "kernelspec", "language")
        or _text_at(metadata, "kernelspec", "name")
    )
    return name.lower() if name else None, _text_at(metadata, "language_info", "version")


def _text_at(metadata: dict[str, object], group: str, key: str) -> str | None:
    values = metadata.get(group)
    value = values.get(key) if isinstance(values, dict) else None
    return value if isinstance(value, str) else None


def _cell(number: int, cell: _JupyterCell, language: str | None) -> Cell:
    text = cell.source or cell.input
    code = text if isinstance(text, str) else "".join(text)
    count = cell.execution_count if cell.execution_count is not None else cell.prompt_number
    tags = cell.metadata.get("tags")
    return Cell(
        number,
        cell.cell_type,
        code.replace("\r\n", "\n"),
        _cell_language(code, cell.language or _text_at(cell.metadata, "vscode", "languageId") or language),
        int(count) if count is not None else None,
        _has_error(cell.outputs),
        len(bytes(cell.outputs)),
        tuple(str(tag) for tag in tags) if isinstance(tags, list) else (),
    )


def _cell_language(code: str, notebook_language: str | None) -> str:
    """`python`, or the language of a cell magic or of the kernel."""
    if magic := _CELL_MAGIC.match(code):
        name = magic["name"].lower()
        if name not in _PYTHON_CELL_MAGICS:
            return name
    language = (notebook_language or "python").lower()
    return "python" if language in _PYTHON_LANGUAGES or language.startswith("python") else language


def _has_error(outputs: msgspec.Raw) -> bool:
    raw = bytes(outputs)
    if b'"error"' not in raw and b'"pyerr"' not in raw:
        return False
    try:
        return any(output.output_type in {"error", "pyerr"} for output in _OUTPUTS.decode(raw))
    except msgspec.DecodeError:
        return False


def is_databricks(text: str) -> bool:
    return text.startswith(_DATABRICKS_HEADER)


def read_databricks(text: str) -> Notebook:
    """Split a Databricks source file at its `# COMMAND ----------` lines; lines count within a cell."""
    body = text.split("\n", 1)[1] if "\n" in text else ""
    cells = [_databricks_cell(number, part) for number, part in enumerate(_DATABRICKS_BREAK.split(body))]
    return Notebook(cells, "python", None, 4, databricks=True)


def _databricks_cell(number: int, part: str) -> Cell:
    lines = part.strip("\n").split("\n")
    if not all(line.startswith(_DATABRICKS_MAGIC) for line in lines if line.strip()) or lines == [""]:
        return Cell(number, "code", "\n".join(lines))
    code = "\n".join(line.removeprefix(_DATABRICKS_MAGIC).removeprefix(" ") for line in lines)
    first = code.lstrip().split(maxsplit=1)[0].removeprefix("%") if code.strip() else ""
    if first == "md":
        return Cell(number, "markdown", code)
    language = {"sh": "bash", "sql": "sql", "scala": "scala", "r": "r"}.get(first, "python")
    return Cell(number, "code", code, language)
