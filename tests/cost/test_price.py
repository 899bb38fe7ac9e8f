"""The whole of a pricing: parts add up, order does not matter, nothing is priced that should not be."""

from __future__ import annotations

from math import fsum
from random import Random

import pytest
from cost_examples import FLOATING, SETTINGS, finding, hours, rates, rule, rules
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from debtscan.cost import Priced, price
from debtscan.model import Cost, Finding, Interest, Settings

EDITED = Interest(channel="change", driver="edits", rate=0.5, impact=hours(1.5))
COPIED = Cost(
    unit="extra copy",
    activity="shared.module",
    fixed=hours(6),
    unit_hours=hours(1.5),
    covers=("versioned",),
    covered_share=0.3,
    interest=(replace(EDITED, per="extra_place"),),
)
RULES = rules(
    rule("floating", FLOATING, category="environment"),
    rule("unbuildable", Cost(unit="environment", activity="env.lock", scope="component", unit_hours=hours(8))),
    rule("copied", COPIED, category="pipelines"),
    rule("versioned", Cost(unit="file", activity="shared.module", fixed=hours(1), unit_hours=hours(0.3))),
    rule("complex", Cost(unit="function", unit_hours=hours(1), learning=0.95, interest=(EDITED,)), category="code"),
    rule(
        "set-up",
        Cost(unit="repository", fixed=hours(5), interest=(Interest(channel="incident", rate=0.1, impact=hours(4)),)),
    ),
    rule("unpriced", None, category="organisation"),
)
RATES = {
    "churn": rates(path_edits_per_month={"a.py": 2.0, "src/b.py": 0.3}, author_days_per_month=3.0),
    "fraud": rates(dormant=True),
    "search": None,
}
LINES = {"churn": 6900, "fraud": 900, "search": 12_000}

PATHS = st.sampled_from([None, "a.py", "src/b.py", "src/deep/er/c.py", "notebooks/d.ipynb", "requirements.txt"])
FINDINGS = st.lists(
    st.builds(
        lambda rule, path, places, **over: finding(
            "", rule, path, tuple(places), category=RULES[rule].category, **over
        ),
        st.sampled_from(sorted(RULES)),
        PATHS,
        st.lists(PATHS.filter(bool), max_size=4),
        repository=st.sampled_from(sorted(RATES)),
        component=st.sampled_from([".", "service"]),
        quantity=st.sampled_from([0.0, 0.3, 1.0, 7.5, 40.0]),
        waived=st.booleans(),
        known=st.booleans(),
    ),
    max_size=30,
).map(lambda found: [replace(one, id=f"{number:016x}") for number, one in enumerate(found)])


def priced(findings: list[Finding], chosen: Settings = SETTINGS) -> Priced:
    return price(findings, RULES, RATES, LINES, chosen)


def interest_sum(rows) -> float:
    return fsum(row.interest_hours_per_month_mean or 0.0 for row in rows)


@settings(deadline=None)
@given(FINDINGS)
def test_every_table_adds_up_to_the_total(findings):
    result = priced(findings)
    principal = result.totals.principal_hours.mean
    interest = result.totals.interest_hours_per_month.mean
    kept = [one for one in result.findings if one.waived is None]
    for rows in (result.by_category, result.by_component, result.by_repository, result.by_place):
        assert fsum(row.principal_hours_mean for row in rows) == pytest.approx(principal, rel=1e-9, abs=1e-12)
        assert interest_sum(rows) == pytest.approx(interest, rel=1e-9, abs=1e-12)
    assert fsum(one.principal_hours_mean or 0.0 for one in kept) == pytest.approx(principal, rel=1e-9, abs=1e-12)
    assert interest_sum(kept) == pytest.approx(interest, rel=1e-9, abs=1e-12)
    assert fsum(move.principal_hours.mean for move in result.moves) == pytest.approx(principal, rel=1e-9, abs=1e-12)
    assert sum(row.findings for row in result.by_category) == result.totals.findings == len(kept)


@settings(deadline=None)
@given(FINDINGS)
def test_every_estimate_is_in_one_move_and_holds_its_findings(findings):
    result = priced(findings)
    in_moves = [estimate for move in result.moves for estimate in move.estimates]
    assert sorted(in_moves) == sorted(one.id for one in result.estimates if not one.waived)
    for estimate in result.estimates:
        own = [one for one in result.findings if one.estimate == estimate.id]
        assert len(own) == estimate.findings
        assert fsum(one.principal_hours_mean for one in own) == pytest.approx(estimate.principal_hours.mean, abs=1e-12)


