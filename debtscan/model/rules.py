"""A rule: one question asked of the facts, the words for people, and the hours that go with a yes."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

Severity: TypeAlias = Literal["info", "low", "medium", "high", "critical"]
Confidence: TypeAlias = Literal["low", "medium", "high"]
Stage: TypeAlias = Literal["source", "clean", "features", "split", "train", "evaluate", "package", "serve", "operate"]
Category: TypeAlias = Literal[
    "environment", "data", "pipelines", "tests", "notebooks", "models", "reproducibility", "code", "vulnerabilities",
    "organisation",
]  # fmt: skip
RemedyKind: TypeAlias = Literal["mechanical", "engineering", "decision"]
Channel: TypeAlias = Literal["change", "break", "onboard", "incident"]


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
