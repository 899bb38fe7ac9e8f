"""Large contents in the history of git: what every clone carries, whether or not the file still exists.

Candidates are contents of files that are no code, by name; their sizes are asked of git while the commits stream by, a
batch at a time, so that only what is large is kept. A content that a partial clone lacks has no size here: it stands in
the table with NULL and in a gap, because what was left out is just what is large. Merge commits bring no content of
their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Annotated

from msgspec import Struct

from debtscan.repository import Commit, File
from debtscan.repository.entries import counted
from debtscan.repository.history import MAX_CHANGES
from debtscan.repository.kinds import kind_of
from debtscan.scanners import CommitReader, GapRow, Past

MIN_BYTES = 1_000_000
MIN_MODEL_BYTES = 10_000
"""Small models are models too; below this they are examples of a format."""
MAX_ROWS = 20_000
"""Contents that are kept; the rest is counted."""
_BATCH = 10_000
_KINDS = frozenset({"data", "model", "archive", "image", "media", "json", "text", "doc", "other"})


class LargeBlob(Struct, frozen=True, gc=False):
    """One large content of one file, in the history or at the audited revision."""

    path: Annotated[str, "file that had this content, whether or not it still exists"]
    blob: Annotated[str, "git blob id; the same content at another path is another row"]
    size_bytes: Annotated[int | None, "size, not compressed; NULL when this partial clone lacks the object"]
    kind: Annotated[str, "what the file's name says it is (data, model, archive ...)"]
    in_head: Annotated[bool, "the file has this content at the audited revision"]
    first_at: Annotated[int | None, "first commit that put it there, unix seconds; NULL when no commit here shows it"]
    last_at: Annotated[int | None, "last commit that put it there, unix seconds; NULL when no commit here shows it"]


TABLES = {"large_blobs": LargeBlob}


class Content(Struct, array_like=True, gc=False):
    size_bytes: int | None
    first_at: int
    last_at: int


class History(Struct, array_like=True):
    contents: list[tuple[str, str, Content]]
    """Path, blob, and when it was put there."""
    left_out: int = 0
    cut_commits: int = 0
    """Commits that touch more files than are listed of one commit."""


FOUND = History


class _Reader:
    def __init__(self, past: Past) -> None:
        self._past = past
        self._kept: dict[tuple[str, str], Content] = {}
        self._waiting: dict[tuple[str, str], Content] = {}
        self._left_out = 0
        self._cut_commits = 0

    def take(self, commit: Commit) -> None:
        self._cut_commits += len(commit.changes) >= MAX_CHANGES
        at = commit.committed_at
        for change in commit.changes:
            if change.blob is None or _kind(change.path) not in _KINDS:
                continue
            key = (change.path, change.blob)
            content = self._kept.get(key) or self._waiting.setdefault(key, Content(None, at, at))
            content.first_at, content.last_at = min(content.first_at, at), max(content.last_at, at)
        if len(self._waiting) >= _BATCH:
            self._weigh()

    def _weigh(self) -> None:
        """Ask for the sizes of those that wait; only the large and the unknown stay."""
        sizes = self._past.sizes([blob for _, blob in self._waiting])
        for (key, content), size_bytes in zip(self._waiting.items(), sizes, strict=True):
            if _is_large(key[0], size_bytes):
                if len(self._kept) < MAX_ROWS:
                    content.size_bytes = size_bytes
                    self._kept[key] = content
                else:
                    self._left_out += 1
        self._waiting.clear()

    def found(self) -> History:
        self._weigh()
        contents = [(path, blob, content) for (path, blob), content in self._kept.items()]
        return History(contents, self._left_out, self._cut_commits)


def scan_commits(past: Past) -> CommitReader[History]:
    return _Reader(past)


_kind = lru_cache(maxsize=1 << 16)(kind_of)


def _is_large(path: str, size_bytes: int | None) -> bool:
    return size_bytes is None or size_bytes >= (MIN_MODEL_BYTES if _kind(path) == "model" else MIN_BYTES)


def scan_repository(history: History | None, listing: Sequence[File]) -> Mapping[str, Sequence[Struct]]:
    """Fill the table; without history it does not exist, because none is not zero."""
    if history is None:
        return {}
    head = {file.path: file for file in listing if file.tracked and file.mode in {"file", "executable"}}
    rows = [
        LargeBlob(
            path, blob, content.size_bytes, _kind(path), _holds(head.get(path), blob), content.first_at, content.last_at
        )
        for path, blob, content in history.contents
    ]
    seen = {(row.path, row.blob) for row in rows}
    rows += [row for row in _unseen(head) if (row.path, row.blob) not in seen]
    rows.sort(key=lambda row: (row.path, row.first_at or 0, row.blob))
    return {"large_blobs": rows, "gaps": list(_gaps(rows, history))}


def _holds(file: File | None, blob: str) -> bool:
    return file is not None and blob == (file.stored or file.blob)


def _unseen(head: Mapping[str, File]) -> Iterator[LargeBlob]:
    """Large files of the revision that no commit here brought: by a merge, or before a shallow clone begins."""
    for file in head.values():
        blob, size_bytes = file.blob, file.size_bytes
        if file.stored is not None:
            blob, size_bytes = file.stored, file.stored_bytes
        if blob is not None and file.kind in _KINDS and _is_large(file.path, size_bytes):
            yield LargeBlob(file.path, blob, size_bytes, file.kind, True, None, None)


def _gaps(rows: Sequence[LargeBlob], history: History) -> Iterator[GapRow]:
    if unknown := len({row.blob for row in rows if row.size_bytes is None}):
        yield GapRow(None, f"{counted(unknown, 'content')} of its history missing in this partial clone: sizes unknown")
    if history.left_out:
        yield GapRow(
            None, f"{counted(history.left_out, 'large content')} of its history not listed, beyond {MAX_ROWS:,}"
        )
    if history.cut_commits:
        commits = counted(history.cut_commits, "commit")
        yield GapRow(
            None, f"{commits} with more than {MAX_CHANGES:,} files: the rest was not searched for large contents"
        )
