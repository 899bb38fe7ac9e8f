"""`cog.yaml`: the image of a model, described by its packages and commands.

https://cog.run/yaml/
"""

from __future__ import annotations

from collections.abc import Iterator

from debtscan.manifests.installs import SECTION, installs
from debtscan.manifests.records import Install, Manifest, Reference, Requirement, Unread
from debtscan.manifests.requirement import read_requirement
from debtscan.source.marked_yaml import Node, read_yaml

PYTHON_PACKAGES, SYSTEM_PACKAGES = "build.python_packages", "build.system_packages"


def parse(text: str) -> Manifest | None:
    """What the image installs. Raises ValueError for text that is no YAML."""
    build = _build(text)
    if build is None:
        return None
    requirements: list[Requirement] = []
    unread: list[Unread] = []
    for item in _items(build, "python_packages"):
        try:
            requirements.append(read_requirement(item.text or "", PYTHON_PACKAGES, item.line))
        except ValueError as error:
            unread.append(Unread(str(error), item.line))
    requirements += [
        Requirement(item.text or "", "", "none", SYSTEM_PACKAGES, item.line, ecosystem="apt")
        for item in _items(build, "system_packages")
    ]
    found: list[Install] = []
    for item in _items(build, "run"):
        command = item.get("command") or item
        read, problems = installs(command.text or "", command.line + command.block, None, SECTION)
        found += read
        unread += problems
    requirements += [requirement for install in found for requirement in install.requirements]
    named = build.get("python_requirements")
    references = (Reference("requirement", named.text, named.line),) if named and named.text else ()
    return Manifest(tuple(requirements), references, installs=tuple(found), unread=tuple(unread))


def versions(text: str) -> Iterator[tuple[str, str, int]]:
    """(python or cuda, version, line). Raises ValueError for text that is no YAML."""
    build = _build(text)
    for kind, key in (("python", "python_version"), ("cuda", "cuda")):
        node = build.get(key) if build else None
        if node and node.text:
            yield kind, node.text, node.line


def _build(text: str) -> Node | None:
    documents = read_yaml(text)
    return documents[0].get("build") if documents else None


def _items(build: Node, key: str) -> list[Node]:
    listed = build.get(key)
    return [item for item in (listed.children() if listed else ()) if item.text or item.entries]
