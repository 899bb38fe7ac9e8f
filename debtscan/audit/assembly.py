"""Audited repositories, priced together, become the report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime

from msgspec.structs import replace

import debtscan
from debtscan.audit.audited import Audited
from debtscan.audit.rebuilds import counted
from debtscan.cost import price
from debtscan.model import Report, Rule, RuleText, Scope, ScopeOut, Settings, Tool
from debtscan.rulebook.records import Rulebook

SEED = 0
"""The analytic engine draws nothing; the report says so with its seed."""


def assemble(
    audited: Sequence[Audited],
    rulebook: Rulebook,
    rules: Mapping[str, Rule],
    settings: Settings,
    as_of: date,
    command: str,
    generated_at: datetime,
) -> Report:
    """Price all findings and put the report together. `rules` carry the auditor's hours."""
    findings = [finding for done in audited for finding in done.findings]
    priced = price(
        findings,
        rules,
        {done.name: done.rates for done in audited},
        {done.name: done.summary.counts.get("code_lines", 0) for done in audited},
        settings,
    )
    rebuilds = tuple(rebuild for done in audited for rebuild in done.rebuilds)
    return Report(
        generated_at=generated_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        as_of=as_of.isoformat(),
        tool=Tool(name="debtscan", version=debtscan.__version__),
        rulebook=rulebook.summary,
        seed=SEED,
        command=command,
        settings=settings,
        repositories=tuple(done.summary for done in audited),
        rules=tuple(_text(rules[rule.id]) for rule in rulebook.rules),
        rebuilds=rebuilds,
        findings=priced.findings,
        estimates=priced.estimates,
        totals=replace(priced.totals, rebuildable=counted(rebuilds)),
        by_category=priced.by_category,
        by_component=priced.by_component,
        by_repository=priced.by_repository,
        by_place=priced.by_place,
        moves=priced.moves,
        do_first=priced.do_first,
        grade=priced.grade,
        scope=Scope(
            included=sum(done.summary.counts.get("files", 0) for done in audited),
            out=tuple(_out(audited)),
            statements=tuple(sentence for done in audited for sentence in done.statements),
        ),
        not_run=tuple(row for done in audited for row in done.not_run),
        gaps=tuple(gap for done in audited for gap in done.gaps),
        coverage=tuple(row for done in audited for row in done.coverage),
    )


def _text(rule: Rule) -> RuleText:
    return RuleText(
        id=rule.id,
        title=rule.title,
        category=rule.category,
        stage=rule.stage,
        severity=rule.severity,
        why=rule.why,
        remedy=rule.remedy,
        remedy_kind=rule.remedy_kind,
        after=rule.after,
        references=rule.references,
        cost=rule.cost,
    )


def _out(audited: Sequence[Audited]) -> Iterable[ScopeOut]:
    several = len(audited) > 1
    for done in audited:
        for out in done.excluded:
            path = f"{done.name}/{out.path}" if several else out.path
            yield ScopeOut(path=path, why=out.why, lines=out.lines)
