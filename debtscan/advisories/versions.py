"""Which versions an advisory affects, and how far away a fixed one is.

https://ossf.github.io/osv-schema/#evaluation
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Literal, TypeAlias, get_args

from msgspec import Struct
from packaging.version import InvalidVersion, Version

Event: TypeAlias = Literal["fixed", "introduced", "last_affected"]
Distance: TypeAlias = Literal["patch", "minor", "major", "none"]
BEGINNING = "0"
"""Introduced here: before every version."""
MAX_LENGTH = 100
_TIES: tuple[str, ...] = get_args(Event)
"""Of events at one version, the order in which they hold: what is introduced again there is affected."""

Range: TypeAlias = tuple[tuple[Event, str], ...]
"""Events in the order of their versions."""


class Affected(Struct, frozen=True, array_like=True):
    """The versions of one package that an advisory is about: those listed, and those in a range."""

    versions: tuple[str, ...] = ()
    ranges: tuple[Range, ...] = ()

    def holds(self, version: Version) -> bool:
        """Whether it is about this version. A local part (`+cu118`) is a build of the same release."""
        public = _public(version)
        return any(_inside(events, public) for events in self.ranges) or any(
            parsed(text) == public for text in self.versions
        )

    @property
    def fixes(self) -> Iterable[Version]:
        return (parsed(text) for events in self.ranges for kind, text in events if kind == "fixed")


def in_order(events: Iterable[tuple[Event, str]]) -> Range:
    """The events as a range. Raises ValueError for a version that cannot be compared."""
    return tuple(sorted(events, key=_place))


@lru_cache(maxsize=100_000)
def parsed(text: str) -> Version:
    """Raises ValueError for text that is no version of PEP 440."""
    if len(text) > MAX_LENGTH:
        raise InvalidVersion(f"a version of {len(text)} characters")
    return Version(text)


def distance(version: Version, fixed: Version | None) -> Distance:
    """The first number that differs: the epoch or the first one, the second, or any after it."""
    if fixed is None:
        return "none"
    if (version.epoch, version.major) != (fixed.epoch, fixed.major):
        return "major"
    return "minor" if version.minor != fixed.minor else "patch"


def upgrade(version: Version, found: Sequence[Affected], known: Sequence[Affected] = ()) -> Version | None:
    """The nearest later version that ends everything in `found` that has an end, and is in nothing else that is known.

    None when nothing has an end.
    """
    ending = [affected for affected in found if any(fix > version for fix in affected.fixes)]
    endless = [affected for affected in found if affected not in ending]
    others = [affected for affected in known if affected not in endless]
    candidates = {fix for affected in (*ending, *others) for fix in affected.fixes if fix > version} if ending else ()
    return next((fix for fix in sorted(candidates) if not any(each.holds(fix) for each in (*ending, *others))), None)


def _public(version: Version) -> Version:
    return Version(version.public) if version.local else version


def _place(event: tuple[Event, str]) -> tuple[bool, Version, int]:
    kind, text = event
    return (text != BEGINNING, parsed(text), _TIES.index(kind))


def _inside(events: Range, version: Version) -> bool:
    inside = False
    for kind, text in events:
        if kind == "introduced":
            inside = inside or text == BEGINNING or version >= parsed(text)
        elif kind == "fixed":
            inside = inside and version < parsed(text)
        else:
            inside = inside and version <= parsed(text)
    return inside
