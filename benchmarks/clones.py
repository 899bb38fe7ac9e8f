"""Where the clones of public repositories lie."""

from __future__ import annotations

import sys
from pathlib import Path


def find_clone(name: str, folder: Path) -> Path:
    """The clone of owner/name, which may be named `owner+name` (the clone itself or `repo` inside) or `name`."""
    owner_name = name.replace("/", "+")
    places = [folder / owner_name / "repo", folder / owner_name, folder / name.split("/")[1]]
    clone = next((place for place in places if place.is_dir()), None)
    if clone is None:
        sys.exit(f"{name}: no clone in {folder}")
    return clone
