"""Imports: what every file needs, where it comes from, and whether any manifest says so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Literal, NamedTuple, TypeAlias

from msgspec import Struct

from debtscan.lexicon.modules import bringers_of, distributions_of, platform_of, standard_library
from debtscan.manifests.requirement import canonical
from debtscan.repository import File
from debtscan.scanners.components import ComponentRow, nearest
from debtscan.scanners.dependencies.rows import DependencyRow, InstallCommandRow, LockedPackageRow, LockFileRow
from debtscan.scanners.environments import EnvironmentRow
from debtscan.scanners.imports.declared import Declared
from debtscan.scanners.imports.found import FoundImport, imports_in
from debtscan.scanners.imports.links import ImportLink, links_of
from debtscan.scanners.imports.local import LocalModules
from debtscan.scanners.imports.provided import Providers
from debtscan.source.modules import Modules
from debtscan.source.python import PythonSource

Origin: TypeAlias = Literal["stdlib", "first_party", "third_party"]


class ImportRow(Struct, frozen=True, gc=False):
    """One import statement and one top-level module."""

    path: Annotated[str, "file"]
    line: Annotated[int, "line of the statement, from 1, within the cell in a notebook"]
    cell: Annotated[int | None, "cell of a notebook, from 0; NULL in a script"]
    module: Annotated[str, "dotted name as written, leading dots of a relative import kept"]
    top: Annotated[str, "its first part; of a relative import the outermost package around the file"]
    distribution: Annotated[str | None, "distribution that brings it, normalised; NULL when unknown or not third party"]
    origin: Annotated[Origin, "where Python would find it"]
    declared: Annotated[
        bool | None, "whether a manifest at or above asks for it; NULL unless third party, and when unknown"
    ]
    lazy: Annotated[bool, "inside a function: needed only when that is called"]
    brought_by: Annotated[
        str | None, "what is asked for and known to bring it along, of what is not asked for itself; else NULL"
    ]
    guarded: Annotated[bool, "may be missing: in a try, behind TYPE_CHECKING or an availability check"]
    platform: Annotated[
        str | None,
        "what brings it along unasked: a platform (Colab, Databricks ...), the build, a notebook's kernel; else NULL",
    ]
    manifest: Annotated[
        str | None, "nearest file at or above this one that says what to install; NULL when there is none"
    ]


TABLES = {"imports": ImportRow, "import_links": ImportLink}
KINDS = frozenset({"python", "notebook"})


FOUND = list[FoundImport]
_BUILDERS = dict.fromkeys(("setuptools", "pkg_resources", "distutils", "wheel"), "build")
"""A setup.py runs where setuptools is: the default of PEP 517."""
_KERNEL = {"IPython": "kernel", "ipykernel": "kernel"}


def scan_file(source: PythonSource) -> list[FoundImport] | None:
    return imports_in(source) or None


def scan_repository(
    found: Sequence[tuple[File, list[FoundImport]]],
    listing: Sequence[File],
    components: Sequence[ComponentRow],
    dependencies: Sequence[DependencyRow],
    install_commands: Sequence[InstallCommandRow],
    lock_files: Sequence[LockFileRow],
    locked_packages: Sequence[LockedPackageRow],
    environments: Sequence[EnvironmentRow],
) -> Mapping[str, Sequence[Struct]]:
    roots = frozenset(component.root for component in components)
    local = LocalModules(listing)
    declared = Declared(dependencies, components)
    locked = frozenset(row.name for row in locked_packages)
    named = locked | {row.name for row in dependencies if row.ecosystem == "pypi" and row.pin != "path"}
    providers = Providers(dependencies, install_commands, lock_files, environments)
    modules = Modules(file.path for file in listing if file.kind == "python")
    rows: list[ImportRow] = []
    links: list[ImportLink] = []
    for file, imports in found:
        importer = _Importer(
            file.path,
            file.path.rpartition("/")[0],
            _along(file),
            local.package_of(file.path),
            providers.of(file.path),
            declared.names(file.path, nearest(file.path, roots)),
            locked,
            named,
        )
        told = [_row(importer, item, local) for item in imports]
        rows += _first_of_each(told)
        own = [item for item, row in zip(imports, told, strict=True) if row.origin == "first_party"]
        links += links_of(file.path, own, modules, local)
    return {"imports": rows, "import_links": links}


def _first_of_each(rows: Sequence[ImportRow]) -> Iterable[ImportRow]:
    """One row for each statement and top module."""
    first: dict[tuple[int | None, int, str], ImportRow] = {}
    for row in rows:
        first.setdefault((row.cell, row.line, row.top), row)
    return first.values()


def _along(file: File) -> Mapping[str, str]:
    if file.kind == "notebook":
        return _KERNEL
    return _BUILDERS if file.path.rpartition("/")[2] in {"setup.py", "versioneer.py"} else {}


class _Importer(NamedTuple):
    """What holds for all imports of a file."""

    path: str
    folder: str
    along: Mapping[str, str]
    """Modules that are there because of what kind of file it is, and what brings them."""
    package: str
    manifest: str | None
    names: frozenset[str]
    """Distributions that are asked for around it."""
    locked: frozenset[str]
    """Distributions that any lock of the repository holds."""
    named: frozenset[str]
    """Distributions that anything in the repository asks for or locks."""


def _row(importer: _Importer, item: FoundImport, local: LocalModules) -> ImportRow:
    top = importer.package if item.module.startswith(".") else item.module.partition(".")[0]
    origin = _origin(importer, top, item.module, local)
    distribution = platform = asked = None
    if origin == "third_party":
        platform = importer.along.get(top) or _dotted(item, platform_of)
        if platform is None:
            distribution, asked = _distribution(item, top, importer)
    return ImportRow(
        importer.path,
        item.line,
        item.cell,
        item.module,
        top,
        distribution,
        origin,
        asked,
        item.lazy,
        _bringer(distribution, importer.names) if asked is False else None,
        item.guarded,
        platform,
        importer.manifest,
    )


def _origin(importer: _Importer, top: str, module: str, local: LocalModules) -> Origin:
    if module.startswith(".") or top.endswith(("_pb2", "_pb2_grpc")):
        return "first_party"
    standard = top in standard_library()
    name = canonical(top)
    known = standard or bool(distributions_of(top)) or name in importer.names or name in importer.locked
    if local.has(importer.folder, top, known=known):
        return "first_party"
    return "stdlib" if standard else "third_party"


def _dotted(item: FoundImport, lookup: Callable[[str], str | None]) -> str | None:
    return (lookup(item.longest) if item.names else None) or lookup(item.module)


def _bringer(distribution: str | None, names: frozenset[str]) -> str | None:
    return next((name for name in bringers_of(distribution or "") if name in names), None)


def _distribution(item: FoundImport, top: str, importer: _Importer) -> tuple[str | None, bool | None]:
    """The distribution that brings a module, and whether it is asked for; the one that is asked for comes first.

    A module that is not in the lexicon comes from what is asked for or locked under its very name, here or elsewhere in
    the repository, or is unknown.
    """
    candidates = distributions_of(item.longest)
    asked_for = next((name for name in candidates if name in importer.names), None)
    if asked_for is not None:
        return asked_for, True
    if candidates:
        return candidates[0], False
    own = canonical(top)
    if own in importer.names:
        return own, True
    return (own, False) if own in importer.named else (None, None)
