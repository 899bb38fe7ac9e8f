"""Dockerfiles as instructions, and the shell text of those that run something.

https://docs.docker.com/reference/dockerfile/
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from debtscan.commands.script import Script

_INSTRUCTION = re.compile(r"\s*(?P<name>[A-Za-z]+)\s+(?P<rest>.*)", re.DOTALL)
_HEREDOC = re.compile(r"<<-?\s*(?P<quote>[\"']?)(?P<word>\w+)(?P=quote)")
_ESCAPE = re.compile(r"^#\s*escape\s*=\s*`", re.IGNORECASE | re.MULTILINE)
_VARIABLE = re.compile(r"\$(?:\{(?P<braced>\w+)(?::?[-+](?P<default>[^}]*))?\}|(?P<bare>\w+))")
_LONGEST_VALUE = 500
_FLAGS = re.compile(r"(?:--\w+(?:=\S+)?(?:\s|\\\n)+)+")


class Instruction(NamedTuple):
    """One instruction: its name in capitals, its line, and the rest with its line breaks."""

    name: str
    text: str
    line: int


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


def scripts(text: str) -> Iterator[Script]:
    """The shell text of every `RUN`, what `ARG` and `ENV` before it set filled in."""
    values: dict[str, str] = {}
    for instruction in instructions(text):
        if instruction.name in {"ARG", "ENV"}:
            values |= settings(instruction, values)
        elif instruction.name == "RUN":
            yield Script(filled(shell_text(instruction.text), values)[0], instruction.line)


def settings(instruction: Instruction, known: Mapping[str, str]) -> dict[str, str]:
    """Names and values that an `ARG` or `ENV` sets; `ENV name value` is the old form of it."""
    words = [filled(word, known)[0] for word in _words(instruction.text)]
    if instruction.name == "ENV" and len(words) > 1 and "=" not in words[0]:
        return {words[0]: " ".join(words[1:])}
    return {name: value for name, equals, value in (word.partition("=") for word in words) if equals}


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text.replace("\\\n", " "))
    except ValueError:
        return text.split()


def filled(text: str, values: Mapping[str, str]) -> tuple[str, bool]:
    """The text with the variables that are known, and whether all of them were."""
    known = True

    def value(match: re.Match[str]) -> str:
        nonlocal known
        found = values.get(match["braced"] or match["bare"]) or match["default"]
        known = known and found is not None
        return match[0] if found is None or len(found) > _LONGEST_VALUE else found

    return _VARIABLE.sub(value, text), known


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
