"""Which places of the families found are listed: each statement in one family, at the highest level that holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from debtscan.copies.corpus import Copies, Place


def copies_of(alike: Mapping[Place, float]) -> Copies:
    """The family of these places, given with their likeness to the central one."""
    places = sorted(alike, key=lambda place: place.start)
    return Copies(tuple(places), tuple(alike[place] for place in places))


def without_nesting(found: Iterable[Copies]) -> list[Copies]:
    """A function is no copy of the one it is defined in: the one that is less like the family leaves."""
    return [kept for copies in found if len((kept := _unnested(copies)).places) > 1]


def _unnested(copies: Copies) -> Copies:
    alike = dict(zip(copies.places, copies.likeness, strict=True))
    for number, outer in enumerate(copies.places):
        for inner in copies.places[number + 1 :]:
            if inner.start >= outer.end:
                break
            if outer in alike and inner in alike:
                del alike[outer if alike[inner] > alike[outer] else inner]
    return copies if len(alike) == len(copies.places) else copies_of(alike)


def one_for_each_holder(found: Iterable[Copies], holders: Iterable[Copies]) -> list[Copies]:
    """Of the places that lie in copies of one thing, keep those in its first copy; a family needs two places."""
    holding: dict[int, list[tuple[int, Place]]] = defaultdict(list)
    for number, holder in enumerate(holders):
        for place in holder.places:
            holding[place.file].append((number, place))
    kept = []
    for copies in found:
        first: dict[int, Place] = {}
        alike = {}
        for place, share in zip(copies.places, copies.likeness, strict=True):
            around = [(number, outer) for number, outer in holding.get(place.file, ()) if holds(outer, place)]
            if all(first.setdefault(number, outer) == outer for number, outer in around):
                alike[place] = share
        if len(alike) > 1:
            kept.append(copies_of(alike))
    return kept


def without_overlap(found: Iterable[Copies], statements: int) -> list[Copies]:
    """Give each statement to the family that copies most; a place that loses half of its statements is dropped."""
    claimed = bytearray(statements)
    kept = []
    for copies in sorted(found, key=lambda copies: (-_statements(copies.places), copies.places[0].start)):
        alike = {}
        for place, share in zip(copies.places, copies.likeness, strict=True):
            if 2 * sum(claimed[place.start : place.end]) < place.length:
                claimed[place.start : place.end] = b"\1" * place.length
                alike[place] = share
        if len(alike) > 1:
            kept.append(copies_of(alike))
    return sorted(kept, key=lambda copies: copies.places[0].start)


def _statements(places: Sequence[Place]) -> int:
    return sum(place.length for place in places)


def holds(outer: Place, inner: Place) -> bool:
    """Whether one place lies in the other and is not the same."""
    start, end = inner.start, inner.end
    return outer.start <= start and end <= outer.end and (outer.start < start or end < outer.end)
