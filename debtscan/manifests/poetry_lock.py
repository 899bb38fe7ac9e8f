"""`poetry.lock`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from debtscan.manifests.lock_tables import located_tables
from debtscan.manifests.records import Lock, Locked, Manifest
from debtscan.manifests.requirement import canonical
from debtscan.source.marked_toml import text_of
from debtscan.source.masking import mask


def parse(text: str) -> Manifest:
    """A lock of Poetry. Raises ValueError for text that is no TOML."""
    document, packages = located_tables(text, "package")
    metadata = document.get("metadata")
    metadata = metadata if isinstance(metadata, Mapping) else {}
    files = metadata.get("files")
    old_files = files if isinstance(files, Mapping) else {}
    locked = [_package(table, line, old_files) for table, line in packages if text_of(table, "name")]
    return Manifest(lock=Lock("poetry", tuple(locked), text_of(metadata, "content-hash")))


def _package(table: Mapping[str, Any], line: int | None, old_files: Mapping[str, Any]) -> Locked:
    name = text_of(table, "name") or ""
    source = table.get("source")
    source = source if isinstance(source, Mapping) else {}
    # before Poetry 1.5 the hashes stood in [metadata.files]
    hashed = bool(table.get("files") or old_files.get(name))
    kind, url = text_of(source, "type"), text_of(source, "url")
    if url is None or kind == "legacy":
        return Locked(canonical(name), text_of(table, "version"), line, hashed)
    revision = text_of(source, "resolved_reference")
    return Locked(
        canonical(name), text_of(table, "version"), line, hashed, mask(f"{url}@{revision}" if revision else url)
    )
