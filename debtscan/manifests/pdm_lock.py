"""`pdm.lock`."""

from __future__ import annotations

from collections.abc import Mapping

from debtscan.manifests.lock_tables import located_tables
from debtscan.manifests.records import Lock, Locked, Manifest
from debtscan.manifests.requirement import canonical
from debtscan.source.marked_toml import text_of
from debtscan.source.masking import mask


def parse(text: str) -> Manifest:
    """A lock of PDM. Raises ValueError for text that is no TOML."""
    document, packages = located_tables(text, "package")
    metadata = document.get("metadata")
    digest = text_of(metadata, "content_hash") if isinstance(metadata, Mapping) else None
    locked = []
    for table, line in packages:
        url = text_of(table, "git") or text_of(table, "url")
        if name := text_of(table, "name"):
            version, hashed = text_of(table, "version"), bool(table.get("files"))
            locked.append(Locked(canonical(name), version, line, hashed, mask(url) if url else None))
    return Manifest(lock=Lock("pdm", tuple(locked), digest))
