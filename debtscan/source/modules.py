"""Find the file that an import means, as Python would from the likely starting folders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


class Modules:
    """The modules of a repository by their dotted names, from wherever an import may start."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._by_tail: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        self.paths = frozenset(paths)
        for path in sorted(self.paths):
            parts = _parts(path)
            self._by_tail.setdefault(parts[-1], []).append((path, parts))
        self._tails = frozenset(self._by_tail) | {path.rpartition("/")[2].rpartition(".")[0] for path in self.paths}
        # of the importer only its folder counts, so that the files of a folder ask once for what they share
        self._modules: dict[tuple[str, str], str | None] = {}
        self._names: dict[tuple[str, str], tuple[str, str] | None] = {}

    def find(self, importer: str, module: str) -> str | None:
        """The file of a module (its `__init__.py` for a package); None for what is not in the repository."""
        return self._find(importer.rpartition("/")[0], module)

    def packages_around(self, path: str) -> Iterator[str]:
        """The packages that Python executes before a module inside them, nearest first."""
        folder = path.rpartition("/")[0]
        while folder:
            package = f"{folder}/__init__.py"
            if package in self.paths and package != path:
                yield package
            folder = folder.rpartition("/")[0]

    def of_name(self, importer: str, dotted: str) -> tuple[str, str] | None:
        """The file and the name in it that a spelled-out name means: `pkg.config.PATH` is PATH in `pkg/config.py`."""
        key = (importer.rpartition("/")[0], dotted)
        if key not in self._names:
            self._names[key] = self._split(*key)
        return self._names[key]

    def _split(self, folder: str, dotted: str) -> tuple[str, str] | None:
        dots = len(dotted) - len(dotted.lstrip("."))
        parts = dotted[dots:].split(".")
        for length in range(len(parts) - 1, -1 if dots else 0, -1):
            if length and parts[length - 1] not in self._tails:
                continue
            module = "." * dots + ".".join(parts[:length])
            if (path := self._find(folder, module)) is not None:
                return path, ".".join(parts[length:])
        return None

    def _find(self, folder: str, module: str) -> str | None:
        tail = module.rpartition(".")[2]
        if tail and tail not in self._tails:
            return None
        key = (folder, module)
        if key not in self._modules:
            self._modules[key] = self._relative(*key) if module.startswith(".") else self._absolute(*key)
        return self._modules[key]

    def _absolute(self, folder: str, module: str) -> str | None:
        parts = tuple(module.split("."))
        matches = [path for path, known in self._by_tail.get(parts[-1], ()) if known[-len(parts) :] == parts]
        if len(matches) < 2:
            return matches[0] if matches else None
        folders = tuple(folder.split("/")) if folder else ()
        return min(matches, key=lambda path: _distance(folders, path, len(parts)))

    def _relative(self, folder: str, module: str) -> str | None:
        name = module.lstrip(".")
        for _ in range(len(module) - len(name) - 1):
            if not folder:
                return None
            folder = folder.rpartition("/")[0]
        inside = name.replace(".", "/")
        base = f"{folder}/{inside}" if folder and inside else folder or inside
        for candidate in (f"{base}.py", f"{base}/__init__.py" if base else "__init__.py"):
            if candidate in self.paths:
                return candidate
        return None


def _distance(folder: tuple[str, ...], path: str, length: int) -> tuple[int, int, str]:
    """How far a file whose last `length` parts are given lies: same folder first, then nearest above, then least deep."""
    root = _parts(path)[:-length]
    shared = next(
        (at for at, (a, b) in enumerate(zip(root, folder, strict=False)) if a != b), min(len(root), len(folder))
    )
    return (len(root) - shared, len(folder) - shared, path)


def _parts(path: str) -> tuple[str, ...]:
    parts = tuple(path.rpartition(".")[0].split("/"))
    return parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts
