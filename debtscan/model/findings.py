"""What the rules answered, and what could not be read or asked."""

from __future__ import annotations

from typing import TypeAlias

from debtscan.model.rules import Category, Confidence, Record, Severity

Value: TypeAlias = str | int | float | bool | None
"""What a finding's property may be."""


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
