"""Joins fill tables; whatever happens to one of them, the tables of the others are there."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Annotated

import pytest
from msgspec import Struct

from debtscan.model import Gap
from debtscan.scan import Workers, tables
from debtscan.scan.registry import Scanner
from debtscan.scanners import GapRow


class Row(Struct, frozen=True):
    pid: Annotated[int, "process that made it"]


def joined_here(found: Sequence[str]) -> Mapping[str, Sequence[Struct]]:
    return {"here": [Row(os.getpid())], "gaps": [GapRow(path=path, why="odd") for path in found]}


def joined_beside(here: Sequence[Row]) -> Mapping[str, Sequence[Struct]]:
    return {"beside": [*here, Row(os.getpid())]}


def deadly(here: Sequence[Row]) -> Mapping[str, Sequence[Struct]]:
    os._exit(9)


def scanner(name: str, join, parameter: str, *, beside: bool) -> Scanner:
    return Scanner(name, {name: Row}, frozenset(), None, None, None, join, (parameter,), frozenset(), beside)


@pytest.fixture
def fill(monkeypatch):
    def run(join, workers: Workers | None):
        scanners = (
            scanner("here", joined_here, "found", beside=False),
            scanner("beside", join, "here", beside=True),
        )
        monkeypatch.setattr(tables, "scanners", lambda: scanners)
        told: list[tuple[str, type[Struct], int]] = []
        given = {"history": None}
        filled = tables.fill(
            given,
            {"here": ["a.py"]},
            {},
            workers,
            lambda name, row_type, rows: told.append((name, row_type, len(rows))),
        )
        return filled, told

    return run


def test_a_slow_join_runs_in_a_worker_and_gets_the_tables_it_reads(fill):
    with Workers(1) as workers:
        filled, told = fill(joined_beside, workers)
    (own,) = filled.rows["here"]
    first, second = filled.rows["beside"]
    assert (own.pid, first.pid) == (os.getpid(), os.getpid())
    assert second.pid != os.getpid()
    assert told == [("here", Row, 1), ("beside", Row, 2)]
    assert filled.gaps == [Gap(repository="", path="a.py", scanner="here", why="odd")]


def test_without_workers_every_join_runs_here(fill):
    filled, _ = fill(joined_beside, None)
    assert filled.rows["beside"] == [Row(os.getpid()), Row(os.getpid())]


def test_a_join_that_ends_its_worker_costs_its_own_tables_only(fill):
    with Workers(1) as workers:
        filled, told = fill(deadly, workers)
    why = "beside: ProcessExpired: Abnormal termination"
    assert filled.rows == {"here": [Row(os.getpid())]}
    assert filled.missing == {"beside": why}
    assert filled.gaps[1:] == [Gap(repository="", path=None, scanner="beside", why=f"scanner failed: {why}")]
    assert [name for name, *_ in told] == ["here"]
