"""Rows as columns, in batches small enough to pass over a pipe; nothing here is heavier than msgspec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, TypeAlias

from msgspec import Struct
from msgspec.json import encode

from debtscan.facts.schema import Column, columns_of
from debtscan.text import encodable

ROWS_PER_BATCH = 100_000
"""A batch is sent when it has that many; this bounds what both ends of the pipe hold beside the table itself."""

RowsByRepository: TypeAlias = Mapping[str, Sequence[Struct]]


class Batch(Struct, frozen=True):
    """Some rows: runs of (repository, number of rows), then one list of values a column, lists as JSON text."""

    repositories: list[tuple[str, int]]
    columns: list[list[Any]]


def batches(row_type: type[Struct], rows_by_repository: RowsByRepository) -> Iterator[Batch]:
    """Cut the rows of all repositories into batches, keeping their order."""
    columns = columns_of(row_type)
    rows: list[Struct] = []
    runs: list[tuple[str, int]] = []
    for name, all_rows in rows_by_repository.items():
        for start in range(0, len(all_rows), ROWS_PER_BATCH):
            piece = all_rows[start : start + ROWS_PER_BATCH]
            rows.extend(piece)
            runs.append((name, len(piece)))
            if len(rows) >= ROWS_PER_BATCH:
                yield Batch(runs, [_values(rows, column) for column in columns])
                rows, runs = [], []
    if rows:
        yield Batch(runs, [_values(rows, column) for column in columns])


def _values(rows: list[Struct], column: Column) -> list[Any]:
    values = list(map(attrgetter(column.name), rows))
    if column.sql_type.endswith("[]"):
        return _as_json(values)
    return _encodable(values) if column.sql_type == "VARCHAR" else values


def _as_json(values: list[tuple[Any, ...] | None]) -> list[str | None]:
    """Return lists as JSON text: DuckDB guesses a list's type from a sample, and fails when all of those are empty."""
    texts: dict[tuple[Any, ...] | None, str | None] = {None: None}
    for value in values:
        if value is not None and value not in texts:
            items = encodable(list(value)) if value and isinstance(value[0], str) else value
            texts[value] = encode(items).decode()
    return [texts[value] for value in values]


def _encodable(texts: list[str | None]) -> list[str | None]:
    """Return texts that UTF-8 can hold: lone surrogates (undecodable names, broken JSON) are shown as escapes."""
    try:
        "".join(text for text in texts if text is not None).encode()
    except UnicodeEncodeError:
        return [None if text is None else str(encodable(text)) for text in texts]
    return texts
