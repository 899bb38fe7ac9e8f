"""Read the contents of listed files, from any process.

A `Reader` is a small picklable description; `with reader.open() as blobs` makes it work where it was sent. It imports
nothing heavy: pool workers live on it.
"""

from __future__ import annotations

import hashlib
import os
import stat
import subprocess
from collections.abc import Mapping
from typing import Literal, Protocol, Self, TypeAlias

from msgspec import Struct

from debtscan.repository.entries import File

MAX_BLOB_BYTES = 5_000_000
"""Largest file that is read. Hand-written code and manifests stay far below; a parser takes 50 times its input."""
MAX_NOTEBOOK_BYTES = 32_000_000
"""Notebooks carry their pictures, so that ordinary ones reach 20 MB."""
MAX_HEAD_BYTES = 16_000_000
"""How much of a model file is read: its header, or the opcodes of an ordinary pickle."""
_STREAMED_BYTES = 8_000_000
"""git keeps a smaller blob in memory whole before it says the first byte of it."""

Algorithm: TypeAlias = Literal["sha1", "sha256"]


class BlobError(Exception):
    """A file's content cannot be read; the text is a sentence for people."""


class Blobs(Protocol):
    """An open reader."""

    def read(self, file: File, limit_bytes: int | None = None) -> bytes:
        """The content of `file`; a symbolic link's is its target. Raises `BlobError`: missing, too large, changed."""
        ...

    def head(self, file: File, limit_bytes: int = MAX_HEAD_BYTES) -> bytes:
        """The first bytes of `file`, all of it where it is no larger. Raises `BlobError`: missing, changed."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *exc: object) -> None: ...


def blob_id(content: bytes, algorithm: Algorithm = "sha1") -> str:
    """The id git gives this content."""
    digest = hashlib.new(algorithm, b"blob %d\0" % len(content), usedforsecurity=False)
    digest.update(content)
    return digest.hexdigest()


def limit_bytes_for(file: File) -> int:
    """Size above which this file is not read unless the caller says so."""
    if file.kind == "notebook":
        return MAX_NOTEBOOK_BYTES
    return MAX_HEAD_BYTES if file.kind == "model" else MAX_BLOB_BYTES


class GitReader(Struct, frozen=True, kw_only=True):
    """Blobs of a git repository, through a `git cat-file` of its own in each process."""

    git: str
    """The executable."""
    environment: dict[str, str]
    """All the environment there is: it points git at a scratch directory, never at the target's configuration."""
    directory: str
    algorithm: Algorithm = "sha1"

    def open(self) -> Blobs:
        return _GitBlobs(self.git, self.environment, self.directory)


class DiskReader(Struct, frozen=True, kw_only=True):
    """Files of a folder as they lie on disk; links are never followed."""

    root: bytes
    algorithm: Algorithm = "sha1"

    def open(self) -> Blobs:
        return _DiskBlobs(self.root)


class StoreReader(Struct, frozen=True, kw_only=True):
    """Members of an archive, stored under their content's id: no name from outside becomes a path."""

    root: bytes
    algorithm: Algorithm = "sha1"

    def open(self) -> Blobs:
        return _StoredBlobs(self.root)


Reader: TypeAlias = GitReader | DiskReader | StoreReader


