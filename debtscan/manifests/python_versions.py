"""The Python version that a file asks for, wherever it may stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, NamedTuple, TypeAlias

from debtscan.commands.workflow import is_groovy, pairs
from debtscan.manifests import cog, devcontainer, inline_script
from debtscan.manifests.dockerfile import images
from debtscan.manifests.setup_py import keywords, setup_call, texts_of
from debtscan.source.marked_ini import read_ini
from debtscan.source.marked_toml import read_toml
from debtscan.source.marked_yaml import Node, read_yaml
from debtscan.source.python import PythonSource

Source: TypeAlias = Literal["package", "script", "version file", "lock tool", "image", "conda", "tox", "ci", "notebook"]


class Asked(NamedTuple):
    """A version or a range as written."""

    value: str
    line: int | None
    source: Source


_VERSION = re.compile(r"(?:python-?)?(?P<version>\d+(?:\.\d+){0,2})\s*$")
_PYTHON_IMAGE = re.compile(r"(?:^|/)(?:python|circleci/python):(?P<version>\d+(?:\.\d+){0,2})")
_TOX_PYTHON = re.compile(r"py(?:thon)?([23])\.?(\d{1,2})(?!\d)")
_TOX_BRACES = re.compile(r"py\{([\d,\s]+)\}")
_PYTHON_KEY = re.compile(r"python(?:[-_. ]?versions?)?|py(?:thon)?[-_]?ver(?:sions?)?|versionSpec", re.IGNORECASE)
_QUOTED_VERSION = re.compile(r"(?<![\w.])(?P<version>[23]\.(?:\d{1,2}(?:\.\d+)?|x))(?![\w.*])")


def in_pyproject(text: str) -> Iterator[Asked]:
    """Raises ValueError for text that is no TOML."""
    toml = read_toml(text)
    for path in (("project", "requires-python"), ("tool", "poetry", "dependencies", "python")):
        value: Any = toml.document
        for key in path:
            value = value.get(key) if isinstance(value, Mapping) else None
        if isinstance(value, Mapping):
            value = value.get("version")
        if isinstance(value, str):
            yield Asked(value, toml.line(*path), "package")


def in_pipfile(text: str) -> Iterator[Asked]:
    """Raises ValueError for text that is no TOML."""
    toml = read_toml(text)
    requires = toml.document.get("requires")
    for key in ("python_full_version", "python_version"):
        if isinstance(requires, Mapping) and isinstance(value := requires.get(key), str):
            yield Asked(value, toml.line("requires", key), "lock tool")
            return


def in_setup_cfg(text: str) -> Iterator[Asked]:
    entry = read_ini(text).get("options", {}).get("python_requires")
    if entry is not None and entry.values:
        yield Asked(entry.text, entry.line, "package")


def in_setup_py(source: PythonSource) -> Iterator[Asked]:
    call = setup_call(source)
    value = keywords(call, source).get("python_requires") if call else None
    if value is not None:
        yield from (Asked(text, line, "package") for text, line in texts_of(value, source))


def in_script(source: PythonSource) -> Iterator[Asked]:
    """The `requires-python` of inline script metadata."""
    try:
        found = inline_script.metadata(source)
    except ValueError:
        # the dependencies scanner says that the block cannot be read
        return
    if found is not None and isinstance(value := found[0].document.get("requires-python"), str):
        yield Asked(value, (found[0].line("requires-python") or 1) + found[1], "script")


def in_version_file(text: str) -> Iterator[Asked]:
    """`.python-version` and `runtime.txt`."""
    for number, line in enumerate(text.splitlines(), 1):
        if match := _VERSION.match(line.strip()):
            yield Asked(match["version"], number, "version file")


def in_dockerfile(text: str) -> Iterator[Asked]:
    for image in images(text):
        if match := _PYTHON_IMAGE.search(image.reference):
            yield Asked(match["version"], image.line, "image")


def in_tox(text: str) -> Iterator[Asked]:
    for name, section in read_ini(text).items():
        entry = section.get("envlist") or section.get("env_list") or section.get("basepython")
        if entry is not None and name.startswith(("tox", "testenv")):
            # `py{38,39}` is py38 and py39
            spread = _TOX_BRACES.sub(
                lambda match: " ".join(f"py{part.strip()}" for part in match[1].split(",")), entry.text
            )
            for major, minor in dict.fromkeys(_TOX_PYTHON.findall(spread)):
                yield Asked(f"{major}.{minor}", entry.line, "tox")


def in_workflow(text: str) -> Iterator[Asked]:
    """Versions under a key such as `python-version`, a matrix included, and Python images. Raises ValueError."""
    if is_groovy(text):
        return
    seen: set[str] = set()
    for key, node in pairs(read_yaml(text)):
        if _PYTHON_KEY.fullmatch(key):
            items = [node, *node.children(), *filter(None, [node.get("version")])]
            found = [(match["version"], item.line) for item in items for match in _versions(item)]
        elif key in {"image", "container"} and (match := _PYTHON_IMAGE.search(node.text or "")):
            found = [(match["version"], node.line)]
        else:
            continue
        for version, line in found:
            if version not in seen:
                seen.add(version)
                yield Asked(version, line, "ci")


def _versions(node: Node) -> Iterator[re.Match[str]]:
    return _QUOTED_VERSION.finditer(node.text or "")


def in_cog(text: str) -> Iterator[Asked]:
    """Raises ValueError for text that is no YAML."""
    return (Asked(value, line, "image") for kind, value, line in cog.versions(text) if kind == "python")


def in_devcontainer(text: str) -> Iterator[Asked]:
    """Raises ValueError for text that is no JSON with comments."""
    for item in devcontainer.pythons(text):
        yield Asked(item.value, item.line, "image")


READERS: Mapping[str, Callable[[str], Iterator[Asked]]] = {
    "pyproject": in_pyproject,
    "pipfile": in_pipfile,
    "setup_cfg": in_setup_cfg,
    "python_version": in_version_file,
    "dockerfile": in_dockerfile,
    "tox": in_tox,
    "cog": in_cog,
    "workflow": in_workflow,
    "devcontainer": in_devcontainer,
}
