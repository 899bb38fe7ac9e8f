"""Which file of the repository an import runs, and which it asks for that is not there.

Python runs the packages around a module before the module itself, so each of them is a link too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from msgspec import Struct

from debtscan.scanners.imports.found import FoundImport
from debtscan.scanners.imports.local import LocalModules
from debtscan.source.modules import Modules


class ImportLink(Struct, frozen=True, gc=False):
    """One file that an import of another runs; one row for each pair of files."""

    path: Annotated[str, "file with the import"]
    line: Annotated[int, "line of the first such import, from 1, within the cell in a notebook"]
    cell: Annotated[int | None, "cell of a notebook, from 0; NULL in a script"]
    module: Annotated[str, "dotted name as written, leading dots of a relative import kept"]
    target_path: Annotated[str | None, "file that is run; NULL where the package is here and this part of it is not"]


def links_of(path: str, statements: list[FoundImport], modules: Modules, local: LocalModules) -> Iterator[ImportLink]:
    """The links of one file in the order of its statements; those that import nothing of the repository give none."""
    seen: set[str] = {path}
    for statement in statements:
        targets = list(_targets(path, statement, modules))
        for target in targets:
            for run in (*_packages_around(target, path, modules), target):
                if run not in seen:
                    seen.add(run)
                    yield ImportLink(path, statement.line, statement.cell, statement.module, run)
        if not targets and not _optional(statement) and local.lacks(path, statement.module):
            yield ImportLink(path, statement.line, statement.cell, statement.module, None)


def _optional(statement: FoundImport) -> bool:
    """It may be missing; a relative import inside a function is what a file copied out of a package keeps."""
    return statement.guarded or (statement.lazy and statement.module.startswith("."))


def _targets(path: str, statement: FoundImport, modules: Modules) -> Iterator[str]:
    found = modules.find(path, statement.module)
    if found is not None:
        yield found
    prefix = statement.module if statement.module.endswith(".") else f"{statement.module}."
    for name in statement.names:
        if (submodule := modules.find(path, prefix + name)) is not None:
            yield submodule


def _packages_around(target: str, path: str, modules: Modules) -> Iterator[str]:
    """Packages that run before a module, but for those that the importing file lies in itself."""
    inside = len("__init__.py")
    return (package for package in modules.packages_around(target) if not path.startswith(package[:-inside]))
