"""The processes that help an audit. Started before the audit is imported, they import what they need beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from debtscan.cli.arguments import default_jobs
from debtscan.facts.engine import Engine
from debtscan.scan.pool import Workers


class Processes(NamedTuple):
    engine: Engine
    workers: Workers


@contextmanager
def started(jobs: int | None = None) -> Iterator[Processes]:
    """The query engine and `jobs` workers (one per processor by default), until the end of the `with`."""
    with Engine() as engine, Workers(jobs or default_jobs()) as workers:
        yield Processes(engine, workers)
