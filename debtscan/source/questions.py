"""What a file leaves to others to tell: the settings it reads, and how its functions are called."""

from __future__ import annotations

import ast
import re

from debtscan.source.bindings import Bindings, outwards
from debtscan.source.python import PythonSource
from debtscan.source.texts import ASK_CLOSES, ASK_OPENS, NAME_CLOSES, NAME_OPENS, UNKNOWN, Text

OPTION_HOLDERS = re.compile(
    r"(^|[._])(args?|opts?|options|flags|config|cfg|conf|hparams|params|arguments|parsed|namespace|ns|settings|a)$",
    re.IGNORECASE,
)
"""Names that hold command-line options or settings."""
_KEY = re.compile(r"\w+(?:\.\w+){0,5}")


def called_as(scope: str) -> str:
    """The last name by which a function is called: of a class for its `__init__`."""
    owner, _, name = scope.rpartition(".")
    return owner.rpartition(".")[2] if name == "__init__" else name


def setting(dotted: str) -> Text:
    """A question for the setting that `cfg.data.path` or `config["data"]["path"]` reads."""
    parts = dotted.removeprefix("self.").split(".")
    at = next((at for at, part in enumerate(parts[:-1]) if OPTION_HOLDERS.search(part)), None)
    key = ".".join(parts[at + 1 :]) if at is not None else ""
    return Text(f"{ASK_OPENS}:{key}{ASK_CLOSES}", "config") if _KEY.fullmatch(key) else UNKNOWN


def of_parameter(name: str, scope: str, bindings: Bindings) -> Text | None:
    """A question for an attribute of options that a function is given: `args.path`, or `self.args.path` of its class."""
    root, _, rest = name.partition(".")
    if root == "self":
        owner = scope.rpartition(".")[0]
        held, _, rest = rest.partition(".")
        binding = bindings.final(owner, f"self.{held}")
        if binding is None or not isinstance(binding.value, ast.Name):
            return None
        root, scope = binding.value.id, f"{owner}.__init__"
    if not (OPTION_HOLDERS.search(root) and _KEY.fullmatch(rest)):
        return None
    for around in outwards(scope):
        if bindings.final(around, root) is not None:
            return None
        if bindings.parameter(around, root) is not None:
            return Text(f"{ASK_OPENS}{around}:{root}.{rest}{ASK_CLOSES}", "argument")
    return None


def member(node: ast.expr, dotted: str) -> ast.expr:
    """The expression for an attribute of another; the very expression where none is asked for."""
    for attribute in filter(None, dotted.split(".")):
        node = ast.Attribute(node, attribute, ast.Load())
    return node


def object_of(node: ast.expr, scope: str, source: PythonSource) -> Text | None:
    """The name of the class that an argument is or is made of, `:` before one of this file; None for anything else."""
    if isinstance(node, ast.Name):
        told = (source.bindings.final(around, node.id) for around in outwards(scope))
        node = next((binding.value for binding in told if binding is not None), node)
    if isinstance(node, ast.Call):
        node = node.func
    name = source.name(node) if isinstance(node, (ast.Name, ast.Attribute)) else None
    if name is None or not name.rpartition(".")[2][:1].isupper():
        return None
    here = isinstance(node, ast.Name) and node.id in source.bindings.classes
    return Text(f"{NAME_OPENS}{':' if here else ''}{name}{NAME_CLOSES}", "const")


def keys(node: ast.expr) -> str:
    """Attributes and items by constant keys as one dotted name; empty for anything else."""
    parts: list[str] = []
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Attribute):
            parts.append(node.attr)
        elif (
            isinstance(node, ast.Subscript)
            and isinstance(node.slice, ast.Constant)
            and isinstance(node.slice.value, str)
        ):
            parts.append(node.slice.value)
        else:
            return ""
        node = node.value
    return ".".join([node.id, *reversed(parts)])
