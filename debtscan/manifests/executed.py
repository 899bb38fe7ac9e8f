"""What a file installs when it runs: shell scripts, Makefiles, CI workflows, tox, nox, notebooks and Python code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from debtscan.commands import Script, called, scripts, tox
from debtscan.commands.workflow import pairs
from debtscan.manifests import requirements
from debtscan.manifests.installs import SECTION, installs
from debtscan.manifests.pins import pin_of_url
from debtscan.manifests.records import Install, Manifest, Pin, Requirement, Scope, Unread
from debtscan.manifests.requirement import scope_of_group
from debtscan.source.marked_yaml import read_yaml
from debtscan.source.masking import mask
from debtscan.source.python import PythonSource
from debtscan.source.text import TextSource

NOTEBOOK, NOX, PROGRAM = "notebook", "nox", "program"
_USES = re.compile(r"^[ \t]*(?:-[ \t]+)?[\"']?uses[\"']?[ \t]*:", re.MULTILINE)
_DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")


def parse(source: PythonSource | TextSource) -> Manifest | None:
    """The install commands of a file and the packages they name; None when there are none.

    Raises ValueError for damaged YAML.
    """
    kind = source.kind if isinstance(source, TextSource) else _kind_of_code(source)
    found: list[Install] = []
    unread: list[Unread] = []
    handed = called.scripts(source) if isinstance(source, PythonSource) and kind != NOX else ()
    for script in (*scripts(source), *handed):
        read, problems = installs(script.text, script.line, script.cell, NOTEBOOK if kind == NOTEBOOK else SECTION)
        scope = _scope(kind, script)
        found += [_scoped(install, scope) for install in read] if scope != "runtime" else read
        unread += problems
    named = tuple(requirement for install in found for requirement in install.requirements)
    manifest = Manifest(named, installs=tuple(found), unread=tuple(unread))
    if isinstance(source, TextSource):
        manifest = _with_lists(source, manifest)
    return manifest if manifest != Manifest() else None


def _kind_of_code(source: PythonSource) -> str:
    if source.notebook is not None:
        return NOTEBOOK
    return NOX if "nox" in source.aliases else PROGRAM


def _scope(kind: str, script: Script) -> Scope:
    """What the packages of a command are for: CI, the tests that tox and nox run, what a target of make is called."""
    if kind == "workflow":
        return "ci"
    if kind in {"tox", NOX}:
        named = scope_of_group(script.name)
        return named if named != "runtime" else "test"
    return scope_of_group(script.name) if kind == "makefile" else "runtime"


def _scoped(install: Install, scope: Scope) -> Install:
    return replace(install, requirements=tuple(replace(item, scope=scope) for item in install.requirements))


def _with_lists(source: TextSource, manifest: Manifest) -> Manifest:
    """Add what such a file lists beside its commands: `deps` of tox, actions of a workflow."""
    if source.kind == "tox":
        return _with_tox_dependencies(source.text, manifest)
    if source.kind == "workflow" and _USES.search(source.text):
        return replace(manifest, requirements=(*_actions(source.text), *manifest.requirements))
    return manifest


def _with_tox_dependencies(text: str, manifest: Manifest) -> Manifest:
    for listed in tox.dependencies(text):
        if listed.text.startswith("{["):
            # the list of another section, which is read where it stands
            continue
        read = requirements.parse("\n" * (listed.line - 1) + listed.text.replace("{toxinidir}/", ""))
        scope = _scope("tox", listed)
        items = (replace(item, section="deps", scope=scope) for item in read.requirements)
        manifest = replace(
            manifest,
            requirements=(*manifest.requirements, *items),
            references=(*manifest.references, *read.references),
            unread=(*manifest.unread, *read.unread),
        )
    return manifest


def _actions(text: str) -> Iterator[Requirement]:
    """The actions and reusable workflows that a GitHub workflow uses: `uses: owner/name@reference`."""
    used = {(value.line, value.text.strip()) for key, value in pairs(read_yaml(text)) if key == "uses" and value.text}
    for line, written in sorted(used):
        name, _, reference = written.partition("@")
        yield Requirement(
            name.removeprefix("docker://").lower(),
            reference,
            _pin_of_action(written),
            "uses",
            line,
            scope="ci",
            ecosystem="action",
            url=mask(written),
        )


def _pin_of_action(written: str) -> Pin:
    """Tags and branches move; only a commit and a digest do not."""
    if written.startswith("./"):
        return "path"
    return "hash" if _DIGEST.search(written) else pin_of_url(f"git+https://x/{written}")
