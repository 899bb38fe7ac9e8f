"""Paths that code and commands write, to tell data that a repository makes from data that it lacks."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from debtscan.datapaths.places import matcher, stripped

_MIN_TELLING = 3
"""Literal characters a written name with unknown parts needs to be known again."""
_MAX_PATTERNS = 2_000
"""Every read is compared with each of them."""


class Made:
    """What the files of one component write: files by name, names with unknown parts, folders filled with anything."""

    def __init__(self) -> None:
        self._files: dict[str, list[Sequence[str]]] = {}
        self._patterns: dict[str, list[Sequence[str]]] = {}
        self._folders: dict[str, list[Sequence[str]]] = {}

    def add(self, path: str, *, folder: bool = False) -> None:
        """Note a written path, as seen from some working directory; `*` is an unknown part."""
        *parents, name = _parts(path)
        if "*" in name and (not _tells(name, parents) or len(self._patterns) >= _MAX_PATTERNS):
            return
        into = self._folders if folder else self._patterns if "*" in name else self._files
        into.setdefault(name, []).append(parents)
        if "." not in name:
            # numpy.save and others put their own suffix behind a bare name
            self._patterns.setdefault(f"{name}.*", []).append(parents)

    def holds(self, path: str) -> bool:
        """Whether a path that is read may be one of those written, or lie in a written folder."""
        *parents, name = _parts(path)
        if any(_alike(parents, others) for others in self._files.get(name, ())):
            return True
        if "*" in name and self._matches(name, parents):
            return True
        for pattern, places in self._patterns.items():
            if (
                fnmatchcase(name, pattern)
                and _tells(pattern, parents)
                and any(_alike(parents, others) for others in places)
            ):
                return True
        return any(
            _alike(parents[:at], others)
            for at, folder in enumerate(parents)
            for others in self._folders.get(folder, ())
        ) or any(_alike(parents, others) for others in self._folders.get(name, ()))

    def _matches(self, pattern: str, parents: Sequence[str]) -> bool:
        if not _tells(pattern, parents):
            return False
        expression = matcher(pattern)
        written = [*self._files.items(), *self._patterns.items()]
        return any(expression.fullmatch(name) and any(_alike(parents, o) for o in others) for name, others in written)


def _tells(name: str, parents: Sequence[str]) -> bool:
    """Whether enough of a name with unknown parts is known: a piece of it, or its suffix and the folder it lies in."""
    stem, _, suffix = name.partition(".")
    if "*" not in stem or len(stem.replace("*", "")) >= _MIN_TELLING:
        return True
    return bool(suffix.strip("*.")) and any("*" not in parent for parent in parents[-1:])


def _parts(path: str) -> list[str]:
    return [part for part in stripped(path).split("/") if part not in {"", ".", ".."}] or ["*"]


def _alike(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two lists of parent folders can be the same place, read from the file upwards."""
    for a, b in zip(reversed(one), reversed(other), strict=False):
        if a in {"*", "**"} or b in {"*", "**"}:
            return True
        if a != b and not fnmatchcase(a, b) and not fnmatchcase(b, a):
            return False
    return True
