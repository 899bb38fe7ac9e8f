"""The files of a folder or a zip that may be records; both come from strangers, so everything is capped.

Links, pipes and hidden files are passed over, no name becomes a path, and nothing is unpacked.
"""

from __future__ import annotations

import os
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from debtscan.advisories.osv import MAX_BYTES
from debtscan.errors import UserError

MAX_ENTRIES = 500_000
"""Every ecosystem of the largest public database together."""
MAX_TOTAL_BYTES = 4_000_000_000
MAX_DEPTH = 12
_SUFFIXES = (".json", ".yaml", ".yml")


class RecordFile(NamedTuple):
    """One file that may be a record."""

    name: str
    size_bytes: int
    changed: int
    """When it was last changed, as its file system or archive says it."""
    read: Callable[[], bytes]
    """At most one byte more than a record may have. Raises ValueError for a file that cannot be read."""


@contextmanager
def record_files(source: Path) -> Iterator[Iterator[RecordFile]]:
    """The files in a folder or zip, in name order. Raises UserError for a source that is neither."""
    if source.is_dir():
        yield _capped(_of_folder(source), source)
        return
    if not source.is_file():
        raise UserError(f"--advisories {source}: no such folder or zip, and not the word online")
    try:
        archive = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise UserError(f"--advisories {source}: want a folder or a zip of OSV records: {error}") from None
    with closing(archive):
        yield _capped(_of_zip(archive), source)


def _capped(files: Iterator[RecordFile], source: Path) -> Iterator[RecordFile]:
    total = 0
    for number, file in enumerate(files, 1):
        total += min(file.size_bytes, MAX_BYTES)
        if number > MAX_ENTRIES or total > MAX_TOTAL_BYTES:
            raise UserError(
                f"--advisories {source}: more than {MAX_ENTRIES:,} files or {MAX_TOTAL_BYTES / 1e9:.0f} GB of records. "
                "Give the folder of PyPI alone"
            )
        yield file


def _of_folder(folder: Path, prefix: str = "", depth: int = 0) -> Iterator[RecordFile]:
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False) and depth < MAX_DEPTH:
            yield from _of_folder(Path(entry.path), f"{prefix}{entry.name}/", depth + 1)
        elif entry.is_file(follow_symlinks=False) and entry.name.endswith(_SUFFIXES):
            about = entry.stat(follow_symlinks=False)
            yield RecordFile(prefix + entry.name, about.st_size, about.st_mtime_ns, _reader(entry.path))


def _reader(path: str) -> Callable[[], bytes]:
    def read() -> bytes:
        try:
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(handle, "rb") as stream:
                if not stat.S_ISREG(os.fstat(handle).st_mode):
                    raise ValueError("no ordinary file")
                return stream.read(MAX_BYTES + 1)
        except OSError as error:
            raise ValueError(str(error.strerror)) from None

    return read


def _of_zip(archive: zipfile.ZipFile) -> Iterator[RecordFile]:
    for entry in sorted(archive.infolist(), key=lambda entry: entry.filename):
        hidden = any(part.startswith(".") for part in entry.filename.split("/"))
        if not hidden and not entry.is_dir() and entry.filename.endswith(_SUFFIXES):
            yield RecordFile(entry.filename, entry.file_size, entry.CRC, _member_reader(archive, entry))


def _member_reader(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Callable[[], bytes]:
    def read() -> bytes:
        try:
            # never gives more than the size it states, which was counted
            with archive.open(entry) as stream:
                return stream.read(MAX_BYTES + 1)
        except Exception as error:
            # damaged, encrypted, or packed in a way that is not known: each packer has exceptions of its own
            raise ValueError(f"{type(error).__name__}: {error}") from None

    return read
