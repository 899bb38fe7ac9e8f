"""What notebooks install when they run: `!pip install`, `%pip install`, `%conda install` and shell cells."""

from __future__ import annotations

import re
from collections.abc import Iterator

from debtscan.manifests.installs import installs
from debtscan.manifests.records import Install, Manifest, Unread
from debtscan.source.notebook import Cell
from debtscan.source.python import PythonSource

SECTION = "notebook"
_MAGIC = re.compile(r"[!%]{1,2}\s*")
_SHELL_LANGUAGES = frozenset({"bash", "sh", "shell", "script", "system", "!"})


def parse(source: PythonSource) -> Manifest | None:
    """The install commands of a notebook; None when there are none."""
    found: list[Install] = []
    unread: list[Unread] = []
    for cell in source.cells:
        # a quick look first: most cells install nothing
        if cell.kind == "code" and "install" in cell.code:
            for line, text in _shell_texts(cell):
                commands, problems = installs(text, line, cell.number, SECTION)
                found += commands
                unread += problems
    if not found and not unread:
        return None
    named = tuple(requirement for install in found for requirement in install.requirements)
    return Manifest(named, installs=tuple(found), unread=tuple(unread))


def _shell_texts(cell: Cell) -> Iterator[tuple[int, str]]:
    """(first line, text) of every piece of a cell that goes to a shell."""
    if cell.language in _SHELL_LANGUAGES:
        # the first line is the magic itself; in a Databricks cell there is none
        first, _, rest = cell.code.partition("\n")
        yield (2, rest) if first.lstrip().startswith("%") else (1, cell.code)
        return
    start, held = 0, ""
    for magic in cell.magics:
        if held:
            held += f"\n{magic.text}"
        else:
            start, held = magic.line, _MAGIC.sub("", magic.text, count=1)
        if not held.endswith("\\"):
            yield start, held
            held = ""
    if held:
        yield start, held
