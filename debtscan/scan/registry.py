"""The scanners that exist: every module of `debtscan.scanners`, in name order, and the order their tables need."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from graphlib import TopologicalSorter
from hashlib import blake2b
from importlib import import_module, resources
from importlib.resources.abc import Traversable
from typing import Any

import msgspec
from msgspec import Struct

import debtscan.scanners
from debtscan.scanners import CommitReader, GapFact, Past

GIVEN = frozenset({"found", "history", "listing", "repository", "as_of", "stated", "advisories"})
"""Parameters of `scan_repository` that are not tables."""

_LATER = frozenset(
    {"advisories", "audit", "cli", "cost", "demo", "facts", "formats", "narrative", "rulebook", "rules", "templates"}
)
"""Packages that only see what was found; the code of all others decides what is found in a blob."""


class Scanner(Struct, frozen=True):
    """One scanner module, unpacked."""

    name: str
    tables: Mapping[str, type[Struct]]
    kinds: frozenset[str]
    found: Any
    """Type of what `scan_file` or `scan_commits` finds."""
    scan_file: Callable[[Any], Any] | None
    scan_commits: Callable[[Past], CommitReader[Any]] | None
    scan_repository: Callable[..., Mapping[str, Sequence[Struct]]]
    parameters: tuple[str, ...]
    optional: frozenset[str]
    """Parameters with a default: tables it can do without."""
    beside: bool
    """Its join is slow and runs in a worker, beside the others; no other scanner may read its tables."""

    @property
    def reads(self) -> tuple[str, ...]:
        """Tables of other scanners that it needs."""
        return tuple(name for name in self.parameters if name not in GIVEN)


@cache
def scanners() -> tuple[Scanner, ...]:
    """All scanners, each after those whose tables it reads, in name order; those that run beside the others first."""
    names = sorted(module.name for module in pkgutil.iter_modules(debtscan.scanners.__path__))
    known = {name: _scanner(name) for name in names}
    owner = {table: scanner.name for scanner in known.values() for table in scanner.tables}
    graph = {name: sorted(owner[table] for table in scanner.reads) for name, scanner in known.items()}
    assert not any(known[needed].beside for needs in graph.values() for needed in needs)
    first = {name for beside in known if known[beside].beside for name in (beside, *graph[beside])}
    return tuple(known[name] for name in _ordered(graph, lambda name: (name not in first, name)))


def _ordered(graph: Mapping[str, Iterable[str]], key: Callable[[str], Any]) -> list[str]:
    """Each after those it needs; of those that could be next, the least by `key`."""
    sorter = TopologicalSorter(graph)
    sorter.prepare()
    ready: list[str] = []
    order: list[str] = []
    while sorter.is_active():
        ready = sorted([*ready, *sorter.get_ready()], key=key)
        order.append(ready.pop(0))
        sorter.done(order[-1])
    return order


def _scanner(name: str) -> Scanner:
    module = import_module(f"{debtscan.scanners.__name__}.{name}")
    parameters = inspect.signature(module.scan_repository).parameters
    return Scanner(
        name,
        module.TABLES,
        getattr(module, "KINDS", frozenset()),
        getattr(module, "FOUND", None),
        getattr(module, "scan_file", None),
        getattr(module, "scan_commits", None),
        module.scan_repository,
        tuple(parameters),
        frozenset(parameter.name for parameter in parameters.values() if parameter.default is not parameter.empty),
        getattr(module, "BESIDE", False),
    )


def row_types() -> dict[str, type[Struct]]:
    """Row class of every fact table, by table name; `gaps` belongs to no scanner."""
    return {"gaps": GapFact} | {table: row for scanner in scanners() for table, row in sorted(scanner.tables.items())}


@cache
def code_digest() -> str:
    """Digest of everything that decides what is found in a blob: part of every cache key."""
    digest = blake2b(digest_size=8)
    for package in sorted(resources.files("debtscan").iterdir(), key=lambda entry: entry.name):
        if package.is_dir() and package.name not in _LATER and not package.name.startswith("__"):
            for name, data in _code_files(package, package.name):
                digest.update(name.encode())
                digest.update(data)
    digest.update(msgspec.__version__.encode())
    return digest.hexdigest()


def _code_files(folder: Traversable, prefix: str) -> Iterable[tuple[str, bytes]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: str(entry.name)):
        if entry.is_dir():
            if entry.name != "__pycache__":
                yield from _code_files(entry, f"{prefix}/{entry.name}")
        else:
            yield f"{prefix}/{entry.name}", entry.read_bytes()
