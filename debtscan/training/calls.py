"""Calls that may lead into a repository's own code, to find out which functions run when a file is run."""

from __future__ import annotations

import ast
import builtins
import re
import sys
from collections.abc import Iterator

from msgspec import Struct

from debtscan.source.bindings import Binding
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
CHOSEN = "?"
"""Names what is only chosen when the program runs: a class out of a registry, an object that settings describe."""
_MAKERS = frozenset({"instantiate", "instantiate_from_config", "build_from_cfg", "locate"})
"""Functions that make what settings name."""
_MODES = re.compile(
    r"(model|net|network|module|backbone|encoder|decoder|actor|critic|policy|generator|teacher|student)$"
)
"""What is put into a mode by `train()`, and trains nothing by it."""
_MAX_CHOICES = 40
_MAX_HOPS = 4
"""Names that stand for each other."""


class Called(Struct, frozen=True, gc=False, array_like=True):
    """A call, or a function handed on to be called."""

    cell: int | None
    line: int
    scope: str
    name: str
    owner: str | None = None
    """Class of which the thing is whose method is called, or the function that makes it; `CHOSEN` where that is only
    known when the program runs."""


def is_external(name: str) -> bool:
    return name.partition(".")[0] in _EXTERNAL


def calls_in(look: Look) -> Iterator[Called]:
    """Calls that may lead into the repository's own code, each once for each scope."""
    seen: set[tuple[str, str, str | None]] = set()
    targets = _Targets(look)
    for last, call in look.calls:
        scope = call.scope.name
        for name in targets.of(call, last):
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
        named = self._own | {name: name for name in functions | look.bindings.classes}
        self._handed = {local: name for local, name in named.items() if local not in _BUILTINS}

    def of(self, call: Call, last: str) -> list[str]:
        """The function called, or those it may be, and those it is handed."""
        node = call.node
        target = self._called(node.func)
        found = [target] if target is not None else []
        if target is None or (isinstance(node.func, ast.Name) and target == node.func.id):
            found += self._choices(node.func, call)
        if self._is_chosen(node, call):
            found.append(CHOSEN)
        if not node.args and not node.keywords:
            if last in _STARTING_NAMES and self._source.name(node.func) in _STARTERS:
                found.append("main")
            return found
        given = (*node.args, *[keyword.value for keyword in node.keywords])
        return found + [name for item in given for name in self._handed_on(item, call)]

    def _handed_on(self, node: ast.expr, call: Call) -> list[str]:
        """Functions that are given to another: by their names, in a table, or by what a name stands for."""
        return self._choices(node, call) if isinstance(node, (ast.Name, ast.Attribute, ast.Dict)) else []

    # debtscan: ignore[complex-hotspot] a branch a form found in the wild; to be cut into steps with names
    def _choices(self, node: ast.expr | None, call: Call, hops: int = _MAX_HOPS) -> list[str]:
        """The functions and classes that an expression may stand for, in both branches and all entries of a table."""
        if node is None or hops == 0:
            return []
        if isinstance(node, ast.Name):
            bound = self._bindings.earlier(call.scope.name, node.id, call.cell, call.node.lineno)
            if not bound and (name := self._handed.get(node.id)) is not None:
                return [name]
            final = None if bound else self._bindings.final("", node.id)
            bound = [final] if final is not None else bound
            # a branch may decide, so all that it was bound to
            parts = [binding.value for binding in bound if binding.how == "assign"]
        elif isinstance(node, ast.Attribute):
            known = isinstance(node.value, ast.Name) and node.value.id in self._own
            return [name] if known and (name := self._source.name(node)) is not None else []
        else:
            parts = _parts(node)
        return [name for part in parts[:_MAX_CHOICES] for name in self._choices(part, call, hops - 1)][:_MAX_CHOICES]

    def _binding(self, node: ast.expr, call: Call) -> Binding | None:
        """What a name, or an attribute of `self`, was last bound to."""
        if isinstance(node, ast.Name):
            last = self._bindings.last(call.scope.name, node.id, call.cell, call.node.lineno)
            return last if last is not None else self._bindings.final("", node.id)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
            return self._bindings.final(call.scope.name.rpartition(".")[0], f"self.{node.attr}")
        return None

    def _is_chosen(self, node: ast.Call, call: Call) -> bool:
        """Whether a call makes something of which only settings, or a registry, tell what it is."""
        function = node.func
        if isinstance(function, ast.Attribute):
            last = function.attr
            return last in _MAKERS or (last == "build" and _word(function.value).isupper())
        if isinstance(function, ast.Name):
            if function.id in self._handed or function.id in self._source.aliases:
                return self._source.aliases.get(function.id, "").rpartition(".")[2] in _MAKERS
            binding = self._binding(function, call)
            return binding is not None and binding.how == "assign" and self._is_looked_up(binding.value)
        return self._is_looked_up(function)

    def _is_looked_up(self, node: ast.expr) -> bool:
        """Whether a class is taken out of something: `getattr(module, name)`, `registry.get(name)`, `TRAINERS[name]`."""
        if isinstance(node, ast.Subscript):
            return True
        if not isinstance(node, ast.Call):
            return False
        if self._source.last_name(node)[:1].isupper():
            return False
        root = node.func
        while isinstance(root, ast.Attribute):
            root = root.value
        if not isinstance(root, ast.Name):
            return isinstance(root, ast.Call)
        return root.id == "getattr" or not is_external(self._source.aliases.get(root.id, root.id))

    def owner(self, call: Call) -> str | None:
        """What the thing is made by whose method is called: a class or function of the repository, perhaps."""
        function = call.node.func
        if not isinstance(function, ast.Attribute):
            return None
        made: ast.expr | None = function.value
        if isinstance(made, (ast.Name, ast.Attribute)):
            binding = self._binding(made, call)
            made = binding.value if binding is not None and binding.how in {"assign", "with"} else None
        if not isinstance(made, ast.Call):
            return None
        if self._is_chosen(made, call):
            return None if function.attr == "train" and _MODES.search(_word(function.value)) else CHOSEN
        name = self._source.name(self._meant(made.func, call))
        return name if name is not None and not is_external(name) and "(" not in name else None

    def _meant(self, function: ast.expr, call: Call) -> ast.expr:
        """The class behind a second name that the scope gives it (`Experiment = Forecast`)."""
        if not isinstance(function, ast.Name):
            return function
        binding = self._bindings.last(call.scope.name, function.id, call.cell, call.node.lineno)
        renamed = binding is not None and binding.how == "assign" and isinstance(binding.value, ast.Name)
        return binding.value if binding is not None and renamed else function

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


def _parts(node: ast.expr) -> list[ast.expr]:
    """What a choice is made among: branches, entries of a table, what a table is asked for."""
    if isinstance(node, ast.IfExp):
        return [node.body, node.orelse]
    if isinstance(node, ast.BoolOp):
        return node.values
    if isinstance(node, ast.Dict):
        return node.values
    if isinstance(node, ast.Subscript):
        return [node.value]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
        return [node.func.value]
    return []


def _word(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def started_in(source: PythonSource) -> Iterator[str]:
    for item in source.walk.functions:
        for decorator in item.node.decorator_list:
            node = decorator.func if isinstance(decorator, ast.Call) else decorator
            name = source.name(node) or ""
            if name.rpartition(".")[2] in _RUNNING_DECORATORS:
                yield item.scope.name
