"""The distribution of a sum of hours whose errors are related.

Every hour figure is `mean x exp(global + repository + rule + own)` with independent normal errors: all our hours may be
wrong at once, a team may be slow, a rule may be misjudged. Two figures that share an error are wrong together, which is
what keeps a total of 10,000 findings from looking precise. Mean and variance of such a sum are exact and cost O(n).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from math import exp, expm1, fsum
from typing import NamedTuple

from debtscan.cost.lognormal import from_moments
from debtscan.cost.priors import GLOBAL_SD, REPOSITORY_SD
from debtscan.model import Range

REPOSITORY_FACTOR = expm1(REPOSITORY_SD**2)


class Hours(NamedTuple):
    """One uncertain figure: its mean, and what it shares its errors with. Variances are those of log hours."""

    mean: float
    repository: str
    rule: str
    rule_variance: float
    """Of the error that all figures of the rule share."""
    draw: str
    """Name of its own error; figures of one name (shares of one set-up) are wrong together."""
    draw_variance: float


def total(figures: Sequence[Hours]) -> Range:
    """Mean exact, quantiles those of the log-normal with the exact variance (Fenton-Wilkinson)."""
    figures = [hours for hours in figures if hours.mean > 0]
    return from_moments(fsum(hours.mean for hours in figures), second_moment(figures))


def second_moment(figures: Sequence[Hours]) -> float:
    """E[S^2]: every pair of figures counts with the exponential of the variance the two share."""
    by_draw: dict[str, list[Hours]] = defaultdict(list)
    for hours in figures:
        by_draw[hours.draw].append(hours)
    own = fsum(expm1(same[0].draw_variance) * shared_products(same) for same in by_draw.values())
    return exp(GLOBAL_SD**2) * (shared_products(figures) + own)


def shared_products(figures: Sequence[Hours]) -> float:
    """Sum over all pairs of mean x mean, raised where a pair has the repository, the rule, or both in common."""
    if len(figures) == 1:  # the usual case, and this is the inner loop of every table
        return figures[0].mean ** 2 * (1 + REPOSITORY_FACTOR) * exp(figures[0].rule_variance)
    repositories: dict[str, float] = defaultdict(float)
    rules: dict[tuple[str, float], float] = defaultdict(float)
    cells: dict[tuple[str, str, float], float] = defaultdict(float)
    for mean, repository, rule, rule_variance, _, _ in figures:
        repositories[repository] += mean
        rules[rule, rule_variance] += mean
        cells[repository, rule, rule_variance] += mean
    return (
        fsum(repositories.values()) ** 2
        + REPOSITORY_FACTOR * fsum(mean**2 for mean in repositories.values())
        + fsum(expm1(variance) * mean**2 for (_, variance), mean in rules.items())
        + REPOSITORY_FACTOR * fsum(expm1(variance) * mean**2 for (_, _, variance), mean in cells.items())
    )


def split_variance(log_variance: float) -> tuple[float, float]:
    """What the global and the repository error leave of a figure's variance: half the rule's, half its own."""
    rest = max(log_variance - GLOBAL_SD**2 - REPOSITORY_SD**2, 0.0)
    return rest / 2, rest / 2
