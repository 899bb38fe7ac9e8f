"""Install commands that a README tells people to type: a description of an environment, not the means to make it."""

from __future__ import annotations

import re

from debtscan.manifests.installs import installs
from debtscan.manifests.records import Install, Manifest

SECTION = "documentation"
_COMMAND = re.compile(
    r"^[ \t>]*(?:[$!%#]\s*)?(?P<command>(?:sudo |python3? -m )?(?:pip3?|conda|mamba|uv|poetry|pipenv)\s.*)$"
)


def parse(text: str) -> Manifest | None:
    """The install commands that stand on lines of their own; None when there are none."""
    if "install" not in text and "env create" not in text:
        return None
    found: list[Install] = []
    for number, line in enumerate(text.splitlines(), 1):
        if match := _COMMAND.match(line):
            # what a document says is not read closely enough for its faults to count
            found += installs(match["command"].replace("`", ""), number, section=SECTION)[0]
    return Manifest(installs=tuple(found)) if found else None
