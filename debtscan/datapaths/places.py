"""Find the files of a repository that a path may mean, when nobody knows the working directory.

A relative path is tried from the folder of its script, from every folder above, and then anywhere in the same
component: what lies anywhere plausible is there, because a wrong "this is missing" is worse than a missed one.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import translate
from functools import lru_cache

_WILD = re.compile(r"[*?\[]")


class Places:
    """Paths of files and of their folders, found by the end of a path; `*` in it stands for anything."""

    def __init__(self, paths: Iterable[str], components: Mapping[str, str]) -> None:
        self._files = frozenset(paths)
        self._components = components
        self._folders: set[str] = set()
        self._by_name: dict[str, list[str]] = {}
        self._by_suffix: dict[str, list[str]] = {}
        self._by_lower_case: dict[str, str] = {}
        self._answers: dict[tuple[str, str | None], list[str]] = {}
        for path in sorted(self._files):
            self._index(path)
            for folder in above(path):
                if folder in self._folders:
                    break
                self._folders.add(folder)
                self._by_lower_case.setdefault(folder.lower(), folder)
                self._by_name.setdefault(posixpath.basename(folder), []).append(folder)

    def find(self, path: str, script: str, *, exact: bool = False) -> list[str]:
        """The files or the folder that a path read in `script` means, nearest first; several only for wildcards."""
        while not (name := posixpath.basename(path)).strip("*?") and name:
            path = posixpath.dirname(path)
        key = (path, None if exact else script)
        if key not in self._answers:
            self._answers[key] = self._at(path) if exact else self._search(path, script)
        return self._answers[key]

    def _search(self, path: str, script: str) -> list[str]:
        bare = stripped(path)
        for folder in dict.fromkeys((posixpath.dirname(script), *above(script), "")):
            for tried in (posixpath.normpath(f"{folder}/{path}").lstrip("/"), f"{folder}/{bare}".lstrip("/")):
                if not tried.startswith("..") and (found := self._at(tried)):
                    return found
        return self._anywhere(bare, script)

    def _index(self, path: str) -> None:
        name = posixpath.basename(path)
        self._by_lower_case.setdefault(path.lower(), path)
        self._by_name.setdefault(name, []).append(path)
        self._by_suffix.setdefault(posixpath.splitext(name)[1].lower(), []).append(path)

    def _at(self, path: str) -> list[str]:
        if path in self._files or path in self._folders:
            return [path]
        if not _WILD.search(path):
            # on the disks of most laptops `Data/Train.csv` opens `data/train.csv`: it is kept, whatever it is called
            alike = self._by_lower_case.get(path.lower())
            return [] if alike is None else [alike]
        pattern = matcher(path)
        return [found for found in self._candidates(path) if pattern.fullmatch(found)]

    def _anywhere(self, bare: str, script: str) -> list[str]:
        component = self._components.get(script, ".")
        pattern = matcher(bare)
        return [
            found
            for found in self._candidates(bare)
            if self._components.get(found, component) == component and _ends_with(found, bare, pattern)
        ]

    def _candidates(self, path: str) -> Sequence[str]:
        name = posixpath.basename(path)
        if not _WILD.search(name):
            return self._by_name.get(name, ())
        suffix = posixpath.splitext(name)[1].lower()
        if not suffix or _WILD.search(suffix):
            return [path for paths in self._by_suffix.values() for path in paths]
        return self._by_suffix.get(suffix, ())


def above(path: str) -> Iterator[str]:
    """The folders around a path, nearest first, without the root."""
    while (path := posixpath.dirname(path)) not in {"", "/"}:
        yield path


def stripped(path: str) -> str:
    """A path without the steps up at its beginning."""
    while path.startswith(("../", "./")):
        path = path.partition("/")[2]
    return path


@lru_cache(maxsize=4096)
def matcher(pattern: str) -> re.Pattern[str]:
    """A pattern in which `*` may stand for several folders, as an unknown part of a path may."""
    try:
        return re.compile(translate(pattern))
    except re.error:
        return re.compile(re.escape(pattern))


def _ends_with(path: str, end: str, pattern: re.Pattern[str]) -> bool:
    if not _WILD.search(end):
        return path == end or path.endswith(f"/{end}")
    parts = path.split("/")
    return any(pattern.fullmatch("/".join(parts[start:])) for start in range(len(parts)))
