"""What commands fetch, make, mount and are given, and what prose says of data."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debtscan.datapaths.commands import commands_of
from debtscan.datapaths.documents import document_in
from debtscan.datapaths.found import Commands, FoundReference
from debtscan.datapaths.words import ANY, fetched_words, named_files
from debtscan.source.text import TextSource


def told(text: str, kind: str = "shell") -> Commands:
    return commands_of(TextSource(kind, text))


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
    assert told(line).fetched == fetched


def test_a_command_goes_on_behind_a_backslash():
    assert told("wget \\\n  https://example.org/housing.csv").fetched == [
        "example.org",
        "housing",
        "housing.csv",
    ]


@pytest.mark.parametrize("line", ["unzip -q rows.zip -d datasets", "tar xzf rows.tgz -C datasets"])
def test_an_archive_fills_the_folder_it_is_unpacked_into(line):
    assert told(line).made == ["datasets"]


def test_outputs_and_targets_are_made():
    text = (
        "data/clean.csv: data/raw.csv\n\tpython clean.py > $@ 2> log.txt\n\tpython score.py --output scores/today.csv\n"
    )
    assert told(text, "makefile").made == ["data/clean.csv", "scores/today.csv"]


def test_a_target_is_one_in_a_makefile_only():
    assert told("data/clean.csv: data/raw.csv").made == []


def test_a_container_has_folders_of_its_own():
    assert told("docker run --rm -v $PWD/data:/data/churn:ro --mount type=bind,target=/x image").mounted == [
        "/data/churn",
        "/x",
    ]
    image = 'FROM python\nWORKDIR /workspace/app\nVOLUME ["/models"]\nCOPY a.csv /data/a.csv\nRUN cat /etc/hosts\n'
    assert told(image, "dockerfile").mounted == ["/data/a.csv", "/models", "/workspace/app"]


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


def download(text: str, line: int = 1, *, holds: str = "any", fetch: str = "unverified", **fields) -> FoundReference:
    return FoundReference(
        None, line, "read", text, fields.pop("how", "literal"), holds, fields["evidence"], download=fetch
    )


def test_a_download_is_a_reference_with_its_place():
    text = "set -e\nmkdir data\ncurl -L https://example.org/x?id=1 -o data/x.csv\n"
    evidence = "curl -L https://example.org/x?id=1 -o data/x.csv"
    assert told(text).references == [download("https://example.org/x?id=1", 3, holds="data", evidence=evidence)]


def test_a_checksum_in_the_same_script_verifies_its_downloads():
    text = "wget https://example.org/x.csv\necho 'abc  x.csv' | sha256sum -c\n"
    assert [item.download for item in told(text).references] == ["verified"]


def test_a_file_that_is_sent_away_is_not_fetched():
    sent = told("aws s3 cp data/x.csv s3://bucket/x.csv\ngsutil -m cp -r out gs://bucket/out\n")
    assert sent.references == []


def test_a_home_folder_given_to_a_program_is_a_reference():
    text = "python train.py \\\n  --data_dir=/home/ada/churn --out /home/ada/runs\nrm -rf ~/.cache /usr/lib\n"
    assert [(item.line, item.direction, item.text) for item in told(text).references] == [
        (2, "read", "/home/ada/churn"),
        (2, "write", "/home/ada/runs"),
    ]


@given(st.text("ab \n\\'\"&|;()<>#$=!`{}\t:/.-wgetcurl", max_size=80))
def test_any_text_is_read(text):
    for found in (told(text), told(text, "makefile"), told(text, "dockerfile"), document_in(text.splitlines())):
        assert all(word for words in (found.fetched, found.mentioned) for word in words)
