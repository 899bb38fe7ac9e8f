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
    {"append", "extend", "join", "split", "format", "get", "items", "keys", "values", "pop", "add"}
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
_STARTING_NAMES = frozenset(name.rpartition(".")[2] for name in _STARTERS)
_BUILTINS = frozenset(dir(builtins))


METHOD = "?."
"""Begins the name of a method called on something unknown."""


class Called(Struct, frozen=True, gc=False, array_like=True):
    """A call, or a function handed on to be called."""

    cell: int | None
    line: int
    scope: str
    name: str
    owner: str | None = None
    """Class of which the thing is whose method is called, where the scope itself makes it."""


def is_external(name: str) -> bool:
    return name.partition(".")[0] in _EXTERNAL


def calls_in(look: Look) -> Iterator[Called]:
    """Calls that may lead into the repository's own code, each once for each scope."""
    seen: set[tuple[str, str, str | None]] = set()
    targets = _Targets(look)
    for last, call in look.calls:
        scope = call.scope.name
        for name in targets.of(call.node, last):
            owner = targets.owner(call) if name.startswith(METHOD) else None
            if (scope, name, owner) not in seen:
                seen.add((scope, name, owner))
                yield Called(call.cell, call.node.lineno, scope, name, owner)


class _Targets:
    """Finds what the calls of one file may lead to."""

    def __init__(self, look: Look) -> None:
        self._source = look.source
        self._bindings = look.bindings
        self._classes = look.bindings.classes
        aliases = look.source.aliases
        self._own = {local: name for local, name in aliases.items() if not is_external(name)}
        functions = {name.rpartition(".")[2] for name in look.bindings.functions} - aliases.keys() - _EXTERNAL
        named = self._own | {name: name for name in functions}
        self._handed = {local: name for local, name in named.items() if local not in _BUILTINS}

    def of(self, call: ast.Call, last: str) -> list[str]:
        """The function called, and those it is handed."""
        target = self._called(call.func)
        found = [] if target is None else [target]
        if not call.args and not call.keywords:
            if last in _STARTING_NAMES and self._source.name(call.func) in _STARTERS:
                found.append("main")
            return found
        given = (*call.args, *[keyword.value for keyword in call.keywords])
        return found + [name for node in given if (name := self._handed_on(node)) is not None]

    def _handed_on(self, node: ast.expr) -> str | None:
        """A function that is given to another, by its name or that of its module (`train.loop`)."""
        if isinstance(node, ast.Name):
            return self._handed.get(node.id)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in self._own:
            return self._source.name(node)
        return None

    def owner(self, call: Call) -> str | None:
        """What the scope made the thing with whose method is called: a class of the repository, perhaps."""
        function = call.node.func
        if not isinstance(function, ast.Attribute):
            return None
        made: ast.expr | None = function.value
        if isinstance(made, ast.Name):
            binding = self._bindings.last(call.scope.name, made.id, call.cell, call.node.lineno)
            made = binding.value if binding is not None and binding.how == "assign" else None
        name = self._source.name(made.func) if isinstance(made, ast.Call) else None
        return name if name is not None and not is_external(name) and "(" not in name else None

    def _called(self, function: ast.expr) -> str | None:
        aliases = self._source.aliases
        if isinstance(function, ast.Name):
            name = function.id
            if name in _BUILTINS:
                return None
            return self._own.get(name) if name in aliases else None if name in _EXTERNAL else name
        if not isinstance(function, ast.Attribute):
            return None
        root = function.value
        while isinstance(root, ast.Attribute):
            root = root.value
        if isinstance(root, ast.Name):
            if root.id in aliases:
                return self._source.name(function) if root.id in self._own else None
            if root is function.value and root.id in self._classes:
                return f"{root.id}.{function.attr}"
        return None if function.attr in _DULL_METHODS else f"{METHOD}{function.attr}"


def started_in(source: PythonSource) -> Iterator[str]:
    for item in source.walk.functions:
        for decorator in item.node.decorator_list:
            node = decorator.func if isinstance(decorator, ast.Call) else decorator
            name = source.name(node) or ""
            if name.rpartition(".")[2] in _RUNNING_DECORATORS:
                yield item.scope.name
