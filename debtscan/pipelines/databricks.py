"""Databricks: tasks of jobs in bundles and in job definitions, YAML and JSON alike.

https://docs.databricks.com/aws/en/dev-tools/bundles/
"""

from __future__ import annotations

from collections.abc import Iterator

from debtscan.commands.workflow import pairs
from debtscan.pipelines.found import FoundStep, Run
from debtscan.source.marked_yaml import Node

_FILES = (
    ("notebook_task", "notebook_path"),
    ("spark_python_task", "python_file"),
    ("spark_jar_task", "main_class_name"),
)
TELLS = ("notebook_task", "spark_python_task", "python_wheel_task")


def steps(documents: list[Node]) -> Iterator[FoundStep]:
    found = list(pairs(documents))
    tasks = [task for key, value in found if key == "tasks" for task in value.children()]
    named = {id(value) for task in tasks for _, value in task.pairs()}
    for task in tasks:
        yield from _task(task)
    for key, value in found:
        if key in {"notebook_task", "spark_python_task"} and id(value) not in named:
            # a job of the old form is one task
            yield from _task(Node(value.line, entries=[(Node(value.line, text=key), value)]))


def _task(task: Node) -> Iterator[FoundStep]:
    named = task.get("task_key")
    name = (named.text if named else None) or ""
    for key, path_key in _FILES:
        path = task.get(key, path_key)
        if path and path.text:
            notebook = key == "notebook_task"
            run = Run("file", path.text, path.line, None, f"{key} {path.text}", executes_notebook=notebook)
            line = named.line if named else task.line
            yield FoundStep("databricks", name, line, runs=[run], command=run.text, templated="{{" in path.text)
    package = task.get("python_wheel_task", "entry_point")
    if package and package.text:
        run = Run("program", package.text, package.line, None, f"python_wheel_task {package.text}")
        yield FoundStep("databricks", name, task.line, runs=[run], command=run.text)
