"""Open an archive: no member's name ever becomes a path on disk, and no member's size is believed.

Contents that are small enough to be read later are kept in a scratch folder under their blob id; a larger member is
listed with the size it claims and not unpacked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from msgspec.structs import replace

from debtscan.errors import TargetError
from debtscan.repository.blobs import StoreReader, blob_id, limit_bytes_for
from debtscan.repository.entries import MAX_FILES, File, Listing, shown
from debtscan.repository.foreign import cache, foreign
from debtscan.repository.kinds import kind_of
from debtscan.repository.members import DAMAGED, BombError, Container, Member, Meter, Readable, open_container
from debtscan.repository.opened import Repository

SUFFIXES = (".zip", ".tar.gz", ".tgz", ".tar")
_JUNK = b"__MACOSX"


def is_archive(path: Path) -> bool:
    return path.name.lower().endswith(SUFFIXES)


def archive_name(path: Path) -> str:
    """The archive's name without its suffix."""
    suffix = next(suffix for suffix in SUFFIXES if path.name.lower().endswith(suffix))
    return path.name[: -len(suffix)] or path.name


def open_archive(path: Path, store: Path, listing: Listing) -> Repository:
    """The files inside an archive. `store` is an empty folder for their contents. Raises `TargetError`.

    `git archive` leaves the commit in the archive: then that is the revision, and all files count as tracked.
    """
    meter = Meter(path.stat().st_size)
    try:
        container = open_container(path, meter)
    except (BombError, *DAMAGED) as error:
        raise TargetError(f"cannot read {path.name} as an archive: {error}") from error
    unpacking = _Unpacking(store, meter, listing)
    unpacking.run(container)
    comment = container.comment.decode("ascii", "replace").strip()
    revision = comment if re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", comment) else None
    for file in unpacking.finished():
        listing.add(replace(file, tracked=revision is not None))
    listing.finish()
    return Repository(
        name=listing.repository,
        source=path.name,
        kind="archive",
        reader=StoreReader(root=bytes(store)),
        files=tuple(listing.files),
        gaps=tuple(listing.gaps),
        excluded=tuple(listing.excluded),
        revision=revision,
    )


@dataclass
class _Unpacking:
    """Members seen so far, by name."""

    store: Path
    meter: Meter
    listing: Listing
    files: dict[bytes, File] = field(default_factory=dict)

    def run(self, container: Container) -> None:
        """Take every member; a bomb or a damaged archive ends it with a gap."""
        try:
            for member in container.members():
                if len(self.files) >= MAX_FILES:
                    self.listing.gap(None, f"more than {MAX_FILES:,} files: only the first {MAX_FILES:,} were read")
                    return
                self._take(member._replace(raw=_clean(member.raw)))
        except BombError as error:
            self.listing.gap(None, f"the archive was not read to its end: {error}")
        except DAMAGED as error:
            self.listing.gap(None, f"the archive is damaged and was not read to its end: {error}")

    def _take(self, member: Member) -> None:
        if member.raw.startswith(_JUNK):
            return
        if member.fault is not None:
            self.listing.gap(shown(member.raw), f"a member of the archive {member.fault}")
            return
        if member.raw in self.files:
            self.listing.gap(shown(member.raw), "two members have this name; the last was read")
        if (file := self._file(member)) is not None:
            self.files[member.raw] = file

    def _file(self, member: Member) -> File | None:
        path = shown(member.raw)
        if member.same_as is not None:
            original = self.files.get(_clean(member.same_as))
            if original is None:
                self.listing.gap(path, "a hard link to something that is not in the archive, not read")
                return None
            return replace(original, path=path, raw=member.raw)
        file = File(
            path=path,
            raw=member.raw,
            blob=None,
            size_bytes=member.size_bytes,
            kind=kind_of(path),
            mode=member.mode,
            tracked=False,
            link=None if member.link is None else shown(member.link),
        )
        if member.content is None or member.size_bytes > limit_bytes_for(file):
            return file
        try:
            content = _content(member.content(), limit_bytes_for(file))
        except DAMAGED as error:
            self.listing.gap(path, f"could not be unpacked: {error}")
            return replace(file, present=False, size_bytes=None)
        return self._keep(file, content)

    def _keep(self, file: File, content: bytes) -> File:
        self.meter.store(len(content))
        blob = blob_id(content)
        place = self.store / blob
        if not place.exists():
            place.write_bytes(content)
        return replace(file, blob=blob, size_bytes=len(content))

    def finished(self) -> list[File]:
        """The files below the one folder that archives usually have, without what tools left in it."""
        files = list(self.files.values())
        folders = {file.raw.partition(b"/")[0] for file in files}
        if len(folders) == 1 and all(b"/" in file.raw for file in files):
            files = [_renamed(file, file.raw.partition(b"/")[2]) for file in files]
        left_out = _left_out({file.raw for file in files})
        for folder, why in sorted(left_out.items()):
            self.listing.exclude(shown(folder), why)
        return [file for file in files if not any(folder in left_out for folder in _folders(file.raw))]


def _content(stream: Readable, limit_bytes: int) -> bytes:
    """A member's content, of which a false size must not make more than the limit."""
    content = bytearray()
    while chunk := stream.read(1 << 16):
        content += chunk
        if len(content) > limit_bytes:
            raise ValueError("it is larger than the archive says")
    return bytes(content)


def _clean(raw: bytes) -> bytes:
    """A name as other entries are named: `./a` is `a`. Names that lead elsewhere stay, to be refused by the listing."""
    while raw.startswith(b"./"):
        raw = raw[2:]
    return raw


def _renamed(file: File, raw: bytes) -> File:
    path = shown(raw)
    return replace(file, raw=raw, path=path, kind=kind_of(path))


def _left_out(names: set[bytes]) -> dict[bytes, str]:
    """The outermost folders that hold nobody's own work, with what they are."""
    inside: dict[bytes, set[bytes]] = {}
    for name in names:
        for folder in (b"", *_folders(name)):
            inside.setdefault(folder, set()).add(name[len(folder) + bool(folder) :].partition(b"/")[0])
    found: dict[bytes, str] = {}
    for folder in sorted(inside):
        parent, _, name = folder.rpartition(b"/")
        if any(outer in found for outer in _folders(folder)):
            continue
        if name == b".git":
            found[folder] = "git's own files; history inside an archive is not read: unpack it to audit its history"
        elif folder and (why := cache(name, parent) or foreign(inside[folder])):
            found[folder] = why
    return found


def _folders(name: bytes) -> list[bytes]:
    """Every folder that a name lies in, without a trailing slash, the outermost first."""
    parts = name.split(b"/")
    return [b"/".join(parts[:end]) for end in range(1, len(parts))]
