"""Where an hour figure comes from, as lines of text: the formula, its inputs, and who vouches for them.

An estimate is computed again from the saved report, so what is printed is what the formula gives, not what was stored.
"""

from __future__ import annotations

from debtscan.cost.effort import learning_exponent
from debtscan.cost.interest import events_key
from debtscan.cost.lognormal import mean_hours
from debtscan.errors import UserError
from debtscan.model import Cost, Estimate, Interest, Range, Report, Rule, RuleText, Spread

SOURCES = {
    "A": "measured on recorded repairs",
    "B": "measured on this repository's history",
    "C": "from published figures",
    "D": "from another ecosystem's published figures",
    "E": "our judgement, not measured",
}
DRIVERS = {
    "none": "a month",
    "edits": "of the edits of its files",
    "repository_edits": "of the commits",
    "new_authors": "of the newcomers",
    "merges": "of the merges",
}


def explain_rule(rule: Rule | RuleText) -> list[str]:
    """What the findings of a rule cost and why."""
    if rule.cost is None:
        return [f"{rule.id} is reported and not priced."]
    return [
        "COST TO REPAY",
        *indented(repay_lines(rule.cost)),
        "COST OF WAITING, A MONTH",
        *indented([channel_line(channel, rule.cost.unit) for channel in rule.cost.interest] or ["not priced"]),
        "SOURCE",
        *indented([source_line(rule.cost), *([rule.cost.note] if rule.cost.note else [])]),
    ]


def repay_lines(cost: Cost) -> list[str]:
    lines = []
    if cost.fixed:
        shared = f" ({cost.activity}, shared with every rule that needs it)" if cost.activity else ""
        lines.append(f"set-up, once for each {cost.scope}{shared}: {stated(cost.fixed)}")
    if cost.unit_hours:
        lines.append(f"each {cost.unit}: {stated(cost.unit_hours)}")
    if cost.unit_hours and cost.learning < 1:
        lines.append(f"with each doubling of their number one takes {cost.learning:.0%} as long")
    if cost.exponent != 1:
        lines.append(f"size counts to the power of {cost.exponent:g} inside the quantity")
    if cost.covers:
        lines.append(f"does the work of {', '.join(cost.covers)} as well; {cost.covered_share:.0%} of that remains")
    return lines or ["nothing"]


def channel_line(channel: Interest, unit: str) -> str:
    per = {"unit": f" for each {unit}", "group": "", "extra_place": " for each further place"}[channel.per]
    how_often = f"{channel.rate:g} {DRIVERS[channel.driver]}{per}"
    people = f" x active people to the power of {channel.people:g}" if channel.people else ""
    return f"{channel.channel}: {how_often} x {stated(channel.impact)}{people}"


def source_line(cost: Cost) -> str:
    return f"{cost.source}: {SOURCES[cost.source]}"


def explain_estimate(report: Report, estimate_id: str) -> list[str]:
    """How one estimate of a saved report was computed; raises UserError where there is none of that id."""
    estimate = next((one for one in report.estimates if one.id == estimate_id), None)
    rule = next((one for one in report.rules if estimate and one.id == estimate.rule), None)
    if estimate is None or rule is None or rule.cost is None:
        raise UserError(f'no estimate {estimate_id} in this report: its estimates are listed under "estimates"')
    return [
        f"{rule.id} in {estimate.id.partition('@')[2]}: {counted(estimate)}",
        f"COST TO REPAY, {between(estimate.principal_hours)} hours, mean {number(estimate.principal_hours.mean)}",
        *indented(principal_lines(estimate, rule.cost)),
        *waiting_lines(estimate, rule.cost),
        *payback_lines(report, estimate),
        "SOURCE",
        *indented([source_line(rule.cost), *([rule.cost.note] if rule.cost.note else [])]),
    ]


def principal_lines(estimate: Estimate, cost: Cost) -> list[str]:
    lines = []
    if cost.fixed:
        lines.append(
            f"its share of set-up work ({cost.activity or 'its own'}): mean {number(estimate.setup_hours_mean)}"
        )
    if cost.unit_hours:
        exponent = learning_exponent(cost.learning)
        hours = mean_hours(cost.unit_hours) * estimate.quantity**exponent
        lines.append(f"each {cost.unit}: {stated(cost.unit_hours)}")
        count = number(estimate.quantity)
        lines.append(f"x {count}^{exponent:.3f} ({cost.learning:g} a doubling) = mean {number(hours)}")
    if estimate.covered_by:
        lines.append(f"{estimate.covered_by} does the work as well; paid here: mean {number(own_hours(estimate))}")
    return lines


def own_hours(estimate: Estimate) -> float:
    return estimate.principal_hours.mean - estimate.setup_hours_mean


def waiting_lines(estimate: Estimate, cost: Cost) -> list[str]:
    interest = estimate.interest_hours_per_month
    if interest is None:
        return ["COST OF WAITING, not known: no change history was read, or this rule has none"]
    drivers = estimate.drivers
    people = drivers.get("people", 1.0)
    lines = [f"{name.replace('_', ' ')}: {number(value)}" for name, value in drivers.items() if is_measured(name)]
    for position, channel in enumerate(cost.interest):
        events = drivers.get(events_key(position, channel), 0.0)
        crowd = f" x {number(people)} people^{channel.people:g}" if channel.people else ""
        hours = events * mean_hours(channel.impact) * people**channel.people
        lines.append(
            f"{channel.channel}: {number(events)} events{crowd} x {stated(channel.impact)} = mean {number(hours)}"
        )
    scale = drivers.get("ceiling_scale", 1.0)
    if round(scale, 2) < 1:
        lines.append(f"x {scale:.2f}, because no more than a share of the hours worked here can be lost")
    return [f"COST OF WAITING, {between(interest)} hours a month, mean {number(interest.mean)}", *indented(lines)]


def is_measured(driver: str) -> bool:
    """Rates of the history; the rest is shown where it is used."""
    return driver not in {"ceiling_scale", "people"} and "_events_per_month" not in driver


def payback_lines(report: Report, estimate: Estimate) -> list[str]:
    pays = estimate.payback
    if pays is None:
        return []
    line = f"PAYS BACK within {report.settings.horizon_months} months: {pays.p_within_horizon:.0%}"
    return [f"{line}; {number(pays.months.p10)} to {number(pays.months.p90)} months" if pays.months else line]


def counted(estimate: Estimate) -> str:
    findings = "1 finding" if estimate.findings == 1 else f"{estimate.findings} findings"
    return f"{findings}, {number(estimate.quantity)} x {estimate.unit}"


def stated(hours: Spread) -> str:
    return f"{hours.p10:g} / {hours.p50:g} / {hours.p90:g} h (mean {number(mean_hours(hours))})"


def between(hours: Range) -> str:
    return f"{number(hours.p10)} to {number(hours.p90)}"


def number(value: float) -> str:
    """Two significant digits are all that hours are worth; larger figures keep their whole part."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2g}"


def indented(lines: list[str]) -> list[str]:
    return [f"  {line}" for line in lines]
