"""What is read from one manifest or lock: requirements as written, packages as locked, and the files they lead to.

Nothing here knows a path: which component a requirement belongs to, what a reference points at and what a lock covers
is decided by the scanner that sees the whole repository.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

Pin: TypeAlias = Literal["none", "lower", "upper", "bounded", "exact", "hash", "url-rev", "url", "path"]
Scope: TypeAlias = Literal["runtime", "dev", "test", "docs", "build", "ci"]
Ecosystem: TypeAlias = Literal["pypi", "conda", "apt", "action", "other"]
Fresh: TypeAlias = Literal["fresh", "stale", "unknown"]
Target: TypeAlias = Literal["packages", "manifest", "lock", "project"]


class Requirement(Struct, frozen=True, gc=False, array_like=True):
    """One requirement as written; nothing is resolved."""

    name: str
    """PEP 503."""
    specifier: str
    """The version part as written; empty when there is none."""
    pin: Pin
    section: str
    """Which list of the manifest."""
    line: int | None = None
    cell: int | None = None
    scope: Scope = "runtime"
    ecosystem: Ecosystem = "pypi"
    marker: str | None = None
    url: str | None = None
    """Masked."""
    published: bool = False
    """In a list that is part of the package's own metadata: what whoever installs the package gets."""


class Reference(Struct, frozen=True, gc=False, array_like=True):
    """Another file that a manifest reads; `path` as written."""

    how: Literal["requirement", "constraint", "metadata"]
    """`metadata`: the package's own dependencies are read from that file."""
    path: str
    line: int | None = None


class Locked(Struct, frozen=True, gc=False, array_like=True):
    """One package of a lock."""

    name: str
    version: str | None
    """None for a package taken from a revision or a path."""
    line: int | None = None
    hashed: bool = False
    url: str | None = None
    """Masked; only for packages that come from elsewhere than an index."""
    ecosystem: Ecosystem = "pypi"


class Lock(Struct, frozen=True, array_like=True):
    """What a lock says of itself."""

    manager: str
    packages: tuple[Locked, ...] = ()
    digest: str | None = None
    """Digest of the manifest it was made from, as the tool writes it."""
    requires: tuple[tuple[str, str], ...] | None = None
    """(name, specifier) of the direct requirements at the time of locking; None when the format does not keep them."""


class Install(Struct, frozen=True, array_like=True):
    """One command that installs something."""

    line: int
    tool: str
    target: Target
    manifest: str | None = None
    """The file it installs from, as written; None for packages, the project itself, and a tool's own default file."""
    cell: int | None = None
    requirements: tuple[Requirement, ...] = ()
    """Packages named in the command."""
    made: bool = False
    """The same text may fetch or write the manifest before it installs from it."""


class Unread(Struct, frozen=True, gc=False, array_like=True):
    """Something in a file that was not understood."""

    why: str
    line: int | None = None
    cell: int | None = None


class Manifest(Struct, frozen=True, array_like=True):
    """Everything that one file declares, locks and installs."""

    requirements: tuple[Requirement, ...] = ()
    references: tuple[Reference, ...] = ()
    lock: Lock | None = None
    installs: tuple[Install, ...] = ()
    digests: tuple[str, ...] = ()
    """Digests that a lock made from this manifest may carry."""
    packaging: bool = False
    """Says how to build a package: a `[build-system]`, a `[project]` with one, a call of `setup()`."""
    unread: tuple[Unread, ...] = ()
