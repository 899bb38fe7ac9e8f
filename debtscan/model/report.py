"""The report: what every format renders, and what `report.json` holds."""

from __future__ import annotations

from typing import Literal, TypeAlias

from debtscan.model.estimates import Estimate, Grade, Line, Move, Place, Totals
from debtscan.model.findings import Coverage, Finding, Gap, NotRun
from debtscan.model.rules import Record, RuleText

SCHEMA_VERSION = 1

RebuildState: TypeAlias = Literal["yes", "partly", "no", "unknown"]
WORST_LAST: tuple[RebuildState, ...] = ("yes", "partly", "unknown", "no")
"""The worst ingredient is the verdict: any no decides, then what is not known, then what is only there in part."""


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


class Ingredient(Record, frozen=True, kw_only=True):
    """Whether git has one thing that a model is built from, and the one fact that decides."""

    state: RebuildState
    why: str
    path: str | None = None
    """File in which that fact stands; None for an absence."""
    cell: int | None = None
    line: int | None = None
    findings: tuple[str, ...] = ()
    """Findings about that very place."""


class Rebuild(Record, frozen=True, kw_only=True):
    """One file that trains when it is run; the worst of its ingredients is the verdict."""

    repository: str
    component: str
    path: str
    cell: int | None = None
    line: int | None = None
    verdict: RebuildState
    ingredients: dict[str, Ingredient]
    """By code, environment, data, randomness, weights, run, serving; those not told are left out."""


class Tool(Record, frozen=True, kw_only=True):
    name: str
    version: str


class RulebookSummary(Record, frozen=True, kw_only=True):
    digest: str
    rules: int


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
    rebuilds: tuple[Rebuild, ...] = ()
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
