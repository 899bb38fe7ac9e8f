"""What pays back: what is left of waiting after each move, in the order to do them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from debtscan.formats.html.columns import tenths, waiting_mean
from debtscan.formats.html.figures import Step, payback_curve
from debtscan.model import Move, Report
from debtscan.narrative import headlines
from debtscan.narrative.moves import first_moves
from debtscan.narrative.numbers import UNKNOWN, chance, short_horizon, word
from debtscan.text import shorten

STEPS = 12
FEWEST = 2
"""One move is no curve."""
TITLE = 120


@dataclass(frozen=True)
class CurveRow:
    title: str
    hours: str
    spent: str
    ends: str
    left: str
    pays: str


@dataclass(frozen=True)
class Payback:
    headline: str
    drawing: Markup
    rows: tuple[CurveRow, ...]
    beyond: int
    """Moves that are not on the curve."""
    horizon: str
    first: bool
    """Whether some moves stand first, on shaded ground."""


def payback(report: Report) -> Payback | None:
    """None where waiting is not known or takes nothing, or the moves make no curve."""
    today, first = waiting_mean(report), first_moves(report)
    moves = [*first, *(move for move in report.moves if move not in first)]
    if not today or len(moves) < FEWEST or not any(_ends(move) for move in moves):
        return None
    steps = _steps(moves[:STEPS], today)
    last = steps[-1]
    at_first = steps[len(first) - 1].left if first else today
    labels = (
        f"{today:.1f} h a month today",
        f"{at_first:.1f} h a month after {'it' if len(first) == 1 else 'these ' + word(len(first))}",
        f"{last.left:.1f} h stay",
    )
    headline = headlines.payback(report, len(steps), last.spent, today - last.left)
    drawing = payback_curve(today, steps, len(first), labels, headline, _ticks(last.spent))
    rows = tuple(_row(step, move) for step, move in zip(steps, moves, strict=False))
    return Payback(headline, drawing, rows, max(0, len(moves) - STEPS), short_horizon(report.settings), bool(first))


def _steps(moves: Sequence[Move], today: float) -> list[Step]:
    steps, spent, left = [], 0.0, today
    for rank, move in enumerate(moves, 1):
        spent, left = spent + move.principal_hours.mean, max(0.0, left - _ends(move))
        steps.append(Step(str(rank), spent, left))
    return steps


def _row(step: Step, move: Move) -> CurveRow:
    return CurveRow(
        title=f"{step.label}. {shorten(move.title, TITLE)}",
        hours=tenths(move.principal_hours.mean),
        spent=tenths(step.spent),
        ends=tenths(_ends(move)),
        left=tenths(step.left),
        pays=chance(move.payback.p_within_horizon) if move.payback else UNKNOWN,
    )


def _ends(move: Move) -> float:
    saved = move.interest_saved_hours_per_month
    return saved.mean if saved else 0.0


def _ticks(spent: float) -> list[float]:
    """At most five round values from zero."""
    rounds = (base * 10**power for power in range(-1, 9) for base in (1, 2, 5))
    step = next(value for value in rounds if spent / value <= 5)
    return [step * index for index in range(int(spent * 0.97 / step) + 1)]
