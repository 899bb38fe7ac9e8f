"""Which files `.gitattributes` give to a filter: git's own patterns, macros and precedence.

A pattern is no line of a `.gitignore`: a folder's name stands for the folder alone and not for what lies in it, and
none begins with `!`. Held equal to `git check-attr` by a test. Source: gitattributes(5).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

_MACRO = "[attr]"
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"\s*')
_OCTAL = re.compile(r"\\([0-7]{3}|.)", re.DOTALL)
_CLASS = re.compile(r"\[([!^]?)(\]?(?:\[:[a-z]+:\]|\\.|[^\]\\])*)\]")
_NAMED = {"alpha": "a-zA-Z", "digit": "0-9", "alnum": "a-zA-Z0-9", "upper": "A-Z", "lower": "a-z", "space": r"\s"}
_MAX_LINES = 500
"""Lines of one file that are read; the longest public ones have some hundred."""
_MAX_CHARACTERS = 1_000
_MAX_STARS = 3
"""Wildcards in one part of a pattern: the time for a match grows with their power."""


class Line(Struct, frozen=True, gc=False, array_like=True):
    """One line that may speak of a filter: a pattern, or the name of a macro, and its attributes in order."""

    pattern: str
    attributes: list[str]
    macro: bool = False


def lines_in(lines: Iterable[str]) -> Iterator[Line]:
    """The lines of one `.gitattributes` that may set a filter, by its name or by a macro."""
    for _, line in zip(range(_MAX_LINES), lines, strict=False):
        pattern, words = _split(line.strip(" \t\r"))
        if not pattern or pattern.startswith(("#", "!")) or not words:
            continue
        macro = pattern.startswith(_MACRO)
        yield Line(pattern.removeprefix(_MACRO), words, macro)


def _split(line: str) -> tuple[str, list[str]]:
    if match := _QUOTED.match(line):
        return _OCTAL.sub(_unescaped, match[1]), line[match.end() :].split()
    pattern, *words = line.split() or [""]
    return pattern, words


def _unescaped(match: re.Match[str]) -> str:
    text = match[1]
    if text.isdigit():
        return chr(int(text, 8))
    return {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}.get(text, f"\\{text}")


class Attributes:
    """What the `.gitattributes` of a whole tree say of a filter: the last line of the nearest file decides."""

    def __init__(self, files: Mapping[str, list[Line]], filter_name: str) -> None:
        """`files`: lines by the path of their file."""
        self._filter = filter_name
        macros = {line.pattern: line.attributes for line in files.get(".gitattributes", ()) if line.macro}
        self._macros = {name: told for name in macros if (told := self._told(macros[name], {})) is not None}
        self._folders: dict[str, list[tuple[re.Pattern[str], bool]]] = {}
        for path, lines in files.items():
            told_lines = ((line.pattern, self._told(line.attributes, self._macros)) for line in lines if not line.macro)
            self._folders[posixpath.dirname(path)] = [
                (regex, told)
                for pattern, told in told_lines
                if told is not None and (regex := matcher(pattern)) is not None
            ][::-1]

    def _told(self, attributes: list[str], macros: Mapping[str, bool]) -> bool | None:
        """Whether one line sets the filter; None when it does not speak of it."""
        told = None
        for word in attributes:
            if word == f"filter={self._filter}":
                told = True
            elif word in {"filter", "-filter", "!filter"} or word.startswith("filter="):
                told = False
            elif word in macros:
                told = macros[word]
        return told

    def sets(self, path: str) -> bool:
        folder = posixpath.dirname(path)
        while True:
            inside = path[len(folder) + 1 :] if folder else path
            for regex, told in self._folders.get(folder, ()):
                if regex.fullmatch(inside):
                    return told
            if not folder:
                return False
            folder = posixpath.dirname(folder)


def matcher(pattern: str) -> re.Pattern[str] | None:
    """A pattern for paths below its file's folder; None when it matches no file."""
    if pattern.endswith("/") or _is_costly(pattern):
        return None
    anchored = "/" in pattern
    pattern = pattern.removeprefix("/")
    try:
        return re.compile(("" if anchored else "(?:.*/)?") + _regex(pattern, anchored=anchored), re.DOTALL)
    except re.error:
        return None


def _is_costly(pattern: str) -> bool:
    parts = pattern.split("/")
    many = parts.count("**") > _MAX_STARS or any(part.count("*") > _MAX_STARS for part in parts)
    return many or len(pattern) > _MAX_CHARACTERS


def _regex(pattern: str, *, anchored: bool) -> str:
    parts, place = [], 0
    while place < len(pattern):
        rest = pattern[place:]
        starts_part = place == 0 or pattern[place - 1] == "/"
        if anchored and starts_part and rest.startswith("**/"):
            parts.append("(?:.*/)?")
            place += 3
        elif anchored and starts_part and rest == "**":
            parts.append(".*")
            place += 2
        elif rest[0] == "*":
            parts.append("[^/]*")
            place += len(rest) - len(rest.lstrip("*"))
        elif rest[0] == "?":
            parts.append("[^/]")
            place += 1
        elif match := _CLASS.match(rest):
            parts.append(_class(match))
            place += match.end()
        else:
            literal = rest[1:2] if rest[0] == "\\" and len(rest) > 1 else rest[0]
            parts.append(re.escape(literal))
            place += 2 if rest[0] == "\\" and len(rest) > 1 else 1
    return "".join(parts)


def _class(match: re.Match[str]) -> str:
    inside = re.sub(r"\[:([a-z]+):\]", lambda name: _NAMED.get(name[1], ""), match[2])
    inside = re.sub(r"([\[\]&~|])", r"\\\1", inside)
    return f"(?!/)[{'^' if match[1] else ''}{inside}]"
