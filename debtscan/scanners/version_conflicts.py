"""Version conflicts: two lists for one environment that no single version of a package satisfies."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Annotated

from msgspec import Struct
from packaging.specifiers import SpecifierSet

from debtscan.lexicon.modules import pypi_name
from debtscan.manifests.specifiers import allowed, exact_versions
from debtscan.scanners.dependencies.rows import DependencyRow, LockFileRow


class VersionConflict(Struct, frozen=True, gc=False):
    """One package that two lists for the same environment ask for in versions that exclude each other."""

    path: Annotated[str, "file of the one, the first by path and line"]
    line: Annotated[int | None, "its line, from 1; NULL where the format tells none"]
    cell: Annotated[int | None, "always NULL: no list stands in a cell"]
    name: Annotated[str, "the package, by its name on PyPI"]
    specifier: Annotated[str, "its version there, as written"]
    other_path: Annotated[str, "file of the other; may be the same"]
    other_line: Annotated[int | None, "its line, from 1; NULL where the format tells none"]
    other_specifier: Annotated[str, "its version there, as written"]
    component: Annotated[str, "root of the component both belong to"]


TABLES = {"version_conflicts": VersionConflict}

_MAIN_LISTS = frozenset(
    {"requirements", "packages", "dependencies", "dependencies.pip", "project.dependencies", "install_requires"}
    | {"tool.poetry.dependencies", "options.install_requires", "tool.pixi.dependencies", "tool.pixi.pypi-dependencies"}
)
_MANIFEST_WORDS = re.compile(
    r"\b(requirements?|reqs?|environment|env|conda|pip|pyproject|setup|pipfile|pixi|txt|in|ya?ml|toml|cfg|py)\b"
)


def scan_repository(
    dependencies: Sequence[DependencyRow], lock_files: Sequence[LockFileRow]
) -> Mapping[str, Sequence[Struct]]:
    locks = {row.path for row in lock_files}
    asked: dict[tuple[str, str, str], list[DependencyRow]] = {}
    for row in dependencies:
        if _counts(row) and row.path not in locks:
            asked.setdefault((*_environment(row.path), _name(row)), []).append(row)
    conflicts = [conflict for (*_, name), rows in asked.items() for conflict in _conflicts(name, rows)]
    return {"version_conflicts": sorted(conflicts, key=lambda row: (row.path, row.line or 0, row.name, row.other_path))}


def _counts(row: DependencyRow) -> bool:
    """Leave out extras and groups, which make environments of their own, and what only some machines install."""
    return row.section in _MAIN_LISTS and row.marker is None and row.name != "python" and bool(row.specifier)


def _environment(path: str) -> tuple[str, str]:
    """The folder of a list and what its name says beyond being one: `requirements-gpu.txt` speaks of another machine."""
    folder, _, name = path.rpartition("/")
    rest = _MANIFEST_WORDS.sub(" ", re.sub(r"[-_.]+", " ", name.lower()))
    return folder, " ".join(rest.split())


def _name(row: DependencyRow) -> str:
    return pypi_name(row.name) if row.ecosystem == "conda" else row.name


def _conflicts(name: str, rows: Sequence[DependencyRow]) -> Iterator[VersionConflict]:
    """One for each pair of files: conda splits a package of PyPI into several of one version."""
    told: set[tuple[str, str]] = set()
    for one, other in combinations(rows, 2):
        files = (one.path, other.path)
        if (
            files not in told
            and one.component == other.component
            and _exclude(allowed(one.specifier), allowed(other.specifier))
        ):
            told.add(files)
            yield VersionConflict(
                one.path,
                one.line,
                None,
                name,
                one.specifier,
                other.path,
                other.line,
                other.specifier,
                one.component,
            )


def _exclude(one: SpecifierSet | None, other: SpecifierSet | None) -> bool:
    """Whether one of them is an exact version that the other does not allow."""
    if one is None or other is None:
        return False
    return any(
        not theirs.contains(version, prereleases=True)
        for mine, theirs in ((one, other), (other, one))
        for version in exact_versions(mine)
    )
