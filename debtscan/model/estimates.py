"""What findings cost: ranges, estimates, the moves that repay them, and their sums."""

from __future__ import annotations

from debtscan.model.rules import Category, Record, RemedyKind, Spread


class Range(Record, frozen=True, kw_only=True):
    """A distribution in four numbers. Means add; quantiles never do."""

    p10: float
    p50: float
    p90: float
    mean: float


class Payback(Record, frozen=True, kw_only=True):
    p_within_horizon: float
    """Chance that avoided waiting exceeds the repair within the horizon."""
    months: Spread | None = None


class Estimate(Record, frozen=True, kw_only=True):
    """The price of one rule's findings in one component; `id` is `rule@repository[/component][#waived]`."""

    id: str
    rule: str
    category: Category
    repository: str
    component: str
    findings: int
    quantity: float
    unit: str
    principal_hours: Range
    interest_hours_per_month: Range | None = None
    payback: Payback | None = None
    source_class: str = "E"
    covered_by: str | None = None
    waived: bool = False
    inputs: str = ""
    """Digest of everything the figures were computed from."""
    setup_hours_mean: float = 0.0
    """This estimate's share of shared set-up work, inside `principal_hours`."""
    drivers: dict[str, float] = {}
    """The measured rates behind the interest, by name (events a month, people)."""


class Line(Record, frozen=True, kw_only=True):
    """One row of a table with a total: means, that add up to the headline's mean."""

    key: str
    findings: int
    estimates: int
    principal_hours_mean: float
    principal_hours: Range | None
    interest_hours_per_month_mean: float | None


class Place(Record, frozen=True, kw_only=True):
    """One row of "where the money goes": the repository as a whole, a folder or a file."""

    repository: str
    path: str | None
    """None: the repository as a whole (a lock, a test harness: debt that lies in no folder)."""
    findings: int
    principal_hours_mean: float
    interest_hours_per_month_mean: float | None
    by_category: dict[str, float]
    """Principal hours (means) by category."""
    commits_12_months: int | None = None
    """The repository's or a file's; of a folder the sum over its files, so a commit to two of them counts twice."""


class Move(Record, frozen=True, kw_only=True):
    """One action that repays several estimates."""

    id: str
    title: str
    detail: str
    repository: str
    activity: str | None
    remedy_kind: RemedyKind
    rules: tuple[str, ...]
    estimates: tuple[str, ...]
    principal_hours: Range
    interest_saved_hours_per_month: Range | None
    """What should end: interest of the estimates x effectiveness (0.8)."""
    payback: Payback | None
    recommended: bool
    """Chance of a net gain over the horizon of at least 2 in 3: may stand in the first sentence."""


class Totals(Record, frozen=True, kw_only=True):
    principal_hours: Range
    interest_hours_per_month: Range | None
    """None where no change history was read."""
    principal_cost: Range | None = None
    interest_cost_per_month: Range | None = None
    waived_principal_hours_mean: float = 0.0
    findings: int = 0
    waived_findings: int = 0
    repositories_with_interest: int = 0
    worked_hours_per_month: float | None = None
    """Productive hours a month worked on what was read (active author-days); None without a history."""
    ceiling_scale: float = 1.0
    """Factor that kept interest below the plausible ceiling of lost time: nearly 1 far below it, 0.84 at it."""
    rebuildable: dict[str, int] = {}


class Grade(Record, frozen=True, kw_only=True):
    denominator: str
    ratio: float | None
    letter: str | None
    probabilities: dict[str, float] = {}
    why_null: str | None = None
