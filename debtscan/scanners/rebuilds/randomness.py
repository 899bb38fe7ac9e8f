"""Randomness: whether every generator that the training draws from is seeded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from debtscan.scanners.rebuilds.told import Place, Told
from debtscan.scanners.training import RandomDraw, TrainingEntryPoint


class Randomness:
    """The ingredient randomness."""

    def __init__(self, draws: Iterable[RandomDraw]) -> None:
        self._seeded: dict[str, RandomDraw] = {}
        for draw in draws:
            if draw.how == "argument" and draw.kind in {"split", "estimator"}:
                self._seeded.setdefault(draw.path, draw)

    def of(self, entry: TrainingEntryPoint, files: Sequence[str]) -> Told:
        """Of a file that trains and the files that run with it."""
        if entry.seeded:
            return Told("yes", entry.seed_evidence or "nothing is drawn", Place(entry.path, entry.cell, entry.line))
        place = Place(entry.need_path or entry.path, entry.need_cell, entry.need_line or entry.line)
        missing = ", ".join(entry.unseeded)
        if seeded := sorted(set(entry.draws) & set(entry.seeds)):
            return Told("partly", f"{', '.join(seeded)} seeded, {missing} not", place)
        if (draw := next((self._seeded[path] for path in files if path in self._seeded), None)) is not None:
            return Told("partly", f"{draw.api} is seeded, other draws of {missing} are not", place)
        return Told("no", f"nothing seeds {missing}", place)
