"""Known vulnerabilities of packages at exact versions, from the source of advisories that the auditor gave.

Only what is fixed is asked: packages of a lock, and exact pins that no lock covers. Everything else is not audited, and
said so file by file; it is never clean.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated

from msgspec import Struct

from debtscan.advisories.asking import Answer, ask
from debtscan.advisories.severity import Grade
from debtscan.advisories.source import Advisories
from debtscan.advisories.versions import Distance
from debtscan.lexicon.modules import known_pypi_name
from debtscan.manifests.pins import exact_version
from debtscan.manifests.records import Ecosystem, Scope
from debtscan.scanners import GapRow
from debtscan.scanners.dependencies.places import scope_of_path
from debtscan.scanners.dependencies.rows import DependencyRow, LockedPackageRow, LockFileRow
from debtscan.scanners.files import FileRow

OLD_DAYS = 90
"""Age from which a collection of advisories misses too much to be passed over in silence."""
NAMES = 5
"""Packages named in a gap."""
_ECOSYSTEMS = frozenset({"pypi", "conda"})
_DIRECT_REFERENCE = "from a URL or a path"
_NO_VERSION = "no exact version"
_CONDA_ONLY = "the name on PyPI of a conda package is not known"


class VulnerabilityRow(Struct, frozen=True, gc=False):
    """One known vulnerability of one package where its version is fixed; needs `--advisories`."""

    path: Annotated[str, "lock, or file with the exact pin"]
    line: Annotated[int | None, "line of the package; NULL where the format tells none"]
    cell: Annotated[int | None, "cell of a notebook, from 0; NULL elsewhere"]
    name: Annotated[str, "name of the distribution as in `dependencies`, normalised by PEP 503"]
    version: Annotated[str, "version that is fixed there"]
    id: Annotated[str, "the vulnerability's id; of several for the same one that of PyPI (PYSEC) first"]
    aliases: Annotated[tuple[str, ...], "its other ids (CVE, GHSA ...)"]
    severity: Annotated[Grade, "rating of the CVSS 3 vector in the record, else what the database states"]
    fixed_in: Annotated[str | None, "nearest later version without it; NULL when none is known"]
    distance: Annotated[Distance, "first number of the version that differs in `fixed_in`; none without such a version"]
    upgrade: Annotated[
        str | None,
        "nearest later version without any of the package's vulnerabilities that have a fix; NULL when none has one",
    ]
    upgrade_distance: Annotated[Distance, "first number of the version that differs in `upgrade`"]
    published: Annotated[str | None, "day it was published; NULL when the source does not say"]
    locked: Annotated[bool, "whether a lock fixes the version; else the requirement itself does"]
    scope: Annotated[Scope, "what the package is needed for; runtime for what a lock has and no manifest asks for"]
    component: Annotated[str, "root of the component it belongs to"]


class AuditedPackageRow(Struct, frozen=True, gc=False):
    """One package that was, or could not be, asked for known vulnerabilities; needs `--advisories`."""

    path: Annotated[str, "lock or manifest it stands in"]
    line: Annotated[int | None, "line, from 1, within the cell in a notebook; NULL where the format tells none"]
    cell: Annotated[int | None, "cell of a notebook, from 0; NULL elsewhere"]
    name: Annotated[str, "name of the distribution, normalised by PEP 503"]
    version: Annotated[str | None, "version that is fixed there; NULL when none is"]
    audited: Annotated[bool, "whether the source could be asked about it; if not, nothing is known of it"]
    why: Annotated[str | None, "why it was not audited; NULL when it was"]
    vulnerabilities: Annotated[int | None, "known vulnerabilities; NULL when it was not audited"]
    component: Annotated[str, "root of the component it belongs to"]


class _Package(Struct, frozen=True):
    """One place that names a package, and how it can be asked for."""

    path: str
    line: int | None
    cell: int | None
    name: str
    version: str | None
    asked_as: str | None
    """Name on PyPI; None when it is not known."""
    why: str | None
    """Why it cannot be asked for."""
    locked: bool
    scope: Scope
    component: str


TABLES = {"vulnerabilities": VulnerabilityRow, "audited_packages": AuditedPackageRow}
BESIDE = True


def scan_repository(
    advisories: Advisories,
    dependencies: Sequence[DependencyRow],
    locked_packages: Sequence[LockedPackageRow],
    lock_files: Sequence[LockFileRow],
    files: Sequence[FileRow],
    as_of: int,
) -> Mapping[str, Sequence[Struct]]:
    documents = frozenset(file.path for file in files if file.kind == "doc")
    written = [row for row in dependencies if row.ecosystem in _ECOSYSTEMS and row.path not in documents]
    packages = [*_locked(locked_packages, lock_files, written), *_pinned(written, locked_packages)]
    packages.sort(key=lambda package: (package.path, package.cell or 0, package.line or 0, package.name))
    answers = _answers(advisories, packages)
    audited = [_audited(package, answer) for package, answer in zip(packages, answers, strict=True)]
    tables: dict[str, Sequence[Struct]] = {
        "audited_packages": audited,
        "gaps": [*_source_gaps(advisories, as_of), *_package_gaps(audited)],
    }
    # where nothing could be asked an empty table would say that nothing is known against any package
    if not audited or any(row.audited for row in audited):
        tables["vulnerabilities"] = [
            row for package, answer in zip(packages, answers, strict=True) for row in _vulnerabilities(package, answer)
        ]
    return tables


def _locked(
    rows: Iterable[LockedPackageRow], locks: Iterable[LockFileRow], written: Iterable[DependencyRow]
) -> Iterator[_Package]:
    """What locks hold; of a constraints file, which installs nothing, what is asked for."""
    constraints = frozenset(lock.path for lock in locks if lock.manager == "constraints")
    scopes: dict[tuple[str, str], set[Scope]] = {}
    for row in written:
        scopes.setdefault((row.locked_by or row.path, row.name), set()).add(row.scope)
    for item in rows:
        wanted = scopes.get((item.path, item.name))
        if wanted is None and item.path in constraints:
            continue
        scope = _scope(wanted) if wanted else scope_of_path(item.path)
        version = None if item.url else item.version
        name, why = _asked_as(item.name, item.ecosystem, version, item.url)
        yield _Package(item.path, item.line, None, item.name, version, name, why, True, scope, item.component)


def _pinned(written: Iterable[DependencyRow], locked: Iterable[LockedPackageRow]) -> Iterator[_Package]:
    """Requirements that no lock covers; a compiled list is a lock of its own lines."""
    held = frozenset((row.path, row.name) for row in locked)
    for row in written:
        if row.locked_by is not None or (row.path, row.name) in held:
            continue
        url = row.url or (row.specifier if row.pin == "path" else None)
        version = exact_version(row.specifier) if row.pin in {"exact", "hash"} and url is None else None
        name, why = _asked_as(row.name, row.ecosystem, version, url)
        yield _Package(row.path, row.line, row.cell, row.name, version, name, why, False, row.scope, row.component)


def _scope(scopes: set[Scope]) -> Scope:
    return "runtime" if "runtime" in scopes else min(scopes)


def _asked_as(name: str, ecosystem: Ecosystem, version: str | None, url: str | None) -> tuple[str | None, str | None]:
    """The name to ask for, or why it cannot be asked for."""
    if url is not None:
        return None, _DIRECT_REFERENCE
    if version is None:
        return None, _NO_VERSION
    asked_as = known_pypi_name(name) if ecosystem == "conda" else name
    return asked_as, None if asked_as else _CONDA_ONLY


def _answers(advisories: Advisories, packages: Sequence[_Package]) -> list[Answer]:
    asked = ask(advisories, [(each.asked_as, each.version) for each in packages if each.asked_as and each.version])
    return [
        asked[each.asked_as, each.version] if each.asked_as and each.version else Answer(why=each.why)
        for each in packages
    ]


def _audited(package: _Package, answer: Answer) -> AuditedPackageRow:
    return AuditedPackageRow(
        package.path,
        package.line,
        package.cell,
        package.name,
        package.version,
        answer.why is None,
        answer.why,
        len(answer.vulnerabilities) if answer.why is None else None,
        package.component,
    )


def _vulnerabilities(package: _Package, answer: Answer) -> Iterator[VulnerabilityRow]:
    for found in answer.vulnerabilities:
        assert package.version is not None
        yield VulnerabilityRow(
            package.path,
            package.line,
            package.cell,
            package.name,
            package.version,
            found.id,
            found.aliases,
            found.severity,
            found.fixed_in,
            found.distance,
            answer.upgrade,
            answer.distance,
            found.published,
            package.locked,
            package.scope,
            package.component,
        )


def _source_gaps(advisories: Advisories, as_of: int) -> Iterator[GapRow]:
    """What makes the whole answer less worth: advisories that are old, of unknown age, or could not be read."""
    if advisories.index is None:
        return
    if advisories.day is None:
        yield GapRow(None, "the advisories say no date, so how old they are is not known")
    elif (age := _age_days(advisories.day, as_of)) > OLD_DAYS:
        yield GapRow(None, f"the newest advisory is of {advisories.day}, {age:,} days before the audit")
    if advisories.unreadable:
        files = "1 file" if advisories.unreadable == 1 else f"{advisories.unreadable:,} files"
        yield GapRow(None, f"{files} of the advisories are no readable OSV records")


def _age_days(day: str, as_of: int) -> int:
    return (datetime.fromtimestamp(as_of, UTC).date() - datetime.fromisoformat(day).date()).days


def _package_gaps(rows: Iterable[AuditedPackageRow]) -> Iterator[GapRow]:
    """One row for each file and reason, with the number of packages and the first names."""
    names: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        if row.why is not None:
            names.setdefault((row.path, row.why), set()).add(row.name)
    for (path, why), unknown in sorted(names.items()):
        shown = ", ".join(sorted(unknown)[:NAMES]) + (", ..." if len(unknown) > NAMES else "")
        packages = "1 package" if len(unknown) == 1 else f"{len(unknown):,} packages"
        yield GapRow(path, f"not audited for known vulnerabilities, {why}: {packages} ({shown})")
