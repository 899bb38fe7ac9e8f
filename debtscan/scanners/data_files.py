"""Data in the repository, and how each file is tracked: by git itself, Git LFS, DVC, git-annex, or not at all.

What is data and what not: `debtscan.datapaths.datalike`. Whatever a tool for data keeps stands here too, whatever it is.
Content is looked at only where a file is small enough to be a pointer, and in JSON, whose name tells nothing. What an
attribute promises and what git holds are compared in git's own blob; on disk Git LFS has already put the content in the
pointer's place. That objects can be fetched is told for DVC only, whose remotes stand in the repository.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Literal, TypeAlias

from msgspec import Struct

from debtscan.datapaths.attributes import Attributes
from debtscan.datapaths.datalike import DataLike
from debtscan.datapaths.dvc import Output, Remotes
from debtscan.datapaths.places import above
from debtscan.datapaths.tracking import FoundTracking, annexed_bytes, tracking_in
from debtscan.repository import File
from debtscan.scanners import GapRow
from debtscan.source.binary import BinarySource
from debtscan.source.text import TextSource

TrackedBy: TypeAlias = Literal["git", "lfs", "dvc", "annex", "none"]
Fault: TypeAlias = Literal[
    "none", "content_instead_of_pointer", "pointer_without_attribute", "no_hash", "no_lock", "no_remote", "local_remote"
]


class DataFile(Struct, frozen=True, gc=False):
    """One file of data, or one output of DVC, which may be a folder."""

    path: Annotated[str, "file, relative to the repository root"]
    size_bytes: Annotated[int | None, "size, of the object itself where a pointer states it; NULL when not told"]
    tracked_by: Annotated[TrackedBy, "what keeps its versions; none: it lies on the disk only"]
    format: Annotated[str, "suffix in lower case without the dot (csv, parquet, csv.gz); empty without one"]
    ignored: Annotated[bool, "matched by the repository's ignore files"]
    blob: Annotated[str | None, "git blob id; NULL where git holds none, or another content than the disk"]
    fault: Annotated[
        Fault,
        "what is wrong with its tracking: LFS promised but content in git, a pointer nobody resolves, DVC without a hash, "
        "without dvc.lock, without a remote, with one that is a path of a machine",
    ]
    tracker: Annotated[str | None, "the file that says so (a .dvc file, dvc.yaml); NULL for git, LFS and annex"]
    tracker_line: Annotated[int | None, "line in the tracker, from 1"]
    by_stage: Annotated[bool, "an output of a pipeline stage, which can be made again"]


TABLES = {"data_files": DataFile}
_POINTER_KINDS = frozenset({"data", "model", "image", "media", "archive", "other", "json", "text", "doc"})
KINDS = (_POINTER_KINDS - {"text"}) | {"dvc", "gitattributes", "ini"}
FOUND = FoundTracking

_DOUBLE = frozenset({"gz", "bz2", "xz", "zst", "zip"})
_MAX_POINTER_BYTES = 1024
_ANNEXED = re.compile(r"(?:^|/)\.git/annex/objects/(?:.*/)?([^/]+)$")
_CONFIG = ".dvc/config"


def scan_file(source: TextSource | BinarySource) -> FoundTracking | None:
    try:
        return tracking_in(source)
    except ValueError as error:
        return FoundTracking(problem=f"DVC file not understood: {error}")


def scan_repository(
    found: Sequence[tuple[File, FoundTracking]], listing: Sequence[File]
) -> Mapping[str, Sequence[Struct]]:
    outputs = {row.path: row for row in sorted(_outputs(found, listing), key=lambda row: row.size_bytes is not None)}
    files = list(_files(found, listing, frozenset(outputs)))
    taken = {row.path for row in files}
    rows = sorted([*files, *(row for path, row in outputs.items() if path not in taken)], key=lambda row: row.path)
    misread = [GapRow(file.path, item.problem) for file, item in found if item.problem]
    return {"data_files": rows, "gaps": [*misread, *_gaps(rows, listing)]}


def _files(
    found: Sequence[tuple[File, FoundTracking]], listing: Sequence[File], outputs: frozenset[str]
) -> Iterator[DataFile]:
    """Rows of the listing; what lies on the disk as an output of DVC is told there."""
    said = {file.path: item for file, item in found}
    attributes = Attributes({path: item.attributes for path, item in said.items() if item.attributes}, "lfs")
    data = DataLike(listing, {path: (item.records, item.listed) for path, item in said.items()})
    for file in listing:
        if file.tracked or outputs.isdisjoint((file.path, *above(file.path))):
            row = _row(file, said.get(file.path) or FoundTracking(), attributes, data)
            if row is not None:
                yield row


def _row(file: File, said: FoundTracking, attributes: Attributes, data: DataLike) -> DataFile | None:
    if file.mode == "symlink":
        key = _ANNEXED.search(file.link or "")
        return _data_file(file, annexed_bytes(key[1]), "annex") if key else None
    if file.mode == "submodule":
        return None
    if said.annexed:
        return _data_file(file, said.pointer_bytes, "annex")
    promised = file.kind in _POINTER_KINDS and attributes.sets(file.path)
    if not (said.pointer or promised or data.holds(file)):
        return None
    fault = _lfs_fault(file, pointer=said.pointer, promised=promised)
    by_lfs = said.pointer or (promised and fault == "none")
    size = said.pointer_bytes if said.pointer else file.size_bytes
    return _data_file(file, size, "lfs" if by_lfs else "git", fault)


def _lfs_fault(file: File, *, pointer: bool, promised: bool) -> Fault:
    """Where what git holds and what the attributes promise to Git LFS disagree."""
    if pointer:
        return "none" if promised else "pointer_without_attribute"
    large = (_git_bytes(file) or 0) >= _MAX_POINTER_BYTES
    return "content_instead_of_pointer" if promised and large else "none"


def _git_bytes(file: File) -> int | None:
    """Size of what git itself holds: on disk Git LFS has put the data in the pointer's place."""
    return file.size_bytes if file.stored is None and file.blob else file.stored_bytes


