"""Documents of blobs already read, in one SQLite file: a scan of a repository that changed little reads little.

Keys hold the blob id, the kind of file, a digest of the scanners' code and the Python version, so an entry never goes
stale; the oldest entries are dropped when the file outgrows its bound.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

MAX_BYTES = 1_000_000_000
"""Bound of the file: about eighty repositories of a million lines."""

_FILE_NAME = "blobs.sqlite"
_SCHEMA = "CREATE TABLE IF NOT EXISTS documents (key TEXT PRIMARY KEY, document BLOB NOT NULL, used INTEGER NOT NULL)"


class Cache:
    """One open cache file; a broken or locked one is as good as none."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    def for_reading(cls, path: str | None) -> Cache | None:
        if path is None or not Path(path).is_file():
            return None
        try:
            connection = sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=ro", uri=True)
        except sqlite3.Error:
            return None
        try:
            connection.execute("SELECT 1 FROM documents LIMIT 1")
        except sqlite3.Error:
            connection.close()
            return None
        return cls(connection)

    def get(self, key: str) -> bytes | None:
        try:
            row = self._connection.execute("SELECT document FROM documents WHERE key = ?", (key,)).fetchone()
        except sqlite3.Error:
            return None
        return row[0] if row else None

    def close(self) -> None:
        self._connection.close()


def cache_file(directory: Path) -> Path:
    return directory / _FILE_NAME


def store(path: Path, documents: Iterable[tuple[str, bytes]], day: int) -> None:
    """Add documents (key, msgpack); `day` orders what is dropped first. A cache that cannot be written is skipped."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        connection = sqlite3.connect(path, timeout=5)
    except (OSError, sqlite3.Error):
        return
    try:
        with connection:
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute(_SCHEMA)
            rows = ((key, document, day) for key, document in documents)
            connection.executemany("INSERT OR REPLACE INTO documents VALUES (?, ?, ?)", rows)
        _shrink(connection, path)
    except sqlite3.Error:
        return
    finally:
        connection.close()


def _shrink(connection: sqlite3.Connection, path: Path) -> None:
    if path.stat().st_size <= MAX_BYTES:
        return
    with connection:
        connection.execute(
            "DELETE FROM documents WHERE rowid IN"
            " (SELECT rowid FROM documents ORDER BY used, rowid LIMIT (SELECT count(*) / 2 FROM documents))"
        )
    connection.execute("VACUUM")
