"""What one Python file trains, draws and seeds, and whom its functions call, seen without its path.

Everything is noted with the scope it stands in; which scopes run is found out where all files are known.
"""

from __future__ import annotations

from msgspec import Struct

from debtscan.source.python import PythonSource
from debtscan.training.acts import Act, acts_in, made_in
from debtscan.training.calls import Called, calls_in, is_external, started_in
from debtscan.training.hydra import settings_file
from debtscan.training.look import look_at
from debtscan.training.randomness import Draw, Seed, draws_in, has_workers, seeds_in


class FoundTraining(Struct, frozen=True, gc=False, array_like=True):
    acts: list[Act] = []
    draws: list[Draw] = []
    seeds: list[Seed] = []
    calls: list[Called] = []
    functions: list[str] = []
    classes: dict[str, list[str]] = {}
    """Classes with the names of their bases."""
    started: list[str] = []
    """Scopes that a decorator makes a command, task or step."""
    imported: dict[str, str] = {}
    """Local names of what may be the repository's own, spelled out."""
    everything: list[str] = []
    """Modules of which it imports everything."""
    made: dict[str, tuple[str, str]] = {}
    """Functions and names of the module that make or are something that can be trained: its framework and its draws."""
    programs: list[str] = []
    """Functions that a manifest makes programs (`package.module:function`)."""
    settings_file: str | None = None
    """The file of settings that Hydra starts a script with, relative to it."""
    has_workers: bool = False
    """A loader of its reads in processes of their own, which PyTorch seeds along with itself."""
    missing_seeds: list[str] = []
    """Of a file of settings: those that name a seed and have no value."""


def training_in(source: PythonSource) -> FoundTraining:
    look = look_at(source)
    return FoundTraining(
        list(acts_in(look)),
        list(draws_in(look)),
        list(seeds_in(look)),
        list(calls_in(look)),
        [item.scope.name for item in source.walk.functions],
        {item.name: [name for base in item.node.bases if (name := source.name(base))] for item in source.walk.classes},
        list(started_in(source)),
        {local: name for local, name in source.aliases.items() if not is_external(name)},
        list(look.everything()),
        made_in(look),
        settings_file=settings_file(source),
        has_workers=has_workers(look),
    )
