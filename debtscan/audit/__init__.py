"""The straight line: open, measure, judge, price, report.

`audit` reads top to bottom what debtscan does: each target is opened and scanned, the rules are asked of its facts,
waivers and baseline are applied, and everything together is priced once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from msgspec import Struct

from debtscan.advisories.source import Advisories
from debtscan.audit.assembly import assemble
from debtscan.audit.audited import Audited, judge, measure
from debtscan.facts.engine import Engine
from debtscan.model import Report
from debtscan.repository import Repository
from debtscan.rulebook.asking import Asking
from debtscan.rulebook.records import Rulebook
from debtscan.rulebook.waivers import mark_known
from debtscan.scan import Progress, Workers
from debtscan.scan.clock import Clock
from debtscan.settings import AuditorSettings, with_hours

Opener = Callable[[], AbstractContextManager[Repository]]
"""Opens one target; raises TargetError."""


class Options(Struct, frozen=True, kw_only=True):
    """How an audit is run; but for the advisories none of it changes what is found."""

    engine: Engine
    workers: Workers
    cache: Path | None
    command: str
    """The command line without paths, for the report."""
    generated_at: datetime
    progress: Progress | None = None
    advisories: Advisories | None = None
    """Who is asked for known vulnerabilities; None: nobody."""


def audit(
    openers: Sequence[Opener],
    rulebook: Rulebook,
    auditor: AuditorSettings,
    as_of: date,
    options: Options,
    baseline: Report | None = None,
) -> tuple[Report, list[Mapping[str, float]]]:
    """Audit the targets into one report; beside it the wall seconds by phase of each target.

    Ages count from the end of the day `as_of` (UTC). Of two targets of one name the later gets a number.
    """
    audited: list[Audited] = []
    seconds: list[Mapping[str, float]] = []
    statements = auditor.statements
    for opener in openers:
        clock = Clock()
        with Asking(options.engine, rulebook.rules) as asking, opener() as repository:
            clock.lap("opening")
            repository.name = _unique(repository.name, [done.name for done in audited])
            measured = measure(
                repository,
                statements,
                moment(as_of),
                options.workers,
                options.cache,
                options.progress,
                partial(asking.fill, repository.name),
                options.advisories,
            )
            clock.lap("measuring")
            judged = judge(measured, asking, statements, as_of)
            clock.lap("rules")
        audited.append(judged)
        seconds.append({**clock.seconds, **{f"  {phase}": spent for phase, spent in judged.seconds.items()}})
    if baseline is not None:
        audited = [done.with_findings(mark_known(done.findings, baseline)) for done in audited]
    rules = {rule.id: with_hours(rule, auditor.hours) for rule in rulebook.rules}
    return assemble(audited, rulebook, rules, auditor.settings, as_of, options.command, options.generated_at), seconds


def moment(day: date) -> int:
    """The end of a day in UTC, as unix seconds: what happened on the day of the audit counts."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) + 86_399


def _unique(name: str, taken: Sequence[str]) -> str:
    number, unique = 1, name
    while unique in taken:
        number += 1
        unique = f"{name} ({number})"
    return unique
