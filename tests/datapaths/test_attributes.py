"""Which files .gitattributes give to Git LFS: what git itself answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debtscan.datapaths.attributes import Attributes, lines_in, matcher
from tests.repository.git_made import git
from tests.scanning import write_files

PATHS = [
    "a.csv",
    "b c.csv",
    "a.bin",
    "[x].bin",
    "A.CSV",
    "data/a.csv",
    "data/b.tar.gz",
    "data/raw/a.csv",
    "data/raw/deep/er/a.csv",
    "src/data/a.csv",
    "src/data/x/model1.pt",
    "models/model-2.pt",
    "models/b/model\\.pt",
]


def by_git(root: Path) -> list[str]:
    """The paths that git gives to the filter `lfs`."""
    asked = "\0".join(PATHS).encode()
    answers = git(root, "check-attr", "-z", "--stdin", "filter", stdin=asked).split("\0")
    return [path for path, value in zip(answers[::3], answers[2::3], strict=False) if value == "lfs"]


def by_us(files: dict[str, str]) -> list[str]:
    attributes = Attributes({path: list(lines_in(text.splitlines())) for path, text in files.items()}, "lfs")
    return [path for path in PATHS if attributes.sets(path)]


PATTERNS = [
    "*.csv", "data/*", "data/", "data", "data/**", "**/data/*.csv", "/a.csv", "/data/*.csv", "data/**/a.csv", "**/raw",
    "*.[cC][sS][vV]", "model?.pt", "model[0-9].pt", "model[!0-9].pt", "model[[:digit:]].pt", "src/*/x/*.pt", "**", "*",
    '"b c.csv"', "b[[:space:]]c.csv", "\\[x\\].bin", "[x].bin", "*.tar.*", "dat?/a.csv", "*/a.csv", "**/a.csv", "a.csv/",
    "data/raw/**/er/*", "src/**/*.pt", "!*.csv", "#a.csv", "data//a.csv", "mod*/**/model*", "*.c*v", "model[^0]*", "a**b",
    "**csv", "models/b/model*",
]  # fmt: skip


@pytest.fixture(scope="module")
def repository(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("attributes")
    git(root, "init", "-q")
    return root


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_means_the_files_that_git_takes_it_for(repository, pattern):
    text = f"{pattern} filter=lfs diff=lfs merge=lfs -text\n"
    write_files(repository, {".gitattributes": text})
    assert by_us({".gitattributes": text}) == by_git(repository)


@pytest.mark.parametrize(
    "files",
    [
        {".gitattributes": "[attr]lfs filter=lfs diff=lfs merge=lfs -text\n*.csv lfs\ndata/a.csv -filter\n"},
        {".gitattributes": "*.csv lfs\n[attr]lfs filter=lfs\n"},
        {".gitattributes": "[attr]big filter=lfs\n", "data/.gitattributes": "*.csv big\n[attr]own filter=lfs\n"},
        {".gitattributes": "* filter=lfs\n", "data/.gitattributes": "*.csv !filter\n/raw/*.csv filter=other\n"},
        {".gitattributes": "* filter=lfs\n*.csv filter\n*.pt text\n*.gz filter=\n"},
        {".gitattributes": "*.csv -filter filter=lfs\n*.pt filter=lfs -filter\n*.bin binary\n"},
        {".gitattributes": "\n  *.csv filter=lfs\n\tdata/* filter=lfs\r\n*.pt\n"},
    ],
)
def test_macros_unset_attributes_and_nearer_files_are_obeyed_as_by_git(tmp_path, files):
    git(tmp_path, "init", "-q")
    write_files(tmp_path, files)
    assert by_us(files) == by_git(tmp_path)


@given(st.text(alphabet="*?[]!^\\\\/.ab-:", max_size=12), st.text(alphabet="ab/.-]", max_size=8))
def test_a_pattern_of_any_kind_is_understood_or_passed_over(pattern, path):
    regex = matcher(pattern)
    match = regex.fullmatch(path) if regex else None
    assert match is None or match[0] == path


def test_a_pattern_that_would_take_long_is_passed_over():
    assert matcher("*a" * 4) is None
    assert matcher("a" * 2000) is None
    assert matcher("*-*-*.bin").fullmatch("x-y-z.bin")


@given(st.lists(st.text(max_size=30), max_size=6))
def test_lines_of_any_kind_are_read_or_passed_over(lines):
    attributes = Attributes({".gitattributes": list(lines_in(lines))}, "lfs")
    assert attributes.sets("data/a.csv") in {True, False}
