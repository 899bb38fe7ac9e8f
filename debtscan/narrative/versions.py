"""What the witnesses of a version agree on: the one version they mean, or that they differ, or that none is exact."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, product
from typing import NamedTuple

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

UNSAID = "any"
"""How a part is stated that is named without a version."""


class Agreement(NamedTuple):
    version: str | None
    """What most witnesses mean; None where it cannot be told."""
    differs: bool
    """Two witnesses exclude each other."""


def agreement(stated: Mapping[str, Sequence[str]]) -> Agreement:
    """Of the versions of one part by witness, as written.

    Several versions of one witness are alternatives (a matrix of CI), so two witnesses exclude each other only where
    nothing that one names fits what the other says.
    """
    exact = {witness: told for witness, values in stated.items() if (told := {*filter(None, map(_exact, values))})}
    ranges = {witness: [spec for value in values if (spec := _range(value))] for witness, values in stated.items()}
    differs = any(not _fit(a, b) for a, b in combinations(exact.values(), 2)) or any(
        not any(_inside(version, spec) for version in told)
        for witness, told in exact.items()
        for other, specs in ranges.items()
        for spec in specs
        if other != witness
    )
    votes = Counter(version for told in exact.values() for version in told)
    most = [version for version, count in votes.items() if count == max(votes.values())]
    longest = max(most, key=len, default=None)
    agreed = longest is not None and all(_same(longest, version) for version in most)
    return Agreement(longest if agreed else None, differs)


def part_name(part: str) -> str:
    return {"python": "Python", "cuda": "CUDA"}.get(part, part)


def versions_named(stated: Mapping[str, Sequence[str]]) -> int:
    """How many different versions are named, a shorter one counting as the longer it begins."""
    exact = {version for values in stated.values() for value in values if (version := _exact(value))}
    return sum(not any(other != version and _begins(version, other) for other in exact) for version in exact)


def _exact(value: str) -> str | None:
    bare = re.sub(r"^=+\s*", "", value.strip()).split("=")[0].removesuffix(".*")
    try:
        Version(bare)
    except InvalidVersion:
        return None
    return bare


def _range(value: str) -> SpecifierSet | None:
    if value == UNSAID or _exact(value) is not None:
        return None
    try:
        return SpecifierSet(value)
    except InvalidSpecifier:
        return None


def _inside(version: str, spec: SpecifierSet) -> bool:
    """Whether a version, or one that it is short for, lies in a range."""
    return spec.contains(version, prereleases=True) or spec.contains(f"{version}.999", prereleases=True)


def _fit(these: Iterable[str], those: Iterable[str]) -> bool:
    return any(_same(a, b) for a, b in product(these, those))


def _same(a: str, b: str) -> bool:
    return a == b or _begins(a, b) or _begins(b, a)


def _begins(short: str, long: str) -> bool:
    return long.startswith((f"{short}.", f"{short}+"))
