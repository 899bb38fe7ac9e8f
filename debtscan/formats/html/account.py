"""How the numbers were made: the steps, and each headline number in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from debtscan.formats.html.columns import waiting_mean
from debtscan.formats.html.trace import TraceStep, trace
from debtscan.model import Estimate, Report
from debtscan.narrative.labels import capital
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
from debtscan.narrative.reading import SCALED, calibration, read_by_kind, rules_ran


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
class Account:
    stages: tuple[Stage, ...]
    articles: tuple[Article, ...]
    trace: tuple[TraceStep, ...]
    prior: str
    """Whose hours these are, and what that means."""


def account(report: Report) -> Account:
    articles = (_principal(report), _interest(report), _first(report))
    return Account(_stages(report), tuple(filter(None, articles)), trace(report), _prior(report))


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
        _explain(sorted(priced, key=lambda estimate: -estimate.principal_hours.mean)),
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
        _explain(sorted(priced, key=lambda estimate: -_wait(estimate))),
    )


def _explain(dearest_first: Sequence[Estimate]) -> str | None:
    return f"debtscan explain {dearest_first[0].rule} debtscan-report.json" if dearest_first else None


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
