"""Finds the data folders that ship with the package: `rules` and `templates`."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path


def shipped(folder: str) -> Traversable:
    """A folder inside an installed package, or beside the package in a checkout.

    Inside is tried first, so that a folder of the same name that happens to lie beside an installation is never read.
    """
    inside = files("debtscan") / folder
    return inside if inside.is_dir() else Path(__file__).parents[1] / folder
