"""Large contents in git's history, of files that still exist and of files that do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from debtscan.repository import blob_id
from debtscan.scanners import large_blobs
from debtscan.scanners.large_blobs import LargeBlob
from tests.repository.git_made import FIRST_SECOND, commit, git, repository, write
from tests.scanning import scan_folder


def rows_of(size_bytes: int, letter: str) -> str:
    return (letter * 99 + "\n") * (size_bytes // 100)


SMALL, TWO, THREE = rows_of(10_000, "s"), rows_of(2_000_000, "a"), rows_of(3_000_000, "b")


def large(path: str, content: str, **columns) -> LargeBlob:
    known = {"size_bytes": len(content), "kind": "data", "in_head": False, "first_at": FIRST_SECOND}
    known |= {"last_at": columns.get("first_at", FIRST_SECOND), **columns}
    return LargeBlob(path=path, blob=blob_id(content.encode()), **known)


@pytest.fixture
def root(tmp_path) -> Path:
    """A table that changed and one that was deleted; code, a link and small files are no candidates."""
    files = {"a.csv": TWO, "gone.csv": THREE, "small.csv": SMALL, "model.pkl": SMALL, "tiny.pkl": "x", "code.py": TWO}
    root = repository(tmp_path / "target", files)
    write(root, {"a.csv": THREE})
    (root / "gone.csv").unlink()
    (root / "link.csv").symlink_to("a.csv")
    commit(root, second=FIRST_SECOND + 10)
    return root


ROWS = [
    large("a.csv", TWO),
    large("a.csv", THREE, in_head=True, first_at=FIRST_SECOND + 10),
    large("gone.csv", THREE),
    large("model.pkl", SMALL, kind="model", in_head=True),
]


@pytest.mark.parametrize("batch", [1, 10_000])
def test_every_large_content_of_the_history_is_told_with_its_place_and_time(root, monkeypatch, batch):
    monkeypatch.setattr(large_blobs, "_BATCH", batch)
    facts = scan_folder(root)
    assert facts.tables["large_blobs"] == ROWS
    assert [gap.why for gap in facts.gaps] == []


def test_a_bare_clone_tells_the_same(root, tmp_path):
    git(tmp_path, "clone", "-q", "--bare", str(root), "bare.git")
    assert scan_folder(tmp_path / "bare.git").tables["large_blobs"] == ROWS


def test_a_content_that_comes_back_is_one_row_from_its_first_to_its_last_time(root):
    write(root, {"a.csv": TWO})
    commit(root, second=FIRST_SECOND + 20)
    assert scan_folder(root).tables["large_blobs"][:2] == [
        large("a.csv", TWO, in_head=True, last_at=FIRST_SECOND + 20),
        large("a.csv", THREE, first_at=FIRST_SECOND + 10),
    ]


def test_what_a_partial_clone_lacks_has_no_size_and_is_a_gap(root, tmp_path):
    git(root, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--bare", "--filter=blob:limit=1m", root.as_uri(), "partial.git")
    facts = scan_folder(tmp_path / "partial.git")
    unknown = [row for row in facts.tables["large_blobs"] if row.kind == "data"]
    assert unknown == [
        large("a.csv", TWO, size_bytes=None),
        large("a.csv", THREE, size_bytes=None, in_head=True, first_at=FIRST_SECOND + 10),
        large("gone.csv", THREE, size_bytes=None),
    ]
    assert [gap.why for gap in facts.gaps if gap.scanner == "large_blobs"] == [
        "2 contents of its history missing in this partial clone: sizes unknown"
    ]


def test_a_large_file_that_no_commit_here_shows_stands_in_the_table_without_a_time(root, tmp_path):
    git(tmp_path, "clone", "-q", "--bare", "--depth=1", root.as_uri(), "shallow.git")
    assert scan_folder(tmp_path / "shallow.git").tables["large_blobs"] == [
        large("a.csv", THREE, in_head=True, first_at=None),
        large("model.pkl", SMALL, kind="model", in_head=True, first_at=None),
    ]


def test_an_edit_on_the_disk_is_not_in_the_history(root):
    write(root, {"a.csv": "x\n"})
    assert scan_folder(root).tables["large_blobs"] == ROWS


def test_beyond_the_cap_contents_are_counted(root, monkeypatch):
    monkeypatch.setattr(large_blobs, "MAX_ROWS", 2)
    monkeypatch.setattr(large_blobs, "MAX_CHANGES", 6)
    facts = scan_folder(root)
    assert facts.tables["large_blobs"] == [
        *ROWS[:2],
        large("model.pkl", SMALL, kind="model", in_head=True, first_at=None),
    ]
    assert [gap.why for gap in facts.gaps] == [
        "1 commit with more than 6 files: the rest was not searched for large contents",
        "2 large contents of its history not listed, beyond 2",
    ]
