"""What Python code hands to a shell: `os.system("pip install x")`, `subprocess.run([sys.executable, "-m", "pip", ...])`.

Read from the syntax tree. A value that only the running program knows stands as `{name}`.
"""

from __future__ import annotations

import ast
import shlex
from collections.abc import Iterator

from debtscan.commands.script import Script
from debtscan.source.python import PythonSource

_SUBPROCESS = ("run", "call", "check_call", "check_output", "Popen", "getoutput", "getstatusoutput")
_RUNS = {
    **dict.fromkeys(("os.system", "os.popen", "get_ipython().system", "get_ipython().getoutput"), ""),
    **{f"subprocess.{name}": "" for name in _SUBPROCESS},
    **dict.fromkeys(("pip.main", "pip._internal.main", "pip._internal.cli.main.main"), "pip "),
}
"""Functions that run their first argument, and what their name already says of the command."""
_LAST = frozenset(name.rpartition(".")[2] for name in _RUNS)


def scripts(source: PythonSource) -> Iterator[Script]:
    """A command for each call, in the order of the calls."""
    for last, call in source.named_calls:
        if last in _LAST and call.node.args and (name := source.name(call.node.func)) in _RUNS:
            text = _text(call.node.args[0])
            if text is not None:
                yield Script(_RUNS[name] + text, call.node.args[0].lineno, call.cell, call.scope.name)


def _text(node: ast.expr) -> str | None:
    """A command in one text, in a list of words, or in a text that is split into words."""
    if isinstance(node, ast.List | ast.Tuple):
        return _joined(node)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "split":
        # "a b".split() and shlex.split("a b")
        node = node.args[0] if node.args else node.func.value
    if isinstance(node, ast.JoinedStr):
        return _word(node)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _joined(words: ast.List | ast.Tuple) -> str:
    """The words, each on the line where it stands."""
    text, line = "", words.lineno
    for item in words.elts:
        text += " \\\n" * (item.lineno - line) + " " + _word(item, quote=True)
        line = max(line, item.lineno)
    return text.lstrip(" ")


def _word(node: ast.expr, *, quote: bool = False) -> str:
    if isinstance(node, ast.Constant):
        return shlex.quote(str(node.value)) if quote else str(node.value)
    if isinstance(node, ast.JoinedStr):
        parts = (part.value if isinstance(part, ast.FormattedValue) else part for part in node.values)
        return "".join("{}" if isinstance(part, ast.JoinedStr) else _word(part) for part in parts)
    if isinstance(node, ast.Attribute):
        return "{sys.executable}" if node.attr == "executable" else f"{{{node.attr}}}"
    return f"{{{node.id}}}" if isinstance(node, ast.Name) else "{}"
