"""Which modules the repository itself holds, as Python would find them.

An import looks into the folder of the script, into folders put on the path (the ones above it, `src` beside them) and
into what is installed: the packages of every project in the repository. A folder without `__init__.py` is a package
too, but an installed one of that name comes before it.
"""

from __future__ import annotations

from collections.abc import Iterable

from debtscan.lexicon.modules import distributions_of, standard_library
from debtscan.repository import File

_SUFFIXES = (".py", ".pyx", ".pyi", ".so", ".pyd")
_BUILT = frozenset({"version", "_version", "__version__", "version_info"})
_PROJECT_FILES = frozenset({"setup.py", "setup.cfg", "pyproject.toml"})


class LocalModules:
    """The modules and packages of one listing."""

    def __init__(self, listing: Iterable[File]) -> None:
        self._modules: set[str] = set()
        self._packages: set[str] = set()
        self._folders: set[str] = set()
        self._names: set[str] = set()
        projects: list[str] = []
        for file in listing:
            folder, _, name = file.path.rpartition("/")
            if name.endswith(_SUFFIXES):
                stem = name.partition(".")[0]
                self._modules.add(f"{folder}/{stem}")
                self._names.add(stem)
                if stem == "__init__":
                    self._packages.add(folder)
                self._add_folders(folder)
            elif name in _PROJECT_FILES:
                projects.append(folder)
            if name == "setup.py":
                projects.append(folder)
        self._installed = self._packages_under({_join(root, part) for root in projects for part in ("", "src", "lib")})
        self._known: dict[tuple[str, str, bool], bool] = {}

    def has(self, folder: str, top: str, *, known: bool) -> bool:
        """Whether an import of `top` in a script in `folder` means a file of the repository.

        `known` modules, of the standard library or of a known distribution, are taken for their namesakes only where
        Python would surely do so; an unknown name found anywhere in the repository is its own.
        """
        key = (folder, top, known)
        if key not in self._known:
            self._known[key] = self._look(folder, top, known)
        return self._known[key]

    def _look(self, folder: str, top: str, known: bool) -> bool:
        if top in self._installed:
            return True
        if not known:
            return top in self._names
        return any(
            f"{place}/{top}" in self._modules or _join(place, top) in self._packages
            for place in _upwards(folder)
            # a folder of a package is on nobody's path, whether it says that it is one or not
            if not any(around in self._packages for around in _around(place))
        )

    def package_of(self, path: str) -> str:
        """The outermost package around a file; its own folder's name outside of packages."""
        folder = path.rpartition("/")[0]
        outermost = folder
        while folder and folder in self._packages:
            outermost, folder = folder, folder.rpartition("/")[0]
        return outermost.rpartition("/")[2] or "."

    def lacks(self, path: str, module: str) -> bool:
        """Whether a module is asked of a package that is here, and no file or folder of it has that name.

        What a build writes (a version file, generated messages) is no part of the repository and not lacking.
        """
        if module.rpartition(".")[2] in _BUILT or module.endswith(("_pb2", "_pb2_grpc")):
            return False
        folder = path.rpartition("/")[0]
        name = module.lstrip(".")
        if name == module:
            top = name.partition(".")[0]
            known = self._packages if top in standard_library() or distributions_of(top) else self._folders
            place = next((place for place in _upwards(folder) if _join(place, top) in known), None)
        else:
            for _ in range(len(module) - len(name) - 1):
                folder = folder.rpartition("/")[0]
            place = folder
        return place is not None and bool(name) and not self._holds(place, name.replace(".", "/"))

    def _holds(self, place: str, inside: str) -> bool:
        return f"{place}/{inside}" in self._modules or _join(place, inside) in self._folders

    def _add_folders(self, folder: str) -> None:
        while folder and folder not in self._folders:
            self._folders.add(folder)
            parent, _, name = folder.rpartition("/")
            self._names.add(name)
            folder = parent

    def _packages_under(self, places: set[str]) -> frozenset[str]:
        found = {package.rpartition("/")[2] for package in self._packages if package.rpartition("/")[0] in places}
        return frozenset(name for name in found if name not in {"tests", "test", "docs", "examples", "scripts"})


def _upwards(folder: str) -> Iterable[str]:
    """A folder, the ones above it, and `src` beside each."""
    while True:
        yield folder
        yield _join(folder, "src")
        if not folder:
            return
        folder = folder.rpartition("/")[0]


def _around(folder: str) -> Iterable[str]:
    """A folder and the ones above it, but for the repository itself."""
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder and name else folder or name
