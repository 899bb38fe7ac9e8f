"""Files that train a model when they are run, and whether what they draw at random is seeded.

A trainer that a library defines is no entry point: training must be reached from the module itself, its main guard, a
notebook cell, a decorated command or a program that a manifest installs, through calls followed by name. Seeds count wherever the same run reaches them,
in helpers of other files too, and where a framework seeds itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from debtscan.pipelines.entries import of_pyproject, of_setup_cfg, of_setup_py
from debtscan.repository import File
from debtscan.source.modules import Modules
from debtscan.source.python import PythonSource
from debtscan.source.text import TextSource
from debtscan.training.acts import Act
from debtscan.training.apis import DrawKind
from debtscan.training.found import FoundTraining, training_in
from debtscan.training.hydra import missing_seeds
from debtscan.training.randomness import Draw, Seed, Told
from debtscan.training.reach import Code, Scope
from debtscan.training.search import Search, Step

How: TypeAlias = Literal["argument", "global", "none"]
Need: TypeAlias = Literal["training", "estimator", "loader", "split", "order", "sample"]

_NO_TRAINING = re.compile(
    r"(infer|predict|eval|export|serv|deploy|convert|visuali|plot)[^/]*\.(py|ipynb)$", re.IGNORECASE
)
"""Files that use what others train: training code they reach is another mode of the same function."""


_SELF_SEEDED = frozenset({"seeded", "seeded_first"})
"""What trainers draw from that seed themselves."""
_BEFORE_TRAINING: frozenset[Need] = frozenset({"split", "order"})
"""What is drawn of the data, before there is a trainer."""
_EVERYTHING = frozenset({"random", "numpy", "torch", "tensorflow"})
"""What they seed."""


class TrainingEntryPoint(Struct, frozen=True, gc=False):
    """One file that trains when it is run."""

    path: Annotated[str, "file, relative to the repository root"]
    cell: Annotated[int | None, "cell of a notebook, from 0; NULL in a script"]
    line: Annotated[int, "line of the training call, or of the call that leads to it in another file"]
    framework: Annotated[str, "library that trains (sklearn, torch, keras, transformers ...)"]
    api: Annotated[str, "the call that trains; `backward` for a loop written by hand"]
    seeded: Annotated[bool, "everything it draws from is seeded, or it draws nothing"]
    seed_evidence: Annotated[str | None, "what seeds it, or why nothing needs to; where it draws if it is not seeded"]
    draws: Annotated[tuple[str, ...], "libraries whose generators it draws from without a seed of the call's own"]
    seeds: Annotated[tuple[str, ...], "libraries whose generators are seeded in the same run"]
    unseeded: Annotated[tuple[str, ...], "libraries drawn from and never seeded"]
    seeded_draws: Annotated[
        int, "what the run surely draws, the training itself included, that is seeded by an argument or its library"
    ]
    option: Annotated[str | None, "command-line option without default that would seed it; NULL if there is none"]
    need: Annotated[Need | None, "what draws first without a seed: training, estimator, ...; NULL if all are seeded"]
    need_path: Annotated[str | None, "file of the first draw that is not seeded; NULL if all are"]
    need_cell: Annotated[int | None, "its cell in a notebook; NULL in a script"]
    need_line: Annotated[int | None, "its line; NULL if all are seeded"]
    text: Annotated[str, "the line of that draw, credentials masked; empty where the training itself draws"]


class RandomDraw(Struct, frozen=True, gc=False):
    """One call that draws random numbers: a split, an estimator, an order of batches, a sample."""

    path: Annotated[str, "file, relative to the repository root"]
    cell: Annotated[int | None, "cell of a notebook, from 0; NULL in a script"]
    line: Annotated[int, "line of the call, from 1, within the cell in a notebook"]
    library: Annotated[str, "library whose generator it uses"]
    kind: Annotated[DrawKind, "what is drawn"]
    api: Annotated[str, "the call, spelled out; only the method where its owner is unknown"]
    seeded: Annotated[
        Told, "by a seed of its own or of its library's generator in the same run; unknown behind **options"
    ]
    how: Annotated[How, "what seeds it"]
    text: Annotated[str, "the line of code, credentials masked"]


TABLES = {"training_entry_points": TrainingEntryPoint, "random_draws": RandomDraw}
KINDS = frozenset({"python", "notebook", "pyproject", "setup_cfg", "yaml"})
FOUND = FoundTraining


def scan_file(source: PythonSource | TextSource) -> FoundTraining | None:
    if not isinstance(source, PythonSource):
        return _of_settings(source) if source.kind == "yaml" else _of_manifest(source)
    found = training_in(source)
    if "setup" in source.aliases and (programs := of_setup_py(source)):
        found = replace(found, programs=list(programs.values()))
    return None if found == FoundTraining() else found


def _of_manifest(source: TextSource) -> FoundTraining | None:
    """The programs that a manifest installs; nothing for what cannot be read, which other scanners tell."""
    try:
        programs = of_pyproject(source.text) if source.kind == "pyproject" else of_setup_cfg(source.text)
    except ValueError:
        return None
    return FoundTraining(programs=list(programs.values())) if programs else None


def _of_settings(source: TextSource) -> FoundTraining | None:
    try:
        missing = missing_seeds(source)
    except ValueError:
        return None
    return FoundTraining(missing_seeds=missing) if missing else None


def scan_repository(
    found: Sequence[tuple[File, FoundTraining]], listing: Sequence[File]
) -> Mapping[str, Sequence[Struct]]:
    code = Code(
        Modules(file.path for file in listing if file.kind == "python"), {file.path: item for file, item in found}
    )
    search = Search(code)
    entries: list[TrainingEntryPoint] = []
    seeded: dict[Scope, set[str]] = {}
    for path, item in code.found.items():
        _share(
            {seed.libraries for seed in code.seeds_of(path)}, (Scope(path, draw.scope) for draw in item.draws), seeded
        )
        if code.may_train(path):
            run = _Run(code, search, path)
            if (entry := run.entry()) is not None:
                entries.append(entry)
                _share({entry.seeds}, run.scopes, seeded)
    draws = [_draw(path, draw, seeded) for path, item in code.found.items() for draw in item.draws]
    return {"training_entry_points": entries, "random_draws": draws}


def _share(told: Iterable[tuple[str, ...]], scopes: Iterable[Scope], seeded: dict[Scope, set[str]]) -> None:
    """Note for scopes which libraries are seeded where they run."""
    libraries = {library for libraries in told for library in libraries}
    for scope in scopes if libraries else ():
        seeded.setdefault(scope, set()).update(libraries)


def _draw(path: str, draw: Draw, seeded: Mapping[Scope, set[str]]) -> RandomDraw:
    by_library = draw.library in seeded.get(Scope(path, draw.scope), ())
    told: Told = "yes" if by_library or draw.seeded == "yes" else "unknown" if draw.seeded == "unknown" else "no"
    how: How = "argument" if draw.seeded == "yes" else "global" if by_library else "none"
    return RandomDraw(path, draw.cell, draw.line, draw.library, draw.kind, draw.api, told, how, draw.evidence)


class _Need(Struct):
    """A draw that has to be seeded from outside."""

    kind: Need
    library: str
    path: str
    cell: int | None
    line: int
    text: str


def _unmet(needs: Iterable[_Need], told: set[str], frameworks: set[str]) -> Iterator[_Need]:
    """The needs that nothing seeds; a trainer that seeds when it is made comes too late for its data."""
    for need in needs:
        early = "seeded_first" in frameworks or ("seeded" in frameworks and need.kind not in _BEFORE_TRAINING)
        if need.library not in told and not (early and need.library in _EVERYTHING):
            yield need


class _Run:
    """What happens when one file is run."""

    def __init__(self, code: Code, search: Search, path: str) -> None:
        self._code = code
        self._path = path
        self._steps = search.reached(path)
        self.scopes = {step.scope for step in self._steps}

    # debtscan: ignore[complex-hotspot] a branch a form found in the wild; to be cut into steps with names
    def entry(self) -> TrainingEntryPoint | None:
        acts = list(self._acts())
        if not acts or (_NO_TRAINING.search(self._path) and all(step.scope.path != self._path for step, _ in acts)):
            return None
        acts.sort(key=lambda pair: self._order(*pair))
        drawing = list(self._drawing())
        needs = list(self._needs(acts, drawing))
        seeds = list(self._seeds())
        told = {library for _, seed in seeds if seed.option is None for library in seed.libraries}
        drawn = {need.library for need in needs}
        open_needs = list(_unmet(needs, told, {item.draws for _, item in acts}))
        missing = next(iter(open_needs), None)
        if missing is None and any(item.draws in _SELF_SEEDED for _, item in acts):
            told |= _EVERYTHING
        step, act = next((pair for pair in acts if missing and pair[1].draws == missing.library), acts[0])
        cell, line = self._place(step, act)
        return TrainingEntryPoint(
            path=self._path,
            cell=cell,
            line=line,
            framework=act.framework,
            api=act.api,
            seeded=missing is None,
            seed_evidence=self._evidence(acts, needs, seeds, missing),
            draws=tuple(sorted(drawn)),
            seeds=tuple(sorted(told)),
            unseeded=tuple(sorted({need.library for need in open_needs})),
            seeded_draws=len(needs)
            - len(open_needs)
            + sum(draw.seeded == "yes" for _, draw in drawing)
            + sum(item.draws in _SELF_SEEDED for _, item in acts),
            option=next((seed.option for _, seed in seeds if seed.option and missing), None),
            need=missing.kind if missing else None,
            need_path=missing.path if missing else None,
            need_cell=missing.cell if missing else None,
            need_line=missing.line if missing else None,
            text=missing.text if missing else "",
        )

    def _acts(self) -> Iterable[tuple[Step, Act]]:
        for step in self._steps:
            for act in self._code.found[step.scope.path].acts:
                if act.scope == step.scope.name and (known := self._code.known_act(step.scope.path, act)) is not None:
                    yield step, known

    def _order(self, step: Step, act: Act) -> tuple[bool, int, int]:
        cell, line = self._place(step, act)
        return (step.scope.path != self._path, -1 if cell is None else cell, line)

    def _place(self, step: Step, act: Act) -> tuple[int | None, int]:
        """The training call itself, or the call in this file that leads to it."""
        if step.scope.path == self._path or step.first is None:
            return act.cell, act.line
        return step.first.cell, step.first.line

    def _drawing(self) -> Iterator[tuple[str, Draw]]:
        """What the run surely draws, with its files; Spark draws with seeds that it tells itself."""
        for step in self._steps:
            for draw in self._code.found[step.scope.path].draws if step.sure else ():
                if draw.scope == step.scope.name and draw.library != "spark":
                    yield step.scope.path, draw

    def _needs(self, acts: Iterable[tuple[Step, Act]], drawing: Iterable[tuple[str, Draw]]) -> Iterable[_Need]:
        """Draws without a seed of their own, of the training first."""
        for step, act in acts:
            if act.draws not in _SELF_SEEDED and act.draws != "none":
                yield _Need("training", act.draws, step.scope.path, act.cell, act.line, "")
        needy = [(path, draw) for path, draw in drawing if draw.seeded == "no"]
        for path, draw in sorted(needy, key=lambda pair: pair[1].kind == "sample"):
            yield _Need(draw.kind, draw.library, path, draw.cell, draw.line, draw.evidence)

    def _seeds(self) -> Iterable[tuple[str, Seed]]:
        """Seeds that this run sets, those at the top of modules it uses included, with their files."""
        missing = self._code.missing_seeds(self._path)
        return ((path, seed) for path, seed in self._written_seeds() if seed.setting not in missing)

    def _written_seeds(self) -> Iterable[tuple[str, Seed]]:
        paths = list(dict.fromkeys(step.scope.path for step in self._steps))
        on_demand = dict(pair for path in paths for pair in self._code.seeded_on_demand(path))
        for path in paths:
            for seed in self._code.seeds_of(path):
                scope = Scope(path, seed.scope)
                if not seed.scope or scope in self.scopes:
                    yield path, replace(seed, option=seed.option or on_demand.get(scope))
        if not all(step.sure for step, _ in self._acts()):
            # the way to the training is a guess, so another way may lead past a seed
            for path in self._code.closure(self._path):
                for seed in self._code.seeds_of(path):
                    if Scope(path, seed.scope) not in on_demand:
                        yield path, seed

    def _evidence(
        self,
        acts: Sequence[tuple[Step, Act]],
        needs: Sequence[_Need],
        seeds: Sequence[tuple[str, Seed]],
        missing: _Need | None,
    ) -> str | None:
        if missing is not None:
            return f"{missing.library} draws at {_at(missing.path, missing.cell, missing.line)}"
        if (act := next((act for _, act in acts if act.draws in _SELF_SEEDED), None)) is not None:
            return f"{act.api} seeds itself unless told otherwise"
        if not needs:
            return "nothing is known to be drawn without a seed of its own"
        path, seed = next((path, seed) for path, seed in seeds if seed.option is None)
        return f"{seed.evidence} ({_at(path, seed.cell, seed.line)})"


def _at(path: str, cell: int | None, line: int) -> str:
    return f"{path}:{line}" if cell is None else f"{path}, cell {cell}, line {line}"
