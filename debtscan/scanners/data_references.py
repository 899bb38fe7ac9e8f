"""Every place where code reads or writes data, where the path leads, and what is known of what lies there."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Literal, TypeAlias

from msgspec import Struct

from debtscan.datapaths.absolute import machine_root, without_user
from debtscan.datapaths.addresses import data_set_of_address, is_address, is_data_name
from debtscan.datapaths.answers import Answers, Placed
from debtscan.datapaths.commands import commands_of
from debtscan.datapaths.documents import document_in
from debtscan.datapaths.found import Commands, Download, Setting
from debtscan.datapaths.locations import Kind, Location, Locator
from debtscan.datapaths.places import Places
from debtscan.datapaths.references import NOTHING, FoundPaths, references_in
from debtscan.datapaths.settings import settings_in, stated_references
from debtscan.datapaths.states import State, Surroundings, Tracked, data_set_of
from debtscan.repository import File
from debtscan.repository.kinds import kind_of
from debtscan.scanners import GapRow
from debtscan.scanners.data_files import DataFile
from debtscan.scanners.files import FileRow
from debtscan.source.masking import mask
from debtscan.source.modules import Modules
from debtscan.source.python import PythonSource
from debtscan.source.text import TextSource
from debtscan.source.texts import HERE, HOLE, NAME_CLOSES, NAME_OPENS, How

Holds: TypeAlias = Literal["data", "table", "image", "model", "config", "code", "text", "other"]

_SETTINGS = frozenset({"yaml", "toml", "json"})
_LIBRARY = frozenset({"bundled", "fetched", "hub", "commit"})
_HOLDS_BY_KIND: Mapping[str, Holds] = {
    **dict.fromkeys(("data", "archive"), "data"),
    **dict.fromkeys(("image", "media"), "image"),
    **dict.fromkeys(("yaml", "toml", "ini", "json", "requirements", "conda", "pyproject"), "config"),
    **dict.fromkeys(("python", "notebook", "shell", "code", "makefile", "dockerfile"), "code"),
    **dict.fromkeys(("text", "doc"), "text"),
    "model": "model",
}
_IN_DATA_FOLDER = re.compile(
    r"(^|/)([a-z0-9]+[-_])?(data|datasets?|raw|corpus|corpora|inputs?|annotations?|\w*(coco|voc(devkit|20\d\d)|imagenet|kitti|cityscapes|squad)\w*)/",
    re.IGNORECASE,
)


_PICTURES = re.compile(_IN_DATA_FOLDER.pattern.replace("inputs?|", ""), re.IGNORECASE)
"""Folders in which pictures are data, not what somebody wants to try a model on."""


class DataReference(Struct, frozen=True, gc=False):
    """One call that reads or writes a file or fetches a data set by name."""

    path: Annotated[str, "file with the call, relative to the repository root"]
    cell: Annotated[int | None, "cell of a notebook, from 0; NULL in a script"]
    line: Annotated[int, "line of the call that decides the path, from 1, within the cell in a notebook"]
    literal: Annotated[str, "the path as far as the code tells it; {} for a part that is not known"]
    resolved: Annotated[
        str | None,
        "path from the repository root (as written where it lies nowhere), absolute path or address; NULL if not told",
    ]
    direction: Annotated[Literal["read", "write"], "whether the call reads or writes"]
    how: Annotated[How, "how the path is told: written there, by a constant, a join, a default, a call of the function"]
    kind: Annotated[Kind, "absolute, relative, an address, a data set that a library brings, or only known at run time"]
    holds: Annotated[Holds, "what the file holds, by the call and its name"]
    state: Annotated[State, "where the data are and who keeps their versions"]
    data_set: Annotated[
        str | None, "folder or address of the data set, or the file where it lies in none; NULL if not told"
    ]
    download: Annotated[Download, "whether it copies the file over the network, and whether a checksum stands beside"]
    root: Annotated[str | None, "of an absolute path the part another machine lacks, without user names; else NULL"]
    text: Annotated[str, "the line of code, credentials masked"]


TABLES = {"data_references": DataReference}
KINDS = frozenset(
    {"python", "notebook", "shell", "makefile", "dockerfile", "workflow", "doc", "snakefile", "gitignore"}
    | {"yaml", "toml", "json"}
)


class Found(Struct, frozen=True, gc=False, array_like=True):
    paths: FoundPaths | None = None
    commands: Commands | None = None
    ignored: list[str] | None = None
    """Lines of a .gitignore file."""
    settings: list[Setting] = []


FOUND = Found


def scan_file(source: PythonSource | TextSource) -> Found | None:
    if isinstance(source, PythonSource):
        paths = references_in(source)
        return Found(paths, paths.commands) if paths != NOTHING else None
    if source.kind == "gitignore":
        return Found(ignored=source.lines)
    if source.kind in _SETTINGS:
        settings = settings_in(source)
        return Found(settings=settings) if settings else None
    commands = document_in(source.lines) if source.kind == "doc" else commands_of(source)
    return Found(commands=commands) if commands != Commands() else None


# debtscan: ignore[complex-hotspot] a branch a form found in the wild; to be cut into steps with names
def scan_repository(
    found: Sequence[tuple[File, Found]],
    listing: Sequence[File],
    files: Sequence[FileRow],
    data_files: Sequence[DataFile],
) -> Mapping[str, Sequence[Struct]]:
    code = {file.path: item.paths for file, item in found if item.paths}
    modules = Modules(file.path for file in listing if file.kind == "python")
    locator = Locator(modules, code)
    surroundings = _surroundings(found, listing, files, data_files)
    placed = list(_placed(found, code, modules, {row.path: row.component for row in files}))
    located = [
        (item, location)
        for item in placed
        # a listing of who knows what tells nothing: what is read is told by the calls that open the files
        if (location := locator.locate(item.reference.text, item.holder)).kind != "parameter"
        or item.reference.holds != "listing"
    ]
    # what a test writes is no data of the code that it tests
    tests = {row.path for row in files if row.scope == "test"}
    for item, location in located:
        if item.reference.direction == "write" and location.kind != "remote" and item.holder not in tests:
            surroundings.note_written(location.path, item.path, folder=item.reference.holds == "folder")
    rows = list(dict.fromkeys(_row(item, location, surroundings) for item, location in located))
    return {"data_references": rows, "gaps": list(_gaps(rows))}


def _gaps(rows: Sequence[DataReference]) -> Iterator[GapRow]:
    """How many reads tell no path: of these no rule says anything."""
    reads = [row for row in rows if row.direction == "read"]
    unknown = [row for row in reads if row.kind == "parameter" and row.state != "runtime"]
    if unknown:
        yield GapRow(None, f"{len(unknown)} of {len(reads)} places that read files do not tell which")


def _placed(
    found: Sequence[tuple[File, Found]],
    code: Mapping[str, FoundPaths],
    modules: Modules,
    components: Mapping[str, str],
) -> Iterator[Placed]:
    """Every reference, what its file leaves open filled in from others, and the paths in files of settings."""
    settings = [(file.path, item.settings) for file, item in found if item.settings]
    answers = Answers(modules, code, settings, components)
    for file, item in found:
        for told in (item.paths, item.commands):
            for reference in told.references if told else ():
                yield from answers.of(file.path, reference)
        for reference in stated_references(file.path, item.settings):
            yield Placed(file.path, file.path, reference, file.path)


def _surroundings(
    found: Sequence[tuple[File, Found]],
    listing: Sequence[File],
    files: Sequence[FileRow],
    data_files: Sequence[DataFile],
) -> Surroundings:
    by_git = any(file.tracked for file in listing)
    tracked = {row.path: _tracked(row, by_git=by_git) for row in data_files}
    paths = {file.path for file in listing if file.tracked or not by_git}
    paths |= {path for path, item in tracked.items() if item.tracked_by != "none"}
    components = {row.path: row.component for row in files}
    return Surroundings(
        Places(paths, components),
        tracked,
        {file.path: item.commands for file, item in found if item.commands},
        components,
        _ignores([(file.path, item.ignored) for file, item in found if item.ignored]),
        _unread(found, listing),
        in_containers=any(file.kind == "dockerfile" for file in listing),
    )


def _unread(found: Sequence[tuple[File, Found]], listing: Sequence[File]) -> Mapping[str, list[str] | None]:
    """Code that could not be read, or is not here (None): what it writes is not known."""
    unread = {file.path: item.paths.unread for file, item in found if item.paths and item.paths.unread is not None}
    return unread | {file.path: None for file in listing if file.kind in {"python", "notebook"} and not file.present}


def _tracked(row: DataFile, *, by_git: bool) -> Tracked:
    """In a folder without git nothing is tracked and nothing can be blamed for it."""
    tracked_by = "git" if row.tracked_by == "none" and not by_git else row.tracked_by
    return Tracked(tracked_by, row.size_bytes, row.fault != "none", row.by_stage)


def _ignores(files: Sequence[tuple[str, list[str]]]) -> Callable[[str], bool]:
    """Whether the ignore files of the repository match a path."""
    from pathspec import GitIgnoreSpec  # noqa: PLC0415 - not in pool workers

    specs = [(posixpath.dirname(path), GitIgnoreSpec.from_lines(lines)) for path, lines in files]

    def ignores(path: str) -> bool:
        return any(
            spec.match_file(path[len(folder) :].lstrip("/"))
            for folder, spec in specs
            if path.startswith(f"{folder}/" if folder else "")
        )

    return ignores


def _row(item: Placed, location: Location, surroundings: Surroundings) -> DataReference:
    path, reference = item.path, item.reference
    state, resolved = surroundings.judge(location, path, reference, item.reader)
    library = reference.holds in _LIBRARY
    absolute = location.kind == "local_absolute"
    shown = None if resolved is None else without_user(mask(resolved))
    return DataReference(
        path=path,
        cell=reference.cell,
        line=reference.line,
        literal=_literal(reference.text),
        resolved=shown,
        direction=reference.direction,
        how=reference.how,
        kind="dataset_api" if library else location.kind,
        holds="data" if library else _holds(reference.holds, location.path),
        state=state,
        data_set=_data_set(shown, location),
        download=reference.download,
        root=machine_root(location.path) if absolute and state == "machine-bound" else None,
        text=without_user(reference.evidence),
    )


def _data_set(shown: str | None, location: Location) -> str | None:
    if shown is None:
        return None
    return data_set_of_address(shown) if location.kind == "remote" else data_set_of(shown)


def _literal(text: str) -> str:
    shown = text.replace(HOLE, "{}").replace(HERE, ".").replace(NAME_OPENS, "{").replace(NAME_CLOSES, "}")
    return without_user(mask(shown))


def _holds(told: str, path: str) -> Holds:
    """What a file holds, by the call that reads it, else by its name and folder."""
    if told in {"data", "folder"}:
        return "data"
    if told == "table":
        return "table"
    if told == "model":
        return "model"
    if told == "image":
        return "data" if _PICTURES.search(path) else "image"
    if told == "listing":
        return "data" if _is_listed_data(path) else "other"
    if is_address(path):
        path = re.split(r"[?#]", path, maxsplit=1)[0]
        if is_data_name(path):
            return "model" if kind_of(path) == "model" else "data"
    by_name = _HOLDS_BY_KIND.get(kind_of(path), "other")
    may_be = by_name == "other" or posixpath.splitext(path)[1].lower() in {".json", ".txt", ".xml"}
    return "data" if may_be and _IN_DATA_FOLDER.search(path) else by_name


def _is_listed_data(path: str) -> bool:
    """Whether files that are listed are data: by their suffix, pictures and folders by where they lie."""
    suffix = posixpath.splitext(path)[1]
    if suffix and "*" not in suffix and kind_of(path) != "image":
        return _HOLDS_BY_KIND.get(kind_of(path)) == "data"
    return _PICTURES.search(path if suffix else f"{path}/") is not None