def _blob(file: File) -> str | None:
    """The id of the content as it lies there, where git knows it."""
    if file.stored is None:
        return file.blob
    return file.stored if file.stored_bytes == file.size_bytes else None


def _data_file(file: File, size_bytes: int | None, tracked_by: TrackedBy, fault: Fault = "none") -> DataFile:
    return DataFile(
        path=file.path,
        size_bytes=size_bytes,
        tracked_by=tracked_by if file.tracked else "none",
        format=format_of(file.path),
        ignored=file.ignored,
        blob=_blob(file),
        fault=fault,
        tracker=None,
        tracker_line=None,
        by_stage=False,
    )


def format_of(path: str) -> str:
    stem, suffix = posixpath.splitext(posixpath.basename(path).lower())
    suffix = suffix.lstrip(".")
    return f"{stem.rpartition('.')[2]}.{suffix}" if suffix in _DOUBLE and "." in stem.strip(".") else suffix


def _outputs(found: Sequence[tuple[File, FoundTracking]], listing: Sequence[File]) -> Iterator[DataFile]:
    """Outputs of DVC as written: a stage's stands in dvc.yaml and, with its size, in dvc.lock."""
    paths = {file.path for file in listing}
    said = {file.path: item.remotes for file, item in found}
    projects = {
        path.removesuffix(_CONFIG): said.get(path) or Remotes({})
        for path in paths
        if path == _CONFIG or path.endswith(f"/{_CONFIG}")
    }
    for file, item in found:
        if not item.outputs:
            continue
        folder = posixpath.dirname(file.path)
        remotes = next((projects[root] for root in _roots(folder) if root in projects), None)
        locked = not file.path.endswith("dvc.yaml") or posixpath.join(folder, "dvc.lock") in paths
        for output in item.outputs:
            path = posixpath.normpath(posixpath.join(folder, output.path))
            if not path.startswith(("../", "/")):
                yield _output(path, output, file, _fault(output, file, remotes, locked=locked))


def _roots(folder: str) -> Iterator[str]:
    """A folder and those above it, each with its slash; the root is empty."""
    while folder:
        yield f"{folder}/"
        folder = posixpath.dirname(folder)
    yield ""


def _fault(output: Output, file: File, remotes: Remotes | None, *, locked: bool) -> Fault:
    """What keeps others from the content; what a stage makes, or an import brings, no remote need hold.

    Without a project of DVC around it a file is meant for another repository: nobody knows what that one has.
    """
    if file.path.endswith(".dvc") and not (output.digested or output.imported):
        return "no_hash"
    if not output.cached or remotes is None:
        return "none"
    if output.by_stage:
        return "none" if locked else "no_lock"
    reach = "all" if output.imported else remotes.reach(output.remote)
    return "no_remote" if reach == "none" else "local_remote" if reach == "local" else "none"


def _output(path: str, output: Output, file: File, fault: Fault) -> DataFile:
    return DataFile(
        path=path,
        size_bytes=output.size_bytes,
        tracked_by="dvc",
        format=format_of(path),
        ignored=False,
        blob=None,
        fault=fault,
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
