"""Attributes and names of the root group of an HDF5 file, where Keras writes what it saved and with which version.

Read are object headers of both versions with their continuations, attributes that are texts (of fixed length, or in a
global heap), and the names of the group's local heap. Attributes in a fractal heap, which h5py makes only for many or
very large ones, are not found. HDF5 File Format Specification 3.0, II to IV.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from debtscan.artefacts.bytes import MalformedError, cut, number

MAGIC = b"\x89HDF\r\n\x1a\n"
_MAX_MESSAGES = 1_000
_MAX_BLOCKS = 100
_MAX_HEAP_OBJECTS = 10_000
_SYMBOL_TABLE, _ATTRIBUTE, _CONTINUATION = 0x11, 0x0C, 0x10
_FIXED_TEXT, _VARIABLE = 3, 9


class Root(Struct, frozen=True):
    """What the root group says of itself."""

    attributes: dict[str, str | None]
    """Each attribute; None for what is no text or lies behind the end of the data."""
    names: list[str]
    """Names of its members, where the group keeps them in a local heap."""


def read_root(data: bytes) -> Root:
    """Raises `MalformedError` where the root group is not where it should be."""
    return _Reader(data).root()


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        version = number(data, 8, 1)
        if version > 3:
            raise MalformedError("its version of HDF5 is not read")
        at = 9 if version >= 2 else 13
        self._offset_bytes, self._length_bytes = number(data, at, 1), number(data, at + 1, 1)
        if {self._offset_bytes, self._length_bytes} - {2, 4, 8}:
            raise MalformedError("it is no HDF5 file")
        first = 12 if version >= 2 else 24 + 4 * version
        self._root = self._offset(first + self._offset_bytes * (3 if version >= 2 else 5))

    def root(self) -> Root:
        attributes: dict[str, str | None] = {}
        names: list[str] = []
        for kind, start, size in self._messages():
            if kind == _ATTRIBUTE:
                name, value = self._attribute(cut(self._data, start, size))
                attributes[name] = value
            elif kind == _SYMBOL_TABLE:
                names = self._heap_names(self._offset(start + self._offset_bytes))
        return Root(attributes, names)

    def _offset(self, at: int) -> int:
        return number(self._data, at, self._offset_bytes)

    def _messages(self) -> Iterator[tuple[int, int, int]]:
        """Kind, start and size of each message of the root's header."""
        modern = self._data.startswith(b"OHDR", self._root)
        blocks = [self._modern_block() if modern else (self._root + 16, number(self._data, self._root + 8, 4))]
        seen = 0
        for begin, size in blocks:
            at, end = begin, min(begin + size, len(self._data))
            head = (6 if self._has_order() else 4) if modern else 8
            while at + head <= end and seen < _MAX_MESSAGES:
                seen += 1
                kind = number(self._data, at, 1 if modern else 2)
                length = number(self._data, at + (1 if modern else 2), 2)
                start = at + head
                if kind == _CONTINUATION and len(blocks) < _MAX_BLOCKS:
                    blocks.append(self._continued(start, modern=modern))
                yield kind, start, length
                at = start + length

    def _has_order(self) -> bool:
        return bool(number(self._data, self._root + 5, 1) & 0x04)

    def _modern_block(self) -> tuple[int, int]:
        flags = number(self._data, self._root + 5, 1)
        at = self._root + 6 + (16 if flags & 0x20 else 0) + (4 if flags & 0x10 else 0)
        width = 1 << (flags & 3)
        return at + width, number(self._data, at, width)

    def _continued(self, at: int, *, modern: bool) -> tuple[int, int]:
        start, size = self._offset(at), number(self._data, at + self._offset_bytes, self._length_bytes)
        # a block of version 2 has a signature before its messages and a checksum behind them
        return (start + 4, size - 8) if modern else (start, size)

    def _attribute(self, message: bytes) -> tuple[str, str | None]:
        version = number(message, 0, 1)
        sizes = [number(message, at, 2) for at in (2, 4, 6)]
        at = 9 if version == 3 else 8
        parts = []
        for size in sizes:
            parts.append(cut(message, at, size))
            at += size + (-size % 8 if version == 1 else 0)
        name = parts[0].split(b"\0")[0].decode("utf-8", "replace")
        try:
            return name, self._text(parts[1], message[at:])
        except MalformedError:
            return name, None

    def _text(self, datatype: bytes, value: bytes) -> str | None:
        kind = number(datatype, 0, 1) & 0x0F
        if kind == _FIXED_TEXT:
            return value[: number(datatype, 4, 4)].rstrip(b"\0").decode("utf-8", "replace")
        if kind != _VARIABLE or number(datatype, 1, 1) & 0x0F != 1:
            return None
        size = number(value, 0, 4)
        heap = number(value, 4, self._offset_bytes)
        index = number(value, 4 + self._offset_bytes, 4)
        return self._heap_object(heap, index)[:size].decode("utf-8", "replace")

    def _heap_object(self, at: int, wanted: int) -> bytes:
        if cut(self._data, at, 4) != b"GCOL":
            raise MalformedError("a text in it is not where it should be")
        end = at + number(self._data, at + 8, self._length_bytes)
        at += 8 + self._length_bytes
        for _ in range(_MAX_HEAP_OBJECTS):
            index, size = number(self._data, at, 2), number(self._data, at + 8, self._length_bytes)
            start = at + 8 + self._length_bytes
            if index == wanted:
                return cut(self._data, start, size)
            at = start + size + (-size % 8)
            if index == 0 or at >= end:
                break
        raise MalformedError("a text in it is not where it should be")

    def _heap_names(self, at: int) -> list[str]:
        if not self._data.startswith(b"HEAP", at):
            return []
        size = number(self._data, at + 8, self._length_bytes)
        start = self._offset(at + 8 + 2 * self._length_bytes)
        segment = self._data[start : start + size]
        return [
            name.decode("utf-8", "replace")
            for name in segment.split(b"\0")
            if (name.isascii() and name.isalnum()) or b"_" in name
        ]
