"""Environment: whether the libraries that the training imports come back in the versions it was made with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from debtscan.lexicon.modules import pypi_name
from debtscan.scanners.components import ComponentRow, nearest
from debtscan.scanners.dependencies.rows import DependencyRow, LockedPackageRow
from debtscan.scanners.environments import EnvironmentRow
from debtscan.scanners.imports import ImportRow
from debtscan.scanners.rebuilds.told import Place, Told

_BOUNDED = frozenset({"exact", "bounded", "upper", "hash", "url-rev"})
_NOT_FOR_TRAINING = frozenset({"ci", "docs", "build", "test"})
_OF_ONE_FILE = frozenset({"notebook", "script"})
_SAY_PYTHON = frozenset({"python", "base_image"})


class _Library(NamedTuple):
    """A library that the training imports, and the best of what fixes its version."""

    name: str
    imported: ImportRow
    row: DependencyRow | None
    fixed: bool
    bounded: bool

    @property
    def place(self) -> Place:
        if self.row is not None:
            return Place(self.row.path, self.row.cell, self.row.line)
        return Place(self.imported.path, self.imported.cell, self.imported.line)

    @property
    def version(self) -> str:
        if self.row is None:
            return f"{self.name}: declared nowhere"
        return f"{self.name}: {self.row.specifier or 'any version'}"


class Environment:
    """The ingredient environment."""

    def __init__(
        self,
        components: Sequence[ComponentRow],
        dependencies: Iterable[DependencyRow],
        locked_packages: Iterable[LockedPackageRow],
        environments: Iterable[EnvironmentRow],
        imports: Iterable[ImportRow],
    ) -> None:
        self._roots = frozenset(component.root for component in components)
        self._imports: dict[str, list[ImportRow]] = {}
        for item in imports:
            if item.origin == "third_party" and not item.guarded and item.platform is None:
                self._imports.setdefault(item.path, []).append(item)
        self._declared: dict[tuple[str, str], list[DependencyRow]] = {}
        self._declaring: set[str] = set()
        """Components, and files that install for themselves."""
        self._used_locks: dict[str, set[str]] = {}
        for row in dependencies:
            if row.ecosystem in {"pypi", "conda"} and row.scope not in _NOT_FOR_TRAINING:
                self._declare(row)
        self._locked = {(package.path, package.name) for package in locked_packages}
        self._pythons: dict[str, EnvironmentRow] = {}
        for ground in environments:
            if ground.kind in _SAY_PYTHON and ground.pin in {"float", "exact", "digest"}:
                self._pythons.setdefault(ground.component, ground)

    def _declare(self, row: DependencyRow) -> None:
        name = pypi_name(row.name) if row.ecosystem == "conda" else row.name
        where = row.path if row.section in _OF_ONE_FILE else row.component
        self._declared.setdefault((where, name), []).append(row)
        self._declaring.add(where)
        if row.locked_by is not None and row.reproducible:
            self._used_locks.setdefault(row.component, set()).add(row.locked_by)

    def of(self, component: str, framework: str, files: Sequence[str]) -> Told:
        """Of the files that run together, in the component of the one that trains."""
        above = tuple(self._above(component))
        installs = next((root for root in above if root in self._declaring), component)
        libraries = list(self._libraries(files, installs))
        if not libraries:
            return Told("yes", "it imports the standard library only")
        fixed = sum(library.fixed for library in libraries)
        if fixed == len(libraries):
            return Told("yes", f"{_all(fixed)} exact or locked", libraries[0].place)
        first = min(libraries, key=lambda one: (one.fixed, one.bounded, one.name not in {framework, "torch"}))
        if any(library.fixed or library.bounded for library in libraries):
            rest = f"{fixed} of {len(libraries)} libraries are fixed" if fixed else "no library is exact"
            return Told("partly", f"{first.version}; {rest}", first.place)
        return self._by_python(first, above)

    def _by_python(self, first: _Library, above: Sequence[str]) -> Told:
        """Where no library has a version, what remains is the Python that an image, CI or the like states."""
        python = next((self._pythons[root] for root in above if root in self._pythons), None)
        if python is None:
            return Told("no", f"{first.version}; no library and no Python is fixed", first.place)
        said = f"{first.version}; only the ground is fixed ({python.value})"
        return Told("partly", said, Place(python.path, None, python.line))

    def _libraries(self, files: Sequence[str], installs: str) -> Iterator[_Library]:
        """Each library once, by its distribution; `installs` is the component whose manifests make the environment."""
        needed: dict[str, ImportRow] = {}
        for path in files:
            for item in self._imports.get(path, ()):
                needed.setdefault(item.distribution or item.top, item)
        places = [*(path for path in files if path in self._declaring), installs]
        for name, item in needed.items():
            rows = [row for where in places for row in self._declared.get((where, name), ())]
            in_lock = any((lock, name) in self._locked for lock in self._used_locks.get(installs, ()))
            yield _Library(
                name,
                item,
                max(rows, key=lambda row: (row.reproducible, row.pin in _BOUNDED), default=None),
                in_lock or any(row.reproducible for row in rows),
                any(row.pin in _BOUNDED for row in rows),
            )

    def _above(self, component: str) -> Iterator[str]:
        """A component and those around it, nearest first."""
        while component != ".":
            yield component
            component = nearest(component, self._roots)
        yield "."


def _all(count: int) -> str:
    return "the one library is" if count == 1 else f"all {count:,} libraries are"
