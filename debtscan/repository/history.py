"""Stream a repository's history: one `git log --raw`, newest commit first, in bounded memory."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from hashlib import blake2b

from msgspec import Struct

from debtscan.repository.entries import counted, shown
from debtscan.repository.git import GitError, Plumbing

MAX_CHANGES = 50_000
"""Changed files of one commit that are kept; a commit that touches more says nothing about any of them."""
MAX_CHANGES_IN_ALL = 10_000_000
"""Changed files in all commits: ten times the largest public histories; a tree bomb has billions."""

_LAST_SECOND = 253_402_300_799
_FORMAT = "%H%x00%ct%x00%P%x00%aE%x00%aN%x00%s"
_FIELDS = 6
_BOT = re.compile(
    r"\[bot\]|\b(?:dependabot|renovate|greenkeeper|pyup|snyk|imgbot|codecov|allcontributors|mergify|deepsource"
    r"|pre-?commit-?ci|github[- ]actions?|semantic-release|release-please|sourcery-ai|restyled)\b"
    r"|[-_. ]bot\b|\bbot[-_.@]|^bot$",
    re.IGNORECASE,
)
_FIX = re.compile(
    r"\b(?:fix(?:e[sd]|ing|up)?|bug(?:s|fix(?:e[sd])?)?|hot-?fix(?:e[sd])?|regressions?|broken|crash(?:e[sd])?)\b",
    re.IGNORECASE,
)
_NO_FIX = re.compile(
    r"\b(?:typos?|docs?|documentation|docstrings?|readme|changelog|lint(?:er|ing)?|flake8|ruff|isort|formatting"
    r"|whitespaces?|spelling|(?:broken|dead) links?)\b",
    re.IGNORECASE,
)


class HistoryError(Exception):
    """Some of the history could not be read; every other commit was given before. The text is a sentence."""


class Commit(Struct, frozen=True, gc=False):
    """One commit. Merges have no changes, nor has a commit whose parents were not cloned."""

    hash: str
    committed_at: int
    """Unix seconds."""
    author: str
    """Keyed hash of the author's address after `.mailmap`: the same person within one repository, nobody outside."""
    parents: int
    bot: bool
    fix: bool
    """The subject says by a whole word that something was broken, and does not speak of wording or style."""
    changes: tuple[tuple[str, str], ...] = ()
    """Git's status letter (A, M, D, T) and the path below the root of the listing."""


@dataclass(frozen=True)
class History:
    """Where a history starts and which part of the repository it is about."""

    plumbing: Plumbing
    revision: str
    prefix: bytes = b""
    """Folder with a trailing slash, for a target that is a part of a repository."""
    shallow: frozenset[str] = frozenset()

    def commits(self) -> Iterator[Commit]:
        """Newest first. Raises `HistoryError` at the end when some could not be read.

        A commit whose date is damaged is left out: no date in its place would be true.
        """
        key, undated = self._key(), 0
        limit = ("--full-history", "--", os.fsdecode(self.prefix)) if self.prefix else ("--",)
        records = self.plumbing.records(
            "log",
            "--raw",
            "-z",
            "--no-renames",
            "--no-color",
            "--no-ext-diff",
            "--no-textconv",
            "--no-show-signature",
            "--encoding=UTF-8",
            f"--format={_FORMAT}",
            self.revision,
            *limit,
        )
        try:
            with closing(records):
                for fields, changes in _grouped(records, self.prefix):
                    if (committed_at := timestamp(fields[1])) is not None:
                        yield _commit(fields, changes, committed_at, key, self.shallow)
                    else:
                        undated += 1
        except GitError as error:
            raise HistoryError(f"the history could not be read to its end: {error}") from error
        if undated:
            raise HistoryError(f"{counted(undated, 'commit')} with an impossible date left out of the history")

    def _key(self) -> bytes:
        """Names the repository for ever: its first commit (of several roots the first by hash)."""
        try:
            roots = b"".join(self.plumbing.records("rev-list", "--max-parents=0", self.revision, "--")).split()
        except GitError:
            roots = []
        return min(roots, default=b"")


def _grouped(records: Iterator[bytes], prefix: bytes) -> Iterator[tuple[list[bytes], list[tuple[str, str]]]]:
    """The fields of each commit with its changes. A row of `--raw` starts with a colon, a hash never does."""
    fields: list[bytes] = []
    changes: list[tuple[str, str]] = []
    seen = 0
    for record in records:
        if len(fields) == _FIELDS and record.startswith((b":", b"\n:")):
            raw = next(records, b"")
            seen += 1
            if seen > MAX_CHANGES_IN_ALL:
                raise GitError(f"more than {MAX_CHANGES_IN_ALL:,} changed files")
            if len(changes) < MAX_CHANGES:
                changes.append((record[record.rindex(b" ") + 1 :].decode()[:1], shown(raw.removeprefix(prefix))))
        elif len(fields) == _FIELDS:
            yield fields, changes
            fields, changes = [record], []
        else:
            fields.append(record)
    if len(fields) == _FIELDS:
        yield fields, changes


def timestamp(text: bytes) -> int | None:
    """Unix seconds as git writes them; None when they are damaged or beyond the year 9999."""
    return int(text) if text.isdigit() and len(text) <= len(str(_LAST_SECOND)) and int(text) <= _LAST_SECOND else None


def _commit(
    fields: list[bytes], changes: list[tuple[str, str]], committed_at: int, key: bytes, shallow: frozenset[str]
) -> Commit:
    revision, _, parents, address, name, subject = (field.decode("utf-8", "replace") for field in fields)
    identity = (address or name).strip().lower()
    text = subject[:2000]
    return Commit(
        hash=revision,
        committed_at=committed_at,
        author=blake2b(identity.encode(), digest_size=8, key=key[:64]).hexdigest(),
        parents=len(parents.split()),
        bot=bool(_BOT.search(name[:200]) or _BOT.search(address[:200])),
        fix=bool(_FIX.search(text)) and not _NO_FIX.search(text),
        changes=() if revision in shallow else tuple(changes),
    )
