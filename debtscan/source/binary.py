"""A file that is no text: its beginning, and how much there is of it."""

from __future__ import annotations

from msgspec import Struct

from debtscan.source.text import Problem


class BinarySource(Struct):
    """Data, models, pictures, archives: the first bytes of one, all of them where it is small."""

    kind: str
    data: bytes
    size_bytes: int
    text: str = ""
    """A file small enough to be a Git LFS pointer, decoded; empty for a larger one."""
    problems: list[Problem] = []

    @property
    def cut(self) -> bool:
        """Whether the file goes on behind `data`."""
        return self.size_bytes > len(self.data)


def read_binary(kind: str, data: bytes, size_bytes: int, pointer_bytes: int) -> BinarySource:
    """A file below `pointer_bytes` is decoded as well: it may be a pointer, and if not nobody minds what it says."""
    text = data.decode("utf-8", "replace") if size_bytes < pointer_bytes else ""
    return BinarySource(kind, data, size_bytes, text)
