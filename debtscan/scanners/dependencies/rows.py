"""The rows that the dependencies scanner fills."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from msgspec import Struct

from debtscan.manifests.records import Ecosystem, Fresh, Pin, Scope, Target

Context: TypeAlias = Literal[
    "dockerfile", "shell", "notebook", "program", "makefile", "workflow", "tox", "documentation"
]


class DependencyRow(Struct, frozen=True, gc=False):
    """One requirement where it is written; nothing is resolved."""

    path: Annotated[str, "file it is written in"]
    line: Annotated[int | None, "line, from 1, within the cell in a notebook; NULL where the format tells none"]
    cell: Annotated[int | None, "cell of a notebook, from 0; NULL elsewhere"]
    name: Annotated[str, "name of the distribution, normalised by PEP 503"]
    specifier: Annotated[str, "version part as written; empty when there is none"]
    ecosystem: Annotated[Ecosystem, "where it comes from"]
    scope: Annotated[Scope, "what it is needed for"]
    pin: Annotated[Pin, "how far its version is fixed by what is written here"]
    section: Annotated[str, "which list of the file (project.dependencies, requirements, install command ...)"]
    marker: Annotated[str | None, "environment marker; NULL when there is none"]
    url: Annotated[str | None, "direct reference, credentials masked; NULL for packages from an index"]
    published: Annotated[bool, "part of the package's own metadata: what whoever installs the package gets"]
    locked_by: Annotated[str | None, "lock or constraints file that fixes it; NULL when none does"]
    component: Annotated[str, "root of the component it belongs to"]
    reproducible: Annotated[
        bool,
        "this row alone gives the same package again: exact, hashed, a full revision or a path inside the repository, "
        "or locked and installed through that lock as far as anything says how",
    ]


class LockFileRow(Struct, frozen=True, gc=False):
    """One lock, compiled requirements file, constraints file or explicit list."""

    path: Annotated[str, "the file"]
    manager: Annotated[
        str, "tool that wrote it (poetry, uv, pdm, pipenv, pip-compile, pixi ...), or constraints, hashes"
    ]
    component: Annotated[str, "root of the component it belongs to"]
    fresh: Annotated[Fresh, "whether it still fits the manifests beside it, by its own digest or by content"]
    packages: Annotated[int, "packages in it"]


class LockedPackageRow(Struct, frozen=True, gc=False):
    """One package of a lock; the same name again for each version (platforms, forks)."""

    path: Annotated[str, "the lock"]
    line: Annotated[int | None, "line of the package; NULL where the format tells none"]
    name: Annotated[str, "name of the distribution, normalised by PEP 503"]
    version: Annotated[str | None, "version; NULL for a package from a revision or a path"]
    hashed: Annotated[bool, "whether its content is fixed by a hash or a revision"]
    direct: Annotated[bool | None, "whether a manifest beside the lock asks for it by name; NULL when there is none"]
    url: Annotated[str | None, "where it comes from, masked, when that is no index"]
    ecosystem: Annotated[Ecosystem, "whose name and version these are"]
    component: Annotated[str, "root of the component the lock belongs to"]
    cell: Annotated[int | None, "NULL: no notebook is a lock; here so that every table with lines has it"] = None


class InstallCommandRow(Struct, frozen=True, gc=False):
    """One command that installs something."""

    path: Annotated[str, "file it stands in"]
    line: Annotated[int, "line, from 1, within the cell in a notebook"]
    cell: Annotated[int | None, "cell of a notebook, from 0; NULL elsewhere"]
    context: Annotated[
        Context,
        "what runs it: tox is nox as well, program is Python code, documentation is only read by people",
    ]
    tool: Annotated[str, "pip, conda, uv, poetry, pipenv, pdm, pixi ...; for system packages apt, apk, yum, dnf, brew"]
    target: Annotated[Target, "what it installs: packages named in it, a manifest, a lock, or the project itself"]
    manifest: Annotated[str | None, "the file it installs from, as written; NULL when it names none"]
    resolved: Annotated[str | None, "that file in the repository; NULL when it is not there or cannot be told"]
    made: Annotated[bool, "the same file may fetch or write that manifest before it installs from it"]
    packages: Annotated[int, "packages named in it"]
    component: Annotated[str, "root of the component it stands in"]
