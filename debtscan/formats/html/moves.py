"""What to do first: the moves that may stand in the first sentence, a decision apart from them, and what cannot wait."""

from __future__ import annotations

from dataclasses import dataclass

from debtscan.model import Finding, Move, Report
from debtscan.narrative.labels import NAME, REMEDY_KINDS, uncapital
from debtscan.narrative.moves import FIRST, first_moves, moves_hours, moves_saved_hours
from debtscan.narrative.numbers import chance, plural_number, price, short_horizon, span, word
from debtscan.text import shorten

WORTH_DECIDING = 1 / 3
"""Chance to pay back below which a decision is not put on the first screen."""
MESSAGE = 240
STOPS = 5
"""Findings named under "today"; the rest is counted."""


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
    """What no budget should delay: critical findings."""
    urgent = [finding for finding in report.findings if finding.severity == "critical" and not finding.waived]
    stops = [_stop(finding) for finding in urgent[:STOPS]]
    if len(urgent) > STOPS:
        stops.append(f"{len(urgent) - STOPS} more, listed below.")
    return tuple(stops)


def _stop(finding: Finding) -> str:
    price_of = "" if finding.estimate else " Not priced."
    return f"{shorten(finding.message.rstrip('.'), MESSAGE)}.{price_of}"


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
