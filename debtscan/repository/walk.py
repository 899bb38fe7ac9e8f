"""Walk a folder on disk: every file once, links never followed, other people's repositories and caches left out."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from debtscan.repository.entries import MAX_DEPTH, MAX_FILES, Listing, shown

MAX_IGNORED_FILES = 20_000
"""Ignored files that are listed: enough to see what data lies there, too few to hold up the audit."""

_CACHES = {
    b"__pycache__": "compiled Python",
    b".mypy_cache": "cache of mypy",
    b".ruff_cache": "cache of ruff",
    b".pytest_cache": "cache of pytest",
    b".hypothesis": "cache of hypothesis",
    b".tox": "environments of tox",
    b".nox": "environments of nox",
    b".eggs": "build environments",
    b".venv": "virtual environment",
    b".pixi": "environments of pixi",
    b".conda": "conda environment",
    b"node_modules": "installed JavaScript packages",
    b"site-packages": "installed Python packages",
    b".terraform": "cache of Terraform",
    b".gradle": "cache of Gradle",
    b".svn": "Subversion's own files",
    b".hg": "Mercurial's own files",
}
"""Folders that tools fill and nobody commits; when one of their files is tracked, they are read like any other."""
_CACHES_BELOW = {b".dvc": {b"cache", b"tmp"}}
_ENVIRONMENT_MARKS = {b"pyvenv.cfg": "virtual environment", b"conda-meta": "conda environment"}
_BARE_MARKS = {b"HEAD", b"objects", b"refs"}


class Found(NamedTuple):
    """One file or link on disk."""

    raw: bytes
    status: os.stat_result
    ignored: bool


@dataclass
class Walk:
    """One walk below `root`; what is left out goes to `listing`."""

    root: bytes
    listing: Listing
    tracked: Collection[bytes] = ()
    """Names in the index."""
    submodules: Collection[bytes] = ()
    ignored: Collection[bytes] = ()
    """Ignored names, folders with a trailing slash."""
    skip: Collection[bytes] = ()
    """Names of our own outputs."""
    _pruned: dict[tuple[bytes, str], list[bytes]] = field(default_factory=dict)
    _tracked_folders: set[bytes] = field(default_factory=set)

    def files(self) -> Iterator[Found]:
        """Depth first in order of names, so that a cap always cuts at the same place."""
        self._tracked_folders = {folder for name in self.tracked for folder in _folders(name)}
        seen = ignored_seen = 0
        pending = [(b"", b"" in self.ignored)]
        while pending:
            folder, ignored = pending.pop()
            inside: list[tuple[bytes, bool]] = []
            for entry in self._entries(folder):
                raw = folder + entry.name
                hidden = raw not in self.tracked and (ignored or raw in self.ignored or raw + b"/" in self.ignored)
                if entry.is_dir(follow_symlinks=False):
                    if raw not in self.submodules and entry.name != b".git":
                        inside.append((raw + b"/", hidden))
                    continue
                if raw in self.skip or (found := self._file(entry, raw, ignored=hidden)) is None:
                    continue
                if hidden and (ignored_seen := ignored_seen + 1) > MAX_IGNORED_FILES:
                    continue
                if (seen := seen + 1) > MAX_FILES:
                    self.listing.gap(None, f"more than {MAX_FILES:,} files: only the first {MAX_FILES:,} were read")
                    return
                yield found
            pending.extend(reversed(inside))
        if ignored_seen > MAX_IGNORED_FILES:
            self.listing.gap(None, f"{ignored_seen:,} ignored files: only the first {MAX_IGNORED_FILES:,} were listed")

    def _entries(self, folder: bytes) -> list[os.DirEntry[bytes]]:
        """A folder's entries by name; none when it is not to be read."""
        if folder.count(b"/") >= MAX_DEPTH:
            self.listing.gap(None, f"folders nested more than {MAX_DEPTH} deep were left out ({shown(folder[:60])}...)")
            return []
        name = folder.rstrip(b"/").rpartition(b"/")
        if (why := _cache(name[2], name[0])) and folder not in self._tracked_folders:
            self._prune(folder, why)
            return []
        try:
            with os.scandir(os.path.join(self.root, folder)) as found:  # noqa: PTH118
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            self.listing.gap(shown(folder) or None, f"the folder could not be read: {error.strerror}")
            return []
        if folder and folder not in self._tracked_folders and (why := _foreign({entry.name for entry in entries})):
            self._prune(folder, why)
            return []
        return entries

    def _file(self, entry: os.DirEntry[bytes], raw: bytes, *, ignored: bool) -> Found | None:
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError as error:
            self.listing.gap(shown(raw), f"could not be read: {error.strerror}")
            return None
        if stat.S_ISREG(status.st_mode) or stat.S_ISLNK(status.st_mode):
            return None if entry.name == b".git" else Found(raw, status, ignored)
        self.listing.gap(shown(raw), "a pipe, socket or device, not read")
        return None

    def _prune(self, folder: bytes, why: str) -> None:
        name = folder.rstrip(b"/").rpartition(b"/")[2]
        self._pruned.setdefault((name if _cache(name, b"") else folder, why), []).append(folder)

    def report(self) -> None:
        """List what was left out, folders of one name together."""
        for (name, why), folders in self._pruned.items():
            if len(folders) == 1:
                self.listing.exclude(shown(folders[0].rstrip(b"/")), why)
            else:
                self.listing.exclude(f"**/{shown(name)}", f"{why} ({len(folders):,} folders)")


def _cache(name: bytes, parent: bytes) -> str | None:
    if name in _CACHES_BELOW.get(parent.rpartition(b"/")[2], ()):
        return "cache of DVC"
    return _CACHES.get(name)


def _foreign(names: set[bytes]) -> str | None:
    """Whether a folder with these entries is somebody else's: an environment or a repository of its own."""
    if b".git" in names or names >= _BARE_MARKS:
        return "a git repository of its own; audit it as its own target"
    return next((why for mark, why in _ENVIRONMENT_MARKS.items() if mark in names), None)


def _folders(name: bytes) -> Iterator[bytes]:
    position = name.find(b"/")
    while position >= 0:
        yield name[: position + 1]
        position = name.find(b"/", position + 1)
