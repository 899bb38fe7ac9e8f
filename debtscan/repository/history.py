"""Stream a repository's history: one `git log --raw`, newest commit first, in bounded memory."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from hashlib import blake2b
from tempfile import TemporaryFile
from typing import NamedTuple

from msgspec import Struct

from debtscan.repository.entries import counted, shown
from debtscan.repository.git import GitError, Plumbing

MAX_CHANGES = 50_000
"""Changed files of one commit that are kept; a commit that touches more says nothing about any of them."""
MAX_CHANGES_IN_ALL = 10_000_000
"""Changed files in all commits: ten times the largest public histories; a tree bomb has billions."""

_SIZES_AT_ONCE = 10_000
"""Blobs asked of one git process: a line of its answer has at most 80 bytes, and `MAX_RECORD_BYTES` bounds them all."""
_FILE_MODES = frozenset({b"100644", b"100755"})
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


class Change(NamedTuple):
    """What one commit did to one file."""

    status: str
    """Git's letter: A, M, D, T."""
    path: str
    """Below the root of the listing."""
    blob: str | None
    """The file's new content; None when it was deleted, and for links and submodules."""


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
    changes: tuple[Change, ...] = ()


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
            "--no-abbrev",
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

    def sizes(self, blobs: Sequence[str]) -> list[int | None]:
        """Size in bytes of each blob; None where its object is not here. Raises `HistoryError`."""
        found: list[int | None] = []
        for start in range(0, len(blobs), _SIZES_AT_ONCE):
            try:
                found += self._sizes(blobs[start : start + _SIZES_AT_ONCE])
            except GitError as error:
                raise HistoryError(f"the sizes of blobs could not be read: {error}") from error
        return found

    def _sizes(self, blobs: Sequence[str]) -> list[int | None]:
        """One `cat-file`; it answers a line per blob, `<id> missing` for what a partial clone lacks."""
        with TemporaryFile() as questions:
            questions.write("".join(f"{blob}\n" for blob in blobs).encode())
            questions.seek(0)
            answers = self.plumbing.records("cat-file", "--batch-check=%(objectsize)", stdin=questions)
            lines = b"".join(answers).splitlines()
        if len(lines) != len(blobs):
            raise GitError(f"git answered {len(lines)} of {len(blobs)} questions")
        return [int(line) if line.isdigit() else None for line in lines]

    def _key(self) -> bytes:
        """Names the repository for ever: its first commit (of several roots the first by hash)."""
        try:
            roots = b"".join(self.plumbing.records("rev-list", "--max-parents=0", self.revision, "--")).split()
        except GitError:
            roots = []
        return min(roots, default=b"")


def _grouped(records: Iterator[bytes], prefix: bytes) -> Iterator[tuple[list[bytes], list[Change]]]:
    """The fields of each commit with its changes. A row of `--raw` starts with a colon, a hash never does."""
    fields: list[bytes] = []
    changes: list[Change] = []
    seen = 0
    for record in records:
        if len(fields) == _FIELDS and record.startswith((b":", b"\n:")):
            raw = next(records, b"")
            seen += 1
            if seen > MAX_CHANGES_IN_ALL:
                raise GitError(f"more than {MAX_CHANGES_IN_ALL:,} changed files")
            if len(changes) < MAX_CHANGES:
                changes.append(_change(record, shown(raw.removeprefix(prefix))))
        elif len(fields) == _FIELDS:
            yield fields, changes
            fields, changes = [record], []
        else:
            fields.append(record)
    if len(fields) == _FIELDS:
        yield fields, changes


def _change(record: bytes, path: str) -> Change:
    """A row of `--raw`: `:OLD_MODE NEW_MODE OLD_BLOB NEW_BLOB STATUS`."""
    _, mode, _, blob, status = record.split(b" ")
    return Change(status.decode()[:1], path, blob.decode() if mode in _FILE_MODES else None)


def timestamp(text: bytes) -> int | None:
    """Unix seconds as git writes them; None when they are damaged or beyond the year 9999."""
    return int(text) if text.isdigit() and len(text) <= len(str(_LAST_SECOND)) and int(text) <= _LAST_SECOND else None


def _commit(
    fields: list[bytes], changes: list[Change], committed_at: int, key: bytes, shallow: frozenset[str]
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
