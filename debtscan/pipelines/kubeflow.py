"""Kubeflow Pipelines: components and pipelines in Python.

https://www.kubeflow.org/docs/components/pipelines/
"""

from __future__ import annotations

from collections.abc import Iterator

from debtscan.commands.script import Script
from debtscan.pipelines.engines import decorated, function_of, text_of, texts_of
from debtscan.pipelines.found import FoundStep, Run
from debtscan.pipelines.runs import runs, shown
from debtscan.source.python import PythonSource
from debtscan.source.values import Values, argument
from debtscan.source.walk import Call

TOP = "kfp"
_COMPONENTS = frozenset(
    {
        "kfp.dsl.component",
        "kfp.v2.dsl.component",
        "kfp.dsl.container_component",
        "kfp.components.create_component_from_func",
    }
    | {
        "kfp.components.func_to_container_op",
        "kfp.dsl.python_component",
        "kfp.components.create_component_from_func_v2",
    }
)
_PIPELINES = frozenset({"kfp.dsl.pipeline", "kfp.v2.dsl.pipeline", "kfp.dsl.graph_component"})
_FUNCTIONS = frozenset({"func_to_container_op", "create_component_from_func"})


def steps(source: PythonSource) -> Iterator[FoundStep]:
    yield from decorated(source, "kubeflow", _COMPONENTS, _PIPELINES)
    values = Values(source)
    for last, call in source.named_calls:
        if last in _FUNCTIONS and (function := function_of(source, argument(call.node, 0, "func"))):
            own = function in source.bindings.functions
            yield FoundStep(
                "kubeflow", function.rpartition(".")[2], call.node.lineno, call.cell, function=function, own=own
            )
        elif last == "ContainerOp":
            yield _container(values, call)
        elif last == "load_component_from_file" and (path := text_of(values, call, 0, "filename")):
            run = Run("file", path, call.node.lineno, call.cell, f"load_component_from_file {path}")
            yield FoundStep("kubeflow", path.rpartition("/")[2], call.node.lineno, call.cell, runs=[run])


def _container(values: Values, call: Call) -> FoundStep:
    words = [
        *texts_of(values, call, argument(call.node, None, "command")),
        *texts_of(values, call, argument(call.node, None, "arguments")),
    ]
    command = " ".join(word if " " not in word else f"'{word}'" for word in words)
    name = text_of(values, call, 0, "name")
    found = list(runs(Script(command, call.node.lineno, call.cell), None))
    return FoundStep(
        "kubeflow", name, call.node.lineno, call.cell, runs=found, command=shown(command) if command else ""
    )
