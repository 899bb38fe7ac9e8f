"""Members of a zip file, read from its beginning by their local headers: a file's end may be far away.

https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.7
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from msgspec import Struct

from debtscan.artefacts.bytes import MalformedError, number, unpack

MAGIC = b"PK\x03\x04"
MAX_MEMBERS = 5_000
MAX_MEMBER_BYTES = 8_000_000
"""Of one member, unpacked: a zip bomb stays this small."""
_HEADER_BYTES = 30
_STORED, _DEFLATED = 0, 8
_SIZE_FOLLOWS = 0x8
_FULL = 0xFFFFFFFF
_ZIP64 = 1
_NEXT = re.compile(rb"PK(?:\x07\x08|\x03\x04|\x01\x02)")


class Member(Struct, frozen=True):
    """One member: its name, and its packed bytes as far as they are there."""

    name: str
    method: int
    packed: bytes
    whole: bool

    def read(self) -> bytes:
        """Its content, at most `MAX_MEMBER_BYTES`. Raises `MalformedError` for a method that is not read or damaged data."""
        if self.method == _STORED:
            return self.packed[:MAX_MEMBER_BYTES]
        if self.method != _DEFLATED:
            raise MalformedError("a member of the zip file is packed in a way that is not read")
        try:
            return zlib.decompressobj(-zlib.MAX_WBITS).decompress(self.packed, MAX_MEMBER_BYTES)
        except zlib.error as error:
            raise MalformedError("a member of the zip file is damaged") from error


def members(data: bytes) -> Iterator[Member]:
    """The members whose headers are there, in the file's order."""
    at = 0
    for _ in range(MAX_MEMBERS):
        if not data.startswith(MAGIC, at) or at + _HEADER_BYTES > len(data):
            return
        flags, method = unpack("<HH", data, at + 6)
        size, _, name_size, extra_size = unpack("<IIHH", data, at + 18)
        start = at + _HEADER_BYTES + name_size + extra_size
        name = data[at + _HEADER_BYTES : at + _HEADER_BYTES + name_size].decode("utf-8", "replace")
        if size == _FULL:
            size = _zip64_size(data[start - extra_size : start])
        end = start + size
        if flags & _SIZE_FOLLOWS and size == 0:
            following = _NEXT.search(data, start)
            end = following.start() if following else len(data) + 1
        yield Member(name, method, data[start:end], end <= len(data))
        at = _next_header(data, end) if flags & _SIZE_FOLLOWS else end


def _next_header(data: bytes, end: int) -> int:
    """Behind the sizes that follow a member's content."""
    found = data.find(MAGIC, end, end + 32)
    return found if found >= 0 else len(data)


def _zip64_size(extra: bytes) -> int:
    """The packed size that stands in the extra field of a large file."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = unpack("<HH", extra, at)
        if kind == _ZIP64:
            return number(extra, at + 12, 8) if size >= 16 else number(extra, at + 4, 8)
        at += 4 + size
    raise MalformedError("a member of the zip file does not tell its size")
