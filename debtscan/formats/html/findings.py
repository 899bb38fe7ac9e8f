"""Findings inside their estimate: a few as HTML, the rest compressed inside the file, shown on demand by its script."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from debtscan.model import Evidence, Finding
from debtscan.narrative.labels import place
from debtscan.text import shorten, visible

IN_HTML = 10
"""Findings of one estimate that are in the HTML."""
IN_HTML_ALL = 100
EVIDENCE = 6
TEXT, PATH = 200, 120
PACKED_TEXT, PACKED_PATH = 110, 90
BYTES_A_FINDING = 70
"""Size of the packed findings, at most, for each finding of the report ..."""
FREE_BYTES = 60_000
"""... or this, which the rest of the file leaves of its 250 KB."""


@dataclass(frozen=True)
class EvidenceView:
    where: str
    text: str


@dataclass(frozen=True)
class FindingView:
    message: str
    where: str
    share: str
    id: str
    known: bool
    evidence: tuple[EvidenceView, ...]
    evidence_more: int


@dataclass(frozen=True)
class Packed:
    """Findings that are not in the HTML: gzip in base64 of `{anchor: [[message, where, share, id], ...]}`."""

    text: str
    amount: int
    left_out: int
    """The cheapest, which did not fit in the size budget."""


def view(finding: Finding, estimate_hours: float | None, siblings: int) -> FindingView:
    """A finding among `siblings` findings of an estimate with so many hours."""
    shown = tuple(evidence(item, finding) for item in finding.evidence[:EVIDENCE])
    return FindingView(
        message=shorten(finding.message, TEXT),
        where=where(finding, PATH),
        share=_share(finding, estimate_hours, siblings),
        id=finding.id[:8],
        known=finding.known,
        evidence=shown,
        evidence_more=len(finding.evidence) - len(shown),
    )


def where(finding: Finding, limit: int) -> str:
    path = None if finding.path is None else shorten(finding.path, limit)
    return place(path, finding.line, finding.end_line, finding.cell)


def evidence(item: Evidence, finding: Finding) -> EvidenceView:
    """One place of a finding; a place without a path lies in the finding's own file."""
    path = item.path if item.path is not None else finding.path
    at = place(None if path is None else shorten(path, PATH), item.line, item.end_line, item.cell)
    return EvidenceView(at, shorten(item.text.strip(), TEXT))


def _share(finding: Finding, estimate_hours: float | None, siblings: int) -> str:
    if not estimate_hours or finding.principal_hours_mean is None:
        return "not priced"
    if siblings == 1:
        return "the whole of this estimate"
    percent = 100 * finding.principal_hours_mean / estimate_hours
    return f"{percent:.0f}% of this estimate" if percent >= 0.95 else "under 1% of this estimate"


def pack(rest: Mapping[str, Sequence[FindingView]], findings: int) -> Packed | None:
    """Compress what is not in the HTML, by the anchor of its estimate; dearest estimates first.

    `findings` is the number in the report, which sets the budget. What does not fit is left out from the end.
    """
    rows = [(anchor, item) for anchor, items in rest.items() for item in items]
    keep, budget = len(rows), max(BYTES_A_FINDING * findings, FREE_BYTES)
    while keep:
        text = _packed(rows[:keep])
        if len(text) <= budget:
            return Packed(text, keep, len(rows) - keep)
        keep = min(keep - 1, int(0.97 * keep * budget / len(text)))
    return Packed("", 0, len(rows)) if rows else None


def _packed(rows: Iterable[tuple[str, FindingView]]) -> str:
    tree: dict[str, list[list[str]]] = {}
    for anchor, item in rows:
        cut = [shorten(item.message, PACKED_TEXT), shorten(item.where, PACKED_PATH), item.share, item.id]
        tree.setdefault(anchor, []).append([visible(text) for text in cut])
    return base64.b64encode(gzip.compress(msgspec.json.encode(tree), mtime=0)).decode("ascii")
