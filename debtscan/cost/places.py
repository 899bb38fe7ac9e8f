"""Where debt lies: the repository as a whole, folders to depth two, and the files that weigh most.

A finding in several places is shared evenly among them. A lock or a harness lies in no folder, and spreading it over
folders would lie.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import fsum
from typing import NamedTuple

from debtscan.cost.priors import FILE_ROW_SHARE
from debtscan.cost.rates import Rates
from debtscan.model import Cost, Finding, Place, Rule

DEPTH = 2
TOP = "."
"""Row of the files that lie in the top folder itself."""


class Share(NamedTuple):
    """The part of a finding that lies in one file, or (path None) in none."""

    finding: Finding
    path: str | None
    principal_hours_mean: float
    interest_hours_per_month_mean: float | None


def by_place(
    findings: Iterable[Finding], rules: Mapping[str, Rule], rates: Mapping[str, Rates | None]
) -> tuple[Place, ...]:
    """Rows by repository: the whole first, then dearest first. They add up to the total's means."""
    by_repository: dict[str, list[Share]] = defaultdict(list)
    for finding in findings:
        if finding.principal_hours_mean is not None:
            by_repository[finding.repository] += shares(finding, rules[finding.rule].cost)
    return tuple(
        row for name, parts in sorted(by_repository.items()) for row in repository_rows(name, parts, rates.get(name))
    )


def shares(finding: Finding, cost: Cost | None) -> list[Share]:
    if finding.path is None or lies_nowhere(finding, cost):
        return [share(finding, None, 1.0)]
    if len(finding.evidence) < 2:
        return [share(finding, finding.path, 1.0)]
    places = Counter(place.path for place in finding.evidence)
    return [share(finding, path, count / len(finding.evidence)) for path, count in places.items()]


def share(finding: Finding, path: str | None, part: float) -> Share:
    principal = finding.principal_hours_mean or 0.0
    interest = finding.interest_hours_per_month_mean
    return Share(finding, path, principal * part, None if interest is None else interest * part)


def lies_nowhere(finding: Finding, cost: Cost | None) -> bool:
    """Whether the repair is made for the repository: a shared environment, or set-up and nothing else."""
    if cost is None or (cost.scope == "component" and finding.component != "."):
        return False
    return cost.unit_hours is None or (finding.category == "environment" and cost.activity is not None)


def repository_rows(name: str, parts: Sequence[Share], rates: Rates | None) -> list[Place]:
    """The rows of one repository: every share is in exactly one."""
    heavy = heavy_files(parts)
    tree = FolderTree(folder_of(one.path) for one in parts if one.path is not None and one.path not in heavy)
    rows: dict[str | None, list[Share]] = defaultdict(list)
    for one in parts:
        path = one.path
        rows[path if path is None or path in heavy else tree.row(folder_of(path))].append(one)
    commits = commits_by_row(rows.keys(), rates) if rates else Counter[str | None]()
    places = [place(name, path, own, commits[path] if rates else None) for path, own in rows.items()]
    return sorted(places, key=lambda row: (row.path is not None, -row.principal_hours_mean, row.path or ""))


def heavy_files(parts: Iterable[Share]) -> set[str]:
    """Files that hold more than one part in twenty of what the repository takes to repay."""
    hours: dict[str | None, list[float]] = defaultdict(list)
    for one in parts:
        hours[one.path].append(one.principal_hours_mean)
    least = FILE_ROW_SHARE * fsum(one for own in hours.values() for one in own)
    return {path for path, own in hours.items() if path is not None and fsum(own) > least}


def folder_of(path: str) -> str:
    return path.rpartition("/")[0] or TOP


class FolderTree:
    """The folders that hold something; one that holds a single folder and nothing else is one with it."""

    def __init__(self, folders: Iterable[str]) -> None:
        self.filled = {folder_parts(folder) for folder in set(folders)}
        self.rows: dict[str, str] = {}
        self.children: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for parts in self.filled:
            for depth, part in enumerate(parts):
                self.children[parts[:depth]].add(part)

    def row(self, folder: str) -> str:
        """The folder at depth two above this one, or this one."""
        if folder not in self.rows:
            self.rows[folder] = self.find_row(folder)
        return self.rows[folder]

    def find_row(self, folder: str) -> str:
        here: tuple[str, ...] = ()
        depth = 0
        for part in folder_parts(folder):
            depth += not self.is_link(here)
            if depth > DEPTH:
                break
            here = (*here, part)
        return "/".join(here) or TOP

    def is_link(self, parts: tuple[str, ...]) -> bool:
        return parts != () and parts not in self.filled and len(self.children[parts]) == 1


def folder_parts(folder: str) -> tuple[str, ...]:
    return () if folder == TOP else tuple(folder.split("/"))


def commits_by_row(rows: Iterable[str | None], rates: Rates) -> Counter[str | None]:
    """Commits to each row's files in twelve months, each file's counted for the closest row above it."""
    named = set(rows)
    commits: Counter[str | None] = Counter({None: rates.commits_12_months})
    for path, count in rates.path_commits_12_months.items():
        row = closest_row(path, named)
        if row is not None:
            commits[row] += count
    return commits


def closest_row(path: str, rows: set[str | None]) -> str | None:
    """The file's own row or that of the nearest folder; the top folder's row is for the files right in it."""
    if path in rows:
        return path
    folder = folder_of(path)
    if folder == TOP:
        return TOP if TOP in rows else None
    while folder != TOP and folder not in rows:
        folder = folder_of(folder)
    return None if folder == TOP else folder


def place(repository: str, path: str | None, parts: Sequence[Share], commits: int | None) -> Place:
    by_category: dict[str, list[float]] = defaultdict(list)
    for one in parts:
        by_category[one.finding.category].append(one.principal_hours_mean)
    waits = [one.interest_hours_per_month_mean for one in parts]
    known = [hours for hours in waits if hours is not None]
    return Place(
        repository=repository,
        path=path,
        findings=len({one.finding.id for one in parts}),
        principal_hours_mean=fsum(one.principal_hours_mean for one in parts),
        interest_hours_per_month_mean=fsum(known) if known else None,
        by_category={category: fsum(hours) for category, hours in sorted(by_category.items())},
        commits_12_months=commits,
    )
