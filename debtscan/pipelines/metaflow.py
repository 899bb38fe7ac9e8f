"""Metaflow: a flow is a class, its steps are methods.

https://docs.metaflow.org/metaflow/basics
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from debtscan.pipelines.found import FoundStep
from debtscan.source.python import PythonSource

TOP = "metaflow"
_ENDS = frozenset({"start", "end", "join"})
"""Steps that every flow has; they say nothing of what they do."""


def steps(source: PythonSource) -> Iterator[FoundStep]:
    flows = {
        item.name
        for item in source.walk.classes
        if any((source.name(base) or "").rpartition(".")[2] == "FlowSpec" for base in item.node.bases)
    }
    for item in source.walk.functions:
        flow, _, name = item.scope.name.rpartition(".")
        if flow in flows and any(_is_step(source, decorator) for decorator in item.node.decorator_list):
            yield FoundStep("metaflow", name, item.node.lineno, item.cell, flow, function=item.scope.name, own=True)


def _is_step(source: PythonSource, decorator: ast.expr) -> bool:
    return source.name(decorator) in {"metaflow.step", "metaflow.decorators.step"}
