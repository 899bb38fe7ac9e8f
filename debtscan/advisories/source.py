"""Where advisories come from: an online service, or records indexed once in the auditor's cache."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import TypeAlias

import msgspec
from msgspec import Struct

from debtscan.advisories.files import RecordFile, record_files
from debtscan.advisories.osv import Advisory, Record, parse
from debtscan.errors import UserError

MAX_INDEXES = 4
"""Indexes kept in the cache; those longest unused are dropped."""
_About: TypeAlias = tuple[str | None, int, int]
"""Day of the newest record, records about packages on PyPI, files that are no usable record."""
_FORMAT = 1
"""Changes when a record is read in another way, so that it is indexed again."""
_SCHEMA = """
CREATE TABLE advisories (name TEXT NOT NULL, advisory BLOB NOT NULL);
CREATE TABLE about (day TEXT, records INTEGER NOT NULL, unreadable INTEGER NOT NULL);
"""


class Advisories(Struct, frozen=True):
    """A source of advisories that was given."""

    index: Path | None
    """None: an online service is asked."""
    cache: Path
    """Where answers of the online service are kept."""
    day: str | None = None
    """When the newest record was changed; None when that is not known."""
    records: int = 0
    """Records about packages on PyPI, withdrawn ones included."""
    unreadable: int = 0
    """Files that are no usable record."""

    @property
    def sentence(self) -> str:
        if self.index is None:
            return "asked online"
        records = "1 record" if self.records == 1 else f"{self.records:,} records"
        return f"advisories of {self.day or 'unknown date'} ({records})"

    def of(self, name: str) -> list[Advisory]:
        """What the index says of a package (PEP 503); nothing online."""
        if self.index is None:
            return []
        decoder = msgspec.msgpack.Decoder(Advisory)
        with closing(_connect(self.index)) as index:
            rows = index.execute("SELECT advisory FROM advisories WHERE name = ? ORDER BY rowid", (name,))
            return [decoder.decode(advisory) for (advisory,) in rows]


@contextmanager
def online(cache: Path | None) -> Iterator[Advisories]:
    with _folder(cache) as folder:
        yield Advisories(None, folder / "online")


@contextmanager
def indexed(source: Path, cache: Path | None) -> Iterator[Advisories]:
    """The records of a folder or zip, from the index in `cache` if they were indexed before; without one, for now.

    Raises UserError for a source without one readable record about a package on PyPI.
    """
    with _folder(cache) as folder, record_files(source) as found:
        try:
            files = list(found)
        except OSError as error:
            raise UserError(f"--advisories {source}: cannot be read: {error.strerror}") from None
        index = folder / f"{_digest(source, files)}.sqlite"
        day, records, unreadable = _about(index) or _write(index, files)
        if not records:
            raise UserError(f"--advisories {source}: no OSV record about a package on PyPI in {len(files):,} files")
        _keep(index, folder)
        yield Advisories(index, folder, day, records, unreadable)


@contextmanager
def _folder(cache: Path | None) -> Iterator[Path]:
    if cache is None:
        with tempfile.TemporaryDirectory(prefix="debtscan-advisories-") as temporary:
            yield Path(temporary)
        return
    folder = cache / "advisories"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise _unwritable(folder, error) from None
    yield folder


def _unwritable(folder: Path, error: Exception) -> UserError:
    return UserError(f"{folder}: cannot be written: {error}. Choose another --cache, or --no-cache")


def _digest(source: Path, files: Iterable[RecordFile]) -> str:
    digest = blake2b(f"{_FORMAT}\0{source.resolve()}".encode("utf-8", "surrogateescape"), digest_size=16)
    for file in files:
        said = f"{file.name}\0{file.size_bytes}\0{file.changed}\0"
        digest.update(said.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _about(index: Path) -> _About | None:
    """What an index says of itself; None where there is none, or one that is damaged."""
    try:
        with closing(_connect(index)) as opened:
            about: _About = opened.execute("SELECT day, records, unreadable FROM about").fetchone()
            return about
    except sqlite3.Error:
        return None


def _write(index: Path, files: Iterable[RecordFile]) -> _About:
    """Write under another name first: a second scan may want the same index at the same time."""
    try:
        with tempfile.TemporaryDirectory(dir=index.parent) as folder:
            part = Path(folder) / index.name
            with closing(sqlite3.connect(part)) as connection, connection:
                connection.executescript(f"PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF; {_SCHEMA}")
                about = _fill(connection, files)
            part.replace(index)
    except (OSError, sqlite3.Error) as error:
        raise _unwritable(index.parent, error) from None
    return about


def _fill(connection: sqlite3.Connection, files: Iterable[RecordFile]) -> _About:
    newest, records, unreadable = "", 0, 0
    for file in files:
        try:
            record = parse(file.read(), is_yaml=not file.name.endswith(".json"))
            connection.executemany("INSERT INTO advisories VALUES (?, ?)", list(_rows(record)))
        except ValueError:
            unreadable += 1
            continue
        records += record.on_pypi
        newest = max(newest, record.day or "") if record.on_pypi else newest
    connection.execute("CREATE INDEX by_name ON advisories (name)")
    about = (newest or None, records, unreadable)
    connection.execute("INSERT INTO about VALUES (?, ?, ?)", about)
    return about


def _rows(record: Record) -> Iterator[tuple[str, bytes]]:
    for name, advisory in record.advisories.items():
        yield name, msgspec.msgpack.encode(advisory)


def _connect(index: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{index.absolute().as_uri()}?mode=ro", uri=True)


def _keep(index: Path, folder: Path) -> None:
    """Drop the indexes longest unused, and never the one that is wanted now."""
    os.utime(index)
    others = sorted(folder.glob("*.sqlite"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for old in others[MAX_INDEXES:]:
        if old != index:
            old.unlink(missing_ok=True)
