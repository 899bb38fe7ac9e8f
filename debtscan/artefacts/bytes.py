"""Read numbers and texts from bytes that may end anywhere."""

from __future__ import annotations

import struct


class MalformedError(ValueError):
    """The bytes are not what their beginning promised, or end too early; the text is a sentence for people."""


def cut(data: bytes, start: int, size: int) -> bytes:
    """`size` bytes from `start`. Raises `MalformedError` where there are not as many."""
    if start < 0 or size < 0 or start + size > len(data):
        raise MalformedError("it ends too early")
    return data[start : start + size]


def number(data: bytes, start: int, size: int) -> int:
    """An unsigned little-endian number of `size` bytes."""
    return int.from_bytes(cut(data, start, size), "little")


def unpack(layout: str, data: bytes, start: int) -> tuple[int, ...]:
    return struct.unpack(layout, cut(data, start, struct.calcsize(layout)))
