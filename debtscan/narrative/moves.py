"""The moves that stand first, and what they take and end: the numbers that the sentence and its figures share."""

from __future__ import annotations

from debtscan.model import Move, Report

FIRST = 3
"""Moves in the first sentence, at most."""
NEGLIGIBLE_HOURS = 0.05
"""Hours a month below which nobody waits."""


def first_moves(report: Report) -> tuple[Move, ...]:
    """The moves that may stand in the first sentence, in the order to do them."""
    return tuple(move for move in report.moves if move.recommended)[:FIRST]


def chance_together(report: Report) -> float | None:
    """Chance that the first moves pay back as one; without the joint figure, the least of theirs."""
    bundle = report.do_first
    paybacks = [bundle.payback] if bundle else [move.payback for move in first_moves(report)]
    return min((payback.p_within_horizon for payback in paybacks if payback), default=None)


def moves_hours(report: Report) -> float:
    return sum(move.principal_hours.mean for move in first_moves(report))


def moves_saved_hours(report: Report) -> float:
    """Hours a month that should end with the first moves."""
    saved = (move.interest_saved_hours_per_month for move in first_moves(report))
    return sum(hours.mean for hours in saved if hours)


def waiting_hours(report: Report) -> float:
    """Mean hours a month; 0 where it is not known, which `totals` tells apart."""
    waiting = report.totals.interest_hours_per_month
    return waiting.mean if waiting else 0.0


def next_command(report: Report) -> str:
    """What to type next: the dearest of the first moves explained, or what could have been found."""
    if not report.findings:
        return "debtscan rules"
    dearest = max(first_moves(report) or report.moves, key=lambda move: move.principal_hours.mean, default=None)
    return f"debtscan explain {dearest.rules[0] if dearest and dearest.rules else report.findings[0].rule}"
