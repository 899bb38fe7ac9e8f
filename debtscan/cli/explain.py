"""`debtscan explain`: a rule in words; of a saved report a finding or an estimate."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from textwrap import wrap

from debtscan.cli.arguments import REPORT
from debtscan.cli.outputs import read_report
from debtscan.cost.explain import explain_estimate, explain_rule
from debtscan.errors import UserError
from debtscan.model import Finding, Report
from debtscan.rulebook.loading import load_rulebook, rule_directories
from debtscan.rulebook.records import RuleFile
from debtscan.text import visible

WIDTH = 78
SHORTEST_PREFIX = 4


def run_explain(name: str, report: Path | None, directories: Sequence[Path]) -> int:
    if report is None:
        book = load_rulebook([*rule_directories(), *directories])
        if any(rule.id == name for rule in book.rules):
            lines = list(_rule(book.file(name)))
        elif REPORT.is_file():
            lines = _in_report(name, read_report(REPORT))
        else:
            lines = list(_rule(book.file(name)))
    else:
        lines = _in_report(name, read_report(report))
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _rule(file: RuleFile) -> Iterator[str]:
    rule = file.rule
    yield f"{rule.id}: {rule.title}"
    yield f"{rule.category}, stage {rule.stage}, severity {rule.severity}, confidence {rule.confidence}"
    yield ""
    yield from wrap(rule.why, WIDTH)
    yield ""
    yield from wrap(f"What to do ({rule.remedy_kind}): {rule.remedy}", WIDTH)
    yield ""
    yield from _wrapped(explain_rule(rule))
    yield ""
    yield "HOW IT IS FOUND"
    yield from (f"  {line}" for line in rule.query.strip().splitlines())
    yield ""
    yield "EXAMPLES"
    for example in file.examples:
        yield f"  {'finds' if example.finds else 'leaves alone'}: {example.name}"
    yield ""
    yield f"Rule file: {file.source}"


def _wrapped(lines: Iterable[str]) -> Iterator[str]:
    """Long lines broken, their indent kept and deepened."""
    for line in lines:
        indent = line[: len(line) - len(line.lstrip())]
        yield from wrap(line, WIDTH, initial_indent="", subsequent_indent=f"{indent}  ") or [""]


def _in_report(name: str, report: Report) -> list[str]:
    ids = [estimate.id for estimate in report.estimates if name in {estimate.id, estimate.rule}]
    if ids:
        return [line for id_ in ids for line in [*_wrapped(explain_estimate(report, id_)), ""]]
    matches = [finding for finding in report.findings if finding.id.startswith(name)]
    if len(name) >= SHORTEST_PREFIX and len(matches) == 1:
        return list(_finding(matches[0], report))
    if len(matches) > 1:
        raise UserError(f"{name} begins {len(matches)} findings. Give more of the id")
    raise UserError(f'No rule, estimate or finding "{name}" in this report. All rules: debtscan rules')


def _finding(finding: Finding, report: Report) -> Iterator[str]:
    rule = next((text for text in report.rules if text.id == finding.rule), None)
    yield f"{finding.id}  {finding.rule} in {visible(finding.repository)}"
    yield from wrap(visible(finding.message), WIDTH)
    yield f"severity {finding.severity}, confidence {finding.confidence}"
    if rule:
        yield ""
        yield from wrap(rule.why, WIDTH)
        yield from wrap(f"What to do: {rule.remedy}", WIDTH)
    if finding.principal_hours_mean is not None:
        yield ""
        yield f"Its share of {finding.estimate}: {finding.principal_hours_mean:.1f} h"
    yield ""
    yield "EVIDENCE"
    for place in finding.evidence:
        cell = f" cell {place.cell}" if place.cell is not None else ""
        line = f":{place.line}" if place.line is not None else ""
        yield f"  {visible(place.path or finding.repository)}{cell}{line}  {visible(place.text)}".rstrip()
    if finding.waived:
        yield f"Waived: {visible(finding.waived.reason)}"
