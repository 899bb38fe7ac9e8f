"""Which life-cycle stage a call belongs to, by the name of what it calls (`stages.txt`)."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from msgspec import Struct

from debtscan.lexicon.entries import entries
from debtscan.model import Stage

STAGES: tuple[Stage, ...] = ("source", "clean", "features", "split", "train", "evaluate", "package", "serve", "operate")
"""In the order of the life cycle."""


class Lexicon(Struct, frozen=True):
    """The names of `stages.txt` by how they match."""

    whole: dict[str, Stage]
    beginnings: dict[str, list[tuple[str, Stage]]]
    """Beginnings of dotted names, the longest first, by their first part."""
    methods: dict[str, Stage]
    tops: frozenset[str]
    """First parts of all names but methods."""

    def stage_of(self, name: str) -> Stage | None:
        """The stage of a callee by its dotted name with imports spelled out; None where the name says nothing."""
        if (stage := self.whole.get(name)) is not None:
            return stage
        first, _, rest = name.partition(".")
        for beginning, stage in self.beginnings.get(first, ()):
            if name.startswith(beginning):
                return stage
        return self.methods.get(rest.rpartition(".")[2]) if rest else None


@cache
def lexicon() -> Lexicon:
    whole: dict[str, Stage] = {}
    methods: dict[str, Stage] = {}
    beginnings: dict[str, list[tuple[str, Stage]]] = defaultdict(list)
    for word, *names in entries("stages"):
        stage = STAGES[STAGES.index(word)]
        for name in names:
            if name.startswith("."):
                methods[name[1:]] = stage
            elif name.endswith("*"):
                beginnings[name.split(".")[0]].append((name[:-1], stage))
            else:
                whole[name] = stage
    longest_first = {top: sorted(found, key=lambda item: -len(item[0])) for top, found in beginnings.items()}
    return Lexicon(whole, longest_first, methods, frozenset({name.split(".")[0] for name in whole} | beginnings.keys()))
