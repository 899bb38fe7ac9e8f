"""What a lock covers, and whether it still fits what it was made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from debtscan.manifests.records import Ecosystem, Fresh, Lock, Locked, Manifest, Requirement
from debtscan.scanners.dependencies.places import folder_of, reach

_COMPILED = frozenset({"requirements_in", "pyproject", "setup_cfg", "python"})
_COVERS: Mapping[str, frozenset[str]] = {
    "poetry": frozenset({"pyproject"}),
    "uv": frozenset({"pyproject"}),
    "rye": frozenset({"pyproject"}),
    "pdm": frozenset({"pyproject"}),
    "pipenv": frozenset({"pipfile"}),
    "pixi": frozenset({"pixi_toml", "pyproject"}),
    "pylock": frozenset({"pyproject", "requirements", "requirements_in", "setup_cfg", "python"}),
    "conda-lock": frozenset({"conda", "pyproject"}),
    "conda explicit": frozenset({"conda"}),
    "constraints": frozenset(),
}
"""Kinds of manifest that a manager makes its lock from; compiled requirements cover `_COMPILED`."""
_CONDA_LOCKS = frozenset({"pixi", "conda-lock", "conda explicit"})
_OF_ONE_PROJECT = frozenset({"poetry", "pdm", "pipenv"})
"""Managers without workspaces: a lock is of the manifest beside it only."""
_WHOLE = frozenset({"poetry", "uv", "pdm", "pixi", "pipenv"})
"""Managers whose lock holds every group and extra, so that one that lacks a name is stale."""


class Held(Struct):
    """One lock in the repository."""

    path: str
    lock: Lock
    names: frozenset[str]
    covers: list[str] = []
    """Manifests in its own folder that it is made from."""


class Locks:
    """All locks, to ask which one fixes a requirement."""

    def __init__(self, manifests: Mapping[str, Manifest], kinds: Mapping[str, str]) -> None:
        self._kinds = kinds
        self._reads = reach(manifests, frozenset({"requirement", "constraint"}))
        self.held = [
            Held(path, manifest.lock, frozenset(package.name for package in manifest.lock.packages))
            for path, manifest in sorted(manifests.items())
            if manifest.lock is not None
        ]
        self._by_folder: dict[str, list[Held]] = {}
        for held in self.held:
            self._by_folder.setdefault(folder_of(held.path), []).append(held)
            held.covers = [
                path for path in manifests if folder_of(path) == folder_of(held.path) and self._made(held, path)
            ]

    def of(self, path: str, requirement: Requirement) -> Held | None:
        """The lock nearest above that covers this requirement of the manifest at `path` and holds its name."""
        if requirement.section == "build-system.requires":
            # a build takes its requirements in isolation, past every lock
            return None
        folder = folder_of(path)
        while True:
            for held in self._by_folder.get(folder, ()):
                if requirement.name in held.names and self._covers(held, path, requirement.ecosystem):
                    return held
            if not folder:
                return self._constraints(path, requirement)
            folder = folder_of(folder)

    def _covers(self, held: Held, path: str, ecosystem: Ecosystem) -> bool:
        if ecosystem == "conda" and held.lock.manager not in _CONDA_LOCKS:
            return False
        if held.lock.manager in _OF_ONE_PROJECT and folder_of(held.path) != folder_of(path):
            return False
        return held.path != path and self._made(held, path)

    def _made(self, held: Held, path: str) -> bool:
        """Whether a lock is of the sort that is made from such a manifest, or the manifest reads it."""
        if held.path in self._reads.get(path, ()):
            return True
        kind = "requirements_in" if path.endswith(".in") else self._kinds.get(path, "")
        if held.lock.manager in _COVERS:
            return kind in _COVERS[held.lock.manager]
        if kind != "requirements_in":
            return kind in _COMPILED
        # requirements.in makes requirements.txt, not requirements-dev.txt
        return path.removesuffix(".in") == held.path.rpartition(".")[0]

    def _constraints(self, path: str, requirement: Requirement) -> Held | None:
        """A lock or constraints file elsewhere that the manifest reads."""
        reads = self._reads.get(path, ())
        return next((held for held in self.held if held.path in reads and requirement.name in held.names), None)


def freshness(held: Held, manifests: Mapping[str, Manifest]) -> Fresh:
    """Whether a lock fits its manifests: by the digest it carries, by what it says it was made from, by content."""
    sources = [manifests[path] for path in held.covers if path != held.path]
    if held.lock.manager in {"constraints", "hashes"} or not sources:
        return "unknown"
    digests = {digest for manifest in sources for digest in manifest.digests}
    if held.lock.digest and digests:
        if held.lock.digest in digests:
            return "fresh"
        # pipenv's digest is computed as pipenv does; Poetry's changed between versions, so a miss proves nothing
        return "stale" if held.lock.manager == "pipenv" else _doubt(_by_content(held, sources))
    if any(manifest.unread or any(ref.how == "metadata" for ref in manifest.references) for manifest in sources):
        return "unknown"
    if held.lock.requires is not None:
        return _by_requires(held.lock.requires, sources)
    return _by_content(held, sources)


def _doubt(fresh: Fresh) -> Fresh:
    return "stale" if fresh == "stale" else "unknown"


def _by_requires(requires: Sequence[tuple[str, str]], sources: Iterable[Manifest]) -> Fresh:
    then = {(name, _normal(specifier)) for name, specifier in requires}
    now = {
        (requirement.name, _normal(requirement.specifier))
        for manifest in sources
        for requirement in manifest.requirements
        if requirement.scope != "build"
        and not requirement.section.startswith(("tool.pixi", "tool.hatch", "tool.poetry"))
    }
    return "fresh" if then == now else "stale"


def _normal(specifier: str) -> str:
    try:
        return str(SpecifierSet(specifier))
    except InvalidSpecifier:
        return specifier.replace(" ", "")


def _by_content(held: Held, sources: Iterable[Manifest]) -> Fresh:
    """Every direct requirement present and satisfied; what only some platforms or groups need proves nothing."""
    versions: dict[str, list[Locked]] = {}
    for package in held.lock.packages:
        versions.setdefault(package.name, []).append(package)
    doubtful = False
    for requirement in (item for manifest in sources for item in manifest.requirements):
        if requirement.scope == "build" or not _expected(held, requirement):
            continue
        satisfied = {_satisfies(package.version, requirement) for package in versions.get(requirement.name, ())}
        if satisfied <= {False} and not _may_be_absent(requirement):
            return "stale"
        doubtful = doubtful or True not in satisfied
    return "unknown" if doubtful else "fresh"


def _may_be_absent(requirement: Requirement) -> bool:
    """Whether a fresh lock may lack it: another platform's, the project itself, a feature that no environment uses."""
    return bool(requirement.marker) or requirement.pin == "path" or ".feature." in requirement.section


def _expected(held: Held, requirement: Requirement) -> bool:
    if held.lock.manager == "pixi":
        return "project" not in requirement.section
    if held.lock.manager in _WHOLE:
        return True
    return requirement.scope == "runtime" and requirement.section.count(".") < 2


def _satisfies(version: str | None, requirement: Requirement) -> bool | None:
    """None where it cannot be told: no version, a range in another language than PEP 440."""
    if version is None or requirement.url is not None:
        return None
    if not requirement.specifier or requirement.specifier == "*":
        return True
    try:
        return SpecifierSet(requirement.specifier).contains(Version(version), prereleases=True)
    except (InvalidSpecifier, InvalidVersion):
        return None
