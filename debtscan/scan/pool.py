"""Read all blobs with a pool of worker processes, so that no file can end or hang a scan.

Work goes out in chunks of about 400 kB, largest first. A chunk whose worker dies or exceeds its time is run again file
by file; only the guilty file becomes a gap.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from multiprocessing import resource_tracker
from types import TracebackType
from typing import Any, Self

import msgspec
from pebble import CONSTS, ProcessPool

from debtscan.repository import File, Reader
from debtscan.scan.worker import Document, Reading, Session, prepare, read_chunk, read_one
from debtscan.source.text import Problem

CHUNK_BYTES = 400_000
CHUNK_SECONDS = 120
"""A chunk of 400 kB takes 0.3 s; one that takes this long hangs."""
FILE_SECONDS = 30
JOIN_SECONDS = 600
"""The copies of a million lines are found in half a second."""
POLL_SECONDS = 0.02
"""How often the pool looks after its workers; by default it takes a tenth of a second to notice that all is done."""

Work = Sequence[tuple[int, File]]


class Workers:
    """Worker processes, for one target after the other; a context manager.

    They start at once and import what they need while the caller opens its first target.
    """

    def __init__(self, jobs: int) -> None:
        CONSTS.sleep_unit = POLL_SECONDS
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPool(max_workers=jobs, initializer=prepare, context=context)
        with _deaf_to_interrupts():
            self._pool.schedule(prepare)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if error is None:
            self.finish()
        else:
            # interrupted: what waits is not done
            self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()

    def finish(self) -> None:
        """No more work is to come: they end while the caller goes on."""
        self._pool.close()  # type: ignore[no-untyped-call]

    def read(
        self, work: Work, reader: Reader, cache_path: str | None, progress: Callable[[int], None]
    ) -> Iterator[Reading]:
        """Read every file of `work` (index in the listing, file), in no fixed order."""
        done = 0
        for readings in self._chunks(list(_chunks(work)), reader, cache_path):
            done += len(readings)
            progress(done)
            yield from readings

    def start(self, join: Callable[..., Any], arguments: Mapping[str, Any]) -> Future[Any]:
        """Run a function of a module in a worker, beside what this process does; its result is pickled."""
        task: Future[Any] = self._pool.schedule(join, kwargs=dict(arguments), timeout=JOIN_SECONDS)
        return task

    def _chunks(self, chunks: list[Work], reader: Reader, cache_path: str | None) -> Iterator[list[Reading]]:
        """Readings chunk by chunk as they come; the files of a chunk that failed are tried one by one."""

        def schedule(work: Work, seconds: int) -> Future[list[Reading]]:
            task: Future[Any] = self._pool.schedule(read_chunk, args=(reader, cache_path, work), timeout=seconds)
            return task

        pending = {schedule(chunk, CHUNK_SECONDS): chunk for chunk in chunks}
        while pending:
            finished, _ = wait(pending, return_when=FIRST_COMPLETED)
            for future in finished:
                chunk = pending.pop(future)
                error = future.exception()
                if error is None:
                    yield future.result()
                elif len(chunk) > 1:
                    pending |= {schedule([item], FILE_SECONDS): [item] for item in chunk}
                else:
                    yield [_unreadable(chunk[0], error)]


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Ctrl-C goes to all processes of a terminal; workers started here do not hear it, and are stopped by this one.

    Blocked signals are inherited by processes and threads, so this holds for workers that replace others as well.
    """
    block = getattr(signal, "pthread_sigmask", None)
    if block is None:
        yield
        return
    # started on demand it would unblock the signal
    resource_tracker.ensure_running()
    before = block(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        block(signal.SIG_SETMASK, before)


def read_here(work: Work, reader: Reader) -> Iterator[Reading]:
    """Read in this process, for tests and examples of a few small files."""
    with reader.open() as blobs:
        session = Session(reader, blobs, None)
        for index, file in work:
            yield read_one(index, file, session)


def _chunks(work: Work) -> Iterator[Work]:
    """Group files into chunks, largest files first."""
    chunk: list[tuple[int, File]] = []
    size_bytes = 0
    for index, file in sorted(work, key=lambda item: (-(item[1].size_bytes or 0), item[0])):
        chunk.append((index, file))
        size_bytes += file.size_bytes or 0
        if size_bytes >= CHUNK_BYTES:
            yield chunk
            chunk, size_bytes = [], 0
    if chunk:
        yield chunk


def _unreadable(item: tuple[int, File], error: BaseException) -> Reading:
    index, _ = item
    if isinstance(error, TimeoutError):
        why = f"reading it took more than {FILE_SECONDS} seconds"
    else:
        why = f"reading it ended the process ({type(error).__name__})"
    document = msgspec.msgpack.encode(Document({}, [Problem(why)]))
    return Reading(index, None, document, cached=False)
