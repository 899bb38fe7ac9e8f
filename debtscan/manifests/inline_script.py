"""Inline script metadata (PEP 723): the requirements of one script, in a comment at its head.

https://packaging.python.org/en/latest/specifications/inline-script-metadata/
"""

from __future__ import annotations

import re

from debtscan.manifests.records import Manifest, Requirement, Unread
from debtscan.manifests.requirement import read_requirement
from debtscan.source.marked_toml import Toml, read_toml
from debtscan.source.python import PythonSource

SECTION = "script"
_BLOCK = re.compile(r"^# /// script\s*$\n(?P<content>(?:^#(?: .*)?$\n)+?)^# ///\s*$", re.MULTILINE)


def metadata(source: PythonSource) -> tuple[Toml, int] | None:
    """The block as TOML, and the line before its first; None when there is none. Raises ValueError for bad TOML."""
    code = source.cells[0].code if source.notebook is None and source.cells else ""
    match = _BLOCK.search(code) if "# ///" in code else None
    if match is None:
        return None
    lines = (line[2:] if line.startswith("# ") else line[1:] for line in match["content"].splitlines())
    return read_toml("\n".join(lines) + "\n"), code.count("\n", 0, match.start("content"))


def parse(source: PythonSource) -> Manifest | None:
    """The list `dependencies` of the block; None when there is none."""
    try:
        found = metadata(source)
    except ValueError as error:
        return Manifest(unread=(Unread(f"inline script metadata: {error}"),))
    if found is None:
        return None
    toml, before = found
    listed = toml.document.get("dependencies")
    requirements: list[Requirement] = []
    unread: list[Unread] = []
    for position, written in enumerate(listed if isinstance(listed, list) else ()):
        line = (toml.line("dependencies", position) or 1) + before
        try:
            requirements.append(read_requirement(str(written), SECTION, line))
        except ValueError as error:
            unread.append(Unread(str(error), line))
    return Manifest(tuple(requirements), unread=tuple(unread))
