"""One finding, followed from its line to its share of the total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from debtscan.formats.html.columns import tenths, waiting_mean
from debtscan.formats.html.findings import evidence, where
from debtscan.model import Cost, Estimate, Finding, Interest, Report, RuleText, Spread
from debtscan.narrative.labels import CHANNELS, SOURCES, capital
from debtscan.narrative.moves import first_moves
from debtscan.narrative.numbers import chance, horizon, number, price, span
from debtscan.narrative.reading import title
from debtscan.text import shorten


@dataclass(frozen=True)
class TraceStep:
    label: str
    text: str
    code: str | None = None


def trace(report: Report) -> tuple[TraceStep, ...]:
    """The dearest estimate of the first move, or of all; empty when nothing has a price."""
    wanted = first_moves(report)[0].estimates if first_moves(report) else ()
    priced = [estimate for estimate in report.estimates if not estimate.waived]
    chosen = [estimate for estimate in priced if estimate.id in wanted] or priced
    if not chosen:
        return ()
    estimate = max(chosen, key=lambda each: (each.principal_hours.mean, each.id))
    found = [finding for finding in report.findings if finding.estimate == estimate.id and not finding.waived]
    text = next((text for text in report.rules if text.id == estimate.rule), None)
    if not found or text is None:
        return ()
    return (
        _place(found[0]),
        TraceStep("Rule", f"{capital(title(report, estimate.rule))}. {text.why}", estimate.rule),
        TraceStep("Finding", _among(found), found[0].id[:8]),
        TraceStep("Effort", _effort(estimate, text.cost)),
        *_waits(estimate, text),
        *_money(estimate, report),
        TraceStep("Share", _share(estimate, report)),
    )


def _place(finding: Finding) -> TraceStep:
    if not finding.evidence:
        return TraceStep("Place", f"{shorten(finding.message, 200)}.", where(finding, 90))
    first, places = evidence(finding.evidence[0], finding), len(finding.evidence)
    rest = f" It is one of {places} such places." if places > 1 else ""
    return TraceStep("Place", f"shows “{first.text}”.{rest}", first.where)


def _among(found: Sequence[Finding]) -> str:
    whole = "the only finding of its estimate" if len(found) == 1 else f"one of {len(found):,} findings of its estimate"
    return f"{shorten(found[0].message, 200)}; {whole}."


def _spread(hours: Spread) -> str:
    return f"{hours.p10:g} / {hours.p50:g} / {hours.p90:g} h"


def _effort(estimate: Estimate, cost: Cost | None) -> str:
    hours, parts = estimate.principal_hours, []
    if cost and cost.fixed:
        once = f", shared by all that need {cost.activity}" if cost.activity else ""
        parts.append(f"set-up {_spread(cost.fixed)}{once}")
    if cost and cost.unit_hours:
        cheaper = cost.learning < 1 and estimate.quantity > 1
        learning = f", and {cost.learning:.0%} of that with each doubling of their number" if cheaper else ""
        parts.append(f"{number(estimate.quantity)} x {cost.unit}: {_spread(cost.unit_hours)} for the first{learning}")
    source = SOURCES.get(estimate.source_class, "")
    return (
        f"{'; plus '.join(parts) or 'hours of the rule'} (low / likely / high). Mean {hours.mean:.1f} h, "
        f"{span(hours.p10, hours.p90)}. Source: {source}."
    )


def _waits(estimate: Estimate, text: RuleText) -> tuple[TraceStep, ...]:
    hours = estimate.interest_hours_per_month
    if hours is None or text.cost is None:
        return ()
    events = "; ".join(_event(interest, text.cost.unit) for interest in text.cost.interest)
    measured = ", ".join(f"{name.replace('_', ' ')} {value:.3g}" for name, value in estimate.drivers.items())
    seen = f" Measured: {measured}." if measured else ""
    return (TraceStep("Waiting", f"{events or 'no event'}. Mean {hours.mean:.1f} h a month.{seen}"),)


def _event(interest: Interest, unit: str) -> str:
    """One way of waiting: how often, for what, and the hours each time."""
    per = {"unit": f" for each {unit}", "extra_place": " for each further place"}.get(interest.per, "")
    driver = interest.driver.replace("_", " ")
    often = f"{interest.rate:g} a month{per}" if driver == "none" else f"{interest.rate:.0%} of {driver}{per}"
    people = f" x people^{interest.people:g}" if interest.people else ""
    return f"{CHANNELS[interest.channel]}: {often}, {_spread(interest.impact)} each{people}"


def _money(estimate: Estimate, report: Report) -> tuple[TraceStep, ...]:
    money = price(estimate.principal_hours.mean, report.settings)
    likely = estimate.payback.p_within_horizon if estimate.payback else None
    if money is None and likely is None:
        return ()
    parts = []
    if money:
        parts.append(f"{tenths(estimate.principal_hours.mean)} h at {price(1, report.settings)} an hour: {money}")
    if likely is not None:
        parts.append(f"pays back within {horizon(report.settings)}: {chance(likely)}")
    return (TraceStep("Worth it", f"{'; '.join(parts)}."),)


def _share(estimate: Estimate, report: Report) -> str:
    total, waiting = report.totals.principal_hours.mean, waiting_mean(report)
    text = f"{estimate.principal_hours.mean / total:.0%} of the {number(total)} hours to repay"
    if waiting and estimate.interest_hours_per_month:
        text += f", {estimate.interest_hours_per_month.mean / waiting:.0%} of the {waiting:.1f} hours a month"
    rank = next((n for n, move in enumerate(first_moves(report), 1) if estimate.id in move.estimates), None)
    return f"{text}.{f' Part of move {rank}.' if rank else ''}"
