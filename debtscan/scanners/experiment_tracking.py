"""Where runs of training are recorded: by an experiment tracker, in part by others, or in files of one's own.

A call counts wherever it stands, in a wrapper of one's own too; who uses it is asked by the rule.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Annotated, NamedTuple

from msgspec import Struct

from debtscan.lexicon.entries import entries
from debtscan.repository import File
from debtscan.source.masking import mask
from debtscan.source.python import PythonSource
from debtscan.source.values import argument
from debtscan.source.walk import Call

_WRITERS = frozenset({"dump", "dumps", "to_csv", "writerow", "savetxt", "to_json", "open"})
_WRITING = frozenset({"json.dump", "json.dumps", "yaml.dump", "pickle.dump", "numpy.savetxt"})
_RECORD = re.compile(
    r"(?<![a-z])(metrics?|results?|scores?|history|hist|stats|logs?|report|losses|evaluation|eval|config|cfg|args|h?params)",
    re.IGNORECASE,
)
_MAX_EVIDENCE = 160


class ExperimentTracking(Struct, frozen=True, gc=False):
    """One call that records something of a run."""

    path: Annotated[str, "file, relative to the repository root"]
    cell: Annotated[int | None, "cell of a notebook, from 0; NULL in a script"]
    line: Annotated[int, "line of the call, from 1, within the cell in a notebook"]
    library: Annotated[str, "tracker (mlflow, wandb ...), or what else records: tensorboard, hydra, files of one's own"]
    api: Annotated[str, "the call, spelled out"]
    partial: Annotated[bool, "only curves, a configuration or results, not parameters and results of each run apart"]
    text: Annotated[str, "the line of code, credentials masked"]


class FoundTracking(Struct, frozen=True, gc=False, array_like=True):
    cell: int | None
    line: int
    library: str
    api: str
    partial: bool
    text: str


class Recorder(NamedTuple):
    """A call that records a run; see `tracking.txt`."""

    begin: str
    end: str
    library: str
    partial: bool


TABLES = {"experiment_tracking": ExperimentTracking}
KINDS = frozenset({"python", "notebook"})
FOUND = list[FoundTracking]


def scan_file(source: PythonSource) -> list[FoundTracking] | None:
    return list(_tracking(source)) or None


def scan_repository(found: Sequence[tuple[File, list[FoundTracking]]]) -> Mapping[str, Sequence[Struct]]:
    rows = [
        ExperimentTracking(file.path, item.cell, item.line, item.library, item.api, item.partial, item.text)
        for file, items in found
        for item in items
    ]
    return {"experiment_tracking": rows}


def _tracking(source: PythonSource) -> Iterator[FoundTracking]:
    tops = {name.partition(".")[0] for name in source.aliases.values()} & _recorders().keys()
    for last, call in source.named_calls:
        if last in _WRITERS:
            if _writes_record(source.name(call.node.func) or "", call.node):
                yield _found(source, call, "files", last, partial=True)
        elif tops:
            name = source.name(call.node.func) or ""
            item = next((item for item in _recorders().get(name.partition(".")[0], ()) if _means(item, name)), None)
            if item is not None:
                yield _found(source, call, item.library, name, partial=item.partial)


def _found(source: PythonSource, call: Call, library: str, api: str, *, partial: bool) -> FoundTracking:
    text = mask(source.line_text(call.cell, call.node.lineno))[:_MAX_EVIDENCE]
    return FoundTracking(call.cell, call.node.lineno, library, api, partial, text)


def _means(item: Recorder, name: str) -> bool:
    return name.startswith(item.begin) and name.endswith(item.end) and len(name) >= len(item.begin) + len(item.end)


def _writes_record(name: str, node: ast.Call) -> bool:
    """Whether a call writes what is called results, metrics, configuration or the like."""
    if name == "open":
        mode = getattr(argument(node, 1, "mode"), "value", None)
        return isinstance(mode, str) and mode[:1] in {"w", "a", "x"} and _speaks_of_record(node.args[:1])
    if name in _WRITING:
        return _speaks_of_record(node.args[:2])
    if name.endswith((".to_csv", ".to_json", ".writerow")) and isinstance(node.func, ast.Attribute):
        return _speaks_of_record([node.func.value, *node.args[:1]])
    return False


def _speaks_of_record(nodes: Iterable[ast.expr]) -> bool:
    return any(_RECORD.search(word) for word in _words(nodes))


def _words(nodes: Iterable[ast.expr]) -> Iterator[str]:
    for node in nodes:
        for child in ast.walk(node):
            if isinstance(child, ast.Name):
                yield child.id
            elif isinstance(child, ast.Constant) and isinstance(child.value, str):
                yield child.value


@cache
def _recorders() -> dict[str, list[Recorder]]:
    found: dict[str, list[Recorder]] = {}
    for name, library, how in entries("tracking"):
        begin, star, end = name.partition("*")
        item = Recorder(begin, end if star else "", library, how == "partial")
        found.setdefault(name.partition(".")[0], []).append(item)
    return found
