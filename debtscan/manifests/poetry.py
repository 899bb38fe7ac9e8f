"""The tables of Poetry in `pyproject.toml`, and the digests its lock may carry.

https://python-poetry.org/docs/dependency-specification/
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from debtscan.manifests.pins import pin_of_poetry
from debtscan.manifests.records import Requirement, Scope
from debtscan.manifests.requirement import from_table, scope_of_group
from debtscan.source.marked_toml import Path, Toml


def requirements(toml: Toml, *, runtime: bool) -> list[Requirement]:
    """Everything under `[tool.poetry]`; its main table counts only where `[project]` has no list of its own."""
    poetry = toml.document.get("tool", {})
    poetry = poetry.get("poetry") if isinstance(poetry, Mapping) else None
    if not isinstance(poetry, Mapping):
        return []
    found: list[Requirement] = []
    if runtime:
        found += _table(toml, ("tool", "poetry", "dependencies"), poetry.get("dependencies"), "runtime", True)
    found += _table(toml, ("tool", "poetry", "dev-dependencies"), poetry.get("dev-dependencies"), "dev", False)
    groups = poetry.get("group")
    for name, group in groups.items() if isinstance(groups, Mapping) else ():
        if isinstance(group, Mapping):
            path = ("tool", "poetry", "group", name, "dependencies")
            found += _table(toml, path, group.get("dependencies"), scope_of_group(name), False)
    return found


def _table(toml: Toml, path: Path, table: object, scope: Scope, published: bool) -> Iterator[Requirement]:
    if not isinstance(table, Mapping):
        return
    section = ".".join(map(str, path))
    for name, value in table.items():
        if name == "python":
            continue
        for constraint in value if isinstance(value, list) else [value]:
            line = toml.line(*path, name)
            yield from_table(name, constraint, pin_of_poetry, section, line, scope=scope, published=published)


_LEGACY = ("dependencies", "source", "extras", "dev-dependencies")


def digests(document: Mapping[str, Any]) -> tuple[str, ...]:
    """`content-hash` of a fresh lock, in the forms Poetry 1.x and 2.x have given it."""
    poetry = document.get("tool", {}).get("poetry", {})
    old = {key: poetry.get(key) for key in _LEGACY}
    grouped = {**old, **({"group": poetry["group"]} if "group" in poetry else {})}
    known = [old, grouped]
    project = document.get("project")
    if isinstance(project, Mapping):
        keys = ("requires-python", "dependencies", "optional-dependencies")
        standard = {key: project[key] for key in keys if key in project}
        own = {key: poetry[key] for key in (*_LEGACY, "group") if key in poetry}
        known.append({"project": standard, "tool": {"poetry": own}})
        if "dependency-groups" in document:
            groups = document["dependency-groups"]
            known.append({"project": standard, "dependency-groups": groups, "tool": {"poetry": own}})
    return tuple(sorted({digest for content in known if (digest := _digest(content))}))


def _digest(content: Mapping[str, Any]) -> str | None:
    try:
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    except TypeError:
        # a date in the table: Poetry could not have hashed it either
        return None
