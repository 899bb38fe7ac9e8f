"""`pylock.toml` and `pylock.<name>.toml` (PEP 751).

https://packaging.python.org/en/latest/specifications/pylock-toml/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from debtscan.manifests.lock_tables import located_tables
from debtscan.manifests.records import Lock, Locked, Manifest
from debtscan.manifests.requirement import canonical
from debtscan.source.marked_toml import text_of
from debtscan.source.masking import mask


def parse(text: str) -> Manifest:
    """A lock in the standard format. Raises ValueError for text that is no TOML."""
    _, packages = located_tables(text, "packages")
    locked = [_package(name, table, line) for table, line in packages if (name := text_of(table, "name"))]
    return Manifest(lock=Lock("pylock", tuple(locked)))


def _package(name: str, table: Mapping[str, Any], line: int | None) -> Locked:
    origin: Mapping[str, Any] = next(
        (table[kind] for kind in ("vcs", "archive", "directory") if isinstance(table.get(kind), Mapping)), {}
    )
    url, revision = text_of(origin, "url"), text_of(origin, "commit-id")
    shown = mask(f"{url}@{revision}" if revision else url) if url else None
    hashed = "hashes" in str([table.get("wheels"), table.get("sdist"), origin]) or revision is not None
    return Locked(canonical(name), text_of(table, "version"), line, hashed, shown)
