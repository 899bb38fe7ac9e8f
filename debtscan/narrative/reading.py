"""What was read, what ran, what was not, and how far the numbers can be trusted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from debtscan.model import Estimate, Report
from debtscan.narrative.labels import listed
from debtscan.narrative.numbers import count
from debtscan.text import shorten

# A report is low confidence below the first share of files read, and can be high above the second.
LOW_READ, HIGH_READ = 0.8, 0.95
LOW_RAN = 2 / 3
SCALED = 0.84
"""Scale of the interest below which the rules together exceed the ceiling: 2 to the power of -1/4 (cost model, 3.4)."""
VULNERABILITIES = "vulnerabilities"
"""Scanner whose coverage counts packages asked about, not files read."""
HOW_TO_ASK = "--advisories online, DIR or ZIP asks"
TITLE = 100
CALIBRATED = 5
"""Rules whose hours rest on recorded fixes, from which a total is called calibrated."""


@dataclass(frozen=True)
class Reason:
    """Several places or rules with one explanation."""

    why: str
    items: tuple[str, ...]
    """Distinct, sorted."""
    count: int
    """Of places or rules; an item may hold several."""


@dataclass(frozen=True)
class Confidence:
    pips: int
    """1 low, 2 medium, 3 high."""
    word: str
    sentence: str


def read_by_kind(report: Report) -> dict[str, tuple[int, int]]:
    """What was read of what there is, by the name of its kind ("Python files"); of all files where nobody counted."""
    kinds: dict[str, tuple[int, int]] = {}
    for row in report.coverage:
        if row.scanner == VULNERABILITIES:
            continue
        read, of = kinds.get(row.scanner, (0, 0))
        kinds[row.scanner] = (read + row.read, of + row.of)
    return {kind: counts for kind, counts in kinds.items() if counts[1]} or {"files": _files(report)}


def _files(report: Report) -> tuple[int, int]:
    unread = {(gap.repository, gap.path) for gap in report.gaps if gap.path and gap.line is None}
    return max(0, report.scope.included - len(unread)), report.scope.included


def was_read(report: Report) -> str:
    """How much was read ("61 of 61 Python files and 4 of 5 notebooks read")."""
    return f"{listed([f'{read:,} of {of:,} {kind}' for kind, (read, of) in read_by_kind(report).items()])} read"


def rules_ran(report: Report) -> tuple[int, int]:
    """Rules that ran on at least one repository, and rules that ran on none."""
    names = {repository.name for repository in report.repositories}
    failed: dict[str, set[str]] = {}
    for skipped in report.not_run:
        failed.setdefault(skipped.rule, set()).add(skipped.repository)
    nowhere = sum(names <= where for where in failed.values())
    return max(0, report.rulebook.rules - nowhere), nowhere


def grouped(pairs: Iterable[tuple[str, str]]) -> tuple[Reason, ...]:
    """(why, item) pairs by reason, the commonest first."""
    groups: dict[str, list[str]] = {}
    for why, item in pairs:
        groups.setdefault(why, []).append(item)
    reasons = [Reason(why, tuple(sorted(set(items))), len(items)) for why, items in groups.items()]
    return tuple(sorted(reasons, key=lambda reason: (-reason.count, reason.why)))


def not_read(report: Report) -> tuple[Reason, ...]:
    """Gaps by reason. The detail behind a colon ("invalid JSON: line 3 ...") is left to the list in the JSON."""
    several = len(report.repositories) > 1
    return grouped(
        (gap.why.split(":")[0], f"{gap.repository}/{gap.path or ''}" if several else gap.path or gap.repository)
        for gap in report.gaps
    )


def asks_for_vulnerabilities(report: Report, rule: str) -> bool:
    return any(text.id == rule and text.category == "vulnerabilities" for text in report.rules)


def not_run(report: Report) -> tuple[Reason, ...]:
    """Rules that could not be asked, by reason; those about vulnerabilities stand in `not_asked`."""
    return grouped(
        (skipped.why, skipped.rule) for skipped in report.not_run if not asks_for_vulnerabilities(report, skipped.rule)
    )


def not_asked(report: Report) -> str | None:
    """Why known vulnerabilities are not known; None when they are."""
    whys = {skipped.why for skipped in report.not_run if asks_for_vulnerabilities(report, skipped.rule)}
    if whys and asked(report) is not None:
        return "known vulnerabilities: no package could be audited"
    if whys:
        return f"known vulnerabilities: {sorted(whys)[0]} ({HOW_TO_ASK})"
    if any(text.category == "vulnerabilities" for text in report.rules):
        return None
    return "known vulnerabilities: no rule in this rulebook asks for them"


def asked(report: Report) -> str | None:
    """Whom known vulnerabilities were asked of, and of how many packages; None when nobody was asked."""
    rows = [row for row in report.coverage if row.scanner == VULNERABILITIES]
    if not rows:
        return None
    read, of = sum(row.read for row in rows), sum(row.of for row in rows)
    left = f"; of {count(of - read, 'other')} nothing is known" if of > read else ""
    return f"known vulnerabilities of {count(read, 'package')}, {rows[0].note}{left}"


def calibration(report: Report) -> str:
    """Whose hours these are."""
    calibrated = report.settings.calibrated_rules
    if not calibrated:
        return "Default hours, not your own."
    return f"Hours of {count(calibrated, 'rule')} rest on your own fixes, the others are defaults."


def manners(report: Report) -> str:
    """What was done with what was read; a URL was fetched and an advisory service was asked by name."""
    asked = "--advisories online" in report.command or any("://" in each.source for each in report.repositories)
    return "Nothing was run." if asked else "Nothing was run or sent."


def title(report: Report, rule: str) -> str:
    """A rule's title; its id where the report does not carry its text."""
    return shorten(next((text.title for text in report.rules if text.id == rule), rule), TITLE)


def widest(report: Report) -> Estimate | None:
    """The estimate with the widest range: where one more opinion would narrow the total most."""
    open_estimates = [estimate for estimate in report.estimates if not estimate.waived]
    return max(
        open_estimates,
        key=lambda estimate: estimate.principal_hours.p90 - estimate.principal_hours.p10,
        default=None,
    )


def confidence(report: Report) -> Confidence:
    """How far the report can be trusted, in one of three words and the facts behind it."""
    counts = read_by_kind(report).values()
    read_share = sum(read for read, _ in counts) / max(1, sum(of for _, of in counts))
    ran, failed = rules_ran(report)
    scaled = report.totals.ceiling_scale < SCALED
    if read_share < LOW_READ or ran < LOW_RAN * (ran + failed) or scaled:
        pips = 1
    elif read_share >= HIGH_READ and report.settings.calibrated_rules >= CALIBRATED:
        pips = 3
    else:
        pips = 2
    sentences = [f"{was_read(report)}."]
    if report.estimates:
        sentences.append("Places are measured, hours are estimated.")
    if scaled:
        sentences.append("Our hours of waiting exceeded the plausible ceiling and were scaled down.")
    if estimate := widest(report):
        sentences.append(f"Widest range: “{title(report, estimate.rule)}”.")
    return Confidence(pips, ("Low", "Medium", "High")[pips - 1], " ".join(sentences))
