"""Which source modules the tests reach, and how surely."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from msgspec import Struct

from debtscan.repository import File
from debtscan.scanners.tests import Test
from debtscan.source.modules import Modules
from debtscan.source.python import PythonSource
from debtscan.source.text import TextSource
from debtscan.testsuite.reach import (
    NAME,
    RUN,
    ImportedModule,
    Link,
    find_imports,
    reach,
    reach_through,
    scripts_run,
)


class TestLink(Struct, frozen=True, gc=False):
    """One test file reaching one module."""

    test_path: Annotated[str, "file that holds tests, or the workflow that runs the module"]
    target_path: Annotated[str, "module it reaches"]
    how: Annotated[
        str, "import, re-export (by a package), run (by a workflow), name (mirrored), through (what it reaches)"
    ]
    weight: Annotated[float, "how much the link says, 0 to 1; 0.5 and more counts as tested"]


TABLES = {"test_links": TestLink}
KINDS = frozenset({"python", "workflow"})


class Found(Struct, frozen=True, gc=False, array_like=True):
    imports: list[ImportedModule] = []
    runs: list[str] = []
    """Scripts a workflow starts, as written."""


FOUND = Found


def scan_file(source: PythonSource | TextSource) -> Found:
    if isinstance(source, PythonSource):
        return Found(imports=find_imports(source))
    return Found(runs=scripts_run(source.text))


def scan_repository(
    found: Sequence[tuple[File, Found]], listing: Sequence[File], tests: Sequence[Test]
) -> Mapping[str, Sequence[Struct]]:
    imports = {file.path: item.imports for file, item in found}
    paths = [file.path for file in listing if file.kind == "python"]
    known = frozenset(paths)
    test_paths = sorted({test.path for test in tests})
    modules = Modules(paths)
    links = list(reach(test_paths, imports, modules))
    links += _by_name(test_paths, paths, links)
    links += [Link(file.path, script, "run", RUN) for file, item in found for script in item.runs if script in known]
    links += sorted(reach_through(links, imports, modules), key=lambda link: link.target_path)
    rows = [TestLink(link.test_path, link.target_path, link.how, link.weight) for link in links]
    return {"test_links": rows}


def _by_name(tests: Sequence[str], paths: Sequence[str], links: Sequence[Link]) -> list[Link]:
    """`test_model.py` for `model.py`, where the name is unique and nothing else links them."""
    linked = {(link.test_path, link.target_path) for link in links}
    by_stem: dict[str, list[str]] = {}
    for path in paths:
        by_stem.setdefault(_stem(path), []).append(path)
    found = []
    for test in tests:
        stem = _stem(test)
        targets = by_stem.get(stem.removeprefix("test_").removesuffix("_test"), [])
        if len(targets) == 1 and targets[0] != test and (test, targets[0]) not in linked:
            found.append(Link(test, targets[0], "name", NAME))
    return found


def _stem(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[0]
