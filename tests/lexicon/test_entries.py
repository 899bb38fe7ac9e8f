"""The lexicons are well formed: a wrong line would silently know nothing."""

from __future__ import annotations

import pytest

from debtscan.datapaths.apis import data_set_source, find
from debtscan.lexicon.entries import entries
from debtscan.training.apis import drawings, seeded_by, trainer

HOLDS = {"data", "model", "table", "image", "folder", "listing", "any"}
LIBRARIES = {"random", "numpy", "torch", "tensorflow", "spark", "optuna", "hyperopt", "paddle", "tinygrad"}


def test_a_comment_is_no_entry():
    assert all(not word.startswith("#") for words in entries("readers") for word in words)


@pytest.mark.parametrize(
    "name", ["readers", "writers", "datasets", "downloads", "trainers", "draws", "seeds", "pretrained", "tracking"]
)
def test_no_name_stands_twice(name):
    names = [words[0] for words in entries(name)]
    twice = {item for item in names if names.count(item) > 1}
    # a call can be known by one of several arguments, and a copy both reads and writes
    assert {item for item in twice if "=" not in item} == set()


@pytest.mark.parametrize("name", ["readers", "writers"])
def test_readers_and_writers_say_where_the_path_is_and_what_it_holds(name):
    for api, place, holds in entries(name):
        position, _, keyword = place.partition(":")
        assert place == "self" or ((position == "-" or position.isdecimal()) and keyword.isidentifier()), api
        assert holds.rstrip("?") in HOLDS, api


def test_trainers_say_how_and_what_they_draw():
    for name, framework, how, draws, *method in entries("trainers"):
        assert how in {"estimator", "trainer", "call", "transformer"}, name
        assert draws in {"none", "seeded", "seeded_first", *LIBRARIES}, name
        assert bool(method) == (how == "trainer"), name
        assert framework.islower() or "-" in framework, name


def test_draws_name_a_library_and_a_kind():
    for name, library, kind, *_ in entries("draws"):
        assert library in LIBRARIES, name
        assert kind in {"split", "order", "estimator", "loader", "sample"}, name


def test_seeds_name_libraries():
    for name, *libraries in entries("seeds"):
        assert libraries, name
        assert set(libraries) <= LIBRARIES, name


def test_names_are_found_whole_by_method_and_by_module():
    assert [api.name for api in find("pandas.read_csv")] == ["pandas.read_csv"]
    assert [api.name for api in find("spark.read.option().csv")] == [".read.csv"]
    assert [(api.direction, api.position) for api in find("shutil.copy")] == [("read", 0), ("write", 1)]
    assert list(find("requests.get")) == []
    assert data_set_source("torchvision.datasets.MNIST") == "fetched"
    assert data_set_source("torchvision.transforms.Normalize") is None
    assert trainer("sklearn.svm.SVC").framework == "sklearn"
    assert trainer("sklearn.preprocessing.StandardScaler").how == "transformer"
    assert trainer("pytorch_lightning.Trainer.from_argparse_args").framework == "lightning"
    assert trainer("sklearn.svm.l1_min_c") is None
    assert [item.seed for item in drawings("train_test_split")][:2] == ["random_state", "random_state"]
    assert seeded_by("torch.manual_seed") == ("torch",)
