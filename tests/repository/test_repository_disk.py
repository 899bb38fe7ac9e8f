"""A work tree, as it lies on disk."""

from __future__ import annotations

import hashlib
import os
import shutil

import pytest
from git_made import commit, git, paths, repository, write

from debtscan.model import ScopeOut
from debtscan.repository import open_target
from debtscan.repository import walk as walking


def test_a_work_tree_is_read_as_it_lies_on_disk(root):
    write(root, {"train.py": "import os\n", "new.py": "\n", ".gitignore": "*.log\n/out/\n", "a.log": "x"})
    write(root, {"out/model.pkl": "x", "notebooks/deep.log": "y"})
    (root / "empty").unlink()
    git(root, "add", ".gitignore")

    with open_target(str(root)) as opened:
        state = {file.path: (file.tracked, file.ignored) for file in opened.files}
        assert {path: flags for path, flags in state.items() if flags != (True, False)} == {
            "a.log": (False, True),
            "new.py": (False, False),
            "notebooks/deep.log": (False, True),
            "out/model.pkl": (False, True),
        }
        assert "empty" not in state
        assert (opened.dirty, opened.changed_files) == (True, 4)  # train.py, new.py, .gitignore, empty
        with opened.reader.open() as blobs:
            contents = {file.path: blobs.read(file) for file in opened.files}
        assert contents["train.py"] == b"import os\n"


def test_ignore_rules_nest_negate_and_spare_what_is_tracked(tmp_path):
    root = repository(
        tmp_path / "target",
        {".gitignore": "*.csv\n!keep.csv\nlogs/\n", "data/.gitignore": "!*.csv\nraw/*\n!raw/one.csv\n"},
    )
    write(root, {"a.csv": "", "keep.csv": "", "data/b.csv": "", "data/raw/one.csv": "", "data/raw/two.csv": ""})
    write(root, {"logs/keep.csv": "", "deep/logs/x.txt": "", "tracked.csv": "", "local.txt": ""})
    write(root, {".git/info/exclude": "local.txt\n"})
    git(root, "add", "-f", "tracked.csv")

    with open_target(str(root)) as opened:
        assert [file.path for file in opened.files if file.ignored] == [
            "a.csv",
            "data/raw/two.csv",
            "deep/logs/x.txt",
            "local.txt",
            "logs/keep.csv",
        ]


def test_a_checkout_without_recorded_times_is_clean(root, tmp_path):
    git(tmp_path, "clone", "-q", "--no-checkout", str(root), "fresh")
    git(tmp_path / "fresh", "read-tree", "HEAD")
    git(tmp_path / "fresh", "checkout-index", "-a", "-f", "-q")
    with open_target(str(tmp_path / "fresh")) as opened:
        assert (opened.dirty, opened.changed_files) == (False, 0)


def test_a_copied_checkout_with_windows_line_ends_is_clean(root, tmp_path):
    git(tmp_path, "clone", "-q", "-c", "core.autocrlf=true", str(root), "windows")
    assert (tmp_path / "windows/train.py").read_bytes() == b"import torch\r\n"
    shutil.copytree(tmp_path / "windows", tmp_path / "copy", symlinks=True, copy_function=shutil.copy)

    for name in ("windows", "copy"):
        with open_target(str(tmp_path / name)) as opened:
            assert (opened.dirty, opened.changed_files) == (False, 0)


def test_a_large_file_that_a_pointer_stands_for_is_not_a_change(tmp_path):
    content = b"weights" * 1000
    pointer = (
        "version https://git-lfs.github.com/spec/v1\n"
        f"oid sha256:{hashlib.sha256(content).hexdigest()}\nsize {len(content)}\n"
    )
    root = repository(tmp_path / "target", {"model.pt": pointer, "other.pt": pointer})
    write(root, {"model.pt": content, "other.pt": content[::-1]})
    with open_target(str(root)) as opened:
        assert opened.changed_files == 1
        assert [(file.path, file.size_bytes) for file in opened.files] == [("model.pt", 7000), ("other.pt", 7000)]


