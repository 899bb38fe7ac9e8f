"""The import statements of one file, seen without its path."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from debtscan.source.python import PythonSource
from debtscan.source.walk import Import


class FoundImport(Struct, frozen=True, gc=False, array_like=True):
    """One module that a statement imports."""

    cell: int | None
    line: int
    module: str
    guarded: bool
    lazy: bool = False
    names: tuple[str, ...] = ()
    """Names taken from the module: `from google.cloud import storage` needs to know."""

    @property
    def longest(self) -> str:
        """The module with the first name taken from it, which may be a module itself."""
        return f"{self.module}.{self.names[0]}" if self.names else self.module


def imports_in(source: PythonSource) -> list[FoundImport]:
    return [found for item in source.walk.imports for found in _modules(item)]


def _modules(item: Import) -> Iterator[FoundImport]:
    node = item.node
    lazy = isinstance(item.scope.node, ast.FunctionDef | ast.AsyncFunctionDef)
    if isinstance(node, ast.ImportFrom):
        module = "." * node.level + (node.module or "")
        names = tuple(alias.name for alias in node.names)
        yield FoundImport(item.cell, node.lineno, module, item.guarded, lazy, names)
    else:
        for alias in node.names:
            yield FoundImport(item.cell, node.lineno, alias.name, item.guarded, lazy)
