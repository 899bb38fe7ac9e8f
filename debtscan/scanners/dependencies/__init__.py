"""Dependencies: every requirement where it is written, every lock, every command that installs."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from debtscan.manifests.records import Fresh, Install, Manifest, Requirement
from debtscan.repository import File
from debtscan.scanners import GapRow
from debtscan.scanners.components import ComponentRow, nearest
from debtscan.scanners.dependencies.locks import Held, Locks, freshness
from debtscan.scanners.dependencies.places import Listed, published_files, resolve, scope_of_path
from debtscan.scanners.dependencies.read import KINDS as KINDS
from debtscan.scanners.dependencies.read import read
from debtscan.scanners.dependencies.rows import (
    Context,
    DependencyRow,
    InstallCommandRow,
    LockedPackageRow,
    LockFileRow,
)
from debtscan.source.python import PythonSource
from debtscan.source.text import TextSource

TABLES = {
    "dependencies": DependencyRow,
    "lock_files": LockFileRow,
    "locked_packages": LockedPackageRow,
    "install_commands": InstallCommandRow,
}
FOUND = Manifest


def scan_file(source: PythonSource | TextSource) -> Manifest | None:
    return read(source)


_CONTEXTS: Mapping[str, Context] = {
    "dockerfile": "dockerfile",
    "cog": "dockerfile",
    "shell": "shell",
    "makefile": "makefile",
    "workflow": "workflow",
    "tox": "tox",
    "doc": "documentation",
    "notebook": "notebook",
    "program": "program",
}
_SAYS_HOW = frozenset({"dockerfile", "shell"})
"""What is taken as the way a component is installed, when a lock beside it might be passed over."""
_SCOPED_BY_PATH = frozenset({"requirements", "conda", "yaml", "dockerfile", "shell", "notebook", "program", "python"})


def scan_repository(
    found: Sequence[tuple[File, Manifest]], listing: Sequence[File], components: Sequence[ComponentRow]
) -> Mapping[str, Sequence[Struct]]:
    roots = frozenset(component.root for component in components)
    counted = [(file, manifest) for file, manifest in found if _counts(file, manifest)]
    manifests = {file.path: manifest for file, manifest in counted}
    kinds = {file.path: _kind(file, manifest) for file, manifest in counted}
    locks = _locks(manifests, kinds)
    paths = frozenset(file.path for file in listing)
    commands = list(_commands(manifests, kinds, Listed(paths), roots))
    fresh = {held.path: freshness(held, manifests) for held in locks.held}
    fitting = frozenset(path for path, state in fresh.items() if state == "fresh")
    dependencies = list(_dependencies(manifests, kinds, locks, fitting, commands, roots))
    asked_for = _names_by_file(dependencies)
    return {
        "dependencies": dependencies,
        "lock_files": [_lock_file(held, fresh, roots) for held in locks.held],
        "locked_packages": [row for held in locks.held for row in _locked(held, asked_for, roots)],
        "install_commands": commands,
        "gaps": [*_unread(manifests), *_missing(manifests, paths)],
    }


def _locks(manifests: Mapping[str, Manifest], kinds: Mapping[str, str]) -> Locks:
    """The locks among the manifests: no command is one."""
    return Locks({path: manifest for path, manifest in manifests.items() if kinds[path] not in _CONTEXTS}, kinds)


def _lock_file(held: Held, fresh: Mapping[str, Fresh], roots: frozenset[str]) -> LockFileRow:
    component = nearest(held.path, roots)
    return LockFileRow(held.path, held.lock.manager, component, fresh[held.path], len(held.lock.packages))


def _unread(manifests: Mapping[str, Manifest]) -> Iterator[GapRow]:
    for path, manifest in sorted(manifests.items()):
        yield from (GapRow(path, unread.why, unread.line, unread.cell) for unread in manifest.unread)


def _missing(manifests: Mapping[str, Manifest], listed: frozenset[str]) -> Iterator[GapRow]:
    """Files that a manifest reads and that are not there: what they ask for is not known."""
    for path, manifest in sorted(manifests.items()):
        for item in manifest.references:
            told = "://" in item.path or any(mark in item.path for mark in "${}*%")
            if not told and resolve(path, item.path) not in listed:
                yield GapRow(path, f"reads {item.path}, which is not there", item.line)


def _counts(file: File, manifest: Manifest) -> bool:
    """Leave out Python files that call `setup()` without being setup.py, and documents that are no README."""
    name = file.path.rpartition("/")[2].lower()
    if file.kind == "doc":
        return name.startswith(("readme", "install"))
    return file.kind != "python" or name == "setup.py" or not manifest.packaging


def _kind(file: File, manifest: Manifest) -> str:
    # a noxfile and a Databricks notebook are .py files, and others install while they run
    if file.kind != "python" or not manifest.installs:
        return file.kind
    if file.path.rpartition("/")[2] == "noxfile.py":
        return "tox"
    return "program" if manifest.installs[0].cell is None else "notebook"


def _commands(
    manifests: Mapping[str, Manifest], kinds: Mapping[str, str], listed: Listed, roots: frozenset[str]
) -> Iterator[InstallCommandRow]:
    for path, manifest in sorted(manifests.items()):
        for install in manifest.installs:
            yield InstallCommandRow(
                path,
                install.line,
                install.cell,
                _CONTEXTS[kinds[path]],
                install.tool,
                install.target,
                install.manifest,
                _resolved(path, install, listed),
                install.made,
                len(install.requirements),
                nearest(path, roots),
            )


def _resolved(path: str, install: Install, listed: Listed) -> str | None:
    written = install.manifest
    if not written or "://" in written or any(mark in written for mark in "$*{}<>"):
        return None
    return listed.find(path, written)


def _dependencies(
    manifests: Mapping[str, Manifest],
    kinds: Mapping[str, str],
    locks: Locks,
    fitting: frozenset[str],
    commands: Sequence[InstallCommandRow],
    roots: frozenset[str],
) -> Iterator[DependencyRow]:
    published = published_files(manifests)
    how = _how_installed(commands)
    for path, manifest in sorted(manifests.items()):
        component = nearest(path, roots)
        scope = scope_of_path(path) if kinds[path] in _SCOPED_BY_PATH else "runtime"
        for item in manifest.requirements:
            held = None if kinds[path] in _CONTEXTS else locks.of(path, item)
            yield DependencyRow(
                path,
                item.line,
                item.cell,
                item.name,
                item.specifier,
                item.ecosystem,
                scope if item.scope == "runtime" else item.scope,
                item.pin,
                item.section,
                item.marker,
                item.url,
                item.published or path in published,
                held.path if held else None,
                component,
                _reproducible(path, item, held, how.get(component, ()), fitting),
            )


def _how_installed(commands: Iterable[InstallCommandRow]) -> dict[str, list[InstallCommandRow]]:
    """By component, the commands that install from a manifest, a lock or the project.

    A list that is not in the repository tells nothing: a variable names it, or an export of the lock makes it.
    """
    how: dict[str, list[InstallCommandRow]] = {}
    for command in commands:
        told = command.target in {"lock", "project"} or command.resolved is not None
        if command.context in _SAYS_HOW and told:
            how.setdefault(command.component, []).append(command)
    return how


def _reproducible(
    path: str, item: Requirement, held: Held | None, how: Sequence[InstallCommandRow], fitting: frozenset[str]
) -> bool:
    if item.pin in {"exact", "hash", "url-rev"}:
        # a variable that nothing in the file sets decides what is exact
        return "$" not in item.specifier
    if item.pin == "path" and item.url is not None:
        inside = posixpath.normpath(posixpath.join(posixpath.dirname(path), item.url))
        return not item.url.startswith(("/", "~", "file:")) and not inside.startswith("..")
    return held is not None and (not how or any(_uses(command, held, fitting) for command in how))


def _uses(command: InstallCommandRow, held: Held, fitting: frozenset[str]) -> bool:
    """Whether a command installs what a lock says; `pipenv install` does while the lock fits the Pipfile."""
    if command.tool == "pipenv" and command.resolved in held.covers and held.path in fitting:
        return True
    return command.resolved == held.path or (command.target == "lock" and command.tool == held.lock.manager)


def _names_by_file(dependencies: Iterable[DependencyRow]) -> dict[str, set[str]]:
    names: dict[str, set[str]] = {}
    for row in dependencies:
        names.setdefault(row.path, set()).add(row.name)
    return names


def _locked(held: Held, asked_for: Mapping[str, set[str]], roots: frozenset[str]) -> Iterator[LockedPackageRow]:
    sources = [asked_for.get(path, set()) for path in held.covers if path != held.path]
    direct = set().union(*sources) if sources else None
    component = nearest(held.path, roots)
    for item in held.lock.packages:
        is_direct = None if direct is None else item.name in direct
        yield LockedPackageRow(
            held.path, item.line, item.name, item.version, item.hashed, is_direct, item.url, item.ecosystem, component
        )
