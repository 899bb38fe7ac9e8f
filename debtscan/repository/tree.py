"""List the tree of a revision: one streaming `git ls-tree`, capped."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing

from msgspec import Struct
from msgspec.structs import replace

from debtscan.repository.blobs import BlobError, Blobs
from debtscan.repository.entries import MAX_FILES, MAX_PATH_BYTES, File, Listing, Mode, counted, shown
from debtscan.repository.git import GitError, Plumbing
from debtscan.repository.kinds import kind_of

SUBMODULE = b"160000"
MODES: dict[bytes, Mode] = {b"120000": "symlink", SUBMODULE: "submodule", b"100755": "executable"}
"""By git's mode; every other mode of a blob is a plain file."""


class Entry(Struct, frozen=True, gc=False):
    """A row of `ls-tree -l`."""

    raw: bytes
    mode: bytes
    blob: str
    size_bytes: int | None
    """None: the object is not here, or it is a submodule."""


def entries(plumbing: Plumbing, treeish: str) -> Generator[Entry, None, None]:
    """Every blob and submodule below a tree, in git's order. Raises `GitError`."""
    with closing(plumbing.records("ls-tree", "-r", "-z", "-l", "--full-tree", "--end-of-options", treeish)) as records:
        for record in records:
            facts, _, raw = record.partition(b"\t")
            mode, _, blob, size = facts.split()
            yield Entry(raw, mode, blob.decode(), int(size) if size.isdigit() else None)


def list_tree(plumbing: Plumbing, treeish: str, listing: Listing) -> None:
    """Fill `listing` from the tree; what is missing or too much becomes a gap."""
    try:
        with closing(entries(plumbing, treeish)) as found, plumbing.reader().open() as blobs:
            for entry in found:
                if listing.full:
                    listing.gap(None, f"more than {MAX_FILES:,} files: only the first {MAX_FILES:,} were read")
                    break
                listing.add(_file(entry, blobs))
    except GitError as error:
        listing.gap(None, f"the tree could not be listed to its end: {error}")
    note_missing(listing)


def note_missing(listing: Listing) -> None:
    """One gap for all files whose object was not cloned."""
    if missing := sum(not file.present and file.mode != "submodule" for file in listing.files):
        listing.gap(None, f"{counted(missing, 'file')} missing in this partial clone: size unknown, content not read")


def _file(entry: Entry, blobs: Blobs) -> File:
    path = shown(entry.raw)
    file = File(
        path=path,
        blob=entry.blob,
        size_bytes=entry.size_bytes,
        kind=kind_of(path),
        mode=MODES.get(entry.mode, "file"),
        present=entry.size_bytes is not None,
        raw=entry.raw,
    )
    return with_link(file, blobs) if file.mode == "symlink" else file


def with_link(file: File, blobs: Blobs) -> File:
    """The same symbolic link with its target, where that can be read."""
    try:
        target = blobs.read(file, MAX_PATH_BYTES)
    except BlobError:
        return file
    return replace(file, link=shown(target))
