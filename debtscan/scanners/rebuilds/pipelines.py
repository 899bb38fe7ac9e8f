"""What a declared pipeline gives a script to read, followed to what the first of its steps reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from debtscan.datapaths.places import above
from debtscan.scanners.data_files import DataFile
from debtscan.scanners.files import FileRow
from debtscan.scanners.rebuilds.told import Place, Told
from debtscan.scanners.steps.table import Step

_NOT_DATA = frozenset({"source", "notebook", "test", "config", "ci", "infra", "doc"})
"""Scopes of inputs that are code or settings."""


class Pipelines:
    """The steps of one repository, by what they run and by what they write."""

    def __init__(self, steps: Iterable[Step], files: Iterable[FileRow], data_files: Sequence[DataFile]) -> None:
        self._of_script: dict[str, list[Step]] = {}
        self._writer: dict[str, Step] = {}
        for step in steps:
            if step.script is not None and step.inputs and step.how != "implied":
                self._of_script.setdefault(step.script, []).append(step)
            for output in step.outputs:
                self._writer.setdefault(output, step)
        self._scopes = {row.path: row.scope for row in files}
        self._tracked = {row.path: row for row in data_files if row.tracked_by != "none"}
        self._folders = {folder for path in (*self._scopes, *self._tracked) for folder in above(path)}

    def of(self, script: str) -> Iterator[Told]:
        """What is known of each input of a script, or of what makes it; nothing where no pipeline runs it."""
        todo = list(self._of_script.get(script, ()))
        seen = {step.step for step in todo}
        for step in todo:
            for path in step.inputs:
                writer = next((self._writer[at] for at in (path, *above(path)) if at in self._writer), None)
                if writer is None:
                    yield from self._source(path, step)
                elif writer.step not in seen:
                    seen.add(writer.step)
                    todo.append(writer)

    def _source(self, path: str, step: Step) -> Iterator[Told]:
        """What no step makes: kept with its versions, or missing."""
        if self._scopes.get(path) in _NOT_DATA:
            return
        kept = next((self._tracked[at] for at in (path, *above(path)) if at in self._tracked), None)
        place = Place(step.path, None, step.line)
        if kept is not None and kept.fault == "none":
            yield Told("yes", f"{path}, an input of {step.engine} {step.step}, is tracked by {kept.tracked_by}", place)
        elif path in self._scopes or path in self._folders:
            yield Told("yes", f"{path}, an input of {step.engine} {step.step}, is in git", place)
        elif path in step.missing_inputs:
            yield Told(
                "no", f"{path}, an input of {step.engine} {step.step}, is not in git and no step makes it", place
            )
