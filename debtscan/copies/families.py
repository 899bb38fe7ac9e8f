"""Pairs become families: what hangs together is one family, as long as every member is a copy of its central one.

Likeness is not transitive. A chain of small steps is therefore cut: the member with the closest ties is the central
one, members that are no copies of it leave and are put together anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from operator import attrgetter
from typing import NamedTuple, TypeAlias

Likeness: TypeAlias = Callable[[int, int], float]
"""How alike two items are, 0 to 1; dear, so it is asked only where it can decide."""
Floor: TypeAlias = Callable[[int, int], float]
"""How alike two items must be to be copies."""


class Tie(NamedTuple):
    """Two items that may be copies, and the highest likeness they can have."""

    first: int
    second: int
    bound: float


class Family(NamedTuple):
    """Items that are copies of each other, in ascending order, with their likeness to the central one."""

    central: int
    members: tuple[int, ...]
    likeness: tuple[float, ...]


def families(weights: Sequence[int], ties: Iterable[Tie], likeness: Likeness, floor: Floor) -> list[Family]:
    """Group the items 0 .. len(weights) - 1; one item alone is a family when it stands for several (weight above 1).

    Both functions are called with the smaller item first.
    """
    likeness = cache(likeness)
    possible = [tie for tie in ties if tie.bound >= floor(tie.first, tie.second)]
    of_item: dict[int, list[Tie]] = defaultdict(list)
    for tie in possible:
        of_item[tie.first].append(tie)
    found = []
    todo = _connected(range(len(weights)), possible, likeness, floor)
    while todo:
        group = todo.pop()
        if len(group) == 1 and weights[group[0]] == 1:
            continue
        inside = _inside(group, of_item)
        family = _around(_central(group, inside, weights), group, likeness, floor)
        if sum(weights[member] for member in family.members) > 1:
            found.append(family)
        if rest := sorted(set(group) - set(family.members)):
            todo += _connected(rest, _inside(rest, of_item), likeness, floor)
    return sorted(found, key=lambda family: family.members)


def _inside(group: Sequence[int], of_item: Mapping[int, Sequence[Tie]]) -> list[Tie]:
    members = set(group)
    return [tie for item in group for tie in of_item.get(item, ()) if tie.second in members]


def _connected(items: Iterable[int], ties: Iterable[Tie], likeness: Likeness, floor: Floor) -> list[list[int]]:
    """Union-find over the ties that hold; a tie inside what already hangs together is not verified.

    The order of the ties changes nothing but how many have to be verified: fewest when the best come first.
    """
    parent = {item: item for item in items}

    def root(item: int) -> int:
        while parent[item] != item:
            parent[item] = item = parent[parent[item]]
        return item

    for tie in sorted(ties, key=attrgetter("bound"), reverse=True):
        if parent[tie.first] == parent[tie.second]:
            continue
        one, other = root(tie.first), root(tie.second)
        if one != other and likeness(tie.first, tie.second) >= floor(tie.first, tie.second):
            parent[max(one, other)] = min(one, other)
    groups: dict[int, list[int]] = defaultdict(list)
    for item in parent:
        groups[root(item)].append(item)
    return list(groups.values())


def _central(group: Sequence[int], ties: Iterable[Tie], weights: Sequence[int]) -> int:
    """The item with the closest ties, every item counted as often as it occurs."""
    closeness = {item: float(weights[item]) for item in group}
    for tie in ties:
        closeness[tie.first] += tie.bound * weights[tie.second]
        closeness[tie.second] += tie.bound * weights[tie.first]
    return max(group, key=lambda item: (closeness[item], -item))


def _around(central: int, group: Sequence[int], likeness: Likeness, floor: Floor) -> Family:
    alike = {central: 1.0}
    for item in group:
        pair = min(item, central), max(item, central)
        if item != central and (share := likeness(*pair)) >= floor(*pair):
            alike[item] = share
    members = tuple(sorted(alike))
    return Family(central, members, tuple(alike[member] for member in members))
