"""The wire format of Protocol Buffers, read field by field without a schema.

https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

from collections.abc import Iterator

from debtscan.artefacts.bytes import MalformedError, cut

MAX_FIELDS = 100_000
"""Fields read of one message; a graph has thousands of nodes."""
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_MAX_VARINT_BYTES = 10
_MAX_FIELD = (1 << 29) - 1


def fields(data: bytes, *, whole: bool = True) -> Iterator[tuple[int, int | bytes]]:
    """Number and value of each field of one message; of a message that was cut, those that are there.

    Raises `MalformedError` for what is no message. A value cut off by the end of the data is given as far as it goes.
    """
    at = 0
    for _ in range(MAX_FIELDS):
        if at >= len(data):
            return
        try:
            key, at = _varint(data, at)
            field, wire = key >> 3, key & 7
            if not 0 < field <= _MAX_FIELD:
                raise MalformedError("it is no message of Protocol Buffers")
            value, at = _value(data, at, wire, whole=whole)
        except MalformedError:
            if whole or at < len(data) - _MAX_VARINT_BYTES:
                raise
            return
        yield field, value


def _value(data: bytes, at: int, wire: int, *, whole: bool) -> tuple[int | bytes, int]:
    if wire == _VARINT:
        return _varint(data, at)
    if wire == _BYTES:
        size, at = _varint(data, at)
        if not whole and at + size > len(data):
            return data[at:], len(data)
        return cut(data, at, size), at + size
    size = {_FIXED64: 8, _FIXED32: 4}.get(wire, 0)
    if not size:
        raise MalformedError("it is no message of Protocol Buffers")
    return cut(data, at, size), at + size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    result = 0
    for shift in range(0, 7 * _MAX_VARINT_BYTES, 7):
        byte = cut(data, at, 1)[0]
        at += 1
        result |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return result, at
    raise MalformedError("it is no message of Protocol Buffers")


def text(value: int | bytes) -> str | None:
    """A string field, None for what is none."""
    try:
        return value.decode() if isinstance(value, bytes) else None
    except UnicodeDecodeError:
        return None
