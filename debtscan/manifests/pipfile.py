"""`Pipfile`: packages by category, and the digest that its lock carries.

https://pipenv.pypa.io/en/latest/pipfile.html
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from debtscan.manifests.pins import pin_of_specifiers
from debtscan.manifests.records import Manifest, Pin, Requirement, Scope, Unread
from debtscan.manifests.requirement import from_table, scope_of_group
from debtscan.source.marked_toml import read_toml

_NO_CATEGORY = frozenset({"source", "requires", "scripts", "pipenv", "pipfile"})


def parse(text: str) -> Manifest:
    """A `Pipfile`. Raises ValueError for text that is no TOML."""
    toml = read_toml(text)
    requirements: list[Requirement] = []
    unread: list[Unread] = []
    for category, table in toml.document.items():
        if category in _NO_CATEGORY or not isinstance(table, Mapping):
            continue
        scope: Scope = "dev" if category == "dev-packages" else scope_of_group(category)
        for name, value in table.items():
            line = toml.line(category, name)
            try:
                requirements.append(from_table(name, value, _pin, category, line, scope=scope))
            except ValueError as error:
                unread.append(Unread(str(error), line))
    return Manifest(tuple(requirements), digests=(digest(toml.document),), unread=tuple(unread))


def _pin(version: str) -> Pin:
    """A bare version is exact, as for pipenv."""
    return pin_of_specifiers(f"=={version}" if version[:1].isdigit() else version)


def digest(document: Mapping[str, Any]) -> str:
    """The sha256 that pipenv writes into `_meta.hash` (plette, `Pipfile.get_hash`)."""
    content: dict[str, Any] = {
        "_meta": {"sources": document.get("source", []), "requires": document.get("requires", {})},
        "default": document.get("packages", {}),
        "develop": document.get("dev-packages", {}),
    }
    named = _NO_CATEGORY | {"packages", "dev-packages"}
    content |= {category: table for category, table in document.items() if category not in named}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
