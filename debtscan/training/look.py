"""A file as the searches for training, randomness and calls see it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from debtscan.source.bindings import Bindings
from debtscan.source.python import PythonSource
from debtscan.source.walk import Call

SEED_ARGUMENTS = frozenset({"seed", "random_state", "random_seed", "tf_random_seed", "rng"})


class Look(NamedTuple):
    """One file, with what its names are bound to."""

    source: PythonSource
    bindings: Bindings
    tops: frozenset[str]
    """Top modules it imports, from which it imports everything included."""
    calls: list[tuple[str, Call]]
    """Its calls with the last part of what each calls."""

    def everything(self) -> Iterator[str]:
        """The modules of `from module import *`, those of a relative import with its dots."""
        for item in self.source.walk.imports:
            if isinstance(item.node, ast.ImportFrom) and item.node.names[0].name == "*":
                yield "." * item.node.level + (item.node.module or "")

    def imports_everything(self, name: str) -> bool:
        """Whether a name that the file does not define may come from `from library import *`."""
        return name not in self.bindings.functions and any(not module.startswith(".") for module in self.everything())


def look_at(source: PythonSource) -> Look:
    tops = frozenset(name.lstrip(".").partition(".")[0] for name in source.aliases.values())
    look = Look(source, source.bindings, tops, source.named_calls)
    return look._replace(tops=tops | {module.partition(".")[0] for module in look.everything()} - {""})


def is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
