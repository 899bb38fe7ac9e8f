"""The parts that pip-audit is given: what to ask about, and whom.

Importing this imports pip-audit, a network library with it; `asking` does so when it is needed, and safely.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from packaging.version import Version
from pip_audit._audit import Auditor
from pip_audit._dependency_source.interface import DependencySource
from pip_audit._service import (
    Dependency,
    PyPIService,
    ResolvedDependency,
    SkippedDependency,
    VulnerabilityResult,
    VulnerabilityService,
)
from pip_audit._service.interface import VulnerabilityID

from debtscan.advisories.osv import Advisory
from debtscan.advisories.severity import Grade
from debtscan.advisories.source import Advisories
from debtscan.advisories.versions import upgrade

TIMEOUT_SECONDS = 15
MAX_FAILURES = 3
"""Requests that fail one after the other until the rest is not tried: the network is gone."""
UNKNOWN_TO_SERVICE = "the service does not know the package or version"
FAILED = "the service did not answer"
_GRADES: tuple[Grade, ...] = ("unknown", "low", "medium", "high", "critical")


@dataclass(frozen=True)
class Graded(VulnerabilityResult):
    """A result that keeps what the record says of its severity."""

    severity: Grade = "unknown"


class IndexService(VulnerabilityService):
    """Answers from the index of advisories that the auditor gave."""

    def __init__(self, advisories: Advisories) -> None:
        self._advisories = advisories

    def query(self, spec: Dependency) -> tuple[Dependency, list[VulnerabilityResult]]:
        if not isinstance(spec, ResolvedDependency):
            return spec, []
        known = self._advisories.of(spec.canonical_name)
        hits = [advisory for advisory in known if advisory.affected.holds(spec.version)]
        return spec, [_graded(alike, spec.version) for alike in _by_vulnerability(hits)]


class PatientService(VulnerabilityService):
    """Asks another service, and skips with the reason what that one cannot answer.

    A request that fails would end the whole audit, and one that is not answered would pass for clean.
    """

    def __init__(self, service: VulnerabilityService) -> None:
        self._service = service
        self._failures = 0

    def query(self, spec: Dependency) -> tuple[Dependency, list[VulnerabilityResult]]:
        if self._failures >= MAX_FAILURES:
            return _skipped(spec, FAILED), []
        try:
            answered, results = self._service.query(spec)
        except Exception:  # a network library, a broken answer: whatever it is, nothing was audited
            self._failures += 1
            return _skipped(spec, FAILED), []
        self._failures = 0
        return (_skipped(spec, UNKNOWN_TO_SERVICE) if answered.is_skipped() else answered), results


class Packages(DependencySource):
    """Names and versions that are known already: nothing is collected, resolved or installed."""

    def __init__(self, packages: Iterable[tuple[str, Version]]) -> None:
        self._packages = packages

    def collect(self) -> Iterator[Dependency]:
        return (ResolvedDependency(name=name, version=version) for name, version in self._packages)

    def fix(self, fix_version: Any) -> None:  # noqa: ANN401 pip-audit's own type
        raise NotImplementedError("nothing of a target is changed")


def audit(
    advisories: Advisories, packages: Sequence[tuple[str, Version]]
) -> Iterator[tuple[str | None, list[VulnerabilityResult]]]:
    """For each package why it was not audited (None: it was), and what is known of it."""
    service = IndexService(advisories) if advisories.index else PatientService(_online(advisories))
    for dependency, results in Auditor(service).audit(Packages(packages)):
        yield (dependency.skip_reason if isinstance(dependency, SkippedDependency) else None), results


def _online(advisories: Advisories) -> VulnerabilityService:
    return PyPIService(advisories.cache, TIMEOUT_SECONDS)


def _skipped(spec: Dependency, why: str) -> SkippedDependency:
    return SkippedDependency(name=spec.name, skip_reason=why)


def _by_vulnerability(advisories: Iterable[Advisory]) -> list[list[Advisory]]:
    """Advisories that share a name, directly or through others, are about one vulnerability."""
    groups: list[tuple[set[str], list[Advisory]]] = []
    for advisory in advisories:
        names, alike = set(advisory.names), [advisory]
        for group in [group for group in groups if group[0] & names]:
            groups.remove(group)
            names, alike = names | group[0], group[1] + alike
        groups.append((names, alike))
    return [sorted(alike, key=_prominence) for _, alike in groups]


def _prominence(advisory: Advisory) -> tuple[bool, str]:
    return (not advisory.id.startswith("PYSEC-"), advisory.id)


def _graded(alike: Sequence[Advisory], version: Version) -> Graded:
    """One result of all advisories of one vulnerability: fixed where none of them holds any more."""
    first = alike[0]
    fixed = upgrade(version, [advisory.affected for advisory in alike])
    days = [advisory.published for advisory in alike if advisory.published]
    return Graded(
        VulnerabilityID(first.id),
        "",
        [fixed] if fixed else [],
        {VulnerabilityID(name) for advisory in alike for name in advisory.names if name != first.id},
        datetime.fromisoformat(min(days)) if days else None,
        max((advisory.severity for advisory in alike), key=_GRADES.index),
    )
