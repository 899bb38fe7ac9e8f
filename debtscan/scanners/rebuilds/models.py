"""Models that lie in the repository and that no code of it trains or writes: what cannot be built again at all."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from debtscan.scanners.data_references import DataReference
from debtscan.scanners.model_files import ModelFile
from debtscan.scanners.rebuilds.told import Place, Told


def foundlings(
    models: Iterable[ModelFile], references: Iterable[DataReference], trains: frozenset[str]
) -> Iterator[tuple[ModelFile, Told]]:
    """One model a folder, with what is known of its code; none in a component where something trains (`trains`).

    Where code writes a model to a path that is not told, it may be this one.
    """
    unseen = any(row.direction == "write" and row.holds == "model" and row.state == "unknown" for row in references)
    folders: dict[str, list[ModelFile]] = {}
    for model in models:
        if model.holds == "model" and model.place == "own" and model.producer is None and model.component not in trains:
            folders.setdefault(posixpath.dirname(model.path), []).append(model)
    for found in folders.values():
        first = found[0]
        others = f" and {len(found) - 1} beside it" if len(found) > 1 else ""
        told = (
            Told("unknown", f"code writes models to paths that are not told; {first.path}{others} may be one of them")
            if unseen
            else Told("no", f"no code here trains or writes {first.path}{others}", Place(first.path))
        )
        yield first, told
