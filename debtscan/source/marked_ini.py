"""INI files (`setup.cfg`, `tox.ini`) with the line of every value, which `configparser` does not tell.

Read as `configparser` does without interpolation: `key = value` or `key: value`, indented lines continue a value,
`#` and `;` start a comment at the beginning of a line and ` #` inside one.
"""

from __future__ import annotations

import re

from msgspec import Struct

_SECTION = re.compile(r"\[(?P<name>[^\]]+)\]")
_PAIR = re.compile(r"(?P<key>[^\s=:#;\[][^=:]*?)\s*[=:]\s*(?P<value>.*)")


class Entry(Struct):
    """The value of one key: its lines with their numbers (from 1), comments and blank lines left out."""

    line: int
    values: list[tuple[int, str]]

    @property
    def text(self) -> str:
        return "\n".join(text for _, text in self.values)


def read_ini(text: str) -> dict[str, dict[str, Entry]]:
    """Entries by section and key; keys in lower case. Lines that are none of all this are passed over."""
    sections: dict[str, dict[str, Entry]] = {}
    section: dict[str, Entry] = {}
    entry: Entry | None = None
    for number, raw in enumerate(text.splitlines(), 1):
        line = re.sub(r"\s+[#;].*$", "", raw).rstrip()
        if not line.strip() or line.lstrip().startswith(("#", ";")):
            continue
        if line[0].isspace() and entry is not None:
            entry.values.append((number, line.strip()))
        elif match := _SECTION.match(line):
            section, entry = sections.setdefault(match["name"].strip(), {}), None
        elif match := _PAIR.match(line.strip()):
            value = match["value"]
            entry = Entry(number, [(number, value)] if value else [])
            section[match["key"].strip().lower()] = entry
    return sections
