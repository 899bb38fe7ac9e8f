"""Dockerfiles as instructions, and what their `RUN` lines install.

https://docs.docker.com/reference/dockerfile/
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from debtscan.manifests.installs import installs
from debtscan.manifests.records import Install, Manifest, Unread

_INSTRUCTION = re.compile(r"\s*(?P<name>[A-Za-z]+)\s+(?P<rest>.*)", re.DOTALL)
_HEREDOC = re.compile(r"<<-?\s*(?P<quote>[\"']?)(?P<word>\w+)(?P=quote)")
_ESCAPE = re.compile(r"^#\s*escape\s*=\s*`", re.IGNORECASE | re.MULTILINE)
_FLAGS = re.compile(r"(?:--\w+(?:=\S+)?(?:\s|\\\n)+)+")
_VARIABLE = re.compile(r"\$(?:\{(?P<braced>\w+)(?::?[-+](?P<default>[^}]*))?\}|(?P<bare>\w+))")


class Instruction(NamedTuple):
    """One instruction: its name in capitals, its line, and the rest with its line breaks."""

    name: str
    text: str
    line: int


class Image(NamedTuple):
    """One `FROM` that starts from an image outside the file; `reference` with the defaults of its arguments."""

    reference: str
    line: int
    resolved: bool
    """False where an argument without a default decides."""


def instructions(text: str) -> Iterator[Instruction]:
    """The instructions in order; comments inside a continued instruction are dropped, as the builder does."""
    escape = "`" if _ESCAPE.search(text[:200]) else "\\"
    lines = iter(enumerate(text.splitlines(), 1))
    for number, line in lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        held = [line]
        while held[-1].rstrip().endswith(escape):
            following = next(lines, None)
            if following is None:
                break
            # an empty line keeps the count of lines right
            held.append("\\" if following[1].lstrip().startswith("#") or not following[1].strip() else following[1])
        for heredoc in _HEREDOC.finditer(" ".join(held)):
            for _, following_line in lines:
                held.append(following_line)
                if following_line.strip() == heredoc["word"]:
                    break
        joined = "\n".join(part.rstrip()[:-1] + "\\" if part.rstrip().endswith(escape) else part for part in held)
        if match := _INSTRUCTION.match(joined):
            yield Instruction(match["name"].upper(), match["rest"], number)


def parse(text: str) -> Manifest:
    """What a Dockerfile installs."""
    found: list[Install] = []
    unread: list[Unread] = []
    renamed: dict[str, str] = {}
    for instruction in instructions(text):
        if instruction.name in {"COPY", "ADD"}:
            renamed |= _renamed(instruction.text)
        elif instruction.name == "RUN":
            commands, problems = installs(shell_text(instruction.text), instruction.line)
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


def shell_text(rest: str) -> str:
    """The shell text of a `RUN`, `CMD` or `ENTRYPOINT`: flags dropped, the JSON form spelled out."""
    match = _FLAGS.match(rest)
    # the line breaks stay, for the lines of what follows
    bare = "\n" * match[0].count("\n") + rest[match.end() :] if match else rest
    if bare.lstrip().startswith("["):
        try:
            words = json.loads(bare.replace("\\\n", "\n"))
        except ValueError:
            return bare
        if isinstance(words, list):
            return " ".join(str(word) if re.fullmatch(r"[\w./:=@%+-]+", str(word)) else f"'{word}'" for word in words)
    return _HEREDOC.sub("", bare, count=1)


def images(text: str) -> list[Image]:
    """The images that the file starts from; its own stages and `scratch` are none."""
    arguments: dict[str, str] = {}
    stages: set[str] = set()
    found: list[Image] = []
    before_from = True
    for name, rest, line in instructions(text):
        if name == "ARG" and before_from:
            for key, equals, value in (word.partition("=") for word in rest.split()):
                if equals:
                    arguments[key] = value.strip("\"'")
        elif name == "FROM":
            before_from = False
            words = [word for word in rest.replace("\\\n", " ").split() if not word.startswith("--")]
            if not words:
                continue
            reference, resolved = _substituted(words[0], arguments)
            if reference.lower() not in stages and reference != "scratch":
                found.append(Image(reference, line, resolved))
            if len(words) > 2 and words[1].upper() == "AS":
                stages.add(words[2].lower())
    return found


def _substituted(reference: str, arguments: dict[str, str]) -> tuple[str, bool]:
    resolved = True

    def value(match: re.Match[str]) -> str:
        nonlocal resolved
        known = arguments.get(match["braced"] or match["bare"]) or match["default"]
        resolved = resolved and known is not None
        return match[0] if known is None else known

    return _VARIABLE.sub(value, reference), resolved
