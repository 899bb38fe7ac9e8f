"""Dagster: assets, ops and their jobs are decorated functions.

https://docs.dagster.io/guides/build/assets
"""

from __future__ import annotations

from collections.abc import Iterator

from debtscan.pipelines.engines import decorated
from debtscan.pipelines.found import FoundStep
from debtscan.source.python import PythonSource

TOP = "dagster"
_STEPS = ("asset", "multi_asset", "graph_asset", "op", "solid", "asset_check")
_PIPELINES = ("job", "graph", "pipeline")


def steps(source: PythonSource) -> Iterator[FoundStep]:
    return decorated(
        source, "dagster", {f"dagster.{name}" for name in _STEPS}, {f"dagster.{name}" for name in _PIPELINES}
    )
