"""Families of copied code: whole scripts and notebooks, functions, stretches of statements.

Copies are found by the statement hashes of the shared walk, which hold what is called and neither local names nor
constants: an exact, a renamed, a re-literalled copy are all 1.0 alike, an edited one less. Nobody is told here whether
a family is a problem: a library may copy on purpose, a course between its chapters.
"""

from __future__ import annotations

import ast
import re
import sys
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Annotated, Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from debtscan.copies.corpus import Copies, Corpus, Place, Position, Statements
from debtscan.copies.likeness import counted, in_any_order
from debtscan.copies.sketch import sketch
from debtscan.copies.versions import versioned_name, versions
from debtscan.lexicon.stages import STAGES, lexicon
from debtscan.repository import File
from debtscan.scanners.history import Churn
from debtscan.source.python import PythonSource

Level: TypeAlias = Literal["script", "notebook", "mixed", "function", "cell_run", "block"]


class FamilyMember(Struct, frozen=True, gc=False, kw_only=True):
    """One place of a family of copies."""

    family: Annotated[str, "name of the family: the path (and function) of its origin, so it survives growth and moves"]
    path: Annotated[str, "file, relative to the repository root"]
    cell: Annotated[int | None, "cell where it begins, from 0; NULL in a script and for a whole notebook"] = None
    line: Annotated[int | None, "first line, within the cell in a notebook; NULL for a whole notebook"] = None
    end_line: Annotated[int | None, "last line, within `end_cell` in a notebook; NULL for a whole notebook"] = None
    end_cell: Annotated[int | None, "cell where it ends; NULL in a script and for a whole notebook"] = None
    name: Annotated[str | None, "qualified name of the function; NULL for a file or a stretch of statements"] = None
    similarity: Annotated[float, "share of statements in common with the family's central member, 0-1, constants aside"]
    level: Annotated[Level, "script, notebook, mixed: whole files; function; cell_run, block: a stretch of statements"]
    stages: Annotated[tuple[str, ...], "life-cycle stages its calls belong to, in their order; often none"]
    lines: Annotated[int, "lines of its statements: no blank lines, comments, docstrings, imports, prints or logging"]
    origin: Annotated[bool, "the member whose file came first in the history, or in path order where none was read"]
    declared: Annotated[int, "functions in it, or it itself, whose comment says what they are copied from"]
    version_of: Annotated[str | None, "name that it is a version of (src/train); NULL where nothing tells"] = None
    marker: Annotated[str | None, "what in its name tells the version (_v2, _final); NULL without one"] = None


TABLES = {"pipeline_families": FamilyMember}
KINDS = frozenset({"python", "notebook"})
BESIDE = True

PAIRED = 0.8
"""Share of statements from which a script and a notebook of one name are one document in two formats."""
_EXPORTED = re.compile(r"^# In\[[ \d]*\]:|^#\s+jupytext:", re.MULTILINE)
_HEADER_CHARACTERS = 4000


class StagedCall(Struct, frozen=True, gc=False, array_like=True):
    cell: int | None
    line: int
    stage: int
    """Index in `STAGES`."""


class FoundCode(Struct, frozen=True, gc=False, array_like=True):
    statements: Statements
    stages: list[StagedCall]
    exported: bool
    """A script made from a notebook, or kept in step with one."""


FOUND = FoundCode


def scan_file(source: PythonSource) -> FoundCode | None:
    statements = sketch(source)
    return FoundCode(statements, list(_staged_calls(source)), _is_exported(source)) if statements else None


def _staged_calls(source: PythonSource) -> Iterator[StagedCall]:
    known = lexicon()
    roots = {name for name, target in source.aliases.items() if target.split(".", 1)[0] in known.tops}
    for node, cell, _ in source.walk.calls:
        function = node.func
        if not (isinstance(function, ast.Attribute) and function.attr in known.methods):
            while isinstance(function, ast.Attribute):
                function = function.value
            if not isinstance(function, ast.Name) or function.id not in roots:
                continue
        name = source.name(node.func)
        if name and (stage := known.stage_of(name)):
            yield StagedCall(cell, node.lineno, STAGES.index(stage))


def _is_exported(source: PythonSource) -> bool:
    """Whether the text has the marks of nbconvert or jupytext."""
    heads = (cell.code[:_HEADER_CHARACTERS] for cell in source.cells) if source.notebook is None else ()
    return any(("# In[" in head or "jupytext" in head) and _EXPORTED.search(head) for head in heads)


def scan_repository(
    found: Sequence[tuple[File, FoundCode]], churn: Sequence[Churn] | None = None
) -> Mapping[str, Sequence[Struct]]:
    """Fill the table; files are compared oldest first, so that the first place of a family is its origin."""
    # imported here because only the join needs numpy, and not to read files
    from debtscan.copies.levels import copied_files, copied_functions, copied_stretches, copied_texts  # noqa: PLC0415

    first_at = {row.path: row.first_at for row in churn or () if row.first_at is not None}
    ordered = sorted(_unpaired(found), key=lambda item: (first_at.get(item[0].path, sys.maxsize), item[0].path))
    corpus = Corpus([code.statements for _, code in ordered])
    rows = _Rows(corpus, [file.path for file, _ in ordered], [code.stages for _, code in ordered])
    named = rows.versions.values()
    files = [*copied_files(corpus, named), *copied_texts(corpus, named)]
    functions = copied_functions(corpus, files)
    stretches = copied_stretches(corpus, files, functions)
    members = [
        *(row for copies in files for row in rows.of_files(copies)),
        *(row for copies in (*functions, *stretches) for row in rows.of_parts(copies)),
    ]
    return {"pipeline_families": sorted(members, key=_row_order)}


