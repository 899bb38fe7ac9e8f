"""Repositories made from a stream."""

from __future__ import annotations

from pathlib import Path

import pytest
from git_made import git

from debtscan.errors import UserError
from debtscan.repository import open_target
from debtscan.repository.create import create

STREAM = b"""commit refs/heads/%s
committer Ada <ada@example.com> 1700000000 +0000
data 5
first
M 100644 inline src/train.py
data 13
import torch

M 100755 inline run.sh
data 10
#!/bin/sh

"""


@pytest.mark.parametrize("branch", ["main", "trunk"])
def test_a_stream_becomes_a_repository_with_its_files_checked_out(branch, tmp_path):
    root = tmp_path / "new/demo"
    create(root, STREAM % branch.encode())

    assert git(root, "status", "--porcelain", "--branch") == f"## {branch}"
    assert git(root, "log", "--format=%s %an %ct") == "first Ada 1700000000"
    assert (root / "src/train.py").read_text() == "import torch\n"
    assert git(root, "fsck") == ""
    with open_target(str(root)) as opened:
        assert (opened.branch, opened.dirty) == (branch, False)
        assert [(file.path, file.mode) for file in opened.files] == [("run.sh", "executable"), ("src/train.py", "file")]


def test_the_same_stream_makes_the_same_commit(tmp_path):
    for name in ("one", "two"):
        create(tmp_path / name, STREAM % b"main")
    assert git(tmp_path / "one", "rev-parse", "HEAD") == git(tmp_path / "two", "rev-parse", "HEAD")


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UserError, match="is not empty: give a new or empty folder"):
        create(tmp_path, STREAM % b"main")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_place_that_is_no_folder_is_a_clear_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot make a folder at"):
        create(tmp_path / "file/demo", STREAM % b"main")


def test_a_stream_that_is_none_is_a_clear_error(tmp_path):
    with pytest.raises(UserError, match="cannot make a repository at"):
        create(tmp_path / "demo", b"nonsense\n")


def test_a_relative_path_is_taken_from_the_working_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    create(Path("here/new"), STREAM % b"main")
    assert git(tmp_path / "here/new", "status", "--porcelain") == ""
