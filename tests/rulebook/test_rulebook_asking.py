"""Rules are asked of real tables; a rule that cannot be asked says why, and the others are asked all the same."""

from __future__ import annotations

from typing import Annotated

import pytest
from msgspec import Struct
from msgspec.structs import replace

from debtscan.facts.engine import Engine
from debtscan.model import NotRun, Rule
from debtscan.rulebook.asking import ask_rules, load_needed, needed_tables


class Dependency(Struct, frozen=True):
    path: Annotated[str, "file"]
    line: Annotated[int, "line"]
    name: Annotated[str, "name"]
    pin: Annotated[str, "pin"]


class Import(Struct, frozen=True):
    path: Annotated[str, "file"]
    line: Annotated[int, "line"]
    distribution: Annotated[str | None, "distribution; NULL unknown"]


FLOATING = Rule(
    id="unpinned-dependency",
    title="Dependencies float",
    category="environment",
    stage="package",
    severity="high",
    confidence="high",
    why="Why.",
    remedy="Pin.",
    remedy_kind="mechanical",
    query="SELECT path, line, name AS subject, name || ' floats' AS message, pin FROM dependencies WHERE pin <> 'exact'",
    group_by=("path",),
)
UNDECLARED = replace(
    FLOATING,
    id="undeclared-import",
    group_by=("subject",),
    query="""
        SELECT i.repository, i.path, i.line, i.distribution AS subject, i.distribution || ' is not declared' AS message
        FROM imports i ANTI JOIN dependencies d ON d.repository = i.repository AND d.name = i.distribution
        WHERE i.distribution IS NOT NULL""",
)
TABLES = {
    "dependencies": (
        Dependency,
        [("r.txt", 2, "numpy", "none"), ("r.txt", 1, "pandas", "lower"), ("s.txt", 1, "x", "exact")],
    ),
    "imports": (Import, [("b.py", 1, "torch"), ("a.py", 7, "torch"), ("a.py", 8, "numpy"), ("a.py", 9, None)]),
}


@pytest.fixture(scope="module")
def engine():
    with Engine() as engine:
        for table, (row_type, rows) in TABLES.items():
            engine.load(table, row_type, {"shop": [row_type(*row) for row in rows]})
        yield engine


def ask(engine: Engine, *queries: str, **options: object):
    rules = [replace(FLOATING, id=f"rule-{n}", query=query) for n, query in enumerate(queries)]
    return ask_rules(engine, rules, "shop", **options)


def test_findings_of_all_rules_come_in_order_of_place(engine):
    findings, not_run = ask_rules(engine, [UNDECLARED, FLOATING], "shop")
    assert not_run == []
    assert [
        (f.rule, f.path, f.line, f.message, f.quantity, [(e.path, e.line) for e in f.evidence]) for f in findings
    ] == [
        ("undeclared-import", "a.py", 7, "torch is not declared", 2.0, [("a.py", 7), ("b.py", 1)]),
        ("unpinned-dependency", "r.txt", 1, "pandas floats", 2.0, [("r.txt", 1), ("r.txt", 2)]),
    ]
    assert findings[1].properties == {"pin": "lower"}
    assert {finding.repository for finding in findings} == {"shop"}


def test_a_rule_on_a_missing_table_is_not_run_with_the_reason(engine):
    unfilled = "SELECT path, 'x' AS message FROM notebooks"
    findings, not_run = ask(engine, unfilled, FLOATING.query, missing={"notebooks": "notebooks: a bug"})
    assert not_run == [NotRun(rule="rule-0", repository="shop", why="table notebooks was not filled: notebooks: a bug")]
    assert [finding.rule for finding in findings] == ["rule-1"]
    _, not_run = ask(engine, unfilled)
    assert not_run[0].why == "table notebooks was not filled: no scanner fills it"


