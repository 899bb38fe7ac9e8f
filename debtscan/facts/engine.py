"""Ask SQL of the fact tables, safely: whatever a query does, the program goes on and the next question is answered.

DuckDB runs in a child process that starts with the engine and imports DuckDB while the scan is still at work. A
question passes two gates: its syntax tree must consist of allowed parts (`validation`), and it must answer within its
budget, or the child is killed and a new one, with the same tables, takes its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Self, TypeVar

from msgspec import Struct
from msgspec.msgpack import decode, encode

from debtscan.errors import UserError
from debtscan.facts.batches import RowsByRepository, batches
from debtscan.facts.protocol import Ask, Check, Create, Insert, Reply, Request, Rows, Verdict
from debtscan.facts.schema import columns_of
from debtscan.facts.validation import Checked
from debtscan.facts.watched import ChildGoneError, ChildTimeoutError, WatchedChild

_Answer = TypeVar("_Answer")

MEMORY_BYTES = 2 * 1024**3
BUDGET_SECONDS = 10.0
_CHECK_SECONDS = 15.0
_LOAD_SECONDS = 120.0


class QueryError(UserError):
    """A query was refused, failed or was stopped; the text is a sentence for its author."""


class QueryTimeoutError(QueryError):
    """A query did not answer within its budget."""


class MissingTableError(QueryError):
    """A query reads a table that is not loaded: its scanner did not run or failed."""

    def __init__(self, table: str) -> None:
        super().__init__(f'there is no table "{table}"')
        self.table = table


class Engine:
    """Fact tables and the process that answers questions about them; a context manager.

    For one thread at a time, but for `close`, which ends the question that another thread may be asking.
    """

    def __init__(self, memory_bytes: int = MEMORY_BYTES) -> None:
        self._memory_bytes = memory_bytes
        self._child = WatchedChild(memory_bytes)
        self._loaded: dict[str, list[bytes]] = {}
        self._checked: dict[str, Checked | QueryError] = {}
        self._ready = False
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._closed = True
        self._child.kill()

    @property
    def tables(self) -> frozenset[str]:
        """Names of the tables that are loaded, empty ones included."""
        return frozenset(self._loaded)

    def check(self, sql: str) -> Checked:
        """Return the tables that a query reads, loaded or not; raises QueryError when it is refused."""
        (checked,) = self.check_all([sql])
        if isinstance(checked, QueryError):
            raise QueryError(str(checked))
        return checked

    def check_all(self, queries: Sequence[str]) -> list[Checked | QueryError]:
        """Check many queries in one round trip; a query that kills the child is refused, the others are not."""
        new = [sql for sql in dict.fromkeys(queries) if sql not in self._checked]
        try:
            self._checked |= dict(zip(new, self._verdicts(new), strict=True))
        except QueryError as error:
            # Not kept: it may have been something else that ended the child.
            alone = {sql: error if len(new) == 1 else self.check_all([sql])[0] for sql in new}
            return [alone.get(sql) or self._checked[sql] for sql in queries]
        return [self._checked[sql] for sql in queries]

    def load(self, table: str, row_type: type[Struct], rows_by_repository: RowsByRepository) -> None:
        """Make a table of all repositories' rows, in the order given, replacing one of that name.

        Raises QueryError, and leaves the table absent, where a value does not fit its column.
        """
        columns = columns_of(row_type)
        self._loaded.pop(table, None)
        requests: list[Request] = [Create(table, columns)]
        requests += [Insert(table, columns, batch) for batch in batches(row_type, rows_by_repository)]
        try:
            documents = [encode(request) for request in requests]
        except (OverflowError, TypeError, ValueError) as error:
            raise QueryError(f"a value does not fit its column: {error}") from None
        for document in documents:
            self._exchange(document, type(None), _LOAD_SECONDS)
        self._loaded[table] = documents

    def forget(self) -> None:
        """Let all tables be absent again, so that the next repository cannot be judged by this one's facts."""
        self._loaded.clear()

    def ask(self, sql: str, budget_s: float = BUDGET_SECONDS) -> list[dict[str, object]]:
        """Return the rows of a query in its own order; dates come as text, decimals as floats.

        Raises MissingTableError, QueryTimeoutError or another QueryError.
        """
        missing = self.check(sql).tables - self.tables
        if missing:
            raise MissingTableError(min(missing))
        answer = self._exchange(encode(Ask(sql, budget_s)), Rows, budget_s)
        return [dict(zip(answer.names, row, strict=True)) for row in answer.rows]

    def _verdicts(self, queries: list[str]) -> list[Checked | QueryError]:
        if not queries:
            return []
        verdicts = self._exchange(encode(Check(queries)), list[Verdict], _CHECK_SECONDS)
        return [QueryError(v.refused) if v.refused is not None else Checked(v.tables) for v in verdicts]

    def _exchange(self, document: bytes, answer_type: type[_Answer], seconds: float) -> _Answer:
        self._await_child()
        try:
            reply = decode(self._child.ask(document, seconds), type=Reply)
        except ChildGoneError as error:
            self._restart()
            if isinstance(error, ChildTimeoutError):
                raise QueryTimeoutError(f"it was stopped after {seconds:g} seconds without an answer") from None
            raise QueryError("it ended the query engine, most likely for want of memory") from None
        if reply.error is not None:
            raise QueryError(reply.error)
        return decode(reply.value, type=answer_type)

    def _await_child(self) -> None:
        """Wait until a new child has imported DuckDB, and give it the tables, outside any query's budget."""
        if self._ready and self._child.alive:
            return
        if self._ready:
            self._restart()
        documents = [encode(Check([])), *chain.from_iterable(self._loaded.values())]
        try:
            for document in documents:
                self._child.ask(document, _LOAD_SECONDS)
        except ChildGoneError:
            raise QueryError("the query engine could not be started") from None
        self._ready = True

    def _restart(self) -> None:
        if self._closed:
            raise QueryError("the query engine is closed")
        self._child.kill()
        self._child, self._ready = WatchedChild(self._memory_bytes), False
