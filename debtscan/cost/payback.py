"""When a repair pays: the chance that what it ends within the horizon exceeds what it takes.

    months to pay back = principal / interest that ends;  log-normal, because both are
    months of interest avoided within a horizon H = (1 - e^(-(cure + discount) H)) / (cure + discount)

Principal and interest are taken as independent. A chance says more than "pays back in 20 months": half of such repairs
never do.
"""

from __future__ import annotations

from math import exp, expm1, hypot, log

from debtscan.cost.lognormal import Z90, log_sd, normal_cdf
from debtscan.cost.priors import DISCOUNT_PER_MONTH, SELF_CURE_PER_MONTH
from debtscan.model import Payback, Range, Spread


def avoided_months(horizon_months: float, fading: float = SELF_CURE_PER_MONTH + DISCOUNT_PER_MONTH) -> float:
    """Expected months of interest that a repair today avoids; `fading` a month is self-cure plus discount."""
    return -expm1(-fading * horizon_months) / fading if fading else horizon_months


def payback(principal: Range, ending: Range | None, months_avoided: float) -> Payback | None:
    """`ending` is the interest that the repair should end, hours a month; None where that is not known."""
    if ending is None:
        return None
    if principal.mean <= 0:
        return Payback(p_within_horizon=1.0)
    if ending.mean <= 0 or months_avoided <= 0:
        return Payback(p_within_horizon=0.0)
    centre = log(principal.p50) - log(ending.p50)
    sd = hypot(log_sd(principal), log_sd(ending))
    months = Spread(p10=exp(centre - Z90 * sd), p50=exp(centre), p90=exp(centre + Z90 * sd))
    return Payback(p_within_horizon=normal_cdf((log(months_avoided) - centre) / sd), months=months)
