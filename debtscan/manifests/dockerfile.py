"""What Dockerfiles install, and the images they start from."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from debtscan.commands.dockerfile import filled, instructions, scripts, settings
from debtscan.manifests.installs import installs
from debtscan.manifests.records import Install, Manifest, Unread


class Image(NamedTuple):
    """One `FROM` that starts from an image outside the file; `reference` with the defaults of its arguments."""

    reference: str
    line: int
    resolved: bool
    """False where an argument without a default decides."""


def parse(text: str) -> Manifest:
    """What a Dockerfile installs."""
    found: list[Install] = []
    unread: list[Unread] = []
    copies = (step.text for step in instructions(text) if step.name in {"COPY", "ADD"})
    renamed = {new: old for rest in copies for new, old in _renamed(rest).items()}
    for script in scripts(text):
        commands, problems = installs(script.text, script.line)
        found += [_by_source(install, renamed) for install in commands]
        unread += problems
    return Manifest(
        tuple(requirement for install in found for requirement in install.requirements),
        installs=tuple(found),
        unread=tuple(unread),
    )


def _renamed(rest: str) -> dict[str, str]:
    """The name a single file gets in the image, and the file it comes from: `COPY requirements.txt /tmp/r.txt`."""
    words = [word.strip('[],"') for word in rest.replace("\\\n", " ").split() if not word.startswith("--")]
    files = [word for word in words if word]
    if len(files) != 2 or files[1].endswith("/") or "." not in files[1].rpartition("/")[2]:
        return {}
    return {files[1].rpartition("/")[2]: files[0]}


def _by_source(install: Install, renamed: dict[str, str]) -> Install:
    """An install command with its manifest under the name that it has in the repository."""
    source = renamed.get((install.manifest or "").rpartition("/")[2])
    if source is None:
        return install
    return msgspec.structs.replace(install, manifest=source, made=install.made or "://" in source)


def images(text: str) -> list[Image]:
    """The images that the file starts from; its own stages and `scratch` are none."""
    arguments: dict[str, str] = {}
    stages: set[str] = set()
    found: list[Image] = []
    before_from = True
    for instruction in instructions(text):
        name, rest, line = instruction
        if name == "ARG" and before_from:
            arguments |= settings(instruction, arguments)
        elif name == "FROM":
            before_from = False
            image, stage = _from(rest)
            reference, resolved = filled(image, arguments)
            if reference and reference.lower() not in stages and reference != "scratch":
                found.append(Image(reference, line, resolved))
            stages.add(stage)
    return found


def stage_names(text: str) -> list[str]:
    """The names of a file's stages, in lower case, which another file may start from when both are built together."""
    found = (_from(instruction.text)[1] for instruction in instructions(text) if instruction.name == "FROM")
    return [name for name in found if name]


def _from(rest: str) -> tuple[str, str]:
    """The image of a `FROM` and the name of its stage; both empty in a template, or a sentence where it is to be put."""
    words = [word for word in rest.replace("\\\n", " ").split() if not word.startswith("--")]
    match words:
        case [image] if "{{" not in image:
            return image, ""
        case [image, keyword, stage] if keyword.upper() == "AS" and "{{" not in image:
            return image, stage.lower()
    return "", ""
