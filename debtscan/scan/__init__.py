"""Run the scanners over an opened repository: one read, one parse and one walk of each blob, then the joins."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from debtscan.advisories.source import Advisories
from debtscan.model import Coverage, Gap
from debtscan.repository import Commit, File, Repository
from debtscan.repository.kinds import BINARY_KINDS
from debtscan.scan.cache import Cache, cache_file, store
from debtscan.scan.clock import Clock
from debtscan.scan.pool import Work, Workers, read_here
from debtscan.scan.registry import code_digest, scanners
from debtscan.scan.tables import Filled, fill
from debtscan.scan.worker import Document, Reading, cache_key, is_read, remembered
from debtscan.scanners import GapFact, Opened, Past, Stated

_DAY_SECONDS = 86_400

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many are done, and of how many (0: not known)."""


class Facts(Struct, frozen=True):
    """Everything measured in one repository."""

    tables: Mapping[str, Sequence[Struct]]
    missing: Mapping[str, str]
    """Contract tables that could not be filled, and why."""
    gaps: tuple[Gap, ...]
    coverage: tuple[Coverage, ...]
    seconds: Mapping[str, float]
    """Wall time by phase, for `--profile`."""


def scan(
    repository: Repository,
    as_of: int,
    stated: Stated | None = None,
    *,
    workers: Workers | None = None,
    cache: Path | None = None,
    progress: Progress | None = None,
    filled: Filled | None = None,
    advisories: Advisories | None = None,
) -> Facts:
    """Measure one opened repository.

    `as_of` is the moment ages count from, in unix seconds; `stated` what people say of components.
    `workers` read the files (None: this process does, for a handful of files); `cache` is the directory of the blob
    cache, None for no cache. `filled` is told each table as soon as it is filled. `advisories` of known
    vulnerabilities are asked, which may use the network; None: nobody is.
    """
    clock = Clock()
    history = _History(repository, as_of, cache)
    history.start()
    listing = _listing(repository)
    path = cache_file(cache) if cache else None
    found: dict[str, list[tuple[File, Any]]] = {scanner.name: [] for scanner in scanners()}
    gaps: list[Gap] = []
    fresh = _take(_readings(repository, _work(listing), workers, path, progress), listing, found, gaps)
    clock.lap("files")
    if path and fresh:
        store(path, fresh, as_of // _DAY_SECONDS)
    clock.lap("cache")
    history.join()
    clock.lap("history")
    given = {
        "listing": tuple(listing),
        "repository": Opened(repository.name, history.found is not None, repository.partial),
        "as_of": as_of,
        "stated": stated or Stated({}, {}),
        "advisories": advisories,
    }
    tables = fill(given, found, history.found or {}, workers, filled)
    clock.lap("tables")
    gaps += repository.gaps + tuple(tables.gaps) + history.gaps
    ordered = tuple(sorted({replace(gap, repository=repository.name) for gap in gaps}, key=_gap_order))
    rows = [GapFact(gap.path, gap.line, gap.cell, gap.scanner, gap.why) for gap in ordered]
    if filled:
        filled("gaps", GapFact, rows)
    return Facts(
        {**tables.rows, "gaps": rows},
        tables.missing,
        ordered,
        (*_coverage(repository.name, listing, ordered), *_audited(repository.name, tables.rows, advisories)),
        clock.seconds,
    )


def _listing(repository: Repository) -> list[File]:
    """The files that are measured: what git ignores is no part of the project, but the data that lies there is told."""
    return [file for file in repository.files if not file.ignored or file.kind in BINARY_KINDS]


def _work(listing: Sequence[File]) -> Work:
    """The files some scanner reads, with their index in the listing."""
    wanted = frozenset(kind for scanner in scanners() for kind in scanner.kinds)
    return [
        (index, file)
        for index, file in enumerate(listing)
        if file.kind in wanted
        and file.present
        and not file.ignored
        and file.mode in {"file", "executable"}
        and is_read(file)
    ]


def _readings(
    repository: Repository, work: Work, workers: Workers | None, path: Path | None, progress: Progress | None
) -> Iterable[Reading]:
    if workers is None:
        return read_here(work, repository.reader)
    known = _remembered(work, path)
    rest = [(index, file) for index, file in work if index not in known]
    read = workers.read(rest, repository.reader, str(path) if path else None, _files(progress, len(known), len(work)))
    return chain(known.values(), read)


def _remembered(work: Work, path: Path | None) -> dict[int, Reading]:
    """The files whose blob is known and was read before, by their index: no worker need be asked."""
    cache = Cache.for_reading(str(path)) if path else None
    if cache is None:
        return {}
    with closing(cache):
        found = (remembered(index, file, cache) for index, file in work)
        return {reading.index: reading for reading in found if reading}


def _take(
    readings: Iterable[Reading], listing: list[File], found: dict[str, list[tuple[File, Any]]], gaps: list[Gap]
) -> list[tuple[str, bytes]]:
    """Sort what was read to its scanners, and tell the listing the blobs it did not know; what the cache lacks."""
    fresh = []
    decoder = msgspec.msgpack.Decoder(Document)
    for reading in sorted(readings, key=lambda reading: reading.index):
        file = listing[reading.index]
        if reading.blob and file.blob is None:
            file = listing[reading.index] = replace(file, blob=reading.blob)
        _collect(file, decoder.decode(reading.document), found, gaps)
        if not reading.cached and reading.blob:
            fresh.append((cache_key(reading.blob, file.kind), reading.document))
    return fresh


def _files(progress: Progress | None, known: int, total: int) -> Callable[[int], None]:
    return lambda done: progress("Reading files", known + done, total) if progress else None


def _collect(file: File, document: Document, found: dict[str, list[tuple[File, Any]]], gaps: list[Gap]) -> None:
    gaps += [
        Gap(repository="", path=file.path, line=problem.line, cell=problem.cell, scanner="source", why=problem.why)
        for problem in document.problems
    ]
    for name, raw in document.found.items():
        found[name].append((file, _decoder(name).decode(raw)))


_decoders: dict[str, msgspec.msgpack.Decoder[Any]] = {}


def _decoder(name: str) -> msgspec.msgpack.Decoder[Any]:
    if not _decoders:
        _decoders.update(
            {scanner.name: msgspec.msgpack.Decoder(scanner.found) for scanner in scanners() if scanner.scan_file}
        )
    return _decoders[name]


def _gap_order(gap: Gap) -> tuple[str, int, int, str, str]:
    return (gap.path or "", -1 if gap.cell is None else gap.cell, gap.line or 0, gap.scanner, gap.why)


def _coverage(repository: str, listing: Sequence[File], gaps: Sequence[Gap]) -> tuple[Coverage, ...]:
    """How many of the Python files and notebooks were understood whole."""
    # a package that could not be audited leaves its notebook read
    broken = {gap.path for gap in gaps if gap.scanner != "vulnerabilities"}
    rows = []
    for kind, name in (("python", "Python files"), ("notebook", "notebooks")):
        paths = [file.path for file in listing if file.kind == kind and file.mode in {"file", "executable"}]
        if paths:
            read = sum(path not in broken for path in paths)
            rows.append(Coverage(repository=repository, scanner=name, read=read, of=len(paths)))
    return tuple(rows)


def _audited(repository: str, tables: Mapping[str, Sequence[Any]], advisories: Advisories | None) -> Iterable[Coverage]:
    """How many of the packages were asked for known vulnerabilities, and whom; nothing when nobody was asked."""
    rows = tables.get("audited_packages")
    if rows is not None and advisories is not None:
        audited = sum(row.audited for row in rows)
        yield Coverage(
            repository=repository, scanner="vulnerabilities", read=audited, of=len(rows), note=advisories.sentence
        )


class _History(threading.Thread):
    """One pass over the history, beside the reading of files; its result is cached by head and day."""

    def __init__(self, repository: Repository, as_of: int, cache: Path | None) -> None:
        super().__init__(name="history", daemon=True)
        self._repository, self._as_of = repository, as_of
        self._cache = cache_file(cache) if cache and repository.revision else None
        self._key = f"history:{repository.revision}:{repository.shallow}:{as_of}:{code_digest()}"
        self.found: dict[str, Any] | None = None
        self.gaps: tuple[Gap, ...] = ()

    def run(self) -> None:
        if self._repository.revision is None:
            return
        try:
            self.found = self._from_cache() or self._read()
        except Exception as error:
            why = f"history could not be read: {error}"
            self.gaps = (Gap(repository="", path=None, scanner="history", why=why),)

    def _from_cache(self) -> dict[str, Any] | None:
        reader = Cache.for_reading(str(self._cache)) if self._cache else None
        if reader is None:
            return None
        with closing(reader):
            document = reader.get(self._key)
        if document is None:
            return None
        raw = msgspec.msgpack.decode(document, type=dict[str, msgspec.Raw])
        return {
            scanner.name: msgspec.msgpack.decode(raw[scanner.name], type=scanner.found)
            for scanner in scanners()
            if scanner.scan_commits and scanner.name in raw
        }

    def _read(self) -> dict[str, Any]:
        paths = frozenset(file.path for file in self._repository.files)
        past = Past(self._as_of, paths, self._repository.blob_sizes)
        readers = {scanner.name: scanner.scan_commits(past) for scanner in scanners() if scanner.scan_commits}
        for commit in self._repository.commits():
            for reader in readers.values():
                reader.take(commit)
        found = {name: reader.found() for name, reader in readers.items()}
        if self._cache:
            store(self._cache, [(self._key, msgspec.msgpack.encode(found))], self._as_of // _DAY_SECONDS)
        return found


__all__ = ["Commit", "Facts", "Filled", "Progress", "Workers", "scan"]
