"""One record of the Open Source Vulnerability format, from a stranger: what it says of packages on PyPI.

https://ossf.github.io/osv-schema/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, get_args

import msgspec
import yaml
from msgspec import Struct
from packaging.utils import canonicalize_name

from debtscan.advisories.severity import Grade, grade_of_vector, grade_of_word
from debtscan.advisories.versions import Affected, Event, Range, in_order, parsed

MAX_BYTES = 4_000_000
MAX_ALIASES = 100
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,99}")
_EVENTS: tuple[Event, ...] = get_args(Event)
_ECOSYSTEM, _RANGES = "PyPI", frozenset({"ECOSYSTEM", "SEMVER"})


class Advisory(Struct, frozen=True, array_like=True):
    """What one record says of one package."""

    id: str
    names: tuple[str, ...]
    """Its id and aliases, sorted: two advisories that share one are about the same vulnerability."""
    affected: Affected
    severity: Grade
    published: str | None
    """Day."""


class Record(Struct, frozen=True):
    """One record, read; a withdrawn one has no advisories."""

    advisories: Mapping[str, Advisory]
    """By name of the package, normalised by PEP 503."""
    day: str | None
    """When it was last changed."""
    on_pypi: bool
    """Whether it is about any package on PyPI."""


class _Package(Struct):
    ecosystem: str
    name: str


class _Range(Struct):
    type: str
    events: list[dict[str, Any]] = []


class _Severity(Struct):
    type: str
    score: str


class _Affected(Struct):
    package: _Package | None = None
    ranges: list[_Range] | None = None
    versions: list[str] | None = None
    severity: list[_Severity] | None = None


class _Record(Struct):
    id: str
    affected: list[_Affected] | None = None
    aliases: list[str] | None = None
    published: Any = None
    modified: Any = None
    withdrawn: Any = None
    severity: list[_Severity] | None = None
    database_specific: dict[str, Any] | None = None


def parse(data: bytes, *, is_yaml: bool) -> Record:
    """Raises ValueError, with a reason, for what is no usable record."""
    if len(data) > MAX_BYTES:
        raise ValueError(f"more than {MAX_BYTES:,} bytes")
    try:
        return read_record(_load_yaml(data) if is_yaml else msgspec.json.decode(data))
    except (msgspec.MsgspecError, yaml.YAMLError, RecursionError) as error:
        raise ValueError(" ".join(str(error).split())[:200]) from None


def read_record(document: object) -> Record:
    """A record as decoded from JSON or YAML. Raises ValueError where it is none."""
    try:
        record = msgspec.convert(document, _Record)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from None
    if not _ID.fullmatch(record.id):
        raise ValueError("its id is no identifier")
    by_name: dict[str, list[_Affected]] = {}
    for affected in record.affected or ():
        if affected.package and affected.package.ecosystem.partition(":")[0] == _ECOSYSTEM:
            by_name.setdefault(canonicalize_name(affected.package.name), []).append(affected)
    advisories = {name: _advisory(record, parts) for name, parts in by_name.items()}
    return Record(
        {} if record.withdrawn else advisories, _day(record.modified) or _day(record.published), bool(by_name)
    )


def _load_yaml(data: bytes) -> object:
    # no record needs an alias, and a few lines of them unfold into gigabytes
    if b"&" in data and any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(data, Loader=yaml.CSafeLoader)):
        raise ValueError("YAML with aliases")
    return yaml.load(data, Loader=yaml.CSafeLoader)


def _advisory(record: _Record, parts: Sequence[_Affected]) -> Advisory:
    aliases = [alias for alias in record.aliases or () if _ID.fullmatch(alias)]
    stated = [*(record.severity or ()), *(each for part in parts for each in part.severity or ())]
    return Advisory(
        record.id,
        tuple(sorted({record.id, *aliases[:MAX_ALIASES]})),
        Affected(_versions(parts), tuple(_ranges(parts))),
        _severity(stated, record.database_specific or {}),
        _day(record.published),
    )


def _versions(parts: Iterable[_Affected]) -> tuple[str, ...]:
    """The versions listed, without those that no installer of today can compare."""
    return tuple(dict.fromkeys(text for part in parts for text in part.versions or () if _is_version(text)))


def _ranges(parts: Iterable[_Affected]) -> Iterator[Range]:
    """The ranges of versions; one that cannot be compared is left out where the versions are listed as well."""
    for part in parts:
        for written in part.ranges or ():
            if written.type in _RANGES:
                try:
                    yield in_order(_events(written))
                except ValueError:
                    if not part.versions:
                        raise


def _events(written: _Range) -> Iterator[tuple[Event, str]]:
    for event in written.events:
        for kind in _EVENTS:
            if kind in event:
                yield kind, str(event[kind])


def _is_version(text: str) -> bool:
    try:
        parsed(text)
    except ValueError:
        return False
    return True


def _severity(stated: Iterable[_Severity], specific: Mapping[str, Any]) -> Grade:
    grades = (grade_of_vector(each.score) for each in stated if each.type == "CVSS_V3")
    return next((grade for grade in grades if grade != "unknown"), grade_of_word(specific.get("severity")))


def _day(moment: object) -> str | None:
    """The day of an RFC 3339 text, or of a date that YAML made of it."""
    text = moment.isoformat() if isinstance(moment, date | datetime) else moment
    try:
        return date.fromisoformat(text[:10]).isoformat() if isinstance(text, str) else None
    except ValueError:
        return None
