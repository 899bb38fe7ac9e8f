"""What parent and child say to each other: msgpack documents over two pipes, each after its length in four bytes."""

from __future__ import annotations

from typing import IO, TypeAlias

import msgspec
from msgspec import Raw, Struct

from debtscan.facts.batches import Batch
from debtscan.facts.schema import Column


class Check(Struct, frozen=True, tag=True):
    """Answered by one `Verdict` a query, in order."""

    queries: list[str]


class Create(Struct, frozen=True, tag=True):
    table: str
    columns: tuple[Column, ...]


class Insert(Struct, frozen=True, tag=True):
    table: str
    columns: tuple[Column, ...]
    batch: Batch


class Ask(Struct, frozen=True, tag=True):
    """Answered by `Rows`; the query must have passed `Check` before."""

    sql: str
    cpu_seconds: float


Request: TypeAlias = Check | Create | Insert | Ask


class Verdict(Struct, frozen=True):
    """The tables a query reads, or why it is refused."""

    tables: frozenset[str]
    refused: str | None = None


class Rows(Struct, frozen=True):
    names: list[str]
    rows: list[tuple[object, ...]]


class Reply(Struct, frozen=True):
    """`value` is the answer, as another document; with `error` set it is nil."""

    value: Raw = Raw(msgspec.msgpack.encode(None))
    error: str | None = None


def send(pipe: IO[bytes], document: bytes) -> None:
    pipe.write(len(document).to_bytes(4, "big"))
    pipe.write(document)
    pipe.flush()


def receive(pipe: IO[bytes]) -> bytes | None:
    """Return the next document; None when the other side is gone."""
    size_bytes = int.from_bytes(pipe.read(4), "big")
    document = pipe.read(size_bytes)
    return document if size_bytes and len(document) == size_bytes else None
