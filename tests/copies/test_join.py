"""The joins lose nothing that they promise to find, and never pair what has nothing in common."""

from __future__ import annotations

from array import array
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from debtscan.copies.join import Run, candidates, runs
from debtscan.copies.likeness import counted, in_any_order

PIECES = st.lists(st.lists(st.integers(0, 12), min_size=1, max_size=12), min_size=2, max_size=12)


def laid_out(pieces: list[list[int]]) -> tuple[array[int], list[tuple[int, int]]]:
    hashes = array("Q")
    spans = []
    for piece in pieces:
        spans.append((len(hashes), len(hashes) + len(piece)))
        hashes.extend(piece)
    return hashes, spans


@given(PIECES)
def test_candidates_are_the_pairs_that_share_enough(pieces):
    hashes, spans = laid_out(pieces)
    found = {(pair.first, pair.second): pair.bound for pair in candidates(hashes, spans, 0.6)}
    contents = [counted(piece) for piece in pieces]
    expected = {
        (one, other): share
        for one, other in combinations(range(len(pieces)), 2)
        if (share := in_any_order(contents[one], contents[other])) >= 0.6 and len(contents[one] & contents[other]) >= 2
    }
    assert found == expected


def test_candidates_come_best_first():
    hashes, spans = laid_out([[1, 2, 3, 4], [1, 2, 3, 9], [1, 2, 3, 4]])
    assert [(pair.first, pair.second, pair.bound) for pair in candidates(hashes, spans, 0.5)] == [
        (0, 2, 1.0),
        (0, 1, 0.75),
        (1, 2, 0.75),
    ]


@given(PIECES)
def test_the_share_of_a_candidate_counts_common_statements_too(pieces):
    pieces = [*pieces, *([0, 1, 1, 2, 200 + number] for number in range(70))]
    hashes, spans = laid_out(pieces)
    contents = [counted(piece) for piece in pieces]
    for pair in candidates(hashes, spans, 0.3):
        assert pair.share == in_any_order(contents[pair.first], contents[pair.second]) <= pair.bound


def test_a_statement_of_very_many_pieces_pairs_none_of_them():
    hashes, spans = laid_out([[1, 2, 100 + number, 200 + number] for number in range(100)])
    assert candidates(hashes, spans, 0.5) == []


def test_too_many_pairs_make_more_statements_common(monkeypatch):
    pieces = [[1, 2, 3, 10 + number, 20 + number] for number in range(8)] + [[7, 8, 9, 4, 5], [7, 8, 9, 4, 6]]
    hashes, spans = laid_out(pieces)
    assert len(candidates(hashes, spans, 0.6)) == 28 + 1
    monkeypatch.setattr("debtscan.copies.join.MOST_PAIRS", 10)
    assert [(pair.first, pair.second) for pair in candidates(hashes, spans, 0.6)] == [(8, 9)]


def test_nothing_is_joined_where_there_is_nothing():
    assert candidates(array("Q"), [], 0.5) == []
    assert runs(array("Q"), array("i"), 3) == []


def one_segment(count: int) -> array[int]:
    return array("i", [0] * count)


def test_a_stretch_that_stands_twice_is_a_run():
    hashes = array("Q", [1, 2, 3, 4, 5, 90, 91, 1, 2, 3, 4, 5])
    assert runs(hashes, one_segment(12), 5) == [Run(0, 5, 7, 12)]


def test_a_run_bridges_a_changed_statement():
    hashes = array("Q", [1, 2, 3, 70, 4, 5, 6, 90, 1, 2, 3, 71, 4, 5, 6])
    assert runs(hashes, one_segment(15), 6) == [Run(0, 7, 8, 15)]


def test_a_run_bridges_an_inserted_statement():
    hashes = array("Q", [1, 2, 3, 4, 5, 6, 90, 1, 2, 3, 71, 4, 5, 6])
    assert runs(hashes, one_segment(14), 6) == [Run(0, 6, 7, 14)]


def test_a_run_ends_where_a_segment_does():
    hashes = array("Q", [1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6])
    segments = array("i", [0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 2, 2])
    assert runs(hashes, segments, 4) == []


def test_no_run_goes_through_statements_that_belong_to_nothing():
    hashes = array("Q", [1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6])
    segments = array("i", [-1] * 6 + [1] * 6)
    assert runs(hashes, segments, 3) == []


def test_the_two_sides_of_a_run_never_overlap():
    found = runs(array("Q", [1, 2] * 12), one_segment(24), 5)
    assert all(run.first_end <= run.second_start for run in found)
