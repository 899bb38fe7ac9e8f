"""What is known of distributions by their name on PyPI (`*.txt` beside this module). A name not listed is unknown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fnmatch import translate
from functools import cache
from typing import NamedTuple

from debtscan.lexicon.entries import entries
from debtscan.lexicon.modules import modules_by_distribution


def modules_of(name: str) -> Sequence[str]:
    """Import names of a distribution, sorted; empty when unknown."""
    return _modules().get(name, ())


class Superseded(NamedTuple):
    """A distribution that was renamed or given up."""

    since: str
    """ISO date."""
    replacement: str | None
    gone: bool
    """A fresh installation fails."""


def superseded(name: str) -> Superseded | None:
    """What its own documentation says of a distribution that was renamed or given up."""
    return _superseded().get(name)


def works_without_import(name: str) -> bool:
    """Whether it may be needed although nothing imports it: a server, tool, driver, backend, plug-in, stub."""
    return _listed("indirect").match(name) is not None


def serves_development(name: str) -> bool:
    """Whether it serves who develops and never what runs."""
    return _listed("development_tools").match(name) is not None


@cache
def _modules() -> Mapping[str, tuple[str, ...]]:
    return {name: tuple(sorted(modules)) for name, modules in modules_by_distribution().items()}


@cache
def _superseded() -> Mapping[str, Superseded]:
    return {
        name: Superseded(since, None if replacement == "-" else replacement, gone=bool(gone))
        for name, replacement, since, *gone in entries("superseded")
    }


@cache
def _listed(lexicon: str) -> re.Pattern[str]:
    return re.compile("|".join(translate(name) for words in entries(lexicon) for name in words))
