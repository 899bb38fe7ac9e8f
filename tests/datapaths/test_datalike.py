"""Which files are data, and which only look like it."""

from __future__ import annotations

import pytest

from debtscan.datapaths.datalike import LARGE_TEXT_BYTES, MANY_TEXTS, DataLike
from debtscan.repository import File
from debtscan.repository.kinds import kind_of


def file(path: str, **columns) -> File:
    known = {"blob": None, "size_bytes": 5_000, "kind": kind_of(path), "raw": path.encode(), **columns}
    return File(path=path, **known)


def is_data(path: str, *neighbours: str, records: int = 0, listed: int = 0, **columns) -> bool:
    looked_at = file(path, **columns)
    others = [file(other) for other in neighbours]
    return DataLike([looked_at, *others], {path: (records, listed)}).holds(looked_at)


@pytest.mark.parametrize(
    "path",
    [
        "train.csv",
        "data/01_raw/iris.csv",
        "pkg/datasets/iris.csv",
        "tests/data/iris.parquet",
        "x.tar.gz",
        "scan.nii.gz",
        "scan.dcm",
        "demo.spacy",
        "data/images/1.png",
        "custom-dataset/1.jpg",
        "data/mnist/train-images-idx3-ubyte",
        "data/voc/1.xml",
        "data/input.txt",
    ],
)
def test_data_by_format_or_in_a_folder_of_data(path):
    assert is_data(path)


@pytest.mark.parametrize(
    "path",
    [
        "package.json",
        "configs/train.yaml",
        "app.ipynb",
        "assets/demo.gif",
        "docs/data/flow.png",
        "docs/images/a.png",
        "images/data.png",
        "notes.txt",
        "requirements.txt",
        "data/README",
        "data/.gitkeep",
        "data/LICENSE.txt",
        "data/adults.CITATION",
        "custom-dataset/CMakeLists.txt",
        "clip/bpe_simple_vocab_16e6.txt.gz",
        "data/vocab.txt",
        "tokenizer.json",
        "dist/tool-1.0.whl",
        "lib/tool.jar",
        "package_data/logo.png",
    ],
)
def test_what_only_looks_like_data(path):
    assert not is_data(path)


def test_an_empty_file_is_no_data():
    assert not is_data("data/a.csv", size_bytes=0)


def test_a_file_beside_code_is_a_resource_of_the_package_when_its_format_means_nothing():
    assert not is_data("pkg/data/names.txt", "pkg/data/__init__.py")
    assert not is_data("pkg/data/maps/names.xml", "pkg/data/__init__.py")
    assert is_data("pkg/data/names.csv", "pkg/data/__init__.py")
    assert is_data("pkg/datasets/test_data/1.png", "pkg/datasets/test_data/__init__.py")


@pytest.mark.parametrize(
    ("path", "counts", "data"),
    [
        ("train.json", {"records": 2}, True),
        ("alpaca_data.json", {"records": 52_000}, True),
        ("seed.json", {"records": 99}, False),
        ("seed.json", {"records": 100}, True),
        ("coco/instances.json", {"listed": 100}, True),
        ("data/reviews.json", {"records": 2}, True),
        # a dashboard called like data, a request of one row, settings in a folder of data
        ("dashboards/data_drift.json", {"listed": 12}, False),
        ("scripts/input_test.json", {"records": 1}, False),
        ("data/settings.json", {"listed": 3}, False),
        ("data/settings.json", {}, False),
        # translations, fixtures, web pages
        ("locales/data.json", {"records": 500}, False),
        ("tests/fixtures/train.json", {"records": 500}, False),
        ("ui/public/data.json", {"records": 500}, False),
    ],
)
def test_json_is_data_by_its_records_and_its_name(path, counts, data):
    assert is_data(path, **counts) is data


def test_json_that_a_partial_clone_lacks_is_told_by_its_name():
    assert is_data("alpaca_data.json", present=False, size_bytes=None)
    assert not is_data("package.json", present=False, size_bytes=None)


def test_text_is_data_in_bulk():
    assert is_data("debates.txt", size_bytes=LARGE_TEXT_BYTES)
    speeches = [f"speeches/{number}.txt" for number in range(MANY_TEXTS - 1)]
    assert is_data("speeches/last.txt", *speeches)
    assert not is_data("speeches/last.txt", *speeches[1:])
    licenses = [f"licenses/{number}.txt" for number in range(MANY_TEXTS)]
    assert not is_data("licenses/last.txt", *licenses)
