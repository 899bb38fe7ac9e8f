"""Rows of the steps that are written down somewhere."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, cast

from debtscan.datapaths.places import above
from debtscan.lexicon.stages import stage_of_words
from debtscan.model import Stage
from debtscan.pipelines.found import FoundStep, FoundSteps, Run
from debtscan.repository import File
from debtscan.scanners.data_files import DataFile
from debtscan.scanners.files import FileRow
from debtscan.scanners.steps.scripts import EXACT, NOTHING, Found, Scripts
from debtscan.scanners.steps.table import How, Step
from debtscan.source.modules import Modules

_BY_COMMAND = frozenset({"shell", "ci", "readme", "make", "docker", "python", "notebook"})
"""Engines whose steps are commands: one that runs nothing of the repository is none."""
_IN_IMAGES = frozenset({"docker", "kubernetes", "kubeflow", "airflow"})
"""Engines whose commands run in images: what is not in the repository may be there."""
_MENTIONED = frozenset({"source", "notebook", "example"})
_TOLD_BY_CALLS = frozenset({"clean", "features", "evaluate", "serve", "operate"})
"""Stages that the calls of a script tell by themselves: nearly every step reads and writes something."""
_MOST_SCRIPTS, _MOST_TARGETS = 30, 200
"""Scripts that one command may lead to, and targets that are followed for it."""


class _Ran(NamedTuple):
    """One file that a command leads to, and whether parts of the way are to be filled in."""

    run: Run
    found: Found
    template: bool


class Rows:
    """Everything that is written of steps in one repository, with what it means."""

    def __init__(
        self,
        found: Mapping[str, FoundSteps],
        listing: Sequence[File],
        files: Sequence[FileRow],
        data_files: Sequence[DataFile],
        trains: frozenset[str],
    ) -> None:
        self._found = found
        self._trains = trains
        self._scopes = {row.path: row.scope for row in files}
        by_git = any(file.tracked for file in listing)
        data = {row.path for row in data_files if row.tracked_by != "none" or not by_git}
        programs = {
            name: (path, target)
            for path, item in reversed(list(found.items()))
            for name, target in item.programs.items()
        }
        self._scripts = Scripts(
            (file.path for file in listing if file.mode in {"file", "executable"} and not file.ignored),
            Modules(file.path for file in listing if file.kind == "python"),
            {row.path: row.component for row in files},
            programs,
            [file.path for file in listing if file.mode == "submodule"],
        )
        self._data_sets = {name: path for item in found.values() for name, path in item.data_sets.items()}
        self._named = _by_name(found)
        self._workflows = {posixpath.dirname(path) for path in found if posixpath.basename(path) == "Snakefile"}
        self._outputs = {
            path
            for home, item in found.items()
            for step in item.steps
            for path in self._placed(step, home, step.outputs)
        }
        self._kept = self._outputs | data
        self._folders = {folder for path in self._kept for folder in above(path)}

    def written(self) -> Iterator[Step]:
        """All rows, file by file."""
        for home, item in self._found.items():
            named: set[str] = set()
            for step in item.steps:
                for row in self._of_step(step, home, item):
                    named.add(row.script or "")
                    yield row
            yield from self._mentions(home, item, named)

    def stage_of(self, script: str | None, name: str) -> Stage | None:
        """The stage of a step: a script that trains tells by itself, then names do, then what it calls."""
        stem = posixpath.splitext(posixpath.basename(script or ""))[0]
        told = stage_of_words(name) or stage_of_words(stem)
        if script in self._trains and told not in {"evaluate", "serve", "package", "operate"}:
            return "train"
        item = self._found.get(script or "")
        called = item.stage if item and item.stage in _TOLD_BY_CALLS else None
        return told or cast("Stage | None", called)

    def _of_step(self, step: FoundStep, home: str, item: FoundSteps) -> Iterator[Step]:
        # a target that calls another of its own file is no step of its own: the other has its rows
        runs = [run for run in step.runs if run.kind != step.engine]
        rans = [ran for run in runs for ran in self._reached(run, home, step, set())]
        if not rans:
            if step.engine in _BY_COMMAND or (step.runs and step.engine == "kubernetes"):
                return
            found = Found(home, "found") if step.own else self._scripts.of_function(step.function, home)
            yield self._row(step, home, item, None, found, template=False)
            return
        seen: set[tuple[str | None, str]] = set()
        for ran in rans:
            key = (ran.found.script, ran.run.target)
            if key not in seen:
                seen.add(key)
                yield self._row(step, home, item, ran.run, ran.found, template=ran.template)

    def _reached(self, run: Run, home: str, step: FoundStep, seen: set[int]) -> Iterator[_Ran]:
        """The files that a command leads to; `seen` holds the targets on the way, each of which is followed once."""
        if run.kind in {"file", "module", "program"}:
            found = self._scripts.of_run(run, home, step.folder, exact=step.engine in EXACT)
            if found is not None:
                template = run.template or (step.engine in _BY_COMMAND and self._lacks_options(found.script, run))
                yield _Ran(run, self._judged(found, run, home, step), template)
            return
        inner = [
            ran
            for other, target in _once(self._meant(run, home, step), seen)
            for inner_run in target.runs
            for ran in self._reached(inner_run, other, target, seen)
        ][:_MOST_SCRIPTS]
        yield from (_Ran(ran.run, ran.found, ran.template or run.template) for ran in inner)
        if not inner and run.kind in {"dvc", "mlproject", "snakemake", "kedro"} and step.engine != run.kind:
            yield _Ran(run, NOTHING, run.template)

    def _meant(self, run: Run, home: str, step: FoundStep) -> Iterator[tuple[str, FoundStep]]:
        """The stages or targets of other files that a command names; where several files have them, of the nearest."""
        start = _joined(posixpath.dirname(home), step.folder, run.folder)
        where, _, name = run.target.partition("#") if run.kind == "mlproject" else (".", "", run.target)
        if "://" in where or "$" in where or (run.kind == "make" and not name):
            return
        named = self._named.get((run.kind, name.removesuffix(".dvc")), ())
        folders = {posixpath.dirname(other) for other, _ in named}
        if run.kind == "mlproject":
            folders &= {_joined(start, where), _joined(where)}
        if folders:
            nearest = _nearest(_joined(start, where), folders)
            yield from ((other, target) for other, target in named if posixpath.dirname(other) == nearest)

    def _judged(self, found: Found, run: Run, home: str, step: FoundStep) -> Found:
        """A script that is not there may be made by another step, or fetched by the file that runs it."""
        if found.state != "missing":
            return found
        if self._placed(step, home, [run.target]) & self._outputs:
            return Found(None, "made")
        item = self._found[home]
        if step.engine in _IN_IMAGES:
            return Found(None, "outside")
        if item.fetches:
            return Found(None, "outside")
        # in a template of DVC only the parts that are filled in are unknown, and those are marked in the path itself
        return Found(None, "unknown") if step.templated and step.engine not in EXACT else found

    def _lacks_options(self, script: str | None, run: Run) -> bool:
        """Whether a command leaves out an option without which the script does not start."""
        item = self._found.get(script or "")
        if item is None or not item.required or run.executes_notebook:
            return False
        words = {word.partition("=")[0] for word in run.text.split()}
        return any(not words & set(names.split("|")) for names in item.required) and "$" not in run.text

    def _placed(self, step: FoundStep, home: str, paths: Iterable[str]) -> set[str]:
        base = posixpath.join(posixpath.dirname(home), step.folder)
        if step.engine == "snakemake":
            base = self._workflow_folder(home)
        return {posixpath.normpath(posixpath.join(base, path)) for path in paths if path and "://" not in path}

    def _workflow_folder(self, home: str) -> str:
        """Where Snakemake is started: beside the Snakefile, above it where that lies in `workflow`."""
        folder = next((one for one in (*above(home), "") if one in self._workflows), posixpath.dirname(home))
        return posixpath.dirname(folder) if posixpath.basename(folder) == "workflow" else folder

    def _data_paths(self, step: FoundStep, home: str, paths: Sequence[str]) -> tuple[str, ...]:
        """Paths from the root; data sets of Kedro by the catalogue, without those that are kept in memory."""
        if step.engine == "kedro":
            return tuple(dict.fromkeys(self._data_sets[name] for name in paths if name in self._data_sets))
        placed = (self._placed(step, home, [path]) for path in paths)
        return tuple(dict.fromkeys(path for one in placed for path in one))

    def _missing(self, step: FoundStep, home: str) -> Iterator[str]:
        """Inputs that a clone lacks and nothing makes: only where the engine checks them, and for whole paths."""
        if step.engine != "dvc":
            return
        for path in self._data_paths(step, home, step.inputs):
            if "*" in path or path.startswith(("..", "/")) or "$" in path:
                continue
            kept = path in self._folders or any(one in self._kept for one in (path, *above(path)))
            if not (kept or self._scripts.exists(path)):
                yield path

    def _row(
        self, step: FoundStep, home: str, item: FoundSteps, run: Run | None, found: Found, *, template: bool
    ) -> Step:
        how: How = "template" if template else "command"
        target = run.target if run else step.function
        name = step.name if step.engine != "readme" else ""
        words = name if step.engine not in {"ci", "shell"} else ""
        return Step(
            path=home,
            cell=step.cell,
            line=step.line,
            pipeline=step.pipeline or posixpath.basename(home),
            step=step.name,
            engine=step.engine,
            stage=self.stage_of(found.script, words) if run else _stage_of_function(step),
            inputs=self._data_paths(step, home, [*step.inputs, *(run.inputs if run else ())]),
            outputs=self._data_paths(step, home, [*step.outputs, *(run.outputs if run else ())]),
            command=step.command or (run.text if run else ""),
            how=how,
            script=found.script,
            target=target,
            script_state=found.state,
            missing_inputs=tuple(self._missing(step, home)),
            executes_notebook=bool(run and run.executes_notebook),
            scheduled=item.scheduled,
        )

    def _mentions(self, home: str, item: FoundSteps, named: set[str]) -> Iterator[Step]:
        for mention in item.mentions:
            found = self._scripts.of_path(mention.path, home, "")
            script = home if mention.path == "." else found.script if found else None
            if script is None or script in named or self._scopes.get(script) not in _MENTIONED:
                continue
            if script == home and mention.path != ".":
                continue
            named.add(script)
            yield Step(
                path=home,
                cell=mention.cell,
                line=mention.line,
                pipeline=posixpath.basename(home),
                step="",
                engine="readme",
                stage=self.stage_of(script, ""),
                inputs=(),
                outputs=(),
                command="",
                how="mention",
                script=script,
                target=mention.path,
                script_state="found",
                missing_inputs=(),
                executes_notebook=False,
                scheduled=False,
            )


def _by_name(found: Mapping[str, FoundSteps]) -> Mapping[tuple[str, str], list[tuple[str, FoundStep]]]:
    """The steps that commands may name, with their files, by engine and name; all of an engine under the empty name."""
    named: dict[tuple[str, str], list[tuple[str, FoundStep]]] = {}
    for path, item in found.items():
        for step in item.steps:
            if step.engine in {"make", "dvc", "mlproject"}:
                for name in dict.fromkeys(("", step.name, posixpath.basename(path).removesuffix(".dvc"))):
                    named.setdefault((step.engine, name), []).append((path, step))
    return named


def _once(targets: Iterable[tuple[str, FoundStep]], seen: set[int]) -> Iterator[tuple[str, FoundStep]]:
    """The targets that were not followed yet, and no more than a number that no honest pipeline needs."""
    for other, target in targets:
        if id(target) not in seen and len(seen) < _MOST_TARGETS:
            seen.add(id(target))
            yield other, target


def _joined(*parts: str) -> str:
    """A folder from the root; empty for the root itself."""
    folder = posixpath.normpath(posixpath.join(*parts))
    return "" if folder == "." else folder


def _stage_of_function(step: FoundStep) -> Stage | None:
    """By names alone: its file may hold many steps."""
    return stage_of_words(step.name) or stage_of_words(step.function.rpartition(".")[2])


def _nearest(start: str, folders: Iterable[str]) -> str:
    """Of some folders the one at or above a place, else the first below it."""
    known = sorted(folders)
    for place in (start, *above(start), ""):
        if place in known:
            return place
    return next((folder for folder in known if folder.startswith(start)), known[0])
