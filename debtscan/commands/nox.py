"""What the sessions of a `noxfile.py` run and install, read from its syntax tree.

https://nox.thea.codes/en/stable/config.html
"""

from __future__ import annotations

import ast
import shlex
from collections.abc import Iterator

from debtscan.commands.script import Script
from debtscan.source.python import PythonSource

_INSTALLS = {"install": ["pip", "install"], "conda_install": ["conda", "install"]}
_RUNS = frozenset({"run", "run_always", "run_install"})


def scripts(source: PythonSource) -> Iterator[Script]:
    """A command for each call of `session.install` and `session.run`; arguments that are no literals are left out."""
    if "nox" not in source.aliases:
        return
    for name, call in source.named_calls:
        function = call.node.func
        if not (isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name)):
            continue
        if function.value.id == "session" and (name in _RUNS or name in _INSTALLS):
            text = " ".join(_INSTALLS.get(name, ()))
            yield Script(text + _literals(call.node), call.node.lineno, name=call.scope.name)


def _literals(call: ast.Call) -> str:
    """The arguments that are literals, each on the line where it stands."""
    text, line = "", call.lineno
    for item in call.args:
        if isinstance(item, ast.Constant) and isinstance(item.value, str):
            text += " \\\n" * (item.lineno - line) + f" {shlex.quote(item.value)}"
            line = item.lineno
    return text
