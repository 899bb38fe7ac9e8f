"""The process in which DuckDB runs: limited, locked, and killed by its parent when a question takes too long.

In-process limits do not hold: DuckDB's scalar functions ignore its memory limit and cannot be interrupted. So memory
and processor time are limited by the operating system (Linux; macOS keeps only the processor limit), and the parent's
clock is the limit that always holds.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterable
from decimal import Decimal
from time import process_time
from typing import BinaryIO

import duckdb
import msgspec
from duckdb import DuckDBPyConnection, StatementType
from msgspec import Raw

from debtscan.facts import tables
from debtscan.facts.protocol import Ask, Check, Create, Insert, Reply, Request, Rows, Verdict, receive, send
from debtscan.facts.validation import Checked, Refusal, check_text, check_tree

try:
    import resource
except ImportError:  # Windows: only the parent's clock limits this process
    resource = None  # type: ignore[assignment]

MAX_ROWS = 1_000_000
MAX_ANSWER_BYTES = 256 * 1024 * 1024
_CHECK_CPU_SECONDS = 10.0

# The lock comes last. The temporary directory is switched off at connecting, which is not possible afterwards.
_SETTINGS = (
    "SET enable_external_access = false",
    "SET python_enable_replacements = false",
    "SET disabled_filesystems = 'LocalFileSystem'",
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET enable_progress_bar = false",
    "SET memory_limit = '{}B'",
    "SET lock_configuration = true",
)


def serve(memory_bytes: int) -> None:
    """Answer requests on standard input until it closes."""
    gc.disable()  # every document is a tree of plain values, and there are millions of them
    pipe_in, pipe_out = _private_pipes()
    _limit_memory(memory_bytes)
    connection = connect(memory_bytes // 2)
    while (document := receive(pipe_in)) is not None:
        send(pipe_out, _reply(connection, document))


def connect(memory_bytes: int) -> DuckDBPyConnection:
    """Open an empty database that reaches nothing but its own tables and whose settings cannot be changed back."""
    connection = duckdb.connect(":memory:", config={"temp_directory": "", "threads": 1})
    for setting in _SETTINGS:
        connection.execute(setting.format(memory_bytes))
    return connection


def _private_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Keep the pipes for ourselves, so that nothing a library prints can end up between two documents."""
    pipe_in, pipe_out = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    return pipe_in, pipe_out


def _limit_memory(memory_bytes: int) -> None:
    if resource is None:
        return
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    if sys.platform != "darwin":  # there the limit is accepted or not, and not kept
        _limit(resource.RLIMIT_AS, memory_bytes)


def _limit_processor(seconds: float) -> None:
    if resource is not None:
        _limit(resource.RLIMIT_CPU, int(process_time() + seconds) + 2)


def _limit(what: int, value: int) -> None:
    _, hard = resource.getrlimit(what)
    resource.setrlimit(what, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def _reply(connection: DuckDBPyConnection, document: bytes) -> bytes:
    try:
        answer = msgspec.msgpack.encode(_answer(connection, msgspec.msgpack.decode(document, type=Request)))
        if len(answer) > MAX_ANSWER_BYTES:
            raise Refusal(f"the answer has more than {MAX_ANSWER_BYTES // 1024**2} MB")
        reply = Reply(value=Raw(answer))
    except (MemoryError, duckdb.OutOfMemoryException):
        reply = Reply(error="it needs more memory than a query may use")
    except (duckdb.FatalException, duckdb.InternalException):
        raise  # the database is beyond use; the parent starts another
    except (Refusal, duckdb.Error, OverflowError, RecursionError, TypeError, ValueError) as error:
        reply = Reply(error=_sentence(error))
    return msgspec.msgpack.encode(reply)


def _answer(connection: DuckDBPyConnection, request: Request) -> object:
    match request:
        case Check(queries):
            _limit_processor(_CHECK_CPU_SECONDS)
            return [_verdict(connection, sql) for sql in queries]
        case Ask(sql, cpu_seconds):
            _limit_processor(cpu_seconds)
            return _rows(connection.execute(sql))
        case Create(table, columns):
            tables.create(connection, table, columns)
        case Insert(table, columns, batch):
            _limit_processor(_CHECK_CPU_SECONDS * 6)
            tables.insert(connection, table, columns, batch)
    return None


def _verdict(connection: DuckDBPyConnection, sql: str) -> Verdict:
    try:
        return Verdict(check(connection, sql).tables)
    except (Refusal, duckdb.Error, RecursionError) as error:
        return Verdict(frozenset(), refused=_sentence(error))


def check(connection: DuckDBPyConnection, sql: str) -> Checked:
    """Return the tables a query reads; raises Refusal, or duckdb.Error where it cannot be parsed."""
    check_text(sql)
    statements = connection.extract_statements(sql)
    if len(statements) != 1 or statements[0].type != StatementType.SELECT:
        raise Refusal("a query is exactly one SELECT")
    row = connection.execute("SELECT json_serialize_sql(?)", [sql]).fetchone()
    return check_tree(row[0] if row else "")


def _rows(cursor: DuckDBPyConnection) -> Rows:
    described = [(str(name), str(sql_type)) for name, sql_type, *_ in cursor.description or []]
    names = [name for name, _ in described]
    if len(set(names)) < len(names):
        raise Refusal(f"two columns of the answer have the same name: {', '.join(names)}")
    rows = cursor.fetchmany(MAX_ROWS + 1)
    if len(rows) > MAX_ROWS:
        raise Refusal(f"the answer has more than {MAX_ROWS:,} rows")
    if all(sql_type in _PLAIN_TYPES for _, sql_type in described):
        return Rows(names, rows)
    return Rows(names, [tuple(map(_plain, row)) for row in rows])


_PLAIN_TYPES = frozenset({"VARCHAR", "BIGINT", "INTEGER", "DOUBLE", "BOOLEAN"})


def _plain(value: object) -> object:
    """Return a value that JSON knows: decimals and large sums as numbers, dates and intervals as text."""
    match value:
        case None | bool() | str() | float():
            return value
        case int():
            return value if -(2**63) <= value < 2**63 else float(value)
        case Decimal():
            return float(value)
        case list() | tuple():
            return [_plain(item) for item in value]
        case dict():
            return {str(key): _plain(item) for key, item in value.items()}
        case _:
            return str(value)


def _sentence(error: Exception) -> str:
    """Return what DuckDB says without the picture of the query it draws below."""
    lines: Iterable[str] = (line.strip() for line in str(error).splitlines() if line.strip())
    kept = []
    for line in lines:
        if line.startswith("LINE "):
            break
        kept.append(line)
    return " ".join(kept)[:400] or type(error).__name__
