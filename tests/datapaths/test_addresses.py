"""Which addresses are data, and under which the same data stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debtscan.datapaths.addresses import is_data_name, steadiness

GITHUB = "https://raw.githubusercontent.com/owner/name"


@pytest.mark.parametrize(
    ("address", "told"),
    [
        (f"{GITHUB}/master/data.csv", "mutable"),
        (f"{GITHUB}/master/v2/data.csv", "mutable"),
        (f"{GITHUB}/refs/heads/main/data.csv", "mutable"),
        (f"{GITHUB}/0a1b2c3d4e5f/data.csv", "versioned"),
        (f"{GITHUB}/v1.2/data.csv", "versioned"),
        ("https://github.com/owner/name/raw/main/data.csv", "mutable"),
        ("https://github.com/owner/name/releases/download/1.0/data.zip", "versioned"),
        ("https://huggingface.co/datasets/o/n/resolve/main/data.csv", "mutable"),
        ("https://huggingface.co/datasets/o/n/resolve/0123456789abcdef/data.csv", "versioned"),
        ("https://example.org/data.csv", "unversioned"),
        ("https://example.org/data_v2.csv", "versioned"),
        ("https://archive.ics.uci.edu/ml/machine-learning-databases/00235/power.zip", "unversioned"),
        ("https://zenodo.org/record/123456/files/data.csv", "versioned"),
        ("https://wheels.example.org/models/resnet50-0676ba61.pth", "versioned"),
        ("https://trips.org/yellow_tripdata_2021-01.parquet", "versioned"),
        ("s3://bucket/sales/latest.parquet", "mutable"),
        ("s3://bucket/sales/2024-01-31/part.parquet", "versioned"),
        ("gs://bucket/data.csv", "mutable"),
        ("lakefs://repo/main/data.csv", "mutable"),
        ("lakefs://repo/0123456789abcdef/data.csv", "versioned"),
        ("models:/churn/Production", "mutable"),
        ("models:/churn/3", "versioned"),
        ("runs:/0123/model", "versioned"),
    ],
)
def test_an_address_tells_whether_its_data_may_change(address, told):
    assert steadiness(address) == told


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("https://example.org/data.csv?download=1", True),
        ("https://example.org/corpus.tar.gz", True),
        ("https://example.org/weights.pth", True),
        ("https://example.org/text.txt", True),
        ("https://example.org/api/v1/users", False),
        ("https://example.org/page.html", False),
        ("https://example.org/logo.png", False),
        ("https://repo.anaconda.com/miniconda/Miniconda3-latest-Linux-x86_64.sh", False),
        ("https://github.com/owner/name/archive/master.zip", False),
        ("https://example.org/package.whl", False),
        ("https://example.org/requirements.txt", False),
    ],
)
def test_data_are_known_by_their_names(name, told):
    assert is_data_name(name) is told


@given(st.text(max_size=200))
def test_any_text_is_judged(text):
    assert steadiness(text) in {"versioned", "mutable", "unversioned"}
    assert is_data_name(text) in {True, False}
