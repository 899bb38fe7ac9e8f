"""Real git repositories for tests, made by git itself with nothing of this machine's settings."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from debtscan.repository import BlobError, Repository, blob_id, open_target
from tests.scanning import write_files as write

_SETTINGS = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.com",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
FIRST_SECOND = 1_700_000_000


def git(root: Path, *arguments: str, check: bool = True, stdin: bytes = b"", **settings: str) -> str:
    """Run git in `root`, obeying that repository's own configuration as any user's git does."""
    done = subprocess.run(
        ["git", *arguments],
        cwd=root,
        env={"PATH": os.environ["PATH"], "HOME": str(root), **_SETTINGS, **settings},
        input=stdin,
        capture_output=True,
        check=False,
    )
    if check and done.returncode != 0:
        raise AssertionError(f"git {arguments}: {done.stderr.decode()}")
    return done.stdout.decode("utf-8", "surrogateescape").strip()


def commit(root: Path, message: str = "a change", *, second: int = FIRST_SECOND, **settings: str) -> str:
    """Commit everything that lies in the work tree at a fixed time, and return the commit's hash."""
    git(root, "add", "--all")
    when = f"{second} +0000"
    git(root, "commit", "-q", "--allow-empty", "-m", message, GIT_AUTHOR_DATE=when, GIT_COMMITTER_DATE=when, **settings)
    return git(root, "rev-parse", "HEAD")


def repository(root: Path, files: Mapping[str, str | bytes] = {"train.py": "import torch\n"}) -> Path:
    """A repository with one commit of these files on `main`."""
    root.mkdir(parents=True, exist_ok=True)
    git(root, "init", "-q", "-b", "main")
    write(root, files)
    commit(root)
    return root


def listing(opened: Repository) -> list[tuple]:
    """All that identifies the files of a target, contents included."""
    with opened.reader.open() as blobs:
        return [
            (file.path, blob_id(blobs.read(file)), file.size_bytes, file.kind, file.mode, file.tracked, file.ignored)
            for file in opened.files
        ]


def paths(target: Path | str, **options) -> list[str]:
    with open_target(str(target), **options) as opened:
        return [file.path for file in opened.files]


def contents(target: Path | str, **options) -> dict[str, bytes | str]:
    """Everything that can be asked of a target: contents by path, or why they cannot be read."""
    with open_target(str(target), **options) as opened:
        found = contents_of(opened)
        assert list(opened.commits()) or opened.history is None
    return found


def contents_of(opened: Repository) -> dict[str, bytes | str]:
    found: dict[str, bytes | str] = {}
    with opened.reader.open() as blobs:
        for file in opened.files:
            try:
                found[file.path] = blobs.read(file)
            except BlobError as error:
                found[file.path] = str(error)
    return found
