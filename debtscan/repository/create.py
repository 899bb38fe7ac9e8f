"""Make a git repository from a `git fast-import` stream, with its files checked out."""

from __future__ import annotations

import tempfile
from pathlib import Path

from debtscan.errors import UserError
from debtscan.repository import gitdir
from debtscan.repository.git import GitError, environment, run

_CONFIG = "[core]\n\trepositoryFormatVersion = 0\n\tfileMode = true\n\tbare = false\n\tlogAllRefUpdates = true\n"


def create(path: Path, stream: bytes) -> None:
    """Make the repository at `path`, which must be empty or not exist. Raises `UserError`.

    The branch that is checked out is `main` if the stream makes it, else the first it makes.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        if any(path.iterdir()):
            raise UserError(f"{path} is not empty: give a new or empty folder")
    except OSError as error:
        raise UserError(f"cannot make a folder at {path}: {error.strerror}") from error
    path = path.resolve()  # git runs in it, so a relative name would be looked up from inside
    git = path / ".git"
    for folder in ("objects/info", "objects/pack", "refs/heads", "refs/tags"):
        (git / folder).mkdir(parents=True)
    (git / "config").write_text(_CONFIG, encoding="utf-8")
    (git / "HEAD").write_text("ref: refs/heads/main\n", encoding="utf-8")
    try:
        _fill(path, git, stream)
    except GitError as error:
        raise UserError(f"cannot make a repository at {path}: {error}") from error


def _fill(path: Path, git: Path, stream: bytes) -> None:
    settings = environment(git, path)
    with tempfile.TemporaryFile() as source:
        source.write(stream)
        source.seek(0)
        for _ in run(["fast-import", "--quiet"], settings, path, stdin=source):
            pass
    branches = [name for name in gitdir.refs(gitdir.GitDir(git, git, path)) if name.startswith("refs/heads/")]
    if branches and "refs/heads/main" not in branches:
        (git / "HEAD").write_text(f"ref: {branches[0]}\n", encoding="utf-8")
    for arguments in (["read-tree", "HEAD"], ["checkout-index", "--all", "--index", "--quiet"]):
        for _ in run(arguments, settings, path):
            pass
