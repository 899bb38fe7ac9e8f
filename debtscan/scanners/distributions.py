"""Distributions: what is known of every package that a manifest names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from msgspec import Struct

from debtscan.lexicon.modules import pypi_name
from debtscan.lexicon.packages import modules_of, works_without_import
from debtscan.manifests.records import Ecosystem
from debtscan.scanners.dependencies.rows import DependencyRow


class DistributionRow(Struct, frozen=True, gc=False):
    """One package that the repository asks for, whichever manifest does."""

    ecosystem: Annotated[Ecosystem, "where it comes from, as in dependencies"]
    name: Annotated[str, "name as in dependencies"]
    distribution: Annotated[str, "its name on PyPI, as in imports, where conda calls it otherwise"]
    tops: Annotated[tuple[str, ...], "first parts of the modules it is imported by; empty when unknown"]
    indirect: Annotated[bool, "known to do its work without being imported: server, tool, driver, backend, plug-in"]


TABLES = {"distributions": DistributionRow}


def scan_repository(dependencies: Sequence[DependencyRow]) -> Mapping[str, Sequence[Struct]]:
    asked = sorted({(row.ecosystem, row.name) for row in dependencies if row.ecosystem in {"pypi", "conda"}})
    return {"distributions": [_row(ecosystem, name) for ecosystem, name in asked]}


def _row(ecosystem: Ecosystem, name: str) -> DistributionRow:
    known_as = pypi_name(name) if ecosystem == "conda" else name
    tops = {module.partition(".")[0] for module in modules_of(known_as)}
    return DistributionRow(ecosystem, name, known_as, tuple(sorted(tops)), works_without_import(known_as))
