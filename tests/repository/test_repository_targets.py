"""Whatever a target is, the same files lie in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from git_made import FIRST_SECOND, commit, git, listing, paths, repository, write

from debtscan.model import ScopeOut
from debtscan.repository import blob_id, open_target


def test_every_kind_of_target_gives_the_same_listing(root, tmp_path):
    bare = tmp_path / "bare/churn.git"
    git(tmp_path, "clone", "-q", "--bare", str(root), str(bare))
    git(root, "worktree", "add", "-q", str(tmp_path / "linked/churn"), "HEAD")
    git(root, "archive", "--format=zip", "--prefix=churn-main/", "-o", str(tmp_path / "churn.zip"), "HEAD")
    git(root, "archive", "--format=tar.gz", "-o", str(tmp_path / "churn.tar.gz"), "HEAD")
    git(root, "archive", "--format=tar", "--prefix=./x/", "-o", str(tmp_path / "churn.tar"), "HEAD")
    targets = [
        (root, {}),
        (root, {"rev": "main"}),
        (root / ".git", {}),
        (bare, {}),
        (tmp_path / "linked/churn", {}),
        (root.as_uri(), {}),
        (tmp_path / "churn.zip", {}),
        (tmp_path / "churn.tar.gz", {}),
        (tmp_path / "churn.tar", {}),
    ]

    listings = []
    for target, options in targets:
        with open_target(str(target), **options) as opened:
            assert (opened.name, opened.gaps, opened.excluded) == ("churn", (), ())
            assert opened.revision == git(root, "rev-parse", "HEAD")
            listings.append(listing(opened))

    assert listings[0] == [
        (".github/workflows/ci.yml", blob_id(b"on: push\n"), 9, "workflow", "file", True, False),
        ("README.md", blob_id(b"# churn\n"), 8, "doc", "file", True, False),
        ("données/naïve\tname\n.csv", blob_id(b"a,b\n"), 4, "data", "file", True, False),
        ("empty", blob_id(b""), 0, "other", "file", True, False),
        ("latest.ipynb", blob_id(b"notebooks/eda.ipynb"), 19, "notebook", "symlink", True, False),
        ("notebooks/eda.ipynb", blob_id(b"{}"), 2, "notebook", "file", True, False),
        ("requirements/dev.txt", blob_id(b"pytest\n"), 7, "requirements", "file", True, False),
        ("run.sh", blob_id(b"#!/bin/sh\n"), 10, "shell", "executable", True, False),
        ("train.py", blob_id(b"import torch\n"), 13, "python", "file", True, False),
    ]
    assert all(other == listings[0] for other in listings[1:])


def test_blob_ids_known_from_git_are_those_of_the_contents(root):
    with open_target(str(root), rev="HEAD") as opened, opened.reader.open() as blobs:
        assert all(file.blob == blob_id(blobs.read(file)) for file in opened.files)


def test_a_repository_says_what_it_is(root):
    with open_target(str(root)) as opened:
        assert (opened.kind, opened.source, opened.branch, opened.committed_at) == (
            "work_tree",
            "churn",
            "main",
            FIRST_SECOND + 60,
        )
        assert (opened.dirty, opened.changed_files, opened.shallow, opened.partial) == (False, 0, False, False)


def test_closing_removes_the_scratch_directory(root):
    with open_target(str(root), rev="HEAD") as opened:
        scratch = Path(opened.reader.directory)
        assert scratch.is_dir()
    assert not scratch.parent.exists()


def test_an_audit_writes_nothing_into_its_target(root):
    def state():
        return sorted((str(path), path.lstat().st_mtime_ns) for path in [root, *root.rglob("*")])

    before = state()
    with open_target(str(root)) as opened:
        list(opened.commits())
    assert state() == before


def test_a_folder_inside_a_repository_is_its_part_with_its_history(tmp_path):
    root = repository(tmp_path / "mono", {"a/train.py": "1\n", "b/serve.py": "2\n", ".gitignore": "*.log\n"})
    write(root, {"b/serve.py": "3\n"})
    commit(root, "only b")
    write(root, {"a/new.py": "", "a/x.log": ""})

    with open_target(str(root / "a")) as opened:
        assert (opened.name, opened.kind, opened.changed_files) == ("a", "work_tree", 1)
        assert [(file.path, file.tracked, file.ignored) for file in opened.files] == [
            ("new.py", False, False),
            ("train.py", True, False),
            ("x.log", False, True),
        ]
        assert [change[:2] for commit in opened.commits() for change in commit.changes] == [("A", "train.py")]
    assert paths(root / "a", rev="HEAD") == ["train.py"]


def test_a_folder_of_which_nothing_is_tracked_has_no_history(tmp_path):
    root = repository(tmp_path / "home", {".gitignore": "client/\n"})
    write(root, {"client/train.py": "", "client/.gitignore": "*.log\n", "client/a.log": ""})
    with open_target(str(root / "client")) as opened:
        assert (opened.kind, opened.revision, opened.dirty) == ("folder", None, None)
        assert [(file.path, file.ignored) for file in opened.files] == [
            (".gitignore", False),
            ("a.log", True),
            ("train.py", False),
        ]


@pytest.mark.parametrize("rev", ["main~1", "v1", "side", "HEAD^", "{hash}", "{hash:.7}", "origin/far"])
def test_any_name_of_a_revision_is_understood(rev, tmp_path):
    root = repository(tmp_path / "target", {"old.py": ""})
    first = git(root, "rev-parse", "HEAD")
    git(root, "tag", "-a", "-m", "one", "v1")
    git(root, "branch", "side")
    git(root, "update-ref", "refs/remotes/origin/far", first)
    git(root, "pack-refs", "--all")
    write(root, {"new.py": ""})
    commit(root)

    with open_target(str(root), rev=rev.format(hash=first) if "." not in rev else first[:7]) as opened:
        assert [file.path for file in opened.files] == ["old.py"]
        assert (opened.revision, opened.dirty) == (first, False)
        assert opened.branch == ("side" if rev == "side" else None)


def test_a_repository_without_commits_has_only_its_disk(tmp_path):
    root = tmp_path / "new"
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    write(root, {"train.py": ""})
    with open_target(str(root)) as opened:
        assert [(file.path, file.tracked) for file in opened.files] == [("train.py", False)]
        assert (opened.kind, opened.revision, opened.branch, opened.dirty) == ("work_tree", None, "main", True)
        assert list(opened.commits()) == []
    with open_target(str(root / ".git")) as opened:
        assert (opened.files, opened.revision) == ((), None)


def test_a_plain_folder_has_no_history(tmp_path):
    root = write(tmp_path / "export", {"train.py": "", ".gitignore": "*.csv\n", "a.csv": "", ".svn/entries": ""})
    with open_target(str(root)) as opened:
        assert (opened.name, opened.kind, opened.revision, opened.dirty) == ("export", "folder", None, None)
        assert [(file.path, file.ignored) for file in opened.files] == [
            (".gitignore", False),
            ("a.csv", True),
            ("train.py", False),
        ]
        assert opened.excluded == (ScopeOut(path=".svn", why="Subversion's own files"),)


def test_a_shallow_clone_is_said_to_be_one_and_its_first_commit_changes_nothing(root, tmp_path):
    git(tmp_path, "clone", "-q", "--depth=1", root.as_uri(), "shallow")
    with open_target(str(tmp_path / "shallow")) as opened:
        assert opened.shallow
        assert [(commit.parents, commit.changes) for commit in opened.commits()] == [(0, ())]
        assert [gap.why for gap in opened.gaps] == [
            "shallow clone: older history is not here (git fetch --unshallow brings it)"
        ]


def test_a_submodule_is_listed_and_is_a_gap(tmp_path):
    root = repository(tmp_path / "target")
    inner = repository(tmp_path / "inner")
    git(root, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner), "libs/inner")
    commit(root)
    git(tmp_path, "clone", "-q", str(root), "empty")

    for target, options in [(root, {}), (root, {"rev": "HEAD"}), (tmp_path / "empty", {})]:
        with open_target(str(target), **options) as opened:
            assert [(file.path, file.mode, file.present) for file in opened.files] == [
                (".gitmodules", "file", True),
                ("libs/inner", "submodule", False),
                ("train.py", "file", True),
            ]
            assert [(gap.path, gap.why) for gap in opened.gaps] == [
                ("libs/inner", "submodule not read: its files belong to another repository")
            ]
            assert (opened.dirty, opened.partial) == (False, False)
    with open_target(str(root / "libs/inner")) as opened:
        assert (opened.name, [file.path for file in opened.files]) == ("inner", ["train.py"])


def test_a_sparse_checkout_says_what_it_leaves_out(tmp_path):
    root = repository(tmp_path / "target", {"a/x.py": "", "b/y.py": "", "top.py": ""})
    git(root, "sparse-checkout", "set", "a")
    with open_target(str(root)) as opened:
        assert [file.path for file in opened.files] == ["a/x.py", "top.py"]
        assert (opened.dirty, [gap.why for gap in opened.gaps]) == (
            False,
            ["1 tracked file left out of this sparse checkout (--rev HEAD reads them)"],
        )


def test_a_clone_without_a_checkout_says_how_to_read_it(root, tmp_path):
    git(tmp_path, "clone", "-q", "--no-checkout", str(root), "bald")
    with open_target(str(tmp_path / "bald")) as opened:
        assert opened.files == ()
        assert [gap.why for gap in opened.gaps] == ["nothing is checked out here (--rev HEAD reads the last commit)"]


def test_a_repository_with_sha256_names_is_read(tmp_path):
    root = tmp_path / "target"
    root.mkdir()
    git(root, "init", "-q", "-b", "main", "--object-format=sha256")
    write(root, {"train.py": "1\n"})
    revision = commit(root)
    for options in ({}, {"rev": "main"}):
        with open_target(str(root), **options) as opened:
            assert (opened.revision, opened.dirty, len(revision)) == (revision, False, 64)
            assert listing(opened) == [("train.py", blob_id(b"1\n"), 2, "python", "file", True, False)]
            assert opened.reader.algorithm == "sha256"


def test_a_split_index_is_read(root):
    git(root, "update-index", "--split-index")
    with open_target(str(root)) as opened:
        assert (opened.dirty, all(file.tracked for file in opened.files)) == (False, True)


def test_a_damaged_index_is_a_gap_and_the_last_commit_says_what_is_tracked(root):
    (root / ".git/index").write_bytes(b"DIRC" + bytes(40))
    write(root, {"new.py": ""})
    with open_target(str(root)) as opened:
        assert [file.path for file in opened.files if not file.tracked] == ["new.py"]
        assert [gap.path for gap in opened.gaps] == [".git/index"]


def test_a_repository_of_another_user_is_read(root):
    if os.geteuid() != 0:
        pytest.skip("needs root to give a folder away")
    for path in [root, *root.rglob("*")]:
        os.chown(path, 12345, 12345, follow_symlinks=False)
    assert paths(root) == paths(root, rev="HEAD")


def test_names_in_any_encoding_become_valid_text(tmp_path):
    root = repository(tmp_path / "target")
    for name in (b"caf\xe9.py", "\u202egnp.py".encode(), b"a\nb.py", b"sp ace.py", "\N{PILE OF POO}.py".encode()):
        (Path(os.fsdecode(bytes(root) + b"/" + name))).write_text("1\n")
    commit(root)
    expected = ["a\nb.py", "caf\\xe9.py", "sp ace.py", "train.py", "\u202egnp.py", "\N{PILE OF POO}.py"]
    assert paths(root) == paths(root, rev="HEAD") == expected
    with open_target(str(root)) as opened:
        listed = listing(opened)
    with open_target(str(root), rev="HEAD") as opened:
        assert listing(opened) == listed
        assert {change.path for commit in opened.commits() for change in commit.changes} == set(expected)


def test_two_names_that_look_alike_are_one_file_and_a_gap(tmp_path):
    root = repository(tmp_path / "target")
    for name in (b"caf\xe9.py", b"caf\\xe9.py"):
        (Path(os.fsdecode(bytes(root) + b"/" + name))).write_text("1\n")
    with open_target(str(root)) as opened:
        assert [file.path for file in opened.files] == ["caf\\xe9.py", "train.py"]
        assert [(gap.path, gap.why) for gap in opened.gaps] == [
            ("caf\\xe9.py", "two entries have this name; the first was read")
        ]
