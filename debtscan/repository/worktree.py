"""Open a folder as it lies on disk, with what git knows of it when it is a work tree."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import closing, suppress
from itertools import islice
from pathlib import Path

from msgspec.structs import replace

from debtscan.repository.blobs import DiskReader
from debtscan.repository.changes import Comparison
from debtscan.repository.committed import Borrowed, note_limits
from debtscan.repository.entries import MAX_FILES, File, Listing, Mode, counted, shown
from debtscan.repository.git import GitError, Plumbing
from debtscan.repository.index import Staged, forget_index, ignored_names, read_index
from debtscan.repository.kinds import kind_of
from debtscan.repository.opened import Repository
from debtscan.repository.tree import SUBMODULE, Entry, entries, note_missing
from debtscan.repository.walk import Found, Walk


def open_folder(path: Path, plumbing: Plumbing, listing: Listing, own_outputs: Iterable[Path] = ()) -> Repository:
    """A folder without git: its files, no history. `plumbing` only applies ignore files."""
    if os.path.lexists(path / ".git"):
        listing.gap(".git", "is no repository, or points to one that does not point back: no history was read")
    ignored: set[bytes] = set()
    try:
        ignored = ignored_names(plumbing, path)
    except GitError as error:
        listing.gap(None, f"the ignore rules could not be applied: {error}")
    for found in Walk(os.fsencode(path), listing, ignored=ignored, skip=_below(path, own_outputs)).files():
        listing.add(_on_disk(os.fsencode(path), found))
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


def open_work_tree(borrowed: Borrowed, listing: Listing, own_outputs: Iterable[Path] = ()) -> Repository:
    """A work tree, or the part of it that `borrowed.prefix` names: the files on disk, the history of HEAD.

    A part in which nothing is tracked is a folder without git.
    """
    assert borrowed.found.root is not None
    path = borrowed.found.root / os.fsdecode(borrowed.prefix)
    committed = _committed(borrowed, listing)
    staged = _staged(borrowed, committed, listing)
    if borrowed.prefix and not committed and not staged:
        forget_index(borrowed.plumbing)
        return open_folder(path, borrowed.plumbing, listing, own_outputs)
    ours = _below(path, own_outputs)
    disk = _list_disk(path, borrowed, listing, (committed, staged), ours)
    for file in _elsewhere(committed, staged, disk):
        listing.add(file)
    changed, unknown = _changed(borrowed, path, committed, staged, disk, listing)
    listing.files = [_known(file, changed | unknown) for file in listing.files]
    changed -= ours
    changed |= {file.raw for file in listing.files if not file.tracked and not file.ignored}
    note_missing(listing)
    note_limits(borrowed, listing)
    listing.finish()
    return Repository(
        name=listing.repository,
        source=listing.repository,
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


def _committed(borrowed: Borrowed, listing: Listing) -> dict[bytes, Entry]:
    """The revision's tree by name; empty before the first commit and where the folder is not in it."""
    found: dict[bytes, Entry] = {}
    if borrowed.revision is None:
        return found
    try:
        with closing(entries(borrowed.plumbing, borrowed.treeish)) as rows:
            for row in islice(rows, MAX_FILES):
                found[row.raw] = row
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
        forget_index(borrowed.plumbing)
        listing.gap(".git/index", f"git's index is damaged ({error}): tracked is what the last commit holds")
    if staged is None:
        return {
            raw: Staged(mode=entry.mode, blob=entry.blob, merged=True, skipped=False, modified_ns=0, size_bytes=0)
            for raw, entry in committed.items()
        }
    if len(staged) >= MAX_FILES:
        listing.gap(None, f"more than {MAX_FILES:,} tracked files: only the first {MAX_FILES:,} count as tracked")
    start = len(borrowed.prefix)
    return {raw[start:]: entry for raw, entry in staged.items() if raw.startswith(borrowed.prefix)}


def _list_disk(
    path: Path,
    borrowed: Borrowed,
    listing: Listing,
    known: tuple[Mapping[bytes, Entry], Mapping[bytes, Staged]],
    ours: set[bytes],
) -> dict[bytes, os.stat_result]:
    """List what lies on disk, and return the state of each tracked file; `known` is what is committed and staged."""
    committed, staged = known
    root = os.fsencode(path)
    submodules = {raw for raw, entry in staged.items() if entry.mode == SUBMODULE}
    ignored = _ignored(borrowed, listing)
    disk: dict[bytes, os.stat_result] = {}
    for found in Walk(root, listing, staged.keys(), submodules, ignored, ours).files():
        if found.state == "tracked":
            disk[found.raw] = found.status
        listing.add(_stored(_on_disk(root, found), staged.get(found.raw), committed.get(found.raw)))
    return disk


def _stored(file: File, staged: Staged | None, committed: Entry | None) -> File:
    """The file with the blob that git holds for it."""
    if staged is None:
        return file
    size_bytes = committed.size_bytes if committed is not None and committed.blob == staged.blob else None
    return replace(file, stored=staged.blob, stored_bytes=size_bytes)


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


def _on_disk(root: bytes, found: Found) -> File:
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
        tracked=found.state == "tracked",
        ignored=found.state == "ignored",
        raw=found.raw,
        link=link,
    )


def _elsewhere(
    committed: Mapping[bytes, Entry], staged: Mapping[bytes, Staged], disk: Mapping[bytes, os.stat_result]
) -> Iterator[File]:
    """What is tracked but cannot lie on disk: submodules, and files whose object was not cloned."""
    for raw, entry in staged.items():
        old = committed.get(raw)
        missing = raw not in disk and old is not None and old.size_bytes is None and old.blob == entry.blob
        if entry.mode == SUBMODULE or missing:
            path = shown(raw)
            mode: Mode = "submodule" if entry.mode == SUBMODULE else "file"
            kind = kind_of(path)
            yield File(path=path, blob=entry.blob, size_bytes=None, kind=kind, mode=mode, present=False, raw=raw)


def _changed(
    borrowed: Borrowed,
    path: Path,
    committed: Mapping[bytes, Entry],
    staged: Mapping[bytes, Staged],
    disk: Mapping[bytes, os.stat_result],
    listing: Listing,
) -> tuple[set[bytes], set[bytes]]:
    """Tracked names that differ from the revision, and those not compared; what limits the answer becomes a gap."""
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
        listing.gap(None, f"{counted(len(comparison.skipped), 'large file')} not compared with the last commit")
    skipped = sum(entry.skipped and raw not in disk for raw, entry in staged.items())
    if skipped:
        listing.gap(
            None, f"{counted(skipped, 'tracked file')} left out of this sparse checkout (--rev HEAD reads them)"
        )
    if staged and not disk and not skipped:
        listing.gap(None, "nothing is checked out here (--rev HEAD reads the last commit)")
    return changed, comparison.skipped


def _known(file: File, unsure: Set[bytes]) -> File:
    """The file with the blob that it is: unchanged, and of the blob's size, so that no filter stood between."""
    same = file.stored is not None and file.stored_bytes == file.size_bytes and file.raw not in unsure
    return replace(file, blob=file.stored) if same and file.mode != "symlink" else file


def _below(path: Path, own_outputs: Iterable[Path]) -> set[bytes]:
    """Our own outputs that lie below the audited folder, relative to it."""
    outputs = (output.resolve() for output in own_outputs)
    return {os.fsencode(output.relative_to(path)) for output in outputs if output.is_relative_to(path)}
