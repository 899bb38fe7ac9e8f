"""One target measured and judged: its facts, its findings, and what the report says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, cast

from msgspec import Struct
from msgspec.structs import replace

from debtscan.advisories.source import Advisories
from debtscan.audit.rebuilds import rebuilds_of
from debtscan.audit.summary import summarise
from debtscan.cost.rates import Rates, rates_from
from debtscan.errors import UserError
from debtscan.model import Coverage, Finding, Gap, NotRun, Rebuild, RepositorySummary, ScopeOut
from debtscan.repository import BlobError, Repository
from debtscan.rulebook.asking import Asking
from debtscan.rulebook.waivers import apply_waivers
from debtscan.scan import Facts, Filled, Progress, Workers, scan
from debtscan.scanners import Stated
from debtscan.settings import FILE_NAME, Statements, read_repository_statements


class Measured(Struct, frozen=True):
    """The facts of one repository, and what it says of itself."""

    summary: RepositorySummary
    facts: Facts
    statements: Statements
    rates: Rates | None
    excluded: tuple[ScopeOut, ...]


class Audited(Struct, frozen=True):
    """What pricing and reporting need of one repository; the facts are dropped."""

    summary: RepositorySummary
    rebuilds: tuple[Rebuild, ...]
    findings: list[Finding]
    not_run: list[NotRun]
    gaps: tuple[Gap, ...]
    coverage: tuple[Coverage, ...]
    rates: Rates | None
    excluded: tuple[ScopeOut, ...]
    statements: tuple[str, ...]
    seconds: Mapping[str, float]

    @property
    def name(self) -> str:
        return self.summary.name

    def with_findings(self, findings: list[Finding]) -> Audited:
        return replace(self, findings=findings)


def measure(
    repository: Repository,
    auditor: Statements,
    as_of: int,
    workers: Workers | None,
    cache: Path | None,
    progress: Progress | None,
    filled: Filled | None = None,
    advisories: Advisories | None = None,
) -> Measured:
    """Scan an opened repository."""
    statements, refused = _own_statements(repository)
    repository.leave_out(statements.exclude, "its own debtscan.toml")
    stated = Stated({**statements.kinds, **auditor.kinds}, {**statements.owners, **auditor.owners})
    facts = scan(
        repository,
        as_of,
        stated,
        workers=workers,
        cache=cache,
        progress=progress,
        filled=filled,
        advisories=advisories,
    )
    rates, unknown = _rates(repository, facts, as_of)
    said = [gap for gap in (refused, unknown) if gap]
    return Measured(
        summarise(repository, facts, rates, as_of),
        replace(facts, gaps=(*facts.gaps, *said)),
        statements,
        rates,
        repository.excluded,
    )


def _rates(repository: Repository, facts: Facts, as_of: int) -> tuple[Rates | None, Gap | None]:
    """How often things happen; where history is missing or cut off, that the cost of waiting is not known."""
    rates = None
    if "commits" in facts.tables and "churn" in facts.tables:
        rates = rates_from(cast("Any", facts.tables["commits"]), cast("Any", facts.tables["churn"]), as_of)
    if rates is None:
        why = "no git history, so what waiting costs is not known"
    elif repository.shallow:
        commits = len(facts.tables["commits"])
        here = "only 1 commit is" if commits == 1 else f"only {commits:,} commits are"
        rates, why = None, f"{here} here (shallow clone), so what waiting costs is not known"
    else:
        return rates, None
    return rates, Gap(repository=repository.name, path=None, scanner="history", why=why)


def judge(measured: Measured, asking: Asking, auditor: Statements, as_of: date) -> Audited:
    """Take the rules' answers about the facts and apply the waivers."""
    name, facts = measured.summary.name, measured.facts
    component_of = {row.path: row.component for row in cast("Sequence[Any]", facts.tables.get("files", ()))}
    findings, not_run = asking.answers(name, facts.missing, component_of)
    inline = cast("Sequence[Any]", facts.tables.get("waivers", ()))
    waived = apply_waivers(findings, inline, (*auditor.waivers, *measured.statements.waivers), as_of)
    gaps = [Gap(repository=name, path=None, scanner="waivers", why=why) for why in waived.not_followed]
    return Audited(
        measured.summary,
        rebuilds_of(name, facts.tables.get("rebuilds", ()), waived.findings),
        waived.findings,
        not_run,
        (*facts.gaps, *gaps),
        facts.coverage,
        measured.rates,
        measured.excluded,
        measured.statements.sentences,
        facts.seconds,
    )


def _own_statements(repository: Repository) -> tuple[Statements, Gap | None]:
    """What the target's own `debtscan.toml` says; one that cannot be followed is a gap and not an error."""
    file = next((file for file in repository.files if file.path == FILE_NAME and file.mode == "file"), None)
    if file is None:
        return Statements(), None
    try:
        with repository.reader.open() as blobs:
            return read_repository_statements(blobs.read(file), f"{repository.name}/{FILE_NAME}"), None
    except (UserError, BlobError) as error:
        return Statements(), Gap(repository=repository.name, path=FILE_NAME, scanner="settings", why=str(error))
