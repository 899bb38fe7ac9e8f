"""Statement hashes of a file that no parser of today reads (Python 2): logical lines instead of syntax trees.

As in the shared walk, local names and constants are blinded and what is called is kept; hashes of the two kinds never
meet. Functions are told by indentation.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from hashlib import blake2b
from typing import NamedTuple

from debtscan.copies.corpus import LARGEST_SIZE, Outline

_TRIPLE = re.compile(r"(?P<quotes>'''|\"\"\")(?:\\.|.)*?(?P=quotes)", re.DOTALL)
_TOKEN = re.compile(
    r"""(?P<comment>\#.*)|(?P<string>[rRuUbB]{0,2}(?:'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"))"""
    r"""|(?P<number>\d[\w.]*)|(?P<name>[^\W\d]\w*)|(?P<sign>[^\s\w])"""
)
_CALLED = re.compile(r"\s*\(")
_DEFINITION = re.compile(r"\s*def\s+(?P<name>\w+)")
_LEFT_OUT = frozenset({"import", "from", "print", "pass", "break", "continue", "global"})
_DEPTH = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}


class Line(NamedTuple):
    """One logical line: a statement, or the head of a compound one."""

    line: int
    end_line: int
    indent: int
    hash: int
    size: int
    """Words and signs, at most `LARGEST_SIZE`."""
    defines: str | None
    """Name of the function whose `def` it is."""


def logical_lines(code: str) -> Iterator[Line]:
    """The statements of a file without docstrings, comments, imports and prints."""
    lines = _TRIPLE.sub(lambda match: "''" + "\n" * match[0].count("\n"), code).expandtabs(8).split("\n")
    words: list[str] = []
    start = depth = 0
    for number, text in enumerate(lines, 1):
        if not words:
            start = number
        for word in _blinded(text):
            depth += _DEPTH.get(word, 0)
            words.append(word)
        if words and depth <= 0 and not text.endswith("\\"):
            if words[0] not in _LEFT_OUT and len(words) > 1:
                yield _line(words, start, number, lines[start - 1])
            words, depth = [], 0


def _blinded(text: str) -> Iterator[str]:
    """The tokens of a physical line: comments left out, constants as S and N, local names as v."""
    attribute = False
    for match in _TOKEN.finditer(text):
        kind, word = match.lastgroup or "", match[0]
        if kind == "name" and not (attribute or keyword.iskeyword(word) or word == "print"):
            word = word if _CALLED.match(text, match.end()) else "v"
        elif kind in {"string", "number"}:
            word = kind[0].upper()
        attribute = word == "."
        if kind != "comment":
            yield word


def _line(words: list[str], start: int, end: int, text: str) -> Line:
    digest = blake2b(" ".join(words).encode("utf-8", "surrogatepass"), digest_size=8, person=b"lines").digest()
    definition = _DEFINITION.match(text)
    return Line(
        start,
        end,
        len(text) - len(text.lstrip()),
        int.from_bytes(digest, "little"),
        min(len(words), LARGEST_SIZE),
        definition["name"] if definition else None,
    )


def outlines(lines: list[Line]) -> Iterator[Outline]:
    """The functions among the lines."""
    for start, line in enumerate(lines):
        if line.defines is None:
            continue
        inside = (index for index in range(start + 1, len(lines)) if lines[index].indent <= line.indent)
        end = next(inside, len(lines))
        yield Outline(line.defines, start, end, None, line.line, lines[end - 1].end_line, False)