def _row_order(row: FamilyMember) -> tuple[str, bool, str, int, int]:
    return row.family, not row.origin, row.path, row.cell or 0, row.line or 0


def _unpaired(found: Iterable[tuple[File, FoundCode]]) -> list[tuple[File, FoundCode]]:
    """Leave out scripts that are a notebook in another format."""
    items = [(*_name_of(file.path), file, code) for file, code in found]
    notebooks: dict[str, list[tuple[str, FoundCode]]] = defaultdict(list)
    for folder, stem, suffix, _, code in items:
        if suffix == "ipynb":
            notebooks[stem].append((folder, code))
    return [
        (file, code)
        for folder, stem, suffix, file, code in items
        if suffix == "ipynb" or not any(_is_pair(folder, code, *other) for other in notebooks.get(stem, ()))
    ]


def _name_of(path: str) -> tuple[str, str, str]:
    """Folder, base name and suffix."""
    folder, _, base = path.rpartition("/")
    stem, _, suffix = base.rpartition(".")
    return folder, stem, suffix


def _is_pair(folder: str, code: FoundCode, notebook_folder: str, notebook: FoundCode) -> bool:
    if not code.exported and folder != notebook_folder:
        return False
    own, other = (counted(array("Q", item.statements.hashes)) for item in (code, notebook))
    return in_any_order(own, other) >= PAIRED


class _Rows:
    """Describes places: file indices become paths, statement indices cells and lines."""

    def __init__(self, corpus: Corpus, paths: Sequence[str], stages: Sequence[Sequence[StagedCall]]) -> None:
        self._corpus, self._paths, self._stages = corpus, paths, stages
        self.versions = versions(paths)
        self._named: Counter[str] = Counter()

    def of_files(self, copies: Copies) -> Iterator[FamilyMember]:
        notebooks = [self._corpus.start(place).cell is not None for place in copies.places]
        version_of = self._versions_among({place.file for place in copies.places})
        for number, place in enumerate(copies.places):
            path = self._paths[place.file]
            row = FamilyMember(
                family=self._paths[copies.places[0].file],
                path=path,
                similarity=round(copies.likeness[number], 3),
                level="notebook" if all(notebooks) else "mixed" if any(notebooks) else "script",
                stages=_in_order(self._stages[place.file]),
                lines=self._corpus.code_lines(place),
                origin=number == 0,
                declared=self._corpus.declared(place),
            )
            if not notebooks[number]:
                row = replace(row, line=1, end_line=self._corpus.end(place).line)
            if place.file in version_of:
                marker = versioned_name(PurePosixPath(path).stem).marker
                row = replace(row, version_of=version_of[place.file], marker=marker or None)
            yield row

    def _versions_among(self, files: set[int]) -> dict[int, str]:
        """What each file is a version of, where both names and content connect it to another one."""
        groups = ((name, files.intersection(group)) for name, group in self.versions.items())
        return {file: name for name, group in groups if len(group) > 1 for file in group}

    def of_parts(self, copies: Copies) -> Iterator[FamilyMember]:
        family = self._family(copies.places[0])
        for number, place in enumerate(copies.places):
            start, end = self._corpus.start(place), self._corpus.end(place)
            outline = place.outline
            yield FamilyMember(
                family=family,
                path=self._paths[place.file],
                cell=start.cell,
                line=start.line,
                end_line=end.line,
                end_cell=end.cell,
                name=outline.name if outline else None,
                similarity=round(copies.likeness[number], 3),
                level="function" if outline else "block" if start.cell is None else "cell_run",
                stages=_in_order(call for call in self._stages[place.file] if _is_between(call, start, end)),
                lines=self._corpus.code_lines(place),
                origin=number == 0,
                declared=self._corpus.declared(place),
            )

    def _family(self, origin: Place) -> str:
        """Path and function of the origin; stretches of statements, and further functions of that name, are numbered."""
        around = origin.outline or self._corpus.function_around(origin)
        name = f"{self._paths[origin.file]}::{around.name}" if around else self._paths[origin.file]
        if origin.outline is None:
            name += " part"
        self._named[name] += 1
        return name if self._named[name] == 1 and origin.outline else f"{name} {self._named[name]}"


def _in_order(calls: Iterable[StagedCall]) -> tuple[str, ...]:
    return tuple(STAGES[stage] for stage in sorted({call.stage for call in calls}))


def _is_between(call: StagedCall, start: Position, end: Position) -> bool:
    return (start.cell or 0, start.line) <= (call.cell or 0, call.line) <= (end.cell or 0, end.line)
