"""Is this one SELECT over fact tables, made of allowed parts only? Judged on DuckDB's own syntax tree.

Settings alone do not stop a query from dropping tables, reading the engine's settings or asking the clock, so a query
is refused before it is bound unless every node, function, type and name of its tree is on the lists of `allowed`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import Any

import msgspec
from msgspec import Struct

from debtscan.facts import allowed

MAX_QUERY_BYTES = 64 * 1024
MAX_NESTING = 100
"""Brackets inside brackets; tens of thousands of them take DuckDB's parser seconds and gigabytes."""
_TABLE_NAME = re.compile(r"[a-z][a-z0-9_]*")
_WIDE_FIELD = re.compile(r"\d{3}|\*|\{[^}]*\{")
"""A field width of three digits, taken from an argument or nested: how `format` makes gigabytes out of one letter."""

_Part = tuple[Mapping[str, Any], frozenset[str]]
"""A node of the tree and the names of common table expressions that are in scope there."""


class Refusal(Exception):  # noqa: N818 a refused query is not an error of the program
    """A query is not allowed; the text is a sentence for its author."""


class Checked(Struct, frozen=True):
    """A query that passed: the tables it reads, common table expressions left out."""

    tables: frozenset[str]


def check_text(sql: str) -> None:
    """Judge what can be judged before parsing; raises Refusal."""
    size_bytes = len(sql.encode(errors="replace"))
    if size_bytes > MAX_QUERY_BYTES:
        raise Refusal(f"the query has {size_bytes} bytes; at most {MAX_QUERY_BYTES} are read")

    if _nesting(sql) > MAX_NESTING:
        raise Refusal(f"brackets are nested more than {MAX_NESTING} deep")


def check_tree(serialized: str) -> Checked:
    """Judge the result of DuckDB's `json_serialize_sql`; raises Refusal."""
    tree = msgspec.json.decode(serialized)
    if tree["error"]:
        raise Refusal(str(tree.get("error_message", "the query cannot be parsed")))
    tables: set[str] = set()
    for node, scope in _nodes(tree["statements"]):
        _check_node(node)
        if node.get("type") == "BASE_TABLE" and node["table_name"].lower() not in scope:
            tables.add(_table_name(node["table_name"]))
    return Checked(frozenset(tables))


def _nesting(sql: str) -> int:
    """Return how deep brackets are nested, those in texts and comments counted as well."""
    steps = (1 if bracket in "([{" else -1 for bracket in re.findall(r"[()\[\]{}]", sql))
    return max(accumulate(steps), default=0)


def _nodes(statements: list[Any]) -> Iterator[_Part]:
    """Yield every object of the tree; iterative, because nesting is the query's author's choice."""
    waiting: list[tuple[Any, frozenset[str]]] = [(statements, frozenset())]
    while waiting:
        part, scope = waiting.pop()
        if isinstance(part, list):
            waiting.extend((item, scope) for item in part)
        elif isinstance(part, dict):
            expressions = part.get("cte_map", {}).get("map", [])
            inner = scope.union(entry["key"].lower() for entry in expressions)
            yield part, inner
            waiting.extend((value, inner) for key, value in part.items() if key != "cte_map")
            waiting.extend(_common_table_expressions(expressions, scope))


def _common_table_expressions(entries: list[Any], scope: frozenset[str]) -> Iterator[tuple[Any, frozenset[str]]]:
    """Yield each definition with the names it can see: the earlier ones, and its own only if it is recursive."""
    for entry in entries:
        name, query = entry["key"].lower(), entry["value"]
        recursive = query.get("query_node", {}).get("type") == "RECURSIVE_CTE_NODE"
        yield query, scope | {name} if recursive else scope
        scope = scope | {name}


def _check_node(node: Mapping[str, Any]) -> None:
    kind = node.get("type")
    if isinstance(kind, str) and kind not in allowed.NODES:
        raise Refusal(f"{_spoken(kind)} is not allowed in a query")
    if node.get("sample") is not None:
        raise Refusal("TABLESAMPLE is not allowed in a query: its answer would change from run to run")
    if node.get("at_clause") is not None:
        raise Refusal("AT (...) is not allowed in a query")
    if "catalog" in node or "catalog_name" in node:
        _check_unqualified(node)
    if "function_name" in node:
        _check_function(node)
    elif kind == "TABLE_FUNCTION":
        _check_table_function(node["function"]["function_name"])
    elif kind == "TYPE":
        _check_type(node["type_name"])
    elif kind == "COLUMN_REF":
        _check_column(node["column_names"])


def _check_unqualified(node: Mapping[str, Any]) -> None:
    if any(node.get(key) for key in ("catalog", "schema", "catalog_name", "schema_name")):
        raise Refusal("tables, functions and types are named without schema and catalog")


def _check_function(node: Mapping[str, Any]) -> None:
    name = node["function_name"].lower()
    if name not in allowed.FUNCTIONS:
        raise Refusal(f'function "{name}" is not allowed in a query')
    if name in {"format", "printf"}:
        _check_pattern(name, node["arguments"])


def _check_pattern(name: str, arguments: list[Any]) -> None:
    literal = arguments[0]["expression"].get("literal") if arguments else None
    if not isinstance(literal, dict) or literal.get("kind") != "STRING":
        raise Refusal(f'the first argument of "{name}" has to be a constant text')
    if _WIDE_FIELD.search(literal["text"]):
        raise Refusal(f'"{name}" takes field widths of at most two digits, written out')


def _check_table_function(name: str) -> None:
    if name.lower() not in allowed.TABLE_FUNCTIONS:
        raise Refusal(f'table function "{name}" is not allowed in a query')


def _check_type(name: str) -> None:
    if name.lower() not in allowed.TYPES:
        raise Refusal(f'type "{name}" is not allowed in a query')


def _check_column(names: list[str]) -> None:
    if len(names) == 1 and names[0].lower() in allowed.VALUE_FUNCTIONS:
        raise Refusal(f'"{names[0]}" is not allowed in a query: its answer would change from run to run')


def _table_name(written: str) -> str:
    name = written.lower()
    if not _TABLE_NAME.fullmatch(name):
        raise Refusal(f'"{written[:80]}" is not the name of a table')
    return name


def _spoken(kind: str) -> str:
    return {"SHOW_REF": "DESCRIBE, SHOW or SUMMARIZE", "VALUE_PARAMETER": "A parameter"}.get(kind, kind)
