"""Rates of events from commits: recent ones count more, few count little, sweeps and bots not at all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import log
from random import Random

import pytest

from debtscan.cost import Rates, rates_from
from debtscan.cost.rates import DAY_SECONDS, MONTH_SECONDS

NOW = 1_800_000_000


@dataclass(frozen=True)
class Commit:
    committed_at: int
    author: str = "ada"
    merge: bool = False
    bot: bool = False
    files_changed: int | None = 1


@dataclass(frozen=True)
class Churn:
    path: str
    commits_365: int
    first_at: int | None
    recent_edits: float


def months_ago(months: float) -> int:
    return round(NOW - months * MONTH_SECONDS)


def monthly_commits(author: str = "ada", months: int = 36, **over) -> list[Commit]:
    return [Commit(months_ago(age + 0.5), author, **over) for age in range(months)]


FULL_EXPOSURE = 3 / log(2) * (1 - 2**-8)


def test_no_commit_is_no_history():
    assert rates_from([], [], NOW) is None
    assert rates_from([Commit(NOW + 1)], [], NOW) is None


def test_one_commit_a_month_for_years_is_about_one_a_month():
    known = rates_from(monthly_commits(), [], NOW)
    assert known.edits_per_month == pytest.approx(1.0, rel=0.01)
    assert (known.months, known.dormant, known.active_authors) == (pytest.approx(35.5), False, 1)
    assert known.commits_12_months == 12


def test_recent_commits_weigh_more_than_old_ones():
    start = Commit(months_ago(24))
    recent = rates_from([start, *[Commit(months_ago(0.5))] * 10], [], NOW).edits_per_month
    old = rates_from([start, *[Commit(months_ago(20))] * 10], [], NOW).edits_per_month
    assert recent > 5 * old > 0


@pytest.mark.parametrize(
    "ignored",
    [{"merge": True}, {"bot": True}, {"files_changed": 51}],
    ids=["merges", "bots", "sweeps over more than fifty files"],
)
def test_edits_are_neither(ignored):
    plain = rates_from(monthly_commits(), [], NOW)
    mixed = rates_from([*monthly_commits(), *monthly_commits(**ignored) * 5], [], NOW)
    assert mixed.edits_per_month == plain.edits_per_month


def test_a_commit_whose_files_are_unknown_is_an_edit():
    assert rates_from(monthly_commits(files_changed=None), [], NOW).edits_per_month == pytest.approx(1.0, rel=0.01)


def test_merges_are_counted_for_themselves():
    known = rates_from([*monthly_commits(), *monthly_commits(merge=True)], [], NOW)
    assert known.merges_per_month == pytest.approx(1.0, rel=0.01)
    assert rates_from(monthly_commits(), [], NOW).merges_per_month == 0.0


def test_the_one_who_began_is_no_newcomer():
    alone = rates_from(monthly_commits(), [], NOW)
    joined = rates_from([*monthly_commits(), Commit(months_ago(1), "grace")], [], NOW)
    assert alone.new_authors_per_month == 0.0
    weight = 2 ** (-1 / 3)
    assert joined.new_authors_per_month == pytest.approx((2 / 24 + weight) / (2 + FULL_EXPOSURE))


def test_a_repository_without_a_commit_for_a_year_is_dormant_even_if_bots_go_on():
    old = [Commit(months_ago(age)) for age in (13, 14, 20)]
    assert rates_from(old, [], NOW).dormant
    assert rates_from([*old, Commit(months_ago(1), "bump", bot=True)], [], NOW).dormant
    assert not rates_from([*old, Commit(months_ago(11))], [], NOW).dormant


def test_worked_days_are_days_with_a_commit_by_author():
    morning = NOW - 10 * DAY_SECONDS
    days = [Commit(morning), Commit(morning + 60), Commit(morning, "grace"), Commit(morning - 5 * DAY_SECONDS)]
    known = rates_from([*days, Commit(months_ago(20))], [], NOW)
    assert known.author_days_per_month == pytest.approx(3 / 12)
    assert known.active_authors == 2


def test_a_young_repository_is_measured_over_its_own_life():
    known = rates_from([Commit(months_ago(3)), Commit(months_ago(2)), Commit(months_ago(1))], [], NOW)
    assert known.author_days_per_month == pytest.approx(3 / 3, rel=1e-6)


def test_a_file_is_drawn_towards_the_mean_of_all_files():
    old = months_ago(60)
    churn = [Churn("hot.py", 9, old, FULL_EXPOSURE * 3), *[Churn(f"{n}.py", 0, old, 0.0) for n in range(9)]]
    known = rates_from(monthly_commits(), churn, NOW)
    mean = 0.3
    cold = mean * 2 / (2 + FULL_EXPOSURE)
    hot = (mean * 2 + FULL_EXPOSURE * 3) / (2 + FULL_EXPOSURE)
    assert known.path_edits_per_month == pytest.approx({"hot.py": hot} | {f"{n}.py": cold for n in range(9)})
    assert known.edits(["hot.py", "0.py", "new.py"]) == pytest.approx(hot + cold + cold)
    assert known.path_commits_12_months == {"hot.py": 9}


def test_a_file_of_unknown_age_was_watched_all_along():
    known = rates_from(monthly_commits(), [Churn("a.py", 9, None, 2.0), Churn("b.py", 0, months_ago(60), 2.0)], NOW)
    assert known.path_edits_per_month["a.py"] == known.path_edits_per_month["b.py"]


def test_the_order_of_rows_does_not_matter():
    commits = [*monthly_commits(), *monthly_commits("grace", 7), *monthly_commits("bot", bot=True)]
    churn = [Churn(f"{n}.py", n, months_ago(n), n / 7) for n in range(1, 40)]
    expected = rates_from(commits, churn, NOW)
    for seed in range(3):
        Random(seed).shuffle(commits)
        Random(seed).shuffle(churn)
        assert rates_from(commits, churn, NOW) == expected


def test_commits_after_the_date_of_the_audit_are_not_seen():
    later = [replace(commit, committed_at=commit.committed_at + 36 * 31 * DAY_SECONDS) for commit in monthly_commits()]
    assert isinstance(rates_from(monthly_commits(), [], NOW), Rates)
    assert rates_from([*monthly_commits(), *[c for c in later if c.committed_at > NOW]], [], NOW) == rates_from(
        monthly_commits(), [], NOW
    )
