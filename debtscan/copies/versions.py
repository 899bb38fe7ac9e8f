"""Versions told by file names: `train_v2.py`, `train_final.py`, `analysis-Copy1.ipynb`, `features_2021-06-09.py`.

Only base names count, and a name alone proves nothing: whether two files are versions of one is for their content to
say. Numbers without a `v` are left alone (parts, lessons, layers), and so is a `v2` that belongs to the name of an
architecture.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_DATE = rf"(?:(?:19|20)\d\d[-_.]?[01]\d[-_.]?[0-3]\d|[0-3]?\d[-_]?{_MONTH}(?:[-_]?(?:20)?\d\d)?|{_MONTH}[-_]?[0-3]?\d)"
_WORD = r"(?:final\d*|new\d*|old\d*|orig|original|copy\d*|backup\d*|bak\d*|latest|updated|fixed|wip|tmp|temp)"
_MARKER = re.compile(
    rf"""(?P<marker>
        [-_.\ ]+v\d+(?:[._]\d+)*         # train_v2, train-v1.3
      | (?-i:(?<=[a-z])V\d+)            # trainV2
      | [-_.\ ]*\(\d+\)                 # train (1)
      | [-_\ ]+copy[-_\ ]?\d*           # train-Copy1, train copy 2
      | [-_.\ ]+{_WORD}
      | [-_.\ ]+{_DATE}
      | _?\[[^\]]*\]                    # combine_[svd100_and_bow_Jun23]_[Low]
    )$""",
    re.IGNORECASE | re.VERBOSE,
)
_LEADING_DATE = re.compile(r"^(?:19|20)\d\d[-_.]?[01]\d[-_.]?[0-3]\d[-_. ]")
_ARCHITECTURE = re.compile(
    r"(?:net|ception|yolo|ssd|rcnn|fpn|vgg|bert|gpt|llama|former|lab|diffusion|vae|gan|clip|dino|sam|moco|t5|api)"
    r"(?![a-z])",
    re.IGNORECASE,
)
_NEVER = re.compile(r"^(?:test_.*|.*_test|conftest|setup|__\w+__|\d{4}_\w+)$", re.IGNORECASE)


class VersionedName(NamedTuple):
    """A base name without suffix, taken apart; `marker` is empty where nothing in it tells a version."""

    stem: str
    marker: str


def versioned_name(base: str) -> VersionedName:
    """Take a base name (without its suffix) apart: `train_v2_final` is `train` and `_v2_final`."""
    if _NEVER.match(base):
        return VersionedName(base, "")
    stem = base
    while match := _MARKER.search(stem):
        rest = stem[: match.start()]
        if not rest or _names_an_architecture(rest, match["marker"]):
            break
        stem = rest
    marker = base[len(stem) :]
    if not marker and (date := _LEADING_DATE.match(base)):
        return VersionedName(base[date.end() :], date[0])
    return VersionedName(stem, marker)


def _names_an_architecture(rest: str, marker: str) -> bool:
    return bool(re.match(r"[-_. ]*v\d", marker, re.IGNORECASE) and _ARCHITECTURE.search(rest))


def versions(paths: Sequence[str]) -> dict[str, list[int]]:
    """Groups of two or more files (indices into `paths`) whose names call them versions of one, by that one's name.

    They lie in one folder and one of them has a marker, or in sibling folders and all of them have one.
    """
    beside: dict[str, list[int]] = defaultdict(list)
    apart: dict[str, list[int]] = defaultdict(list)
    marked = set()
    for index, path in enumerate(paths):
        folder, _, base = path.rpartition("/")
        name = versioned_name(base.rpartition(".")[0])
        beside[f"{folder}/{name.stem}"].append(index)
        if name.marker:
            marked.add(index)
            apart[f"{folder.rpartition('/')[0]}/{name.stem}"].append(index)
    groups = {stem: group for stem, group in beside.items() if len(group) > 1 and marked.intersection(group)}
    grouped = {index for group in groups.values() for index in group}
    for stem, group in apart.items():
        if len(group) > 1 and not grouped.intersection(group):
            groups.setdefault(stem, group)
    return {stem.lstrip("/"): group for stem, group in groups.items()}
