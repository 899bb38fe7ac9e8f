"""Change history in one streaming pass: commits, and how often each file changed.

Only what later needs is kept: a row per commit and a row per file. Merges, bots and bulk commits (reformatting, mass
renames) say nothing of how often people must touch a file, so they do not count as edits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from msgspec import Struct

from debtscan.repository import Commit, File
from debtscan.scanners import CommitReader, Past

BULK_FILES = 50
"""A commit that touches more files than this is a sweep, not an edit (research: cost model §3.4)."""
HALF_LIFE_MONTHS = 3.0
WINDOW_MONTHS = 24.0
_MONTH_SECONDS = 2_629_746
_YEAR_SECONDS = 31_556_952


class CommitRow(Struct, frozen=True, gc=False):
    """One commit reachable from the audited revision."""

    hash: Annotated[str, "commit id"]
    committed_at: Annotated[int, "when it was committed, unix seconds"]
    author: Annotated[str, "keyed hash of the author; nobody is named"]
    merge: Annotated[bool, "has more than one parent"]
    bot: Annotated[bool, "author is a bot by its name"]
    fix: Annotated[bool, "message speaks of a fix"]
    files_changed: Annotated[int, "files it touched; 0 for a merge"]


class Churn(Struct, frozen=True, gc=False):
    """How often one file changed; merges, bots and sweeps of more than 50 files left out."""

    path: Annotated[str, "file that exists at the audited revision"]
    commits: Annotated[int, "commits that changed it"]
    commits_365: Annotated[int, "those of the last 365 days before the audit's date"]
    authors: Annotated[int, "different authors"]
    fix_commits: Annotated[int, "commits whose message speaks of a fix"]
    first_at: Annotated[int | None, "first change seen, sweeps included, unix seconds"]
    last_at: Annotated[int | None, "last change seen, sweeps included, unix seconds"]
    recent_edits: Annotated[float, "changes of the last 24 months, each halved for every 3 months of age"]


TABLES = {"commits": CommitRow, "churn": Churn}


class FileHistory(Struct, array_like=True):
    commits: int = 0
    commits_365: int = 0
    fix_commits: int = 0
    first_at: int = 0
    last_at: int = 0
    recent_edits: float = 0.0
    authors: set[str] = set()


class History(Struct, array_like=True):
    commits: list[CommitRow]
    files: dict[str, FileHistory]


FOUND = History


class _Reader:
    """Keeps files that still exist: memory follows the tree and not the history."""

    def __init__(self, past: Past) -> None:
        self._past = past
        self._history = History([], {})

    def take(self, commit: Commit) -> None:
        self._history.commits.append(
            CommitRow(
                commit.hash,
                commit.committed_at,
                commit.author,
                commit.parents > 1,
                commit.bot,
                commit.fix,
                len(commit.changes),
            )
        )
        counts = commit.parents <= 1 and not commit.bot and len(commit.changes) <= BULK_FILES
        files = self._history.files
        for change in commit.changes:
            if change.path in self._past.paths:
                _note(files.setdefault(change.path, FileHistory()), commit, self._past.as_of, counts=counts)

    def found(self) -> History:
        return self._history


def scan_commits(past: Past) -> CommitReader[History]:
    return _Reader(past)


def _note(file: FileHistory, commit: Commit, as_of: int, *, counts: bool) -> None:
    at = commit.committed_at
    file.first_at = min(file.first_at or at, at)
    file.last_at = max(file.last_at, at)
    if not counts:
        return
    age_seconds = max(0, as_of - at)
    file.commits += 1
    file.commits_365 += age_seconds <= _YEAR_SECONDS
    file.fix_commits += commit.fix
    file.authors.add(commit.author)
    age_months = age_seconds / _MONTH_SECONDS
    if age_months <= WINDOW_MONTHS:
        file.recent_edits += 2.0 ** (-age_months / HALF_LIFE_MONTHS)


def scan_repository(history: History | None, listing: Sequence[File]) -> Mapping[str, Sequence[Struct]]:
    """Fill both tables; without history neither exists, because none is not zero."""
    if history is None:
        return {}
    return {
        "commits": history.commits,
        "churn": [_churn(file.path, history.files[file.path]) for file in listing if file.path in history.files],
    }


def _churn(path: str, file: FileHistory) -> Churn:
    return Churn(
        path,
        file.commits,
        file.commits_365,
        len(file.authors),
        file.fix_commits,
        file.first_at or None,
        file.last_at or None,
        round(file.recent_edits, 6),
    )
