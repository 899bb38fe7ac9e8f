"""Which file and name a dotted name means, through packages that only hand on what their modules define."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from debtscan.source.modules import Modules

LOCAL = ":"
"""Before the name of something of the very file that names it."""
_MAX_HOPS = 4


class Names(Protocol):
    """What a module knows by name without defining it: its imports."""

    @property
    def imported(self) -> Mapping[str, str]: ...


def place_of(modules: Modules, known: Mapping[str, Names], holder: str, dotted: str) -> tuple[str, str] | None:
    """The file that defines a name used in `holder`, and the name there; None for what is not in the repository."""
    if dotted.startswith(LOCAL):
        return holder, dotted[len(LOCAL) :]
    found = modules.of_name(holder, dotted)
    for _ in range(_MAX_HOPS):
        if found is None or (module := known.get(found[0])) is None:
            return found
        first, dot, rest = found[1].partition(".")
        if (origin := module.imported.get(first)) is None:
            return found
        found = modules.of_name(found[0], f"{origin}{dot}{rest}") or found
    return found
