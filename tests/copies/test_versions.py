"""What a base name says of versions, and what it does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debtscan.copies.versions import versioned_name, versions


@pytest.mark.parametrize(
    ("base", "stem", "marker"),
    [
        ("train_v2", "train", "_v2"),
        ("train-v1.3", "train", "-v1.3"),
        ("trainV2", "train", "V2"),
        ("train_final", "train", "_final"),
        ("train_v2_final", "train", "_v2_final"),
        ("train_final2", "train", "_final2"),
        ("analysis-Copy1", "analysis", "-Copy1"),
        ("analysis (1)", "analysis", " (1)"),
        ("analysis - Copy (2)", "analysis", " - Copy (2)"),
        ("features_20210609", "features", "_20210609"),
        ("features_2021-06-09", "features", "_2021-06-09"),
        ("combine_feat_[svd100_and_bow_Jun23]_[Low]", "combine_feat", "_[svd100_and_bow_Jun23]_[Low]"),
        ("model_old", "model", "_old"),
        ("model_backup", "model", "_backup"),
        ("2021-06-09-churn", "churn", "2021-06-09-"),
    ],
)
def test_a_marker_of_a_version_is_taken_off(base, stem, marker):
    assert versioned_name(base) == (stem, marker)


@pytest.mark.parametrize(
    "base",
    [
        "train",
        "resnet18",
        "resnet50",
        "part_2",
        "lesson3",
        "conv2",
        "inception_v3",
        "mobilenet_v2",
        "ssd_mobilenet_v1_fpn",
        "efficientnet_model_v2",
        "test_v2",
        "test_train_final",
        "train_v2_test",
        "0002_auto_20210609",
        "__init__",
        "renewal",
        "threshold",
        "final",
        "v2",
    ],
)
def test_a_name_that_only_looks_like_a_version_is_left_alone(base):
    assert versioned_name(base) == (base, "")


def test_versions_lie_in_one_folder_or_are_all_marked_in_sibling_folders():
    paths = [
        "src/train.py",
        "src/train_v2.py",
        "src/train_final.ipynb",
        "other/train.py",
        "runs/a/fit_v1.py",
        "runs/b/fit_v2.py",
        "runs/c/fit.py",
        "alone_v2.py",
        "report.py",
        "report.ipynb",
    ]
    assert versions(paths) == {"src/train": [0, 1, 2], "runs/fit": [4, 5]}


@given(st.text(alphabet="ab_-. v12()[]CopyfinalJun", max_size=40))
def test_stem_and_marker_are_the_whole_name(base):
    name = versioned_name(base)
    assert base in {name.stem + name.marker, name.marker + name.stem}
