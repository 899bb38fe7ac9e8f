"""Install commands on lines of their own in a document such as a README.

They tell that something is installed and from which file; what they name is not read as a declaration.
"""

from __future__ import annotations

import re

from debtscan.manifests.installs import installs
from debtscan.manifests.records import Install, Manifest

SECTION = "command line"
_COMMAND = re.compile(
    r"^[ \t>]*(?:-[ \t]+)?(?:(?:run|script|command):[ \t]*)?(?:[$!%#@][ \t]*)?[\"']?"
    r"(?P<command>(?:sudo |python3? -m )?(?:pip3?|conda|mamba|uv|poetry|pipenv|pdm|pixi)[ \t].*)$",
    re.MULTILINE,
)
_TOOL = re.compile(r"(?:pip3?|conda|mamba|uv|poetry|pipenv|pdm|pixi)[ \t]")
"""What every such line has: far quicker to find than lines are to match."""


def parse(text: str) -> Manifest | None:
    """The install commands; None when there are none."""
    if "install" not in text and "sync" not in text and "env create" not in text:
        return None
    found: list[Install] = []
    for start in sorted({text.rfind("\n", 0, match.start()) + 1 for match in _TOOL.finditer(text)}):
        if (match := _COMMAND.match(text, start)) is None:
            continue
        number = text.count("\n", 0, start) + 1
        # such a text is not read closely enough for its faults to be gaps
        found += installs(match["command"].rstrip("\r").replace("`", ""), number, section=SECTION)[0]
    return Manifest(installs=tuple(found)) if found else None
