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

import numpy as np
from msgspec import Struct

from debtscan.copies.corpus import FILE_STATEMENTS, Copies, Corpus, Place
from debtscan.copies.families import Floor, Likeness, Tie, families
from debtscan.copies.join import Run, candidates, runs
from debtscan.copies.likeness import counted, in_any_order, in_order
from debtscan.copies.listing import copies_of, one_for_each_holder, without_nesting, without_overlap

FEWEST_LINES = 20
"""Different lines that two files of few statements must have to be compared."""
SAME_STRETCH = 0.8
"""Two stretches of one file that overlap this much are one place."""


class Size(Struct, frozen=True, gc=False):
    """What a place must have to be worth comparing."""

    statements: int
    different: int
    nodes: int


class Floors(Struct, frozen=True, gc=False):
    """What two pieces must have in common to be copies: more where they are short, because a few statements are common."""

    steps: tuple[tuple[int, float], ...]
    """Length of the shorter piece in statements, and the floor below that length; ascending."""
    least: float

    def of(self, statements: int) -> float:
        return next((floor for below, floor in self.steps if statements < below), self.least)


FILE_FLOORS = Floors(((40, 0.72), (100, 0.66)), 0.6)
FUNCTION_FLOORS = Floors(((10, 0.8), (20, 0.72)), 0.65)
VERSION_FLOOR = 0.5
"""Two files whose names say that one is a version of the other need less to prove it."""
STRETCH_FLOOR = 0.7

FILE_SIZE = Size(FILE_STATEMENTS, 8, 100)
FUNCTION_SIZE = Size(5, 4, 40)
STRETCH_SIZE = Size(10, 6, 100)


def copied_files(corpus: Corpus, versions: Iterable[Sequence[int]]) -> list[Copies]:
    """Files that share most of their statements, in any order. `versions`: groups of files that their names connect."""
    classes = _classes(corpus, corpus.files, FILE_SIZE)
    class_of = {place.file: number for number, places in enumerate(classes) for place in places}
    named = {
        _pair(class_of[one], class_of[other])
        for group in versions
        for one, other in combinations(group, 2)
        if one in class_of and other in class_of and class_of[one] != class_of[other]
    }
    sequence = _sequences(corpus, classes)
    content = cache(lambda number: counted(sequence(number)))
    by_length = _by_length(classes, FILE_FLOORS)
    ties, shares = _joined(corpus, classes, FILE_FLOORS.least)

    def floor(one: int, other: int) -> float:
        return VERSION_FLOOR if (one, other) in named else by_length(one, other)

    def likeness(one: int, other: int) -> float:
        if (share := shares.get((one, other))) is not None:
            return share
        most = _most_alike(classes, one, other)
        return most if most < floor(one, other) else in_any_order(content(one), content(other))

    return _families(classes, [*ties, *(Tie(*pair, 1.0) for pair in named)], likeness, floor)


def copied_texts(corpus: Corpus, versions: Iterable[Sequence[int]]) -> list[Copies]:
    """Files of few statements (a list of features, a table of settings) that their names connect, by their lines."""
    texts = corpus.texts
    groups = ([file for file in group if len(texts[file]) >= FEWEST_LINES] for group in versions)
    return [copies for files in groups for copies in _versions_of_a_text(corpus, files)]


def _versions_of_a_text(corpus: Corpus, files: Sequence[int]) -> list[Copies]:
    texts = [corpus.texts[file] for file in files]
    return _families(
        [[corpus.files[file]] for file in files],
        [Tie(one, other, 1.0) for one, other in combinations(range(len(files)), 2)],
        lambda one, other: in_any_order(texts[one], texts[other]),
        lambda *_: VERSION_FLOOR,
    )


def copied_functions(corpus: Corpus, files: Sequence[Copies]) -> list[Copies]:
    """Functions that share most of their statements in the same order."""
    classes = _classes(corpus, corpus.functions, FUNCTION_SIZE)
    sequence = _sequences(corpus, classes)
    floor = _by_length(classes, FUNCTION_FLOORS)
    ties, shares = _joined(corpus, classes, FUNCTION_FLOORS.least)

    def likeness(one: int, other: int) -> float:
        # what they share in any order is no less than what they share in the same one
        most = shares.get((one, other)) or _most_alike(classes, one, other)
        return most if most < floor(one, other) else in_order(sequence(one), sequence(other))

    found = _families(classes, ties, likeness, floor)
    apart = without_nesting(found)
    return _compared_again(one_for_each_holder(apart, [*files, *apart]), corpus, FUNCTION_FLOORS.least)


def copied_stretches(corpus: Corpus, files: Sequence[Copies], functions: Sequence[Copies]) -> list[Copies]:
    """Stretches of statements outside copied files and functions; none crosses a `def`."""
    segments = _segments(corpus, [*files, *functions])
    places, pairs = _stretches(corpus, runs(corpus.hashes, segments, STRETCH_SIZE.statements))
    classes = _classes(corpus, places, STRETCH_SIZE)
    class_of = {place: number for number, members in enumerate(classes) for place in members}
    tied = {
        _pair(class_of[one], class_of[other])
        for one, other in pairs
        if one in class_of and other in class_of and class_of[one] != class_of[other]
    }
    sequence = _sequences(corpus, classes)
    found = _families(
        classes,
        [Tie(*pair, 1.0) for pair in tied],
        lambda one, other: in_order(sequence(one), sequence(other)),
        lambda *_: STRETCH_FLOOR,
    )
    apart = without_overlap(found, len(corpus.hashes))
    return _compared_again(one_for_each_holder(apart, files), corpus, STRETCH_FLOOR)


