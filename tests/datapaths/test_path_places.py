"""The file a path means when nobody knows the working directory."""

from __future__ import annotations

import pytest

from debtscan.datapaths.places import Places

PATHS = ["data/a.csv", "data/b.csv", "src/data/a.csv", "src/train.py", "other/deep/c.csv", "other/requirements.txt"]
PLACES = Places(PATHS, {"other/deep/c.csv": "other", "other/requirements.txt": "other"})


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("data/a.csv", ["src/data/a.csv"]),
        ("../data/a.csv", ["data/a.csv"]),
        ("data/b.csv", ["data/b.csv"]),
        ("./b.csv", ["data/b.csv"]),
        ("data", ["src/data"]),
        ("data/*.csv", ["src/data/a.csv"]),
        ("../data/*.csv", ["data/a.csv", "data/b.csv"]),
        ("../data/*", ["data"]),
        ("data/missing.csv", []),
        ("deep/c.csv", []),
        ("../../../data/b.csv", ["data/b.csv"]),
    ],
)
def test_a_path_is_tried_from_the_script_upwards(path, found):
    assert PLACES.find(path, "src/train.py") == found


def test_a_path_built_from_the_script_is_exact():
    assert PLACES.find("src/data/b.csv", "src/train.py", exact=True) == []
    assert PLACES.find("data/b.csv", "src/train.py", exact=True) == ["data/b.csv"]


def test_a_name_with_brackets_is_a_name():
    assert Places(["out/[a]_[b].csv"], {}).find("out/[a]_[b].csv", "x.py") == ["out/[a]_[b].csv"]
