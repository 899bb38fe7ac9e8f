"""Recipes of Makefiles, with the variables that the file itself sets, and those of Justfiles.

A Justfile indents recipes with spaces and writes `{{name}}`, which is left as it stands; to make such a line is an error.
https://just.systems/man/en
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from debtscan.commands.script import Script

_VARIABLE = re.compile(r"(?:export\s+|override\s+)?(?P<name>[\w.-]+)\s*(?:[?:]{0,3}=)\s*(?P<value>.*)$")
_RULE = re.compile(r"(?P<targets>[^\s:#=][^:#=]*?)\s*::?(?!=)[^;=]*(?:;(?P<recipe>.*))?$")
_USE = re.compile(r"\$[({](?P<name>[\w.-]+)[)}]")
_PREFIX = re.compile(r"[@+-]+\s*")
_MOST_DEPTH = 5
_MOST_CHARACTERS = 4_000
"""Of a recipe line whose variables are filled in: variables that name each other could grow it without end."""


def scripts(text: str) -> Iterator[Script]:
    """Every recipe line under the name of its target; each is a shell of its own, as for make."""
    lines = text.split("\n")
    variables = _variables(lines)
    target = ""
    at = 0
    while at < len(lines):
        number, line = at + 1, lines[at]
        at += 1
        while line.endswith("\\") and at < len(lines):
            line += "\n" + lines[at].removeprefix("\t")
            at += 1
        if line.startswith(("\t", "  ")):
            if target and (script := _recipe(line[1:], number, target, variables)):
                yield script
        elif (match := _RULE.match(line)) and not line.startswith(" "):
            target = match["targets"].split()[0].removeprefix("@")
            if match["recipe"] and (script := _recipe(match["recipe"], number, target, variables)):
                yield script


def _variables(lines: list[str]) -> dict[str, str]:
    """Values on one line; a value that calls a function of make stays as it is written and is not filled in."""
    found: dict[str, str] = {}
    for line in lines:
        if not line.startswith("\t") and (match := _VARIABLE.match(line)):
            found[match["name"]] = match["value"].partition(" #")[0].strip()
    return found


def _recipe(line: str, number: int, target: str, variables: Mapping[str, str]) -> Script | None:
    stripped = line.lstrip()
    text = stripped[match.end() :] if (match := _PREFIX.match(stripped)) else stripped
    if not text or text.startswith("#"):
        return None
    for _ in range(_MOST_DEPTH):
        filled = _USE.sub(lambda use: variables.get(use["name"], use[0]), text)
        if filled == text or len(filled) > _MOST_CHARACTERS:
            break
        text = filled
    return Script(text.replace("$$", "$"), number, name=target)
