"""TOML with the lines of its keys and list items, which `tomllib` does not tell.

`tomllib` decides what a file means; a second look at text that it accepted only finds out where things stand.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, TypeAlias

from msgspec import Struct

Path: TypeAlias = tuple[str | int, ...]
"""Keys and list positions from the top: `("project", "dependencies", 0)`."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY = re.compile(r"[A-Za-z0-9_-]+|\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'")
_STRING = re.compile(
    r'"""(?:[^"\\]|\\.|"{1,2}(?!"))*"{3,5}'
    r"|'''(?:[^']|'{1,2}(?!'))*'{3,5}"
    r"|\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\r\n]+")


class Toml(Struct):
    """A document and the line (from 1) of each key and list item."""

    document: dict[str, Any]
    lines: Mapping[Path, int]

    def line(self, *path: str | int) -> int | None:
        """The line of the key or item at `path`, or of the nearest thing above it."""
        while path:
            if path in self.lines:
                return self.lines[path]
            path = path[:-1]
        return None


def load_toml(text: str) -> dict[str, Any]:
    """The document alone. Raises ValueError with a sentence for text that is no TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"not TOML: {error}") from error
    except RecursionError as error:
        raise ValueError("TOML nested too deep") from error


def text_of(table: Mapping[str, Any], key: str) -> str | None:
    """The text under a key; None where there is none or something else stands."""
    value = table.get(key)
    return value if isinstance(value, str) else None


def read_toml(text: str) -> Toml:
    """The document with its lines. Raises ValueError with a sentence for text that is no TOML."""
    document = load_toml(text)
    locator = _Locator(text)
    # should it lose its way, the lines found so far stay right and the rest falls back to what stands above
    with suppress(IndexError, ValueError, RecursionError):
        locator.run()
    return Toml(document, locator.lines)


def header_lines(text: str, header: str) -> list[int]:
    """Lines of `[[header]]` in a file that a machine wrote, in order; quicker than locating every key."""
    return [
        text.count("\n", 0, match.start()) + 1
        for match in re.finditer(rf"^\[\[{re.escape(header)}\]\]", text, re.MULTILINE)
    ]


class _Locator:
    """Walks accepted TOML; `_at` is the position in the text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._counts: dict[Path, int] = {}
        self.lines: dict[Path, int] = {}

    def run(self) -> None:
        table: Path = ()
        while self._skip():
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)

    def _skip(self) -> bool:
        """Go over blanks and comments; False at the end of the text."""
        match = _BLANK.match(self._text, self._at)
        assert match is not None
        self._at = match.end()
        return self._at < len(self._text)

    def _mark(self, path: Path, at: int) -> None:
        self.lines.setdefault(path, bisect_right(self._starts, at))

    def _header(self) -> Path:
        start = self._at
        several = self._text.startswith("[[", start)
        self._at += 2 if several else 1
        keys = self._keys()
        self._at += 2 if several else 1
        if not several:
            path = self._resolve(keys, ())
        else:
            tables = self._resolve(keys[:-1], ()) + keys[-1:]
            self._mark(tables, start)
            self._counts[tables] = self._counts.get(tables, 0) + 1
            path = (*tables, self._counts[tables] - 1)
        self._mark(path, start)
        return path

    def _resolve(self, keys: Path, path: Path) -> Path:
        """A header's keys as a path: below a list of tables they mean its last table."""
        for key in keys:
            path = (*path, key)
            if path in self._counts:
                path = (*path, self._counts[path] - 1)
        return path

    def _keys(self) -> Path:
        keys: list[str | int] = []
        while True:
            self._skip()
            match = _KEY.match(self._text, self._at)
            if match is None:
                raise IndexError(self._at)
            written = match[0]
            keys.append(tomllib.loads(f"k = {written}")["k"] if written[0] in "\"'" else written)
            self._at = match.end()
            self._skip()
            if self._text[self._at] != ".":
                return tuple(keys)
            self._at += 1

    def _pair(self, table: Path) -> None:
        start = self._at
        path = (*table, *self._keys())
        self._mark(path, start)
        self._at += 1  # the equals sign
        self._skip()
        self._value(path)

    def _value(self, path: Path) -> None:
        opening = self._text[self._at]
        if opening == "[":
            self._list(path)
        elif opening == "{":
            self._inline_table(path)
        else:
            pattern = _STRING if opening in "\"'" else _SCALAR
            match = pattern.match(self._text, self._at)
            if match is None:
                raise IndexError(self._at)
            self._at = match.end()

    def _list(self, path: Path) -> None:
        self._at += 1
        position = 0
        while self._skip() and self._text[self._at] != "]":
            item = (*path, position)
            self._mark(item, self._at)
            self._value(item)
            self._skip()
            if self._text[self._at] == ",":
                self._at += 1
            position += 1
        self._at += 1

    def _inline_table(self, path: Path) -> None:
        self._at += 1
        while self._skip() and self._text[self._at] != "}":
            self._pair(path)
            self._skip()
            if self._text[self._at] == ",":
                self._at += 1
        self._at += 1
