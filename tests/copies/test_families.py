"""Families from pairs: what hangs together, and where a chain is cut."""

from __future__ import annotations

from debtscan.copies.families import Family, Tie, families


def table(likeness: dict[tuple[int, int], float]):
    return lambda one, other: likeness.get((one, other), 0.0)


def ties(likeness: dict[tuple[int, int], float], floor: float) -> list[Tie]:
    return [Tie(one, other, share, floor) for (one, other), share in likeness.items()]


def test_items_with_a_common_neighbour_are_one_family():
    likeness = {(0, 1): 0.9, (1, 2): 0.8, (0, 2): 0.7}
    assert families([1, 1, 1, 1], ties(likeness, 0.65), table(likeness)) == [Family(1, (0, 1, 2), (0.9, 1.0, 0.8))]


def test_a_chain_is_cut_where_a_member_is_unlike_the_central_one():
    likeness = {(0, 1): 0.75, (1, 2): 0.75, (2, 3): 0.7, (3, 4): 0.7}
    found = families([1] * 5, ties(likeness, 0.65), table(likeness))
    assert found == [Family(1, (0, 1, 2), (0.75, 1.0, 0.75)), Family(3, (3, 4), (1.0, 0.7))]


def test_a_tie_below_its_floor_connects_nothing():
    likeness = {(0, 1): 0.7}
    assert families([1, 1], ties(likeness, 0.8), table(likeness)) == []


def test_a_bound_is_no_proof():
    assert families([1, 1], [Tie(0, 1, 1.0, 0.65)], table({(0, 1): 0.2})) == []


def test_one_item_that_stands_for_several_is_a_family():
    assert families([1, 3], [], table({})) == [Family(1, (1,), (1.0,))]


def test_the_central_item_is_the_one_with_most_copies():
    likeness = {(0, 1): 0.9}
    assert families([1, 4], ties(likeness, 0.65), table(likeness)) == [Family(1, (0, 1), (0.9, 1.0))]


def test_the_order_of_ties_does_not_matter():
    likeness = {(0, 1): 0.9, (1, 2): 0.8, (0, 2): 0.7, (3, 4): 0.9, (2, 3): 0.5}
    forward = families([1] * 5, ties(likeness, 0.65), table(likeness))
    assert forward == families([1] * 5, reversed(ties(likeness, 0.65)), table(likeness))
