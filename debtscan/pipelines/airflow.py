"""Airflow: operators of a DAG and decorated tasks.

https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/dags.html
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from debtscan.commands.script import Script
from debtscan.pipelines.engines import decorated, function_of, named, text_of, texts_of
from debtscan.pipelines.found import FoundStep, Run
from debtscan.pipelines.runs import runs, shown
from debtscan.source.python import PythonSource
from debtscan.source.values import Values, argument
from debtscan.source.walk import Call

TOP = "airflow"
_TASKS = (
    "task",
    "task.virtualenv",
    "task.docker",
    "task.kubernetes",
    "task.external_python",
    "task.pyspark",
    "task.branch",
)
_DECORATORS = frozenset(f"{module}.{name}" for module in ("airflow.decorators", "airflow.sdk") for name in _TASKS)
_DAGS = frozenset({"airflow.decorators.dag", "airflow.sdk.dag"})
_NO_STEPS = ("Dummy", "Empty", "Sensor", "TriggerDagRun", "Email", "Slack", "Branch", "ShortCircuit", "LatestOnly")
"""Beginnings and ends of operators that only steer or tell."""


def steps(source: PythonSource) -> Iterator[FoundStep]:
    values = Values(source)
    dag = next(
        (name for last, call in source.named_calls if last == "DAG" and (name := text_of(values, call, 0, "dag_id"))),
        "",
    )
    yield from decorated(source, "airflow", _DECORATORS, _DAGS)
    for last, call in source.named_calls:
        if not last.endswith("Operator") or last.startswith(_NO_STEPS) or last.endswith("Sensor"):
            continue
        if not any(keyword.arg == "task_id" for keyword in call.node.keywords):
            continue
        yield _operator(source, values, call, last, dag)


def _operator(source: PythonSource, values: Values, call: Call, last: str, dag: str) -> FoundStep:
    command = text_of(values, call, None, "bash_command") or text_of(values, call, None, "command")
    if not command:
        words = [*_words(values, call, "cmds"), *_words(values, call, "arguments")]
        command = " ".join(word if " " not in word else f"'{word}'" for word in words)
    found: list[Run] = list(runs(Script(command, call.node.lineno, call.cell), None)) if command else []
    found += _files(values, call, last)
    # an operator of the repository's own is found by its class
    function = function_of(source, argument(call.node, None, "python_callable") or call.node.func)
    return FoundStep(
        "airflow",
        named(call.node, "task_id") or text_of(values, call, None, "task_id"),
        call.node.lineno,
        call.cell,
        dag,
        found,
        shown(command) if command else "",
        function=function,
        own=function in source.bindings.functions or function in source.bindings.classes,
        templated="{{" in command,
    )


def _words(values: Values, call: Call, keyword: str) -> list[str]:
    node = argument(call.node, None, keyword)
    return texts_of(values, call, node) if isinstance(node, (ast.List, ast.Tuple)) else []


def _files(values: Values, call: Call, last: str) -> Iterator[Run]:
    for keyword in ("input_nb", "application", "notebook_path", "py_file", "main_program"):
        if path := text_of(values, call, None, keyword):
            output = text_of(values, call, None, "output_nb")
            yield Run(
                "file",
                path,
                call.node.lineno,
                call.cell,
                f"{last} {path}",
                executes_notebook=path.endswith(".ipynb") or keyword == "notebook_path",
                outputs=[output] if output else [],
            )
