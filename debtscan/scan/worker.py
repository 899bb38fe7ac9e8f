"""What runs in a pool worker: read a chunk of files, find what the scanners find, answer one document per blob.

A document is msgpack, and the same bytes are the cache entry. Workers import neither numpy, pandas, duckdb nor typer.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct

from debtscan.repository import BlobError, File, Reader, blob_id
from debtscan.repository.kinds import BINARY_KINDS, may_be_model
from debtscan.scan.cache import Cache
from debtscan.scan.registry import Scanner, code_digest, scanners
from debtscan.source.binary import read_binary
from debtscan.source.python import read_notebook, read_python
from debtscan.source.text import Problem, read_text
from debtscan.text import encodable


class Document(Struct, frozen=True):
    """Everything found in one blob. `found` maps a scanner's name to its own msgpack."""

    found: dict[str, msgspec.Raw]
    problems: list[Problem]


class Reading(Struct, frozen=True):
    """One file read: its blob id and its document; a file that could not be read has no blob and only a reason."""

    index: int
    blob: str | None
    document: bytes
    cached: bool


class Session(Struct):
    """A worker's open reader and cache, kept from chunk to chunk of one target."""

    reader: Reader
    blobs: Any
    cache: Cache | None
    cache_path: str | None = None


POINTER_BYTES = 1024
"""Data, pictures and media are read only when they may be Git LFS pointers, which are smaller than this."""

_ENCODER = msgspec.msgpack.Encoder()
_session: Session | None = None


def prepare() -> None:
    """Make this process ready to read: called once, before its first chunk."""
    sys.setrecursionlimit(6000)
    # safe: syntax trees have no cycles, and every tree is dropped with its file
    gc.disable()
    scanners()


def read_chunk(reader: Reader, cache_path: str | None, files: Sequence[tuple[int, File]]) -> list[Reading]:
    """Read some files, given with their index in the listing."""
    global _session  # noqa: PLW0603 - one per worker process, by design of process pools
    if _session is None or (_session.reader, _session.cache_path) != (reader, cache_path):
        _session = Session(reader, reader.open().__enter__(), Cache.for_reading(cache_path), cache_path)
    return [read_one(index, file, _session) for index, file in files]


def remembered(index: int, file: File, cache: Cache) -> Reading | None:
    """What the cache knows of a file whose blob is known without reading it."""
    document = cache.get(cache_key(file.blob, file.kind)) if file.blob else None
    return Reading(index, file.blob, document, cached=True) if document else None


def is_read(file: File) -> bool:
    """Whether anything can be learned from its content, or from the beginning of it."""
    if file.kind not in BINARY_KINDS:
        return True
    return (file.size_bytes or 0) < POINTER_BYTES or may_be_model(file.path, file.kind)


def read_one(index: int, file: File, session: Session) -> Reading:
    """Read one file, but for what its cache knows once the content is there: the caller asked for known blobs."""
    try:
        data = session.blobs.head(file) if file.kind in BINARY_KINDS else session.blobs.read(file)
    except BlobError as error:
        return Reading(index, None, _ENCODER.encode(Document({}, [Problem(str(error))])), cached=False)
    size_bytes = len(data) if file.size_bytes is None else file.size_bytes
    # of a large file on disk only the beginning was read: nobody knows its id
    blob = file.blob or (blob_id(data, session.reader.algorithm) if len(data) >= size_bytes else None)
    if blob and not file.blob and session.cache and (document := session.cache.get(cache_key(blob, file.kind))):
        return Reading(index, blob, document, cached=True)
    return Reading(index, blob, _ENCODER.encode(document_of(file.kind, data, size_bytes)), cached=False)


def document_of(kind: str, data: bytes, size_bytes: int | None = None) -> Document:
    """Parse one blob once and let every scanner that cares for its kind look; `data` may be the head of a binary file."""
    if kind == "python":
        source: Any = read_python(data)
    elif kind == "notebook":
        source = read_notebook(data)
    elif kind in BINARY_KINDS:
        source = read_binary(kind, data, len(data) if size_bytes is None else size_bytes, POINTER_BYTES)
    else:
        source = read_text(kind, data)
    found: dict[str, msgspec.Raw] = {}
    problems = list(source.problems)
    for scanner in _scanners_of(kind):
        assert scanner.scan_file is not None
        try:
            answer = scanner.scan_file(source)
        except Exception as error:
            # one scanner's trouble with one file costs that scanner that file
            problems.append(Problem(f"{scanner.name} could not read it: {type(error).__name__}: {error}"))
            continue
        if answer:
            found[scanner.name] = msgspec.Raw(_encoded(answer))
    return Document(found, problems)


def _encoded(answer: object) -> bytes:
    try:
        return _ENCODER.encode(answer)
    except UnicodeEncodeError:
        # a text literal may hold half a character, which no file can
        return _ENCODER.encode(encodable(msgspec.to_builtins(answer)))


def _scanners_of(kind: str) -> list[Scanner]:
    return [scanner for scanner in scanners() if scanner.scan_file and kind in scanner.kinds]


def cache_key(blob: str, kind: str) -> str:
    return f"{blob}:{kind}:{code_digest()}:{sys.version_info.minor}"
