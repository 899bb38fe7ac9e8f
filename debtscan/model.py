"""The records every layer hands on: rules, findings, estimates and the report.

All are frozen. `Report` is the contract of every format: it is what `report.json` holds (schema version 1), and a
saved one renders for ever. Paths are POSIX and relative to the repository root; `line` counts from 1; in a notebook
`cell` is the index in its list of cells (all kinds, from 0) and `line` counts within that cell. None is unknown.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

SCHEMA_VERSION = 1

Severity: TypeAlias = Literal["info", "low", "medium", "high", "critical"]
Confidence: TypeAlias = Literal["low", "medium", "high"]
Stage: TypeAlias = Literal["source", "clean", "features", "split", "train", "evaluate", "package", "serve", "operate"]
Category: TypeAlias = Literal[
    "environment", "data", "pipelines", "tests", "notebooks", "models", "reproducibility", "code", "vulnerabilities",
    "organisation",
]  # fmt: skip
RemedyKind: TypeAlias = Literal["mechanical", "engineering", "decision"]
Channel: TypeAlias = Literal["change", "break", "onboard", "incident"]
Value: TypeAlias = str | int | float | bool | None
"""What a finding's property may be."""


class Record(Struct, frozen=True):
    """Base of everything below."""


class Spread(Record, frozen=True, kw_only=True):
    """Low, likely and high hours (P10, P50, P90) as a person states them."""

    p10: float
    p50: float
    p90: float


class Interest(Record, frozen=True, kw_only=True):
    """One way in which waiting costs hours: events a month x chance that the debt matters x hours each time."""

    channel: Channel
    rate: float = 0.0
    """Events a month without a driver; with one, the share of the driver's events that are hit."""
    per: Literal["unit", "group", "extra_place"] = "group"
    """Whether `rate` is for each unit of quantity, for the whole group, or for each further place of a finding."""
    driver: Literal["none", "edits", "repository_edits", "new_authors", "merges"] = "none"
    """What triggers it: nothing but time, edits of the finding's files, commits, new contributors, merges."""
    impact: Spread
    """Hours lost at each event."""
    people: float = 0.0
    """Exponent of the number of active people who lose those hours (0: one person)."""


class Cost(Record, frozen=True, kw_only=True):
    """What repairing one rule's findings takes, in person-hours; an uncalibrated prior unless `source` says else."""

    unit: str
    activity: str | None = None
    """Shared set-up work (for example `env.lock`), paid once in its scope however many rules need it."""
    scope: Literal["component", "repository", "organisation"] = "repository"
    fixed: Spread | None = None
    """Hours of the set-up work; None: no set-up (with an `activity` it joins that move and pays none of its set-up)."""
    unit_hours: Spread | None = None
    """Hours for the first unit; None: the set-up is all there is."""
    learning: float = 0.9
    """Learning rate: each doubling of the quantity costs this share an item (Wright)."""
    exponent: float = 1.0
    """Power of the size inside the quantity, applied by the rule's query, kept here to be shown."""
    covers: tuple[str, ...] = ()
    """Rules whose variable work, in the same component, this repair does as well."""
    covered_share: float = 0.0
    """Share of a covered rule's variable work that remains."""
    source: Literal["A", "B", "C", "D", "E"] = "E"
    """A measured actuals, B own git data, C published, D other ecosystem, E our judgement."""
    note: str = ""
    interest: tuple[Interest, ...] = ()


class Rule(Record, frozen=True, kw_only=True):
    """One question asked of the facts, with the words and hours that go with a yes."""

    id: str
    title: str
    category: Category
    stage: Stage
    severity: Severity
    confidence: Confidence
    why: str
    remedy: str
    remedy_kind: RemedyKind
    after: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    query: str
    group_by: tuple[str, ...] = ("path", "subject")
    cost: Cost | None = None


class Evidence(Record, frozen=True, kw_only=True):
    """One place that shows the finding; `text` is the line or literal, with credentials masked."""

    path: str | None
    line: int | None = None
    end_line: int | None = None
    cell: int | None = None
    text: str = ""


class Waiver(Record, frozen=True, kw_only=True):
    reason: str
    until: str | None = None


