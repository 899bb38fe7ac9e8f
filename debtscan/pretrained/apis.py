"""The calls that load pretrained models, from the lexicon."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from debtscan.lexicon.entries import entries


class Loader(NamedTuple):
    """A call that loads a pretrained model; see `pretrained.txt`."""

    name: str
    library: str
    source: str
    position: int | None
    keyword: str
    condition: str

    def means(self, dotted: str) -> bool:
        begin, star, end = self.name.partition("*")
        return dotted.startswith(begin) and dotted.endswith(end) if star else dotted == self.name


def loader(dotted: str) -> Loader | None:
    return next((item for item in _loaders().get(dotted.partition(".")[0], ()) if item.means(dotted)), None)


@cache
def tops() -> frozenset[str]:
    """Top modules with such a call: a cheap test before a callee is spelled out."""
    return frozenset(_loaders())


@cache
def _loaders() -> dict[str, list[Loader]]:
    found: dict[str, list[Loader]] = {}
    for name, library, source, place, condition in entries("pretrained"):
        position, _, keyword = place.partition(":")
        item = Loader(name, library, source, None if position == "-" else int(position), keyword, condition)
        found.setdefault(name.partition(".")[0], []).append(item)
    return found
