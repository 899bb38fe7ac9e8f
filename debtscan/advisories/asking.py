"""Ask pip-audit what is known of packages at exact versions."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from msgspec import Struct
from packaging.version import Version

from debtscan.advisories.severity import Grade
from debtscan.advisories.source import Advisories
from debtscan.advisories.versions import Distance, distance, parsed, upgrade

NO_VERSION = "a version that cannot be compared"


class Vulnerability(Struct, frozen=True):
    """One vulnerability of one package at one version."""

    id: str
    aliases: tuple[str, ...]
    severity: Grade
    fixed_in: str | None
    """The nearest later version that ends it."""
    distance: Distance
    published: str | None
    """Day."""


class Answer(Struct, frozen=True):
    """What is known of one package at one version."""

    why: str | None = None
    """Why it was not audited; None: it was, and what is not listed is not known."""
    vulnerabilities: tuple[Vulnerability, ...] = ()
    upgrade: str | None = None
    """The nearest later version that ends all that have an end."""
    distance: Distance = "none"


def ask(advisories: Advisories, packages: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], Answer]:
    """Answers by (name, version), each asked once."""
    versions = {package: _version(package[1]) for package in sorted(set(packages))}
    known = [(package, version) for package, version in versions.items() if version is not None]
    answers = {package: Answer(why=NO_VERSION) for package, version in versions.items() if version is None}
    if not known:
        return answers
    with _quiet_import(advisories):
        from debtscan.advisories import services  # noqa: PLC0415 - a network library, and almost a second
    # a local part (`+cu118`) names a build of the same release; services know the release
    found = services.audit(advisories, [(name, Version(version.public)) for (name, _), version in known])
    for (package, version), (why, results) in zip(known, found, strict=True):
        answers[package] = Answer(why=why) if why else _answer(advisories, package[0], version, results)
    return answers


@contextmanager
def _quiet_import(advisories: Advisories) -> Iterator[None]:
    """Keep pip-audit from what it does when it is imported, none of which is needed.

    `pip_api` runs `python -m pip` to learn pip's version, in the working directory, where a target may have a pip of its
    own. urllib3 binds a socket to learn whether there is IPv6; an index asks nobody.
    """
    real_pip_api, has_ipv6 = sys.modules.get("pip_api"), socket.has_ipv6
    stand_in = ModuleType("pip_api")
    vars(stand_in)["PIP_VERSION"] = "24"
    sys.modules["pip_api"] = real_pip_api or stand_in
    socket.has_ipv6 = has_ipv6 and advisories.index is None
    try:
        yield
    finally:
        socket.has_ipv6 = has_ipv6
        if real_pip_api is None:
            del sys.modules["pip_api"]


def _version(text: str) -> Version | None:
    try:
        return parsed(text)
    except ValueError:
        return None


def _answer(advisories: Advisories, name: str, version: Version, results: Sequence[Any]) -> Answer:
    fixed = [
        (result, min((fix for fix in result.fix_versions if fix > version), default=None))
        for result in sorted(results, key=lambda result: result.id)
    ]
    later = _upgrade(advisories, name, version, [fix for _, fix in fixed if fix])
    return Answer(
        None,
        tuple(_vulnerability(result, version, fix) for result, fix in fixed),
        str(later) if later else None,
        distance(version, later),
    )


def _upgrade(advisories: Advisories, name: str, version: Version, fixes: Sequence[Version]) -> Version | None:
    """Online only the fixes of each vulnerability are known; an index also tells what a later version brings."""
    known = [advisory.affected for advisory in advisories.of(name)] if fixes else []
    found = [affected for affected in known if affected.holds(version)]
    return (upgrade(version, found, known) if found else None) or max(fixes, default=None)


def _vulnerability(result: Any, version: Version, fixed: Version | None) -> Vulnerability:  # noqa: ANN401
    return Vulnerability(
        result.id,
        tuple(sorted(result.aliases)),
        getattr(result, "severity", "unknown"),
        str(fixed) if fixed else None,
        distance(version, fixed),
        result.published.date().isoformat() if result.published else None,
    )
