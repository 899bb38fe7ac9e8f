"""ZenML: steps and pipelines are decorated functions.

https://docs.zenml.io/concepts/steps_and_pipelines
"""

from __future__ import annotations

from collections.abc import Iterator

from debtscan.pipelines.engines import decorated
from debtscan.pipelines.found import FoundStep
from debtscan.source.python import PythonSource

TOP = "zenml"


def steps(source: PythonSource) -> Iterator[FoundStep]:
    return decorated(
        source,
        "zenml",
        {"zenml.step", "zenml.steps.step", "zenml.steps.step_decorator.step"},
        {"zenml.pipeline", "zenml.pipelines.pipeline", "zenml.pipelines.pipeline_decorator.pipeline"},
    )
