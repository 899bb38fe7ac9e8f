"""One priced slice: the estimate a report shows, with the figures that sums over it need."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from math import fsum

import msgspec

from debtscan.cost.effort import Effort
from debtscan.cost.groups import Slice
from debtscan.cost.interest import Waiting
from debtscan.cost.lognormal import scaled
from debtscan.cost.payback import avoided_months, payback
from debtscan.cost.priors import MODEL_VERSION
from debtscan.cost.sums import total
from debtscan.model import Estimate, Finding, Range, Settings


@dataclass(frozen=True)
class PricedSlice:
    slice: Slice
    effort: Effort
    waiting: Waiting | None
    estimate: Estimate

    def findings(self) -> list[Finding]:
        """The findings with their share of the estimate."""
        interest = self.waiting.by_finding if self.waiting else [None] * len(self.slice.findings)
        return [
            msgspec.structs.replace(
                finding,
                estimate=self.estimate.id,
                principal_hours_mean=self.effort.mean * share,
                interest_hours_per_month_mean=waiting,
            )
            for finding, share, waiting in zip(self.slice.findings, self.slice.shares(), interest, strict=True)
        ]


def priced_slice(part: Slice, effort: Effort, waiting: Waiting | None, settings: Settings) -> PricedSlice:
    principal = total(effort.figures)
    interest = total(waiting.figures) if waiting else None
    ending = scaled(interest, settings.effectiveness) if interest else None
    estimate = Estimate(
        id=part.id,
        rule=part.rule.id,
        category=part.rule.category,
        repository=part.repository,
        component=part.component,
        findings=len(part.findings),
        quantity=part.quantity,
        unit=part.cost.unit,
        principal_hours=principal,
        interest_hours_per_month=interest,
        payback=payback(principal, ending, avoided_months(settings.horizon_months)),
        source_class=part.cost.source,
        covered_by=effort.covered_by,
        waived=part.waived,
        inputs=digest(part, effort, waiting, settings),
        setup_hours_mean=effort.setup_mean,
        drivers=waiting.drivers if waiting else {},
    )
    return PricedSlice(part, effort, waiting, estimate)


def digest(part: Slice, effort: Effort, waiting: Waiting | None, settings: Settings) -> str:
    """16 hex digits of everything the figures were computed from: two reports that agree here agree there."""
    findings = [(finding.id, finding.quantity) for finding in part.findings]
    horizon = (settings.horizon_months, settings.effectiveness)
    inputs = (MODEL_VERSION, part.id, part.cost, findings, effort, waiting, horizon)
    return blake2b(msgspec.json.encode(inputs), digest_size=8).hexdigest()


def principal_of(slices: Iterable[PricedSlice]) -> Range:
    return total([hours for priced in slices for hours in priced.effort.figures])


def interest_of(slices: Iterable[PricedSlice]) -> Range | None:
    """None where waiting is priced for none of them."""
    known = [priced.waiting for priced in slices if priced.waiting]
    return total([hours for waiting in known for hours in waiting.figures]) if known else None


def interest_mean(slices: Sequence[PricedSlice]) -> float | None:
    known = [priced.waiting for priced in slices if priced.waiting]
    return fsum(waiting.mean for waiting in known) if known else None