@settings(deadline=None)
@given(FINDINGS, st.integers())
def test_the_order_of_findings_does_not_matter(findings, seed):
    shuffled = list(findings)
    Random(seed).shuffle(shuffled)
    assert priced(shuffled) == priced(findings)


@settings(deadline=None)
@given(FINDINGS)
def test_ranges_are_in_order_and_chances_are_chances(findings):
    result = priced(findings)
    ranges = [one.principal_hours for one in (*result.estimates, *result.moves)] + [result.totals.principal_hours]
    assert all(0 <= hours.p10 <= hours.p50 <= hours.p90 for hours in ranges)
    chances = [one.payback.p_within_horizon for one in (*result.estimates, *result.moves) if one.payback]
    assert all(0 <= chance <= 1 for chance in chances)
    assert all(fsum(one.probabilities.values()) == pytest.approx(1) for one in result.grade if one.letter)


def test_nothing_found_costs_nothing_and_has_no_grade():
    result = priced([])
    assert (result.totals.principal_hours.mean, result.totals.interest_hours_per_month.mean) == (0.0, 0.0)
    assert (result.estimates, result.by_category, result.by_place, result.moves) == ((), (), (), ())
    assert result.do_first is None
    assert [one.letter for one in result.grade] == [None, None]
    assert result.grade[0].why_null == "nothing was priced; finding no debt is not having none"


def test_a_small_repository_is_not_graded():
    grade = price([finding("a")], RULES, {}, {"churn": 999}, SETTINGS).grade
    assert [(one.ratio, one.letter, one.probabilities) for one in grade] == [(None, None, {})] * 2
    assert grade[0].why_null == "too small to grade: 999 code lines, a share says nothing below 1,000"


def test_a_rule_without_cost_is_reported_and_not_priced():
    unpriced, unknown = finding("a", "unpriced", category="organisation"), finding("b", "withdrawn")
    result = priced([unpriced, unknown])
    assert result.findings == (unpriced, unknown)
    assert (result.estimates, result.totals.findings) == ((), 2)
    assert [(row.key, row.findings, row.principal_hours_mean, row.principal_hours) for row in result.by_category] == [
        ("code", 1, 0.0, None),
        ("organisation", 1, 0.0, None),
    ]


def test_money_needs_a_rate():
    found = [finding("a", quantity=18)]
    hours_only, money = priced(found), priced(found, Settings(currency="EUR", rate_per_hour=92))
    assert (hours_only.totals.principal_cost, hours_only.totals.interest_cost_per_month) == (None, None)
    assert money.totals.principal_cost.p90 == pytest.approx(92 * money.totals.principal_hours.p90)
    assert money.totals.interest_cost_per_month.mean == pytest.approx(92 * money.totals.interest_hours_per_month.mean)
    assert money.totals.principal_hours == hours_only.totals.principal_hours


def test_severity_is_not_money():
    figures = [
        priced([finding("a", "complex", severity=severity)]).totals.principal_hours for severity in ("info", "critical")
    ]
    assert figures[0] == figures[1]


def test_two_repositories_may_hold_findings_of_one_id():
    # An id is made of names inside a repository.
    both = priced([finding("a", quantity=1), finding("a", quantity=4, repository="search")])
    assert [(one.repository, one.estimate) for one in both.findings] == [
        ("churn", "floating@churn"),
        ("search", "floating@search"),
    ]
    assert both.findings[0].principal_hours_mean < both.findings[1].principal_hours_mean


def test_another_repository_changes_nothing_but_the_totals():
    alone = priced([finding("a", quantity=3), finding("b", "complex")])
    beside = priced([finding("a", quantity=3), finding("b", "complex"), finding("c", quantity=9, repository="search")])
    assert [one for one in beside.estimates if one.repository == "churn"] == list(alone.estimates)


def test_the_digest_of_an_estimate_changes_with_what_it_was_computed_from():
    (first,) = priced([finding("a", quantity=3)]).estimates
    (same,) = priced([finding("a", quantity=3, path="b.py")]).estimates
    (more,) = priced([finding("a", quantity=4)]).estimates
    (farther,) = priced([finding("a", quantity=3)], Settings(horizon_months=36)).estimates
    assert first.inputs == same.inputs
    assert len({first.inputs, more.inputs, farther.inputs}) == 3
    assert len(first.inputs) == 16
