"""Tests: only what a runner would collect, with the assertions each one makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Annotated

from msgspec import Struct

from debtscan.repository import File
from debtscan.source.python import PythonSource
from debtscan.source.text import TextSource
from debtscan.testsuite.candidates import Candidates, find_candidates
from debtscan.testsuite.collect import collect
from debtscan.testsuite.config import PytestConfig, read_config


class Test(Struct, frozen=True, gc=False):
    """One test function or method."""

    path: Annotated[str, "file a runner collects it from"]
    line: Annotated[int, "line of its `def`; of its class where the method is inherited from another file"]
    name: Annotated[str, "pytest node id without parameters"]
    asserts: Annotated[int, "assertions in it, helpers that assert counted once each"]
    calls: Annotated[int, "different functions and methods it calls"]
    skipped: Annotated[bool, "skipped whatever the machine"]
    cell: Annotated[int | None, "NULL: a runner collects modules; here so that every table with lines has it"] = None


TABLES = {"tests": Test}
KINDS = frozenset({"python", "pyproject", "setup_cfg", "tox", "ini"})


class Found(Struct, frozen=True, gc=False, array_like=True):
    candidates: Candidates | None = None
    config: PytestConfig | None = None


FOUND = Found


def scan_file(source: PythonSource | TextSource) -> Found | None:
    if isinstance(source, PythonSource):
        candidates = find_candidates(source)
        return Found(candidates=candidates) if candidates else None
    config = read_config(source.kind, source.text)
    return Found(config=config) if config else None


def scan_repository(found: Sequence[tuple[File, Found]]) -> Mapping[str, Sequence[Struct]]:
    configs = {str(PurePosixPath(file.path).parent): item.config for file, item in found if item.config}
    files = {file.path: item.candidates for file, item in found if item.candidates}
    rows = [
        Test(test.path, test.line, test.name, test.asserts, test.calls, test.skipped)
        for test in collect(files, configs)
    ]
    return {"tests": rows}
