"""MLflow projects: entry points of an `MLproject` file.

https://mlflow.org/docs/latest/ml/projects/
"""

from __future__ import annotations

from collections.abc import Iterator

from debtscan.commands.script import Script
from debtscan.pipelines.found import FoundStep
from debtscan.pipelines.runs import runs, shown
from debtscan.source.marked_yaml import Node


def steps(document: Node) -> Iterator[FoundStep]:
    points = document.get("entry_points")
    for key, point in (points.entries if points else None) or ():
        command = point.get("command")
        if command and command.text:
            # parameters in braces have defaults or are given to `mlflow run`
            text = command.text.replace("{", "$").replace("}", "")
            found = list(runs(Script(text, command.line + command.block), None))
            project = document.get("name")
            yield FoundStep(
                "mlproject",
                key.text or "",
                key.line,
                pipeline=(project.text if project else None) or "",
                runs=found,
                command=shown(command.text),
                templated="*" in text,
            )
