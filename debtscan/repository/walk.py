"""Walk a folder on disk: every file once, links never followed, other people's repositories and caches left out."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

from debtscan.repository.entries import MAX_DEPTH, MAX_FILES, Listing, shown
from debtscan.repository.foreign import cache, foreign

MAX_IGNORED_FILES = 20_000
"""Ignored files that are listed: enough to see what data lies there, too few to hold up the audit."""

State: TypeAlias = Literal["tracked", "untracked", "ignored"]


class Found(NamedTuple):
    """One file or link on disk."""

    raw: bytes
    status: os.stat_result
    state: State


@dataclass
class Walk:
    """One walk below `root`; what is left out goes to `listing`."""

    root: bytes
    listing: Listing
    tracked: Collection[bytes] = ()
    """Names in the index."""
    submodules: Collection[bytes] = ()
    ignored: Collection[bytes] = ()
    """Ignored names, folders with a trailing slash; the empty name when everything is ignored."""
    skip: Collection[bytes] = ()
    """Names of our own outputs."""
    _left: dict[State, int] = field(
        default_factory=lambda: {"tracked": MAX_FILES, "untracked": MAX_FILES, "ignored": MAX_IGNORED_FILES}
    )
    _pruned: dict[tuple[bytes, str], list[bytes]] = field(default_factory=dict)
    _tracked_folders: set[bytes] = field(default_factory=set)

    def files(self) -> Iterator[Found]:
        """Depth first in order of names, so that a cap always cuts at the same place."""
        self._tracked_folders = {folder for name in self.tracked for folder in _folders(name)}
        pending = [(b"", b"" in self.ignored)]
        while pending:
            folder, ignored = pending.pop()
            inside: list[tuple[bytes, bool]] = []
            for entry in self._entries(folder):
                raw = folder + entry.name
                if entry.name == b".git" or raw in self.skip:
                    continue
                if not entry.is_dir(follow_symlinks=False):
                    yield from self._file(entry, raw, self._state(raw, ignored=ignored))
                elif raw not in self.submodules:
                    inside.append((raw + b"/", self._state(raw + b"/", ignored=ignored) == "ignored"))
            pending.extend(reversed([found for found in inside if self._wanted(*found)]))
        self._report()

    def _state(self, raw: bytes, *, ignored: bool) -> State:
        if raw in self.tracked:
            return "tracked"
        return "ignored" if ignored or raw in self.ignored else "untracked"

    def _wanted(self, folder: bytes, ignored: bool) -> bool:
        """Whether a folder is entered: not when it is somebody else's, nor for files that would not be listed."""
        if folder in self._tracked_folders:
            return True
        parent, _, name = folder[:-1].rpartition(b"/")
        if why := cache(name, parent):
            self._pruned.setdefault((name, why), []).append(folder)
            return False
        return self._left["ignored" if ignored else "untracked"] >= 0

    def _entries(self, folder: bytes) -> list[os.DirEntry[bytes]]:
        """A folder's entries by name; none when it cannot or should not be read."""
        if folder.count(b"/") >= MAX_DEPTH:
            self.listing.gap(None, f"folders nested more than {MAX_DEPTH} deep were left out ({shown(folder[:60])}...)")
            return []
        try:
            with os.scandir(os.path.join(self.root, folder)) as found:  # noqa: PTH118 - names on disk are bytes
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            self.listing.gap(shown(folder) or None, f"the folder could not be read: {error.strerror}")
            return []
        if folder and folder not in self._tracked_folders and (why := foreign({entry.name for entry in entries})):
            self._pruned.setdefault((folder, why), []).append(folder)
            return []
        return entries

    def _file(self, entry: os.DirEntry[bytes], raw: bytes, state: State) -> Iterator[Found]:
        """The entry, if it is a file or link and few enough of its state came before."""
        if self._left[state] < 0:
            return
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError as error:
            self.listing.gap(shown(raw), f"could not be read: {error.strerror}")
            return
        if not (stat.S_ISREG(status.st_mode) or stat.S_ISLNK(status.st_mode)):
            self.listing.gap(shown(raw), "a pipe, socket or device, not read")
            return
        self._left[state] -= 1
        if self._left[state] >= 0:
            yield Found(raw, status, state)

    def _report(self) -> None:
        """Say what was left out, folders of one name together."""
        for (name, why), folders in self._pruned.items():
            if len(folders) == 1:
                self.listing.exclude(shown(folders[0].rstrip(b"/")), why)
            else:
                self.listing.exclude(f"**/{shown(name)}", f"{why} ({len(folders):,} folders)")
        for state, left in self._left.items():
            if left < 0:
                limit = MAX_IGNORED_FILES if state == "ignored" else MAX_FILES
                self.listing.gap(None, f"more than {limit:,} {state} files: only the first {limit:,} were listed")


def _folders(name: bytes) -> Iterator[bytes]:
    """Every folder a name lies in, with a trailing slash."""
    position = name.find(b"/")
    while position >= 0:
        yield name[: position + 1]
        position = name.find(b"/", position + 1)