def test_a_blob_is_known_without_reading_only_where_the_disk_holds_just_that(root, tmp_path):
    """What is known is taken from the cache: an edit, Windows line ends or an untracked file must be read."""
    git(tmp_path, "clone", "-q", str(root), "plain")
    git(tmp_path, "clone", "-q", "-c", "core.autocrlf=true", str(root), "windows")
    write(tmp_path / "plain", {"new.py": "import torch\n"})
    committed = git(root, "rev-parse", "HEAD:train.py").strip()

    def blobs(name: str) -> dict[str, str | None]:
        with open_target(str(tmp_path / name)) as opened:
            return {file.path: file.blob for file in opened.files if file.path in {"train.py", "new.py"}}

    assert blobs("plain") == {"train.py": committed, "new.py": None}
    assert blobs("windows") == {"train.py": None}
    status = (tmp_path / "plain/train.py").stat()
    (tmp_path / "plain/train.py").write_text("import keras\n")
    os.utime(tmp_path / "plain/train.py", ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    assert blobs("plain") == {"train.py": None, "new.py": None}


def test_an_edit_that_keeps_size_and_second_is_seen(root):
    write(root, {"train.py": "import numpy\n"})
    os.utime(root / "train.py", ns=(0, (root / ".git/index").stat().st_mtime_ns))
    with open_target(str(root)) as opened:
        assert opened.changed_files == 1


def test_staged_changes_and_conflicts_count(root):
    git(root, "checkout", "-q", "-b", "other")
    write(root, {"train.py": "import other\n"})
    commit(root)
    git(root, "checkout", "-q", "main")
    write(root, {"train.py": "import main\n", "staged.py": ""})
    commit(root)
    git(root, "merge", "other", check=False)
    write(root, {"README.md": "changed\n"})
    git(root, "add", "README.md")
    git(root, "rm", "-q", "--cached", "staged.py")
    with open_target(str(root)) as opened:
        assert opened.changed_files == 3


def test_environments_and_caches_are_left_out_and_named(tmp_path):
    root = repository(tmp_path / "target")
    write(root, {"env/pyvenv.cfg": "", "env/lib/x.py": "", "node_modules/a/index.js": "", "conda/conda-meta/h": ""})
    write(root, {"a/__pycache__/x.pyc": "", "b/__pycache__/y.pyc": "", ".dvc/cache/ab/c": "", ".dvc/config": ""})

    with open_target(str(root)) as opened:
        assert [file.path for file in opened.files] == [".dvc/config", "train.py"]
        assert opened.excluded == (
            ScopeOut(path="**/__pycache__", why="compiled Python (2 folders)"),
            ScopeOut(path=".dvc/cache", why="cache of DVC"),
            ScopeOut(path="conda", why="conda environment"),
            ScopeOut(path="env", why="virtual environment"),
            ScopeOut(path="node_modules", why="installed JavaScript packages"),
        )


def test_a_committed_environment_is_read_like_any_folder(tmp_path):
    root = repository(tmp_path / "target", {"node_modules/a/index.js": "", "env/pyvenv.cfg": "", "env/x.py": ""})
    assert paths(root) == paths(root, rev="HEAD") == ["env/pyvenv.cfg", "env/x.py", "node_modules/a/index.js"]


def test_a_repository_inside_a_work_tree_is_a_target_of_its_own(tmp_path):
    root = repository(tmp_path / "target")
    repository(root / "cloned")
    git(root, "clone", "-q", "--bare", str(root / "cloned"), "mirror.git")

    with open_target(str(root)) as opened:
        assert [file.path for file in opened.files] == ["train.py"]
        assert opened.excluded == (
            ScopeOut(path="cloned", why="a git repository of its own; audit it as its own target"),
            ScopeOut(path="mirror.git", why="a git repository of its own; audit it as its own target"),
        )
        assert opened.dirty is False


def test_ignored_files_are_listed_up_to_a_cap_and_never_crowd_out_tracked_ones(tmp_path, monkeypatch):
    monkeypatch.setattr(walking, "MAX_IGNORED_FILES", 3)
    root = repository(tmp_path / "target", {".gitignore": "data/\n", "z.py": ""})
    write(root, {f"data/{number}/{number}.csv": "" for number in range(9)})

    with open_target(str(root)) as opened:
        assert [file.path for file in opened.files] == [
            ".gitignore",
            "data/0/0.csv",
            "data/1/1.csv",
            "data/2/2.csv",
            "z.py",
        ]
        assert [gap.why for gap in opened.gaps] == ["more than 3 ignored files: only the first 3 were listed"]


def test_own_outputs_are_not_part_of_a_scan(root):
    outputs = [root / "debtscan-report.html", root / "out/report.json", root.parent / "elsewhere.json"]
    write(root, {"debtscan-report.html": "x", "out/report.json": "{}"})
    with open_target(str(root), own_outputs=outputs) as opened:
        assert "debtscan-report.html" not in {file.path for file in opened.files}
        assert opened.dirty is False


@pytest.mark.parametrize("options", [{}, {"rev": "HEAD"}])
def test_the_auditors_exclusions_hold_for_every_target_and_are_counted(root, options):
    with open_target(str(root), exclude=["notebooks/", "*.md", "/missing"], **options) as opened:
        assert {"README.md", "notebooks/eda.ipynb"}.isdisjoint(file.path for file in opened.files)
        assert opened.excluded == (
            ScopeOut(path="*.md", why="excluded by the auditor (1 file)"),
            ScopeOut(path="/missing", why="excluded by the auditor (0 files)"),
            ScopeOut(path="notebooks/", why="excluded by the auditor (1 file)"),
        )
