"""An opened target: what it is called, what lies in it, how to read it, what happened in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Literal, Self, TypeAlias

from debtscan.errors import UserError
from debtscan.model import Gap, ScopeOut
from debtscan.repository.blobs import Reader
from debtscan.repository.entries import Exclusion, File, costly, counted
from debtscan.repository.history import Commit, History

MAX_OWN_GLOBS = 200
"""Patterns that a target may state; each is compared with every file."""

Kind: TypeAlias = Literal["work_tree", "bare", "folder", "archive"]


@dataclass(kw_only=True)
class Repository:
    """An opened target. Use it as a context manager: closing removes its scratch directory, and its reader with it."""

    name: str
    source: str
    """Base name, or the URL without credentials."""
    kind: Kind
    reader: Reader
    files: tuple[File, ...]
    """Sorted by path."""
    gaps: tuple[Gap, ...]
    excluded: tuple[ScopeOut, ...]
    revision: str | None = None
    branch: str | None = None
    committed_at: int | None = None
    """Unix seconds."""
    dirty: bool | None = None
    """Whether the disk differs from the revision; None without git."""
    changed_files: int = 0
    """Tracked files that differ, were added or are gone, and untracked ones that no rule ignores."""
    shallow: bool = False
    partial: bool = False
    """Whether objects that the revision names are missing."""
    history: History | None = None
    resources: ExitStack = field(default_factory=ExitStack)

    def commits(self) -> Iterator[Commit]:
        """Every commit, newest first; none without git. Raises `HistoryError` where git had to stop early."""
        return iter(()) if self.history is None else self.history.commits()

    def blob_sizes(self, blobs: Sequence[str]) -> list[int | None]:
        """Size in bytes of each of these blobs; None where its object is not here. Raises `HistoryError`."""
        return [None] * len(blobs) if self.history is None else self.history.sizes(blobs)

    def leave_out(self, globs: Sequence[str], by: str) -> None:
        """Drop the files that the target's own globs cover; `by` says where they stand.

        A pattern that is wrong or costly is a gap: a target cannot stop or stall its audit.
        """
        sound = [glob for glob in globs[:MAX_OWN_GLOBS] if not costly(glob)]
        try:
            exclusion = Exclusion(sound, by)
        except UserError as error:
            self._gap(f"{by}: {error}")
            return
        if len(sound) < len(globs):
            refused = counted(len(globs) - len(sound), "pattern")
            self._gap(f"{by}: {refused} with too many wildcards, or beyond the first {MAX_OWN_GLOBS}, not applied")
        self.files = tuple(file for file in self.files if not exclusion.covers(file.path))
        self.excluded = (*self.excluded, *exclusion.report())

    def _gap(self, why: str) -> None:
        self.gaps = (*self.gaps, Gap(repository=self.name, path=None, scanner="repository", why=why))

    def close(self) -> None:
        self.resources.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()
