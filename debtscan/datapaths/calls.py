"""Calls of one Python file that hand paths to functions of other modules, and the options it defines."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from debtscan.datapaths.found import Passed
from debtscan.datapaths.names import LOCAL
from debtscan.lexicon.modules import distributions_of, standard_library
from debtscan.source.bindings import root_name
from debtscan.source.masking import mask
from debtscan.source.python import PythonSource
from debtscan.source.texts import ASK_OPENS, HOLE, NAME_OPENS, Text
from debtscan.source.values import Values
from debtscan.source.walk import Call

_MAX_EVIDENCE = 200
_OWN_NAMES = frozenset({"datasets", "evaluate"})
"""Modules that repositories have of their own as often as from a distribution."""
_TEXTUAL = (ast.Constant, ast.Name, ast.Attribute, ast.BinOp, ast.JoinedStr, ast.Call, ast.Subscript)
_PATH = re.compile(r"[/\\\\]|\.\w{2,8}$")
_PATH_NAME = re.compile(r"root|dir|folder|path|file", re.IGNORECASE)


def passed_in(source: PythonSource, values: Values) -> Iterator[Passed]:
    """Calls of what is or may be first party, where something that looks like a path or a name for one is passed."""
    known: dict[str, bool] = {}
    for _, call in source.named_calls:
        root = root_name(call.node.func)
        if root is None or not (call.node.args or call.node.keywords):
            continue
        imported = source.aliases.get(root)
        local = imported is None and (root in values.bindings.functions or root in values.bindings.classes)
        if not local and not (imported and known.setdefault(root, _may_be_first_party(imported))):
            continue
        if (item := _passed(call, source, values, LOCAL if local else "")) is not None:
            yield item


def texts_of(item: Passed) -> Iterator[str]:
    yield from item.positional
    yield from item.keywords.values()


def imported_in(source: PythonSource) -> Iterator[tuple[str, str]]:
    """Names of this file that stand for something of another module of the repository, with its dotted name."""
    for name, origin in source.aliases.items():
        if name != origin and (origin.startswith(".") or _may_be_first_party(origin)):
            yield name, origin


def options_in(values: Values) -> Iterator[tuple[str, str]]:
    """Command-line options with the texts of their defaults; a hole where there is none."""
    for name, default in values.bindings.options.items():
        value = getattr(default, "value", None)
        if default is None or value is None or isinstance(value, str):
            yield name, value if isinstance(value, str) and value else HOLE


def _passed(call: Call, source: PythonSource, values: Values, prefix: str) -> Passed | None:
    name = source.name(call.node.func) or ""
    given = [*call.node.args, *(keyword.value for keyword in call.node.keywords)]
    if "(" in name or "[" in name or not any(isinstance(node, _TEXTUAL) for node in given):
        return None
    positional, keywords = values.passed(call)
    named = any(_PATH_NAME.search(key) and text.told for key, text in keywords.items())
    if not (named or any(_tells(text) for text in (*positional, *keywords.values()))):
        return None
    line = call.node.lineno
    return Passed(
        f"{prefix}{name}",
        call.cell,
        line,
        mask(source.line_text(call.cell, line))[:_MAX_EVIDENCE],
        [_kept(text) for text in positional],
        {key: _kept(text) for key, text in keywords.items() if text.told or ASK_OPENS in text.text},
    )


def _tells(text: Text) -> bool:
    """Whether a text may be a path: by its look, or by standing for a constant or a setting."""
    return text.text.startswith(NAME_OPENS) or ":" in text.text.partition(ASK_OPENS)[2] or bool(_PATH.search(text.text))


def _kept(text: Text) -> str:
    return mask(text.text) if "://" in text.text else text.text


def _may_be_first_party(module: str) -> bool:
    top = module.partition(".")[0]
    return not top or top in _OWN_NAMES or not (top in standard_library() or distributions_of(module))
