"""Distributions: what is known of every package that a manifest names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal, TypeAlias

from msgspec import Struct

from debtscan.lexicon.modules import bringers_of, pypi_name
from debtscan.lexicon.packages import modules_of, serves_development, superseded, works_without_import
from debtscan.manifests.records import Ecosystem
from debtscan.scanners.dependencies.rows import DependencyRow
from debtscan.scanners.files import FileRow
from debtscan.scanners.imports import ImportRow

Imported: TypeAlias = Literal["none", "tests", "code"]


class DistributionRow(Struct, frozen=True, gc=False):
    """One package that the repository asks for, whichever manifest does."""

    ecosystem: Annotated[Ecosystem, "where it comes from, as in dependencies"]
    name: Annotated[str, "name as in dependencies"]
    distribution: Annotated[str, "its name on PyPI, as in imports, where conda calls it otherwise"]
    tops: Annotated[tuple[str, ...], "first parts of the modules it is imported by; empty when unknown"]
    imported: Annotated[
        Imported,
        "which files import it, or a module that carries its name (ray.tune.search.hyperopt); only tests and documents, "
        "or code as well; none where its modules are not known",
    ]
    indirect: Annotated[
        bool,
        "known to do its work without being imported: server, tool, driver, backend, plug-in; or brought along by "
        "another package that is asked for, and named to fix its version",
    ]
    development: Annotated[bool, "known to serve who develops and never what runs: checker, test runner, stubs"]
    superseded_on: Annotated[
        str | None, "ISO date since when it is renamed or given up; NULL when it is not, or was not yet"
    ]
    replacement: Annotated[str | None, "its name on PyPI since then; NULL when nothing replaces it"]
    gone: Annotated[bool, "a fresh installation of a version that is not named fails since then"]


TABLES = {"distributions": DistributionRow}


_BESIDE_CODE = frozenset({"test", "doc", "ci"})


def scan_repository(
    dependencies: Sequence[DependencyRow], imports: Sequence[ImportRow], files: Sequence[FileRow], as_of: int
) -> Mapping[str, Sequence[Struct]]:
    asked = sorted({(row.ecosystem, row.name) for row in dependencies if row.ecosystem in {"pypi", "conda"}})
    today = datetime.fromtimestamp(as_of, UTC).date().isoformat()
    beside = {file.path for file in files if file.scope in _BESIDE_CODE}
    anywhere = _words(imports)
    code = _words([row for row in imports if row.path not in beside])
    names = frozenset(name for _, name in asked)
    return {"distributions": [_row(ecosystem, name, today, anywhere, code, names) for ecosystem, name in asked]}


def _words(imports: Sequence[ImportRow]) -> frozenset[str]:
    """Distributions that are imported, and the parts of the names of modules."""
    modules = {row.module for row in imports}
    parts = {part for module in modules for part in module.split(".")}
    return frozenset(parts | {row.distribution for row in imports if row.distribution})


def _row(
    ecosystem: Ecosystem,
    name: str,
    today: str,
    anywhere: frozenset[str],
    code: frozenset[str],
    asked: frozenset[str],
) -> DistributionRow:
    known_as = pypi_name(name) if ecosystem == "conda" else name
    tops = {module.partition(".")[0] for module in modules_of(known_as)}
    words = tops | {known_as} if tops else {known_as, known_as.replace("-", "_")}
    imported: Imported = "code" if words & code else "tests" if words & anywhere else "none"
    # conda keeps packages of its own under some of these names
    past = superseded(name) if ecosystem == "pypi" else None
    past = past if past is not None and past.since <= today else None
    return DistributionRow(
        ecosystem,
        name,
        known_as,
        tuple(sorted(tops)),
        imported,
        works_without_import(known_as) or not asked.isdisjoint(bringers_of(known_as)),
        serves_development(known_as),
        past.since if past else None,
        past.replacement if past else None,
        past is not None and past.gone,
    )
