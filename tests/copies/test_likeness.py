"""The two measures of likeness against their definitions."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from debtscan.copies.likeness import counted, in_any_order, in_order

STATEMENTS = st.lists(st.integers(0, 6), max_size=25)


def longest_common(first: list[int], second: list[int]) -> int:
    row = [0] * (len(second) + 1)
    for one in first:
        new = [0]
        for index, other in enumerate(second):
            new.append(row[index] + 1 if one == other else max(row[index + 1], new[index]))
        row = new
    return row[-1]


@given(STATEMENTS, STATEMENTS)
def test_likeness_in_order_is_twice_the_longest_common_subsequence_over_both_lengths(first, second):
    expected = 2 * longest_common(first, second) / (len(first) + len(second)) if first and second else 0.0
    assert in_order(first, second) == expected


@given(STATEMENTS, STATEMENTS)
def test_likeness_in_any_order_counts_multisets(first, second):
    common = (Counter(first) & Counter(second)).total()
    expected = 2 * common / (len(first) + len(second)) if first and second else 0.0
    assert in_any_order(counted(first), counted(second)) == expected


@given(STATEMENTS, STATEMENTS)
def test_order_never_makes_two_sequences_more_alike(first, second):
    assert in_order(first, second) <= in_any_order(counted(first), counted(second))


def test_order_is_not_looked_at_in_very_long_sequences(monkeypatch):
    monkeypatch.setattr("debtscan.copies.likeness.MOST_PAIRS_IN_ORDER", 8)
    assert in_order([1, 2, 3], [3, 2, 1]) == 1.0
