"""Principal: set-up work once, then hours for each unit, each doubling of the quantity cheaper (Wright 1936).

    hours = set-up + unit x quantity^(1 + log2 learning)

Set-up that several rules need is paid once in its scope and shared out in proportion to their variable hours. Work that
another rule's repair does as well is not paid again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum, log2

from debtscan.cost.groups import Group, Slice
from debtscan.cost.lognormal import log_variance, mean_hours
from debtscan.cost.sums import Hours, split_variance
from debtscan.model import Cost, Spread


@dataclass(frozen=True)
class Effort:
    """What one slice takes: its share of the set-up and its own hours, as means."""

    setup_mean: float
    variable_mean: float
    figures: tuple[Hours, ...]
    group_quantity: float
    """Of all components together: what one event meets."""
    covered_by: str | None

    @property
    def mean(self) -> float:
        return self.setup_mean + self.variable_mean


@dataclass(frozen=True)
class Cover:
    """Another estimate whose repair does this one's work as well, but for a share."""

    estimate: str
    remaining: float


def efforts(groups: Sequence[Group]) -> dict[str, Effort]:
    """The effort of every slice, by estimate id."""
    covers = covering(groups)
    variable = {
        part.id: variable_mean(part) * (covers[part.id].remaining if part.id in covers else 1.0)
        for group in groups
        for part in group.slices
    }
    setups = allocated_setups(groups, variable)
    return {
        part.id: effort(group, variable[part.id], setups.get(part.id), covers.get(part.id))
        for group in groups
        for part in group.slices
    }


def effort(group: Group, variable: float, setup: Hours | None, cover: Cover | None) -> Effort:
    figures = [setup] if setup else []
    if group.cost.unit_hours:
        draw = f"{group.rule.id}@{group.repository}"
        _, own = split_variance(log_variance(group.cost.unit_hours))
        figures.append(Hours(variable, group.repository, group.rule.id, rule_variance(group.cost), draw, own))
    return Effort(
        setup_mean=setup.mean if setup else 0.0,
        variable_mean=variable,
        figures=tuple(figures),
        group_quantity=group.quantity,
        covered_by=cover.estimate if cover else None,
    )


def learning_exponent(learning: float) -> float:
    return 1 + log2(learning)


def variable_mean(part: Slice) -> float:
    """Mean variable hours of a slice. Learning starts anew in every component, as it does in every repository.

    So forty projects in one repository take what forty repositories take, but for the set-up they share.
    """
    learnt: float = part.quantity ** learning_exponent(part.cost.learning)
    return mean_hours(part.cost.unit_hours) * learnt


def covering(groups: Sequence[Group]) -> dict[str, Cover]:
    """By estimate id, what covers it: a rule of the same component, the one that leaves least to do."""
    found: dict[str, Cover] = {}
    by_place = {(part.repository, part.component, part.rule.id): part for group in groups for part in group.slices}
    for part in by_place.values():
        for covered in part.cost.covers:
            other = by_place.get((part.repository, part.component, covered))
            if other is None or other is part or part.rule.id in other.cost.covers:
                continue
            known = found.get(other.id)
            if known is None or part.cost.covered_share < known.remaining:
                found[other.id] = Cover(part.id, part.cost.covered_share)
    return found


def allocated_setups(groups: Sequence[Group], variable: dict[str, float]) -> dict[str, Hours]:
    """Each slice's share of the set-up it needs, by estimate id."""
    users: dict[tuple[str, ...], list[Slice]] = defaultdict(list)
    for group in groups:
        for part in group.slices:
            if part.cost.fixed:
                users[activity_key(part)].append(part)
    return {
        part.id: Hours(hours, part.repository, part.rule.id, rule_variance(part.cost), "set-up " + " ".join(key), own)
        for key, parts in users.items()
        for part, hours, own in setup_shares(parts, variable)
    }


def activity_key(part: Slice) -> tuple[str, ...]:
    """What is paid once: the activity (or the rule's own set-up) in its scope."""
    scopes = {"organisation": (), "repository": (part.repository,), "component": (part.repository, part.component)}
    return (part.cost.activity or part.rule.id, *scopes[part.cost.scope])


def setup_shares(parts: Sequence[Slice], variable: dict[str, float]) -> Iterable[tuple[Slice, float, float]]:
    """Slice, mean hours and own variance; where rules state different hours for one activity the most work counts."""
    stated = max((part.cost.fixed for part in parts if part.cost.fixed), key=by_size)
    _, own = split_variance(log_variance(stated))
    weights = [variable[part.id] if part.cost.unit_hours else mean_hours(part.cost.fixed) for part in parts]
    if not any(weights):
        weights = [1.0] * len(parts)
    whole = fsum(weights)
    for part, weight in zip(parts, weights, strict=True):
        yield part, mean_hours(stated) * weight / whole, own


def by_size(hours: Spread) -> tuple[float, float, float]:
    return (hours.p50, hours.p90, hours.p10)


def rule_variance(cost: Cost) -> float:
    """Variance of the error that a rule's figures share: from its unit hours, or its set-up if that is all."""
    stated = cost.unit_hours or cost.fixed
    return split_variance(log_variance(stated))[0] if stated else 0.0
