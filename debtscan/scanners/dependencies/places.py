"""What the path of a manifest says: what it is for, which files it reads, which file a command means."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping

from debtscan.manifests.records import Manifest, Reference, Scope
from debtscan.manifests.requirement import scope_of_group

_FOLDER_SCOPES: tuple[tuple[Scope, re.Pattern[str]], ...] = (
    ("test", re.compile(r"(^|/)(tests?|testing|unit_?tests?|integration_?tests?)/", re.IGNORECASE)),
    ("docs", re.compile(r"(^|/)(docs?|documentation)/", re.IGNORECASE)),
    ("ci", re.compile(r"(^|/)(\.github|\.gitlab|\.circleci|\.ci|ci)/", re.IGNORECASE)),
    ("dev", re.compile(r"(^|/)(\.devcontainer|dev|scripts/dev)/", re.IGNORECASE)),
)
_NAME_ONLY = re.compile(
    r"requirements?|reqs?|environment|env|conda|pip|dockerfile|\b(txt|in|ya?ml|lock)\b", re.IGNORECASE
)


def scope_of_path(path: str) -> Scope:
    """What a requirements file, environment or image is for, by its name (`dev-requirements.txt`) and folders."""
    name = _NAME_ONLY.sub(" ", path.rpartition("/")[2])
    by_name = scope_of_group(name) if name.strip() else "runtime"
    if by_name != "runtime":
        return by_name
    return next((scope for scope, pattern in _FOLDER_SCOPES if pattern.search(path)), "runtime")


def folder_of(path: str) -> str:
    return path.rpartition("/")[0]


def resolve(manifest: str, written: str) -> str:
    """The path that a manifest means by a path written in it, relative to the repository root."""
    return posixpath.normpath(posixpath.join(folder_of(manifest), written))


def reach(manifests: Mapping[str, Manifest], how: frozenset[str]) -> dict[str, set[str]]:
    """The files that each file reads through references of some kinds, directly or through others."""
    direct = {
        path: {target for item in manifest.references if item.how in how and (target := resolve(path, item.path))}
        for path, manifest in manifests.items()
        if manifest.references
    }
    return {path: _closure(path, direct) for path in direct}


def _closure(path: str, direct: Mapping[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    todo = [path]
    while todo:
        for target in sorted(direct.get(todo.pop(), ())):
            if target not in seen:
                seen.add(target)
                todo.append(target)
    return seen


def published_files(manifests: Mapping[str, Manifest]) -> frozenset[str]:
    """Requirements files from which a package takes its own dependencies."""
    wanted = reach(manifests, frozenset({"metadata", "requirement"}))
    starts = {path for path, manifest in manifests.items() if any(_is_metadata(item) for item in manifest.references)}
    return frozenset(target for start in starts for target in wanted.get(start, ()))


def _is_metadata(reference: Reference) -> bool:
    return reference.how == "metadata"


class Listed:
    """The files of the repository, to find the one that an install command means."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._paths = frozenset(paths)
        self._by_name: dict[str, list[str]] = {}
        for path in sorted(self._paths):
            self._by_name.setdefault(path.rpartition("/")[2], []).append(path)

    def find(self, command: str, written: str) -> str | None:
        """The file a command in `command` means: beside it, above it, else one whose path ends alike.

        An image and a script change folders in ways that are not followed; `/workspace/a/b.txt` in an image is a copy
        of some `a/b.txt`.
        """
        folder = folder_of(command)
        while True:
            candidate = posixpath.normpath(posixpath.join(folder, written.lstrip("/")))
            if candidate in self._paths:
                return candidate
            if not folder:
                break
            folder = folder_of(folder)
        return self._alike(command, written)

    def _alike(self, command: str, written: str) -> str | None:
        same_name = self._by_name.get(written.rpartition("/")[2], [])
        wanted = written.strip("/").split("/")[::-1]

        def closeness(path: str) -> tuple[int, int, int, str]:
            parts = path.split("/")[::-1]
            pairs = list(zip(wanted, parts, strict=False))
            alike = next((at for at, (a, b) in enumerate(pairs) if a != b), len(pairs))
            shared = len(posixpath.commonprefix([folder_of(path).split("/"), folder_of(command).split("/")]))
            return (-alike, -shared, len(parts), path)

        return min(same_name, key=closeness, default=None)
