"""Rows of a rule's query become findings: one a group, known by names alone, so that it survives change.

The id of a finding is made of its rule and the names (path, subject) that it is grouped by. Lines, versions, amounts
and the list of places stay out, so a finding that moves or grows is still the same finding tomorrow.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from math import fsum, isfinite
from typing import Any, get_args

import msgspec

from debtscan.model import Confidence, Evidence, Finding, Rule, Severity, Value
from debtscan.source.masking import mask

_Row = Mapping[str, object]
_SEVERITIES: tuple[Severity, ...] = get_args(Severity)
_CONFIDENCES: tuple[Confidence, ...] = get_args(Confidence)
_OWN = frozenset(
    {"repository", "component", "path", "line", "end_line", "cell", "text", "message", "subject", "quantity"}
    | {"severity", "confidence"}
)


class RowError(Exception):
    """A query's answer lacks a column or holds a value that no finding can have."""


class _Place(msgspec.Struct, frozen=True):
    """One row, its columns checked."""

    repository: str
    component: str
    evidence: Evidence
    message: str
    subject: str | None
    quantity: float
    severity: Severity
    confidence: Confidence
    properties: dict[str, Value]

    @property
    def order(self) -> tuple[object, ...]:
        """By place; what follows only makes sure that the order of the rows does not matter."""
        at = self.evidence
        place = (at.path or "", _first(at.cell), _first(at.line), _first(at.end_line))
        rest = (self.repository, self.component, self.subject, self.severity, self.confidence, self.properties)
        return (*place, at.text, self.message, self.quantity, msgspec.json.encode([at.path, rest]))


def findings_of(rule: Rule, rows: Iterable[_Row], repository: str, component_of: Mapping[str, str]) -> list[Finding]:
    """Group the rows of a rule's query as the rule says, in order of place.

    A finding takes message and properties from its first place, the highest severity and confidence of its rows, and
    the sum of their quantities. Raises RowError.
    """
    groups: dict[tuple[str, ...], list[_Place]] = {}
    for row in rows:
        place = _place(rule, row, repository, component_of)
        groups.setdefault(_group(rule, place), []).append(place)
    ordered = sorted((sorted(places, key=lambda p: p.order) for places in groups.values()), key=lambda g: g[0].order)
    return _findings(rule, ordered)


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Sort findings by repository and place, then rule."""
    return sorted(findings, key=lambda f: (f.repository, f.path or "", _first(f.cell), _first(f.line), f.rule, f.id))


def finding_id(rule: str, key: Sequence[str | None], occurrence: int) -> str:
    """Return 16 hex digits that stand for a rule, the names it is grouped by, and the how-manieth of that key."""
    return blake2b(msgspec.json.encode([rule, key, occurrence]), digest_size=8).hexdigest()


def _findings(rule: Rule, groups: Sequence[Sequence[_Place]]) -> list[Finding]:
    seen: Counter[tuple[str, tuple[str | None, ...]]] = Counter()
    findings = []
    for places in groups:
        key = _names(rule, places[0])
        occurrence = seen[places[0].repository, key]
        seen[places[0].repository, key] += 1
        findings.append(_finding(rule, places, finding_id(rule.id, key, occurrence)))
    return findings


def _finding(rule: Rule, places: Sequence[_Place], identity: str) -> Finding:
    first = places[0]
    return Finding(
        id=identity,
        rule=rule.id,
        category=rule.category,
        repository=first.repository,
        component=first.component,
        path=first.evidence.path,
        line=first.evidence.line,
        end_line=first.evidence.end_line,
        cell=first.evidence.cell,
        message=first.message,
        severity=max((place.severity for place in places), key=_SEVERITIES.index),
        confidence=max((place.confidence for place in places), key=_CONFIDENCES.index),
        subject=first.subject,
        quantity=fsum(place.quantity for place in places),
        properties=first.properties,
        evidence=tuple(place.evidence for place in places),
    )


def _names(rule: Rule, place: _Place) -> tuple[str | None, ...]:
    """Return what the finding is called, apart from its rule; a component only where no path tells it already."""
    names = {"path": place.evidence.path, "subject": place.subject}
    key = tuple(names[column] for column in rule.group_by)
    return key if "path" in rule.group_by else (place.component, *key)


def _group(rule: Rule, place: _Place) -> tuple[str, ...]:
    return (place.repository, place.component, *(msgspec.json.encode(_names(rule, place)).decode(),))


def _place(rule: Rule, row: _Row, repository: str, component_of: Mapping[str, str]) -> _Place:
    path = _text(row, "path")
    message = _text(row, "message")
    if not message:
        raise RowError("message is empty")
    return _Place(
        repository=_text(row, "repository", repository) or repository,
        component=_text(row, "component", None) or component_of.get(path or "", "."),
        evidence=Evidence(
            path=path,
            line=_number(row, "line", least=1),
            end_line=_number(row, "end_line", least=1),
            cell=_number(row, "cell", least=0),
            text=mask(_text(row, "text", None) or ""),
        ),
        message=mask(message),
        subject=_text(row, "subject", None),
        quantity=_quantity(row.get("quantity")),
        severity=_one_of(_SEVERITIES, row.get("severity"), "severity", rule.severity),
        confidence=_one_of(_CONFIDENCES, row.get("confidence"), "confidence", rule.confidence),
        properties={name: _property(name, value) for name, value in row.items() if name not in _OWN},
    )


def _text(row: _Row, column: str, *default: str | None) -> str | None:
    if column not in row and not default:
        raise RowError(f"it has no column {column}")
    value = row.get(column, *default)
    if value is None or isinstance(value, str):
        return value
    raise RowError(f"{column}: want text, got {value!r}")


def _number(row: _Row, column: str, least: int) -> int | None:
    value = row.get(column)
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= least):
        return value
    raise RowError(f"{column}: want a whole number from {least} or NULL, got {value!r}")


def _quantity(value: object) -> float:
    if value is None:
        return 1.0
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value) or value < 0:
        raise RowError(f"quantity: want a number from 0 or NULL, got {value!r}")
    return float(value)


def _one_of(allowed: Sequence[Any], value: object, column: str, default: Any) -> Any:  # noqa: ANN401 a literal type
    if value is None:
        return default
    if value not in allowed:
        raise RowError(f"{column}: want {', '.join(allowed)}, got {value!r}")
    return value


def _property(name: str, value: object) -> Value:
    if isinstance(value, float) and not isfinite(value):
        return None
    if isinstance(value, str):
        return mask(value)
    if value is None or isinstance(value, int | float | bool):
        return value
    raise RowError(f"{name}: want text, a number, true, false or NULL, got a {type(value).__name__}")


def _first(number: int | None) -> int:
    return -1 if number is None else number
