"""What the names say that a pickle would import: a framework's model, plain data, or commands."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from debtscan.lexicon.entries import entries


def framework_of(imports: Iterable[str]) -> str | None:
    """The distribution whose objects are in there, by its name on PyPI; None where there is none that makes models."""
    tops = {name.partition(".")[0] for name in imports if not is_plain(name)}
    return next((distribution for top, distribution in entries("model_libraries") if top in tops), None)


def is_plain(name: str) -> bool:
    """Whether it is an array, a table, a tensor or a container."""
    return _matches(name, "plain_imports")


def is_command(name: str) -> bool:
    return _matches(name, "command_imports")


def is_weights(keys: Iterable[str]) -> bool:
    """Whether the keys of a dictionary of tensors are those of a model's parameters."""
    return any(key.rpartition(".")[2] in _PARAMETERS or key in _CHECKPOINT_KEYS for key in keys)


_PARAMETERS = frozenset({"weight", "bias", "running_mean", "running_var", "gamma", "beta", "in_proj_weight"})
_CHECKPOINT_KEYS = frozenset({"state_dict", "model_state_dict", "model", "optimizer_state_dict", "optimizer", "net"})


@cache
def _matches(name: str, lexicon: str) -> bool:
    whole, beginnings = _patterns(lexicon)
    return name in whole or name.startswith(beginnings)


@cache
def _patterns(lexicon: str) -> tuple[frozenset[str], Any]:
    words = [word for line in entries(lexicon) for word in line]
    return (
        frozenset(word for word in words if not word.endswith("*")),
        tuple(word[:-1] for word in words if word.endswith("*")),
    )
