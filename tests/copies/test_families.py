"""Families from pairs: what hangs together, and where a chain is cut."""

from __future__ import annotations

from debtscan.copies.families import Family, Tie, families


def table(likeness: dict[tuple[int, int], float]):
    return lambda one, other: likeness.get((one, other), 0.0)


def found(weights: list[int], likeness: dict[tuple[int, int], float], floor: float) -> list[Family]:
    ties = [Tie(one, other, share) for (one, other), share in likeness.items()]
    return families(weights, ties, table(likeness), lambda one, other: floor)


def test_items_with_a_common_neighbour_are_one_family():
    likeness = {(0, 1): 0.9, (1, 2): 0.8, (0, 2): 0.7}
    assert found([1, 1, 1, 1], likeness, 0.65) == [Family(1, (0, 1, 2), (0.9, 1.0, 0.8))]


def test_a_chain_is_cut_where_a_member_is_no_copy_of_the_central_one():
    likeness = {(0, 1): 0.75, (1, 2): 0.75, (2, 3): 0.7, (3, 4): 0.7}
    assert found([1] * 5, likeness, 0.65) == [
        Family(1, (0, 1, 2), (0.75, 1.0, 0.75)),
        Family(3, (3, 4), (1.0, 0.7)),
    ]


def test_a_tie_below_its_floor_connects_nothing():
    assert found([1, 1], {(0, 1): 0.7}, 0.8) == []


def test_a_bound_is_no_proof():
    assert families([1, 1], [Tie(0, 1, 1.0)], table({(0, 1): 0.2}), lambda *_: 0.65) == []


def test_one_item_that_stands_for_several_is_a_family():
    assert found([1, 3], {}, 0.65) == [Family(1, (1,), (1.0,))]


def test_the_central_item_is_the_one_with_most_copies():
    assert found([1, 4], {(0, 1): 0.9}, 0.65) == [Family(1, (0, 1), (0.9, 1.0))]


def test_the_order_of_ties_does_not_matter():
    likeness = {(0, 1): 0.9, (1, 2): 0.8, (0, 2): 0.7, (3, 4): 0.9, (2, 3): 0.5}
    backward = dict(reversed(likeness.items()))
    assert found([1] * 5, likeness, 0.65) == found([1] * 5, backward, 0.65)
