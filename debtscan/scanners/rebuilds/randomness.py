"""Randomness: whether every generator that the training draws from is seeded."""

from __future__ import annotations

from debtscan.scanners.rebuilds.told import Place, Told
from debtscan.scanners.training import TrainingEntryPoint


def randomness_of(entry: TrainingEntryPoint) -> Told:
    """Of a file that trains."""
    if entry.seeded:
        return Told("yes", entry.seed_evidence or "nothing is drawn", Place(entry.path, entry.cell, entry.line))
    place = Place(entry.need_path or entry.path, entry.need_cell, entry.need_line or entry.line)
    seeded = sorted(set(entry.draws) & set(entry.seeds) - set(entry.unseeded))
    if seeded:
        return Told("partly", f"{', '.join(seeded)} seeded, {', '.join(entry.unseeded)} not", place)
    if entry.seeded_draws:
        return Told("partly", f"some of what is drawn is seeded, {', '.join(entry.unseeded)} not", place)
    return Told("no", f"nothing seeds {', '.join(entry.unseeded)}", place)
