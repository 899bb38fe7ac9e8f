"""Ask every rule of the facts. A rule that cannot be asked is `not run`, with the reason; it is never "clean"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from msgspec import Struct

from debtscan.facts.batches import RowsByRepository
from debtscan.facts.engine import BUDGET_SECONDS, Engine, MissingTableError, QueryError
from debtscan.model import Finding, NotRun, Rule
from debtscan.rulebook.findings import RowError, findings_of, in_order
from debtscan.scanners import NO_ADVISORIES


class Asking:
    """The rules being asked about one repository, beside the scan that fills its tables; a context manager.

    A table is loaded when it is filled, if any rule reads it, and a rule is asked when all that it reads is there. All
    of it happens in one thread of its own, for the engine answers in another process.
    """

    def __init__(self, engine: Engine, rules: Sequence[Rule], budget_s: float = BUDGET_SECONDS) -> None:
        self._engine, self._budget_s = engine, budget_s
        self._rules = sorted(rules, key=lambda rule: rule.id)
        self._needs: dict[str, frozenset[str]] = {}
        """The tables of each rule that may be asked."""
        self._answers: dict[str, list[dict[str, object]] | QueryError] = {}
        self._failed: dict[str, str] = {}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="rules")
        self._tasks: list[Future[None]] = [self._thread.submit(self._check)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        # interrupted: closing the engine ends the question that is being answered
        self._thread.shutdown(wait=error is None, cancel_futures=True)

    def fill(self, repository: str, table: str, row_type: type[Struct], rows: Sequence[Struct]) -> None:
        """A table is filled; returns at once."""
        self._tasks.append(self._thread.submit(self._load, table, row_type, {repository: rows}))

    def answers(
        self, repository: str, missing: Mapping[str, str], component_of: Mapping[str, str]
    ) -> tuple[list[Finding], list[NotRun]]:
        """Wait for the rest; return the findings in order of place, and the rules that were not run in order of id.

        `repository` stands for rows that do not name theirs; `missing` says of tables that could not be filled why;
        `component_of` gives the component of a path to queries that do not return one.
        """
        self._tasks.append(self._thread.submit(self._ask, [rule.id for rule in self._rules]))
        for task in self._tasks:
            task.result()
        why = {**missing, **self._failed}
        findings: list[Finding] = []
        not_run: list[NotRun] = []
        for rule in self._rules:
            answer = self._answers[rule.id]
            try:
                if isinstance(answer, QueryError):
                    raise answer
                findings += findings_of(rule, answer, repository, component_of)
            except (QueryError, RowError) as error:
                not_run.append(NotRun(rule=rule.id, repository=repository, why=_why(error, why)))
        return in_order(findings), not_run

    def _check(self) -> None:
        """Learn what the rules read; nothing is left of the repository before."""
        self._engine.forget()
        checked = self._engine.check_all([rule.query for rule in self._rules])
        self._needs = {
            rule.id: check.tables
            for rule, check in zip(self._rules, checked, strict=True)
            if not isinstance(check, QueryError)
        }

    def _load(self, table: str, row_type: type[Struct], rows: RowsByRepository) -> None:
        readers = [rule for rule, tables in self._needs.items() if table in tables]
        if not readers:
            return
        try:
            self._engine.load(table, row_type, rows)
        except QueryError as error:
            self._failed[table] = f"it could not be loaded: {error}"
            return
        self._ask([rule for rule in readers if self._needs[rule] <= self._engine.tables])

    def _ask(self, ids: Sequence[str]) -> None:
        query_of = {rule.id: rule.query for rule in self._rules}
        for id_ in ids:
            if id_ not in self._answers:
                try:
                    self._answers[id_] = self._engine.ask(query_of[id_], self._budget_s)
                except QueryError as error:
                    self._answers[id_] = error


def _why(error: Exception, missing: Mapping[str, str]) -> str:
    if isinstance(error, MissingTableError) and missing.get(error.table) == NO_ADVISORIES:
        return NO_ADVISORIES
    if isinstance(error, MissingTableError):
        return f"table {error.table} was not filled: {missing.get(error.table, 'no scanner fills it')}"
    if isinstance(error, RowError):
        return f"the query's answer is not usable: {error}"
    return f"the query failed: {error}"
