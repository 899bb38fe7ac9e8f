"""The beginning of a compressed file, unpacked up to a limit."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable
from typing import Any

MAX_UNPACKED_BYTES = 32_000_000
_MAX_MEMORY_BYTES = 200_000_000
"""What LZMA may take: its dictionary is as large as the file says."""
_GZIP_OR_ZLIB = 32

_MAGIC: tuple[tuple[bytes, Callable[[], Any]], ...] = (
    (b"\x1f\x8b\x08", lambda: zlib.decompressobj(zlib.MAX_WBITS | _GZIP_OR_ZLIB)),
    (b"x\x01", zlib.decompressobj),
    (b"x\x5e", zlib.decompressobj),
    (b"x\x9c", zlib.decompressobj),
    (b"x\xda", zlib.decompressobj),
    (b"BZh", bz2.BZ2Decompressor),
    (b"\xfd7zXZ\x00", lambda: lzma.LZMADecompressor(memlimit=_MAX_MEMORY_BYTES)),
    (b"]\x00\x00", lambda: lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=_MAX_MEMORY_BYTES)),
)
NOT_READ = ((b"\x04\x22\x4d\x18", "lz4"), (b"\x28\xb5\x2f\xfd", "zstd"))
"""Compressions without a reader here."""


def unpacked(data: bytes) -> tuple[bytes, bool] | None:
    """What `data` holds, at most `MAX_UNPACKED_BYTES`, and whether that is all; None where it is not compressed.

    Raises ValueError for damaged data.
    """
    for magic, opened in _MAGIC:
        if data.startswith(magic):
            decompressor = opened()
            try:
                content = decompressor.decompress(data, MAX_UNPACKED_BYTES)
            except (zlib.error, lzma.LZMAError, OSError, EOFError, MemoryError) as error:
                raise ValueError("its compressed content is damaged") from error
            return content, bool(decompressor.eof)
    return None
