"""Compare what a rule found in its example with what the example says it must find, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from debtscan.model import Finding
from debtscan.rulebook.records import Example


def example_error(example: Example, findings: Sequence[Finding]) -> str | None:
    """Return what differs from the example as a sentence; None when all is as it says.

    An entry of `finds` names some columns or properties of one finding; every finding must be named by one entry.
    """
    left = list(findings)
    for wanted in sorted(example.finds, key=len, reverse=True):
        match = next((finding for finding in left if _is(finding, wanted)), None)
        if match is None:
            return f"{example.name}: did not find {_spoken(wanted)}; {_list(left)}"
        left.remove(match)
    return f"{example.name}: found more than it says: {_list(left)}" if left else None


def _is(finding: Finding, wanted: Mapping[str, object]) -> bool:
    return all(_value(finding, column) == value for column, value in wanted.items())


def _value(finding: Finding, column: str) -> object:
    return getattr(finding, column) if hasattr(finding, column) else finding.properties.get(column)


def _list(findings: Sequence[Finding]) -> str:
    return "; ".join(f"{f.path}:{f.line} {f.message}" for f in findings) or "found nothing"


def _spoken(wanted: Mapping[str, object]) -> str:
    return ", ".join(f"{column} {value}" for column, value in wanted.items()) or "anything"
