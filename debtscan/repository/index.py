"""What git knows of a work tree without looking at it: the index, and which names its ignore rules match.

git reads a copy of the index in our scratch repository, so neither the target's configuration nor its file system
monitor has a say. Nothing here decides what a file contains: that is read from disk.
"""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from itertools import islice
from pathlib import Path

from msgspec import Struct

from debtscan.repository.entries import MAX_FILES
from debtscan.repository.git import GitError, Plumbing
from debtscan.repository.gitdir import GitDir

MAX_INDEX_BYTES = 200_000_000
"""Largest index that is copied: about 100 bytes an entry, so ten times the entries that are listed."""
MAX_EXCLUDE_BYTES = 1_000_000


class Staged(Struct, frozen=True, gc=False):
    """One entry of the index."""

    mode: bytes
    blob: str
    merged: bool
    """False: a conflict is not resolved."""
    skipped: bool
    """Left out of the disk on purpose (sparse checkout)."""
    modified_ns: int
    """The file's time of change when git last compared it; 0 when it never did."""
    size_bytes: int
    """The file's size on disk at that time, after filters and line ends."""


def read_index(found: GitDir, plumbing: Plumbing) -> dict[bytes, Staged] | None:
    """Entries by path, at most `MAX_FILES`, or None when there is no index. Raises `GitError` when it is damaged."""
    source = found.git / "index"
    if source.is_symlink() or not source.is_file():
        return None
    if source.stat().st_size > MAX_INDEX_BYTES:
        raise GitError("it is too large")
    shutil.copyfile(source, plumbing.directory / "index")
    for shared in sorted(found.git.glob("sharedindex.*"))[:10]:
        if shared.is_file() and not shared.is_symlink() and shared.stat().st_size <= MAX_INDEX_BYTES:
            shutil.copyfile(shared, plumbing.directory / shared.name)
    staged: dict[bytes, Staged] = {}
    head: tuple[bytes, bytes, bytes] | None = None
    with closing(plumbing.records("ls-files", "-s", "-t", "-z", "--debug")) as records:
        for record in islice(records, MAX_FILES + 1):
            debug, entry = _split(record, first=head is None)
            if head is not None and debug:
                _note(staged, head, debug)
            facts, _, raw = entry.partition(b"\t")
            tag, _, rest = facts.partition(b" ")
            head = (tag, rest, raw)
    return staged


def forget_index(plumbing: Plumbing) -> None:
    """Remove the copy, which is damaged or about another folder."""
    (plumbing.directory / "index").unlink(missing_ok=True)


def _split(record: bytes, *, first: bool) -> tuple[list[bytes], bytes]:
    """The five lines about the entry before, and the entry itself."""
    if first:
        return [], record
    lines = record.split(b"\n", 5)
    return lines[:5], lines[5] if len(lines) > 5 else b""


def _note(staged: dict[bytes, Staged], head: tuple[bytes, bytes, bytes], debug: list[bytes]) -> None:
    tag, facts, raw = head
    mode, blob, stage = facts.split()
    seconds, nanoseconds = debug[1].split(b": ")[1].split(b":")
    size = debug[4].split(b"\t")[0].split(b": ")[1]
    staged[raw] = Staged(
        mode=mode,
        blob=blob.decode(),
        merged=stage == b"0",
        skipped=tag == b"S",
        modified_ns=int(seconds) * 1_000_000_000 + int(nanoseconds),
        size_bytes=int(size),
    )


def ignored_names(plumbing: Plumbing, root: Path, *, prefix: bytes = b"", found: GitDir | None = None) -> set[bytes]:
    """Untracked names that the ignore files match, a folder with a trailing slash. Raises `GitError`."""
    if found is not None:
        _copy_exclude(found, plumbing)
    limit = ("--", os.fsdecode(prefix)) if prefix else ()
    arguments = ("ls-files", "-o", "-i", "-z", "--exclude-standard", "--directory", *limit)
    with closing(plumbing.records(*arguments, work_tree=root)) as records:
        return set(islice(records, MAX_FILES))


def _copy_exclude(found: GitDir, plumbing: Plumbing) -> None:
    source = found.common / "info" / "exclude"
    if source.is_file() and not source.is_symlink() and source.stat().st_size <= MAX_EXCLUDE_BYTES:
        (plumbing.directory / "info").mkdir(exist_ok=True)
        shutil.copyfile(source, plumbing.directory / "info" / "exclude")
