"""Making and filling DuckDB tables from batches of columns; imported only where DuckDB runs anyway."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from duckdb import DuckDBPyConnection

from debtscan.facts.batches import Batch
from debtscan.facts.schema import Column, create_table, quoted

_NUMBERS: dict[str, type] = {"BIGINT": np.int64, "DOUBLE": np.float64, "BOOLEAN": np.bool_}


def create(connection: DuckDBPyConnection, table: str, columns: tuple[Column, ...]) -> None:
    connection.execute(create_table(table, columns))


def insert(connection: DuckDBPyConnection, table: str, columns: tuple[Column, ...], batch: Batch) -> None:
    """Append a batch.

    Registering arrays is ten times faster than binding lists. Raises duckdb.Error, OverflowError, TypeError or
    ValueError where a value does not fit its column.
    """
    names, counts = zip(*batch.repositories, strict=True)
    arrays = {"c": np.repeat(_objects(names), counts)}
    arrays |= {f"c{n}": _array(c.sql_type, v) for n, (c, v) in enumerate(zip(columns, batch.columns, strict=True))}
    connection.register("incoming", arrays)
    try:
        selected = ", ".join(["c", *(_selected(f"c{n}", column.sql_type) for n, column in enumerate(columns))])
        connection.execute(f"INSERT INTO {quoted(table)} SELECT {selected} FROM incoming")  # noqa: S608 our own names
    finally:
        connection.unregister("incoming")


def _array(sql_type: str, values: list[Any]) -> np.ndarray[Any, Any]:
    return _masked(values, _NUMBERS[sql_type]) if sql_type in _NUMBERS else _objects(values)


def _selected(name: str, sql_type: str) -> str:
    return f"CAST({name}::JSON AS {sql_type})" if sql_type.endswith("[]") else name


def _objects(values: Sequence[Any]) -> np.ndarray[Any, Any]:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _masked(values: list[Any], dtype: type) -> np.ndarray[Any, Any]:
    """Return an array that keeps its type however many values are None; NaN becomes NULL as well."""
    unknown = [value is None for value in values]
    if not any(unknown):
        return np.array(values, dtype=dtype)
    filled = [dtype() if value is None else value for value in values]
    return np.ma.MaskedArray(np.array(filled, dtype=dtype), mask=unknown)
