"""Builders for the tests of the cost model: rules, findings and rates with everything but the point left out."""

from __future__ import annotations

from math import exp

from debtscan.cost import Rates
from debtscan.cost.lognormal import Z90
from debtscan.cost.priors import SD_FLOOR
from debtscan.model import Cost, Evidence, Finding, Interest, Rule, Settings, Spread, Waiver

SETTINGS = Settings()
FLOATING = Cost(
    unit="package",
    activity="env.lock",
    fixed=Spread(p10=1, p50=2.5, p90=8),
    unit_hours=Spread(p10=0.05, p50=0.12, p90=0.4),
    learning=0.9,
    interest=(Interest(channel="break", rate=0.002, per="unit", impact=Spread(p10=1.5, p50=4, p90=16), people=0.5),),
)


def hours(mean: float) -> Spread:
    """A spread of the least uncertainty the model allows, with that mean."""
    median, step = mean / exp(SD_FLOOR**2 / 2), exp(Z90 * SD_FLOOR)
    return Spread(p10=median / step, p50=median, p90=median * step)


def rule(name: str = "floating", cost: Cost | None = FLOATING, **over) -> Rule:
    return Rule(
        **{
            "id": name,
            "title": name.replace("-", " ").capitalize(),
            "category": "code",
            "stage": "train",
            "severity": "medium",
            "confidence": "high",
            "why": "It costs.",
            "remedy": f"Repair {name}.",
            "remedy_kind": "engineering",
            "query": "SELECT 1",
            "cost": cost,
        }
        | over
    )


def rules(*several: Rule) -> dict[str, Rule]:
    return {one.id: one for one in several}


def finding(
    key: str, rule: str = "floating", path: str | None = "a.py", places: tuple[str, ...] = (), **over
) -> Finding:
    evidence = tuple(Evidence(path=place, line=1) for place in places or ([path] if path else []))
    waived = Waiver(reason="accepted") if over.pop("waived", False) else None
    return Finding(
        **{
            "id": key,
            "rule": rule,
            "category": "code",
            "repository": "churn",
            "component": ".",
            "path": path,
            "message": f"{rule} in {path}",
            "severity": "medium",
            "confidence": "high",
            "evidence": evidence,
            "waived": waived,
        }
        | over
    )


def rates(**over) -> Rates:
    """A busy repository, so that its ceiling of lost time plays no part unless a test wants it."""
    return Rates(
        **{
            "months": 30.0,
            "dormant": False,
            "active_authors": 4,
            "author_days_per_month": 1e6,
            "commits_12_months": 50,
            "edits_per_month": 5.0,
            "new_authors_per_month": 0.5,
            "merges_per_month": 2.0,
            "path_edits_per_month": {},
            "other_path_edits_per_month": 0.0,
            "path_commits_12_months": {},
        }
        | over
    )
