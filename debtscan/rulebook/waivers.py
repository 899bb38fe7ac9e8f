"""Findings that somebody decided to live with: waived in the code, waived by a list, or known from a baseline.

A waiver needs a reason and may have an end. What is waived stays listed and is priced apart; a waiver that has no
effect is said, so that nobody believes in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from fnmatch import fnmatchcase
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from debtscan.errors import UserError
from debtscan.model import Evidence, Finding, Report, Waiver
from debtscan.rulebook.findings import finding_id

_KEYS = frozenset({"id", "rule", "path", "reason", "until"})


class InlineWaiver(Protocol):
    """A row of the fact table `waivers`: one rule waived by a comment at one line.

    A comment after code is for its own line; one that stands alone is for the next line as well.
    """

    @property
    def path(self) -> str: ...
    @property
    def cell(self) -> int | None: ...
    @property
    def line(self) -> int: ...
    @property
    def rule(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def alone(self) -> bool: ...


class ListedWaiver(Struct, frozen=True, kw_only=True):
    """An entry `[[waivers]]` of a settings file: one finding by id, or a rule in the files that `path` matches.

    `path` is a file, a folder with a slash at its end, or a pattern such as `notebooks/*.ipynb`, whose stars match
    slashes too. It holds through `until`, a date (`2027-01-31`), or for ever.
    """

    id: str | None = None
    rule: str | None = None
    path: str | None = None
    reason: str
    until: str | None = None
    origin: str = ""

    @property
    def name(self) -> str:
        what = self.id or f"{self.rule} in {self.path}"
        return f"{self.origin}: waiver of {what}" if self.origin else f"waiver of {what}"


class Waived(Struct, frozen=True):
    """Findings with their waivers, and one sentence for each waiver that was not followed."""

    findings: list[Finding]
    not_followed: list[str]


def listed_waivers(entries: object, origin: str) -> tuple[ListedWaiver, ...]:
    """Read the value of `waivers` in a parsed TOML file; raises UserError that begins with `origin`."""
    if not isinstance(entries, list):
        raise UserError(f"{origin}: waivers: want [[waivers]] tables")
    return tuple(_listed(entry, f"{origin}: waivers[{at}]", origin) for at, entry in enumerate(entries))


def apply_waivers(
    findings: Sequence[Finding], inline: Iterable[InlineWaiver], listed: Iterable[ListedWaiver], as_of: date
) -> Waived:
    """Waive what the comments in the code and the lists say, as of a date.

    A comment waives one place. Where some places of a finding are waived and each counts as one, the finding is split
    and the waived part gets an id of its own; where places count differently, all must be waived. A waiver without a
    reason, past its end or without a finding is not followed.
    """
    not_followed: list[str] = []
    kept = list(findings)
    for waiver in listed:
        kept = _follow_listed(kept, waiver, as_of, not_followed)
    places = _inline_places(inline, not_followed)
    kept = [part for finding in kept for part in _follow_inline(finding, places)]
    return Waived(kept, not_followed)


def mark_known(findings: Iterable[Finding], baseline: Report) -> list[Finding]:
    """Mark every finding that an earlier report has too.

    The names of repositories count only where that report has several: one repository may have been scanned as a
    folder and as a URL.
    """
    several = len(baseline.repositories) > 1
    known = {(finding.repository if several else "", finding.id) for finding in baseline.findings}
    return [replace(f, known=((f.repository if several else ""), f.id) in known) for f in findings]


def _listed(entry: object, where: str, origin: str) -> ListedWaiver:
    if not isinstance(entry, Mapping):
        raise UserError(f"{where}: want a table with reason, and id or rule and path")
    for key in entry:
        if key not in _KEYS:
            raise UserError(f"{where}.{key}: no such key; want {', '.join(sorted(_KEYS))}")
    texts = {key: _text(entry[key], f"{where}.{key}") for key in entry if key != "until"}
    if "reason" not in texts:
        raise UserError(f"{where}.reason: missing; a waiver says why")
    if ("id" in texts) == ("rule" in texts) or ("rule" in texts) != ("path" in texts):
        raise UserError(f"{where}: want id, or rule and path")
    return ListedWaiver(**texts, until=_until(entry.get("until"), f"{where}.until"), origin=origin)


def _text(value: object, where: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise UserError(f"{where}: want text, got {value!r}")
    return value.strip()


def _until(value: object, where: str) -> str | None:
    if value is None:
        return None
    try:
        # A date in TOML needs no quotes; what it reads as prints in the same form.
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise UserError(f"{where}: want a date such as 2027-01-31, got {value!r}") from None


def _follow_listed(
    findings: list[Finding], waiver: ListedWaiver, as_of: date, not_followed: list[str]
) -> list[Finding]:
    matches = _matcher(waiver)
    if not any(matches(finding) for finding in findings):
        not_followed.append(f"{waiver.name}: nothing to waive")
        return findings
    if waiver.until is not None and waiver.until < as_of.isoformat():
        not_followed.append(f"{waiver.name}: ended on {waiver.until}")
        return findings
    mark = Waiver(reason=waiver.reason, until=waiver.until)
    return [replace(f, waived=mark) if f.waived is None and matches(f) else f for f in findings]


def _matcher(waiver: ListedWaiver) -> Callable[[Finding], bool]:
    if waiver.id is not None:
        return lambda finding: finding.id == waiver.id
    pattern = waiver.path or ""
    pattern = f"{pattern}*" if pattern.endswith("/") else pattern
    return lambda finding: (
        finding.rule == waiver.rule and (finding.path == pattern or fnmatchcase(finding.path or "", pattern))
    )


_Place = tuple[str, str | None, int | None, int | None]
"""Rule, path, cell and line."""


def _inline_places(inline: Iterable[InlineWaiver], not_followed: list[str]) -> dict[_Place, str]:
    places: dict[_Place, str] = {}
    for waiver in inline:
        if not waiver.reason:
            not_followed.append(f"{waiver.path}:{waiver.line}: waiver of {waiver.rule}: gives no reason")
            continue
        for line in (waiver.line, waiver.line + 1) if waiver.alone else (waiver.line,):
            places[waiver.rule, waiver.path, waiver.cell, line] = waiver.reason
    return places


def _follow_inline(finding: Finding, places: Mapping[_Place, str]) -> list[Finding]:
    if finding.waived is not None:
        return [finding]
    reasons = [places.get((finding.rule, at.path, at.cell, at.line)) for at in finding.evidence]
    waived = [at for at, reason in zip(finding.evidence, reasons, strict=True) if reason]
    open_ = [at for at, reason in zip(finding.evidence, reasons, strict=True) if not reason]
    if not waived:
        return [finding]
    mark = Waiver(reason="; ".join(dict.fromkeys(reason for reason in reasons if reason)))
    if not open_:
        return [replace(finding, waived=mark)]
    if finding.quantity != len(finding.evidence):
        return [finding]
    split = _of_places(finding, waived)
    return [_of_places(finding, open_), replace(split, id=finding_id(finding.rule, [finding.id], 0), waived=mark)]


def _of_places(finding: Finding, evidence: Sequence[Evidence]) -> Finding:
    """Return the finding reduced to some of its places; it keeps the message of the whole."""
    first = evidence[0]
    return replace(
        finding,
        path=first.path,
        line=first.line,
        end_line=first.end_line,
        cell=first.cell,
        quantity=float(len(evidence)),
        evidence=tuple(evidence),
    )
