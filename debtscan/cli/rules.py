"""`debtscan rules` and `debtscan test-rules`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from debtscan.audit.examples import run_examples
from debtscan.errors import UserError
from debtscan.facts import export
from debtscan.rulebook.loading import load_rulebook, rule_directories

_NAMES = ["id", "category", "severity", "confidence", "title"]


def run_rules(directories: Sequence[Path], format_: str) -> int:
    if format_ not in {"table", "json"}:
        raise UserError(f"--format {format_}: want one of table, json")
    rules = load_rulebook([*rule_directories(), *directories]).rules
    if format_ == "json":
        rows: list[dict[str, object]] = [
            {
                **{name: getattr(rule, name) for name in _NAMES},
                "stage": rule.stage,
                "why": rule.why,
                "remedy": rule.remedy,
                "remedy_kind": rule.remedy_kind,
                "references": list(rule.references),
                "priced": rule.cost is not None,
            }
            for rule in rules
        ]
        sys.stdout.write(export.to_json(rows))
    else:
        sys.stdout.write(export.to_text([{name: getattr(rule, name) for name in _NAMES} for rule in rules], _NAMES))
    return 0


def run_test_rules(directory: Path) -> int:
    """Run every example; exit 1 when one does not hold."""
    book = load_rulebook([directory])
    if not book.files:
        raise UserError(f"{directory}: no rule files (*.yaml) in it")
    wrong = 0
    examples = 0
    for file in book.files:
        for error in run_examples(file):
            wrong += 1
            sys.stdout.write(f"{file.source}: {error}\n")
        examples += len(file.examples)
    sys.stdout.write(f"{len(book.files)} rules, {examples} examples, {wrong} do not hold\n")
    return 1 if wrong else 0
