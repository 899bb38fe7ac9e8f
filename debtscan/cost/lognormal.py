"""Log-normal hours: from three stated quantiles to a mean, from two moments back to four numbers.

Effort has no upper bound and its tail is fat; log-normals stay log-normal under products and quotients, so payback has
a closed form. A `Range` is such a distribution: its median and the ratio of its quantiles say all there is to say.
"""

from __future__ import annotations

from math import erf, exp, log, sqrt

from debtscan.cost.priors import SD_FLOOR
from debtscan.model import Range, Spread

Z90 = 1.2815515655446004
"""Standard normal quantile of 0.9."""
NOTHING = Range(p10=0.0, p50=0.0, p90=0.0, mean=0.0)


def log_variance(stated: Spread) -> float:
    """Variance of log hours behind P10 and P90 (both positive), never below the floor."""
    return max(log(stated.p90 / stated.p10) / (2 * Z90), SD_FLOOR) ** 2


def mean_hours(stated: Spread | None) -> float:
    """Mean of the log-normal with that median; no spread means no hours."""
    return stated.p50 * exp(log_variance(stated) / 2) if stated else 0.0


def from_moments(mean: float, second_moment: float) -> Range:
    """The log-normal with these moments (Fenton-Wilkinson when they are those of a sum of log-normals)."""
    if mean <= 0:
        return NOTHING
    variance = log(second_moment / mean**2)
    median = mean * exp(-variance / 2)
    step = exp(Z90 * sqrt(variance))
    return Range(p10=median / step, p50=median, p90=median * step, mean=mean)


def scaled(hours: Range, factor: float) -> Range:
    """The same distribution in another unit (money, a share of the hours)."""
    return Range(p10=hours.p10 * factor, p50=hours.p50 * factor, p90=hours.p90 * factor, mean=hours.mean * factor)


def log_sd(hours: Range) -> float:
    return log(hours.p90 / hours.p10) / (2 * Z90)


def chance_below(hours: Range, limit: float) -> float:
    """P(hours <= limit)."""
    if hours.p50 <= 0:
        return 1.0
    return normal_cdf((log(limit) - log(hours.p50)) / log_sd(hours)) if limit > 0 else 0.0


def normal_cdf(z: float) -> float:
    return (1 + erf(z / sqrt(2))) / 2
