"""Borrow a repository's objects, and open one of its revisions."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from debtscan.errors import TargetError
from debtscan.repository import gitdir
from debtscan.repository.entries import Listing
from debtscan.repository.git import Plumbing
from debtscan.repository.gitdir import GitDir
from debtscan.repository.history import History, timestamp
from debtscan.repository.opened import Kind, Repository
from debtscan.repository.tree import list_tree

MAX_BRANCHES_SHOWN = 5


@dataclass(frozen=True)
class Borrowed:
    """One revision of a target, readable through plumbing of our own."""

    found: GitDir
    plumbing: Plumbing
    revision: str | None
    """None before the first commit."""
    branch: str | None
    committed_at: int | None
    shallow: tuple[str, ...]
    prefix: bytes = b""
    """The audited part of the repository, with a trailing slash."""

    @property
    def treeish(self) -> str:
        """What `ls-tree` is asked for."""
        assert self.revision is not None
        folder = os.fsdecode(self.prefix.rstrip(b"/"))
        return f"{self.revision}:{folder}" if folder else self.revision

    def history(self) -> History | None:
        if self.revision is None:
            return None
        return History(self.plumbing, self.revision, self.prefix, frozenset(self.shallow))


def borrow(found: GitDir, scratch: Path, *, rev: str | None, prefix: bytes = b"") -> Borrowed:
    """Prepare to read `rev` (HEAD when None). Raises `TargetError`: unknown revision, a HEAD that names nothing."""
    head = gitdir.head(found)
    plumbing = Plumbing(scratch, objects=found.common / "objects", algorithm=gitdir.algorithm(found, head.revision))
    shallow = gitdir.shallow(found)
    if shallow:
        (scratch / "shallow").write_text("".join(f"{line}\n" for line in shallow), encoding="ascii")
    revision, branch = head.revision, head.branch
    if rev is not None:
        revision, branch = _named(rev, found, plumbing, head.revision)
    committed_at = None
    if revision is not None:
        plumbing.point(revision)
        committed_at = _committed_at(plumbing, revision, found)
    return Borrowed(found, plumbing, revision, branch, committed_at, shallow, prefix)


def open_revision(borrowed: Borrowed, listing: Listing, *, source: str, kind: Kind) -> Repository:
    """The tree at the borrowed revision; the disk is not looked at."""
    if borrowed.revision is not None:
        list_tree(borrowed.plumbing, borrowed.treeish, listing)
    else:
        _require_empty(borrowed)
    note_limits(borrowed, listing)
    listing.finish()
    return Repository(
        name=listing.repository,
        source=source,
        kind=kind,
        reader=borrowed.plumbing.reader(),
        files=tuple(listing.files),
        gaps=tuple(listing.gaps),
        excluded=tuple(listing.excluded),
        revision=borrowed.revision,
        branch=borrowed.branch,
        committed_at=borrowed.committed_at,
        dirty=False,
        shallow=bool(borrowed.shallow),
        partial=any(not file.present and file.mode != "submodule" for file in listing.files),
        history=borrowed.history(),
    )


def note_limits(borrowed: Borrowed, listing: Listing) -> None:
    """Say what limits the history or the objects."""
    if gitdir.borrows(borrowed.found):
        listing.gap(None, "some of its objects lie in another repository (objects/info/alternates) and were read there")
    if borrowed.shallow:
        listing.gap(None, "shallow clone: older history is not here (git fetch --unshallow brings it)")


def _named(rev: str, found: GitDir, plumbing: Plumbing, head: str | None) -> tuple[str, str | None]:
    """The commit that the auditor's `--rev` means, and its branch if it is the name of one."""
    names = gitdir.refs(found)
    packed = "".join(f"{revision} {name}\n" for name, revision in names.items())
    (plumbing.directory / "packed-refs").write_text(packed, encoding="utf-8", errors="surrogateescape")
    if head is not None:
        plumbing.point(head)
    commit = None
    if not rev.startswith("-"):
        commit = plumbing.line("rev-parse", "--verify", "--quiet", "--end-of-options", f"{rev}^{{commit}}")
    if commit is None:
        raise TargetError(f"no revision {rev!r} in {_label(found)}{_branches(names)}")
    return commit, rev if f"refs/heads/{rev}" in names else None


def _committed_at(plumbing: Plumbing, revision: str, found: GitDir) -> int | None:
    line = plumbing.line("log", "-1", "--no-show-signature", "--format=%H %ct", revision, "--")
    if line is None:
        raise TargetError(f"{_label(found)}: its commit {revision[:12]} is missing or damaged (git fsck says more)")
    return timestamp(line.partition(" ")[2].encode())


def _require_empty(borrowed: Borrowed) -> None:
    """Without a commit a bare repository is new, or its HEAD names a branch that is not there."""
    names = gitdir.refs(borrowed.found)
    if names:
        raise TargetError(
            f"{_label(borrowed.found)}: HEAD names the branch {borrowed.branch!r}, which has no commits{_branches(names)}"
        )


def _branches(names: dict[str, str]) -> str:
    branches = [name.removeprefix("refs/heads/") for name in names if name.startswith("refs/heads/")]
    if not branches:
        return ""
    more = " ..." if len(branches) > MAX_BRANCHES_SHOWN else ""
    return f"; its branches: {', '.join(branches[:MAX_BRANCHES_SHOWN])}{more} (--rev chooses one)"


def _label(found: GitDir) -> str:
    return (found.root or found.git).name
