"""Console scripts: the programs that a package installs, by what its manifest says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from debtscan.source.marked_ini import read_ini
from debtscan.source.marked_toml import load_toml
from debtscan.source.python import PythonSource

_ENTRY = re.compile(r"\s*(?P<name>[\w.-]+)\s*=\s*(?P<target>[\w.]+(?::[\w.]+)?)")


def of_pyproject(text: str) -> dict[str, str]:
    """Raises ValueError for text that is no TOML."""
    document = load_toml(text)
    project, tool = document.get("project"), document.get("tool")
    tables = [project.get("scripts"), project.get("gui-scripts")] if isinstance(project, dict) else []
    poetry = tool.get("poetry") if isinstance(tool, dict) else None
    tables += [poetry.get("scripts")] if isinstance(poetry, dict) else []
    pairs = ((name, value) for table in tables if isinstance(table, dict) for name, value in table.items())
    return {name: value for name, value in pairs if isinstance(value, str)}


def of_setup_cfg(text: str) -> dict[str, str]:
    entry = read_ini(text).get("options.entry_points", {}).get("console_scripts")
    return dict(_pairs(line for _, line in entry.values)) if entry else {}


def of_setup_py(source: PythonSource) -> dict[str, str]:
    """`entry_points={"console_scripts": [...]}` as far as it is written as text."""
    for last, call in source.named_calls:
        if last == "setup":
            given = next((item.value for item in call.node.keywords if item.arg == "entry_points"), None)
            if isinstance(given, ast.Dict):
                return dict(_pairs(_console(given)))
    return {}


def _console(node: ast.Dict) -> Iterator[str]:
    for key, value in zip(node.keys, node.values, strict=True):
        if isinstance(key, ast.Constant) and key.value == "console_scripts":
            items = value.elts if isinstance(value, (ast.List, ast.Tuple)) else [value]
            for item in items:
                if isinstance(item, ast.Constant) and isinstance(item.value, str):
                    yield from item.value.splitlines()


def _pairs(lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    return ((match["name"], match["target"]) for line in lines if (match := _ENTRY.match(line)))
