"""A scan from an opened folder to filled tables, with and without its cache."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from scanning import AS_OF, scan_folder, write_files

from debtscan.model import Coverage, Gap
from debtscan.repository import open_target
from debtscan.scan import Workers, scan, worker
from tests.repository.git_made import repository as git_repository


@pytest.fixture(scope="module")
def workers():
    with Workers(2) as started:
        yield started


FILES = {"train.py": "def f(a):\n    return a and 1\n", "broken.py": "def f(:\n", "old.py": "print 'x'\n"}


def test_a_file_that_cannot_be_parsed_is_a_gap_and_lowers_the_coverage(tmp_path):
    facts = scan_folder(write_files(tmp_path / "project", FILES))
    assert facts.gaps == (
        Gap(repository="project", path="broken.py", line=1, scanner="source", why="cannot be parsed: invalid syntax"),
        Gap(
            repository="project",
            path="old.py",
            line=1,
            scanner="source",
            why="Python 2 syntax: Missing parentheses in call to 'print'. Did you mean print(...)?",
        ),
    )
    assert facts.coverage == (Coverage(repository="project", scanner="Python files", read=1, of=3),)
    assert facts.missing == {
        "audited_packages": "no advisory source given",
        "churn": "no git history",
        "commits": "no git history",
        "large_blobs": "no git history",
        "vulnerabilities": "no advisory source given",
    }


def test_workers_and_this_process_find_the_same(workers, tmp_path):
    write_files(tmp_path / "project", FILES)
    with open_target(str(tmp_path / "project")) as repository:
        here, there = scan(repository, AS_OF), scan(repository, AS_OF, workers=workers)
    assert (here.tables, here.gaps) == (there.tables, there.gaps)


def test_a_warm_cache_gives_the_same_tables_and_gaps(workers, tmp_path):
    write_files(tmp_path / "project", FILES)
    with open_target(str(tmp_path / "project")) as repository:
        cold = scan(repository, AS_OF, workers=workers, cache=tmp_path / "cache")
        warm = scan(repository, AS_OF, workers=workers, cache=tmp_path / "cache")
    assert (cold.tables, cold.gaps) == (warm.tables, warm.gaps)


def test_a_file_edited_after_a_scan_is_read_again_and_the_others_are_remembered(workers, tmp_path):
    project = git_repository(tmp_path / "project", FILES)
    with open_target(str(project)) as repository:
        scan(repository, AS_OF, workers=workers, cache=tmp_path / "cache")
    (project / "train.py").write_text("def f(a):\n    return a and a and a and 1\n")
    with open_target(str(project)) as repository:
        here = scan(repository, AS_OF)
        warm = scan(repository, AS_OF, workers=workers, cache=tmp_path / "cache")
    assert [(row.path, row.complexity) for row in warm.tables["functions"]] == [("train.py", 4)]
    assert (here.tables, here.gaps) == (warm.tables, warm.gaps)


def test_the_cache_is_used_for_the_same_content_under_another_name(workers, tmp_path):
    first = write_files(tmp_path / "first", {"a.py": FILES["train.py"]})
    second = write_files(tmp_path / "second", {"b.py": FILES["train.py"]})
    for folder in (first, second):
        with open_target(str(folder)) as repository:
            scan(repository, AS_OF, workers=workers, cache=tmp_path / "cache")
    document = worker.document_of("python", FILES["train.py"].encode())
    assert stored(tmp_path / "cache") == {msgspec.msgpack.encode(document)}


def stored(cache: Path) -> set[bytes]:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(cache / "blobs.sqlite")) as connection:
        return {row[0] for row in connection.execute("SELECT document FROM documents")}


@pytest.mark.parametrize("content", [b"not a database", b""])
def test_a_broken_cache_is_as_good_as_none(workers, tmp_path, content):
    write_files(tmp_path, {"project/a.py": FILES["train.py"], "cache/blobs.sqlite": content})
    with open_target(str(tmp_path / "project")) as repository:
        facts = scan(repository, AS_OF, workers=workers, cache=tmp_path / "cache")
    assert [(row.path, row.name) for row in facts.tables["functions"]] == [("a.py", "f")]


def test_of_what_git_ignores_only_data_is_listed_and_nothing_is_read(tmp_path):
    files = {".gitignore": "private/\n", "a.py": FILES["train.py"], "private/b.py": "broken (", "private/c.csv": "1\n"}
    write_files(tmp_path, files)
    with open_target(str(tmp_path)) as repository:
        facts = scan(repository, AS_OF)
    assert [row.path for row in facts.tables["files"] if row.kind == "python"] == ["a.py"]
    assert {row.path: row.ignored for row in facts.tables["data_files"]} == {"private/c.csv": True}
    assert (facts.gaps, [row.of for row in facts.coverage]) == ((), [1])


def test_half_a_character_in_a_text_literal_costs_a_file_nothing(tmp_path):
    files = {"train.py": "import pandas as pd\npd.read_csv('data/caf\\udce9.csv')\n"}
    facts = scan_folder(write_files(tmp_path, files))
    assert [(row.path, row.line, row.literal) for row in facts.tables["data_references"]] == [
        ("train.py", 2, "data/caf\\udce9.csv")
    ]
    assert [gap for gap in facts.gaps if gap.scanner == "source"] == []
