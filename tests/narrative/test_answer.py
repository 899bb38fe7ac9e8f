"""The first sentence: the decision first, what is not known left out, every number the one of its figure."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace
from sample_report import CHURN, TOTALS
from sample_states import STATES, no_move

from debtscan.model import Coverage, Ingredient, Rebuild
from debtscan.narrative.answer import answer
from debtscan.narrative.numbers import NUMBER_WORDS
from debtscan.narrative.reading import asked, confidence, manners, not_asked, not_read, not_run, rules_ran, was_read


def ingredients(**states):
    return Rebuild(
        repository="churn",
        component=".",
        path="train.py",
        verdict="unknown",
        ingredients={name: Ingredient(state=state, why="for some reason") for name, state in states.items()},
    )


HEADLINES = {
    "rebuilt in part": "None of 2 training entry points in churn can be rebuilt from what is in git; "
    "1 cannot and 1 could not be told.",
    "churn": "Six days on three things should end nearly half of the 12 hours a month that debt takes in churn.",
    "no rate": "Six days on three things should end nearly half of the 12 hours a month that debt takes in churn.",
    "no history": "About 16 days of work would repay the debt found in churn.",
    "dormant": "Nobody has changed churn in 12 months: its debt can wait until somebody does.",
    "no move": "Nothing found here is worth fixing on its own; fix it when you touch it.",
    "one move": "One day on one thing should end a fifth of the 12 hours a month that debt takes in churn.",
    "nothing found": "No debt was found by the 21 rules that ran on churn.",
    "nothing ran": "Nothing can be said of churn: none of 12 rules could run.",
    "all waived": "Nothing is left to decide in churn: its 21 findings are all waived.",
    "library": "churnlib is a library; its debt is about 16 days of work.",
    "several": "€3.3k on three things should end nearly half of the €1.1k a month that debt takes in 2 repositories.",
}


@pytest.mark.parametrize("state", STATES)
def test_every_state_has_its_sentence(state):
    assert answer(STATES[state]).headline == HEADLINES[state]


def test_the_standfirst_gives_chance_range_and_whose_hours_these_are():
    assert answer(CHURN).standfirst == (
        "They would very likely pay for themselves within two years. Repaying everything takes 7 to 27 days "
        "(€3.9k to €15k); most of the rest can wait. Default hours, not your own."
    )


@pytest.mark.parametrize("state", STATES)
def test_nothing_is_promised_and_nothing_is_called_clean(state):
    text = answer(STATES[state])
    said = f"{text.headline} {text.standfirst}".lower()
    assert not re.search(r"\b(will|clean|save[sd]?|saving|guarantee\w*)\b", said)


def test_without_a_history_there_is_no_word_on_waiting():
    text = answer(STATES["no history"])
    assert not re.search(r"wait|month|pay for", f"{text.headline} {text.standfirst}")


def test_a_low_chance_keeps_the_payback_out_of_the_sentence():
    unlikely = replace(CHURN.do_first, payback=replace(CHURN.do_first.payback, p_within_horizon=0.6))
    assert "pay for" not in answer(replace(CHURN, do_first=unlikely)).standfirst


def test_without_joint_figures_the_least_chance_of_the_moves_speaks():
    assert answer(replace(CHURN, do_first=None)).standfirst.startswith("They would probably pay for themselves")


def test_no_finding_names_the_rules_that_could_not_run():
    standfirst = answer(STATES["nothing found"]).standfirst
    assert standfirst.startswith("4 could not run: pipeline-copied-across-repositories, snowflake-environment, ")
    assert standfirst.endswith("No finding is not no debt: a rule we lack sees nothing.")


def test_findings_without_a_price_are_counted():
    only = tuple(finding for finding in CHURN.findings if finding.estimate is None)
    zero = replace(TOTALS.principal_hours, p10=0.0, p50=0.0, p90=0.0, mean=0.0)
    report = replace(CHURN, findings=only, estimates=(), totals=replace(TOTALS, principal_hours=zero))
    assert answer(report).headline == "One finding in churn, none of which has a price."


@pytest.mark.parametrize(
    ("rebuildable", "rows", "headline"),
    [
        ({"yes": 0, "no": 2}, [ingredients(data="no", environment="no", code="yes"), ingredients(data="no")],
         "churn cannot be rebuilt from what is in git: its data and its environment are missing."),
        ({"no": 1}, [ingredients(randomness="no")], "churn cannot be rebuilt from what is in git: a seed is missing."),
        ({"yes": 2}, [], "churn can be rebuilt from what is in git."),
        ({"unknown": 1}, [ingredients(data="unknown")],
         "We could not tell whether churn can be rebuilt from what is in git: its data cannot be told from files."),
        ({"yes": 1, "no": 2, "unknown": 1}, [],
         "One of 4 training entry points in churn can be rebuilt from what is in git; 2 cannot and 1 could not be told."),
        ({"no": 2, "partly": 1}, [],
         "None of 3 training entry points in churn can be rebuilt from what is in git; 1 can in part and 2 cannot."),
    ],
)  # fmt: skip
def test_rebuildability_comes_first_and_money_second(rebuildable, rows, headline):
    report = replace(CHURN, totals=replace(TOTALS, rebuildable=rebuildable), rebuilds=tuple(rows))
    text = answer(report)
    assert text.headline == headline
    assert text.standfirst.startswith("Six days on three things should end nearly half")


def test_the_numbers_of_the_sentence_are_those_of_the_figures():
    """Every number in the headline, words included, is one that the records give."""
    headline = answer(CHURN).headline
    digits = {int(text) for text in re.findall(r"\d+", headline)}
    words = {NUMBER_WORDS.index(text) for text in re.findall(r"[a-z]+", headline.lower()) if text in NUMBER_WORDS}
    moves = [move for move in CHURN.moves if move.recommended][:3]
    days = sum(move.principal_hours.mean for move in moves) / CHURN.settings.hours_per_day
    assert digits == {round(TOTALS.interest_hours_per_month.mean)}
    assert words == {round(days), len(moves)}
    ends = sum(move.interest_saved_hours_per_month.mean for move in moves)
    assert 0.43 <= ends / TOTALS.interest_hours_per_month.mean < 0.485  # "nearly half"


def test_what_was_read_and_what_ran_is_counted_once():
    assert was_read(CHURN) == "61 of 61 Python files and 4 of 5 notebooks read"
    assert was_read(replace(CHURN, coverage=())) == "213 of 214 files read"
    assert rules_ran(CHURN) == (21, 4)
    assert [(reason.why, reason.items, reason.count) for reason in not_read(CHURN)] == [
        ("path is set at run time", ("retrain.py", "service/app.py", "train.py"), 3),
        ("invalid JSON", ("notebooks/segments.ipynb",), 1),
    ]
    assert [(reason.why, reason.count) for reason in not_run(CHURN)] == [
        ("compares repositories; only one was given", 3)
    ]
    assert not_asked(CHURN) == (
        "known vulnerabilities: no advisory source given (--advisories online, DIR or ZIP asks)"
    )


def test_vulnerabilities_nobody_asks_for_are_not_passed_over():
    rules = tuple(text for text in CHURN.rules if text.category != "vulnerabilities")
    assert not_asked(replace(CHURN, rules=rules, not_run=())) == (
        "known vulnerabilities: no rule in this rulebook asks for them"
    )
    assert not_asked(replace(CHURN, not_run=())) is None


def test_who_was_asked_for_vulnerabilities_and_of_how_many_packages_is_said():
    asked_of = Coverage(
        repository="churn", scanner="vulnerabilities", read=22, of=30, note="advisories of 2026-10-01 (7 records)"
    )
    report = replace(CHURN, not_run=(), coverage=(*CHURN.coverage, asked_of))
    assert asked(report) == (
        "known vulnerabilities of 22 packages, advisories of 2026-10-01 (7 records); of 8 others nothing is known"
    )
    assert was_read(report) == was_read(CHURN)
    assert (not_asked(report), asked(CHURN)) == (None, None)


def test_where_no_package_could_be_audited_that_is_said():
    nothing = Coverage(repository="churn", scanner="vulnerabilities", read=0, of=30, note="asked online")
    assert not_asked(replace(CHURN, coverage=(nothing,))) == "known vulnerabilities: no package could be audited"


@pytest.mark.parametrize(
    ("report", "word"),
    [
        (CHURN, "Medium"),
        (replace(CHURN, settings=replace(CHURN.settings, calibrated_rules=5)), "High"),
        (replace(CHURN, totals=replace(TOTALS, ceiling_scale=0.7)), "Low"),
        (replace(CHURN, coverage=(replace(CHURN.coverage[1], read=3),)), "Low"),
        (STATES["nothing ran"], "Low"),
        (no_move(), "Medium"),
    ],
)
def test_confidence_falls_with_what_was_not_read_and_rises_with_calibration(report, word):
    assert confidence(report).word == word


def test_what_was_fetched_or_asked_for_is_not_called_unsent():
    remote = replace(CHURN.repositories[0], source="https://example.org/churn.git")
    assert manners(CHURN) == "Nothing was run or sent."
    assert manners(replace(CHURN, repositories=(remote,))) == "Nothing was run."
    assert manners(replace(CHURN, command="debtscan scan --advisories online")) == "Nothing was run."
