"""Data: whether what the training reads is kept with its versions, or comes back by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from debtscan.model import RebuildState
from debtscan.scanners.data_references import DataReference
from debtscan.scanners.rebuilds.told import Place, Told, worst_of

_STATES: Mapping[str, RebuildState] = {
    "versioned-git": "yes",
    "bloat": "yes",
    "versioned-lfs": "yes",
    "versioned-dvc": "yes",
    "bundled": "yes",
    "external-versioned": "yes",
    "downloaded": "partly",
    "external-known": "partly",
    "external-mutable": "partly",
    "broken-lfs": "no",
    "documented": "no",
    "ignored": "no",
    "absent": "no",
    "machine-bound": "no",
    "platform": "no",
    "unknown": "unknown",
}
"""Of states of `data_references`; those left out say nothing of what the training needs."""
_WORDS: Mapping[str, str] = {
    "versioned-git": "is in git",
    "bloat": "is in git",
    "versioned-lfs": "is in Git LFS",
    "versioned-dvc": "is tracked by DVC",
    "bundled": "comes with the library",
    "external-versioned": "is fetched in a fixed version",
    "downloaded": "is fetched without a version",
    "external-known": "is fetched without a version",
    "external-mutable": "is fetched without a version",
    "broken-lfs": "is tracked, and the tracking is broken",
    "documented": "is not in git; a document says where it comes from",
    "ignored": "is not in git",
    "absent": "is not in git",
    "machine-bound": "lies on one machine only",
    "platform": "lies on a platform",
    "unknown": "is decided when it runs",
}


class Data:
    """The ingredient data."""

    def __init__(self, references: Iterable[DataReference]) -> None:
        self._reads: dict[str, list[DataReference]] = {}
        self._writers: dict[str, set[str]] = {}
        for row in references:
            if row.direction == "write" and row.resolved:
                self._writers.setdefault(row.resolved, set()).add(row.path)
            elif row.direction == "read" and row.holds == "data":
                self._reads.setdefault(row.path, []).append(row)

    def of(self, files: Sequence[str]) -> Told:
        """Of the files that run together."""
        told = worst_of(self._told(files))
        return told or Told("unknown", "no read of data was recognised")

    def _told(self, files: Sequence[str]) -> Iterable[Told]:
        """What is known of each data set; of one that a step makes, what is known of what that step reads."""
        known = set(files)
        todo = list(files)
        for path in todo:
            for row in self._reads.get(path, ()):
                if row.state == "derived":
                    makers = self._writers.get(row.resolved or "", set()) - known
                    known |= makers
                    todo += sorted(makers)
                elif (state := _STATES.get(row.state)) is not None:
                    name = row.resolved or row.literal
                    yield Told(state, f"{name} {_WORDS[row.state]}", Place(row.path, row.cell, row.line))
