"""`conda-lock.yml`, and lists of exact conda packages (`@EXPLICIT`).

https://conda.github.io/conda-lock/
"""

from __future__ import annotations

from debtscan.manifests import requirements
from debtscan.manifests.records import Lock, Locked, Manifest
from debtscan.manifests.requirement import canonical
from debtscan.source.marked_yaml import Node, read_yaml


def parse(text: str) -> Manifest:
    """A lock of conda-lock, one row for each package and version. Raises ValueError for text that is no YAML."""
    if "@EXPLICIT" in text:
        return requirements.parse(text)
    documents = read_yaml(text)
    packages = documents[0].get("package") if documents else None
    if packages is None or packages.items is None:
        return Manifest()
    locked: dict[tuple[str, str | None], Locked] = {}
    for item in packages.children():
        package = _package(item)
        if package is not None:
            # the same version again for each platform
            locked.setdefault((package.name, package.version), package)
    return Manifest(lock=Lock("conda-lock", tuple(locked.values())))


def _package(item: Node) -> Locked | None:
    name, version = item.get("name"), item.get("version")
    if name is None or not name.text:
        return None
    return Locked(canonical(name.text), version.text if version else None, item.line, item.get("hash") is not None)
