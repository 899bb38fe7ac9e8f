"""What a report says of a repository before any finding: size, age, people, role."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from debtscan.cost.rates import Rates
from debtscan.model import Component, PartVersions, RepositorySummary
from debtscan.repository import Repository
from debtscan.scan import Facts

LANGUAGES_SHOWN = 8
YEAR_SECONDS = 365 * 86_400


def summarise(repository: Repository, facts: Facts, rates: Rates | None, as_of: int) -> RepositorySummary:
    """Counts are of what the audit covers: vendored, generated and template files are left out of the lines."""
    role = next(iter(_rows(facts, "repositories")), None)
    committed = repository.committed_at
    return RepositorySummary(
        name=repository.name,
        source=repository.source,
        revision=repository.revision,
        branch=repository.branch,
        committed_at=datetime.fromtimestamp(committed, UTC).isoformat().replace("+00:00", "Z") if committed else None,
        dirty=repository.dirty,
        changed_files=repository.changed_files,
        shallow=repository.shallow,
        partial=repository.partial,
        ml_role=role.ml_role if role else "none",
        ml_score=role.ml_score if role else 0,
        counts=_counts(facts, rates, as_of),
        languages=_languages(facts),
        components=tuple(
            Component(root=row.root, kind=row.kind, confidence=row.confidence, why=row.why, owner=row.owner)
            for row in _rows(facts, "components")
        ),
        versions=tuple(_versions(facts)),
    )


def _rows(facts: Facts, table: str) -> Sequence[Any]:
    return cast("Sequence[Any]", facts.tables.get(table, ()))


def _versions(facts: Facts) -> Iterator[PartVersions]:
    """One row a part and component, one list a witness; `any` where a part is named without a version."""
    stated: dict[tuple[str, str], dict[str, set[str]]] = {}
    for row in _rows(facts, "versions"):
        witnesses = stated.setdefault((row.component, row.part), {})
        witnesses.setdefault(row.witness, set()).add(row.value or "any")
    for (component, part), witnesses in sorted(stated.items()):
        by_witness = {witness: tuple(sorted(values)) for witness, values in sorted(witnesses.items())}
        yield PartVersions(component=component, part=part, stated=by_witness)


def _counts(facts: Facts, rates: Rates | None, as_of: int) -> dict[str, int]:
    files = _rows(facts, "files")
    counted = [row for row in files if row.scope not in {"vendored", "generated", "template"}]
    counts = {
        "files": len(files),
        "python_files": sum(row.kind == "python" for row in counted),
        "notebooks": sum(row.kind == "notebook" for row in counted),
        "code_lines": sum(row.code_lines or 0 for row in counted),
        "python_lines": sum(row.code_lines or 0 for row in counted if row.kind == "python"),
    }
    if rates is not None:
        commits = _rows(facts, "commits")
        counts["commits"] = len(commits)
        counts["commits_12_months"] = rates.commits_12_months
        counts["authors_12_months"] = len(
            {row.author for row in commits if not row.bot and 0 <= as_of - row.committed_at <= YEAR_SECONDS}
        )
    return counts


def _languages(facts: Facts) -> dict[str, int]:
    languages = Counter(row.language for row in _rows(facts, "files") if row.language)
    return dict(sorted(languages.items(), key=lambda item: (-item[1], item[0]))[:LANGUAGES_SHOWN])
