"""Shared by the readers of engines that are Python: decorated functions, and texts of arguments."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from debtscan.pipelines.found import Engine, FoundStep
from debtscan.source.python import PythonSource
from debtscan.source.texts import HOLE, NAME_OPENS
from debtscan.source.values import Values, argument
from debtscan.source.walk import Call


def tops(source: PythonSource) -> frozenset[str]:
    """Top modules that a file imports."""
    return frozenset(name.lstrip(".").partition(".")[0] for name in source.aliases.values())


def decorated(
    source: PythonSource, engine: Engine, steps: Collection[str], pipelines: Collection[str]
) -> Iterator[FoundStep]:
    """A step for every function under one of the decorators, with the pipeline that calls it in this file.

    Decorators are given by their whole names, imports spelled out. A pipeline that calls none of the steps of its own
    file is named by none of them; a step may run in pipelines of other files.
    """
    made: dict[str, FoundStep] = {}
    flows: list[str] = []
    for item in source.walk.functions:
        for decorator in item.node.decorator_list:
            name = source.name(decorator.func if isinstance(decorator, ast.Call) else decorator) or ""
            if name in steps:
                label = named(decorator, "name") or item.scope.name
                made[item.scope.name] = FoundStep(
                    engine, label, item.node.lineno, item.cell, function=item.scope.name, own=True
                )
            elif name in pipelines:
                flows.append(item.scope.name)
    callers = {
        getattr(call.node.func, "id", ""): call.scope.name for call in source.walk.calls if call.scope.name in flows
    }
    for name, step in made.items():
        yield step if name not in callers else with_pipeline(step, callers[name])
    if not made:
        lines = {item.scope.name: (item.node.lineno, item.cell) for item in source.walk.functions}
        for flow in flows:
            line, cell = lines[flow]
            yield FoundStep(engine, flow, line, cell, flow, function=flow, own=True)


def with_pipeline(step: FoundStep, pipeline: str) -> FoundStep:
    return FoundStep(step.engine, step.name, step.line, step.cell, pipeline, function=step.function, own=step.own)


def named(node: ast.expr, keyword: str) -> str:
    """The literal text that a call passes by a keyword; empty for none."""
    if not isinstance(node, ast.Call):
        return ""
    found = next((item.value for item in node.keywords if item.arg == keyword), None)
    return found.value if isinstance(found, ast.Constant) and isinstance(found.value, str) else ""


def text_of(values: Values, call: Call, position: int | None, keyword: str) -> str:
    """What an argument stands for, `*` for parts that are not known; empty where nothing is told."""
    node = argument(call.node, position, keyword)
    if node is None:
        return ""
    text = values.text(node, call).text
    return "" if text.strip(HOLE) == "" or NAME_OPENS in text else text.replace(HOLE, "*")


def texts_of(values: Values, call: Call, node: ast.expr | None) -> list[str]:
    """The texts in a list, or the one text."""
    items = node.elts if isinstance(node, (ast.List, ast.Tuple, ast.Set)) else [node] if node is not None else []
    found = [values.text(item, call).text for item in items if isinstance(item, ast.expr)]
    return [text.replace(HOLE, "*") for text in found if text.strip(HOLE) and NAME_OPENS not in text]


def function_of(source: PythonSource, node: ast.expr | None) -> str:
    """The dotted name of a function that is handed on; of `partial(f, ...)` that of f."""
    if isinstance(node, ast.Call) and source.last_name(node) == "partial" and node.args:
        node = node.args[0]
    name = source.name(node) if node is not None else None
    return name if name and "(" not in name and "[" not in name else ""
