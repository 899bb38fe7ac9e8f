"""Paths that are written, and whether one that is read is among them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debtscan.datapaths.made import Made


@pytest.mark.parametrize(
    ("written", "read", "holds"),
    [
        ("data/x.csv", "data/x.csv", True),
        ("../data/x.csv", "./data/x.csv", True),
        ("x_all.csv", "data/x_all.csv", True),
        ("raw/x_all.csv", "clean/x_all.csv", False),
        ("*/features.csv", "data/features.csv", True),
        ("*/*.csv", "data/features.csv", False),
        ("data/*.csv", "data/features.csv", True),
        ("data/*.csv", "features.csv", False),
        ("data/*", "data/features.csv", False),
        ("data/part_*.csv", "data/part_3.csv", True),
        ("data/part_1.csv", "data/part_*.csv", True),
        ("data/features", "data/features.npy", True),
        ("data/x.csv", "data/y.csv", False),
    ],
)
def test_a_read_path_is_one_that_was_written(written, read, holds):
    made = Made()
    made.add(written)
    assert made.holds(read) is holds


def test_whatever_lies_in_a_written_folder_was_written():
    made = Made()
    made.add("datasets/housing", folder=True)
    assert made.holds("datasets/housing/housing.csv")
    assert made.holds("datasets/housing")
    assert not made.holds("datasets/spam/spam.csv")


_PATHS = st.lists(st.sampled_from(["data", "a", "*", "..", "x.csv", "b*.csv"]), min_size=1, max_size=5).map("/".join)


@given(_PATHS)
def test_what_was_written_is_there(path):
    made = Made()
    made.add(path)
    if "*" not in path.split("/")[-1] and not path.endswith(".."):
        assert made.holds(path)
