"""Rows as columns, in batches small enough to pass over a pipe; nothing here is heavier than msgspec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from operator import attrgetter
from typing import Any, TypeAlias

from msgspec import Struct

from debtscan.facts.schema import Column, columns_of

ROWS_PER_BATCH = 100_000
"""Bounds what both ends of the pipe hold beside the table itself."""

RowsByRepository: TypeAlias = Mapping[str, Sequence[Struct]]


class Batch(Struct, frozen=True):
    """Up to `ROWS_PER_BATCH` rows: runs of (repository, number of rows), then one list of values a column."""

    repositories: list[tuple[str, int]]
    columns: list[list[Any]]


def batches(row_type: type[Struct], rows_by_repository: RowsByRepository) -> Iterator[Batch]:
    """Cut the rows of all repositories into batches, keeping their order."""
    columns = columns_of(row_type)
    pairs = chain.from_iterable(((name, row) for row in rows) for name, rows in rows_by_repository.items())
    while part := list(islice(pairs, ROWS_PER_BATCH)):
        rows = [row for _, row in part]
        yield Batch(_runs([name for name, _ in part]), [_values(rows, column) for column in columns])


def _runs(names: list[str]) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    return list(counts.items())


def _values(rows: list[Struct], column: Column) -> list[Any]:
    values = list(map(attrgetter(column.name), rows))
    if column.sql_type == "VARCHAR":
        return _encodable(values)
    if column.sql_type == "VARCHAR[]":
        return [None if value is None else _encodable(list(value)) for value in values]
    return values


def _encodable(texts: list[str | None]) -> list[str | None]:
    """Return texts that UTF-8 can hold: lone surrogates (undecodable names, broken JSON) are shown as escapes."""
    try:
        "".join(text for text in texts if text is not None).encode()
    except UnicodeEncodeError:
        return [None if text is None else text.encode(errors="backslashreplace").decode() for text in texts]
    return texts
