"""Count the files of a work tree that differ from its revision, without git looking at the disk.

git would run the target's filters to tell. Instead: a file whose size and time are what the index recorded is unchanged
(that covers filters and line ends, because the index records the file on disk). For any other, its content decides; so
that a fresh checkout is clean, Windows line ends and the large file behind a Git LFS pointer are recognised too.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from debtscan.repository.blobs import Algorithm, BlobError, Blobs, blob_id, read_regular
from debtscan.repository.entries import File
from debtscan.repository.index import Staged
from debtscan.repository.tree import Entry

MAX_COMPARED_BYTES = 4_000_000_000
"""Content that is hashed in all. A file beyond that counts as unchanged, and the listing says so."""
MAX_TEXT_BYTES = 5_000_000
"""Largest file whose line ends are compared."""
_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n(?:.*\n)*?oid sha256:([0-9a-f]{64})\nsize (\d+)\n"
)


@dataclass
class Comparison:
    """Compares files on disk with the revision's tree."""

    root: bytes
    blobs: Blobs
    """Of the revision."""
    index_ns: int
    """When the index was written: a file changed at that time or later is compared by content."""
    algorithm: Algorithm
    hashed_bytes: int = 0
    skipped: set[bytes] = field(default_factory=set)
    """Files that were not compared because too much had been."""

    def changed(
        self, committed: Mapping[bytes, Entry], staged: Mapping[bytes, Staged], disk: Mapping[bytes, os.stat_result]
    ) -> set[bytes]:
        """Names that differ from the commit: edited, added, removed or in conflict.

        A file that is neither on disk nor among the objects was never fetched, and is not removed.
        """
        names = {name for name in committed if name not in staged}
        for name, entry in staged.items():
            old = committed.get(name)
            if old is None or not entry.merged or old.blob != entry.blob:
                names.add(name)
            elif entry.skipped or entry.mode == b"160000":
                continue
            elif (status := disk.get(name)) is None:
                if old.size_bytes is not None:
                    names.add(name)
            elif not self._same(name, entry, old, status):
                names.add(name)
        return names

    def _same(self, name: bytes, entry: Staged, old: Entry, status: os.stat_result) -> bool:
        untouched = entry.modified_ns == status.st_mtime_ns and entry.size_bytes == status.st_size & 0xFFFFFFFF
        if untouched and status.st_mtime_ns < self.index_ns:
            return True
        if self.hashed_bytes + status.st_size > MAX_COMPARED_BYTES:
            self.skipped.add(name)
            return True
        try:
            return self._same_content(name, entry, old, status)
        except (OSError, BlobError):
            return False

    def _same_content(self, name: bytes, entry: Staged, old: Entry, status: os.stat_result) -> bool:
        path = os.path.join(self.root, name)  # noqa: PTH118 - names on disk are bytes
        if entry.mode == b"120000":
            return blob_id(os.readlink(path), self.algorithm) == old.blob  # noqa: PTH115
        if old.size_bytes is None or old.size_bytes == status.st_size:
            return self._hash(path, b"blob %d\0" % status.st_size, self.algorithm) == old.blob
        if old.size_bytes < 1024 and (pointer := self._pointer(old)) is not None:
            digest, size = pointer
            return size == status.st_size and self._hash(path, b"", "sha256") == digest
        if old.size_bytes < status.st_size <= MAX_TEXT_BYTES:
            self.hashed_bytes += status.st_size
            content = read_regular(path, MAX_TEXT_BYTES)
            return blob_id(content.replace(b"\r\n", b"\n"), self.algorithm) == old.blob
        return False

    def _pointer(self, old: Entry) -> tuple[str, int] | None:
        pointed = File(path="", raw=old.raw, blob=old.blob, size_bytes=old.size_bytes, kind="other")
        match = _POINTER.match(self.blobs.read(pointed))
        return (match[1].decode(), int(match[2])) if match else None

    def _hash(self, path: bytes, header: bytes, algorithm: str) -> str:
        digest = hashlib.new(algorithm, header, usedforsecurity=False)
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb", buffering=0) as stream:  # noqa: PTH123
            while chunk := stream.read(1 << 20):
                digest.update(chunk)
                self.hashed_bytes += len(chunk)
        return digest.hexdigest()
