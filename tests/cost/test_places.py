"""Where debt lies: whole, folders, heavy files; in every case all of it and none of it twice."""

from __future__ import annotations

import pytest
from cost_examples import SETTINGS, finding, hours, rates, rule, rules

from debtscan.cost import price
from debtscan.model import Cost, Place

EACH = rule("each", Cost(unit="x", unit_hours=hours(1), learning=1.0))


def places(findings, *several, known=None) -> tuple[Place, ...]:
    return price(findings, rules(*several), {"churn": known} if known else {}, {}, SETTINGS).by_place


def hours_by_path(rows) -> dict[str | None, float]:
    return {row.path: round(row.principal_hours_mean, 9) for row in rows}


def spread_out(*paths: str, each: int = 1) -> list:
    """Enough findings that no file passes the share that earns a row of its own."""
    return [finding(f"{path}{n}", "each", path) for path in paths for n in range(each)]


def many(folder: str, count: int = 25) -> list:
    return spread_out(*(f"{folder}/{n}.py" for n in range(count)))


def test_folders_are_cut_at_depth_two():
    found = [*many("src/train"), *many("src/train/deep/er"), *many("src/serve"), *many("jobs")]
    assert hours_by_path(places(found, EACH)) == {"src/train": 50.0, "jobs": 25.0, "src/serve": 25.0}


def test_a_folder_that_holds_one_folder_and_nothing_else_is_one_with_it():
    found = [*many("src/churn/train"), *many("src/churn/serve/api"), *many("src/churn/serve/batch")]
    assert hours_by_path(places(found, EACH)) == {"src/churn/serve": 50.0, "src/churn/train": 25.0}


def test_a_file_above_a_twentieth_has_a_row_of_its_own():
    found = [*many("src", 24), finding("heavy", "each", "src/heavy.py", quantity=3)]
    assert hours_by_path(places(found, EACH)) == {"src": 24.0, "src/heavy.py": 3.0}


def test_files_in_the_top_folder_are_one_row():
    found = [*many("src"), *spread_out("setup.py", "train.py")]
    assert hours_by_path(places(found, EACH)) == {"src": 25.0, ".": 2.0}


def test_a_finding_in_several_places_is_shared_evenly():
    copies = finding("a", "each", "a.py", places=("a.py", "b.py", "b.py", "c.py"), quantity=8)
    assert hours_by_path(places([copies], EACH)) == {"b.py": 4.0, "a.py": 2.0, "c.py": 2.0}


def test_what_lies_in_no_folder_comes_first():
    lock = rule("lock", Cost(unit="x", unit_hours=hours(1), activity="env.lock"), category="environment")
    harness = rule("harness", Cost(unit="x", fixed=hours(2)), category="tests")
    untested = rule("untested", Cost(unit="x", unit_hours=hours(9), activity="test.harness"), category="tests")
    found = [
        finding("a", "lock", "requirements.txt", category="environment"),
        finding("b", "harness", "tests/test_a.py", category="tests"),
        finding("c", "untested", "src/a.py", category="tests"),
        finding("d", "each", None),
    ]
    rows = places(found, lock, harness, untested, EACH)
    assert hours_by_path(rows) == {None: 4.0, "src/a.py": 9.0}
    assert rows[0].by_category == pytest.approx({"code": 1.0, "environment": 1.0, "tests": 2.0})
    assert rows[0].findings == 3


def test_a_place_says_how_often_it_changed_in_a_year():
    found = [*many("src"), finding("heavy", "each", "jobs/run.py", quantity=9), finding("d", "each", None)]
    known = rates(
        commits_12_months=40,
        path_commits_12_months={"src/1.py": 3, "src/new/2.py": 4, "jobs/run.py": 5, "jobs/other.py": 6, "README.md": 7},
    )
    assert {row.path: row.commits_12_months for row in places(found, EACH, known=known)} == {
        None: 40,
        "jobs/run.py": 5,
        "src": 7,
    }
    assert {row.commits_12_months for row in places(found, EACH)} == {None}


def test_an_environment_of_the_whole_repository_lies_in_no_folder_and_one_of_a_component_does():
    cost = Cost(unit="environment", unit_hours=hours(8), activity="env.lock", scope="component", learning=1.0)
    unbuildable = rule("unbuildable", cost, category="environment")
    whole = finding("a", "unbuildable", "train.py", places=("train.py", "score.py"), category="environment")
    part = finding("b", "unbuildable", "api/app.py", component="api", category="environment")
    assert hours_by_path(places([whole, part], unbuildable)) == {None: 8.0, "api/app.py": 8.0}
