"""What a file leaves to others to tell: the settings it reads, and how its functions are called."""

from __future__ import annotations

import ast
import re

from debtscan.source.texts import ASK_CLOSES, ASK_OPENS, UNKNOWN, Text

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
