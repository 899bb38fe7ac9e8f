"""What is told of one ingredient of one training entry point: a state and the one fact that decides it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple, TypeAlias

from debtscan.model import WORST_LAST, RebuildState

Name: TypeAlias = Literal["code", "environment", "data", "randomness", "weights", "run", "serving"]
"""What is needed to build a model again."""


class Place(NamedTuple):
    """Where a fact stands; `cell` and `line` as in every table."""

    path: str
    cell: int | None = None
    line: int | None = None


class Told(NamedTuple):
    """The state of an ingredient, why, and where the fact that decides stands (None: nowhere, it is an absence)."""

    state: RebuildState
    why: str
    place: Place | None = None


def worst_of(told: Iterable[Told]) -> Told | None:
    """The first of those that decide; None of nothing."""
    return max(told, key=lambda item: WORST_LAST.index(item.state), default=None)
