"""Dockerfiles as instructions, and the shell text of those that run something.

https://docs.docker.com/reference/dockerfile/
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

from debtscan.commands.script import Script

_INSTRUCTION = re.compile(r"\s*(?P<name>[A-Za-z]+)\s+(?P<rest>.*)", re.DOTALL)
_HEREDOC = re.compile(r"<<-?\s*(?P<quote>[\"']?)(?P<word>\w+)(?P=quote)")
_ESCAPE = re.compile(r"^#\s*escape\s*=\s*`", re.IGNORECASE | re.MULTILINE)
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
    """The shell text of every `RUN`."""
    for instruction in instructions(text):
        if instruction.name == "RUN":
            yield Script(shell_text(instruction.text), instruction.line)


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
