"""Which modules tests reach: by import, through a package's re-exports, run by continuous integration, or by name.

The weights are how much a link says (research: rules §5): an import of the module 0.6, of a name that a package
re-exports from it 0.5, a workflow that runs the script 0.5, a mirrored file name where nothing else links the test 0.4,
an import by something that is reached, or of a module in a package, 0.2.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

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
    known = _Imports(imports, modules)
    for test in sorted(tests):
        best: dict[str, _Way] = {}
        for importer in (test, *_conftests(test, imports)):
            _better(best, known.targets(importer))
        yield from (Link(test, path, *best[path]) for path in sorted(best) if path != test)


def reach_through(
    links: Sequence[Link], imports: Mapping[str, Sequence[ImportedModule]], modules: Modules
) -> Iterator[Link]:
    """What the reached modules import in turn, and the packages around them: one link where nothing links directly."""
    known = _Imports(imports, modules)
    origin = {link.target_path: link.test_path for link in reversed(links)}
    todo = sorted(origin)
    while todo:
        path = todo.pop()
        for target in (*known.targets(path), *modules.packages_around(path)):
            if target not in origin:
                origin[target] = origin[path]
                todo.append(target)
                yield Link(origin[path], target, "through", THROUGH)


class _Way(NamedTuple):
    how: str
    weight: float


_IMPORTED, _RE_EXPORTED = _Way("import", IMPORT), _Way("re-export", RE_EXPORT)


def _better(best: dict[str, _Way], found: Mapping[str, _Way]) -> None:
    for path, way in found.items():
        if path not in best or way.weight > best[path].weight:
            best[path] = way


def _conftests(test: str, imports: Mapping[str, Sequence[ImportedModule]]) -> Iterator[str]:
    folder = test
    while folder:
        folder = folder.rpartition("/")[0]
        path = f"{folder}/conftest.py" if folder else "conftest.py"
        if path in imports and path != test:
            yield path


class _Offer(NamedTuple):
    """What a file imports, by name; the star is followed only where it is the only one: fallbacks are often starred."""

    named: Mapping[str, str]
    starred: str | None


class _Imports:
    """The import statements of all files, and what they lead to."""

    def __init__(self, imports: Mapping[str, Sequence[ImportedModule]], modules: Modules) -> None:
        self._imports = imports
        self._modules = modules
        self._offers: dict[str, _Offer] = {}
        self._origins: dict[tuple[str, str], str | None] = {}

    def targets(self, importer: str) -> Mapping[str, _Way]:
        """The files an importer reaches and the surest way to each, in the order of its statements."""
        best: dict[str, _Way] = {}
        for statement in self._imports.get(importer, ()):
            self._follow(importer, statement, best)
        return best

    def _follow(self, importer: str, statement: ImportedModule, best: dict[str, _Way]) -> None:
        found = self._modules.find(importer, statement.module)
        if found is not None:
            best[found] = _IMPORTED
        package = found if found is not None and found.endswith("__init__.py") else None
        prefix = statement.module if statement.module.endswith(".") else f"{statement.module}."
        for name in statement.names:
            submodule = self._modules.find(importer, prefix + name)
            if submodule is not None:
                best[submodule] = _IMPORTED
            elif package is not None and (origin := self._origin(package, name)) is not None:
                best.setdefault(origin, _RE_EXPORTED)

    def _origin(self, package: str, name: str) -> str | None:
        """The file that defines a name which a package offers, followed through `from .module import name`."""
        key = (package, name)
        if key not in self._origins:
            self._origins[key] = self._look_up(package, name)
        return self._origins[key]

    def _look_up(self, package: str, name: str) -> str | None:
        place = package
        for _ in range(MAX_HOPS):
            named, starred = self._offer(place)
            module = named.get(name, starred)
            target = self._modules.find(place, module) if module is not None else None
            if target is None or target == place:
                return place if place != package else None
            place = target
        return place

    def _offer(self, place: str) -> _Offer:
        if place not in self._offers:
            statements = self._imports.get(place, ())
            # the first statement that brings a name comes last here and stays
            named = {name: item.module for item in reversed(statements) for name in item.names}
            starred = [item.module for item in statements if "*" in item.names]
            self._offers[place] = _Offer(named, starred[0] if len(starred) == 1 else None)
        return self._offers[place]
