"""Which life-cycle stage a call belongs to, by the name of what it calls (`stages.txt`)."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache

from msgspec import Struct

from debtscan.lexicon.entries import entries
from debtscan.model import Stage

STAGES: tuple[Stage, ...] = ("source", "clean", "features", "split", "train", "evaluate", "package", "serve", "operate")
"""In the order of the life cycle."""
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


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


@cache
def _stages_by_word() -> dict[str, Stage]:
    return {name: STAGES[STAGES.index(word)] for word, *names in entries("stage_words") for name in names}


def stage_of_words(name: str) -> Stage | None:
    """The stage that the name of a step or script tells: `02_train_model.py`, `EvaluateModel`.

    The first telling word decides, as a verb stands first; only a split wins over what is split.
    """
    words = [word.lower() for word in _WORDS.findall(name)]
    known = _stages_by_word()
    if "split" in words or "splitter" in words:
        return "split"
    found = [(at, stage) for at, word in enumerate(words) if (stage := known.get(word)) is not None]
    if not found:
        return None
    at, stage = found[0]
    if stage == "clean" and words[at].startswith("valid") and "model" in words:
        return "evaluate"
    # a model that is loaded is no data
    return None if stage == "source" and "model" in words[at + 1 :] else stage