def test_a_rule_that_fails_is_not_run_and_never_clean(engine):
    findings, not_run = ask(
        engine,
        "SELECT nme AS message, path FROM dependencies",
        "DROP TABLE dependencies",
        "SELECT path FROM dependencies",
        "SELECT path, 'x' AS message, count(*) OVER () * -1 AS quantity FROM dependencies",
        FLOATING.query,
    )
    assert [(n.rule, n.why.partition(" Candidate")[0]) for n in not_run] == [
        ("rule-0", 'the query failed: Binder Error: Referenced column "nme" not found in FROM clause!'),
        ("rule-1", "the query failed: a query is exactly one SELECT"),
        ("rule-2", "the query's answer is not usable: it has no column message"),
        ("rule-3", "the query's answer is not usable: quantity: want a number from 0 or NULL, got -3"),
    ]
    assert [finding.rule for finding in findings] == ["rule-4"]


def test_a_rule_past_its_budget_is_not_run_and_the_rest_goes_on(engine):
    slow = "SELECT 'x' AS path, 'x' AS message FROM range(100000000000) t(n) WHERE n < 0"
    findings, not_run = ask(engine, slow, FLOATING.query, budget_s=0.2)
    assert not_run == [
        NotRun(
            rule="rule-0",
            repository="shop",
            why="the query failed: it was stopped after 0.2 seconds without an answer",
        )
    ]
    assert [finding.rule for finding in findings] == ["rule-1"]


def test_components_are_looked_up_by_path(engine):
    findings, _ = ask_rules(engine, [FLOATING, UNDECLARED], "shop", component_of={"r.txt": "api"})
    assert {(finding.path, finding.component) for finding in findings} == {("a.py", "."), ("r.txt", "api")}


def test_rows_name_their_repository_where_several_are_loaded(engine):
    with Engine() as both:
        for table, (row_type, rows) in TABLES.items():
            both.load(table, row_type, {name: [row_type(*row) for row in rows] for name in ("shop", "bank")})
        findings, _ = ask_rules(both, [UNDECLARED], "all")
    assert [(finding.repository, len(finding.evidence)) for finding in findings] == [("bank", 2), ("shop", 2)]


def test_only_what_rules_read_is_loaded_and_nothing_is_left_of_the_last_repository():
    rows = {table: [row_type(*row) for row in rows] for table, (row_type, rows) in TABLES.items()}
    types = {table: row_type for table, (row_type, _) in TABLES.items()}
    with Engine() as engine:
        assert load_needed(engine, [FLOATING, UNDECLARED], rows, types, "shop") == {}
        assert engine.tables == {"dependencies", "imports"}
        assert load_needed(engine, [FLOATING, UNDECLARED], {"imports": rows["imports"]}, types, "bank") == {}
        _, not_run = ask_rules(engine, [FLOATING], "bank", {"dependencies": "a bug"})
    assert [n.why for n in not_run] == ["table dependencies was not filled: a bug"]


def test_a_table_that_cannot_be_loaded_makes_its_rules_not_run():
    rows = {"dependencies": [Dependency("r.txt", 10**30, "pandas", "none")]}
    with Engine() as engine:
        failed = load_needed(engine, [FLOATING], rows, {"dependencies": Dependency}, "shop")
        _, (not_run,) = ask_rules(engine, [FLOATING], "shop", failed)
    why = "table dependencies was not filled: it could not be loaded: a value does not fit its column: "
    assert not_run.why.startswith(why)


def test_only_the_tables_that_rules_read_are_needed(engine):
    assert needed_tables(engine, [FLOATING]) == {"dependencies"}
    assert needed_tables(engine, [FLOATING, UNDECLARED, replace(FLOATING, query="DROP TABLE x")]) == {
        "dependencies",
        "imports",
    }


def test_sixty_rules_are_asked_in_one_go(engine):
    rules = [
        replace(rule, id=f"{rule.id}-{n}", query=f"{rule.query} AND {n} = {n}")
        for n in range(30)
        for rule in (FLOATING, UNDECLARED)
    ]
    findings, not_run = ask_rules(engine, rules, "shop")
    assert (len(findings), not_run) == (60, [])
