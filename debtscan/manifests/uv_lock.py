"""`uv.lock`: also what the project asked for when it was locked.

https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from debtscan.manifests.lock_tables import located_tables
from debtscan.manifests.records import Lock, Locked, Manifest
from debtscan.manifests.requirement import canonical
from debtscan.source.marked_toml import text_of
from debtscan.source.masking import mask

_OWN = frozenset({"virtual", "editable", "directory", "path"})


def parse(text: str) -> Manifest:
    """A lock of uv. Raises ValueError for text that is no TOML."""
    _, packages = located_tables(text, "package")
    locked: list[Locked] = []
    requires: list[tuple[str, str]] = []
    known = False
    for table, line in packages:
        source = table.get("source")
        source = source if isinstance(source, Mapping) else {}
        if _OWN & source.keys():
            # a project of this workspace; the one in the lock's own folder is `.`
            if "." in {source.get(kind) for kind in _OWN}:
                known = True
                requires += _requires(table.get("metadata"))
        elif name := text_of(table, "name"):
            locked.append(_package(name, table, source, line))
    return Manifest(lock=Lock("uv", tuple(locked), requires=tuple(sorted(requires)) if known else None))


def _package(name: str, table: Mapping[str, Any], source: Mapping[str, Any], line: int | None) -> Locked:
    url = text_of(source, "git") or text_of(source, "url")
    files = table.get("wheels") or table.get("sdist")
    hashed = "hash" in str(files) or url is not None
    return Locked(canonical(name), text_of(table, "version"), line, hashed, mask(url) if url else None)


def _requires(metadata: object) -> Iterator[tuple[str, str]]:
    """(name, specifier) of `requires-dist` and of every group in `requires-dev`."""
    if not isinstance(metadata, Mapping):
        return
    groups = metadata.get("requires-dev")
    lists = [metadata.get("requires-dist"), *(groups.values() if isinstance(groups, Mapping) else ())]
    for items in lists:
        for item in items if isinstance(items, list) else ():
            if isinstance(item, Mapping) and (name := text_of(item, "name")):
                yield canonical(name), text_of(item, "specifier") or ""