class Finding(Record, frozen=True, kw_only=True):
    """One group of places that break one rule, as one root cause. `quantity` is in the rule's cost unit.

    `id` is 16 hex digits of blake2b over rule, group key and occurrence, so it survives moved lines and growth. The two
    `_mean` fields are its share of its estimate, in hours and hours a month; None where that is not priced.
    """

    id: str
    rule: str
    category: Category
    repository: str
    component: str
    path: str | None
    line: int | None = None
    end_line: int | None = None
    cell: int | None = None
    message: str
    severity: Severity
    confidence: Confidence
    subject: str | None = None
    quantity: float = 1.0
    properties: dict[str, Value] = {}
    evidence: tuple[Evidence, ...] = ()
    estimate: str | None = None
    principal_hours_mean: float | None = None
    interest_hours_per_month_mean: float | None = None
    known: bool = False
    waived: Waiver | None = None


class NotRun(Record, frozen=True, kw_only=True):
    """A rule that could not be asked, and why; never "clean"."""

    rule: str
    repository: str
    why: str


class Gap(Record, frozen=True, kw_only=True):
    """Something that was not read or not understood, and why."""

    repository: str
    path: str | None
    line: int | None = None
    cell: int | None = None
    scanner: str
    why: str


class Coverage(Record, frozen=True, kw_only=True):
    """How much of what a scanner could have read it did read."""

    repository: str
    scanner: str
    read: int
    of: int
    note: str = ""


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


class Component(Record, frozen=True, kw_only=True):
    root: str
    kind: str
    confidence: float
    why: str
    owner: str | None = None


class PartVersions(Record, frozen=True, kw_only=True):
    """Versions of one part (python, cuda, a library), as written, by who states them: declared, locked, image ..."""

    component: str
    part: str
    stated: dict[str, tuple[str, ...]]


class RepositorySummary(Record, frozen=True, kw_only=True):
    name: str
    source: str
    """Base name, or the URL without credentials."""
    revision: str | None
    branch: str | None = None
    committed_at: str | None
    dirty: bool | None
    """None where there is no git."""
    changed_files: int = 0
    shallow: bool = False
    partial: bool = False
    ml_role: str = "none"
    ml_score: int = 0
    counts: dict[str, int] = {}
    """files, python_files, notebooks, code_lines, commits, authors_12_months."""
    languages: dict[str, int] = {}
    """Files by language, largest first."""
    components: tuple[Component, ...] = ()
    versions: tuple[PartVersions, ...] = ()


class Tool(Record, frozen=True, kw_only=True):
    name: str
    version: str


class RulebookSummary(Record, frozen=True, kw_only=True):
    digest: str
    rules: int


class RuleText(Record, frozen=True, kw_only=True):
    """What a report says of a rule, so that a saved report needs no rulebook."""

    id: str
    title: str
    category: Category
    stage: Stage
    severity: Severity
    why: str
    remedy: str
    remedy_kind: RemedyKind
    after: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    cost: Cost | None = None


class Settings(Record, frozen=True, kw_only=True):
    currency: str | None = None
    rate_per_hour: float | None = None
    hours_per_day: float = 6.0
    days_per_year: int = 220
    horizon_months: int = 24
    effectiveness: float = 0.8
    interest_ceiling_share: float = 0.33
    calibrated_rules: int = 0


class ScopeOut(Record, frozen=True, kw_only=True):
    path: str
    why: str
    lines: int | None = None


class Scope(Record, frozen=True, kw_only=True):
    included: int
    """Files that were in."""
    out: tuple[ScopeOut, ...] = ()
    statements: tuple[str, ...] = ()
    """What the audited repository said about itself that was taken into account."""


class Report(Record, frozen=True, kw_only=True):
    schema_version: int = SCHEMA_VERSION
    generated_at: str
    as_of: str
    tool: Tool
    rulebook: RulebookSummary
    seed: int
    command: str
    settings: Settings
    repositories: tuple[RepositorySummary, ...]
    rules: tuple[RuleText, ...] = ()
    rebuilds: tuple[dict[str, object], ...] = ()
    findings: tuple[Finding, ...] = ()
    estimates: tuple[Estimate, ...] = ()
    totals: Totals
    by_category: tuple[Line, ...] = ()
    by_component: tuple[Line, ...] = ()
    by_repository: tuple[Line, ...] = ()
    by_place: tuple[Place, ...] = ()
    moves: tuple[Move, ...] = ()
    do_first: Move | None = None
    """The first recommended moves (at most three) taken together: ranges and chances do not add."""
    grade: tuple[Grade, ...] = ()
    scope: Scope
    not_run: tuple[NotRun, ...] = ()
    gaps: tuple[Gap, ...] = ()
    coverage: tuple[Coverage, ...] = ()
