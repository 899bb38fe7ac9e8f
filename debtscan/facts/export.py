"""Fact tables and query results for people and other programs: JSON, CSV, text, frames, a database, Parquet files.

The database and the Parquet files are written by DuckDB in this process, which is safe because every statement is ours.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import msgspec
from msgspec import Struct

from debtscan.errors import UserError
from debtscan.facts.batches import RowsByRepository, batches
from debtscan.facts.schema import columns_of, comments, quoted
from debtscan.text import cells as width_of
from debtscan.text import clip, encodable, visible

if TYPE_CHECKING:
    import pandas as pd
    from duckdb import DuckDBPyConnection

MAX_CELL = 60
"""Columns of a terminal that one value may take in a text table."""

Table: TypeAlias = tuple[type[Struct], RowsByRepository]
"""A fact table outside the engine: its row class and the rows of each repository."""

Records: TypeAlias = Sequence[Mapping[str, object]]
"""Rows by column name, in the order they are shown; all have the same columns."""


def column_names(table: Table) -> list[str]:
    return ["repository", *(column.name for column in columns_of(table[0]))]


def records(table: Table) -> list[dict[str, object]]:
    """Return the rows of a table, each beginning with its repository."""
    names = [column.name for column in columns_of(table[0])]
    return [
        {"repository": repository} | {name: _plain(getattr(row, name)) for name in names}
        for repository, rows in table[1].items()
        for row in rows
    ]


def to_json(rows: Records) -> str:
    """Return an array of objects, one on each line."""
    if not rows:
        return "[]\n"
    lines = ",\n".join(visible(msgspec.json.encode(encodable(row)).decode()) for row in rows)
    return f"[\n{lines}\n]\n"


def to_csv(rows: Records, names: Sequence[str]) -> str:
    """Return a header and one line a row: NULL is empty, a list is JSON.

    Values are data and stand as they are, also those that a spreadsheet would take for formulas.
    """
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_cell(row[name]) for name in names] for row in rows)
    return target.getvalue()


def to_text(rows: Records, names: Sequence[str], max_cell: int = MAX_CELL) -> str:
    """Return aligned columns for a terminal: numbers to the right, long values cut, nothing that moves a cursor."""
    texts = [[clip(visible(_cell(row[name])), max_cell) for name in names] for row in rows]
    right = [all(isinstance(row[name], int | float | None) for row in rows) for name in names]
    widths = [max(map(width_of, column)) for column in zip(names, *texts, strict=True)]
    lines = [list(names), ["-" * width for width in widths], *texts]
    return "".join(f"{_aligned(line, widths, right)}\n" for line in lines)


def to_frame(rows: Records, names: Sequence[str]) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 a second of import that most runs do not need

    return pd.DataFrame.from_records([[row[name] for name in names] for row in rows], columns=list(names))


def write_database(path: Path, tables: Mapping[str, Table]) -> None:
    """Write one DuckDB database with a table each, replacing the file; comments on columns say what they hold."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        with _connect(str(unfinished)) as connection:
            for name, table in sorted(tables.items()):
                _fill(connection, name, table)
                for comment in comments(name, columns_of(table[0])):
                    connection.execute(comment)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def write_parquet(directory: Path, tables: Mapping[str, Table]) -> None:
    """Write `<table>.parquet` for each table into a directory, which is made if need be."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise UserError(f"{directory}: is a file; name a folder for the tables") from None
    with _connect(":memory:") as connection:
        for name, table in sorted(tables.items()):
            _fill(connection, name, table)
            target = str(directory / f"{name}.parquet").replace("'", "''")
            connection.execute(f"COPY {quoted(name)} TO '{target}' (FORMAT parquet, COMPRESSION zstd)")


def _connect(target: str) -> DuckDBPyConnection:
    import duckdb  # noqa: PLC0415 most runs write no database

    return duckdb.connect(target, config={"threads": 1})


def _fill(connection: DuckDBPyConnection, name: str, table: Table) -> None:
    from debtscan.facts import tables  # noqa: PLC0415 brings numpy

    row_type, rows_by_repository = table
    columns = columns_of(row_type)
    tables.create(connection, name, columns)
    for batch in batches(row_type, rows_by_repository):
        tables.insert(connection, name, columns, batch)


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return str(encodable(value))
    return str(value) if isinstance(value, float) else msgspec.json.encode(encodable(value)).decode()


def _aligned(texts: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    padded = []
    for text, width, to_the_right in zip(texts, widths, right, strict=True):
        space = " " * (width - width_of(text))
        padded.append(space + text if to_the_right else text + space)
    return "  ".join(padded).rstrip()
