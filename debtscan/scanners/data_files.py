"""Data in the repository, and how each file is tracked: by git itself, Git LFS, DVC, git-annex, or not at all.

Content is looked at only where a file is small enough to be a pointer. What an attribute promises and what git holds
are compared in git's own blob; on disk Git LFS has already put the content in the pointer's place.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Literal, TypeAlias

from msgspec import Struct

from debtscan.datapaths.places import above
from debtscan.datapaths.tracking import FoundTracking, Output, tracking_in
from debtscan.repository import File
from debtscan.scanners import GapRow
from debtscan.source.binary import BinarySource
from debtscan.source.text import TextSource

TrackedBy: TypeAlias = Literal["git", "lfs", "dvc", "annex", "none"]
Fault: TypeAlias = Literal["none", "content_instead_of_pointer", "pointer_without_attribute", "no_hash"]


class DataFile(Struct, frozen=True, gc=False):
    """One file of data, or one output of DVC, which may be a folder."""

    path: Annotated[str, "file, relative to the repository root"]
    size_bytes: Annotated[int | None, "size, of the object itself where a pointer states it; NULL when not told"]
    tracked_by: Annotated[TrackedBy, "what keeps its versions; none: it lies on the disk only"]
    format: Annotated[str, "suffix in lower case without the dot (csv, parquet, csv.gz); empty without one"]
    ignored: Annotated[bool, "matched by the repository's ignore files"]
    blob: Annotated[str | None, "git blob id; NULL where git holds none, or another content than the disk"]
    fault: Annotated[
        Fault, "what is wrong with its tracking: LFS promised but content in git, a pointer nobody resolves"
    ]
    tracker: Annotated[str | None, "the file that says so (a .dvc file, dvc.yaml); NULL for git, LFS and annex"]
    tracker_line: Annotated[int | None, "line in the tracker, from 1"]
    by_stage: Annotated[bool, "an output of a pipeline stage, which can be made again"]


TABLES = {"data_files": DataFile}
_POINTER_KINDS = frozenset({"data", "model", "image", "media", "archive", "other"})
KINDS = _POINTER_KINDS | {"dvc", "gitattributes"}
FOUND = FoundTracking

_DATA_FOLDER = re.compile(r"(^|/)(data|datasets?|raw|corpus|corpora)/", re.IGNORECASE)
_DATA_IN_FOLDER = frozenset({"image", "media", "json", "text", "other"})
_DOUBLE = frozenset({"gz", "bz2", "xz", "zst", "zip"})
_MAX_POINTER_BYTES = 1024
_ANNEX = ".git/annex/objects/"


def scan_file(source: TextSource | BinarySource) -> FoundTracking | None:
    try:
        return tracking_in(source)
    except ValueError as error:
        return FoundTracking(problem=f"DVC file not understood: {error}")


def scan_repository(
    found: Sequence[tuple[File, FoundTracking]], listing: Sequence[File]
) -> Mapping[str, Sequence[Struct]]:
    attributes = _Attributes(found)
    pointers = {file.path: item for file, item in found if item.pointer}
    outputs = {row.path: row for row in sorted(_outputs(found), key=lambda row: row.size_bytes is not None)}
    files = [
        row
        for file in listing
        if (row := _row(file, pointers.get(file.path), attributes)) is not None
        and (file.tracked or not any(path in outputs for path in (file.path, *above(file.path))))
    ]
    taken = {row.path for row in files}
    rows = sorted([*files, *(row for path, row in outputs.items() if path not in taken)], key=lambda row: row.path)
    misread = [GapRow(file.path, item.problem) for file, item in found if item.problem]
    return {"data_files": rows, "gaps": [*misread, *_gaps(rows, listing)]}


def _row(file: File, pointer: FoundTracking | None, attributes: _Attributes) -> DataFile | None:
    if file.mode == "symlink":
        return _annexed(file) if _ANNEX in (file.link or "") else None
    promised = attributes.lfs(file.path) if file.kind in _POINTER_KINDS | _DATA_IN_FOLDER else False
    if not (file.mode in {"file", "executable"} and (pointer or promised or _is_data(file))):
        return None
    fault: Fault = "none"
    if pointer and not promised:
        fault = "pointer_without_attribute"
    elif promised and not pointer and (_git_bytes(file) or 0) >= _MAX_POINTER_BYTES:
        fault = "content_instead_of_pointer"
    by_lfs = pointer is not None or (promised and fault == "none")
    tracked_by: TrackedBy = "none" if not file.tracked else "lfs" if by_lfs else "git"
    size = pointer.pointer_bytes if pointer else file.size_bytes
    return _data_file(file, size, tracked_by, fault)


def _git_bytes(file: File) -> int | None:
    """Size of what git itself holds: on disk Git LFS has put the data in the pointer's place."""
    return file.size_bytes if file.stored is None and file.blob else file.stored_bytes


