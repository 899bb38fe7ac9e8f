"""`report.json`: the report as it is, and the only thing other formats need to render it again.

Fields stand in the order the records declare them; dictionaries (a finding's properties, languages by size) keep the
order they were made in. Nothing is sorted here: what makes the report makes the order.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec

from debtscan.errors import UserError
from debtscan.model import SCHEMA_VERSION, Report
from debtscan.text import visible

Tree: TypeAlias = Any
"""Dictionaries, lists, strings and numbers, as deep as JSON goes."""


class _Version(msgspec.Struct):
    schema_version: int


def render(report: Report) -> bytes:
    """The report as one line of UTF-8 JSON.

    Floats have six significant digits, so that the last bits of a sum do not change the file. Control and
    bidirectional characters stand as JSON escapes and come back as they were; a lone surrogate, which JSON cannot
    carry, comes back as the text of its escape.
    """
    # Converted back to a report: it can be loaded again, and a whole number in a field of floats is written as one.
    rounded = msgspec.convert(_plain(msgspec.to_builtins(report)), Report)
    document = msgspec.json.encode(rounded)
    return visible(document.decode()).encode() + b"\n"


def _plain(tree: Tree) -> Tree:
    match tree:
        case float():
            return float(f"{tree:.6g}")
        case str():
            return tree if tree.isascii() else _whole(tree)
        case dict():
            return {_plain(key): _plain(value) for key, value in tree.items()}
        case list() | tuple():
            return [_plain(item) for item in tree]
        case _:
            return tree


def _whole(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return visible(text)
    return text


def load(data: bytes, name: str = "report.json") -> Report:
    """Read a saved report; `name` is what error messages call it.

    Raises:
        UserError: it is no report, or one of a newer schema.
    """
    try:
        version = msgspec.json.decode(data, type=_Version).schema_version
        if version <= SCHEMA_VERSION:
            return msgspec.json.decode(data, type=Report)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UserError(f"{name} is not a debtscan report: {error}. Make one: debtscan scan PATH -o {name}") from error
    raise UserError(f"{name} has schema {version}; this debtscan reads {_readable()}. pip install --upgrade debtscan")


def _readable() -> str:
    return "1" if SCHEMA_VERSION == 1 else f"1 to {SCHEMA_VERSION}"


def schema() -> bytes:
    """The JSON Schema (draft 2020-12) of `report.json`."""
    described = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"debtscan report, schema version {SCHEMA_VERSION}",
        **msgspec.json.schema(Report, schema_hook=_anything),
    }
    # Python 3.13 takes the indentation out of docstrings; here every version has to write the same.
    encoded = msgspec.json.encode(described).replace(rb"\n    ", rb"\n")
    return msgspec.json.format(encoded, indent=2) + b"\n"


def _anything(_: type) -> dict[str, str]:
    return {"description": "Any value."}
