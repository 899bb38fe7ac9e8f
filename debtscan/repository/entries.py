r"""One entry of a listing, and the listing that a tree, a disk or an archive is read into.

Names come from outside: bytes that are not UTF-8 are shown as `\xNN`, impossible names are refused, and two names
that would be shown alike are told apart by dropping the second with a gap.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from msgspec import Struct

from debtscan.errors import UserError
from debtscan.model import Gap, ScopeOut

MAX_FILES = 200_000
"""Entries of one listing. The largest public repositories have about 100,000; a tree bomb has billions."""
MAX_PATH_BYTES = 4096
"""Longest name that is listed (PATH_MAX of Linux): longer ones exist only in hand-made trees."""
MAX_DEPTH = 100
"""Folders inside folders; deeper nesting exists only to exhaust a reader."""
MAX_GAPS = 100
"""Gaps of one kind that are listed one by one; the rest is counted."""

Mode: TypeAlias = Literal["file", "executable", "symlink", "submodule"]


class File(Struct, frozen=True, gc=False, kw_only=True):
    """One file, symbolic link or submodule of a listing; `path` is relative to the root and always valid Unicode."""

    path: str
    blob: str | None
    """Id of the git blob where it is known without reading; None for files on disk."""
    size_bytes: int | None
    """None: unknown (the object is missing in a partial clone, a submodule)."""
    kind: str
    mode: Mode = "file"
    tracked: bool = True
    ignored: bool = False
    present: bool = True
    """Whether the content can be read here."""
    raw: bytes
    """The name as the file system or git has it."""
    link: str | None = None
    """Where a symbolic link points, if that was read."""
    stored: str | None = None
    """Of a file on disk: the blob that git holds for it, which may be another content (an edit, a Git LFS pointer)."""
    stored_bytes: int | None = None
    """Size of that blob, where the last commit holds it."""


def shown(raw: bytes) -> str:
    r"""A name as text; bytes that are not UTF-8 become `\xNN`."""
    return raw.decode("utf-8", "backslashreplace")


def counted(count: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


class Exclusion:
    """Globs of files to leave out, in .gitignore's notation: the last that matches decides. `by` says whose they are."""

    def __init__(self, globs: Sequence[str], by: str = "the auditor") -> None:
        from pathspec import GitIgnoreSpec  # noqa: PLC0415 - workers import this module and exclude nothing

        self._globs, self._by = [glob for glob in globs if glob.strip()], by
        self._counts = dict.fromkeys(self._globs, 0)
        try:
            self._spec = GitIgnoreSpec.from_lines(self._globs)
        except ValueError as error:
            raise UserError(f"a pattern of files to exclude is not understood: {error}") from error

    def covers(self, path: str) -> bool:
        result = self._spec.check_file(path)
        if result.include and result.index is not None:
            self._counts[self._globs[result.index]] += 1
        return bool(result.include)

    def report(self) -> list[ScopeOut]:
        """Each glob with the number of files it left out; one that left out none is a mistake worth seeing."""
        return [
            ScopeOut(path=glob, why=f"excluded by {self._by} ({counted(count, 'file')})")
            for glob, count in self._counts.items()
        ]


def costly(glob: str) -> bool:
    """Whether matching a pattern can take seconds for one name: time grows with the power of the wildcards."""
    parts = glob.split("/")
    return parts.count("**") > 2 or any(part.count("*") > 2 for part in parts if part != "**")


@dataclass
class Listing:
    """What was found in a target so far, with the caps that keep a hostile one finite."""

    repository: str
    files: list[File] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    excluded: list[ScopeOut] = field(default_factory=list)
    exclusion: Exclusion | None = None
    _counts: dict[str, int] = field(default_factory=dict)

    @property
    def full(self) -> bool:
        return len(self.files) >= MAX_FILES

    def add(self, file: File) -> None:
        """List one entry, or say in a gap why not."""
        if fault := _fault(file.raw):
            self.gap(None, f"a file was left out: {fault}")
            return
        if self.exclusion is not None and self.exclusion.covers(file.path):
            return
        self.files.append(file)
        if file.mode == "submodule":
            self.gap(file.path, "submodule not read: its files belong to another repository")
        elif file.link is not None and _leaves(file.path, file.link):
            self.gap(file.path, "symbolic link to a place outside the repository, not followed")

    def gap(self, path: str | None, why: str) -> None:
        """Record what was not read; of many gaps of one kind the rest is only counted."""
        self._counts[why] = self._counts.get(why, 0) + 1
        if self._counts[why] <= MAX_GAPS:
            self.gaps.append(Gap(repository=self.repository, path=path, scanner="repository", why=why))

    def exclude(self, path: str, why: str) -> None:
        self.excluded.append(ScopeOut(path=path, why=why))

    def finish(self) -> None:
        """Sort everything and drop entries whose shown names collide."""
        self.files.sort(key=lambda file: (file.path, file.raw))
        unique: list[File] = []
        for file in self.files:
            if unique and unique[-1].path == file.path:
                self.gap(file.path, "two entries have this name; the first was read")
            else:
                unique.append(file)
        self.files = unique
        for why, count in self._counts.items():
            if count > MAX_GAPS:
                text = f"{why} ({count - MAX_GAPS:,} more)"
                self.gaps.append(Gap(repository=self.repository, path=None, scanner="repository", why=text))
        if self.exclusion is not None:
            self.excluded.extend(self.exclusion.report())
        self.gaps.sort(key=lambda gap: (gap.path or "", gap.why))
        self.excluded.sort(key=lambda out: (out.path, out.why))


def _fault(raw: bytes) -> str | None:
    if len(raw) > MAX_PATH_BYTES:
        return f"its name is {len(raw):,} bytes long ({shown(raw[:60])}...)"
    parts = raw.split(b"/")
    if len(parts) > MAX_DEPTH:
        return f"it is nested {len(parts):,} folders deep ({shown(raw[:60])}...)"
    if any(part in {b"", b".", b".."} for part in parts):
        return f"its name is not a path inside the repository ({shown(raw[:60])})"
    if any(part.lower() == b".git" for part in parts):
        return f"its name lies in a .git folder ({shown(raw[:60])})"
    return None


def _leaves(path: str, link: str) -> bool:
    """Whether a link points out of the tree, judged by its text alone."""
    if link.startswith("/"):
        return True
    return os.path.normpath(f"{os.path.dirname(path)}/{link}" if "/" in path else link).split("/")[0] == ".."  # noqa: PTH120