def _blob(file: File) -> str | None:
    """The id of the content as it lies there, where git knows it."""
    if file.stored is None:
        return file.blob
    return file.stored if file.stored_bytes == file.size_bytes else None


def _annexed(file: File) -> DataFile:
    size = re.search(r"-s(\d{1,18})[-.]", file.link or "")
    return _data_file(file, int(size[1]) if size else None, "annex" if file.tracked else "none", "none")


def _data_file(file: File, size_bytes: int | None, tracked_by: TrackedBy, fault: Fault) -> DataFile:
    return DataFile(
        path=file.path,
        size_bytes=size_bytes,
        tracked_by=tracked_by,
        format=format_of(file.path),
        ignored=file.ignored,
        blob=_blob(file),
        fault=fault,
        tracker=None,
        tracker_line=None,
        by_stage=False,
    )


def _is_data(file: File) -> bool:
    may_be = file.kind in _DATA_IN_FOLDER or file.path.endswith(".txt")
    return file.kind in {"data", "archive"} or (may_be and bool(_DATA_FOLDER.search(file.path)))


def format_of(path: str) -> str:
    stem, suffix = posixpath.splitext(posixpath.basename(path).lower())
    suffix = suffix.lstrip(".")
    return f"{stem.rpartition('.')[2]}.{suffix}" if suffix in _DOUBLE and "." in stem.strip(".") else suffix


def _outputs(found: Sequence[tuple[File, FoundTracking]]) -> Iterator[DataFile]:
    """Outputs of DVC as written: a stage's stands in dvc.yaml and, with its size, in dvc.lock."""
    for file, item in found:
        if not item.outputs:
            continue
        folder = posixpath.dirname(file.path)
        for output in item.outputs:
            path = posixpath.normpath(posixpath.join(folder, output.path))
            if not path.startswith(("../", "/")):
                yield _output(path, output, file)


def _output(path: str, output: Output, file: File) -> DataFile:
    unhashed = file.path.endswith(".dvc") and output.digest is None
    return DataFile(
        path=path,
        size_bytes=output.size_bytes,
        tracked_by="dvc",
        format=format_of(path),
        ignored=False,
        blob=None,
        fault="no_hash" if unhashed else "none",
        tracker=file.path,
        tracker_line=output.line,
        by_stage=output.by_stage,
    )


def _gaps(rows: Sequence[DataFile], listing: Sequence[File]) -> Iterator[GapRow]:
    """Data whose size nobody knows here: no rule may call them small."""
    missing = {file.path for file in listing if not file.present and file.mode != "submodule"}
    for row in rows:
        if row.path in missing and row.size_bytes is None:
            yield GapRow(row.path, "size unknown: its content is missing in this partial clone")


class _Attributes:
    """Which paths are given to Git LFS: the last matching pattern of the nearest .gitattributes decides."""

    def __init__(self, found: Sequence[tuple[File, FoundTracking]]) -> None:
        from pathspec import GitIgnoreSpec  # noqa: PLC0415 - only where a repository uses attributes

        self._patterns = [
            (posixpath.dirname(file.path), GitIgnoreSpec.from_lines([pattern]), on)
            for file, item in found
            for pattern, on in item.lfs_patterns
        ]
        self._patterns.sort(key=lambda entry: entry[0].count("/") + bool(entry[0]))
        self._patterns.reverse()

    def lfs(self, path: str) -> bool:
        for folder, spec, on in self._patterns:
            inside = f"{folder}/" if folder else ""
            if path.startswith(inside) and spec.match_file(path[len(inside) :]):
                return on
        return False
