"""How often things happen in a repository, a month, from its commits: what the cost of waiting is driven by.

Recent events count more (half-life three months, window 24) and few events are drawn towards the repository's mean
(Gamma-Poisson shrinkage), so one commit on an untouched file does not make it a hotspot. Only commits that somebody
made on purpose count as edits: no merges, no bots, no sweeps over more than 50 files.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import fsum, log
from typing import Protocol

from debtscan.cost.priors import BULK_FILES, DORMANT_MONTHS, HALF_LIFE_MONTHS, PRIOR_MONTHS, WINDOW_MONTHS
from debtscan.model import Record

DAY_SECONDS = 86_400
MONTH_SECONDS = 2_629_746
"""A twelfth of the mean year, as the history scanner has it."""
ACTIVE_DAYS = 90


class CommitRow(Protocol):
    """A row of the table `commits`."""

    @property
    def committed_at(self) -> int:
        """Unix seconds."""

    @property
    def author(self) -> str: ...

    @property
    def merge(self) -> bool: ...

    @property
    def bot(self) -> bool: ...

    @property
    def files_changed(self) -> int | None: ...


class ChurnRow(Protocol):
    """A row of the table `churn`."""

    @property
    def path(self) -> str: ...

    @property
    def commits_365(self) -> int: ...

    @property
    def first_at(self) -> int | None:
        """Unix seconds of the first commit seen; None: unknown."""

    @property
    def recent_edits(self) -> float:
        """Its edits of the last 24 months, each counted as 2^(-age in months / 3)."""


class Rates(Record, frozen=True, kw_only=True):
    """What one repository's history says. Rates are events a month."""

    months: float
    """Length of the history that was read."""
    dormant: bool
    """No commit for twelve months."""
    active_authors: int
    """Of the last 90 days."""
    author_days_per_month: float
    """Days on which an author committed, over the last twelve months."""
    commits_12_months: int
    """Without merges and bots."""
    edits_per_month: float
    new_authors_per_month: float
    merges_per_month: float
    path_edits_per_month: dict[str, float]
    other_path_edits_per_month: float
    """For a path without a row of its own, such as a file that is not committed yet."""
    path_commits_12_months: dict[str, int]

    def edits(self, paths: Iterable[str]) -> float:
        """Edits a month of any of these files; an edit of two files counts twice."""
        return fsum(self.path_edits_per_month.get(path, self.other_path_edits_per_month) for path in paths)


def rates_from(commits: Sequence[CommitRow], churn: Sequence[ChurnRow], as_of: int) -> Rates | None:
    """Rates at `as_of` (Unix seconds), in the order of no input; later commits are ignored. None without a commit."""
    past = [commit for commit in commits if commit.committed_at <= as_of]
    if not past:
        return None
    months = max(months_between(min(commit.committed_at for commit in past), as_of), 1.0)
    people = [commit for commit in past if not commit.bot]
    edits = [commit for commit in people if not commit.merge and (commit.files_changed or 0) <= BULK_FILES]
    year_ago = as_of - DORMANT_MONTHS * MONTH_SECONDS
    recent = [commit for commit in people if commit.committed_at > year_ago and not commit.merge]
    active_since = as_of - ACTIVE_DAYS * DAY_SECONDS
    author_days = {(c.author, c.committed_at // DAY_SECONDS) for c in people if c.committed_at > year_ago}
    paths, other = path_rates(churn, as_of)
    return Rates(
        months=months,
        dormant=not recent,
        active_authors=len({commit.author for commit in people if commit.committed_at > active_since}),
        author_days_per_month=len(author_days) / min(months, DORMANT_MONTHS),
        commits_12_months=len(recent),
        edits_per_month=monthly((commit.committed_at for commit in edits), months, as_of),
        new_authors_per_month=monthly(newcomers(people), months, as_of),
        merges_per_month=monthly((commit.committed_at for commit in people if commit.merge), months, as_of),
        path_edits_per_month=paths,
        other_path_edits_per_month=other,
        path_commits_12_months={row.path: row.commits_365 for row in churn if row.commits_365},
    )


def newcomers(commits: Sequence[CommitRow]) -> list[int]:
    """When each author came, without the one who started the repository: nobody had to be taught."""
    first: dict[str, int] = {}
    for commit in commits:
        first[commit.author] = min(commit.committed_at, first.get(commit.author, commit.committed_at))
    return sorted(first.values())[1:]


def monthly(times: Iterable[int], months: float, as_of: int) -> float:
    """Events a month now, drawn towards their plain mean over the window."""
    window = min(months, WINDOW_MONTHS)
    ages = [age for time in times if (age := months_between(time, as_of)) <= window]
    weight = fsum(2 ** (-age / HALF_LIFE_MONTHS) for age in ages)
    return shrunk(weight, exposure_months(months), len(ages) / window)


def path_rates(churn: Sequence[ChurnRow], as_of: int) -> tuple[dict[str, float], float]:
    """Edits a month by path, drawn towards the mean of all files, and the rate of a file never seen to change."""
    if not churn:
        return {}, 0.0
    exposures = {row.path: exposure_months(age_months(row, as_of)) for row in churn}
    mean = fsum(row.recent_edits for row in churn) / fsum(exposures.values())
    rates = {row.path: shrunk(row.recent_edits, exposures[row.path], mean) for row in churn}
    return rates, shrunk(0.0, exposure_months(WINDOW_MONTHS), mean)


def age_months(row: ChurnRow, as_of: int) -> float:
    """How long the file was watched; one of unknown age all through the window."""
    return WINDOW_MONTHS if row.first_at is None else months_between(row.first_at, as_of)


def shrunk(weight: float, exposure: float, mean: float) -> float:
    """Posterior mean of a Poisson rate whose Gamma prior is worth `PRIOR_MONTHS` months at `mean`."""
    return (mean * PRIOR_MONTHS + weight) / (PRIOR_MONTHS + exposure)


def exposure_months(observed_months: float) -> float:
    """Months of observation with the same fading weights as the events: the integral of 2^(-age / half-life)."""
    window = min(max(observed_months, 1.0), WINDOW_MONTHS)
    return HALF_LIFE_MONTHS / log(2) * (1 - 2 ** (-window / HALF_LIFE_MONTHS))


def months_between(earlier: int, later: int) -> float:
    return (later - earlier) / MONTH_SECONDS
