"""The way from an hour figure back to its inputs, recomputed from a saved report."""

from __future__ import annotations

import msgspec
import pytest
from cost_examples import SETTINGS, finding, hours, rates, rule, rules

from debtscan.cost import price
from debtscan.cost.explain import explain_estimate, explain_rule
from debtscan.errors import UserError
from debtscan.model import Cost, Interest, Report, RulebookSummary, RuleText, Scope, Spread, Tool


def saved_report(findings, *several, known) -> Report:
    """A report that went through its file."""
    priced = price(findings, rules(*several), known, {"churn": 6900}, SETTINGS)
    report = Report(
        generated_at="2026-11-18T00:00:00Z",
        as_of="2026-11-18",
        tool=Tool(name="debtscan", version="1"),
        rulebook=RulebookSummary(digest="0", rules=len(several)),
        seed=7,
        command="debtscan scan",
        settings=SETTINGS,
        repositories=(),
        rules=tuple(text(one) for one in several),
        findings=priced.findings,
        estimates=priced.estimates,
        totals=priced.totals,
        scope=Scope(included=1),
    )
    return msgspec.json.decode(msgspec.json.encode(report), type=Report)


def text(rule) -> RuleText:
    return RuleText(**{name: getattr(rule, name) for name in RuleText.__struct_fields__})


def test_a_rule_says_what_it_costs_why_and_who_says_so():
    copied = Cost(
        unit="extra copy of 100 lines",
        activity="shared.module",
        fixed=Spread(p10=2, p50=6, p90=20),
        unit_hours=Spread(p10=0.5, p50=1.5, p90=5),
        exponent=0.6,
        covers=("versioned-by-filename",),
        covered_share=0.3,
        note="Only measured edits count.",
        interest=(
            Interest(
                channel="change",
                rate=0.5,
                per="extra_place",
                driver="edits",
                impact=Spread(p10=0.3, p50=0.75, p90=2.5),
            ),
        ),
    )
    assert explain_rule(rule("copied", copied)) == [
        "COST TO REPAY",
        "  set-up, once for each repository (shared.module, shared with every rule that needs it): 2 / 6 / 20 h (mean 9)",
        "  each extra copy of 100 lines: 0.5 / 1.5 / 5 h (mean 2.2)",
        "  with each doubling of their number one takes 90% as long",
        "  size counts to the power of 0.6 inside the quantity",
        "  does the work of versioned-by-filename as well; 30% of that remains",
        "COST OF WAITING, A MONTH",
        "  change: 0.5 of the edits of its files for each further place x 0.3 / 0.75 / 2.5 h (mean 1.1)",
        "SOURCE",
        "  E: our judgement, not measured",
        "  Only measured edits count.",
    ]


def test_an_unpriced_rule_says_so():
    assert explain_rule(rule("owner", None)) == ["owner is reported and not priced."]


def test_an_estimate_is_computed_again_from_the_saved_report():
    report = saved_report([finding("a", quantity=18)], rule(), known={"churn": rates()})
    assert explain_estimate(report, "floating@churn") == [
        "floating in churn: 1 finding, 18 x package",
        "COST TO REPAY, 1.6 to 11 hours, mean 5.4",
        "  its share of set-up work (env.lock): mean 3.5",
        "  each package: 0.05 / 0.12 / 0.4 h (mean 0.17)",
        "  x 18^0.848 (0.9 a doubling) = mean 1.9",
        "COST OF WAITING, 0.068 to 0.97 hours a month, mean 0.44",
        "  break: 0.036 events x 4 people^0.5 x 1.5 / 4 / 16 h (mean 6.1) = mean 0.44",
        "PAYS BACK within 24 months: 56%; 3.9 to 102 months",
        "SOURCE",
        "  E: our judgement, not measured",
    ]


def test_learning_starts_anew_in_every_component():
    found = [finding("a", quantity=12), finding("b", quantity=4, component="service")]
    cost = Cost(unit="package", unit_hours=hours(1), learning=0.8)
    lines = explain_estimate(saved_report(found, rule(cost=cost), known={}), "floating@churn/service")
    assert lines[0] == "floating in churn/service: 1 finding, 4 x package"
    assert lines[3] == "  x 4^0.678 (0.8 a doubling) = mean 2.6"
    assert lines[4] == "COST OF WAITING, not known: no change history was read, or this rule has none"


def test_a_covered_estimate_names_its_cover():
    lock = rule("no-lock", Cost(unit="environment", unit_hours=hours(8), covers=("floating",)))
    report = saved_report([finding("a"), finding("b", "no-lock")], lock, rule(), known={})
    assert "  no-lock@churn does the work as well; paid here: mean 0" in explain_estimate(report, "floating@churn")


def test_the_ceiling_is_named_where_it_took_something_off():
    report = saved_report([finding("a", quantity=18)], rule(), known={"churn": rates(author_days_per_month=0.2)})
    lines = explain_estimate(report, "floating@churn")
    assert "  x 0.68, because no more than a share of the hours worked here can be lost" in lines


def test_an_estimate_that_is_not_there_is_the_users_error():
    report = saved_report([finding("a")], rule(), known={})
    with pytest.raises(UserError, match="no estimate copied@churn in this report"):
        explain_estimate(report, "copied@churn")
