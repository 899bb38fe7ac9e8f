"""Rules are asked of real tables; a rule that cannot be asked says why, and the others are asked all the same."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from typing import Annotated

import pytest
from msgspec import Struct
from msgspec.structs import replace

from debtscan.facts.engine import Engine
from debtscan.model import NotRun, Rule
from debtscan.rulebook.asking import Asking


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
        yield engine


def ask(
    engine: Engine,
    rules: Sequence[Rule],
    *,
    tables: Mapping[str, tuple[type[Struct], list[tuple]]] = TABLES,
    missing: Mapping[str, str] = {},
    component_of: Mapping[str, str] = {},
    **options: float,
):
    with Asking(engine, rules, **options) as asking:
        for table, (row_type, rows) in tables.items():
            asking.fill("shop", table, row_type, [row_type(*row) for row in rows])
        return asking.answers("shop", missing, component_of)


def rules_of(*queries: str) -> list[Rule]:
    return [replace(FLOATING, id=f"rule-{n}", query=query) for n, query in enumerate(queries)]


def test_findings_of_all_rules_come_in_order_of_place(engine):
    findings, not_run = ask(engine, [UNDECLARED, FLOATING])
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
    findings, not_run = ask(engine, rules_of(unfilled, FLOATING.query), missing={"notebooks": "notebooks: a bug"})
    assert not_run == [NotRun(rule="rule-0", repository="shop", why="table notebooks was not filled: notebooks: a bug")]
    assert [finding.rule for finding in findings] == ["rule-1"]
    _, not_run = ask(engine, rules_of(unfilled))
    assert not_run[0].why == "table notebooks was not filled: no scanner fills it"


def test_a_rule_that_fails_is_not_run_and_never_clean(engine):
    rules = rules_of(
        "SELECT nme AS message, path FROM dependencies",
        "DROP TABLE dependencies",
        "SELECT path FROM dependencies",
        "SELECT path, 'x' AS message, count(*) OVER () * -1 AS quantity FROM dependencies",
        FLOATING.query,
    )
    findings, not_run = ask(engine, rules)
    assert [(n.rule, n.why.partition(" Candidate")[0]) for n in not_run] == [
        ("rule-0", 'the query failed: Binder Error: Referenced column "nme" not found in FROM clause!'),
        ("rule-1", "the query failed: a query is exactly one SELECT"),
        ("rule-2", "the query's answer is not usable: it has no column message"),
        ("rule-3", "the query's answer is not usable: quantity: want a number from 0 or NULL, got -3"),
    ]
    assert [finding.rule for finding in findings] == ["rule-4"]


def test_a_rule_past_its_budget_is_not_run_and_the_rest_goes_on(engine):
    slow = "SELECT 'x' AS path, 'x' AS message FROM range(100000000000) t(n) WHERE n < 0"
    findings, not_run = ask(engine, rules_of(slow, FLOATING.query), budget_s=0.2)
    assert not_run == [
        NotRun(
            rule="rule-0",
            repository="shop",
            why="the query failed: it was stopped after 0.2 seconds without an answer",
        )
    ]
    assert [finding.rule for finding in findings] == ["rule-1"]


def test_components_are_looked_up_by_path(engine):
    findings, _ = ask(engine, [FLOATING, UNDECLARED], component_of={"r.txt": "api"})
    assert {(finding.path, finding.component) for finding in findings} == {("a.py", "."), ("r.txt", "api")}


def test_only_what_rules_read_is_loaded_and_nothing_is_left_of_the_last_repository(engine):
    ask(engine, [FLOATING])
    assert engine.tables == {"dependencies"}
    findings, not_run = ask(
        engine, [FLOATING], tables={"imports": TABLES["imports"]}, missing={"dependencies": "dependencies: a bug"}
    )
    assert findings == []
    assert [n.why for n in not_run] == ["table dependencies was not filled: dependencies: a bug"]
    assert engine.tables == frozenset()


def test_a_rule_is_asked_when_all_it_reads_is_there_and_not_before(engine):
    """UNDECLARED reads both tables: asked after the first of them it would be not run."""
    in_turn = {"imports": TABLES["imports"], "dependencies": TABLES["dependencies"]}
    for tables in (TABLES, in_turn):
        findings, not_run = ask(engine, [FLOATING, UNDECLARED], tables=tables)
        assert [finding.rule for finding in findings] == ["undeclared-import", "unpinned-dependency"]
        assert not_run == []


def test_a_table_that_cannot_be_loaded_makes_its_rules_not_run(engine):
    tables = {"dependencies": (Dependency, [("r.txt", 10**30, "pandas", "none")])}
    _, (not_run,) = ask(engine, [FLOATING], tables=tables)
    why = "table dependencies was not filled: it could not be loaded: a value does not fit its column: "
    assert not_run.why.startswith(why)


def interrupt_while_asking(query: str, budget_s: float) -> None:
    """As Ctrl-C does: the scan ends while the rules' thread waits for an answer."""
    with Engine() as engine, Asking(engine, rules_of(query), budget_s) as asking:
        asking.fill("shop", "dependencies", Dependency, [Dependency("r.txt", 1, "pandas", "none")])
        while not engine.tables:
            time.sleep(0.05)
        time.sleep(0.5)
        raise KeyboardInterrupt


def test_an_interrupted_audit_does_not_wait_for_the_question_that_is_being_answered():
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        interrupt_while_asking(
            "SELECT path, 'x' AS message FROM dependencies, range(100000000000) t(n) WHERE n < 0", 60
        )
    for thread in threading.enumerate():
        if thread.name.startswith("rules"):
            thread.join()
    assert time.monotonic() - began < 30


def test_sixty_rules_are_asked_in_one_go(engine):
    rules = [
        replace(rule, id=f"{rule.id}-{n}", query=f"{rule.query} AND {n} = {n}")
        for n in range(30)
        for rule in (FLOATING, UNDECLARED)
    ]
    findings, not_run = ask(engine, rules)
    assert (len(findings), not_run) == (60, [])