def _most_alike(classes: Sequence[Sequence[Place]], one: int, other: int) -> float:
    """How alike two classes can be at most, going by their lengths alone."""
    first, second = classes[one][0].length, classes[other][0].length
    return 2 * min(first, second) / (first + second)


def _by_length(classes: Iterable[Sequence[Place]], floors: Floors) -> Floor:
    """The floor of a pair is that of the shorter one, which is the higher of the two."""
    own = [floors.of(members[0].length) for members in classes]
    return lambda one, other: max(own[one], own[other])


def _pair(one: int, other: int) -> tuple[int, int]:
    return min(one, other), max(one, other)


def _classes(corpus: Corpus, places: Sequence[Place], size: Size) -> list[list[Place]]:
    """Places large enough to be compared; those with the same statements are compared with others only once."""
    same: dict[bytes, list[Place]] = defaultdict(list)
    for place in _heavy_enough(corpus, places, size):
        same[corpus.sequence(place).tobytes()].append(place)
    return [members for members in same.values() if _is_varied(corpus.sequence(members[0]), size.different)]


def _is_varied(statements: array[int], different: int) -> bool:
    # the first few nearly always tell
    return len(set(statements[: 4 * different])) >= different or len(set(statements)) >= different


def _heavy_enough(corpus: Corpus, places: Sequence[Place], size: Size) -> list[Place]:
    """Places with enough statements and nodes."""
    starts = np.fromiter((place.start for place in places), np.int64, len(places))
    ends = np.fromiter((place.end for place in places), np.int64, len(places))
    below = np.r_[0, np.cumsum(np.frombuffer(corpus.sizes, np.uint8), dtype=np.int64)]
    kept = (ends - starts >= size.statements) & (below[ends] - below[starts] >= size.nodes)
    return [places[index] for index in np.flatnonzero(kept).tolist()]


def _joined(
    corpus: Corpus, classes: Sequence[Sequence[Place]], floor: float
) -> tuple[list[Tie], dict[tuple[int, int], float]]:
    """Pairs of classes that may be copies, and the share of statements that each pair has in common in any order."""
    found = candidates(corpus.hashes, [(members[0].start, members[0].end) for members in classes], floor)
    ties = [Tie(pair.first, pair.second, pair.bound) for pair in found]
    return ties, {(pair.first, pair.second): pair.share for pair in found}


def _sequences(corpus: Corpus, classes: Sequence[Sequence[Place]]) -> Callable[[int], list[int]]:
    """The statements of a class by its number, unpacked when they are first asked for."""
    return cache(lambda number: corpus.sequence(classes[number][0]).tolist())


def _families(
    classes: Sequence[Sequence[Place]], ties: Iterable[Tie], likeness: Likeness, floor: Floor
) -> list[Copies]:
    """Families of places from families of classes."""
    found = []
    for family in families([len(members) for members in classes], ties, likeness, floor):
        shares = zip(family.members, family.likeness, strict=True)
        found.append(copies_of({place: share for number, share in shares for place in classes[number]}))
    return found


def _compared_again(found: Iterable[Copies], corpus: Corpus, floor: float) -> list[Copies]:
    """The same families, compared with one of their places where the central one is not listed."""
    return [again for copies in found if len((again := _centred(copies, corpus, floor)).places) > 1]


def _centred(copies: Copies, corpus: Corpus, floor: float) -> Copies:
    best = max(copies.likeness)
    if best == 1.0:
        return copies
    central = corpus.sequence(copies.places[copies.likeness.index(best)])
    alike = {place: in_order(central, corpus.sequence(place)) for place in copies.places}
    return copies_of({place: share for place, share in alike.items() if share >= floor})


def _segments(corpus: Corpus, taken: Iterable[Copies]) -> array[int]:
    """Number the statements of each file and function body; -1 for a `def` and for what is a copy already."""
    segments = np.zeros(len(corpus.hashes), np.intc)
    for number, place in enumerate([*corpus.files, *corpus.functions]):
        segments[place.start : place.end] = number
        if place.outline:
            segments[place.start - 1] = -1
    for copies in taken:
        for place in copies.places[1:]:
            segments[place.start : place.end] = -1
    return array("i", segments.tobytes())


def _stretches(corpus: Corpus, found: Iterable[Run]) -> tuple[list[Place], list[tuple[Place, Place]]]:
    """The places of all runs, nearly equal ones made one, and the pairs of places that the runs connect."""
    pairs = [((run.first_start, run.first_end), (run.second_start, run.second_end)) for run in found]
    place_of: dict[tuple[int, int], Place] = {}
    places: list[Place] = []
    for start, end in sorted({span for pair in pairs for span in pair}):
        if places and _overlap(places[-1], start, end) >= SAME_STRETCH * max(end - start, places[-1].length):
            place_of[start, end] = places[-1]
        else:
            places.append(Place(corpus.file_of(start), start, end))
            place_of[start, end] = places[-1]
    return places, [(place_of[one], place_of[other]) for one, other in pairs]


def _overlap(place: Place, start: int, end: int) -> int:
    return min(place.end, end) - max(place.start, start)
