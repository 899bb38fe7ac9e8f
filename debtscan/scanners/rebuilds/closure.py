"""The files that run when one file is run: itself and everything of the repository that it imports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from debtscan.scanners.imports.links import ImportLink


class Closures:
    """Import closures over one repository."""

    def __init__(self, links: Iterable[ImportLink]) -> None:
        self._targets: dict[str, list[str]] = {}
        self._sources: dict[str, list[str]] | None = None
        self._lacking: dict[str, ImportLink] = {}
        for link in links:
            if link.target_path is not None:
                self._targets.setdefault(link.path, []).append(link.target_path)
            else:
                self._lacking.setdefault(link.path, link)

    def of(self, path: str) -> tuple[str, ...]:
        """The file itself, then what it imports, nearest first."""
        return _reached(path, self._targets)

    def importers(self, path: str) -> tuple[str, ...]:
        """The files that import a file, directly or not, nearest first."""
        if self._sources is None:
            self._sources = {}
            for source, targets in self._targets.items():
                for target in targets:
                    self._sources.setdefault(target, []).append(source)
        return _reached(path, self._sources)[1:]

    def lacking(self, path: str) -> ImportLink | None:
        """The first import of a file that asks for a part of the repository which is not there."""
        return self._lacking.get(path)


def _reached(path: str, links: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    found = {path: None}
    todo = [path]
    for current in todo:
        for target in links.get(current, ()):
            if target not in found:
                found[target] = None
                todo.append(target)
    return tuple(found)
