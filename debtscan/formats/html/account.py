"""How the numbers were made: the steps, each headline number in words, and one finding followed to the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from debtscan.formats.html.columns import tenths, waiting_mean
from debtscan.formats.html.findings import where
from debtscan.model import Cost, Estimate, Finding, Interest, Report, RuleText, Spread
from debtscan.narrative.labels import CHANNELS, SOURCES, capital
from debtscan.narrative.moves import chance_together, first_moves, moves_hours, moves_saved_hours
from debtscan.narrative.numbers import (
    chance,
    count,
    duration,
    duration_range,
    horizon,
    in_words,
    number,
    plural_number,
    price,
    price_range,
    share,
    span,
)
from debtscan.narrative.reading import SCALED, calibration, read_by_kind, rules_ran, title
from debtscan.text import shorten


@dataclass(frozen=True)
class Stage:
    value: str
    what: str
    note: str


@dataclass(frozen=True)
class Article:
    anchor: str
    heading: str
    text: str
    inputs: str
    command: str | None = None


@dataclass(frozen=True)
class TraceStep:
    label: str
    text: str
    code: str | None = None


@dataclass(frozen=True)
class Account:
    stages: tuple[Stage, ...]
    articles: tuple[Article, ...]
    trace: tuple[TraceStep, ...]
    prior: str
    """Whose hours these are, and what that means."""


def account(report: Report) -> Account:
    articles = (_principal(report), _interest(report), _first(report))
    return Account(_stages(report), tuple(filter(None, articles)), _trace(report), _prior(report))


def _stages(report: Report) -> tuple[Stage, ...]:
    kinds = read_by_kind(report)
    read, of = (sum(counts[at] for counts in kinds.values()) for at in (0, 1))
    ran, failed = rules_ran(report)
    commits = sum(repository.counts.get("commits", 0) for repository in report.repositories)
    findings = [finding for finding in report.findings if not finding.waived]
    priced = [estimate for estimate in report.estimates if not estimate.waived]
    hours = report.totals.principal_hours
    stages = [
        Stage(
            f"{read:,}", "files read", f"of {of:,} {' and '.join(kinds)}{f', {commits:,} commits' if commits else ''}"
        ),
        Stage(f"{ran:,}", "rules asked", f"{failed:,} could not run" if failed else "all of them"),
        Stage(f"{len(findings):,}", "findings", "one cause in one place each"),
        Stage(f"{len(priced):,}", "estimates", "one price per cause"),
    ]
    if hours.mean:
        stages.append(Stage(duration(hours.mean, report.settings), "to repay", f"{span_of(report)}, 8 in 10"))
    return tuple(stages)


def span_of(report: Report) -> str:
    return duration_range(report.totals.principal_hours, report.settings)


def _principal(report: Report) -> Article | None:
    hours, settings = report.totals.principal_hours, report.settings
    if not hours.mean:
        return None
    priced = [estimate for estimate in report.estimates if not estimate.waived]
    places = sum(estimate.findings for estimate in priced)
    money = price(hours.mean, settings)
    rate = (
        f", {price(1, settings)} an hour (given with --rate): {money}, {price_range(hours, settings)}" if money else ""
    )
    return Article(
        "n-principal",
        f"To repay: {duration(hours.mean, settings)} ({span_of(report)})",
        f"{capital(in_words(len(priced), 'estimate'))}. Each is a set-up, paid once however many estimates need it, plus "
        f"hours for each place, each further place cheaper. The means add up to {number(hours.mean)} hours; a day has "
        f"{number(settings.hours_per_day)} productive hours. The range also holds the case that all our hours are wrong "
        "in the same direction.",
        f"{count(len(priced), 'estimate')}, {count(places, 'finding')}{rate}",
        _explain(max(priced, key=lambda estimate: (estimate.principal_hours.mean, estimate.id))),
    )


def _interest(report: Report) -> Article | None:
    hours, settings, totals = report.totals.interest_hours_per_month, report.settings, report.totals
    if hours is None or not totals.principal_hours.mean:
        return None
    worked = totals.worked_hours_per_month
    priced = [estimate for estimate in report.estimates if not estimate.waived]
    ceiling = f"the model never claims more than {settings.interest_ceiling_share:.0%} of it"
    part = (
        f"About {worked:,.0f} productive hours a month are worked here, so about {hours.mean / worked:.0%}; {ceiling}. "
        if worked
        else ""
    )
    money = price(hours.mean, settings)
    scaled = (
        f"The rules together exceeded that ceiling; all were scaled by {totals.ceiling_scale:.2f}. "
        if totals.ceiling_scale < SCALED
        else ""
    )
    return Article(
        "n-interest",
        f"Waiting: {plural_number(hours.mean, 'hour')} a month ({span(hours.p10, hours.p90)})",
        "Events seen in git (edits of affected code, new people) or expected of time (releases that break what is not "
        "pinned), times the hours such an event takes when the debt is there. Working time, not an invoice.",
        f"24 months of history, recent months count more. {part}{scaled}{f'{money}, {price_range(hours, settings)}' if money else ''}".rstrip(),
        _explain(max(priced, key=lambda estimate: (_wait(estimate), estimate.id))),
    )


def _explain(estimate: Estimate) -> str:
    return f"debtscan explain {estimate.rule} debtscan-report.json"


def _wait(estimate: Estimate) -> float:
    return estimate.interest_hours_per_month.mean if estimate.interest_hours_per_month else 0.0


def _first(report: Report) -> Article | None:
    moves, waiting = first_moves(report), waiting_mean(report)
    if not moves or not waiting:
        return None
    saved, settings = moves_saved_hours(report), report.settings
    touched, part = saved / settings.effectiveness, saved / waiting
    who = "The move touches" if len(moves) == 1 else f"The {in_words(len(moves), 'move')} touch"
    bundle = report.do_first
    likely = chance_together(report)
    chances = f"; within {horizon(settings)} they pay back {chance(likely)}" if likely is not None else ""
    days = f" ({duration_range(bundle.principal_hours, settings)})" if bundle else ""
    return Article(
        "n-end",
        f"{capital(share(part))}: {saved:.1f} of {waiting:.1f} hours a month",
        f"{who} {touched:.1f} of the {waiting:.1f} hours. We count {settings.effectiveness:g} of it, since repair is "
        f"never complete: {saved:.1f}, or {part:.0%}.",
        f"{in_words(len(moves), 'move')}, mean {moves_hours(report):.1f} hours{days}{chances}",
    )


def _prior(report: Report) -> str:
    priced = [estimate for estimate in report.estimates if not estimate.waived]
    judged = sum(estimate.source_class == "E" for estimate in priced)
    return (
        f"{calibration(report)} {judged} of {count(len(priced), 'estimate')} rest on hours that are our judgement: "
        "elicited, wide on purpose, not measured. No study we know of gives hours for such repairs. Your engineers' "
        "hours can replace ours, rule by rule, in the settings file."
    )


def _trace(report: Report) -> tuple[TraceStep, ...]:
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
        *_evidence(found[0]),
        TraceStep("Rule", f"{capital(title(report, estimate.rule))}. {text.why}", estimate.rule),
        TraceStep("Finding", _among(found), found[0].id[:8]),
        TraceStep("Effort", _effort(estimate, text.cost)),
        *_waits(estimate, text),
        *_money(estimate, report),
        TraceStep("Share", _share(estimate, report)),
    )


def _evidence(finding: Finding) -> tuple[TraceStep, ...]:
    if not finding.evidence:
        return (TraceStep("Place", f"{shorten(finding.message, 200)}.", where(finding, 90)),)
    first = finding.evidence[0]
    others = len(finding.evidence) - 1
    rest = f" It is one of {others + 1} such places." if others else ""
    at = where(
        Finding(
            id="", rule="", category=finding.category, repository="", component="", message="", severity="info",
            confidence="low", path=first.path if first.path is not None else finding.path, line=first.line,
            end_line=first.end_line, cell=first.cell,
        ),
        90,
    )  # fmt: skip
    return (TraceStep("Place", f"shows “{shorten(first.text.strip(), 160)}”.{rest}", at),)


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