class _GitBlobs:
    def __init__(self, git: str, environment: Mapping[str, str], directory: str) -> None:
        self._command = [git, "-c", f"core.bigFileThreshold={_STREAMED_BYTES}", "cat-file", "--batch"]
        self._environment = {"PATH": os.defpath, **environment}
        self._directory = directory
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, file: File, limit_bytes: int | None = None) -> bytes:
        return self._read(file, _checked(file, limit_bytes), cut=False)

    def head(self, file: File, limit_bytes: int = MAX_HEAD_BYTES) -> bytes:
        _check(file)
        return self._read(file, limit_bytes, cut=True)

    def _read(self, file: File, limit: int, *, cut: bool) -> bytes:
        if file.blob is None:
            raise BlobError("has no blob in git")
        try:
            return self._fetch(file.blob, limit, cut=cut)
        except OSError as error:
            self._stop()
            raise BlobError(f"git could not read it: {error.strerror or error}") from error

    def _fetch(self, blob: str, limit: int, *, cut: bool) -> bytes:
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{blob}\n".encode())
        process.stdin.flush()
        header = process.stdout.readline().split()
        if len(header) != 3:
            if header[1:] != [b"missing"]:
                self._stop()
                raise BlobError("git could not read it: the object is damaged")
            raise BlobError("is missing in this partial clone")
        size = int(header[2])
        if header[1] != b"blob" or (size > limit and not cut):
            self._stop()
            raise BlobError(_too_large(size, limit) if size > limit else "is no file in git")
        wanted = min(size, limit)
        content = process.stdout.read(wanted + 1)[:wanted]
        if size > limit or len(content) != wanted:
            # what is left of this blob stands before the answer to the next question
            self._stop()
        if len(content) != wanted:
            raise BlobError("git could not read it: the object is damaged")
        return content

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603 - a fixed command, an environment made by us
                self._command,
                env=self._environment,
                cwd=self._directory,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        return self._process

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            with self._process:  # closes the pipes and waits
                self._process = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._stop()


class _DiskBlobs:
    def __init__(self, root: bytes) -> None:
        self._root = root

    def read(self, file: File, limit_bytes: int | None = None) -> bytes:
        return self._read(file, _checked(file, limit_bytes), cut=False)

    def head(self, file: File, limit_bytes: int = MAX_HEAD_BYTES) -> bytes:
        _check(file)
        return self._read(file, limit_bytes, cut=True)

    def _read(self, file: File, limit: int, *, cut: bool) -> bytes:
        path = os.path.join(self._root, self._name(file))  # noqa: PTH118 - names on disk are bytes
        try:
            if file.mode == "symlink":
                return os.readlink(path)  # noqa: PTH115
            return read_regular(path, limit, expected=file.size_bytes, cut=cut)
        except OSError as error:
            raise BlobError(f"could not be read: {error.strerror}") from error

    def _name(self, file: File) -> bytes:
        return file.raw

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        pass


class _StoredBlobs(_DiskBlobs):
    def read(self, file: File, limit_bytes: int | None = None) -> bytes:
        if file.mode == "symlink" and file.link is not None:
            return os.fsencode(file.link)
        return super().read(file, limit_bytes)

    def _name(self, file: File) -> bytes:
        if file.blob is None:
            raise BlobError("was not unpacked")
        return file.blob.encode()


def read_regular(path: bytes, limit_bytes: int, expected: int | None = None, *, cut: bool = False) -> bytes:
    """A regular file's content, without following a link or waiting for a pipe; raises `BlobError` or OSError.

    Of a larger file the first `limit_bytes` where it may be `cut`.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as stream:  # noqa: PTH123 - a descriptor
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise BlobError("is no regular file any more")
        if expected is not None and status.st_size != expected:
            raise BlobError("changed while it was being audited")
        content = stream.read(limit_bytes + 1)
    if cut:
        return content[:limit_bytes]
    if len(content) > limit_bytes:
        raise BlobError(_too_large(max(status.st_size, len(content)), limit_bytes))
    return content


def _checked(file: File, limit_bytes: int | None) -> int:
    """The limit that holds for this file, which was listed as readable and within it."""
    limit = limit_bytes_for(file) if limit_bytes is None else limit_bytes
    _check(file)
    if file.size_bytes is not None and file.size_bytes > limit:
        raise BlobError(_too_large(file.size_bytes, limit))
    return limit


def _check(file: File) -> None:
    if file.mode == "submodule":
        raise BlobError("is a submodule, whose files are not here")
    if not file.present:
        raise BlobError("could not be unpacked" if file.blob is None else "is missing in this partial clone")


def _too_large(size_bytes: int, limit_bytes: int) -> str:
    return f"is {size_bytes / 1e6:,.1f} MB, more than the {limit_bytes / 1e6:,.0f} MB that are read"
