"""Trainers, random draws and seeds of known libraries, from the lexicon."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Literal, NamedTuple, TypeAlias, cast

from debtscan.lexicon.entries import entries

DrawKind: TypeAlias = Literal["split", "order", "estimator", "loader", "sample"]
FITS = frozenset({"fit", "partial_fit", "fit_predict"})
"""Methods of estimators that train."""


class Trainer(NamedTuple):
    """A class or function that trains; see `trainers.txt`."""

    name: str
    framework: str
    how: str
    draws: str
    method: str


class Drawing(NamedTuple):
    """A call that draws random numbers; see `draws.txt`."""

    name: str
    library: str
    kind: DrawKind
    seed: str | None
    """The argument that seeds it; None: only the library's generator does."""
    seed_position: int | None
    condition: str | None
    condition_position: int | None
    only_if_true: bool
    known_by: str | None


@lru_cache(maxsize=8192)
def trainer(dotted: str) -> Trainer | None:
    """What a name (`sklearn.svm.SVC`, `transformers.Trainer`) trains, if anything; alternative constructors included."""
    name = dotted.partition("(")[0]
    head, _, last = name.rpartition(".")
    if last.startswith("from_"):
        name = head
        head, _, last = name.rpartition(".")
    whole, modules = _trainers()
    if (found := whole.get(name)) is not None:
        return found
    if not last[:1].isupper():
        return None
    return next((item for module, item in modules if name.startswith(module)), None)


@cache
def trainer_methods() -> frozenset[str]:
    """Last names of calls that may train."""
    whole, modules = _trainers()
    items = [*whole.values(), *(item for _, item in modules)]
    calls = {item.name.rpartition(".")[2] for item in items if item.how == "call"}
    return frozenset(
        {item.method for item in items if item.method} | calls | FITS | {"fit_generator", "train_on_batch"}
    )


@cache
def owner_methods() -> frozenset[str]:
    """Methods that train, of classes that others inherit from."""
    whole, modules = _trainers()
    return frozenset(item.method for item in (*whole.values(), *(item for _, item in modules)) if item.method)


def drawings(last: str) -> tuple[Drawing, ...]:
    """Draws whose name ends in this word."""
    return _drawings().get(last, ())


@cache
def seeded_by(dotted: str) -> tuple[str, ...]:
    """Libraries whose generators a call of this name seeds."""
    return _seeds().get(dotted, ())


@cache
def seed_names() -> frozenset[str]:
    return frozenset(name.rpartition(".")[2] for name in _seeds())


@cache
def _seeds() -> dict[str, tuple[str, ...]]:
    return {name: tuple(libraries) for name, *libraries in entries("seeds")}


@cache
def _trainers() -> tuple[dict[str, Trainer], tuple[tuple[str, Trainer], ...]]:
    items = [_trainer(*words) for words in entries("trainers")]
    modules = sorted(((item.name, item) for item in items if item.name.endswith(".")), key=lambda pair: -len(pair[0]))
    return {item.name: item for item in items if not item.name.endswith(".")}, tuple(modules)


def _trainer(name: str, framework: str, how: str, draws: str, method: str = "") -> Trainer:
    return Trainer(name, framework, how, draws, method)


@cache
def _drawings() -> dict[str, tuple[Drawing, ...]]:
    found: dict[str, tuple[Drawing, ...]] = {}
    for words in entries("draws"):
        item = _drawing(*words)
        last = item.name.rpartition(".")[2]
        found[last] = (*found.get(last, ()), item)
    return found


def _drawing(name: str, library: str, kind: str, seed: str, condition: str = "") -> Drawing:
    name, _, known_by = name.partition("=")
    argument, _, position = seed.partition(":")
    only_if_true = "@" in condition
    told, _, place = condition.partition("@" if only_if_true else "=")
    return Drawing(
        name,
        library,
        cast("DrawKind", kind),
        None if argument == "-" else argument,
        int(position) if position else None,
        told or None,
        int(place) if only_if_true else None,
        only_if_true,
        known_by or None,
    )
