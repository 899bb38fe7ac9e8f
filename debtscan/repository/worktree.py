"""Open a folder as it lies on disk, with what git knows of it when it is a work tree."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
from itertools import islice
from pathlib import Path

from debtscan.repository.blobs import DiskReader
from debtscan.repository.changes import Comparison
from debtscan.repository.committed import Borrowed, note_limits
from debtscan.repository.entries import MAX_FILES, File, Listing, Mode, shown
from debtscan.repository.git import GitError, Plumbing
from debtscan.repository.index import Staged, ignored_names, read_index
from debtscan.repository.kinds import kind_of
from debtscan.repository.opened import Repository
from debtscan.repository.tree import Entry, entries
from debtscan.repository.walk import Found, Walk

SUBMODULE = b"160000"


def open_folder(path: Path, scratch: Path, *, name: str, own_outputs: Iterable[Path] = ()) -> Repository:
    """A folder without git: its files, no history."""
    return _folder(path, Plumbing(scratch), Listing(name), own_outputs)


def open_work_tree(borrowed: Borrowed, *, name: str, own_outputs: Iterable[Path] = ()) -> Repository:
    """A work tree, or the part of it that `borrowed.prefix` names: the files on disk, the history of HEAD.

    A part in which nothing is tracked is a folder without git.
    """
    assert borrowed.found.root is not None
    path = borrowed.found.root / os.fsdecode(borrowed.prefix)
    listing = Listing(name)
    committed = _committed(borrowed, listing)
    staged = _staged(borrowed, committed, listing)
    if borrowed.prefix and not committed and not staged:
        (borrowed.plumbing.directory / "index").unlink(missing_ok=True)
        return _folder(path, borrowed.plumbing, Listing(name), own_outputs)
    ours = _below(path, own_outputs)
    ignored = _ignored(borrowed, listing)
    disk = _list_disk(path, listing, ours, staged, ignored)
    changed = _changed(borrowed, path, committed, staged, disk, listing) - ours
    changed |= {file.raw for file in listing.files if not file.tracked and not file.ignored}
    note_limits(borrowed, listing)
    listing.finish()
    return Repository(
        name=name,
        source=name,
        kind="work_tree",
        reader=DiskReader(root=os.fsencode(path), algorithm=borrowed.plumbing.algorithm),
        files=tuple(listing.files),
        gaps=tuple(listing.gaps),
        excluded=tuple(listing.excluded),
        revision=borrowed.revision,
        branch=borrowed.branch,
        committed_at=borrowed.committed_at,
        dirty=bool(changed),
        changed_files=len(changed),
        shallow=bool(borrowed.shallow),
        partial=any(entry.size_bytes is None and entry.mode != SUBMODULE for entry in committed.values()),
        history=borrowed.history(),
    )


def _folder(path: Path, plumbing: Plumbing, listing: Listing, own_outputs: Iterable[Path]) -> Repository:
    if os.path.lexists(path / ".git"):
        listing.gap(".git", "is no repository, or points to one that does not point back: no history was read")
    ignored: set[bytes] = set()
    try:
        ignored = ignored_names(plumbing, path)
    except GitError as error:
        listing.gap(None, f"the ignore rules could not be applied: {error}")
    _list_disk(path, listing, _below(path, own_outputs), {}, ignored)
    listing.finish()
    return Repository(
        name=listing.repository,
        source=listing.repository,
        kind="folder",
        reader=DiskReader(root=os.fsencode(path)),
        files=tuple(listing.files),
        gaps=tuple(listing.gaps),
        excluded=tuple(listing.excluded),
    )


def _committed(borrowed: Borrowed, listing: Listing) -> dict[bytes, Entry]:
    """The revision's tree by name; empty before the first commit and where the folder is not in it."""
    found: dict[bytes, Entry] = {}
    if borrowed.revision is None:
        return found
    try:
        with closing(entries(borrowed.plumbing, borrowed.treeish)) as rows:
            found = {row.raw: row for row in islice(rows, MAX_FILES)}
    except GitError as error:
        if not borrowed.prefix:
            listing.gap(None, f"the tree of HEAD could not be listed to its end: {error}")
    return found


