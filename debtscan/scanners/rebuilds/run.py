"""How to run: whether a command that trains is written down, in a pipeline, CI, a script or a document."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping, Sequence

from debtscan.model import RebuildState
from debtscan.scanners.rebuilds.told import Place, Told
from debtscan.scanners.steps.table import Step

_BEST_FIRST = ("command", "template", "mention")
_COMMANDS = frozenset({"readme", "shell", "ci", "docker", "notebook", "python"})
"""Engines that have no names for their steps."""
_STATES: Mapping[str, RebuildState] = {"command": "yes", "template": "partly", "mention": "partly"}


class Run:
    """The ingredient run."""

    def __init__(self, steps: Iterable[Step]) -> None:
        self._by_script: dict[str, list[Step]] = {}
        for step in steps:
            if step.script is not None and step.how in _STATES:
                self._by_script.setdefault(step.script, []).append(step)

    def of(self, path: str, place: Place, importers: Sequence[str]) -> Told:
        """Of a file that trains; `importers` run it when they are run and told its name."""
        name = posixpath.splitext(posixpath.basename(path))[0]
        steps = self._by_script.get(path) or [
            step for other in importers for step in self._by_script.get(other, ()) if name in step.command
        ]
        if not steps:
            return Told("no", "no command that runs it is written down", place)
        best = min(steps, key=lambda step: (_BEST_FIRST.index(step.how), step.engine == "readme"))
        return Told(_STATES[best.how], _said(best), Place(best.path, best.cell, best.line))


def _said(step: Step) -> str:
    if step.how == "mention":
        return f"{step.path} names it, and gives no command"
    named = f"{step.engine} {step.step}: " if step.engine not in _COMMANDS else ""
    said = f"{named}{step.command}" if step.command else named.rstrip(": ") or step.path
    return f"parts of the command are to be filled in: {said}" if step.how == "template" else said
