"""Waivers written into the code: `# debtscan: ignore[rule-id, other-rule] reason`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated

from msgspec import Struct

from debtscan.repository import File
from debtscan.source.masking import mask
from debtscan.source.python import PythonSource
from debtscan.source.text import TextSource


class InlineWaiver(Struct, frozen=True, gc=False):
    """One waiver of one rule at one line."""

    path: Annotated[str, "file it stands in"]
    line: Annotated[int, "line it stands on, from 1"]
    cell: Annotated[int | None, "cell of a notebook, from 0; NULL elsewhere"]
    alone: Annotated[bool, "whether the comment stands alone on its line and so speaks of the next line as well"]
    rule: Annotated[str, "rule that is waived"]
    reason: Annotated[str, "the reason as written; empty when none was given"]


TABLES = {"waivers": InlineWaiver}
KINDS = frozenset(
    {"python", "notebook", "requirements", "constraints", "pyproject", "setup_cfg", "pipfile", "conda", "dockerfile"}
    | {"shell", "makefile", "workflow", "tox", "yaml", "toml", "ini"}
)
_WAIVER = re.compile(r"#\s*debtscan:\s*ignore\[(?P<rules>[\w\s,-]+)\]\s*(?P<reason>.*)$")


class FoundWaiver(Struct, frozen=True, gc=False, array_like=True):
    line: int
    cell: int | None
    alone: bool
    rule: str
    reason: str


FOUND = list[FoundWaiver]


def scan_file(source: PythonSource | TextSource) -> list[FoundWaiver] | None:
    if isinstance(source, PythonSource):
        return [waiver for cell in source.cells for waiver in _waivers(cell.code, cell.number)]
    return _waivers(source.text, None)


def _waivers(text: str, cell: int | None) -> list[FoundWaiver]:
    if "debtscan:" not in text:
        return []
    return [
        FoundWaiver(number, cell, not line[: match.start()].strip(), rule.strip(), mask(match["reason"].strip()))
        for number, line in enumerate(text.splitlines(), 1)
        if (match := _WAIVER.search(line))
        for rule in match["rules"].split(",")
        if rule.strip()
    ]


def scan_repository(found: Sequence[tuple[File, list[FoundWaiver]]]) -> Mapping[str, Sequence[Struct]]:
    rows = [
        InlineWaiver(file.path, item.line, item.cell, item.alone, item.rule, item.reason)
        for file, items in found
        for item in items
    ]
    return {"waivers": rows}
