"""Kedro: nodes call functions on named data sets, whose paths stand in a catalogue.

https://docs.kedro.org/en/stable/nodes_and_pipelines/nodes.html
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from debtscan.pipelines.engines import function_of, named
from debtscan.pipelines.found import FoundStep
from debtscan.source.marked_yaml import Node
from debtscan.source.python import PythonSource
from debtscan.source.values import argument

TOP = "kedro"
_NODES = frozenset(
    {"kedro.pipeline.node", "kedro.pipeline.node.node", "kedro.pipeline.Node", "kedro.pipeline.node.Node"}
)


def steps(source: PythonSource) -> Iterator[FoundStep]:
    for last, call in source.named_calls:
        if last not in {"node", "Node"} or source.name(call.node.func) not in _NODES:
            continue
        function = function_of(source, argument(call.node, 0, "func"))
        yield FoundStep(
            "kedro",
            named(call.node, "name") or function.rpartition(".")[2],
            call.node.lineno,
            call.cell,
            inputs=_names(argument(call.node, 1, "inputs")),
            outputs=_names(argument(call.node, 2, "outputs")),
            function=function,
            own=function in source.bindings.functions,
        )


def _names(node: ast.expr | None) -> list[str]:
    """Names of data sets: one, a list, or the values (inputs) of a dictionary; parameters are none."""
    items = (
        node.elts if isinstance(node, (ast.List, ast.Tuple)) else node.values if isinstance(node, ast.Dict) else [node]
    )
    found = [item.value for item in items if isinstance(item, ast.Constant) and isinstance(item.value, str)]
    return [name for name in found if not name.startswith("param")]


def catalogue(document: Node) -> Iterator[tuple[str, str]]:
    """(name, path) of the data sets in a catalogue that lie in files."""
    for name, entry in document.pairs():
        path, kind = entry.get("filepath"), entry.get("type")
        if path and path.text and kind and kind.text and "://" not in path.text:
            yield name, path.text
