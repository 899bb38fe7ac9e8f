"""Calls that may lead into a repository's own code, to find out which functions run when a file is run."""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterator

from msgspec import Struct

from debtscan.source.python import PythonSource
from debtscan.source.walk import Call
from debtscan.training.look import Look

_EXTERNAL = sys.stdlib_module_names | frozenset(
    {"numpy", "pandas", "torch", "tensorflow", "keras", "sklearn", "scipy", "matplotlib", "seaborn", "transformers"}
    | {"PIL", "cv2", "tqdm", "yaml", "requests", "click", "typer", "pytest", "torchvision", "plotly", "flax", "jax"}
)
"""Top modules that are never a repository's own: their calls lead to no training of its own."""
_DULL_METHODS = frozenset(
    {"append", "extend", "update", "join", "split", "format", "get", "items", "keys", "values", "pop", "add"}
    | {"strip", "lower", "upper", "replace", "copy", "sort", "index", "insert", "remove", "size", "view"}
    | {"mean", "sum", "reshape", "to", "cpu", "cuda", "numpy", "item", "detach", "float", "long", "int"}
    | {"backward", "step", "zero_grad", "astype", "head", "tail", "drop", "groupby", "merge", "apply", "map"}
    | {"add_argument", "parse_args", "info", "debug", "warning", "error", "exists", "mkdir", "write", "read"}
    | {"close", "flush"}
)
_RUNNING_DECORATORS = frozenset(
    {"command", "main", "task", "flow", "step", "op", "asset", "dag", "entrypoint", "automain"}
    | {"component", "job", "pipeline", "hydra_main"}
)
_STARTERS = frozenset({"fire.Fire", "absl.app.run", "tensorflow.app.run", "tensorflow.compat.v1.app.run"})
_BUILTINS = frozenset(dir(builtins))


METHOD = "?."
"""Begins the name of a method called on something unknown."""


class Called(Struct, frozen=True, gc=False, array_like=True):
    """A call, or a function handed on to be called."""

    cell: int | None
    line: int
    scope: str
    name: str


def is_external(name: str) -> bool:
    return name.partition(".")[0] in _EXTERNAL


def calls_in(look: Look) -> Iterator[Called]:
    """Calls that may lead into the repository's own code, each once for each scope."""
    seen: set[tuple[str, str]] = set()
    for call in look.source.walk.calls:
        for name in _targets(call, look):
            if (call.scope.name, name) not in seen:
                seen.add((call.scope.name, name))
                yield Called(call.cell, call.node.lineno, call.scope.name, name)


def _targets(call: Call, look: Look) -> Iterator[str]:
    function = call.node.func
    if (name := _target(function, look)) is not None:
        yield name
    if not call.node.args and not call.node.keywords and look.source.name(function) in _STARTERS:
        yield "main"
    for node in (*call.node.args, *(keyword.value for keyword in call.node.keywords)):
        if isinstance(node, ast.Name) and (node.id in look.bindings.functions or node.id in look.source.aliases):
            handed = _target(node, look)
            if handed is not None:
                yield handed


def _target(function: ast.expr, look: Look) -> str | None:
    if isinstance(function, ast.Name):
        name = look.source.aliases.get(function.id, function.id)
        return None if is_external(name) or function.id in _BUILTINS else name
    if not isinstance(function, ast.Attribute):
        return None
    root = function.value
    while isinstance(root, ast.Attribute):
        root = root.value
    if isinstance(root, ast.Name):
        if root.id in look.source.aliases:
            dotted = look.source.name(function)
            return None if dotted is None or is_external(dotted) else dotted
        if root is function.value and root.id in look.bindings.classes:
            return f"{root.id}.{function.attr}"
    return None if function.attr in _DULL_METHODS else f"{METHOD}{function.attr}"


def started_in(source: PythonSource) -> Iterator[str]:
    for item in source.walk.functions:
        for decorator in item.node.decorator_list:
            node = decorator.func if isinstance(decorator, ast.Call) else decorator
            name = source.name(node) or ""
            if name.rpartition(".")[2] in _RUNNING_DECORATORS:
                yield item.scope.name
