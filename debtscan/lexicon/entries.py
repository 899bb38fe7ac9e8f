"""Read a lexicon: a text file beside this module, one entry a line, words separated by blanks, `#` before a comment."""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def entries(name: str) -> tuple[tuple[str, ...], ...]:
    """The entries of `<name>.txt` as tuples of words, in file order."""
    text = resources.files(__package__).joinpath(f"{name}.txt").read_text("utf-8")
    lines = (line.partition("#")[0].split() for line in text.splitlines())
    return tuple(tuple(words) for words in lines if words)
