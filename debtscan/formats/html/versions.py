"""What was it built with? One row a part that matters, one column a witness, and what most of them agree on."""

from __future__ import annotations

from dataclasses import dataclass

from debtscan.model import PartVersions, Report
from debtscan.narrative import headlines
from debtscan.narrative.numbers import UNKNOWN, count
from debtscan.narrative.versions import agreement, part_name, versions_named

ROWS = 14
VALUES = 3
"""Versions of one witness that are spelled out."""
WITNESSES = {
    "declared": "Declared",
    "locked": "Locked",
    "image": "Image",
    "ci": "CI",
    "notebook": "Notebook",
    "model file": "Model file",
}


@dataclass(frozen=True)
class PartRow:
    part: str
    component: str | None
    cells: tuple[str, ...]
    agreed: str
    differs: bool


@dataclass(frozen=True)
class Versions:
    headline: str
    columns: tuple[str, ...]
    rows: tuple[PartRow, ...]
    more: str | None


def versions(report: Report) -> Versions | None:
    """None where nothing states a version, and for several repositories."""
    if len(report.repositories) != 1 or not (told := report.repositories[0].versions):
        return None
    witnesses = [name for name in WITNESSES if any(name in part.stated for part in told)]
    ordered = sorted(told, key=_weight)
    shown, rest = ordered[:ROWS], ordered[ROWS:]
    return Versions(
        headline=headlines.versions(told),
        columns=tuple(WITNESSES[name] for name in witnesses),
        rows=tuple(_row(part, witnesses) for part in shown),
        more=f"{count(len(rest), 'more part')} in report.json." if rest else None,
    )


def _weight(part: PartVersions) -> tuple[bool, bool, int, str, str]:
    """Where witnesses differ first, then the repository's own, then what most of them speak of."""
    differs = agreement(part.stated).differs
    return (
        not differs,
        part.component != ".",
        -versions_named(part.stated) - len(part.stated),
        part.part,
        part.component,
    )


def _row(part: PartVersions, witnesses: list[str]) -> PartRow:
    told = agreement(part.stated)
    return PartRow(
        part=part_name(part.part),
        component=None if part.component == "." else part.component,
        cells=tuple(_cell(part.stated.get(name, ())) for name in witnesses),
        agreed=told.version or "cannot be told",
        differs=told.differs,
    )


def _cell(values: tuple[str, ...]) -> str:
    if not values:
        return UNKNOWN
    more = f" and {len(values) - VALUES} more" if len(values) > VALUES else ""
    return ", ".join(values[:VALUES]) + more
