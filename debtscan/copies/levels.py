"""Copies level by level: whole files, then functions, then stretches of what is left.

A place belongs to one family, at the highest level that holds. Where whole files are copies of each other, the first
of them stands for all at the levels below; so does the first of several copied functions for what lies inside them.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import combinations

from msgspec import Struct

from debtscan.copies.corpus import FILE_STATEMENTS, Corpus, Place
from debtscan.copies.families import Likeness, Tie, families
from debtscan.copies.join import Run, candidates, runs
from debtscan.copies.likeness import counted, in_any_order, in_order

FILE_FLOOR = 0.6
VERSION_FLOOR = 0.5
"""Two files whose names say that one is a version of the other need less to prove it."""
FUNCTION_FLOOR = 0.65
SHORT_FUNCTION_FLOOR = 0.8
SHORT_FUNCTION = 10
"""Statements below which a few common ones prove little."""
FEWEST_LINES = 20
"""Different lines that two files of few statements must have to be compared."""
STRETCH_FLOOR = 0.7
SAME_STRETCH = 0.8
"""Two stretches of one file that overlap this much are one place."""


class Copies(Struct, frozen=True, gc=False):
    """One family: its places in corpus order (the first file comes first), and how alike each is to the central one."""

    places: tuple[Place, ...]
    likeness: tuple[float, ...]


class Size(Struct, frozen=True, gc=False):
    """What a place must have to be worth comparing."""

    statements: int
    different: int
    nodes: int


FILE_SIZE = Size(FILE_STATEMENTS, 8, 100)
FUNCTION_SIZE = Size(5, 4, 40)
STRETCH_SIZE = Size(10, 6, 100)


def copied_files(corpus: Corpus, versions: Iterable[Sequence[int]]) -> list[Copies]:
    """Files that share most of their statements, in any order. `versions`: groups of files that their names connect."""
    classes = _classes(corpus, [place for place in corpus.files if _large_enough(corpus, place, FILE_SIZE)])
    class_of = {place.file: number for number, places in enumerate(classes) for place in places}
    named = [
        _tie(class_of[one], class_of[other], VERSION_FLOOR)
        for group in versions
        for one, other in combinations(group, 2)
        if one in class_of and other in class_of and class_of[one] != class_of[other]
    ]
    joined = _joined(corpus, classes, FILE_FLOOR, lambda _: FILE_FLOOR)
    sequences = _sequences(corpus, classes)
    content = cache(lambda number: counted(sequences[number]))
    return _families(classes, [*named, *joined], lambda one, other: in_any_order(content(one), content(other)))


def copied_texts(corpus: Corpus, versions: Iterable[Sequence[int]]) -> list[Copies]:
    """Files of few statements (a list of features, a table of settings) that their names connect, by their lines."""
    texts = corpus.texts
    groups = ([file for file in group if len(texts[file]) >= FEWEST_LINES] for group in versions)
    return [copies for files in groups for copies in _versions_of_a_text(corpus, files)]


def _versions_of_a_text(corpus: Corpus, files: Sequence[int]) -> list[Copies]:
    texts = [corpus.texts[file] for file in files]
    ties = [_tie(one, other, VERSION_FLOOR) for one, other in combinations(range(len(files)), 2)]
    classes = [[corpus.files[file]] for file in files]
    return _families(classes, ties, lambda one, other: in_any_order(texts[one], texts[other]))


def copied_functions(corpus: Corpus, files: Sequence[Copies]) -> list[Copies]:
    """Functions that share most of their statements in the same order."""
    places = [
        place
        for place in corpus.functions
        if place.outline and not place.outline.only_stores and _large_enough(corpus, place, FUNCTION_SIZE)
    ]
    classes = _classes(corpus, places)
    sequences = _sequences(corpus, classes)
    ties = _joined(corpus, classes, FUNCTION_FLOOR, _function_floor)
    found = _families(classes, ties, lambda one, other: in_order(sequences[one], sequences[other]))
    return _one_for_each_holder(found, [*files, *found])


def copied_stretches(corpus: Corpus, files: Sequence[Copies], functions: Sequence[Copies]) -> list[Copies]:
    """Stretches of statements outside copied files and functions; none crosses a `def`."""
    segments = _segments(corpus, [*files, *functions])
    places, pairs = _stretches(corpus, runs(corpus.hashes, segments, STRETCH_SIZE.statements))
    classes = _classes(corpus, [place for place in places if _large_enough(corpus, place, STRETCH_SIZE)])
    class_of = {place: number for number, members in enumerate(classes) for place in members}
    ties = {
        _tie(class_of[one], class_of[other], STRETCH_FLOOR)
        for one, other in pairs
        if one in class_of and other in class_of and class_of[one] != class_of[other]
    }
    sequences = _sequences(corpus, classes)
    found = _families(classes, ties, lambda one, other: in_order(sequences[one], sequences[other]))
    return _without_overlap(_one_for_each_holder(found, files), len(corpus.hashes))


def _tie(one: int, other: int, floor: float) -> Tie:
    """A tie that no join has bounded."""
    return Tie(min(one, other), max(one, other), 1.0, floor)


def _function_floor(statements: int) -> float:
    return SHORT_FUNCTION_FLOOR if statements < SHORT_FUNCTION else FUNCTION_FLOOR


def _large_enough(corpus: Corpus, place: Place, size: Size) -> bool:
    if place.end - place.start < size.statements:
        return False
    return len(set(corpus.sequence(place))) >= size.different and corpus.weight(place) >= size.nodes


def _classes(corpus: Corpus, places: Iterable[Place]) -> list[list[Place]]:
    """Places with the same statements, which need to be compared with others only once."""
    same: dict[bytes, list[Place]] = defaultdict(list)
    for place in places:
        same[corpus.sequence(place).tobytes()].append(place)
    return list(same.values())


def _joined(
    corpus: Corpus, classes: Sequence[Sequence[Place]], floor: float, floor_of: Callable[[int], float]
) -> list[Tie]:
    """Ties between classes; `floor_of` is what a pair must reach by the number of statements of the shorter one."""
    spans = [(members[0].start, members[0].end) for members in classes]
    lengths = [end - start for start, end in spans]
    ties = (
        Tie(pair.first, pair.second, pair.bound, floor_of(min(lengths[pair.first], lengths[pair.second])))
        for pair in candidates(corpus.hashes, spans, floor)
    )
    return [tie for tie in ties if tie.bound >= tie.floor]


def _sequences(corpus: Corpus, classes: Iterable[Sequence[Place]]) -> list[list[int]]:
    return [corpus.sequence(members[0]).tolist() for members in classes]


def _families(classes: Sequence[Sequence[Place]], ties: Iterable[Tie], likeness: Likeness) -> list[Copies]:
    """Families of places from families of classes."""
    found = []
    for family in families([len(members) for members in classes], ties, likeness):
        shares = zip(family.members, family.likeness, strict=True)
        found.append(_copies({place: share for number, share in shares for place in classes[number]}))
    return found


def _copies(alike: dict[Place, float]) -> Copies:
    places = sorted(alike, key=lambda place: place.start)
    return Copies(tuple(places), tuple(alike[place] for place in places))


def _one_for_each_holder(found: Iterable[Copies], holders: Iterable[Copies]) -> list[Copies]:
    """Keep, of the places that lie in copies of one thing, those in its first copy; a family needs two places.

    A function is no copy of the one it is defined in, however much of that it is.
    """
    holding: dict[int, list[tuple[Copies, Place]]] = defaultdict(list)
    for holder in holders:
        for place in holder.places:
            holding[place.file].append((holder, place))
    kept = []
    for copies in found:
        first: dict[int, Place] = {}
        alike = {}
        for place, share in zip(copies.places, copies.likeness, strict=True):
            around = [(holder, outer) for holder, outer in holding[place.file] if _holds(outer, place)]
            if all(holder is not copies and first.setdefault(id(holder), outer) == outer for holder, outer in around):
                alike[place] = share
        if len(alike) > 1:
            kept.append(_copies(alike))
    return kept


def _holds(outer: Place, inner: Place) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end and outer.end - outer.start > inner.end - inner.start


def _segments(corpus: Corpus, taken: Iterable[Copies]) -> array[int]:
    """Number the statements of each file and function body; -1 for a `def` and for what is a copy already."""
    segments = array("i", bytes(4 * len(corpus.hashes)))
    for number, place in enumerate([*corpus.files, *corpus.functions]):
        segments[place.start : place.end] = array("i", [number]) * (place.end - place.start)
        if place.outline:
            segments[place.start - 1] = -1
    for copies in taken:
        for place in copies.places[1:]:
            segments[place.start : place.end] = array("i", [-1]) * (place.end - place.start)
    return segments


def _stretches(corpus: Corpus, found: Iterable[Run]) -> tuple[list[Place], list[tuple[Place, Place]]]:
    """The places of all runs, nearly equal ones made one, and the pairs of places that the runs connect."""
    pairs = [((run.first_start, run.first_end), (run.second_start, run.second_end)) for run in found]
    place_of: dict[tuple[int, int], Place] = {}
    places: list[Place] = []
    for start, end in sorted({span for pair in pairs for span in pair}):
        if places and _overlap(places[-1], start, end) >= SAME_STRETCH * max(end - start, _length(places[-1])):
            place_of[start, end] = places[-1]
        else:
            places.append(Place(corpus.file_of(start), start, end))
            place_of[start, end] = places[-1]
    return places, [(place_of[one], place_of[other]) for one, other in pairs]


def _length(place: Place) -> int:
    return place.end - place.start


def _overlap(place: Place, start: int, end: int) -> int:
    return min(place.end, end) - max(place.start, start)


def _without_overlap(found: Iterable[Copies], statements: int) -> list[Copies]:
    """Give each statement to the family that copies most; a place that loses half of its statements is dropped."""
    claimed = bytearray(statements)
    kept = []
    for copies in sorted(found, key=lambda copies: (-sum(map(_length, copies.places)), copies.places[0].start)):
        alike = {}
        for place, share in zip(copies.places, copies.likeness, strict=True):
            if 2 * sum(claimed[place.start : place.end]) < _length(place):
                claimed[place.start : place.end] = b"\1" * _length(place)
                alike[place] = share
        if len(alike) > 1:
            kept.append(_copies(alike))
    return sorted(kept, key=lambda copies: copies.places[0].start)
