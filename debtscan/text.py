"""Text that comes from a scanned repository, made fit to be shown.

A file name may hold a line break, a terminal command or a character that turns the rest of the line around. Every
format shows such text through `visible`, and only there.
"""

from __future__ import annotations

import re
import unicodedata

# What moves the cursor, hides itself, reorders its neighbours, or cannot be written as UTF-8: controls, bidirectional
# marks, invisible operators, variation and tag characters, surrogates, non-characters. Zero-width joiners stay: they
# spell words in several scripts and cannot reorder anything.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_SHORT = {"\t": r"\t", "\n": r"\n", "\r": r"\r"}


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    if short := _SHORT.get(character):
        return short
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def visible(text: str) -> str:
    r"""The text with every control, bidirectional and invisible character as an escape such as `\u202e`.

    The escapes are those of JSON (UTF-16 units beyond U+FFFF), so on an encoded JSON document the function changes the
    spelling and not the value. The result is valid UTF-8 and stays on one line; applying it twice changes nothing.
    """
    return _UNSAFE.sub(_escape, text)


def encodable(value: object) -> object:
    """The value with every text in it fit for UTF-8: a lone surrogate becomes the text of its escape.

    Undecodable file names, broken JSON and string literals of Python hold such. Looks into lists and dictionaries.
    """
    match value:
        case str():
            return value if value.isascii() else value.encode(errors="backslashreplace").decode()
        case list():
            return [encodable(item) for item in value]
        case dict():
            return {encodable(key): encodable(item) for key, item in value.items()}
        case _:
            return value


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, the middle left out: the two ends of a path say most."""
    if len(text) <= limit:
        return text
    head = (limit - 1) // 2
    return f"{text[:head]}…{text[len(text) - (limit - 1 - head) :]}"


def cells(text: str) -> int:
    """Columns a terminal needs for the text: East Asian wide characters take two, combining marks none."""
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    if unicodedata.combining(character) or character in "\u200c\u200d\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def clip(text: str, width: int) -> str:
    """The text in at most `width` terminal columns, the end left out."""
    if cells(text) <= width:
        return text
    used = 0
    for at, character in enumerate(text):
        used += _width(character)
        if used > width - 1:
            return f"{text[:at]}…"
    return text
