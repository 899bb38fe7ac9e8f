"""Conda environment files with their `pip:` lists.

https://docs.conda.io/projects/conda/en/stable/user-guide/concepts/pkg-specs.html
"""

from __future__ import annotations

import re

from debtscan.manifests import conda_lock
from debtscan.manifests import requirements as pip_requirements
from debtscan.manifests.pins import pin_of_conda
from debtscan.manifests.records import Manifest, Reference, Requirement, Unread
from debtscan.manifests.requirement import canonical
from debtscan.source.marked_yaml import Node, read_yaml

_SPEC = re.compile(
    r"(?:[\w./:-]+::)?(?P<name>[A-Za-z0-9_][\w.-]*)\s*(?:\[(?P<options>[^\]]*)\]|(?P<rest>[\s=<>!~].*))?$", re.DOTALL
)
_LISTS = re.compile(r"^[ \t]*dependencies[ \t]*:", re.MULTILINE)
_PYTHON = re.compile(r"python\s*(?:[=<>!~]|$)")
_OPTION = re.compile(r"(?P<key>\w+)\s*=\s*['\"]?(?P<value>[^'\",]+)")


def parse(text: str) -> Manifest:
    """An environment file; other YAML under such a name holds nothing. Raises ValueError for text that is no YAML."""
    documents = read_yaml(text)
    if documents and documents[0].get("metadata", "content_hash") is not None:
        # a lock of conda-lock may have any name
        return conda_lock.parse(text)
    return _read(documents[0]) if documents else Manifest()


def _read(environment: Node) -> Manifest:
    listed = environment.get("dependencies")
    if listed is None or listed.items is None:
        return Manifest()
    requirements: list[Requirement] = []
    references: list[Reference] = []
    unread: list[Unread] = []
    for item in listed.children():
        pip = item.get("pip")
        if pip is not None:
            _read_pip(pip, requirements, references, unread)
        elif item.text:
            try:
                requirements.append(read_spec(item.text, "dependencies", item.line))
            except ValueError as error:
                unread.append(Unread(str(error), item.line))
    return Manifest(tuple(requirements), tuple(references), unread=tuple(unread))


def parse_any(text: str) -> Manifest | None:
    """An environment file under any name: one with channels, a list of pip or a Python among its dependencies.

    Most YAML is something else, and not even read as YAML.
    """
    if not _LISTS.search(text) or not ("channels" in text or "python" in text or "pip" in text):
        return None
    for document in read_yaml(text)[:1]:
        # Azure ML writes the environment into its own file, or into that of a job
        for path in ((), ("conda_file",), ("environment", "conda_file")):
            environment = document.get(*path)
            if environment is not None and _is_environment(environment):
                return _read(environment)
    return None


def _is_environment(node: Node) -> bool:
    listed = node.get("dependencies")
    items = listed.children() if listed else []
    told = node.get("channels") is not None
    return bool(items) and (told or any(item.get("pip") or _PYTHON.match(item.text or "") for item in items))


def read_spec(text: str, section: str, line: int | None, cell: int | None = None) -> Requirement:
    """A match specification such as `name=1.2`, `name 1.2 build` or `channel::name[version='>=1']`.

    Raises ValueError for text that is none.
    """
    match = _SPEC.match(text.strip())
    if match is None:
        raise ValueError(f"not a conda specification: {text[:80]}")
    if match["options"] is not None:
        options = {option["key"]: option["value"] for option in _OPTION.finditer(match["options"])}
        version, build = options.get("version", ""), options.get("build")
        return Requirement(
            canonical(match["name"]), version, pin_of_conda(version, build), section, line, cell, ecosystem="conda"
        )
    written = (match["rest"] or "").strip()
    version, build = _version_and_build(written)
    return Requirement(
        canonical(match["name"]), written, pin_of_conda(version, build), section, line, cell, ecosystem="conda"
    )


def _version_and_build(written: str) -> tuple[str, str | None]:
    if exact := re.fullmatch(r"(=?[^=<>!~\s,|]+)(?:=|\s+)([^=<>!~\s,|]+)", written):
        return exact[1], exact[2]
    return re.sub(r"\s+", "", written), None


def _read_pip(pip: Node, requirements: list[Requirement], references: list[Reference], unread: list[Unread]) -> None:
    for item in pip.children():
        read = pip_requirements.parse(item.text or "")
        requirements += [
            Requirement(r.name, r.specifier, r.pin, "dependencies.pip", item.line, None, marker=r.marker, url=r.url)
            for r in read.requirements
        ]
        references += [Reference(reference.how, reference.path, item.line) for reference in read.references]
        unread += [Unread(problem.why, item.line) for problem in read.unread]
