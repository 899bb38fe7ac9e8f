"""`pixi.lock`: a list of package files, conda's and PyPI's, in versions 4 to 6 of the format.

https://pixi.sh/latest/workspace/lockfile/
"""

from __future__ import annotations

import re

from debtscan.manifests.lock_tables import listed_packages
from debtscan.manifests.records import Lock, Locked, Manifest
from debtscan.manifests.requirement import canonical
from debtscan.source.marked_yaml import Node

_CONDA_FILE = re.compile(r"(?P<name>[^/]+)-(?P<version>[^/-]+)-[^/-]+\.(?:conda|tar\.bz2)$")


def parse(text: str) -> Manifest:
    """A lock of Pixi, one row for each package and version. Raises ValueError for text that is no YAML."""
    packages = listed_packages(text, "packages", _package)
    return Manifest() if packages is None else Manifest(lock=Lock("pixi", packages))


def _package(item: Node) -> Locked | None:
    name, version = _text(item, "name"), _text(item, "version")
    location = _text(item, "conda") or _text(item, "url") or _text(item, "pypi") or ""
    if location in {".", "./"} or location.startswith(("./", "../")):
        return None
    if name is None and (match := _CONDA_FILE.search(location)):
        name, version = match["name"], match["version"]
    if name is None:
        return None
    # version 6 names the file under `conda` or `pypi`, older ones say the kind
    pypi = item.get("pypi") is not None or _text(item, "kind") == "pypi"
    hashed = _text(item, "sha256") is not None
    return Locked(canonical(name), version, item.line, hashed, ecosystem="pypi" if pypi else "conda")


def _text(item: Node, key: str) -> str | None:
    node = item.get(key)
    return node.text if node else None
