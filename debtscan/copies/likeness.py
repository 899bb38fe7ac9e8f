"""How alike two sequences of statement hashes are: the share of their statements that they have in common.

Both measures are twice the common statements over both lengths, so 1.0 means the same statements up to local names
and constants, which the hashes do not hold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

MOST_PAIRS_IN_ORDER = 400_000_000
"""Beyond 20,000 by 20,000 statements order is not looked at: one such pair takes 50 ms, and time grows as its product."""
_SPREAD = 0x9E3779B97F4A7C15


def in_order(first: Sequence[int], second: Sequence[int]) -> float:
    """Share of the statements that stand in both in the same order."""
    if not first or not second:
        return 0.0
    if len(first) * len(second) > MOST_PAIRS_IN_ORDER:
        return in_any_order(counted(first), counted(second))
    return 2 * _common_subsequence(first, second) / (len(first) + len(second))


def counted(statements: Sequence[int]) -> frozenset[int]:
    """A multiset as a set: the n-th occurrence of a hash is an element of its own."""
    times = Counter(statements)
    again = (value + nth * _SPREAD for value, most in times.items() if most > 1 for nth in range(2, most + 1))
    return frozenset(times).union(again)


def in_any_order(first: frozenset[int], second: frozenset[int]) -> float:
    """Share of the statements that stand in both, of two sequences given as `counted`."""
    if not first or not second:
        return 0.0
    return 2 * len(first & second) / (len(first) + len(second))


def _common_subsequence(first: Sequence[int], second: Sequence[int]) -> int:
    """Length of the longest common subsequence."""
    shorter = min(len(first), len(second))
    head = 0
    while head < shorter and first[head] == second[head]:
        head += 1
    tail = 0
    while tail < shorter - head and first[-1 - tail] == second[-1 - tail]:
        tail += 1
    return head + tail + _bit_vector(first[head : len(first) - tail], second[head : len(second) - tail])


def _bit_vector(first: Sequence[int], second: Sequence[int]) -> int:
    """The same by Hyyrö's bit-vector algorithm: one addition for each statement of `second`."""
    places: dict[int, int] = {}
    for index, value in enumerate(first):
        places[value] = places.get(value, 0) | 1 << index
    full = (1 << len(first)) - 1
    row = full
    for value in second:
        if match := row & places.get(value, 0):
            row = (row + match | row - match) & full
    return len(first) - row.bit_count()
