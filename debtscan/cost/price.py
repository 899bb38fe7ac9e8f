"""Findings in, prices out: the front door of the cost model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import fsum

from debtscan.cost import moves, tables
from debtscan.cost.effort import efforts
from debtscan.cost.grade import grades
from debtscan.cost.groups import grouped, in_order
from debtscan.cost.interest import waiting, worked_hours_per_month
from debtscan.cost.lognormal import NOTHING, scaled
from debtscan.cost.places import by_place
from debtscan.cost.priced import PricedSlice, interest_of, priced_slice, principal_of
from debtscan.cost.rates import Rates
from debtscan.model import Estimate, Finding, Grade, Line, Move, Place, Range, Record, Rule, Settings, Totals


class Priced(Record, frozen=True, kw_only=True):
    """Everything a report says in hours and money."""

    findings: tuple[Finding, ...]
    """All of them, with their shares, in the order of repository, rule and place."""
    estimates: tuple[Estimate, ...]
    """Dearest first; waived ones too, which are in no total, table or move."""
    totals: Totals
    by_category: tuple[Line, ...]
    by_component: tuple[Line, ...]
    by_repository: tuple[Line, ...]
    by_place: tuple[Place, ...]
    moves: tuple[Move, ...]
    do_first: Move | None
    grade: tuple[Grade, ...]


def price(
    findings: Sequence[Finding],
    rules: Mapping[str, Rule],
    rates: Mapping[str, Rates | None],
    code_lines: Mapping[str, int],
    settings: Settings,
) -> Priced:
    """Price findings by the hours in their rules and the rates of their repositories.

    `rates` and `code_lines` are by repository name; without rates a repository has no interest (None, not zero). The
    result does not depend on the order of anything. A finding whose rule has no cost comes back as it was.
    """
    ordered = in_order(findings)
    open_slices = priced_slices(ordered, rules, rates, settings, waived=False)
    waived_slices = priced_slices(ordered, rules, rates, settings, waived=True)
    with_shares = {(f.repository, f.id): f for priced in [*open_slices, *waived_slices] for f in priced.findings()}
    filled = tuple(with_shares.get((finding.repository, finding.id), finding) for finding in ordered)
    counted = [finding for finding in filled if finding.waived is None]
    ranked = moves.moves(open_slices, settings)
    principal = principal_of(open_slices)
    return Priced(
        findings=filled,
        estimates=dearest_first([*open_slices, *waived_slices]),
        totals=totals(len(counted), len(filled) - len(counted), open_slices, waived_slices, rates, settings),
        by_category=tables.by_category(counted, open_slices),
        by_component=tables.by_component(counted, open_slices),
        by_repository=tables.by_repository(counted, open_slices),
        by_place=by_place(counted, rules, rates),
        moves=ranked,
        do_first=moves.do_first(open_slices, ranked, settings),
        grade=grades(principal, code_lines),
    )


def priced_slices(
    findings: Sequence[Finding],
    rules: Mapping[str, Rule],
    rates: Mapping[str, Rates | None],
    settings: Settings,
    *,
    waived: bool,
) -> list[PricedSlice]:
    groups = grouped(findings, rules, waived=waived)
    effort = efforts(groups)
    waits = waiting(groups, rates, settings.interest_ceiling_share)
    parts = [part for group in groups for part in group.slices]
    return [priced_slice(part, effort[part.id], waits.get(part.id), settings) for part in parts]


def dearest_first(slices: Sequence[PricedSlice]) -> tuple[Estimate, ...]:
    estimates = [priced.estimate for priced in slices]
    return tuple(sorted(estimates, key=lambda estimate: (-estimate.principal_hours.mean, estimate.id)))


def totals(
    findings: int,
    waived_findings: int,
    slices: Sequence[PricedSlice],
    waived_slices: Sequence[PricedSlice],
    rates: Mapping[str, Rates | None],
    settings: Settings,
) -> Totals:
    histories = [known for known in rates.values() if known]
    principal = principal_of(slices)
    interest = (interest_of(slices) or NOTHING) if histories else None
    return Totals(
        principal_hours=principal,
        interest_hours_per_month=interest,
        principal_cost=in_money(principal, settings),
        interest_cost_per_month=in_money(interest, settings),
        waived_principal_hours_mean=fsum(priced.effort.mean for priced in waived_slices),
        findings=findings,
        waived_findings=waived_findings,
        repositories_with_interest=len(histories),
        worked_hours_per_month=fsum(map(worked_hours_per_month, histories)) if histories else None,
        ceiling_scale=ceiling_scale(slices),
    )


def in_money(hours: Range | None, settings: Settings) -> Range | None:
    """None without hours or without a rate: there is no default price of an hour."""
    return scaled(hours, settings.rate_per_hour) if hours and settings.rate_per_hour else None


def ceiling_scale(slices: Sequence[PricedSlice]) -> float:
    """What is left of the interest of all repositories after each met its ceiling."""
    known = [priced.waiting for priced in slices if priced.waiting]
    after = fsum(each.mean for each in known)
    cut = fsum(each.cut_mean for each in known)
    return after / (after + cut) if cut else 1.0
