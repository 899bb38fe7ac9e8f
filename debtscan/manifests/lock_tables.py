"""What locks in TOML have in common: a long list of tables, one a package."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from debtscan.source.marked_toml import header_lines, load_toml


def located_tables(text: str, header: str) -> tuple[dict[str, Any], list[tuple[Mapping[str, Any], int | None]]]:
    """The document, and the tables of `[[header]]` with their lines. Raises ValueError for text that is no TOML."""
    document = load_toml(text)
    tables = document.get(header)
    tables = [table for table in tables if isinstance(table, Mapping)] if isinstance(tables, list) else []
    lines: list[int] | list[None] = header_lines(text, header)
    if len(lines) != len(tables):
        lines = [None] * len(tables)
    return document, list(zip(tables, lines, strict=True))
