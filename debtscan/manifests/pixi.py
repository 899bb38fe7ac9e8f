"""Pixi workspaces, in `pixi.toml` or under `[tool.pixi]`: conda and PyPI tables, by feature and platform.

https://pixi.sh/latest/reference/pixi_manifest/
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from debtscan.manifests.pins import pin_of_conda, pin_of_specifiers
from debtscan.manifests.records import Ecosystem, Manifest, Pin, Requirement, Scope, Unread
from debtscan.manifests.requirement import from_table, scope_of_group
from debtscan.source.marked_toml import Path, Toml, read_toml

_TABLES: dict[str, tuple[Ecosystem, Scope | None]] = {
    "dependencies": ("conda", None),
    "host-dependencies": ("conda", "build"),
    "build-dependencies": ("conda", "build"),
    "pypi-dependencies": ("pypi", None),
}


def parse(text: str) -> Manifest:
    """A `pixi.toml`. Raises ValueError for text that is no TOML."""
    unread: list[Unread] = []
    return Manifest(tuple(requirements(read_toml(text), (), unread)), unread=tuple(unread))


def requirements(toml: Toml, root: Path, unread: list[Unread]) -> Iterator[Requirement]:
    """Everything of the workspace that stands under `root`; what cannot be read is added to `unread`."""
    workspace: Any = toml.document
    for key in root:
        workspace = workspace.get(key) if isinstance(workspace, Mapping) else None
    if isinstance(workspace, Mapping):
        yield from _tables(toml, root, workspace, "runtime", unread)
        for name, feature in _mapping(workspace.get("feature")):
            yield from _tables(toml, (*root, "feature", name), feature, scope_of_group(name), unread)


def _tables(
    toml: Toml, path: Path, tables: Mapping[str, Any], scope: Scope, unread: list[Unread]
) -> Iterator[Requirement]:
    for key, (ecosystem, fixed_scope) in _TABLES.items():
        for name, value in _mapping(tables.get(key), of_tables=False):
            section = ".".join(map(str, (*path, key)))
            line = toml.line(*path, key, name)
            pin_of = _pin(value, ecosystem)
            try:
                yield from_table(name, value, pin_of, section, line, scope=fixed_scope or scope, ecosystem=ecosystem)
            except ValueError as error:
                unread.append(Unread(str(error), line))
    for platform, target in _mapping(tables.get("target")):
        yield from _tables(toml, (*path, "target", platform), target, scope, unread)


def _mapping(value: object, *, of_tables: bool = True) -> list[tuple[str, Any]]:
    entries = list(value.items()) if isinstance(value, Mapping) else []
    return [(name, item) for name, item in entries if isinstance(item, Mapping)] if of_tables else entries


def _pin(value: object, ecosystem: Ecosystem) -> Callable[[str], Pin]:
    if ecosystem == "pypi":
        return pin_of_specifiers
    build = value.get("build") if isinstance(value, Mapping) else None
    return lambda version: pin_of_conda(version, build if isinstance(build, str) else None)
