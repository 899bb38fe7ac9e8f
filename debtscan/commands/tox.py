"""What tox runs and installs: `tox.ini`, and the same sections in `setup.cfg`.

https://tox.wiki/en/stable/config.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from debtscan.commands.script import Script
from debtscan.source.marked_ini import Entry, read_ini

_FACTOR = re.compile(r"!?[\w.{},-]+\s*:(?!//)\s+")
"""`py38,py39: numpy` holds for some environments only."""
_COMMANDS = ("commands_pre", "commands", "commands_post")


def scripts(text: str) -> Iterator[Script]:
    """The commands of every environment, a line each; a leading `-` says that failing is allowed."""
    for name, entry in _entries(text, _COMMANDS):
        for number, line in entry.values:
            yield Script(_FACTOR.sub("", line, count=1).lstrip("- "), number, name=name)


def dependencies(text: str) -> Iterator[Script]:
    """Every line of a list `deps`: a requirement or an option of pip, as in a requirements file."""
    for name, entry in _entries(text, ("deps",)):
        for number, line in entry.values:
            yield Script(_FACTOR.sub("", line, count=1), number, name=name)


def _entries(text: str, keys: tuple[str, ...]) -> Iterator[tuple[str, Entry]]:
    for section, entries in read_ini(text).items():
        if section.startswith("testenv"):
            yield from ((section.partition(":")[2], entries[key]) for key in keys if key in entries)
