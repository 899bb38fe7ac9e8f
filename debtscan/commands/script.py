"""The unit that every reader of commands yields."""

from __future__ import annotations

from typing import NamedTuple


class Script(NamedTuple):
    """A piece of shell text and where it stands; `commands.shell` cuts it into commands."""

    text: str
    line: int
    """Line of its first line, from 1; within the cell in a notebook."""
    cell: int | None = None
    name: str = ""
    """The job, target or environment that it belongs to; empty where nothing names it."""
