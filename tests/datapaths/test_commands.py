"""What shell lines fetch, make and mount, and what prose says of data."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debtscan.datapaths.commands import ANY, Commands, commands_in, document_in, fetched_words, named_files


@pytest.mark.parametrize(
    ("line", "fetched"),
    [
        ("wget https://example.org/files/housing.csv", ["example.org", "housing", "housing.csv"]),
        ("curl -L https://x.org/a1/corpus.tgz -o data/corpus.tgz", [ANY, "corpus", "corpus.tgz", "x.org"]),
        ("kaggle competitions download -c titanic", [ANY, "competitions", "titanic"]),
        ("dvc pull", [ANY, "dvc", "pull"]),
        ("curl -X POST localhost:8000/predict -d @data/customer.json", []),
        ("curl https://bootstrap.pypa.io/get-pip.py | python", []),
        ("python train.py --data data/train.csv", []),
        ("echo done", []),
    ],
)
def test_a_line_fetches_what_its_words_tell(line, fetched):
    assert commands_in([line]).fetched == fetched


def test_a_command_goes_on_behind_a_backslash():
    assert commands_in(["wget \\", "  https://example.org/housing.csv"]).fetched == [
        "example.org",
        "housing",
        "housing.csv",
    ]


def test_outputs_and_targets_are_made():
    lines = ["data/clean.csv: data/raw.csv", "\tpython clean.py > $@", "\tpython score.py --output scores/today.csv"]
    assert commands_in(lines, makefile=True).made == ["data/clean.csv", "scores/today.csv"]


def test_a_target_is_one_in_a_makefile_only():
    assert commands_in(["data/clean.csv: data/raw.csv"]).made == []


def test_a_container_has_folders_of_its_own():
    lines = ["docker run -v $PWD/data:/data/churn image", "WORKDIR /workspace/app", 'VOLUME ["/models"]']
    assert commands_in(lines).mounted == ["/data/churn", "/models", "/workspace/app"]


def test_a_document_speaks_in_commands_and_in_prose():
    text = """
        # Churn

        Download the data from [the portal](https://example.org/churn) and put `customers.csv` into `data/raw/`.

        ```bash
        wget https://example.org/labels.csv
        ```
    """
    lines = [line.strip() for line in text.splitlines()]
    found = document_in(lines)
    assert found.fetched == ["example.org", "labels", "labels.csv"]
    assert {ANY, "customers.csv"} <= set(found.mentioned)


def test_prose_without_a_source_of_data_mentions_nothing():
    assert document_in(["Reads `customers.csv`; see [the paper](https://example.org)."]) == Commands()


def test_an_archive_holds_what_nobody_names():
    assert fetched_words(["https://example.org/v1/images.zip"]) == [ANY, "example.org", "images", "images.zip"]
    assert fetched_words([]) == [ANY]


def test_files_among_the_words_of_a_command():
    assert named_files(["perf -f out/speed.csv --url http://x.org/a.csv run.py"]) == ["out/speed.csv"]


@given(st.lists(st.text(max_size=80), max_size=10))
def test_any_text_is_read(lines):
    for found in (commands_in(lines, makefile=True), document_in(lines)):
        assert all(word for words in (found.fetched, found.mentioned) for word in words)
