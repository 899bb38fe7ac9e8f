"""Interest: what waiting takes, as events seen in the repository's history times the hours one of them costs.

    hours a month = events a month x people^exponent x hours for one event, summed over a rule's channels

An edit of a file meets one of a rule's findings in it, not all of them. What is lost in one repository never comes near
the hours worked there: issue by issue, interest adds up to more than anyone loses (Martini 2018).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import fsum, hypot, log1p, sqrt

from debtscan.cost.groups import Group, Slice
from debtscan.cost.lognormal import log_variance, mean_hours
from debtscan.cost.priors import MOST_PEOPLE, PRODUCTIVE_HOURS_PER_AUTHOR_DAY, RATE_VARIANCE
from debtscan.cost.rates import Rates
from debtscan.cost.sums import Hours, split_variance
from debtscan.model import Finding, Interest


@dataclass(frozen=True)
class Waiting:
    """What one slice takes a month while it stays."""

    figures: tuple[Hours, ...]
    by_finding: tuple[float, ...]
    """Mean hours a month of each finding, in the slice's order."""
    drivers: dict[str, float]
    """The measured rates behind it, and events a month by channel."""
    cut_mean: float = 0.0
    """Hours a month that the repository's ceiling took off."""

    @property
    def mean(self) -> float:
        return fsum(hours.mean for hours in self.figures)


def waiting(groups: Sequence[Group], rates: Mapping[str, Rates | None], ceiling_share: float) -> dict[str, Waiting]:
    """The interest of every slice, by estimate id, of groups in the order of their repositories.

    A slice is missing where waiting cannot be priced: no history was read, or the rule has no interest. Where nobody
    works there is interest, of zero.
    """
    found: dict[str, Waiting] = {}
    for repository, own in groupby(groups, key=lambda group: group.repository):
        known = rates.get(repository)
        if known:
            priced = [group_waiting(group, known) for group in own if group.cost.interest]
            slices = {id_: slice_ for of_group in priced for id_, slice_ in of_group.items()}
            scale = ceiling_scale(fsum(slice_.mean for slice_ in slices.values()), known, ceiling_share)
            found |= {id_: scaled_down(slice_, scale) for id_, slice_ in slices.items()}
    return found


def ceiling_scale(hours_per_month: float, rates: Rates, ceiling_share: float) -> float:
    """Factor that keeps a repository's interest below a share of its worked hours; 1 far below that."""
    if hours_per_month <= 0:
        return 1.0
    ceiling = ceiling_share * worked_hours_per_month(rates)
    return ceiling / sqrt(hypot(ceiling**2, hours_per_month**2))


def worked_hours_per_month(rates: Rates) -> float:
    return rates.author_days_per_month * PRODUCTIVE_HOURS_PER_AUTHOR_DAY


def scaled_down(slice_: Waiting, scale: float) -> Waiting:
    return Waiting(
        figures=tuple(hours._replace(mean=hours.mean * scale) for hours in slice_.figures),
        by_finding=tuple(hours * scale for hours in slice_.by_finding),
        drivers=slice_.drivers | {"ceiling_scale": scale},
        cut_mean=slice_.mean * (1 - scale),
    )


def group_waiting(group: Group, rates: Rates) -> dict[str, Waiting]:
    """The interest of each slice before the ceiling, by estimate id."""
    findings_by_path = Counter(path for part in group.slices for finding in part.findings for path in paths(finding))
    return {part.id: slice_waiting(group, part, rates, findings_by_path) for part in group.slices}


def slice_waiting(group: Group, part: Slice, rates: Rates, findings_by_path: Mapping[str, int]) -> Waiting:
    people = float(min(max(rates.active_authors, 1), MOST_PEOPLE))
    by_edits = any(channel.driver == "edits" for channel in part.cost.interest)
    edits = [edits_met(finding, rates, findings_by_path) for finding in part.findings] if by_edits else []
    drivers = measured_rates(part, rates, people, fsum(edits))
    figures: list[Hours] = []
    by_channel: list[list[float]] = []
    for number, channel in enumerate(part.cost.interest):
        events = [0.0] * len(part.findings) if rates.dormant else events_met(channel, group, part, rates, edits)
        each = people**channel.people * mean_hours(channel.impact)
        drivers[events_key(number, channel)] = fsum(events)
        figures.append(figure(group, number, channel, fsum(events) * each))
        by_channel.append([count * each for count in events])
    return Waiting(tuple(figures), tuple(map(fsum, zip(*by_channel, strict=True))), drivers)


def events_met(channel: Interest, group: Group, part: Slice, rates: Rates, edits: Sequence[float]) -> list[float]:
    """Events a month by finding, in the slice's order."""
    weights = weighted(channel, part, group.quantity)
    triggers = edits if channel.driver == "edits" else [trigger(channel, rates)] * len(weights)
    return [channel.rate * times * weight for times, weight in zip(triggers, weights, strict=True)]


def events_key(number: int, channel: Interest) -> str:
    """Name of a channel's events in an estimate's drivers; a rule may have two of one kind."""
    return f"{channel.channel}_events_per_month_{number + 1}"


def figure(group: Group, number: int, channel: Interest, mean: float) -> Hours:
    """Rate and hours of a channel are misjudged for the whole rule; half of the doubt about the hours is its own."""
    name = f"{group.rule.id} {number}"
    shared, own = split_variance(log_variance(channel.impact))
    return Hours(mean, group.repository, name, shared + log1p(RATE_VARIANCE), f"{name}@{group.repository}", own)


def trigger(channel: Interest, rates: Rates) -> float:
    """How often a month the channel's driver happens, for all drivers but the edits of a finding's own files."""
    return {
        "none": 1.0,
        "repository_edits": rates.edits_per_month,
        "new_authors": rates.new_authors_per_month,
        "merges": rates.merges_per_month,
    }[channel.driver]


def weighted(channel: Interest, part: Slice, group_quantity: float) -> list[float]:
    """How many times each finding counts in one event."""
    if channel.per == "unit":
        return [finding.quantity for finding in part.findings]
    if channel.per == "extra_place":
        return [float(max(len(finding.evidence) - 1, 0)) for finding in part.findings]
    if channel.driver == "edits":  # each edit is an event of its own
        return [1.0] * len(part.findings)
    of_group = part.quantity / group_quantity if group_quantity > 0 else 1.0
    return [share * of_group for share in part.shares()]


def edits_met(finding: Finding, rates: Rates, findings_by_path: Mapping[str, int]) -> float:
    """Edits a month that meet this finding: those of its files, divided among the findings in each file."""
    return fsum(rates.edits([path]) / findings_by_path[path] for path in paths(finding))


def paths(finding: Finding) -> list[str]:
    """The files that show it, once each."""
    if len(finding.evidence) < 2:
        return [finding.path] if finding.path is not None else []
    return sorted({place.path for place in finding.evidence if place.path is not None})


def measured_rates(part: Slice, rates: Rates, people: float, edits: float) -> dict[str, float]:
    """The rates that this rule's channels use, for the reader."""
    known = {
        "edits": ("edits_per_month", edits),
        "repository_edits": ("repository_edits_per_month", rates.edits_per_month),
        "new_authors": ("new_authors_per_month", rates.new_authors_per_month),
        "merges": ("merges_per_month", rates.merges_per_month),
    }
    used = {channel.driver for channel in part.cost.interest}
    drivers = {name: value for driver, (name, value) in known.items() if driver in used}
    if rates.dormant:
        drivers["commits_12_months"] = 0.0
    if any(channel.people for channel in part.cost.interest):
        drivers["people"] = people
    return drivers
