"""Which modules tests reach: by import, through a package's re-exports, run by continuous integration, or by name.

The weights are how much a link says (research: rules §5): an import of the module 0.6, of a name that a package
re-exports from it 0.5, a workflow that runs the script 0.5, a mirrored file name where nothing else links the test 0.4,
an import by something that is reached 0.2.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from msgspec import Struct

from debtscan.source.modules import Modules
from debtscan.source.python import PythonSource

IMPORT, RE_EXPORT, RUN, NAME, THROUGH = 0.6, 0.5, 0.5, 0.4, 0.2
_RUNS = re.compile(r"\bpython3?\s+(?:-(?!m\b)[A-Za-z]+(?:\s+[\w:]+)?\s+)*(?P<script>[\w./-]+\.py)\b")
MAX_HOPS = 6
"""Re-exports of re-exports that are followed."""


class ImportedModule(Struct, frozen=True, gc=False, array_like=True):
    """One import statement: the module as written (`..pkg.mod` keeps its dots) and the names taken from it."""

    module: str
    names: tuple[str, ...]


class Link(Struct, frozen=True):
    test_path: str
    target_path: str
    how: str
    weight: float


def find_imports(source: PythonSource) -> list[ImportedModule]:
    found: list[ImportedModule] = []
    for item in source.walk.imports:
        node = item.node
        if isinstance(node, ast.Import):
            found += [ImportedModule(name.name, ()) for name in node.names]
        else:
            names = tuple(name.name for name in node.names)
            found.append(ImportedModule("." * node.level + (node.module or ""), names))
    return found


def scripts_run(text: str) -> list[str]:
    """Scripts that a workflow or shell script starts with Python, as written."""
    return sorted({match["script"].removeprefix("./") for match in _RUNS.finditer(text)})


def reach(tests: Sequence[str], imports: Mapping[str, Sequence[ImportedModule]], modules: Modules) -> Iterator[Link]:
    """Links of test files (and their conftest files) to the files they import, best link first."""
    for test in sorted(tests):
        best: dict[str, Link] = {}
        for importer in (test, *_conftests(test, imports)):
            for statement in imports.get(importer, ()):
                for link in _targets(test, importer, statement, imports, modules):
                    if link.target_path != test and link.weight > best.get(link.target_path, _NO_LINK).weight:
                        best[link.target_path] = link
        yield from (best[path] for path in sorted(best))


def reach_through(
    links: Sequence[Link], imports: Mapping[str, Sequence[ImportedModule]], modules: Modules
) -> Iterator[Link]:
    """What the reached modules import in turn: one link for each module that nothing reaches directly."""
    origin = {link.target_path: link.test_path for link in reversed(links)}
    todo = sorted(origin)
    while todo:
        path = todo.pop()
        for statement in imports.get(path, ()):
            for link in _targets(origin[path], path, statement, imports, modules):
                if link.target_path not in origin:
                    origin[link.target_path] = origin[path]
                    todo.append(link.target_path)
                    yield Link(origin[path], link.target_path, "through", THROUGH)


_NO_LINK = Link("", "", "", 0.0)


def _conftests(test: str, imports: Mapping[str, Sequence[ImportedModule]]) -> Iterator[str]:
    for parent in PurePosixPath(test).parents:
        path = "conftest.py" if str(parent) == "." else f"{parent}/conftest.py"
        if path in imports and path != test:
            yield path


def _targets(
    test: str,
    importer: str,
    statement: ImportedModule,
    imports: Mapping[str, Sequence[ImportedModule]],
    modules: Modules,
) -> Iterator[Link]:
    found = modules.find(importer, statement.module)
    if found is not None:
        yield Link(test, found, "import", IMPORT)
    for name in statement.names:
        joined = f"{statement.module}{name}" if statement.module.endswith(".") else f"{statement.module}.{name}"
        submodule = modules.find(importer, joined)
        if submodule is not None:
            yield Link(test, submodule, "import", IMPORT)
        elif found is not None and found.endswith("__init__.py"):
            origin = _origin(found, name, imports, modules)
            if origin is not None:
                yield Link(test, origin, "re-export", RE_EXPORT)


def _offers(name: str, statements: Sequence[ImportedModule]) -> ImportedModule | None:
    """The import that brings a name: by name first; a star is a guess (fallbacks are often starred), so the only one."""
    named = next((item for item in statements if name in item.names), None)
    starred = [item for item in statements if "*" in item.names]
    return named or (starred[0] if len(starred) == 1 else None)


def _origin(package: str, name: str, imports: Mapping[str, Sequence[ImportedModule]], modules: Modules) -> str | None:
    """The file in which a name that a package offers is defined, followed through `from .module import name`."""
    place: str | None = package
    for _ in range(MAX_HOPS):
        assert place is not None
        step = _offers(name, imports.get(place, ()))
        target = modules.find(place, step.module) if step else None
        if target is None or target == place:
            return place if place != package else None
        place = target
    return place
