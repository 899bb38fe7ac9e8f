"""Hostile names, links, pipes and sizes: each is a gap or a sentence, and nothing waits, follows or fills the disk."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from git_made import commit, contents, git, repository, write

from debtscan.model import ScopeOut
from debtscan.repository import BlobError, open_target
from debtscan.repository import git as plumbing


def test_a_git_file_that_points_to_another_repository_is_not_followed(tmp_path):
    other = repository(tmp_path / "other-client", {"secret.py": "\n"})
    target = write(tmp_path / "target", {"train.py": "\n", ".git": f"gitdir: {other}/.git\n"})

    with open_target(str(target)) as opened:
        assert (opened.kind, opened.revision, list(opened.commits())) == ("folder", None, [])
        assert [file.path for file in opened.files] == ["train.py"]
        assert [(gap.path, gap.why) for gap in opened.gaps] == [
            (".git", "is no repository, or points to one that does not point back: no history was read")
        ]


def test_a_link_in_place_of_the_git_folder_is_not_followed(tmp_path):
    other = repository(tmp_path / "other-client", {"secret.py": "\n"})
    target = write(tmp_path / "target", {"train.py": "\n"})
    (target / ".git").symlink_to(other / ".git")

    with open_target(str(target)) as opened:
        assert (opened.kind, opened.revision) == ("folder", None)


def test_a_commondir_cannot_lend_another_clients_objects(tmp_path):
    other = repository(tmp_path / "other-client", {"secret.py": "\n"})
    target = repository(tmp_path / "target")
    (target / ".git/commondir").write_text(f"{other}/.git\n")
    assert git(target, "ls-tree", "--name-only", "main") == "secret.py"

    assert contents(target, rev="main") == {"train.py": b"import torch\n"}


def test_borrowed_objects_are_noted(tmp_path):
    root = repository(tmp_path / "origin")
    git(tmp_path, "clone", "-q", "--shared", str(root), "target")

    with open_target(str(tmp_path / "target")) as opened:
        assert [gap.why for gap in opened.gaps] == [
            "some of its objects lie in another repository (objects/info/alternates) and were read there"
        ]


def test_links_are_listed_and_never_followed(tmp_path):
    secret = write(tmp_path, {"secret.txt": "secret"}) / "secret.txt"
    root = repository(tmp_path / "target", {"a/data.csv": "1\n"})
    (root / "out.txt").symlink_to(secret)
    (root / "a/up").symlink_to("../../secret.txt")
    (root / "a/fine").symlink_to("data.csv")
    (root / "folder").symlink_to(tmp_path)
    commit(root)

    expected = {"a/data.csv": b"1\n", "a/fine": b"data.csv", "a/up": b"../../secret.txt"}
    expected |= {"folder": bytes(tmp_path), "out.txt": bytes(secret)}
    for options in ({}, {"rev": "HEAD"}):
        assert contents(root, **options) == expected
        with open_target(str(root), **options) as opened:
            assert [(gap.path, gap.why) for gap in opened.gaps] == [
                (path, "symbolic link to a place outside the repository, not followed")
                for path in ("a/up", "folder", "out.txt")
            ]


def test_a_file_that_became_a_link_after_the_listing_is_not_followed(tmp_path):
    secret = write(tmp_path, {"secret.txt": "secret"}) / "secret.txt"
    root = write(tmp_path / "target", {"data.csv": "123456"})
    with open_target(str(root)) as opened, opened.reader.open() as blobs:
        (root / "data.csv").unlink()
        (root / "data.csv").symlink_to(secret)
        with pytest.raises(BlobError, match="could not be read"):
            blobs.read(opened.files[0])


def test_a_file_that_changed_after_the_listing_is_not_read(tmp_path):
    root = write(tmp_path / "target", {"data.csv": "123456"})
    with open_target(str(root)) as opened, opened.reader.open() as blobs:
        (root / "data.csv").write_text("1")
        with pytest.raises(BlobError, match="changed while it was being audited"):
            blobs.read(opened.files[0])


def test_pipes_and_sockets_are_gaps_and_hold_nothing_up(tmp_path, monkeypatch):
    root = repository(tmp_path / "target", {"train.py": "1\n", "data.csv": "2\n"})
    (root / "data.csv").unlink()
    os.mkfifo(root / "data.csv")
    os.mkfifo(root / "pipe.py")
    monkeypatch.chdir(root)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("sock")
        with open_target(str(root)) as opened:
            assert [file.path for file in opened.files] == ["train.py"]
            assert opened.changed_files == 1
            assert [(gap.path, gap.why) for gap in opened.gaps] == [
                (path, "a pipe, socket or device, not read") for path in ("data.csv", "pipe.py", "sock")
            ]


@pytest.mark.parametrize("name", [".git/HEAD", ".git/packed-refs", ".git/shallow", ".git/index", ".git/commondir"])
def test_a_pipe_among_gits_own_files_holds_nothing_up(name, tmp_path):
    root = repository(tmp_path / "target")
    (root / name).unlink(missing_ok=True)
    os.mkfifo(root / name)
    assert contents(root) == {"train.py": b"import torch\n"}


def test_a_pipe_that_git_waits_for_stops_git_and_not_the_audit(tmp_path, monkeypatch):
    monkeypatch.setattr(plumbing, "IDLE_SECONDS", 0.3)
    root = write(tmp_path / "target", {"train.py": "1\n"})
    os.mkfifo(root / ".gitignore")

    with open_target(str(root)) as opened:
        assert [file.path for file in opened.files] == ["train.py"]
        assert [(gap.path, gap.why) for gap in opened.gaps] == [
            (None, "the ignore rules could not be applied: git did not answer for 0.3 seconds"),
            (".gitignore", "a pipe, socket or device, not read"),
        ]


def tree_bomb(root: Path, *, width: int, depth: int) -> str:
    """A commit whose tree has `width ** depth` files in `depth + 1` objects."""
    thing = f"100644 blob {git(root, 'hash-object', '-w', '--stdin', stdin=b'x')}"
    for _ in range(depth):
        rows = "".join(f"{thing}\tf{number}\n" for number in range(width))
        thing = f"040000 tree {git(root, 'mktree', stdin=rows.encode())}"
    revision = git(root, "commit-tree", "-m", "bomb", thing.split()[-1])
    git(root, "update-ref", "refs/heads/bomb", revision)
    return revision


def test_a_tree_bomb_is_read_up_to_the_cap(tmp_path, monkeypatch):
    monkeypatch.setattr("debtscan.repository.entries.MAX_FILES", 2000)
    monkeypatch.setattr("debtscan.repository.tree.MAX_FILES", 2000)
    root = repository(tmp_path / "target")
    tree_bomb(root, width=10, depth=9)

    with open_target(str(root), rev="bomb") as opened:
        assert len(opened.files) == 2000
        assert [gap.why for gap in opened.gaps] == ["more than 2,000 files: only the first 2,000 were read"]


def test_a_tree_bomb_in_history_is_kept_within_bounds(tmp_path, monkeypatch):
    monkeypatch.setattr("debtscan.repository.history.MAX_CHANGES", 50)
    root = repository(tmp_path / "target")
    tree_bomb(root, width=10, depth=3)

    with open_target(str(root), rev="bomb") as opened:
        assert [len(commit.changes) for commit in opened.commits()] == [50]


def test_names_that_lead_out_of_a_tree_are_refused(tmp_path):
    root = repository(tmp_path / "target")
    blob = bytes.fromhex(git(root, "hash-object", "-w", "--stdin", stdin=b"x"))
    rows = [
        b"100644 ..\0" + blob,
        b"100644 .git\0" + blob,
        b"100644 a.py\0" + blob,
        b"100644 " + b"n" * 5000 + b"\0" + blob,
    ]
    tree = git(root, "hash-object", "-w", "-t", "tree", "--stdin", "--literally", stdin=b"".join(rows))
    git(root, "update-ref", "refs/heads/names", git(root, "commit-tree", "-m", "names", tree))

    with open_target(str(root), rev="names") as opened:
        assert [file.path for file in opened.files] == ["a.py"]
        assert [gap.why for gap in opened.gaps] == [
            "a file was left out: its name is 5,000 bytes long (" + "n" * 60 + "...)",
            "a file was left out: its name is not a path inside the repository (..)",
            "a file was left out: its name lies in a .git folder (.git)",
        ]


def test_a_huge_file_costs_nothing_and_is_refused(tmp_path):
    root = repository(tmp_path / "target")
    with (root / "weights.csv").open("wb") as stream:
        stream.truncate(100_000_000_000)

    assert contents(root) == {
        "train.py": b"import torch\n",
        "weights.csv": "is 100,000.0 MB, more than the 5 MB that are read",
    }


def test_a_damaged_object_is_a_sentence_and_the_next_file_is_read(tmp_path):
    root = repository(tmp_path / "target", {"a.py": "1\n", "b.py": "2\n"})
    blob = git(root, "rev-parse", "HEAD:a.py")
    loose = root / ".git/objects" / blob[:2] / blob[2:]
    loose.chmod(0o644)
    loose.write_bytes(loose.read_bytes()[:12])

    assert contents(root, rev="HEAD") == {"a.py": "git could not read it: the object is damaged", "b.py": b"2\n"}


def test_a_targets_own_exclusions_can_neither_stop_nor_stall_its_audit(tmp_path):
    root = write(tmp_path / "target", {"a.csv": "", "b.csv": "", "a" * 200: ""})
    with open_target(str(root)) as opened:
        opened.leave_out(["*.csv", "!b.csv", "*a" * 9 + "*b", "/".join(["**/a"] * 5)], "its own debtscan.toml")
        assert [file.path for file in opened.files] == ["a" * 200, "b.csv"]
        opened.leave_out(["!"], "its own debtscan.toml")
        assert [file.path for file in opened.files] == ["a" * 200, "b.csv"]
        assert [gap.why for gap in opened.gaps] == [
            "its own debtscan.toml: 2 patterns with too many wildcards, or beyond the first 200, not applied",
            "its own debtscan.toml: a pattern of files to exclude is not understood: Invalid git pattern: '!'",
        ]
        assert opened.excluded == (
            ScopeOut(path="*.csv", why="excluded by its own debtscan.toml (1 file)"),
            ScopeOut(path="!b.csv", why="excluded by its own debtscan.toml (0 files)"),
        )