def _staged(borrowed: Borrowed, committed: Mapping[bytes, Entry], listing: Listing) -> dict[bytes, Staged]:
    """The index below the audited folder; where there is none, the revision's tree says what is tracked."""
    staged: Mapping[bytes, Staged] | None = None
    try:
        staged = read_index(borrowed.found, borrowed.plumbing)
    except GitError as error:
        listing.gap(".git/index", f"git's index is damaged ({error}): tracked is what the last commit holds")
    if staged is None:
        return {
            raw: Staged(mode=entry.mode, blob=entry.blob, merged=True, skipped=False, modified_ns=0, size_bytes=0)
            for raw, entry in committed.items()
        }
    start = len(borrowed.prefix)
    return {raw[start:]: entry for raw, entry in staged.items() if raw.startswith(borrowed.prefix)}


def _ignored(borrowed: Borrowed, listing: Listing) -> set[bytes]:
    """Ignored names below the audited folder; the empty name when all of it is ignored."""
    assert borrowed.found.root is not None
    prefix = borrowed.prefix
    try:
        names = ignored_names(borrowed.plumbing, borrowed.found.root, prefix=prefix, found=borrowed.found)
    except GitError as error:
        listing.gap(None, f"the ignore rules could not be applied: {error}")
        return set()
    return {name[len(prefix) :] if name.startswith(prefix) else b"" for name in names}


def _list_disk(
    path: Path, listing: Listing, ours: set[bytes], staged: Mapping[bytes, Staged], ignored: set[bytes]
) -> dict[bytes, os.stat_result]:
    """List what lies on disk, and return the state of each tracked file."""
    submodules = {raw for raw, entry in staged.items() if entry.mode == SUBMODULE}
    root = os.fsencode(path)
    walk = Walk(root, listing, tracked=staged.keys(), submodules=submodules, ignored=ignored, skip=ours)
    disk: dict[bytes, os.stat_result] = {}
    for found in walk.files():
        tracked = found.raw in staged
        if tracked:
            disk[found.raw] = found.status
        listing.add(_file(root, found, tracked=tracked))
    for raw in submodules:
        shown_path = shown(raw)
        listing.add(
            File(
                path=shown_path,
                raw=raw,
                blob=staged[raw].blob,
                size_bytes=None,
                mode="submodule",
                present=False,
                kind=kind_of(shown_path),
            )
        )
    walk.report()
    return disk


def _file(root: bytes, found: Found, *, tracked: bool) -> File:
    path = shown(found.raw)
    link = None
    mode: Mode = "executable" if found.status.st_mode & stat.S_IXUSR else "file"
    if stat.S_ISLNK(found.status.st_mode):
        mode = "symlink"
        with suppress(OSError):
            link = shown(os.readlink(os.path.join(root, found.raw)))  # noqa: PTH115, PTH118 - names on disk are bytes
    return File(
        path=path,
        blob=None,
        size_bytes=found.status.st_size,
        kind=kind_of(path),
        mode=mode,
        tracked=tracked,
        ignored=found.ignored,
        raw=found.raw,
        link=link,
    )


def _changed(
    borrowed: Borrowed,
    path: Path,
    committed: Mapping[bytes, Entry],
    staged: Mapping[bytes, Staged],
    disk: Mapping[bytes, os.stat_result],
    listing: Listing,
) -> set[bytes]:
    """Tracked names that differ from the revision; what limits the answer becomes a gap."""
    index = borrowed.found.git / "index"
    with borrowed.plumbing.reader().open() as blobs:
        comparison = Comparison(
            root=os.fsencode(path),
            blobs=blobs,
            index_ns=index.stat().st_mtime_ns if index.is_file() else 0,
            algorithm=borrowed.plumbing.algorithm,
        )
        changed = comparison.changed(committed, staged, disk)
    if comparison.skipped:
        listing.gap(None, f"{comparison.skipped:,} large files were not compared with the last commit")
    skipped = sum(entry.skipped and raw not in disk for raw, entry in staged.items())
    if skipped:
        listing.gap(None, f"{skipped:,} tracked files are left out of this sparse checkout (--rev HEAD reads them)")
    if staged and not disk and not skipped:
        listing.gap(None, "nothing is checked out here (--rev HEAD reads the last commit)")
    return changed


def _below(path: Path, own_outputs: Iterable[Path]) -> set[bytes]:
    """Our own outputs that lie below the audited folder, relative to it."""
    outputs = (output.resolve() for output in own_outputs)
    return {os.fsencode(output.relative_to(path)) for output in outputs if output.is_relative_to(path)}
