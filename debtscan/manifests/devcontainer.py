"""`devcontainer.json`: the Python of the container that an editor starts.

JSON with comments and trailing commas. https://containers.dev/implementors/json_reference/
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|/\*.*?\*/|,(?=\s*[}\]])', re.DOTALL)
_PYTHON_IMAGE = re.compile(r"(?:^|/)python:(?:[\d.]+-)??(?P<version>3(?:\.\d+){0,2})(?:-[a-z]+)?$")
_PYTHON_FEATURE = re.compile(r"/features/python(?::|$)")


class Stated(NamedTuple):
    """A version of Python as written, and its line."""

    value: str
    line: int | None


def pythons(text: str) -> Iterator[Stated]:
    """The version in the tag of the image, and the one asked of the feature for Python.

    Raises ValueError for text that is no JSON even without comments.
    """
    try:
        document = json.loads(_TOKEN.sub(_kept, text))
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(document, dict):
        return
    image = document.get("image")
    if isinstance(image, str) and (match := _PYTHON_IMAGE.search(image)):
        yield Stated(match["version"], _line(text, image))
    features = document.get("features")
    for name, options in features.items() if isinstance(features, dict) else ():
        version = options.get("version") if isinstance(options, dict) else options
        if _PYTHON_FEATURE.search(name) and isinstance(version, str) and re.match(r"\d", version):
            yield Stated(version, _line(text, name))


def _kept(match: re.Match[str]) -> str:
    """Strings stay; a comment leaves its lines."""
    return match[0] if match[0].startswith('"') else "\n" * match[0].count("\n")


def _line(text: str, written: str) -> int | None:
    at = text.find(json.dumps(written))
    return text.count("\n", 0, at) + 1 if at >= 0 else None
