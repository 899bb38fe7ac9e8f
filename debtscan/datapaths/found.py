"""What is found in one file of data that it reads, writes, fetches, makes and mentions; kept in the cache by blob."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from debtscan.source.texts import How

Direction: TypeAlias = Literal["read", "write"]
Download: TypeAlias = Literal["no", "unverified", "verified"]


class FoundReference(Struct, frozen=True, gc=False, array_like=True):
    """One place that reads or writes; `text` is a hole where its path is not told."""

    cell: int | None
    line: int
    direction: Direction
    text: str
    how: How
    holds: str
    """data, model, image, folder, any; bundled, fetched, hub and commit for data sets that a library brings."""
    evidence: str
    probed: bool = False
    """The same code asks whether the file is there: it can do without, or makes it."""
    download: Download = "no"
    """Whether it copies the file over the network, and whether a checksum stands beside."""


class Commands(Struct, frozen=True, gc=False, array_like=True):
    """Words of one file: of names and folders, without the generic ones."""

    fetched: list[str] = []
    """Of what it fetches; `*` where that has no telling name."""
    made: list[str] = []
    """Paths that its commands write, and targets of a Makefile."""
    mentioned: list[str] = []
    """Names of data in prose that says where data come from."""
    mounted: list[str] = []
    """Folders that exist in a container only: mount points and working directories."""
    references: list[FoundReference] = []
    """Addresses that its commands copy files from, and paths of data that they are given."""


class Passed(Struct, frozen=True, gc=False, array_like=True):
    """A call of something imported, with the texts it passes: paths for the functions of other modules."""

    callee: str
    """Dotted name with imports spelled out."""
    cell: int | None
    line: int
    evidence: str
    positional: list[str]
    keywords: dict[str, str]


class Setting(Struct, frozen=True, gc=False, array_like=True):
    """A text in a file of settings, under its dotted key."""

    key: str
    value: str
    line: int
    evidence: str
