"""Where the money goes, in means: by category, component and repository. Each table adds up to the total's mean."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

from debtscan.cost.groups import place_name
from debtscan.cost.priced import PricedSlice, interest_mean, principal_of
from debtscan.model import Estimate, Finding, Line


def by_category(findings: Iterable[Finding], slices: Iterable[PricedSlice]) -> tuple[Line, ...]:
    return lines(findings, slices, lambda row: row.category)


def by_repository(findings: Iterable[Finding], slices: Iterable[PricedSlice]) -> tuple[Line, ...]:
    return lines(findings, slices, lambda row: row.repository)


def by_component(findings: Iterable[Finding], slices: Iterable[PricedSlice]) -> tuple[Line, ...]:
    """Keys are `repository` for the component that is the repository itself, else `repository/component`."""
    return lines(findings, slices, lambda row: place_name(row.repository, row.component))


def lines(
    findings: Iterable[Finding], slices: Iterable[PricedSlice], key: Callable[[Finding | Estimate], str]
) -> tuple[Line, ...]:
    """One row a key, dearest first; a key whose findings have no price has a row of zero hours and no range."""
    counts = Counter(key(finding) for finding in findings)
    parts: dict[str, list[PricedSlice]] = defaultdict(list)
    for priced in slices:
        parts[key(priced.estimate)].append(priced)
    rows = [line(name, counts[name], parts.get(name, [])) for name in counts]
    return tuple(sorted(rows, key=lambda row: (-row.principal_hours_mean, row.key)))


def line(key: str, findings: int, slices: Sequence[PricedSlice]) -> Line:
    principal = principal_of(slices) if slices else None
    return Line(
        key=key,
        findings=findings,
        estimates=len(slices),
        principal_hours_mean=principal.mean if principal else 0.0,
        principal_hours=principal,
        interest_hours_per_month_mean=interest_mean(slices),
    )
