"""Azure Machine Learning: jobs and pipelines in YAML, and in Python by its SDKs.

https://learn.microsoft.com/azure/machine-learning/reference-yaml-job-command
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from debtscan.commands.script import Script
from debtscan.pipelines.engines import text_of
from debtscan.pipelines.found import FoundStep, Run
from debtscan.pipelines.runs import runs, shown
from debtscan.source.marked_yaml import Node
from debtscan.source.python import PythonSource
from debtscan.source.values import Values

TELLS = ("azuremlschemas", "azureml:")
TOPS = frozenset({"azureml", "azure"})


def steps(document: Node) -> Iterator[FoundStep]:
    """A job or component by itself, and the jobs of a pipeline."""
    name = document.get("name") or document.get("display_name") or document.get("experiment_name")
    yield from _job(document, (name.text if name else None) or "", document.line)
    jobs = document.get("jobs")
    for key, job in (jobs.entries if jobs else None) or ():
        yield from _job(job, key.text or "", key.line)


def _job(job: Node, name: str, line: int) -> Iterator[FoundStep]:
    for body in (job, job.get("component") or job, job.get("trial") or job):
        command = body.get("command")
        if command and command.text:
            text = command.text.replace("${{", "$").replace("}}", "")
            code = body.get("code")
            folder = code.text if code and code.text and ":" not in code.text else ""
            found = list(runs(Script(text, command.line + command.block), None))
            yield FoundStep("azureml", name, line, runs=found, command=shown(command.text), folder=folder)
            return
    component = job.get("component")
    if component and component.text and component.text.startswith(("file:", "./", "../")):
        path = component.text.removeprefix("file:")
        run = Run("file", path, component.line, None, f"component {path}")
        yield FoundStep("azureml", name, line, runs=[run], command=run.text)


def of_python(source: PythonSource) -> Iterator[FoundStep]:
    values = Values(source)
    for last, call in source.named_calls:
        if last in {"ScriptRunConfig", "PythonScriptStep", "EstimatorStep", "ParallelRunConfig", "Estimator"}:
            key = {"ScriptRunConfig": "script", "ParallelRunConfig": "entry_script", "Estimator": "entry_script"}
            script = text_of(values, call, None, key.get(last, "script_name"))
            name = text_of(values, call, None, "name")
            if script:
                folder = text_of(values, call, None, "source_directory")
                path = posixpath.join(folder, script)
                run = Run("file", path, call.node.lineno, call.cell, f"{last} {path}")
                yield FoundStep(
                    "azureml",
                    name or last,
                    call.node.lineno,
                    call.cell,
                    runs=[run],
                    command=run.text,
                    templated="*" in path,
                )
            elif last.endswith("Step") and name:
                yield FoundStep("azureml", name, call.node.lineno, call.cell)
        elif last == "command" and (text := text_of(values, call, None, "command")):
            folder = text_of(values, call, None, "code")
            found = list(runs(Script(text, call.node.lineno, call.cell), None))
            if found:
                name = text_of(values, call, None, "name") or text_of(values, call, None, "display_name")
                yield FoundStep(
                    "azureml", name, call.node.lineno, call.cell, runs=found, command=shown(text), folder=folder
                )
