"""Rules of Snakefiles: the texts of their sections, and the shell text of those that run something.

https://snakemake.readthedocs.io/en/stable/snakefiles/writing_snakefiles.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from debtscan.commands.script import Script

_RULE = re.compile(r"(?:rule|checkpoint)\s+(?P<name>\w+)\s*:")
_SECTION = re.compile(r"(?P<indent>[ \t]+)(?P<keyword>[a-z_]+)\s*:(?P<rest>.*)")
_TEXT = re.compile(
    r"\"\"\"(?P<long>.*?)\"\"\"|'''(?P<raw>.*?)'''|\"(?P<double>[^\"\n]*)\"|'(?P<single>[^'\n]*)'", re.DOTALL
)
_MOST_LINES = 20_000


class Section(NamedTuple):
    """A section of a rule (`input`, `output`, `shell`) and its texts with their lines."""

    rule: str
    keyword: str
    texts: list[tuple[int, str]]


def sections(text: str) -> Iterator[Section]:
    """The sections of every rule in order; whatever is computed in them is left out."""
    rule, lines = "", text.splitlines()[:_MOST_LINES]
    at = 0
    while at < len(lines):
        if match := _RULE.match(lines[at]):
            rule = match["name"]
        elif rule and (match := _SECTION.match(lines[at])):
            end, quoted = at + 1, _opens(lines[at])
            while end < len(lines) and (quoted or _goes_on(lines[end], len(match["indent"]))):
                quoted ^= _opens(lines[end])
                end += 1
            body = "\n".join([match["rest"], *lines[at + 1 : end]])
            yield Section(rule, match["keyword"], list(_texts(body, at + 1)))
            at = end
            continue
        at += 1


def scripts(text: str) -> Iterator[Script]:
    """The shell text of every rule; texts that stand one below the other are one."""
    for section in sections(text):
        if section.keyword == "shell" and section.texts:
            yield Script("".join(part for _, part in section.texts), section.texts[0][0], name=section.rule)


def _goes_on(line: str, indent: int) -> bool:
    return not line.strip() or len(line) - len(line.lstrip()) > indent


def _opens(line: str) -> bool:
    """Whether a text of several lines begins or ends here."""
    return (line.count("'''") + line.count('"""')) % 2 == 1


def _texts(body: str, first_line: int) -> Iterator[tuple[int, str]]:
    for match in _TEXT.finditer(body):
        kind = match.lastgroup or "double"
        yield first_line + body.count("\n", 0, match.start()), match[kind]
