"""What waiting takes: events of the repository's history times hours, and nothing where nobody works."""

from __future__ import annotations

import pytest
from cost_examples import SETTINGS, finding, hours, rates, rule, rules

from debtscan.cost import Priced, price
from debtscan.model import Cost, Interest


def waiting_rule(**interest):
    channel = Interest(**({"channel": "change", "impact": hours(2.0)} | interest))
    return rule(cost=Cost(unit="x", unit_hours=hours(1), interest=(channel,)))


def priced(findings, one_rule, known) -> Priced:
    return price(findings, rules(one_rule), {"churn": known}, {}, SETTINGS)


def hours_a_month(findings, one_rule, known) -> float:
    return priced(findings, one_rule, known).totals.interest_hours_per_month.mean


@pytest.mark.parametrize(
    ("interest", "expected"),
    [
        ({"rate": 0.1}, 0.1 * 2),
        ({"rate": 0.1, "per": "unit"}, 0.1 * 12 * 2),
        ({"rate": 0.1, "driver": "repository_edits"}, 0.1 * 5 * 2),
        ({"rate": 1.0, "driver": "new_authors"}, 0.5 * 2),
        ({"rate": 0.5, "driver": "merges", "per": "unit"}, 0.5 * 2 * 12 * 2),
        ({"rate": 0.1, "people": 0.5}, 0.1 * 2 * 2),
        ({"rate": 0.1, "driver": "edits"}, 0.1 * (3 + 1) * 2),
    ],
    ids=lambda value: "-".join(map(str, value.values())) if isinstance(value, dict) else "",
)
def test_interest_is_events_times_people_times_hours(interest, expected):
    known = rates(path_edits_per_month={"a.py": 3.0, "b.py": 1.0})
    found = [finding("a", path="a.py", quantity=4), finding("b", path="b.py", quantity=8)]
    assert hours_a_month(found, waiting_rule(**interest), known) == pytest.approx(expected, rel=1e-9)


def test_an_edit_of_one_copy_is_followed_up_in_each_other_copy():
    copies = finding("a", path="train.py", places=("train.py", "train_v2.py", "train_v3.py"), quantity=9)
    known = rates(path_edits_per_month={"train.py": 0.5, "train_v2.py": 0.25, "train_v3.py": 0.25})
    rule_ = waiting_rule(driver="edits", rate=0.5, per="extra_place")
    assert hours_a_month([copies], rule_, known) == pytest.approx(0.5 * 1.0 * 2 * 2)


def test_an_edit_of_a_file_meets_one_of_its_findings_not_all():
    known = rates(path_edits_per_month={"a.py": 3.0})
    found = [finding(str(n), path="a.py") for n in range(5)]
    result = priced(found, waiting_rule(driver="edits", rate=1.0), known)
    assert result.totals.interest_hours_per_month.mean == pytest.approx(3.0 * 2)
    assert [f.interest_hours_per_month_mean for f in result.findings] == pytest.approx([1.2] * 5)


def test_a_file_of_no_commit_yet_changes_like_the_quietest():
    known = rates(path_edits_per_month={"a.py": 3.0}, other_path_edits_per_month=0.25)
    assert hours_a_month([finding("n", path="new.py")], waiting_rule(driver="edits", rate=1.0), known) == pytest.approx(
        0.5
    )


def test_components_do_not_multiply_what_a_newcomer_loses():
    one = [finding("a"), finding("b")]
    two = [finding("a"), finding("b", component="service")]
    rule_ = waiting_rule(driver="new_authors", rate=1.0)
    assert hours_a_month(two, rule_, rates()) == pytest.approx(hours_a_month(one, rule_, rates()))


@pytest.mark.parametrize("driver", ["none", "edits", "repository_edits", "new_authors", "merges"])
def test_nobody_loses_time_in_a_repository_without_a_commit_for_a_year(driver):
    known = rates(dormant=True, path_edits_per_month={"a.py": 3.0})
    result = priced([finding("a")], waiting_rule(driver=driver, rate=1.0), known)
    assert result.totals.interest_hours_per_month.mean == 0.0
    (estimate,) = result.estimates
    assert estimate.payback.p_within_horizon == 0.0
    assert estimate.payback.months is None
    assert not result.moves[0].recommended


def test_without_a_history_interest_is_unknown_not_zero():
    for known in ({}, {"churn": None}):
        result = price([finding("a")], rules(waiting_rule(rate=1.0)), known, {}, SETTINGS)
        (estimate,) = result.estimates
        assert (estimate.interest_hours_per_month, estimate.payback, estimate.drivers) == (None, None, {})
        assert result.totals.interest_hours_per_month is None
        assert result.totals.worked_hours_per_month is None
        assert result.by_category[0].interest_hours_per_month_mean is None
        assert result.by_place[0].interest_hours_per_month_mean is None
        assert (result.moves[0].payback, result.moves[0].recommended) == (None, False)


def test_a_rule_without_interest_has_an_unknown_one_beside_rules_that_have_one():
    silent = rule("silent", Cost(unit="x", unit_hours=hours(1)))
    result = price(
        [finding("a", "silent"), finding("b", "floating")],
        rules(silent, waiting_rule(rate=1.0)),
        {"churn": rates()},
        {},
        SETTINGS,
    )
    interest = {e.rule: e.interest_hours_per_month for e in result.estimates}
    assert interest["silent"] is None
    assert interest["floating"] == result.totals.interest_hours_per_month


def test_interest_never_exceeds_a_third_of_the_hours_worked_and_the_scale_says_so():
    known = rates(author_days_per_month=10.0)
    result = priced([finding("a")], waiting_rule(rate=1000.0), known)
    ceiling = 0.33 * 10 * 4.8
    assert result.totals.interest_hours_per_month.mean == pytest.approx(ceiling, rel=1e-6)
    assert result.totals.ceiling_scale == pytest.approx(ceiling / 2000, rel=1e-6)
    assert result.totals.worked_hours_per_month == pytest.approx(48)
    assert sum(f.interest_hours_per_month_mean for f in result.findings) == pytest.approx(ceiling, rel=1e-6)


def test_the_ceiling_of_one_repository_leaves_the_others_alone():
    rule_ = waiting_rule(rate=1000.0)
    known = {"churn": rates(author_days_per_month=10.0), "fraud": rates(author_days_per_month=1e7)}
    both = price([finding("a"), finding("b", repository="fraud")], rules(rule_), known, {}, SETTINGS)
    assert {row.key: row.interest_hours_per_month_mean for row in both.by_repository} == {
        "churn": pytest.approx(0.33 * 48, rel=1e-6),
        "fraud": pytest.approx(2000.0),
    }


def test_the_drivers_name_what_was_measured():
    known = rates(path_edits_per_month={"a.py": 3.0})
    (estimate,) = priced([finding("a")], waiting_rule(driver="edits", rate=0.5, people=0.5), known).estimates
    assert estimate.drivers == {
        "edits_per_month": 3.0,
        "people": 4.0,
        "change_events_per_month_1": 1.5,
        "ceiling_scale": pytest.approx(1.0),
    }
