"""Debt as a share of what writing the code again would take, graded A to E with a chance for each letter.

Two denominators, because the choice decides the letter: 30 minutes a line (SonarQube's default) and COCOMO II nominal.
The grade is of size only and not comparable with one from another rule set.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, fsum, log

from debtscan.cost.lognormal import chance_below
from debtscan.cost.priors import (
    COCOMO_EXPONENT,
    COCOMO_FACTOR,
    COCOMO_HOURS_PER_MONTH,
    GRADE_LIMITS,
    HOURS_PER_LINE,
    LEAST_LINES_TO_GRADE,
)
from debtscan.model import Grade, Range


def grades(principal: Range, code_lines: Mapping[str, int]) -> tuple[Grade, ...]:
    """One grade for each denominator; `code_lines` by repository, without vendored and generated code."""
    rebuild_hours = {
        "30 minutes a line": fsum(lines * HOURS_PER_LINE for lines in code_lines.values()),
        "COCOMO II, nominal": fsum(cocomo_hours(lines) for lines in code_lines.values()),
    }
    why_null = why_not(principal, sum(code_lines.values()))
    return tuple(
        Grade(denominator=name, ratio=None, letter=None, why_null=why_null)
        if why_null
        else graded(name, principal, hours)
        for name, hours in rebuild_hours.items()
    )


def cocomo_hours(lines: int) -> float:
    if not lines:
        return 0.0
    return COCOMO_FACTOR * exp(COCOMO_EXPONENT * log(lines / 1000)) * COCOMO_HOURS_PER_MONTH


def why_not(principal: Range, lines: int) -> str | None:
    if lines < LEAST_LINES_TO_GRADE:
        return f"too small to grade: {lines} code lines, a share says nothing below {LEAST_LINES_TO_GRADE:,}"
    if principal.mean <= 0:
        return "nothing was priced; finding no debt is not having none"
    return None


def graded(denominator: str, principal: Range, rebuild_hours: float) -> Grade:
    """The likeliest letter, and the chance of each."""
    below = [chance_below(principal, limit * rebuild_hours) for limit in GRADE_LIMITS.values()]
    chances = [upper - lower for upper, lower in zip([*below, 1.0], [0.0, *below], strict=True)]
    probabilities = dict(zip([*GRADE_LIMITS, "E"], chances, strict=True))
    return Grade(
        denominator=denominator,
        ratio=principal.mean / rebuild_hours,
        letter=max(probabilities, key=lambda letter: probabilities[letter]),
        probabilities=probabilities,
    )
