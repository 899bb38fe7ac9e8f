"""What locks have in common: a long list of packages, tables in TOML or mappings in YAML."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from debtscan.manifests.records import Locked
from debtscan.source.marked_toml import header_lines, load_toml
from debtscan.source.marked_yaml import Node, read_yaml


def located_tables(text: str, header: str) -> tuple[dict[str, Any], list[tuple[Mapping[str, Any], int | None]]]:
    """The document, and the tables of `[[header]]` with their lines. Raises ValueError for text that is no TOML."""
    document = load_toml(text)
    tables = document.get(header)
    tables = [table for table in tables if isinstance(table, Mapping)] if isinstance(tables, list) else []
    lines: list[int] | list[None] = header_lines(text, header)
    if len(lines) != len(tables):
        lines = [None] * len(tables)
    return document, list(zip(tables, lines, strict=True))


def listed_packages(text: str, key: str, package: Callable[[Node], Locked | None]) -> tuple[Locked, ...] | None:
    """What `package` makes of each item of the list under `key`, one row for each name and version.

    Such locks name the same version again for each platform. None when there is no such list. Raises ValueError for text
    that is no YAML.
    """
    documents = read_yaml(text)
    packages = documents[0].get(key) if documents else None
    if packages is None or packages.items is None:
        return None
    locked: dict[tuple[str, str | None], Locked] = {}
    for found in map(package, packages.items):
        if found is not None:
            locked.setdefault((found.name, found.version), found)
    return tuple(locked.values())
