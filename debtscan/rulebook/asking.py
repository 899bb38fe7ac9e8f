"""Ask every rule of the facts. A rule that cannot be asked is `not run`, with the reason; it is never "clean"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from debtscan.facts.engine import BUDGET_SECONDS, Engine, MissingTableError, QueryError
from debtscan.model import Finding, NotRun, Rule
from debtscan.rulebook.findings import RowError, findings_of, in_order


def needed_tables(engine: Engine, rules: Sequence[Rule]) -> frozenset[str]:
    """Return the names of all tables that the rules read, so that nothing else needs to be loaded."""
    checked = engine.check_all([rule.query for rule in rules])
    return frozenset(table for check in checked if not isinstance(check, QueryError) for table in check.tables)


def load_needed(
    engine: Engine,
    rules: Sequence[Rule],
    tables: Mapping[str, Sequence[Struct]],
    row_types: Mapping[str, type[Struct]],
    repository: str,
) -> dict[str, str]:
    """Make the engine hold those tables of one repository that the rules read, and no others.

    Returns the tables that could not be loaded, each with the reason.
    """
    engine.forget()
    failed: dict[str, str] = {}
    for table in sorted(needed_tables(engine, rules) & tables.keys()):
        try:
            engine.load(table, row_types[table], {repository: tables[table]})
        except QueryError as error:
            failed[table] = f"it could not be loaded: {error}"
    return failed


def ask_rules(
    engine: Engine,
    rules: Sequence[Rule],
    repository: str,
    missing: Mapping[str, str] | None = None,
    component_of: Mapping[str, str] | None = None,
    budget_s: float = BUDGET_SECONDS,
) -> tuple[list[Finding], list[NotRun]]:
    """Ask each rule once; return its findings in order of place, and the rules that were not run in order of id.

    `missing` says of tables that could not be filled why; `component_of` gives the component of a path to queries
    that do not return one. `repository` stands for rows without a column of that name.
    """
    engine.check_all([rule.query for rule in rules])
    findings: list[Finding] = []
    not_run: list[NotRun] = []
    for rule in sorted(rules, key=lambda rule: rule.id):
        try:
            rows = engine.ask(rule.query, budget_s)
            findings += findings_of(rule, rows, repository, component_of or {})
        except (QueryError, RowError) as error:
            not_run.append(NotRun(rule=rule.id, repository=repository, why=_why(error, missing or {})))
    return in_order(findings), not_run


def _why(error: Exception, missing: Mapping[str, str]) -> str:
    if isinstance(error, MissingTableError):
        return f"table {error.table} was not filled: {missing.get(error.table, 'no scanner fills it')}"
    if isinstance(error, RowError):
        return f"the query's answer is not usable: {error}"
    return f"the query failed: {error}"
