"""Weights: whether the model that the training starts from, if it starts from one, comes back the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from debtscan.model import RebuildState
from debtscan.scanners.data_references import DataReference
from debtscan.scanners.pretrained_models import PretrainedModel
from debtscan.scanners.rebuilds.told import Place, Told, worst_of

_PINNED: Mapping[str, RebuildState] = {"yes": "yes", "no": "partly", "library": "partly", "unknown": "partly"}
_WORDS = {
    "yes": "is pinned",
    "no": "is named without a revision",
    "library": "is whatever the installed version names",
    "unknown": "has no revision that can be told",
}
_LOST = frozenset({"absent", "ignored", "machine-bound", "documented"})


class Weights:
    """The ingredient weights."""

    def __init__(self, models: Iterable[PretrainedModel], references: Iterable[DataReference]) -> None:
        self._loaded: dict[str, list[PretrainedModel]] = {}
        for model in models:
            if model.part in {"weights", "files"}:
                self._loaded.setdefault(model.path, []).append(model)
        self._read: dict[str, list[DataReference]] = {}
        for row in references:
            if row.direction == "read" and row.holds == "model":
                self._read.setdefault(row.path, []).append(row)

    def of(self, files: Sequence[str]) -> Told:
        """Of the files that run together."""
        told = worst_of(item for path in files for item in self._of_file(path, own=path == files[0]))
        return told or Told("yes", "it starts from no weights that are known")

    def _of_file(self, path: str, *, own: bool) -> Iterator[Told]:
        """What one file starts from; what an imported module may load, whatever its callers name, is left out."""
        for model in self._loaded.get(path, ()):
            if model.name is None and not own:
                continue
            name = model.name or f"what {model.api} loads"
            yield Told(_PINNED[model.pinned], f"{name} {_WORDS[model.pinned]}", Place(path, model.cell, model.line))
        for row in self._read.get(path, ()):
            place = Place(path, row.cell, row.line)
            if row.state in _LOST:
                yield Told("no", f"{row.resolved or row.literal} is not in git", place)
            elif row.state == "downloaded":
                yield Told("partly", f"{row.resolved or row.literal} is fetched without a version", place)
