"""Find a target's git directory and read what it says of itself, as text: HEAD, refs, shallow commits.

git's own look-up is not used because it would read the target's configuration. Pointers (`.git` files, `commondir`) are
followed only where the place they name points back: an unpacked archive must not be able to name another client's
repository on this disk.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from debtscan.errors import TargetError
from debtscan.repository.blobs import Algorithm, BlobError, read_regular

MAX_TEXT_BYTES = 64_000_000
"""Largest `packed-refs` that is read: 600 kB for 8,000 refs, so a million."""
MAX_REFS = 1_000_000

_HASH = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_REF = re.compile(r"refs/(?!replace/)(?!.*(?:\.\.|//|/\.|\.lock(?:/|$)|@\{))[^\x00-\x20\x7f~^:?*\[\\]+(?<![/.])")


@dataclass(frozen=True)
class GitDir:
    """Where a repository keeps its parts."""

    git: Path
    """HEAD and the index."""
    common: Path
    """Objects and refs; another folder than `git` in a linked work tree."""
    root: Path | None
    """Top of the work tree; None in a bare repository."""


@dataclass(frozen=True)
class Head:
    """What is checked out: `revision` is None before the first commit, `branch` when none is checked out."""

    branch: str | None
    revision: str | None


def bare(path: Path) -> GitDir | None:
    """The bare repository at `path`, if it is one."""
    return GitDir(path, path, None) if _is_git_dir(path, path) else None


def enclosing(path: Path) -> GitDir | None:
    """The repository whose work tree holds `path`, looking upwards as git does."""
    for folder in (path, *path.parents):
        if os.path.lexists(folder / ".git"):
            return work_tree(folder)
    return None


def work_tree(root: Path) -> GitDir | None:
    """The repository whose work tree starts at `root`, if there is one."""
    dot_git = root / ".git"
    if dot_git.is_symlink():
        return None
    if dot_git.is_dir():
        return GitDir(dot_git, dot_git, root) if _is_git_dir(dot_git, dot_git) else None
    text = _text(dot_git)
    if text is None or not text.startswith("gitdir: "):
        return None
    git = (root / text.removeprefix("gitdir: ").rstrip("\n")).resolve()
    common = _common_of(git, dot_git)
    if common is None or not _is_git_dir(git, common):
        return None
    return GitDir(git, common, root)


def _common_of(git: Path, dot_git: Path) -> Path | None:
    """Where the objects of a `.git` file's target are, if that target is a work tree or submodule of this place."""
    back = _text(git / "gitdir")
    if back is not None and (git / back.rstrip("\n")).resolve() == dot_git.resolve():
        common = (git / (_text(git / "commondir") or "").rstrip("\n")).resolve()
        return common if git.parent == common / "worktrees" else None
    holders = {parent / ".git" / "modules" for parent in dot_git.resolve().parents}
    return git if holders.intersection(git.parents) else None


def _is_git_dir(git: Path, common: Path) -> bool:
    objects, refs = common / "objects", common / "refs"
    return (
        _text(git / "HEAD") is not None and objects.is_dir() and (refs.is_dir() or (common / "packed-refs").is_file())
    )


def head(found: GitDir) -> Head:
    """What HEAD names. Raises `TargetError` where refs are kept in a form that is not read."""
    text = (_text(found.git / "HEAD") or "").strip()
    if _HASH.fullmatch(text):
        return Head(None, text)
    name = text.removeprefix("ref:").strip()
    if (found.common / "reftable").is_dir():
        raise TargetError(
            f"{found.root or found.git}: its refs are kept as a reftable, which is not read yet. "
            "Audit a copy: git clone --ref-format=files"
        )
    if not _REF.fullmatch(name):
        return Head(None, None)
    return Head(name.removeprefix("refs/heads/"), _resolve(found.common, name))


def _resolve(common: Path, name: str) -> str | None:
    """The commit a ref names; symbolic refs are followed five deep, as git does."""
    for _ in range(5):
        text = (_text(common / name) or "").strip()
        if _HASH.fullmatch(text):
            return text
        target = text.removeprefix("ref:").strip() if text.startswith("ref:") else ""
        if not _REF.fullmatch(target):
            break
        name = target
    return dict(_packed(common)).get(name)


def refs(found: GitDir) -> dict[str, str]:
    """Every branch, tag and remote branch with the object it names, sorted; replacements are left out."""
    named = dict(_packed(found.common))
    for name, text in _loose(found.common):
        if _HASH.fullmatch(text):
            named[name] = text
        elif text.startswith("ref:") and (revision := _resolve(found.common, name)) is not None:
            named[name] = revision
    return dict(sorted(named.items())[:MAX_REFS])


def _packed(common: Path) -> Iterator[tuple[str, str]]:
    for line in (_text(common / "packed-refs") or "").split("\n"):
        revision, _, name = line.partition(" ")
        if _HASH.fullmatch(revision) and _REF.fullmatch(name):
            yield name, revision


def _loose(common: Path) -> Iterator[tuple[str, str]]:
    for folder, _, names in os.walk(common / "refs"):
        for name in names:
            ref = (Path(folder) / name).relative_to(common).as_posix()
            if _REF.fullmatch(ref) and (text := _text(common / ref)) is not None:
                yield ref, text.strip()


def shallow(found: GitDir) -> tuple[str, ...]:
    """Commits whose parents were not cloned."""
    return tuple(line for line in (_text(found.common / "shallow") or "").split("\n") if _HASH.fullmatch(line))


def borrows(found: GitDir) -> bool:
    """Whether the target itself takes objects from another repository (`git clone --shared`)."""
    return bool((_text(found.common / "objects/info/alternates") or "").strip())


def algorithm(found: GitDir, revision: str | None) -> Algorithm:
    """The hash its objects are named by."""
    if revision is not None:
        return "sha256" if len(revision) == 64 else "sha1"
    stated = re.search(r"(?im)^\s*objectformat\s*=\s*sha256\s*$", _text(found.common / "config") or "")
    return "sha256" if stated else "sha1"


def _text(path: Path) -> str | None:
    """A small text file, never through a link or a pipe; None when it is not there."""
    try:
        return os.fsdecode(read_regular(os.fsencode(path), MAX_TEXT_BYTES))
    except (OSError, BlobError):
        return None
