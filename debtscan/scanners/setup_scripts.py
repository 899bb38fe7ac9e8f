"""Setup scripts: shell scripts that install things on the machine, and whether anything but a person runs them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated

from msgspec import Struct

from debtscan.repository import File
from debtscan.scanners.components import ComponentRow, nearest
from debtscan.source.text import TextSource


class SetupScript(Struct, frozen=True, gc=False):
    """One shell script with commands that install."""

    path: Annotated[str, "the script"]
    line: Annotated[int, "its first command that installs, from 1"]
    cell: Annotated[int | None, "always NULL: no script stands in a cell"]
    steps: Annotated[int, "commands in it that install, download a program or build one"]
    ways: Annotated[tuple[str, ...], "by what: system, conda, environment (made by conda), pip, download, source"]
    run_by: Annotated[
        str | None, "first image, workflow, Makefile, script or settings file that names it; NULL if none"
    ]
    component: Annotated[str, "root of the component it stands in"]


TABLES = {"setup_scripts": SetupScript}
KINDS = frozenset({"shell", "makefile", "workflow", "dockerfile", "snakefile", "yaml", "json", "toml", "devcontainer"})


class FoundScript(Struct, frozen=True, gc=False, array_like=True):
    steps: list[tuple[int, str]]
    """(line, way) of each command that installs; only looked for in shell scripts."""
    names: list[str]
    """Scripts that the file names, without their folders."""
    folders: list[str] = []
    """Folders that an image names, alone or before a file: whatever lies there is the image's."""


FOUND = FoundScript

_WAYS: Mapping[str, re.Pattern[str]] = {
    "system": re.compile(r"\b(?:apt|apt-get|yum|dnf|apk|brew|pacman)\s(?:[^|;&#]*\s)?(?:install|add|-Sy?u?)\s"),
    "conda": re.compile(r"\b(?:conda|mamba|micromamba)\s+install\b"),
    "environment": re.compile(r"\b(?:conda|mamba|micromamba)\s+(?:create|env\s+(?:create|update))\b"),
    "pip": re.compile(r"\b(?:pip3?|uv\s+pip)\s+install\b"),
    "download": re.compile(r"\b(?:curl|wget)\b.*(?:\|\s*(?:sudo\s+)?(?:ba|z)?sh\b|\.(?:sh|deb|run|whl)\b)"),
    "source": re.compile(r"\bmake\s+install\b|\bsetup\.py\s+(?:install|develop)\b"),
}
_SCRIPT = re.compile(r"[\w.-]+\.(?:sh|bash)\b")
_PATH = re.compile(r"(?<![\w./$}-])(?:\./)?((?:[\w.-]+/)*[\w.-]+)/?(?=\s)")


def scan_file(source: TextSource) -> FoundScript | None:
    text = source.text
    steps = list(_steps(text)) if source.kind == "shell" else []
    names = sorted(set(_SCRIPT.findall(_without_comments(text)))) if ".sh" in text or ".bash" in text else []
    folders = sorted(_copied(text)) if source.kind == "dockerfile" else []
    return FoundScript(steps, names, folders) if steps or names or folders else None


def _copied(text: str) -> set[str]:
    """Folders that an image takes files from."""
    lines = re.sub(r"\\\n", " ", text).splitlines()
    paths = [path for line in lines if line.startswith(("COPY ", "ADD ")) for path in _PATH.findall(line)]
    return {*paths, *(path.rpartition("/")[0] for path in paths)} - {"", "."}


def _without_comments(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))


def _steps(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.lstrip().startswith(("#", "echo ")):
            way = next((way for way, pattern in _WAYS.items() if pattern.search(line)), None)
            if way is not None:
                yield number, way


def scan_repository(
    found: Sequence[tuple[File, FoundScript]], components: Sequence[ComponentRow]
) -> Mapping[str, Sequence[Struct]]:
    roots = frozenset(component.root for component in components)
    callers = _callers(found)
    return {"setup_scripts": [_row(file.path, script, callers, roots) for file, script in found if script.steps]}


def _callers(found: Iterable[tuple[File, FoundScript]]) -> Mapping[str, list[str]]:
    """By name of a script, or of a folder with a slash behind it, the files that name it."""
    callers: dict[str, list[str]] = {}
    for file, script in found:
        for name in (*script.names, *(f"{folder}/" for folder in script.folders)):
            callers.setdefault(name, []).append(file.path)
    return callers


def _row(path: str, script: FoundScript, callers: Mapping[str, list[str]], roots: frozenset[str]) -> SetupScript:
    folder, _, name = path.rpartition("/")
    by = (caller for key in (name, f"{folder}/") for caller in callers.get(key, ()) if caller != path)
    return SetupScript(
        path,
        script.steps[0][0],
        None,
        len(script.steps),
        tuple(sorted({way for _, way in script.steps})),
        next(by, None),
        nearest(path, roots),
    )
