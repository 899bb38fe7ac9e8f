"""The first screen: what was read, the answer, four figures, how sure we are, and what to do first."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from debtscan.formats.html.figures import range_strip
from debtscan.model import Finding, Move, Report, RepositorySummary
from debtscan.narrative.answer import Answer, answer
from debtscan.narrative.labels import NAME, REMEDY_KINDS, capital, listed, subject, uncapital
from debtscan.narrative.moves import FIRST, NEGLIGIBLE_HOURS, first_moves, moves_hours, moves_saved_hours
from debtscan.narrative.numbers import (
    chance,
    count,
    date,
    duration,
    duration_range,
    number,
    plural_number,
    price,
    price_range,
    short_horizon,
    span,
    word,
)
from debtscan.narrative.reading import Confidence, confidence, rules_ran
from debtscan.text import shorten

WORTH_DECIDING = 1 / 3
"""Chance to pay back below which a decision is not put on the first screen."""
MESSAGE = 240
STOPS = 5
"""Findings named under "today"; the rest is counted."""


@dataclass(frozen=True)
class Header:
    names: str
    when: str
    what: str
    dirty: str | None


@dataclass(frozen=True)
class Figure:
    """One of the four: a label, a large value, and what it means."""

    label: str
    value: str
    unit: str
    text: str
    how: str | None
    """Anchor of the article that explains it."""
    drawing: Markup | None = None


@dataclass(frozen=True)
class MoveRow:
    mark: str
    """Its rank; a question mark for a decision."""
    title: str
    detail: str
    kind: str
    hours: str
    hours_note: str
    ends: str | None
    pays: str | None
    tenths: int | None
    """Filled squares of ten."""


@dataclass(frozen=True)
class Moves:
    heading: str
    effort: str
    summary: str
    stops: tuple[str, ...]
    rows: tuple[MoveRow, ...]
    horizon: str


@dataclass(frozen=True)
class Summary:
    header: Header
    answer: Answer
    figures: tuple[Figure, ...]
    confidence: Confidence
    moves: Moves | None


def summary(report: Report) -> Summary:
    figures = (_rebuildable(report), _to_repay(report), _waiting(report), _findings(report), _since(report))
    shown = tuple(figure for figure in figures if figure)
    if shown[0].label == "Rebuildable":
        shown = tuple(figure for figure in shown if figure.label != "Findings")
    return Summary(header(report), answer(report), shown, confidence(report), moves(report))


def header(report: Report) -> Header:
    if len(report.repositories) == 1:
        repository = report.repositories[0]
        return Header(subject(report), version(repository), _what(repository), _dirty(repository))
    names = [repository.name for repository in report.repositories]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    lines = sum(repository.counts.get("code_lines", 0) for repository in report.repositories)
    notebooks = sum(repository.counts.get("notebooks", 0) for repository in report.repositories)
    return Header(
        f"{count(len(names), 'repository', 'repositories')}: {', '.join(shorten(name, NAME) for name in names[:3])}{more}",
        date(report.as_of) or "",
        f"{count(lines, 'line')} of Python, {count(notebooks, 'notebook')}",
        None,
    )


def version(repository: RepositorySummary) -> str:
    """Commit, branch and date, as far as there are any."""
    if repository.revision is None:
        return "no git history"
    branch = f" on {shorten(repository.branch, NAME)}" if repository.branch else ""
    day = date(repository.committed_at)
    return f"{repository.revision[:7]}{branch}{f', {day}' if day else ''}"


def _what(repository: RepositorySummary) -> str:
    counts, kinds = repository.counts, [part.kind for part in repository.components if part.kind != "unknown"]
    component = count(len(repository.components), "component") if repository.components else ""
    size = [f"{count(counts.get('code_lines', 0), 'line')} of Python", count(counts.get("notebooks", 0), "notebook")]
    people = counts.get("authors_12_months")
    active = f"{count(people, 'person', 'people')} active in 12 months" if people is not None else ""
    return " · ".join(filter(None, [", ".join([*kinds[:1], component]).strip(", "), ", ".join(size), active]))


def _dirty(repository: RepositorySummary) -> str | None:
    if not repository.dirty:
        return None
    return f"{count(repository.changed_files, 'changed file')} read as they lie on disk, beside the last commit."


def _rebuildable(report: Report) -> Figure | None:
    told = report.totals.rebuildable
    total = sum(told.values())
    if not total:
        return None
    states = [
        f"{told[state]} {words}"
        for state, words in (("partly", "in part"), ("unknown", "not known"))
        if told.get(state)
    ]
    return Figure(
        "Rebuildable",
        f"{told.get('yes', 0)} of {total}",
        "training entry points",
        f"{capital(listed(states))}." if states else "",
        None,
    )


def _to_repay(report: Report) -> Figure:
    hours, settings = report.totals.principal_hours, report.settings
    if not hours.mean:
        return _nothing("To repay", report)
    reach, money = duration_range(hours, settings), price_range(hours, settings)
    per_day = settings.hours_per_day if reach.endswith("days") else 1.0
    unit = reach.rsplit(maxsplit=1)[-1]
    low, mean, high = (number(value / per_day) for value in (hours.p10, hours.mean, hours.p90))
    spoken = f"Range from {reach}, mean {duration(hours.mean, settings)}, on a scale from zero"
    drawing = range_strip(hours.p10, hours.mean, hours.p90, (f"{low} {unit}", mean, high), spoken)
    return Figure(
        "To repay",
        duration(hours.mean, settings),
        price(hours.mean, settings) or "",
        f"8 in 10 chance inside{f': {money}' if money else ''}.",
        "n-principal",
        drawing,
    )


def _waiting(report: Report) -> Figure:
    hours, settings = report.totals.interest_hours_per_month, report.settings
    if hours is None:
        return Figure(
            "Waiting", "Not known", "", "No change history was read, so what waiting costs cannot be told.", None
        )
    if not report.totals.principal_hours.mean:
        return _nothing("Waiting", report)
    covered, of = report.totals.repositories_with_interest, len(report.repositories)
    some = f" Known for {covered} of {of} repositories." if covered < of else ""
    value = plural_number(hours.mean, "hour")
    if hours.mean < NEGLIGIBLE_HOURS:
        return Figure("Waiting", value, "a month", f"Nobody works on this code, so nobody waits.{some}", "n-interest")
    worked = report.totals.worked_hours_per_month
    part = f", of about {worked:,.0f} worked on it" if worked else ""
    money = price(hours.mean, settings)
    cash = f"{money}, {price_range(hours, settings)}: working" if money else "Working"
    text = f"{span(hours.p10, hours.p90)}{part}. {cash} time, not cash.{some}"
    return Figure("Waiting", value, "a month", text, "n-interest")


def _nothing(label: str, report: Report) -> Figure:
    """A figure without a number, for one of three reasons that must not be taken for another."""
    if not rules_ran(report)[0]:
        return Figure(label, "Not known", "", "No rule could run.", None)
    if any(not finding.waived for finding in report.findings):
        return Figure(label, "No price", "", "None of the findings has a price.", None)
    return Figure(label, "Nothing", "", "Nothing was found.", None)


def _findings(report: Report) -> Figure:
    counted = [finding for finding in report.findings if not finding.waived]
    ran, failed = rules_ran(report)
    priced = sum(not estimate.waived for estimate in report.estimates)
    inside = f"In {count(priced, 'estimate')}: one cause, one price. " if priced else ""
    rules = f"{count(ran, 'rule')} ran{f', {failed} could not' if failed else ''}."
    waived = report.totals.waived_findings
    aside = f" {count(waived, 'waived finding')} not counted." if waived else ""
    return Figure("Findings", f"{len(counted):,}", "", f"{inside}{rules}{aside}", "limits")


def _since(report: Report) -> Figure:
    known = sum(finding.known for finding in report.findings)
    if known:
        new = sum(not finding.known and not finding.waived for finding in report.findings)
        return Figure(
            "Since the baseline", f"{new:,} new", "", f"{count(known, 'finding')} of today stood in the baseline.", None
        )
    commits = sum(repository.counts.get("commits", 0) for repository in report.repositories)
    read = f"{count(commits, 'commit')} of history {'was' if commits == 1 else 'were'} read. " if commits else ""
    return Figure("Since last scan", "First scan", "", f"{read}A next scan can be compared with this one.", None)


def moves(report: Report) -> Moves | None:
    """The first moves, then the largest decision that stands apart from them; without a history, three moves unranked."""
    first = first_moves(report)
    effort, heading, text = "", "What could be done", "Which to do first hangs on what waiting costs: not known here."
    if report.totals.interest_hours_per_month is None:
        rows = [_row("·", move, report) for move in report.moves[:FIRST]]
    else:
        rows = [_row(str(rank), move, report) for rank, move in enumerate(first, 1)]
        rows += [_row("?", move, report) for move in _decision(report)]
        heading, text = _heading(len(first)), _calendar(report) or "Fix it when you touch it."
        effort = plural_number(moves_hours(report), "hour") if first else ""
    stops = _stops(report)
    if not rows and not stops:
        return None
    return Moves(heading, effort, text, stops, tuple(rows), short_horizon(report.settings))


def _decision(report: Report) -> list[Move]:
    apart = [
        move
        for move in report.moves
        if move.remedy_kind == "decision"
        and move not in first_moves(report)
        and move.payback
        and move.payback.p_within_horizon >= WORTH_DECIDING
    ]
    return sorted(apart, key=lambda move: -move.principal_hours.mean)[:1]


def _heading(moves: int) -> str:
    if not moves:
        return "Nothing is worth fixing on its own"
    return "Do this first" if moves == 1 else f"Do these {word(moves)} first"


def _calendar(report: Report) -> str:
    """What the first moves take, as a calendar, and what they should end."""
    bundle, waiting = report.do_first, report.totals.interest_hours_per_month
    if waiting is None or not first_moves(report):
        return ""
    ends = f"Should end {moves_saved_hours(report):.1f} of {waiting.mean:.1f} h a month."
    if bundle is None:
        return ends
    per_day, hours = report.settings.hours_per_day, bundle.principal_hours
    weeks = f"{span(hours.p10 / per_day, hours.p90 / per_day)} weeks" if hours.p90 > per_day else "within a week"
    return f"One person, one day a week, {weeks}. {ends}"


def _stops(report: Report) -> tuple[str, ...]:
    """What no budget should delay: critical findings, which have no price."""
    urgent = [finding for finding in report.findings if finding.severity == "critical" and not finding.waived]
    stops = [_stop(finding) for finding in urgent[:STOPS]]
    if len(urgent) > STOPS:
        stops.append(f"and {len(urgent) - STOPS} more, listed below")
    return tuple(stops)


def _stop(finding: Finding) -> str:
    return f"{shorten(finding.message.rstrip('.'), MESSAGE)}."


def _row(mark: str, move: Move, report: Report) -> MoveRow:
    hours, saved, settings = move.principal_hours, move.interest_saved_hours_per_month, report.settings
    money, likely = price(hours.mean, settings), move.payback.p_within_horizon if move.payback else None
    title, detail = shorten(move.title, MESSAGE), shorten(move.detail, MESSAGE)
    return MoveRow(
        mark,
        f"To decide: {uncapital(title)}" if mark == "?" else title,
        detail if len(report.repositories) == 1 else f"{shorten(move.repository, NAME)}: {detail}",
        REMEDY_KINDS[move.remedy_kind],
        span(hours.p10, hours.p90),
        f"mean {hours.mean:.1f}{f', {money}' if money else ''}",
        f"{saved.mean:.1f} h" if saved else None,
        chance(likely) if likely is not None else None,
        round(likely * 10) if likely is not None else None,
    )
