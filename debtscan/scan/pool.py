"""Read all blobs with a pool of worker processes, so that no file can end or hang a scan.

Work goes out in chunks of about 400 kB, largest first. A chunk whose worker dies or exceeds its time is run again file
by file; only the guilty file becomes a gap.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import TYPE_CHECKING, Any

import msgspec

from debtscan.repository import File, Reader
from debtscan.scan.worker import Document, Reading, Session, read_chunk, read_one, start
from debtscan.source.text import Problem

if TYPE_CHECKING:
    from pebble import ProcessPool

CHUNK_BYTES = 400_000
CHUNK_SECONDS = 120
"""A chunk of 400 kB takes 0.3 s; one that takes this long hangs."""
FILE_SECONDS = 30

Work = Sequence[tuple[int, File]]


def read_all(
    work: Work, reader: Reader, cache_path: str | None, jobs: int, progress: Callable[[int], None]
) -> Iterator[Reading]:
    """Read every file of `work` (index in the listing, file), in no fixed order.

    `jobs` worker processes; 0 reads in this process, for tests and examples of a few small files.
    """
    if not work:
        return
    if jobs == 0:
        yield from _read_here(work, reader)
        return
    done = 0
    for readings in _read_in_pool(list(_chunks(work)), reader, cache_path, jobs):
        done += len(readings)
        progress(done)
        yield from readings


def _read_here(work: Work, reader: Reader) -> Iterator[Reading]:
    with reader.open() as blobs:
        session = Session(blobs, None, reader.algorithm)
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


def _read_in_pool(chunks: list[Work], reader: Reader, cache_path: str | None, jobs: int) -> Iterator[list[Reading]]:
    from pebble import ProcessPool  # noqa: PLC0415 - not needed to import this module in a worker

    workers = min(jobs, len(chunks))
    context = multiprocessing.get_context("spawn")
    pool = ProcessPool(max_workers=workers, initializer=start, initargs=(reader, cache_path), context=context)
    try:
        yield from _readings(chunks, pool)
        pool.close()  # type: ignore[no-untyped-call]
    except BaseException:
        # interrupted: what waits is not done
        pool.stop()  # type: ignore[no-untyped-call]
        raise
    finally:
        pool.join()


def _readings(chunks: list[Work], pool: ProcessPool) -> Iterator[list[Reading]]:
    """Readings chunk by chunk as they come; the files of a chunk that failed are tried one by one."""
    pending: dict[Future[Any], Work] = {
        pool.schedule(read_chunk, args=(chunk,), timeout=CHUNK_SECONDS): chunk for chunk in chunks
    }
    while pending:
        finished, _ = wait(pending, return_when=FIRST_COMPLETED)
        for future in finished:
            chunk = pending.pop(future)
            error = future.exception()
            if error is None:
                yield future.result()
            elif len(chunk) > 1:
                pending |= {pool.schedule(read_chunk, args=([item],), timeout=FILE_SECONDS): [item] for item in chunk}
            else:
                yield [_unreadable(chunk[0], error)]


def _unreadable(item: tuple[int, File], error: BaseException) -> Reading:
    index, _ = item
    if isinstance(error, TimeoutError):
        why = f"reading it took more than {FILE_SECONDS} seconds"
    else:
        why = f"reading it ended the process ({type(error).__name__})"
    document = msgspec.msgpack.encode(Document({}, [Problem(why)]))
    return Reading(index, None, document, cached=False)
