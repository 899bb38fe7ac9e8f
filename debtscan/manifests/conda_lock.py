"""`conda-lock.yml`, and lists of exact conda packages (`@EXPLICIT`).

https://conda.github.io/conda-lock/
"""

from __future__ import annotations

from debtscan.manifests import requirements
from debtscan.manifests.lock_tables import listed_packages
from debtscan.manifests.records import Lock, Locked, Manifest
from debtscan.manifests.requirement import canonical
from debtscan.source.marked_yaml import Node


def parse(text: str) -> Manifest:
    """A lock of conda-lock, one row for each package and version. Raises ValueError for text that is no YAML."""
    if "@EXPLICIT" in text:
        return requirements.parse(text)
    packages = listed_packages(text, "package", _package)
    return Manifest() if packages is None else Manifest(lock=Lock("conda-lock", packages))


def _package(item: Node) -> Locked | None:
    name, version = item.get("name"), item.get("version")
    if name is None or not name.text:
        return None
    manager = item.get("manager")
    return Locked(
        canonical(name.text),
        version.text if version else None,
        item.line,
        item.get("hash") is not None,
        ecosystem="pypi" if manager and manager.text == "pip" else "conda",
    )
