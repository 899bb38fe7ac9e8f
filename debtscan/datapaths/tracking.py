"""What one file says of how data are tracked: by Git LFS, DVC or git-annex; and whether it is itself made of records."""

from __future__ import annotations

import re

import msgspec
from msgspec import Raw, Struct

from debtscan.datapaths.attributes import Line, lines_in
from debtscan.datapaths.dvc import Output, Remotes, outputs_in, remotes_in
from debtscan.source.binary import BinarySource
from debtscan.source.text import TextSource

_POINTER = re.compile(r"version https://(?:git-lfs\.github\.com/spec|hawser\.github\.com/spec)/v\d")
_POINTER_SIZE = re.compile(r"^size (\d{1,18})$", re.MULTILINE)
_ANNEX_POINTER = re.compile(r"/annex/objects/([^/\n]+)(?:\n|$)")
_ANNEX_SIZE = re.compile(r"[A-Z0-9]+-s(\d{1,18})-")


class FoundTracking(Struct, frozen=True, gc=False, array_like=True):
    pointer: bool = False
    annexed: bool = False
    """A pointer of git-annex: what it writes for an unlocked file."""
    pointer_bytes: int | None = None
    """Size of the object that a pointer names."""
    attributes: list[Line] = []
    """Lines of a .gitattributes file."""
    outputs: list[Output] = []
    remotes: Remotes | None = None
    records: int = 0
    """Objects or lists in the list that a JSON file is."""
    listed: int = 0
    """Objects or lists in the longest list one level down in a JSON file."""
    problem: str | None = None
    """Why the file was not understood."""


def tracking_in(source: TextSource | BinarySource) -> FoundTracking | None:
    """None when it says nothing. Raises ValueError for a DVC file that is no YAML."""
    found = FoundTracking()
    if isinstance(source, TextSource) and source.kind == "gitattributes":
        found = FoundTracking(attributes=list(lines_in(source.lines)))
    elif source.kind == "dvc":
        found = FoundTracking(outputs=outputs_in(source.text))
    elif source.kind == "ini":
        found = FoundTracking(remotes=remotes_in(source.text))
    elif is_pointer(source.text):
        size = _POINTER_SIZE.search(source.text)
        found = FoundTracking(pointer=True, pointer_bytes=int(size[1]) if size else None)
    elif match := _ANNEX_POINTER.match(source.text):
        found = FoundTracking(annexed=True, pointer_bytes=annexed_bytes(match[1]))
    elif source.kind == "json":
        records, listed = _records(source.text)
        found = FoundTracking(records=records, listed=listed)
    return None if found == FoundTracking() else found


def is_pointer(text: str) -> bool:
    """Whether this is what Git LFS leaves in the place of a file."""
    return bool(_POINTER.match(text))


def annexed_bytes(key: str) -> int | None:
    """The size in a key of git-annex, `BACKEND[-sNNNN]...--NAME`; None when it has none."""
    size = _ANNEX_SIZE.match(key)
    return int(size[1]) if size else None


def _records(text: str) -> tuple[int, int]:
    """How many records a JSON text is, and how many it holds; JSON Lines under the name of JSON are one list."""
    try:
        content = msgspec.json.decode(text, type=list[Raw] | dict[str, Raw])
    except (msgspec.MsgspecError, RecursionError):
        lines = [line for line in text.splitlines() if line.strip()]
        alike = len(lines) > 1 and all(line.startswith("{") and line.endswith("}") for line in lines)
        return (len(lines) if alike else 0), 0
    if isinstance(content, list):
        return _nested(content), 0
    lists = [value for value in content.values() if bytes(value).startswith(b"[")]
    return 0, max((_nested(msgspec.json.decode(value, type=list[Raw])) for value in lists), default=0)


def _nested(values: list[Raw]) -> int:
    return sum(bytes(value).startswith((b"{", b"[")) for value in values)
