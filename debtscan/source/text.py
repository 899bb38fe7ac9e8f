"""A file read as text: decoded once, with the reason when it could not be."""

from __future__ import annotations

import codecs
import io
import tokenize
from contextlib import suppress

from msgspec import Struct


class Problem(Struct, frozen=True, gc=False):
    """Something in a file that was not understood: becomes a row of `gaps`."""

    why: str
    line: int | None = None
    cell: int | None = None


class TextSource(Struct):
    """A manifest, script or configuration file: its kind and its text."""

    kind: str
    text: str
    problems: list[Problem] = []

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()


def read_text(kind: str, data: bytes) -> TextSource:
    """Decode as UTF-8 (or UTF-16 by its byte order mark), else as Latin-1, which never fails but is said to be a guess."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return TextSource(kind, data.decode("utf-16", "replace"))
    try:
        return TextSource(kind, data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        # a small file of an unknown kind may hold anything, and is looked at for a Git LFS pointer only
        guessed = [] if kind == "other" else [Problem("not UTF-8: read as Latin-1")]
        return TextSource(kind, data.decode("latin-1"), guessed)


def decode_python(data: bytes) -> str:
    """Decode a Python file by its PEP 263 cookie or byte order mark.

    Raises SyntaxError for an unknown or contradictory cookie and UnicodeDecodeError for bytes outside the encoding.
    """
    if not data.startswith(codecs.BOM_UTF8) and not any(b"coding" in line for line in data.split(b"\n", 2)[:2]):
        # what most files are; where it fails the long way says why
        with suppress(UnicodeDecodeError):
            text = data.decode()
            return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    return io.TextIOWrapper(io.BytesIO(data), encoding=encoding).read()
