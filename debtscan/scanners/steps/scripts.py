"""Find the file of a repository that a command runs."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from debtscan.datapaths.places import Places
from debtscan.pipelines.found import Run
from debtscan.scanners.steps.table import ScriptState
from debtscan.source.modules import Modules

_UNKNOWN = re.compile(r"[$*{}<>%\s]")
_VARIABLE = re.compile(r"\$\{?\w*\}?|\{\w*\}")
_LEADING = re.compile(r"^(?:\$\{?\w+\}?|\*|\{\w+\}|\$\([^)]*\)|%\w+%)/+")
"""A variable before a path is most often the root of the repository."""
_CODE = re.compile(r"\.(py|ipynb|sh|bash|R|r|jl|Rmd|yml|yaml)$")
_SYSTEM = re.compile(r"/(usr|bin|sbin|lib|etc|dev|proc|sys|opt/conda|root/\.|tmp)/")
EXACT = frozenset({"dvc", "mlproject"})
"""Engines that say in which folder a command runs."""


class Found(NamedTuple):
    script: str | None
    state: ScriptState


NOTHING = Found(None, "none")


class Scripts:
    """Files by the ways in which commands name them."""

    def __init__(
        self,
        paths: Iterable[str],
        modules: Modules,
        components: Mapping[str, str],
        programs: Mapping[str, tuple[str, str]],
        submodules: Iterable[str],
    ) -> None:
        self._paths = frozenset(paths)
        self._by_name: dict[str, list[str]] = {}
        for path in sorted(self._paths):
            self._by_name.setdefault(posixpath.basename(path), []).append(path)
        self._modules = modules
        self._places = Places(self._paths, components)
        self._programs = programs
        self._submodules = tuple(f"{path}/" for path in submodules)

    def of_run(self, run: Run, home: str, folder: str, *, exact: bool) -> Found | None:
        """What a file, module or program is; None for a program that is none of the repository's own."""
        if run.kind == "file":
            found = self.of_path(run.target, home, posixpath.join(folder, run.folder), exact=exact)
            if found is not None and found.state == "unknown" and not exact:
                return self._by_arguments(run, home) or found
            return found
        if run.kind == "module":
            return self._of_module(run.target, home, posixpath.join(folder, run.folder))
        return self._of_program(run.target)

    def of_function(self, dotted: str, home: str) -> Found:
        """The file that defines a function."""
        found = self._modules.of_name(home, dotted) if dotted else None
        return Found(found[0], "found") if found else NOTHING

    def of_path(self, target: str, home: str, folder: str, *, exact: bool = False) -> Found | None:
        """The file at a path as it is written; None where not one letter of it is told."""
        if "://" in target or target.startswith(("~", "@")):
            inside = self._in_image(target.partition("://")[2], home) if target.endswith(".py") else None
            return Found(inside, "found" if inside else "outside")
        bare = _LEADING.sub("", target.replace("\\", "/"))
        if not re.search(r"[A-Za-z]", _VARIABLE.sub("", bare)):
            return None
        if _UNKNOWN.search(bare):
            return Found(None, "unknown")
        absolute = bare.startswith("/")
        known = bare == target and not absolute
        tails = () if exact else _tails(folder)
        for base in (posixpath.join(posixpath.dirname(home), folder), folder, *tails, posixpath.dirname(home), ""):
            if found := self._file(posixpath.normpath(posixpath.join(base, bare.lstrip("/")))):
                return Found(found, "found")
            if exact and known:
                break
        if not (exact and known) and (found := self._anywhere(bare.lstrip("/"), home)):
            return Found(found, "found")
        if absolute:
            inside = self._in_image(bare, home)
            return Found(inside, "found" if inside else "outside")
        if (
            not known
            or not _CODE.search(bare)
            or self._is_ambiguous(bare, exact=exact)
            or self._is_outside(bare, home, folder)
        ):
            return Found(None, "unknown")
        return Found(None, "missing")

    def _by_arguments(self, run: Run, home: str) -> Found | None:
        """Of the files below that end so the only one, or the one beside which the command's other paths lie."""
        below = posixpath.dirname(home)
        end = f"/{run.target.removeprefix('./')}"
        alike = [path for path in self._by_name.get(posixpath.basename(end), ()) if f"/{path}".endswith(end)]
        alike = [path for path in alike if not below or path.startswith(f"{below}/")]
        if len(alike) > 1:
            words = [word for word in run.text.split() if "/" in word and not _UNKNOWN.search(word)]
            alike = [path for path in alike if any(self._beside(path, word) for word in words if word != run.target)]
        return Found(alike[0], "found") if len(alike) == 1 else None

    def _beside(self, path: str, word: str) -> bool:
        return posixpath.normpath(posixpath.join(posixpath.dirname(path), word)) in self._paths

    def _in_image(self, path: str, home: str) -> str | None:
        """A file that an image or a bucket keeps a copy of: the one whose path ends so, beside what names it first."""
        if _SYSTEM.match(path):
            return None
        parts = path.strip("/").split("/")
        for start in range(len(parts)):
            end = "/".join(parts[start:])
            if (beside := posixpath.join(posixpath.dirname(home), end)) in self._paths:
                return beside
            if (found := self._anywhere(end, home)) is not None:
                return found
        return None

    def exists(self, path: str) -> bool:
        return self._places.find(path, "", exact=True) != []

    def _file(self, path: str) -> str | None:
        for candidate in (path, f"{path}.ipynb", f"{path}.py", f"{path}/__main__.py"):
            if candidate in self._paths and (candidate != f"{path}.py" or "/" in path):
                return candidate
        return None

    def _anywhere(self, bare: str, home: str) -> str | None:
        """The one file that a path may mean when it is taken from some folder that nobody names."""
        bare = posixpath.normpath(bare)
        while bare.startswith("../"):
            bare = bare[3:]
        if not bare.strip("./"):
            return None
        for name in (bare, f"{bare}.ipynb", f"{bare}.py") if "/" in bare else (bare,):
            found = self._places.find(name, home)
            if len(found) == 1 and found[0] in self._paths:
                return found[0]
        return None

    def _is_ambiguous(self, bare: str, *, exact: bool) -> bool:
        """Files of that name lie elsewhere: in which folder it runs is what is not known."""
        return not exact and posixpath.basename(bare) in self._by_name

    def _is_outside(self, bare: str, home: str, folder: str) -> bool:
        """In a submodule, above the root, or in a folder that is not there: a checkout of something else."""
        for base in (posixpath.join(posixpath.dirname(home), folder), folder):
            whole = posixpath.normpath(posixpath.join(base, bare))
            if whole.startswith("..") or f"{whole}/".startswith(self._submodules or ("\0",)):
                return True
        if folder and not self.exists(folder) and not self.exists(posixpath.join(posixpath.dirname(home), folder)):
            return True
        top = bare.lstrip("./").partition("/")[0]
        return "/" in bare.lstrip("./") and not self._places.find(top, home)

    def _of_module(self, dotted: str, home: str, folder: str) -> Found | None:
        if not re.fullmatch(r"[\w.]+", dotted):
            return Found(None, "unknown")
        start = posixpath.normpath(posixpath.join(posixpath.dirname(home), folder, "x"))
        path = self._modules.find(start, dotted)
        if path is None:
            return None
        if path.endswith("/__init__.py"):
            main = f"{path.removesuffix('__init__.py')}__main__.py"
            return Found(main if main in self._paths else path, "found")
        return Found(path, "found")

    def _of_program(self, name: str) -> Found | None:
        if name not in self._programs:
            return None
        manifest, target = self._programs[name]
        path = self._modules.find(manifest, target.partition(":")[0])
        return Found(path, "found") if path else Found(None, "unknown")


def _tails(folder: str) -> Iterator[str]:
    """The ends of a folder, longest first: a document says `cd` into its own checkout, and never out of a folder."""
    parts = folder.split("/")
    for start in range(1, len(parts)):
        yield "/".join(parts[start:])
