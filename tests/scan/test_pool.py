"""The pool of workers: whatever a file does to the process that reads it, the others are read."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager

import msgspec
import pytest

from debtscan.repository import BlobError, File
from debtscan.scan import pool
from debtscan.scan.pool import Workers
from debtscan.scan.worker import Document


class HostileReader:
    """Serves files by their name: one ends the process, one hangs it, one cannot be read."""

    algorithm = "sha1"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, HostileReader)

    __hash__ = None

    @contextmanager
    def open(self):
        yield self

    def read(self, file: File) -> bytes:
        if file.path == "deadly.py":
            os._exit(9)
        if file.path == "hanging.py":
            time.sleep(60)
        if file.path == "unreadable.py":
            raise BlobError("its object is missing")
        return b"def f():\n    pass\n"


def file(path: str) -> File:
    return File(path=path, blob=None, size_bytes=10, kind="python", raw=path.encode())


@pytest.fixture
def short_times(monkeypatch):
    monkeypatch.setattr(pool, "CHUNK_SECONDS", 8)
    monkeypatch.setattr(pool, "FILE_SECONDS", 4)


def test_only_the_guilty_file_becomes_a_gap(short_times):
    names = ["a.py", "deadly.py", "b.py", "hanging.py", "unreadable.py"]
    progress: list[int] = []
    with Workers(2) as workers:
        readings = list(workers.read(list(enumerate(map(file, names))), HostileReader(), None, progress.append))
    documents = {names[item.index]: msgspec.msgpack.decode(item.document, type=Document) for item in readings}
    assert {name: [problem.why for problem in document.problems] for name, document in documents.items()} == {
        "a.py": [],
        "b.py": [],
        "deadly.py": ["reading it ended the process (ProcessExpired)"],
        "hanging.py": ["reading it took more than 4 seconds"],
        "unreadable.py": ["its object is missing"],
    }
    assert {name for name, document in documents.items() if document.found} == {"a.py", "b.py"}
    assert progress[-1] == len(names)


def test_nothing_to_read_gives_nothing():
    with Workers(1) as workers:
        assert list(workers.read([], HostileReader(), None, lambda done: None)) == []
