"""The records every layer hands on: rules, findings, estimates and the report.

All are frozen. `Report` is the contract of every format: it is what `report.json` holds (schema version 1), and a
saved one renders for ever. Paths are POSIX and relative to the repository root; `line` counts from 1; in a notebook
`cell` is the index in its list of cells (all kinds, from 0) and `line` counts within that cell. None is unknown.
"""

from debtscan.model.estimates import Estimate, Grade, Line, Move, Payback, Place, Range, Totals
from debtscan.model.findings import Coverage, Evidence, Finding, Gap, NotRun, Value, Waiver
from debtscan.model.report import (
    SCHEMA_VERSION,
    WORST_LAST,
    Component,
    Ingredient,
    PartVersions,
    Rebuild,
    RebuildState,
    Report,
    RepositorySummary,
    RulebookSummary,
    Scope,
    ScopeOut,
    Settings,
    Tool,
)
from debtscan.model.rules import (
    Category,
    Channel,
    Confidence,
    Cost,
    Interest,
    Record,
    RemedyKind,
    Rule,
    RuleText,
    Severity,
    Spread,
    Stage,
)

__all__ = [
    "SCHEMA_VERSION",
    "WORST_LAST",
    "Category",
    "Channel",
    "Component",
    "Confidence",
    "Cost",
    "Coverage",
    "Estimate",
    "Evidence",
    "Finding",
    "Gap",
    "Grade",
    "Ingredient",
    "Interest",
    "Line",
    "Move",
    "NotRun",
    "PartVersions",
    "Payback",
    "Place",
    "Range",
    "Rebuild",
    "RebuildState",
    "Record",
    "RemedyKind",
    "Report",
    "RepositorySummary",
    "Rule",
    "RuleText",
    "RulebookSummary",
    "Scope",
    "ScopeOut",
    "Settings",
    "Severity",
    "Spread",
    "Stage",
    "Tool",
    "Totals",
    "Value",
    "Waiver",
]
