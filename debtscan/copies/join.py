"""Exact joins of statement hashes: which pieces of code may be copies of each other, before anything is verified.

Both joins sort flat arrays instead of comparing pairs: equal hashes become neighbours, and only neighbours are paired.
What they return is a superset; `debtscan.copies.likeness` decides on the sequences themselves.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

COMMON = 64
"""A statement of more pieces than this pairs none of them (`return x`); it still counts in the bound."""
MOST_PAIRS = 30_000_000
"""Where that many statements are shared, those of fewer pieces than `COMMON` count as common, to bound memory."""
WINDOW = 3
"""Statements that must follow each other unchanged for a run to begin."""
COMMON_WINDOW = 20
"""A window found more often than this pairs only with its two next occurrences."""
GAP = 2
"""Changed statements in a row that a run bridges."""

_Ints = NDArray[np.int64]
_Hashes = NDArray[np.uint64]
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_MULTIPLIERS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)


class Candidate(NamedTuple):
    """Two pieces, by index."""

    first: int
    second: int
    bound: float
    """Share of statements they can have in common at most, told by how many common ones each of them has."""
    share: float
    """Share of statements that they do have in common, in any order."""


class Run(NamedTuple):
    """Two stretches of statements (half-open) that agree but for gaps."""

    first_start: int
    first_end: int
    second_start: int
    second_end: int


def candidates(hashes: array[int], spans: Sequence[tuple[int, int]], floor: float) -> list[Candidate]:
    """Pairs of pieces that may share `floor` of their statements (twice the shared over both lengths), best first.

    Pieces are compared as multisets. A pair is missed only when all it shares stands in more than `COMMON` pieces.
    """
    if len(spans) < 2:
        return []
    bounds = np.array(spans, np.int64)
    starts, lengths = bounds[:, 0], bounds[:, 1] - bounds[:, 0]
    tokens, owners = _tokens(np.frombuffer(hashes, np.uint64), starts, lengths)
    sizes = _group_sizes(tokens)
    rare = sizes <= _rarest_common(sizes)
    common = np.bincount(owners[~rare], minlength=len(spans))
    paired = rare & (sizes > 1)
    first, second, shared = _pairs(tokens[paired], owners[paired], lengths, floor)
    both = lengths[first] + lengths[second]
    most = 2 * (shared + np.minimum(common[first], common[second])) / both
    kept = np.flatnonzero((most >= floor) & (shared >= 2))
    kept = kept[np.lexsort((second[kept], first[kept], -most[kept]))]
    first, second = first[kept], second[kept]
    shared = shared[kept] + _shared(tokens[~rare], owners[~rare], len(spans), first, second)
    columns = first, second, np.minimum(most[kept], 1.0), 2 * shared / both[kept]
    return [Candidate(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]


def _tokens(hashes: _Hashes, starts: _Ints, lengths: _Ints) -> tuple[_Hashes, _Ints]:
    """Every statement of every piece as (token, piece), equal tokens together and in piece order.

    The n-th occurrence of a hash in one piece is a token of its own, so that equal tokens count as multisets do.
    """
    owners = np.repeat(np.arange(len(lengths)), lengths)
    places = np.arange(len(owners)) - np.repeat(np.cumsum(lengths) - lengths - starts, lengths)
    own = hashes[places]
    order = np.argsort(own, kind="stable")
    own, owners = own[order], owners[order]
    again = np.r_[False, (own[1:] == own[:-1]) & (owners[1:] == owners[:-1])]
    index = np.arange(len(own))
    occurrence = (index - np.maximum.accumulate(np.where(again, 0, index)))[again]
    repeated, their_owners = own[again] + occurrence.astype(np.uint64) * _SPREAD, owners[again]
    order = np.argsort(repeated, kind="stable")
    return np.r_[own[~again], repeated[order]], np.r_[owners[~again], their_owners[order]]


def _group_sizes(values: NDArray[np.uint64]) -> _Ints:
    """For each item, how many items equal it; equal ones stand together."""
    if not len(values):
        return np.zeros(0, np.int64)
    heads = np.flatnonzero(np.r_[True, values[1:] != values[:-1]])
    sizes = np.diff(np.r_[heads, len(values)])
    return np.repeat(sizes, sizes)


def _rarest_common(sizes: _Ints) -> int:
    """How many pieces a statement may be in and still pair them: `COMMON`, or less where that would be too many pairs."""
    limit = COMMON
    while limit > 2 and int((sizes[sizes <= limit] - 1).sum()) // 2 > MOST_PAIRS:
        limit //= 2
    return limit


def _pairs(tokens: _Hashes, owners: _Ints, lengths: _Ints, floor: float) -> tuple[_Ints, _Ints, _Ints]:
    """Every two pieces with a token in common, and how many they share; without those too different in length."""
    count = len(lengths)
    # small keys sort in half the time
    kind = np.uint32 if count * count < 1 << 32 else np.int64
    keys = [np.zeros(0, kind)]
    for distance in range(1, COMMON):
        equal = np.flatnonzero(tokens[distance:] == tokens[:-distance])
        if not len(equal):
            break
        first, second = owners[equal], owners[equal + distance]
        one, other = lengths[first], lengths[second]
        alike = 2 * np.minimum(one, other) / (one + other) >= floor
        keys.append((first[alike] * count + second[alike]).astype(kind))
    pairs, shared = _counted(np.concatenate(keys), count * count)
    first, second = np.divmod(pairs, count)
    return first, second, shared


def _counted(keys: NDArray[np.integer[Any]], above: int) -> tuple[_Ints, _Ints]:
    """The different keys, in order, and how often each occurs; they are not sorted where they fill much of the range."""
    if above > 8 * len(keys):
        pairs, times = np.unique(keys, return_counts=True)
        return pairs.astype(np.int64), times
    times = np.bincount(keys, minlength=above)
    pairs = np.flatnonzero(times)
    return pairs, times[pairs]


def _shared(tokens: _Hashes, owners: _Ints, count: int, first: _Ints, second: _Ints) -> _Ints:
    """How many of these tokens each pair of pieces shares, 64 of them at a time as the bits of one number."""
    shared = np.zeros(len(first), np.int64)
    heads = np.flatnonzero(np.r_[True, tokens[1:] != tokens[:-1]]) if len(tokens) else np.zeros(0, np.int64)
    groups = np.split(owners, heads[1:]) if len(heads) else []
    for start in range(0, len(groups), 64):
        bits = np.zeros(count, np.uint64)
        for number, group in enumerate(groups[start : start + 64]):
            bits[group] |= np.uint64(1 << number)
        shared += np.bitwise_count(bits[first] & bits[second])
    return shared


def runs(hashes: array[int], segments: array[int], shortest: int) -> list[Run]:
    """Stretches of at least `shortest` statements that two places have in common, up to gaps.

    `segments` numbers the statements that belong together; a run stays inside one segment on either side, and -1 is in
    no run. Two overlapping stretches of one place are no copy.
    """
    if len(hashes) < WINDOW:
        return []
    owners = np.frombuffer(segments, np.int32)
    first, second = _equal_windows(np.frombuffer(hashes, np.uint64), owners)
    stretches = _bridge(_diagonals(first, second, owners), owners)
    starts, ends, others, other_ends, covered = stretches
    span = np.maximum(ends - starts, other_ends - others)
    long = np.minimum(ends - starts, other_ends - others) >= shortest
    apart = (ends <= others) | (owners[starts] != owners[others])
    kept = np.flatnonzero(long & apart & (2 * covered >= span))
    return [Run(*row) for row in zip(*(column[kept].tolist() for column in stretches[:4]), strict=True)]


def _equal_windows(hashes: _Hashes, owners: NDArray[np.int32]) -> tuple[_Ints, _Ints]:
    """Places (first < second) where the next `WINDOW` statements are the same."""
    count = len(hashes) - WINDOW + 1
    windows = np.zeros(count, np.uint64)
    for offset in range(WINDOW):
        windows += hashes[offset : offset + count] * np.uint64(_MULTIPLIERS[offset])
    whole = owners[:count] >= 0
    for offset in range(1, WINDOW):
        whole &= owners[offset : offset + count] == owners[:count]
    places = np.flatnonzero(whole)
    places = places[np.argsort(windows[places], kind="stable")]
    windows = windows[places]
    sizes = _group_sizes(windows)
    first, second = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for distance in range(1, COMMON_WINDOW):
        equal = windows[distance:] == windows[:-distance]
        if distance > 2:
            equal &= sizes[:-distance] <= COMMON_WINDOW
        found = np.flatnonzero(equal)
        if not len(found):
            break
        first.append(places[found])
        second.append(places[found + distance])
    return np.concatenate(first), np.concatenate(second)


_Stretches = tuple[_Ints, _Ints, _Ints, _Ints, _Ints]
"""Start, end, other start, other end, statements covered by equal windows."""


def _diagonals(first: _Ints, second: _Ints, owners: NDArray[np.int32]) -> _Stretches:
    """Join equal windows that follow each other at the same offset."""
    offset = second - first
    order = np.lexsort((first, offset))
    first, offset = first[order], offset[order]
    second = first + offset
    if not len(first):
        return first, first, first, first, first
    begins = np.r_[
        True,
        (offset[1:] != offset[:-1])
        | (first[1:] > first[:-1] + WINDOW)
        | (owners[first[1:]] != owners[first[:-1]])
        | (owners[second[1:]] != owners[second[:-1]]),
    ]
    heads = np.flatnonzero(begins)
    tails = np.r_[heads[1:], len(first)] - 1
    starts, ends = first[heads], first[tails] + WINDOW
    covered = np.minimum(tails - heads + WINDOW, ends - starts)
    return starts, ends, second[heads], second[tails] + WINDOW, covered


def _bridge(stretches: _Stretches, owners: NDArray[np.int32]) -> _Stretches:
    """Join stretches of the same two segments with at most `GAP` changed statements between them."""
    starts, ends, others, other_ends, covered = stretches
    sides = owners[starts].astype(np.int64) << 32 | owners[others]
    order = np.lexsort((others, starts, sides))
    starts, ends, others, other_ends, covered, sides = (
        column[order] for column in (starts, ends, others, other_ends, covered, sides)
    )
    for _ in range(3):
        if len(starts) < 2:
            break
        here, there = starts[1:] - ends[:-1], others[1:] - other_ends[:-1]
        near = (sides[1:] == sides[:-1]) & (np.maximum(here, there) <= GAP) & (np.minimum(here, there) >= -WINDOW)
        if not near.any():
            break
        heads = np.flatnonzero(np.r_[True, ~near])
        ends, other_ends = np.maximum.reduceat(ends, heads), np.maximum.reduceat(other_ends, heads)
        covered = np.add.reduceat(covered, heads)
        starts, others, sides = starts[heads], others[heads], sides[heads]
    return starts, ends, others, other_ends, covered
