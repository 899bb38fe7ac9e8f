"""The members of a ZIP or tar archive, one after the other, as descriptions: nothing is extracted here.

What a container says is not believed: the number of members, the bytes that come out of the decompressor and their
ratio to what went in are capped by a `Meter`.
"""

from __future__ import annotations

import gzip
import io
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple, Protocol

from debtscan.repository.entries import MAX_PATH_BYTES, Mode

MAX_MEMBERS = 400_000
"""Members that are looked at; the largest source archives have about 100,000."""
MAX_STREAM_BYTES = 50_000_000_000
"""What is decompressed in all: the large members of a `.tar.gz` have to be passed over."""
MAX_STORED_BYTES = 2_000_000_000
"""What is kept in all: ten times the largest source archives."""
MAX_RATIO = 200
"""Decompressed to compressed bytes. Source code packs 3 to 20 times, a bomb 1,000 times and more."""
RATIO_COUNTS_FROM_BYTES = 100_000_000
"""Below this a high ratio is harmless, and common: an empty table packs well."""

_DOS = 0

DAMAGED = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    ArithmeticError,
    RuntimeError,  # an encrypted member; headers nested until Python gives up; an unknown compression
)
"""What the standard readers raise on archives that are wrong."""


class BombError(Exception):
    """The archive is out of proportion; the text is a sentence."""


class Readable(Protocol):
    """What can be read."""

    def read(self, size: int = -1, /) -> bytes: ...


class Member(NamedTuple):
    """One file or link. Its name is as the archive has it."""

    raw: bytes
    mode: Mode = "file"
    size_bytes: int = 0
    """As the container claims."""
    link: bytes | None = None
    same_as: bytes | None = None
    """The member whose content it shares (a hard link)."""
    content: Callable[[], Readable] | None = None
    fault: str | None = None
    """Why it cannot be read."""


class Container(Protocol):
    """An opened archive."""

    comment: bytes
    """`git archive` writes the commit here."""

    def members(self) -> Iterator[Member]: ...


class Meter:
    """Stops what is out of proportion."""

    def __init__(self, packed_bytes: int) -> None:
        self._packed_bytes = max(packed_bytes, 1)
        self._streamed_bytes = self._stored_bytes = 0

    def stream(self, size_bytes: int) -> None:
        """Count bytes that came out of a decompressor. Raises `BombError`."""
        self._streamed_bytes += size_bytes
        ratio = self._streamed_bytes / self._packed_bytes
        if self._streamed_bytes > MAX_STREAM_BYTES or (
            ratio > MAX_RATIO and self._streamed_bytes > RATIO_COUNTS_FROM_BYTES
        ):
            raise BombError(
                f"it unpacks to {ratio:,.0f} times its size: reading stopped after {_gb(self._streamed_bytes)}"
            )

    def store(self, size_bytes: int) -> None:
        """Count bytes that are kept. Raises `BombError`."""
        self._stored_bytes += size_bytes
        if self._stored_bytes > MAX_STORED_BYTES:
            raise BombError(f"its files are larger than {_gb(MAX_STORED_BYTES)}: reading stopped there")


def open_container(path: Path, meter: Meter) -> Container:
    """The archive at `path`, by its name. Raises one of `DAMAGED`, or `BombError`."""
    return _Zip(path, meter) if path.name.lower().endswith(".zip") else _Tar(path, meter)


class _Zip:
    def __init__(self, path: Path, meter: Meter) -> None:
        if (count := _headers(path)) > MAX_MEMBERS:
            raise BombError(f"it has {count:,} members, more than the {MAX_MEMBERS:,} that are read")
        self._archive = zipfile.ZipFile(path)
        self._meter = meter
        self.comment = self._archive.comment

    def members(self) -> Iterator[Member]:
        with self._archive:
            for info in self._archive.infolist():
                if not info.is_dir():
                    yield self._member(info)

    def _member(self, info: zipfile.ZipInfo) -> Member:
        raw = _zip_name(info)
        mode = info.external_attr >> 16
        content: Callable[[], Readable] = partial(self._open, info)
        if info.flag_bits & 1:
            return Member(raw, fault="is encrypted")
        if stat.S_ISLNK(mode) and info.file_size <= MAX_PATH_BYTES:
            try:
                link = content().read(MAX_PATH_BYTES)
            except DAMAGED as error:
                return Member(raw, fault=f"could not be unpacked: {error}")
            return Member(raw, mode="symlink", size_bytes=len(link), link=link)
        kind: Mode = "executable" if mode & stat.S_IXUSR else "file"
        return Member(raw, mode=kind, size_bytes=info.file_size, content=content)

    def _open(self, info: zipfile.ZipInfo) -> Readable:
        return _Metered(self._archive.open(info), self._meter)


def _headers(path: Path) -> int:
    """How often the signature of a member's header occurs: counted before the standard reader loads them all."""
    count, tail = 0, b""
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            count += (tail + chunk).count(b"PK\x01\x02")
            tail = chunk[-3:]
    return count


def _zip_name(info: zipfile.ZipInfo) -> bytes:
    """The name in bytes: UTF-8 where the archive says so or it happens to be, else the DOS code page."""
    if info.flag_bits & 0x800:
        return info.filename.encode("utf-8", "surrogateescape")
    name = info.filename
    if info.create_system == _DOS and "/" not in name:
        name = name.replace("\\", "/")
    written = name.encode("cp437", "replace")
    try:
        written.decode()
    except UnicodeDecodeError:
        return name.encode()
    return written


class _Tar:
    def __init__(self, path: Path, meter: Meter) -> None:
        packed = path.open("rb")
        plain = path.name.lower().endswith(".tar")
        stream: Readable = packed if plain else gzip.GzipFile(fileobj=packed, mode="rb")
        self._packed = packed
        self.comment = b""
        try:
            self._archive = tarfile.open(fileobj=_Metered(stream, meter), mode="r|")  # noqa: SIM115 - members() closes
        except BaseException:
            packed.close()
            raise

    def members(self) -> Iterator[Member]:
        try:
            for count, info in enumerate(self._archive, 1):
                if count > MAX_MEMBERS:
                    raise BombError(f"it has more than {MAX_MEMBERS:,} members: reading stopped there")
                self.comment = self.comment or self._archive.pax_headers.get("comment", "").encode()
                if not info.isdir():
                    yield self._member(info)
        finally:
            self._packed.close()

    def _member(self, info: tarfile.TarInfo) -> Member:
        raw = info.name.encode("utf-8", "surrogateescape")
        link = info.linkname.encode("utf-8", "surrogateescape")
        if info.issym():
            return Member(raw, mode="symlink", size_bytes=len(link), link=link)
        if info.islnk():
            return Member(raw, same_as=link)
        if not info.isreg():
            return Member(raw, fault="is a pipe or device, not read")
        mode: Mode = "executable" if info.mode & stat.S_IXUSR else "file"
        return Member(raw, mode=mode, size_bytes=info.size, content=partial(self._open, info))

    def _open(self, info: tarfile.TarInfo) -> Readable:
        content: Readable | None = self._archive.extractfile(info)  # a stream: nothing is written
        assert content is not None
        return content


class _Metered(io.RawIOBase):
    """A stream that counts what is read from it."""

    def __init__(self, stream: Readable, meter: Meter) -> None:
        super().__init__()
        self._stream = stream
        self._meter = meter

    def read(self, size: int = -1, /) -> bytes:
        content = self._stream.read(size)
        self._meter.stream(len(content))
        return content


def _gb(size_bytes: int) -> str:
    return f"{size_bytes / 1e9:,.1f} GB"
