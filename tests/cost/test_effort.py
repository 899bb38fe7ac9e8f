"""What repairs take: set-up once, learning over a repository, no work paid twice."""

from __future__ import annotations

import pytest
from cost_examples import SETTINGS, finding, hours, rule, rules
from msgspec.structs import replace

from debtscan.cost import price
from debtscan.model import Cost, Estimate

LOCK = {"activity": "env.lock", "fixed": hours(4), "learning": 1.0}


def estimates(findings, *several) -> dict[str, Estimate]:
    priced = price(findings, rules(*several), {}, {}, SETTINGS)
    return {estimate.id: estimate for estimate in priced.estimates}


def means(findings, *several) -> dict[str, float]:
    return {key: estimate.principal_hours.mean for key, estimate in estimates(findings, *several).items()}


def test_two_rules_pay_their_common_set_up_once_in_proportion_to_their_own_hours():
    floating = rule("floating", Cost(unit="package", unit_hours=hours(1), **LOCK))
    installs = rule("installs", Cost(unit="install", unit_hours=hours(3), **LOCK))
    found = estimates([finding("a", "floating"), finding("b", "installs")], floating, installs)
    setups = {key: estimate.setup_hours_mean for key, estimate in found.items()}
    assert setups == {"floating@churn": pytest.approx(1.0), "installs@churn": pytest.approx(3.0)}
    assert sum(estimate.principal_hours.mean for estimate in found.values()) == pytest.approx(4 + 1 + 3)


@pytest.mark.parametrize(("scope", "setups"), [("component", 3), ("repository", 2), ("organisation", 1)])
def test_set_up_is_paid_once_in_its_scope(scope, setups):
    cost = Cost(unit="package", scope=scope, unit_hours=hours(1), **LOCK)
    places = [("churn", "."), ("churn", "service"), ("fraud", ".")]
    found = [finding(f"{r}{c}", repository=r, component=c) for r, c in places]
    assert sum(means(found, rule(cost=cost)).values()) == pytest.approx(setups * 4 + 3 * 1)


def test_where_rules_state_different_hours_for_one_activity_the_most_work_counts():
    small = rule("small", Cost(unit="x", unit_hours=hours(1), activity="env.lock", fixed=hours(2)))
    large = rule("large", Cost(unit="x", unit_hours=hours(1), activity="env.lock", fixed=hours(6)))
    both = means([finding("a", "small"), finding("b", "large")], small, large)
    assert both == {"large@churn": pytest.approx(4.0), "small@churn": pytest.approx(4.0)}
    assert means([finding("a", "small")], small, large) == {"small@churn": pytest.approx(3.0)}


def test_a_rule_that_names_an_activity_without_set_up_hours_pays_none_of_it():
    version = rule("version", Cost(unit="x", unit_hours=hours(1), activity="env.lock"))
    floating = rule("floating", Cost(unit="x", unit_hours=hours(1), **LOCK))
    found = means([finding("a", "version"), finding("b", "floating")], version, floating)
    assert found == {"floating@churn": pytest.approx(5.0), "version@churn": pytest.approx(1.0)}


def test_a_rule_of_set_up_only_costs_the_same_for_any_number_of_findings():
    cost = Cost(unit="repository", fixed=hours(4))
    assert means([finding("a"), finding("b", "floating", "b.py")], rule(cost=cost)) == {
        "floating@churn": pytest.approx(4.0)
    }


def test_forty_projects_in_one_repository_take_what_forty_repositories_take_but_for_the_shared_set_up():
    cost = Cost(unit="package", fixed=hours(4), unit_hours=hours(1), learning=0.8)
    together = [finding(str(n), quantity=3, component=f"project{n}") for n in range(40)]
    apart = [replace(found, repository=found.component, component=".") for found in together]
    one = price(together, rules(rule(cost=cost)), {}, {}, SETTINGS)
    forty = price(apart, rules(rule(cost=cost)), {}, {}, SETTINGS)
    set_up = one.estimates[0].setup_hours_mean * 40
    assert forty.totals.principal_hours.mean - one.totals.principal_hours.mean == pytest.approx(39 * set_up)
    own = [estimate.principal_hours.mean - estimate.setup_hours_mean for estimate in one.estimates]
    assert own == pytest.approx(
        [estimate.principal_hours.mean - estimate.setup_hours_mean for estimate in forty.estimates]
    )


def test_a_covered_rule_keeps_only_its_share_of_variable_work_and_says_why():
    tests = rule("no-tests", Cost(unit="x", unit_hours=hours(5), covers=("untested",), covered_share=0.7))
    untested = rule("untested", Cost(unit="x", unit_hours=hours(10)))
    found = estimates([finding("a", "no-tests"), finding("b", "untested")], tests, untested)
    assert found["untested@churn"].principal_hours.mean == pytest.approx(7.0)
    assert found["untested@churn"].covered_by == "no-tests@churn"
    assert found["no-tests@churn"].covered_by is None


def test_a_rule_covers_nothing_in_another_component():
    lock = rule("no-lock", Cost(unit="x", unit_hours=hours(5), covers=("floating",)))
    floating = rule("floating", Cost(unit="x", unit_hours=hours(10)))
    found = means([finding("a", "no-lock"), finding("b", "floating", component="service")], lock, floating)
    assert found == {"no-lock@churn": pytest.approx(5.0), "floating@churn/service": pytest.approx(10.0)}


def test_wholly_covered_work_costs_nothing_and_two_rules_never_cover_each_other_away():
    lock = rule("no-lock", Cost(unit="x", unit_hours=hours(5), covers=("floating",)))
    floating = rule("floating", Cost(unit="x", unit_hours=hours(10)))
    mutual = rule("floating", Cost(unit="x", unit_hours=hours(10), covers=("no-lock",)))
    found = [finding("a", "no-lock"), finding("b", "floating")]
    assert means(found, lock, floating) == {"no-lock@churn": pytest.approx(5.0), "floating@churn": 0.0}
    assert means(found, lock, mutual) == {"no-lock@churn": pytest.approx(5.0), "floating@churn": pytest.approx(10.0)}


def test_the_waived_are_priced_apart_and_change_no_other_price():
    cost = Cost(unit="package", unit_hours=hours(1), learning=0.8, fixed=hours(4))
    kept = [finding("a", quantity=4), finding("b", quantity=4)]
    waived = finding("c", quantity=8, waived=True)
    alone = price(kept, rules(rule(cost=cost)), {}, {}, SETTINGS)
    mixed = price([*kept, waived], rules(rule(cost=cost)), {}, {}, SETTINGS)
    assert mixed.totals.principal_hours == alone.totals.principal_hours
    assert (mixed.by_place, mixed.moves) == (alone.by_place, alone.moves)
    assert mixed.totals.waived_principal_hours_mean == pytest.approx(4 + 8 * 0.8**3)
    assert {e.id: e.waived for e in mixed.estimates} == {"floating@churn": False, "floating@churn#waived": True}
    assert (mixed.totals.findings, mixed.totals.waived_findings) == (2, 1)
    assert [f.estimate for f in mixed.findings if f.waived] == ["floating@churn#waived"]


def test_what_is_known_from_a_baseline_costs_what_it_costs():
    cost = Cost(unit="package", unit_hours=hours(3))
    assert means([finding("a", known=True)], rule(cost=cost)) == {"floating@churn": pytest.approx(3.0)}
