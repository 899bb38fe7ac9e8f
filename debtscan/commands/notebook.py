"""What notebooks hand to a shell: `!` and `%` lines, and shell cells."""

from __future__ import annotations

import re
from collections.abc import Iterator

from debtscan.commands.script import Script
from debtscan.source.notebook import Cell, Magic

_MAGIC = re.compile(r"[!%]{1,2}\s*(?:(?<=%)(?:shell|system|sx)\s+)?")
"""`%shell` of Colab and `%system` of Jupyter are `!` in words."""
_SHELL_LANGUAGES = frozenset({"bash", "sh", "shell", "script", "system", "!"})


def scripts(cells: list[Cell]) -> Iterator[Script]:
    """Every piece of a code cell that goes to a shell; `%pip` and `%conda` are shell commands in all but name."""
    for cell in cells:
        if cell.kind != "code":
            continue
        if cell.language in _SHELL_LANGUAGES:
            # the first line is the magic itself; in a Databricks cell there is none
            first, _, rest = cell.code.partition("\n")
            yield Script(rest, 2, cell.number) if first.lstrip().startswith("%") else Script(cell.code, 1, cell.number)
        elif "!" in cell.code or "%" in cell.code or "install" in cell.code:
            yield from (Script(text, line, cell.number) for line, text in _continued(cell.magics))


def _continued(magics: list[Magic]) -> Iterator[tuple[int, str]]:
    """(first line, text) of each magic; one that ends in a backslash goes on in the next."""
    start, held = 0, ""
    for magic in magics:
        if held:
            held += f"\n{magic.text}"
        else:
            start, held = magic.line, _MAGIC.sub("", magic.text, count=1)
        if not held.endswith("\\"):
            yield start, held
            held = ""
    if held:
        yield start, held
