"""Where names get their values within one file: assignments, `with`, `for`, parameters and command-line options.

Nothing is executed and no flow is followed: a name stands for what was last bound to it before the place that asks,
in source order.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Literal, NamedTuple, TypeAlias

from debtscan.source.walk import Call, Function, Walk

How: TypeAlias = Literal["assign", "augment", "with", "for"]
_OPTION_MAKERS = frozenset(
    {"add_argument", "DEFINE_string", "DEFINE_enum", "option", "argument", "add_option", "set_defaults"}
)


class Binding(NamedTuple):
    """One value given to a name; `how` tells whether it is the value itself, added to it, or comes out of it."""

    cell: int | None
    line: int
    how: How
    value: ast.expr


class Parameter(NamedTuple):
    """A parameter of a function, its place among the positional ones (`self` left out) and its default."""

    function: Function
    position: int | None
    default: ast.expr | None


class Bindings:
    """The values of names in one file, by (qualified name of the scope, name).

    Attributes set through `self` are kept as `self.name` under the name of their class.
    """

    def __init__(self, walk: Walk) -> None:
        self._known: dict[tuple[str, str], list[Binding]] = {}
        self.functions = {item.scope.name: item for item in walk.functions}
        self.classes = {item.name for item in walk.classes}
        self.options = dict(_options(walk.calls))
        for item in walk.assignments:
            self._assign(item.node, item.cell, item.scope.name)
        for block in walk.blocks:
            self._open(block.node, block.cell, block.scope.name)
        for bindings in self._known.values():
            if len(bindings) > 1:
                bindings.sort(key=_order)

    def last(self, scope: str, name: str, cell: int | None, line: int) -> Binding | None:
        """What `name` was last bound to in this very scope before a place."""
        earlier = self.earlier(scope, name, cell, line)
        return earlier[-1] if earlier else None

    def final(self, scope: str, name: str) -> Binding | None:
        """What `name` is bound to when the scope has run: what a function sees of its module."""
        bindings = self._known.get((scope, name))
        return bindings[-1] if bindings else None

    def earlier(self, scope: str, name: str, cell: int | None, line: int) -> list[Binding]:
        """Everything that `name` was bound to in this very scope before a place, in source order."""
        place = (-1 if cell is None else cell, line)
        return [binding for binding in self._known.get((scope, name), ()) if _order(binding) < place]

    def lasting(self) -> Iterator[tuple[str, str, Binding]]:
        """(scope, name, final value) of what is bound in the module and in classes, in order of first binding."""
        for (scope, name), bindings in self._known.items():
            if not scope or scope in self.classes:
                yield scope, name, bindings[-1]

    def parameter(self, scope: str, name: str) -> Parameter | None:
        """The parameter of this name of the function that is this scope."""
        function = self.functions.get(scope)
        if function is None:
            return None
        arguments = function.node.args
        positional = [*arguments.posonlyargs, *arguments.args]
        skipped = 1 if positional and positional[0].arg in {"self", "cls"} else 0
        for position, argument in enumerate(positional):
            if argument.arg == name and position >= skipped:
                back = position - len(positional) + len(arguments.defaults)
                default = arguments.defaults[back] if back >= 0 else None
                return Parameter(function, position - skipped, default)
        for argument, keyword_default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
            if argument.arg == name:
                return Parameter(function, None, keyword_default)
        return None

    def _assign(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign, cell: int | None, scope: str) -> None:
        if node.value is None:
            return
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        how: How = "augment" if isinstance(node, ast.AugAssign) else "assign"
        for target in targets:
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                for part, value in zip(target.elts, node.value.elts, strict=False):
                    self._bind(part, Binding(cell, node.lineno, how, value), scope)
            else:
                self._bind(target, Binding(cell, node.lineno, how, node.value), scope)

    def _open(self, node: ast.With | ast.AsyncWith | ast.For | ast.AsyncFor, cell: int | None, scope: str) -> None:
        # one line early: the body may stand on the line of its head
        if isinstance(node, (ast.With, ast.AsyncWith)):
            for item in node.items:
                if item.optional_vars is not None:
                    self._bind(item.optional_vars, Binding(cell, node.lineno - 1, "with", item.context_expr), scope)
        else:
            self._bind(node.target, Binding(cell, node.lineno - 1, "for", node.iter), scope)

    def _bind(self, target: ast.expr, binding: Binding, scope: str) -> None:
        if isinstance(target, ast.Name):
            self._known.setdefault((scope, target.id), []).append(binding)
        elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self":
            self._known.setdefault((scope.rpartition(".")[0], f"self.{target.attr}"), []).append(binding)


def root_name(node: ast.expr, *, of_calls: bool = False) -> str | None:
    """The name that `a.b.c` begins with, `of_calls` also that of `a.b()[0].c`; None of anything else."""
    while isinstance(node, ast.Attribute) or (of_calls and isinstance(node, (ast.Call, ast.Subscript))):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def outwards(scope: str) -> Iterator[str]:
    """The dotted name of a scope and of those around it, the module ("") last."""
    while scope:
        yield scope
        scope = scope.rpartition(".")[0]
    yield ""


def _order(binding: Binding) -> tuple[int, int]:
    return (-1 if binding.cell is None else binding.cell, binding.line)


def _options(calls: list[Call]) -> Iterator[tuple[str, ast.expr | None]]:
    """Command-line options (argparse, optparse, click, absl) with the default each was given; None: it has none."""
    for call in calls:
        function = call.node.func
        maker = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        if maker not in _OPTION_MAKERS:
            continue
        keywords = {keyword.arg: keyword.value for keyword in call.node.keywords if keyword.arg}
        names = [
            item.value for item in call.node.args if isinstance(item, ast.Constant) and isinstance(item.value, str)
        ]
        if maker == "set_defaults":
            yield from keywords.items()
        elif maker.startswith("DEFINE"):
            if names:
                yield names[0], call.node.args[1] if len(call.node.args) > 1 else keywords.get("default")
        elif names:
            yield _destination(names, keywords), keywords.get("default")


def _destination(names: list[str], keywords: dict[str, ast.expr]) -> str:
    """The attribute argparse and click store an option under."""
    dest = keywords.get("dest")
    if isinstance(dest, ast.Constant) and isinstance(dest.value, str):
        return dest.value
    bare = next((name for name in names if not name.startswith("-")), None)
    long = next((name for name in names if name.startswith("--")), names[0])
    return (bare or long).lstrip("-").split("/")[0].replace("-", "_")
