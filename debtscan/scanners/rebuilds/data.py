"""Data: whether what the training reads is kept with its versions, or comes back by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from debtscan.lexicon.entries import entries
from debtscan.model import RebuildState
from debtscan.scanners.data_references import DataReference
from debtscan.scanners.imports import ImportRow
from debtscan.scanners.rebuilds.pipelines import Pipelines
from debtscan.scanners.rebuilds.told import Place, Told, worst_of

_STATES: Mapping[str, tuple[RebuildState, str]] = {
    "versioned-git": ("yes", "is in git"),
    "bloat": ("yes", "is in git"),
    "versioned-lfs": ("yes", "is in Git LFS"),
    "versioned-dvc": ("yes", "is tracked by DVC"),
    "bundled": ("yes", "comes with the library"),
    "external-versioned": ("yes", "is fetched in a fixed version"),
    "downloaded": ("partly", "is fetched without a version"),
    "external-known": ("partly", "is fetched without a version"),
    "external-mutable": ("partly", "is fetched without a version"),
    "broken-lfs": ("no", "is tracked, and the tracking is broken"),
    "documented": ("no", "is not in git; a document says where it comes from"),
    "ignored": ("no", "is not in git"),
    "absent": ("no", "is not in git"),
    "machine-bound": ("no", "lies on one machine only"),
    "platform": ("no", "lies on a platform"),
    "unknown": ("unknown", "is decided when it runs"),
}
"""Of states of `data_references`, with the words; those left out say nothing of what the training needs."""
_IS_TEXT = re.compile(
    r"^(?!.*(config|conf|param|setting|args|hyp|requirements|version|readme|license|log)[^/]*$).*\.(txt|json)$", re.I
)
"""Texts that are neither settings nor about the code."""
_DATA_FOLDER = re.compile(r"(^|/)(data|datasets?|raw|corpus|corpora)/", re.IGNORECASE)


class Data:
    """The ingredient data."""

    def __init__(self, references: Iterable[DataReference], imports: Iterable[ImportRow], pipelines: Pipelines) -> None:
        self._pipelines = pipelines
        self._reads: dict[str, list[DataReference]] = {}
        self._writes: dict[str, dict[str, None]] = {}
        """Path or pattern that is written -> files that write it, in order."""
        for row in references:
            if row.direction == "read":
                self._reads.setdefault(row.path, []).append(row)
            elif row.resolved:
                self._writes.setdefault(row.resolved, {})[row.path] = None
        simulators = {name for names in entries("simulators") for name in names}
        self._simulators: dict[str, ImportRow] = {}
        for item in imports:
            if item.top in simulators and item.origin == "third_party":
                self._simulators.setdefault(item.path, item)

    def of(self, files: Sequence[str]) -> Told:
        """Of the files that run together."""
        told = worst_of(self._told(files))
        if told is None or told.state == "unknown":
            # what the code leaves to its arguments, a pipeline that gives them may tell
            told = worst_of(self._pipelines.of(files[0])) or told
        if told is not None:
            return told
        simulator = next((self._simulators[path] for path in files if path in self._simulators), None)
        if simulator is not None:
            place = Place(simulator.path, simulator.cell, simulator.line)
            return Told("yes", f"no data set is read: {simulator.top} simulates", place)
        return Told("unknown", "no read of data was recognised")

    def _told(self, files: Sequence[str]) -> Iterator[Told]:
        """What is known of each data set; of one that a step makes, what is known of what that step reads."""
        together = frozenset(files)
        known = dict.fromkeys(files)
        todo = list(files)
        for path in todo:
            told = [
                item
                for row in self._reads.get(path, ())
                for item in self._of_read(row, known, todo, own=path == files[0])
            ]
            if not told and path not in together:
                yield Told("yes", f"{path} makes what is read and reads no data itself", Place(path))
            yield from told

    def _of_read(self, row: DataReference, known: dict[str, None], todo: list[str], *, own: bool) -> Iterator[Told]:
        if row.state == "derived":
            makers = [maker for maker in self._makers(row.resolved or "") if maker not in known]
            known.update(dict.fromkeys(makers))
            todo += makers
        elif (known_state := _STATES.get(row.state)) is not None and _is_data(row, own=own):
            name = row.resolved or _as_written(row.literal)
            state, words = known_state
            yield Told(state, f"{name} {words}", Place(row.path, row.cell, row.line))

    def _makers(self, resolved: str) -> list[str]:
        """Files that write a path, or a pattern that it is one of."""
        return [
            maker
            for pattern, makers in self._writes.items()
            if pattern == resolved or ("*" in pattern and fnmatchcase(resolved, pattern))
            for maker in makers
        ]


def _as_written(literal: str) -> str:
    """A path of which parts are not known, with a sign for each of them."""
    return literal.replace("{}", "…") if literal.strip("{}./") else "what is read"


def _is_data(row: DataReference, *, own: bool) -> bool:
    """Data by the call that reads it, a file of a data folder, or a text that what trains opens itself (`own`)."""
    if row.holds in {"text", "other", "config"}:
        told = row.resolved if row.state != "unknown" else None
        return told is not None and bool(_DATA_FOLDER.search(told) or (own and _IS_TEXT.search(told)))
    return row.holds == "data"
