"""Estimates, dearest first, with their findings inside; then what has no price, and what was waived."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from debtscan.formats.html.columns import repay_column, repay_decimals, tenths, waiting_column, waiting_mean
from debtscan.formats.html.figures import range_bar, split_bar
from debtscan.formats.html.findings import IN_HTML, IN_HTML_ALL, FindingView, Packed, pack, view, where
from debtscan.model import Estimate, Finding, Report, RuleText
from debtscan.narrative.labels import CATEGORIES, REMEDY_KINDS, capital
from debtscan.narrative.moves import first_moves
from debtscan.narrative.numbers import UNKNOWN, adding_up, chance, count, in_words, number, short_horizon, span, word
from debtscan.narrative.reading import title
from debtscan.text import shorten

ROWS = 50
"""Estimates with a row of their own; what is beyond is one row."""
WAIVED = 25
VERBS = {"mechanical": "are mechanical", "engineering": "are engineering", "decision": "need a decision first"}


@dataclass(frozen=True)
class EstimateRow:
    anchor: str
    title: str
    rule: str
    scope: str | None
    """Repository and component, where there are several."""
    category: str
    kind: str
    drawing: Markup | None
    mean: str
    range: str
    waiting: str
    pays: str
    move: str | None
    count: int
    why: str
    remedy: str
    kind_label: str
    findings: tuple[FindingView, ...]
    more: int
    """Findings that are not in the HTML."""
    sort_hours: str
    sort_waiting: str
    sort_chance: str


@dataclass(frozen=True)
class WaivedRow:
    rule: str
    where: str
    message: str
    reason: str
    until: str


@dataclass(frozen=True)
class Estimates:
    lead: str
    kinds: Markup | None
    status: str
    rows: tuple[EstimateRow, ...]
    total: EstimateRow | None
    categories: tuple[tuple[str, str], ...]
    remedy_kinds: tuple[tuple[str, str], ...]
    packed: Packed | None
    waived: tuple[WaivedRow, ...]
    waived_more: int
    horizon: str


@dataclass(frozen=True)
class _Group:
    """One estimate, or the findings of one rule that have no price."""

    rule: str
    category: str
    estimate: Estimate | None
    findings: tuple[Finding, ...]

    @property
    def hours(self) -> float:
        return self.estimate.principal_hours.mean if self.estimate else 0.0


def estimates(report: Report) -> Estimates | None:
    """None when there is no finding at all."""
    if not report.findings:
        return None
    groups = _groups(report)
    rows, rest = _rows(groups, report)
    waived = [finding for finding in report.findings if finding.waived]
    categories = {row.category for row in rows if row.category}
    kinds = {row.kind for row in rows if row.kind}
    return Estimates(
        lead=_lead(groups, report),
        kinds=_kinds_bar(report),
        status=_status(groups),
        rows=tuple(rows),
        total=_total(groups, report),
        categories=tuple((key, name) for key, name in CATEGORIES.items() if key in categories),
        remedy_kinds=tuple((key, name) for key, name in REMEDY_KINDS.items() if key in kinds),
        packed=pack(rest, len(report.findings)),
        waived=tuple(_waived(finding) for finding in waived[:WAIVED]),
        waived_more=max(0, len(waived) - WAIVED),
        horizon=short_horizon(report.settings),
    )


def anchors(report: Report) -> dict[str, str]:
    """Finding id -> anchor of the row that holds it; the waived have none."""
    return {finding.id: _anchor(index) for index, group in enumerate(_groups(report)) for finding in group.findings}


def _anchor(index: int) -> str:
    return f"e-{index + 1}" if index < ROWS else "e-rest"


def _groups(report: Report) -> list[_Group]:
    """Dearest first; then rules without a price, by id. Inside a group, the dearest finding first."""
    by_estimate: dict[str, list[Finding]] = {}
    unpriced: dict[str, list[Finding]] = {}
    known = {estimate.id for estimate in report.estimates}
    for finding in report.findings:
        if finding.waived:
            continue
        home, key = (by_estimate, finding.estimate) if finding.estimate in known else (unpriced, finding.rule)
        home.setdefault(key or finding.rule, []).append(finding)
    priced = sorted(
        (estimate for estimate in report.estimates if not estimate.waived),
        key=lambda estimate: (-estimate.principal_hours.mean, estimate.id),
    )
    return [
        *(_Group(each.rule, each.category, each, _dearest(by_estimate.get(each.id, []))) for each in priced),
        *(_Group(rule, found[0].category, None, _dearest(found)) for rule, found in sorted(unpriced.items())),
    ]


def _dearest(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: -(finding.principal_hours_mean or 0.0)))


def _rows(groups: Sequence[_Group], report: Report) -> tuple[list[EstimateRow], dict[str, list[FindingView]]]:
    """The rows, the last of which may stand for several estimates, and by anchor the findings that are not in them."""
    priced = [group.estimate for group in groups if group.estimate]
    top = max((estimate.principal_hours.p90 for estimate in priced), default=0.0)
    means = repay_column([group.hours for group in groups], report)
    waits = waiting_column([_waiting(group.estimate) for group in groups], report)
    rows: list[EstimateRow] = []
    rest: dict[str, list[FindingView]] = {}
    room = IN_HTML_ALL
    for index, group in enumerate(groups[:ROWS]):
        mean = tenths(means[index] if group.estimate else None, repay_decimals(report))
        views = _views(group)
        shown = min(IN_HTML, room, len(views))
        room -= shown
        row = _row(_anchor(index), group, report, top, mean, waits[index], views[:shown], len(views) - shown)
        rows.append(row)
        if row.more:
            rest[row.anchor] = views[shown:]
    if beyond := groups[ROWS:]:
        rest["e-rest"] = [item for group in beyond for item in _views(group)]
        rows.append(_beyond(beyond, tenths(sum(means[ROWS:]), repay_decimals(report)), len(rest["e-rest"])))
    return rows, rest


def _views(group: _Group) -> list[FindingView]:
    return [view(finding, group.hours, len(group.findings)) for finding in group.findings]


def _row(
    anchor: str,
    group: _Group,
    report: Report,
    top: float,
    mean: str,
    waiting: str,
    shown: Sequence[FindingView],
    left: int,
) -> EstimateRow:
    estimate, text = group.estimate, _text(group.rule, report)
    hours = estimate.principal_hours if estimate else None
    # what another repair does as well costs nothing of its own, so nothing has to come back
    likely = estimate.payback.p_within_horizon if estimate and estimate.payback and hours and hours.mean else None
    return EstimateRow(
        anchor=anchor,
        title=title(report, group.rule),
        rule=group.rule,
        scope=_scope(estimate, report),
        category=group.category,
        kind=text.remedy_kind if text else "",
        drawing=range_bar(hours.p10, hours.mean, hours.p90, top) if hours else None,
        mean=mean,
        range=span(hours.p10, hours.p90) if hours else "not priced",
        waiting=waiting,
        pays=chance(likely) if likely is not None else UNKNOWN,
        move=_move(estimate, report),
        count=len(group.findings),
        why=text.why if text else "",
        remedy=text.remedy if text else "",
        kind_label=REMEDY_KINDS[text.remedy_kind] if text else "",
        findings=tuple(shown),
        more=left,
        sort_hours=f"{group.hours:.3f}",
        sort_waiting=f"{_waiting(estimate) or 0.0:.3f}",
        sort_chance=f"{likely or 0.0:.3f}",
    )


def _text(rule: str, report: Report) -> RuleText | None:
    return next((text for text in report.rules if text.id == rule), None)


def _waiting(estimate: Estimate | None) -> float | None:
    return estimate.interest_hours_per_month.mean if estimate and estimate.interest_hours_per_month else None


def _scope(estimate: Estimate | None, report: Report) -> str | None:
    if estimate is None:
        return None
    several = len(report.repositories) > 1
    parts = [estimate.repository if several else "", estimate.component if estimate.component != "." else ""]
    return shorten("/".join(part for part in parts if part), 60) or None


def _move(estimate: Estimate | None, report: Report) -> str | None:
    for rank, move in enumerate(first_moves(report), 1):
        if estimate and estimate.id in move.estimates:
            return f"move {rank}"
    return None


def _beyond(groups: Sequence[_Group], mean: str, findings: int) -> EstimateRow:
    """The row that stands for the cheapest estimates."""
    waits = [_waiting(group.estimate) for group in groups if group.estimate]
    known = [wait for wait in waits if wait is not None]
    unpriced = len(groups) - len(waits)
    aside = f" and {count(unpriced, 'rule')} without a price" if unpriced else ""
    return EstimateRow(
        anchor="e-rest", title=f"{count(len(waits), 'more estimate')}{aside}", rule="all of them in report.json",
        scope=None, category="", kind="", drawing=None, mean=mean, range="",
        waiting=tenths(sum(known) if known else None), pays="", move=None, count=findings, why="", remedy="",
        kind_label="", findings=(), more=findings, sort_hours="0", sort_waiting="0", sort_chance="0",
    )  # fmt: skip


def _total(groups: Sequence[_Group], report: Report) -> EstimateRow | None:
    priced = [group for group in groups if group.estimate]
    if not priced:
        return None
    hours, amount = report.totals.principal_hours, len(priced)
    return EstimateRow(
        anchor="", title=f"All {word(amount)}, mean" if amount > 1 else "In all, mean", rule="", scope=None,
        category="", kind="", drawing=None, mean=tenths(hours.mean, repay_decimals(report)),
        range=span(hours.p10, hours.p90), waiting=tenths(waiting_mean(report)), pays="", move=None,
        count=sum(len(group.findings) for group in priced), why="", remedy="", kind_label="", findings=(), more=0,
        sort_hours="", sort_waiting="", sort_chance="",
    )  # fmt: skip


def _by_kind(report: Report) -> list[tuple[str, float]]:
    sums = dict.fromkeys(REMEDY_KINDS, 0.0)
    for estimate in report.estimates:
        text = _text(estimate.rule, report)
        if text and not estimate.waived:
            sums[text.remedy_kind] += estimate.principal_hours.mean
    rounded = adding_up(list(sums.values()), sum(sums.values()), 0)
    return [(kind, hours) for kind, hours in zip(sums, rounded, strict=True) if hours]


def _kinds_bar(report: Report) -> Markup | None:
    parts = _by_kind(report)
    return (
        split_bar([(f"{REMEDY_KINDS[kind]} {hours:,.0f} h", hours) for kind, hours in parts])
        if len(parts) > 1
        else None
    )


def _lead(groups: Sequence[_Group], report: Report) -> str:
    priced = sum(group.estimate is not None for group in groups)
    if not priced:
        return "No finding here has a price."
    causes = f"{in_words(priced, 'cause')}, {in_words(priced, 'price')}"
    parts = _by_kind(report)
    split = ", ".join(f"{hours:,.0f} {VERBS[kind]}" for kind, hours in parts)
    if len(parts) == 1:
        split = f"all {VERBS[parts[0][0]]}"
    of = f" Of {number(report.totals.principal_hours.mean)} hours, {split}." if parts else ""
    return f"{capital(causes)}. A finding has a share of its estimate, never a price of its own.{of}"


def _status(groups: Sequence[_Group]) -> str:
    findings = sum(len(group.findings) for group in groups)
    priced = sum(group.estimate is not None for group in groups)
    unpriced = sum(len(group.findings) for group in groups if group.estimate is None)
    aside = f", {unpriced:,} without a price" if unpriced else ""
    return f"{count(priced, 'estimate')} and {count(findings, 'finding')}{aside}; dearest first."


def _waived(finding: Finding) -> WaivedRow:
    waiver = finding.waived
    assert waiver is not None
    until = waiver.until or "no end"
    return WaivedRow(
        finding.rule, where(finding, 80), shorten(finding.message, 160), shorten(waiver.reason, 160), until
    )
