"""Numbers are said the way a reader repeats them, and parts add up to their total."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_report import hours

from debtscan.model import Settings
from debtscan.narrative import numbers

SETTINGS = Settings(currency="EUR", rate_per_hour=92.0)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "€0"), (5.3, "€5"), (95, "€95"), (584, "€580"), (996, "€1.0k"), (1104, "€1.1k"), (8776.8, "€8.8k"),
        (9960, "€10k"), (15_014, "€15k"), (154_321, "€154k"), (999_600, "€1.0m"), (1_234_567, "€1.2m"),
        (-1234, "\N{MINUS SIGN}€1.2k"),
    ],
)  # fmt: skip
def test_money_has_two_figures_below_ten_thousand_and_never_cents(amount, text):
    assert numbers.money(amount, "EUR") == text


def test_a_currency_without_a_sign_is_named():
    assert numbers.money(8776, "CHF") == "CHF 8.8k"


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [(42.3 / 6, 163.2 / 6, "7 to 27"), (0.5, 3.4, "0.5 to 3"), (0.1, 0.8, "0.1 to 0.8"), (1.02, 1.3, "1.0 to 1.3"),
     (2.01, 2.02, "about 2"), (235, 1480, "235 to 1,480")],
)  # fmt: skip
def test_a_range_has_as_many_digits_as_tell_its_ends_apart(low, high, text):
    assert numbers.span(low, high) == text


@pytest.mark.parametrize(
    ("effort_hours", "short", "spoken"),
    [(1, "1 hour", "one hour"), (4.2, "4.2 hours", "four hours"), (5.8, "1 day", "one day"),
     (9, "1.5 days", "one and a half days"), (15, "2.5 days", "two and a half days"), (36, "6 days", "six days"),
     (95.4, "16 days", "16 days"), (2000, "333 days", "333 days")],
)  # fmt: skip
def test_durations_are_days_and_below_a_day_hours(effort_hours, short, spoken):
    assert numbers.duration(effort_hours, SETTINGS) == short
    assert numbers.duration_in_words(effort_hours, SETTINGS) == spoken


def test_a_range_of_time_takes_the_unit_of_its_mean():
    assert numbers.duration_range(hours(42.3, 80, 163.2, 95.4), SETTINGS) == "7 to 27 days"
    assert numbers.duration_range(hours(0.5, 1.3, 3.4, 1.7), SETTINGS) == "0.5 to 3 hours"


@pytest.mark.parametrize(
    ("probability", "text", "word"),
    [(0.99, "very likely", "very likely"), (0.9, "very likely", "very likely"), (0.881, "9 in 10", "probably"),
     (0.67, "7 in 10", "probably"), (0.66, "7 in 10", None), (0.385, "4 in 10", None), (0.01, "unlikely", None)],
)  # fmt: skip
def test_a_chance_is_a_word_only_where_it_is_high(probability, text, word):
    assert (numbers.chance(probability), numbers.chance_word(probability)) == (text, word)


def test_no_rate_means_no_money():
    assert numbers.price(10, Settings()) is None
    assert numbers.price_range(hours(1, 2, 3, 2), Settings()) is None
    assert numbers.price_range(hours(42.3, 80, 163.2, 95.4), SETTINGS) == "€3.9k to €15k"


@pytest.mark.parametrize(
    ("iso", "text"),
    [("2026-11-18T09:12:44+00:00", "18 November 2026"), ("2026-01-02", "2 January 2026"), ("soon", "soon"),
     ("2026-13-01", "2026-13-01"), (None, None)],
)  # fmt: skip
def test_a_date_is_written_out_and_no_date_stays_as_it_is(iso, text):
    assert numbers.date(iso) == text


@given(st.lists(st.floats(0, 1e4), min_size=1, max_size=30), st.sampled_from([0, 1]))
def test_rounded_parts_add_up_to_the_rounded_total_and_stay_near(parts, decimals):
    total = math.fsum(parts)
    rounded = numbers.adding_up(parts, total, decimals)
    assert sum(round(value * 10**decimals) for value in rounded) == round(total * 10**decimals)
    assert all(abs(value - part) <= 1.0001 * 10**-decimals for value, part in zip(rounded, parts, strict=True))


@given(st.floats(0, 1))
def test_every_share_has_words(fraction):
    assert numbers.share(fraction)


@given(st.floats(0, 1e12))
def test_money_and_sizes_stay_short(amount):
    assert len(numbers.money(amount, "EUR")) < 14
    assert len(numbers.number(amount)) < 22
