"""What a fact table looks like: its columns, read off the row class that its scanner declares.

A row class is a frozen `msgspec.Struct` whose fields are all `Annotated[type, "what it holds, its unit, what NULL
means"]`. Rows do not name their repository: every table gets it as its first column when it is loaded.
"""

from __future__ import annotations

import types
from functools import cache
from typing import Annotated, Literal, Union, get_args, get_origin, get_type_hints

from msgspec import Struct

_SQL_TYPES: dict[object, str] = {str: "VARCHAR", int: "BIGINT", float: "DOUBLE", bool: "BOOLEAN"}


class Column(Struct, frozen=True):
    """One column of a fact table; `values` lists what an enumeration may hold, and is empty for everything else."""

    name: str
    sql_type: str
    nullable: bool
    description: str
    values: tuple[str, ...] = ()


REPOSITORY = Column("repository", "VARCHAR", nullable=False, description="Name of the repository the row is about.")


@cache
def columns_of(row_type: type[Struct]) -> tuple[Column, ...]:
    """Return the columns of a row class in the order of its fields, without `repository`.

    Raises TypeError for a field without a description or of a type that no column can hold.
    """
    hints = get_type_hints(row_type, include_extras=True)
    return tuple(_column(row_type.__name__, name, hints[name]) for name in row_type.__struct_fields__)


def create_table(table: str, columns: tuple[Column, ...]) -> str:
    """Return the statement that makes an empty table, `repository` first, replacing one of that name."""
    lines = (f"{quoted(c.name)} {c.sql_type}{'' if c.nullable else ' NOT NULL'}" for c in (REPOSITORY, *columns))
    return f"CREATE OR REPLACE TABLE {quoted(table)} ({', '.join(lines)})"


def comments(table: str, columns: tuple[Column, ...]) -> list[str]:
    """Return the statements that hang each column's description on it."""
    target = quoted(table)
    return [
        f"COMMENT ON COLUMN {target}.{quoted(c.name)} IS '{c.description.replace(chr(39), chr(39) * 2)}'"
        for c in (REPOSITORY, *columns)
    ]


def quoted(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _column(owner: str, name: str, hint: object) -> Column:
    description = next((d for d in getattr(hint, "__metadata__", ()) if isinstance(d, str)), "")
    if not description:
        raise TypeError(f'{owner}.{name}: want Annotated[type, "description"]')
    bare, nullable = _without_none(get_args(hint)[0])
    return Column(name, _sql_type(owner, name, bare), nullable, description, _enumerated(bare))


def _without_none(hint: object) -> tuple[object, bool]:
    if get_origin(hint) is Annotated:
        return _without_none(get_args(hint)[0])
    if get_origin(hint) not in (Union, types.UnionType):
        return hint, False
    members = [member for member in get_args(hint) if member is not type(None)]
    return (members[0] if len(members) == 1 else hint), len(members) < len(get_args(hint))


def _sql_type(owner: str, name: str, hint: object) -> str:
    if hint in _SQL_TYPES:
        return _SQL_TYPES[hint]
    if _enumerated(hint):
        return "VARCHAR"
    if get_origin(hint) is tuple and get_args(hint)[1:] == (...,):
        return _sql_type(owner, name, get_args(hint)[0]) + "[]"
    raise TypeError(
        f"{owner}.{name}: no column holds {hint}; want str, int, float, bool, Literal[...] or tuple[T, ...]"
    )


def _enumerated(hint: object) -> tuple[str, ...]:
    values = get_args(hint) if get_origin(hint) is Literal else ()
    return tuple(value for value in values if isinstance(value, str))
