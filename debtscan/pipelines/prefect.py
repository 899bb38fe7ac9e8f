"""Prefect: flows and tasks are decorated functions.

https://docs.prefect.io/v3/concepts/tasks
"""

from __future__ import annotations

from collections.abc import Iterator

from debtscan.pipelines.engines import decorated
from debtscan.pipelines.found import FoundStep
from debtscan.source.python import PythonSource

TOP = "prefect"


def steps(source: PythonSource) -> Iterator[FoundStep]:
    return decorated(
        source,
        "prefect",
        {"prefect.task", "prefect.tasks.task", "prefect.core.task"},
        {"prefect.flow", "prefect.flows.flow"},
    )
