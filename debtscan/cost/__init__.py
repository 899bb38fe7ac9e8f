"""What findings cost: hours to repay them and hours a month to wait, with ranges. Pure functions."""

from __future__ import annotations

from debtscan.cost.price import Priced, price
from debtscan.cost.rates import Rates, rates_from

__all__ = ["Priced", "Rates", "price", "rates_from"]
