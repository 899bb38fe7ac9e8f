"""Where a module comes from: the standard library, a distribution, a platform (`*.txt` beside this module).

Names that are not listed are unknown, never guessed: `pyaml` is not PyYAML.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache
from typing import TypeVar

from debtscan.lexicon.entries import entries

_Value = TypeVar("_Value")


@cache
def standard_library() -> frozenset[str]:
    """Top-level modules of the standard library, of any Python 3 and of Python 2.7.

    What the running Python adds of its own (`_sysconfigdata...`) makes no difference: nobody imports it.
    """
    listed = (name for words in entries("stdlib") for name in words)
    return frozenset({*sys.stdlib_module_names, *listed, "__future__"})


@cache
def _distributions() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for first, *rest in entries("distributions"):
        if first == "=":
            found |= {name: (name.replace("_", "-").lower(),) for name in rest}
        else:
            found[first] = tuple(rest)
    return found


@cache
def _conda_names() -> dict[str, str]:
    return {conda.replace("_", "-"): pypi for conda, pypi in entries("conda_names")}


@cache
def _provided() -> dict[str, str]:
    return {module: platform.replace("-", " ") for module, platform in entries("provided")}


def distributions_of(module: str) -> tuple[str, ...]:
    """Distributions that bring a module, by the longest known beginning of its dotted name; empty when unknown."""
    return _longest(module, _distributions()) or ()


@cache
def _bringers() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for bringer, *brought in entries("brings"):
        for name in brought:
            found[name] = (*found.get(name, ()), bringer)
    return found


def bringers_of(distribution: str) -> tuple[str, ...]:
    """Distributions whose installation is known to bring this one along."""
    return _bringers().get(distribution, ())


def modules_by_distribution() -> dict[str, set[str]]:
    """The other way round: the modules that each known distribution brings."""
    found: dict[str, set[str]] = {}
    for module, names in _distributions().items():
        for name in names:
            found.setdefault(name, set()).add(module)
    return found


def platform_of(module: str) -> str | None:
    """The platform that brings a module along; None for ordinary ones."""
    return _longest(module, _provided())


def pypi_name(conda_name: str) -> str:
    """The name on PyPI of a package named as conda names it (both normalised)."""
    return _conda_names().get(conda_name, conda_name)


@cache
def _known_names() -> frozenset[str]:
    return frozenset(name for names in _distributions().values() for name in names)


def known_pypi_name(conda_name: str) -> str | None:
    """The name on PyPI of a conda package; None where nothing says that the same name is the same package."""
    name = pypi_name(conda_name)
    return name if name != conda_name or name in _known_names() else None


def _longest(module: str, table: Mapping[str, _Value]) -> _Value | None:
    name = module
    while name:
        if name in table:
            return table[name]
        name = name.rpartition(".")[0]
    return None
