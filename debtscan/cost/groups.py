"""Findings that are priced together: one rule in one repository, cut into one slice for each component.

Events belong to the group; what repair takes belongs to the slice, because the work is done component by component.
Waived findings form groups of their own and never touch the price of the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import fsum

from debtscan.model import Cost, Finding, Rule


@dataclass(frozen=True)
class Slice:
    """The findings of a group that lie in one component: one estimate."""

    rule: Rule
    cost: Cost
    repository: str
    component: str
    waived: bool
    findings: tuple[Finding, ...]

    @cached_property
    def quantity(self) -> float:
        return fsum(finding.quantity for finding in self.findings)

    @cached_property
    def id(self) -> str:
        waived = "#waived" if self.waived else ""
        return f"{self.rule.id}@{place_name(self.repository, self.component)}{waived}"

    def shares(self) -> list[float]:
        """Each finding's part of what goes by quantity, in the order of the findings."""
        if self.quantity > 0:
            return [finding.quantity / self.quantity for finding in self.findings]
        return [1 / len(self.findings)] * len(self.findings)


@dataclass(frozen=True)
class Group:
    rule: Rule
    cost: Cost
    repository: str
    slices: tuple[Slice, ...]

    @cached_property
    def quantity(self) -> float:
        return fsum(part.quantity for part in self.slices)


def place_name(repository: str, component: str) -> str:
    return repository if component == "." else f"{repository}/{component}"


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda f: (f.repository, f.rule, f.path or "", f.cell or 0, f.line or 0, f.id))


def grouped(findings: Iterable[Finding], rules: Mapping[str, Rule], *, waived: bool) -> list[Group]:
    """Groups by repository and rule, slices by component; findings of rules without a cost are in none."""
    cells: dict[tuple[str, str], dict[str, list[Finding]]] = defaultdict(lambda: defaultdict(list))
    for finding in findings:
        rule = rules.get(finding.rule)
        if rule and rule.cost and (finding.waived is not None) == waived:
            cells[finding.repository, finding.rule][finding.component].append(finding)
    return [group(rules[rule], repository, parts, waived) for (repository, rule), parts in sorted(cells.items())]


def group(rule: Rule, repository: str, parts: Mapping[str, list[Finding]], waived: bool) -> Group:
    cost = rule.cost
    assert cost is not None
    slices = tuple(
        Slice(rule, cost, repository, component, waived, tuple(found)) for component, found in sorted(parts.items())
    )
    return Group(rule, cost, repository, slices)
