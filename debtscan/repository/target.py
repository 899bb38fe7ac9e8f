"""Open a target, whatever it is, as a `Repository`."""

from __future__ import annotations

import difflib
import os
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from debtscan.errors import TargetError
from debtscan.repository import clone, gitdir
from debtscan.repository.archive import SUFFIXES, archive_name, is_archive, open_archive
from debtscan.repository.clone import Url
from debtscan.repository.committed import borrow, open_revision
from debtscan.repository.entries import Exclusion, Listing
from debtscan.repository.git import Plumbing
from debtscan.repository.gitdir import GitDir
from debtscan.repository.opened import Repository
from debtscan.repository.worktree import open_folder, open_work_tree

__all__ = ["Repository", "open_target"]


def open_target(
    target: str,
    *,
    rev: str | None = None,
    exclude: Sequence[str] = (),
    own_outputs: Sequence[Path] = (),
    cache: Path | None = None,
    token: str | None = None,
    progress: Callable[[str], None] | None = None,
) -> Repository:
    """Open a work tree, bare repository, plain folder, archive or clone URL.

    `rev` reads that revision instead of the disk. `exclude` are globs of the auditor in .gitignore's notation;
    `own_outputs` are files that an audit writes and so does not read. `cache` is where clones of URLs are kept (a
    scratch directory when None), `token` what they are fetched with. Raises `TargetError`.
    """
    exclusion = Exclusion(exclude) if exclude else None
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="debtscan-")))
        if (url := clone.parse(target)) is not None:
            clones = (cache or scratch) / "clones"
            repository = _open_url(url, scratch / "git", clones, rev, exclusion, token, progress)
        else:
            path = _existing(target)
            repository = _open_path(path, target, scratch / "git", rev, exclusion, own_outputs)
        repository.resources = stack.pop_all()
        return repository


def _open_url(
    url: Url,
    scratch: Path,
    clones: Path,
    rev: str | None,
    exclusion: Exclusion | None,
    token: str | None,
    progress: Callable[[str], None] | None,
) -> Repository:
    """The default branch of a clone, or `rev`; a `file://` URL is read where it lies."""
    if url.local is not None:
        path = _existing(url.local)
        found = gitdir.work_tree(path) or gitdir.bare(path)
        if found is None:
            raise TargetError(f"cannot clone {url.text}: no git repository there")
    else:
        place = clone.fetched(url, clones, token=token, progress=progress)
        found = gitdir.GitDir(place, place, None)
    borrowed = borrow(found, scratch, rev=rev)
    return open_revision(borrowed, Listing(url.name, exclusion=exclusion), source=url.text, kind="bare")


def _open_path(
    path: Path,
    target: str,
    scratch: Path,
    rev: str | None,
    exclusion: Exclusion | None,
    own_outputs: Sequence[Path],
) -> Repository:
    found, prefix = _git_of(path) if path.is_dir() else (None, b"")
    if found is None and rev is not None:
        raise TargetError(f"no git history in {target}: there is no revision {rev!r} to read")
    if not path.is_dir():
        if not (path.is_file() and is_archive(path)):
            raise TargetError(f"cannot audit {target}: it is neither a folder nor an archive ({', '.join(SUFFIXES)})")
        scratch.mkdir()
        return open_archive(path, scratch, Listing(archive_name(path), exclusion=exclusion))
    listing = Listing(_name(path), exclusion=exclusion)
    if not os.access(path, os.R_OK | os.X_OK):
        raise TargetError(f"cannot read {target}: permission denied")
    if found is None:
        return open_folder(path, Plumbing(scratch), listing, own_outputs)
    borrowed = borrow(found, scratch, rev=rev, prefix=prefix)
    if found.root is not None and rev is None:
        return open_work_tree(borrowed, listing, own_outputs)
    return open_revision(borrowed, listing, source=_name(path), kind="bare" if found.root is None else "work_tree")


def _git_of(path: Path) -> tuple[GitDir | None, bytes]:
    """The repository of a folder, and which part of its work tree the folder is."""
    if (found := gitdir.work_tree(path) or gitdir.bare(path)) is not None:
        return found, b""
    found = gitdir.enclosing(path)
    if found is None or found.root is None:
        return None, b""
    return found, os.fsencode(path.relative_to(found.root)) + b"/"


def _name(path: Path) -> str:
    """The folder's own name; `.git` is said by its parent."""
    name = path.parent.name if path.name == ".git" else path.name.removesuffix(".git")
    return name or "root"


def _existing(target: str) -> Path:
    """The folder or file that `target` names, or an error that guesses what was meant."""
    path = Path(target).expanduser()
    try:
        path = path.resolve()
        if path.exists():
            return path
    except (OSError, ValueError) as error:
        raise TargetError(f"cannot open {target}: {error}") from error
    what = "file" if path.suffix else "directory"
    raise TargetError(f"no such {what}: {target}{_did_you_mean(target, path)}")


def _did_you_mean(target: str, path: Path) -> str:
    """The closest name beside the first part of the path that does not exist."""
    missing = path
    while not missing.parent.exists():
        missing = missing.parent
    try:
        beside = sorted(entry.name for entry in missing.parent.iterdir())
    except OSError:
        return ""
    close = difflib.get_close_matches(missing.name, beside, n=1)
    if not close:
        return ""
    rest = path.relative_to(missing)
    meant = missing.parent / close[0] / rest
    if not meant.exists():
        return ""
    depth = len(path.parts) - len(missing.parts) + 1
    typed = Path(target)
    kept = Path(*typed.parts[:-depth]) if depth <= len(typed.parts) else missing.parent
    return f". Did you mean {kept / close[0] / rest}?"
