"""Kubernetes: containers of jobs, Argo workflows and training operators, and components of Kubeflow in YAML.

https://argo-workflows.readthedocs.io/en/latest/fields/
"""

from __future__ import annotations

from collections.abc import Iterator

from debtscan.commands.script import Script
from debtscan.commands.workflow import pairs
from debtscan.pipelines.found import Engine, FoundStep
from debtscan.pipelines.runs import runs, shown
from debtscan.source.marked_yaml import Node

_KINDS = frozenset(
    {"Workflow", "CronWorkflow", "WorkflowTemplate", "ClusterWorkflowTemplate", "Job", "CronJob", "PyTorchJob", "TFJob"}
    | {"MPIJob", "XGBoostJob", "TrainJob", "RayJob", "Experiment", "SparkApplication", "ScheduledSparkApplication"}
)
TELLS = ("command", "args", "mainApplicationFile", "script")


def steps(document: Node) -> Iterator[FoundStep]:
    services = document.get("services")
    for key, service in services.pairs() if services else ():
        # Docker Compose
        for part in ("entrypoint", "command"):
            yield from (
                _container(Node(service.line, entries=[(Node(service.line, text="command"), value)]), key, "docker")
                if (value := service.get(part))
                else ()
            )
    kind = document.get("kind")
    component = document.get("implementation", "container")
    if component is not None:
        name = document.get("name")
        yield from _container(component, (name.text if name else None) or "", "kubeflow")
    if kind is None or kind.text not in _KINDS:
        return
    name = document.get("metadata", "name") or document.get("metadata", "generateName")
    own = (name.text if name else None) or ""
    for key, value in pairs([document]):
        if key in {"container", "script"}:
            yield from _container(value, own, "kubernetes")
        elif key in {"containers", "initContainers"}:
            for item in value.children():
                yield from _container(item, own, "kubernetes")


def _container(node: Node, name: str, engine: Engine) -> Iterator[FoundStep]:
    words = [text for key in ("command", "args") for text in _words(node.get(key))]
    source = node.get("source")
    text = " ".join(f"'{word}'" if set(word) & set(" ;|&\n") else word for word in words)
    if source and source.text and words[:1] in (["bash"], ["sh"]):
        text = source.text
    found = list(runs(Script(text, (node.get("command") or node).line), None))
    if found:
        yield FoundStep(engine, name, node.line, runs=found, command=shown(text), templated="{{" in text)


def _words(node: Node | None) -> list[str]:
    """Words of a list; an item that is a mapping is a value filled in later (Kubeflow)."""
    items = [] if node is None else [node] if node.text is not None else node.children()
    return [item.text if item.text is not None else "$value" for item in items]
