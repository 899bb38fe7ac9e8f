"""Readers travel to worker processes."""

from __future__ import annotations

import json
import multiprocessing
import pickle
import subprocess
import sys

import pytest
from git_made import git, repository, write

from debtscan.repository import BlobError, File, blob_id, open_target


def read_all(parcel: bytes) -> dict[str, bytes]:
    reader, files = pickle.loads(parcel)
    with reader.open() as blobs:
        return {file.path: blobs.read(file) for file in files}


@pytest.mark.parametrize("kind", ["tree", "disk", "archive"])
def test_a_reader_works_in_a_process_started_by_spawn(kind, tmp_path):
    root = repository(tmp_path / "target", {"train.py": "1\n", "données.csv": "2\n"})
    git(root, "archive", "-o", str(tmp_path / "target.zip"), "HEAD")
    target, rev = {"tree": (root, "HEAD"), "disk": (root, None), "archive": (tmp_path / "target.zip", None)}[kind]

    with open_target(str(target), rev=rev) as opened:
        parcel = pickle.dumps((opened.reader, opened.files))
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            assert pool.apply(read_all, (parcel,)) == {"train.py": b"1\n", "données.csv": b"2\n"}


def test_what_a_worker_imports_is_light():
    code = "import sys, json, debtscan.repository; print(json.dumps(sorted(sys.modules)))"
    loaded = set(json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout))
    assert loaded.isdisjoint({"git", "gitdb", "numpy", "pandas", "duckdb", "typer", "rich", "pathspec", "pydantic"})


def test_a_file_above_the_limit_is_refused_by_size(tmp_path):
    root = repository(tmp_path / "target", {"a.csv": b"0" * 11})
    for rev in (None, "HEAD"):
        with open_target(str(root), rev=rev) as opened, opened.reader.open() as blobs:
            with pytest.raises(BlobError, match=r"is 0\.0 MB, more than the 0 MB that are read"):
                blobs.read(opened.files[0], 10)
            assert blobs.read(opened.files[0], 11) == b"0" * 11


def test_a_notebook_may_be_larger_than_other_files(tmp_path):
    root = write(tmp_path / "target", {"a.ipynb": b"0" * 6_000_000, "a.json": b"0" * 6_000_000})
    with open_target(str(root)) as opened, opened.reader.open() as blobs:
        notebook, document = opened.files
        assert len(blobs.read(notebook)) == 6_000_000
        with pytest.raises(BlobError, match=r"is 6\.0 MB, more than the 5 MB that are read"):
            blobs.read(document)


def test_a_listing_that_lies_about_a_size_does_not_make_git_send_more(tmp_path):
    root = repository(tmp_path / "target", {"a.csv": b"0" * 6_000_000, "b.py": b"1\n"})
    with open_target(str(root), rev="HEAD") as opened, opened.reader.open() as blobs:
        large, small = opened.files
        lie = File(path=large.path, raw=large.raw, blob=large.blob, size_bytes=3, kind="data")
        with pytest.raises(BlobError, match=r"is 6\.0 MB"):
            blobs.read(lie)
        assert blobs.read(small) == b"1\n"


def test_an_object_that_is_no_blob_is_refused(tmp_path):
    root = repository(tmp_path / "target")
    with open_target(str(root), rev="HEAD") as opened, opened.reader.open() as blobs:
        with pytest.raises(BlobError, match="is no file in git"):
            blobs.read(File(path="x", raw=b"x", blob=opened.revision, size_bytes=3, kind="data"))
        assert blobs.read(opened.files[0]) == b"import torch\n"


def test_an_unreadable_file_is_a_sentence(tmp_path):
    root = write(tmp_path / "target", {"a.py": "1\n"})
    with open_target(str(root)) as opened, opened.reader.open() as blobs:
        (root / "a.py").unlink()
        with pytest.raises(BlobError, match="could not be read: No such file or directory"):
            blobs.read(opened.files[0])


@pytest.mark.parametrize(("algorithm", "length"), [("sha1", 40), ("sha256", 64)])
def test_a_blob_id_is_gits(algorithm, length, tmp_path):
    git(tmp_path, "init", "-q", f"--object-format={algorithm}")
    expected = git(tmp_path, "hash-object", "--stdin", stdin=b"import torch\n")
    assert blob_id(b"import torch\n", algorithm) == expected
    assert len(expected) == length


@pytest.mark.parametrize("kind", ["tree", "disk", "archive"])
def test_of_a_large_file_the_head_is_read_and_the_next_file_whole(kind, tmp_path):
    root = repository(tmp_path / "target", {"a.pkl": b"0" * 9_000_000, "b.py": b"1\n"})
    git(root, "archive", "-o", str(tmp_path / "target.zip"), "HEAD")
    target, rev = {"tree": (root, "HEAD"), "disk": (root, None), "archive": (tmp_path / "target.zip", None)}[kind]
    with open_target(str(target), rev=rev) as opened, opened.reader.open() as blobs:
        model, script = opened.files
        assert blobs.head(model, 10) == b"0" * 10
        assert blobs.read(script) == b"1\n"
        assert blobs.head(script, 10) == b"1\n"
