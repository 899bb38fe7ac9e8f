"""What was not read, not asked and not run, how sure the numbers are, and what no scan can know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from debtscan.model import Grade, Report
from debtscan.narrative.labels import listed
from debtscan.narrative.numbers import chance, count, duration, number, short_horizon
from debtscan.narrative.reading import Reason, asked, not_asked, not_read, not_run, rules_ran, title, widest
from debtscan.text import shorten

REASONS = 6
EXAMPLES = 3
RULES = 12
PATH = 70


@dataclass(frozen=True)
class Point:
    label: str
    text: str


@dataclass(frozen=True)
class Limits:
    scan: tuple[Point, ...]
    """Of this scan."""
    always: tuple[Point, ...]
    measured: tuple[Point, ...]
    grade: str | None


def limits(report: Report) -> Limits:
    return Limits(tuple(_scan(report)), tuple(_always(report)), tuple(_measured(report)), _grade(report))


def _scan(report: Report) -> Iterable[Point]:
    if gaps := not_read(report):
        yield Point("Not read", f"{_reasons(gaps, EXAMPLES, 'place')}.")
    for repository in report.repositories:
        if repository.shallow:
            yield Point(
                "Shallow clone",
                f"{repository.name} has few commits here. For the cost of waiting: git fetch --unshallow",
            )
        if repository.partial:
            yield Point("Partial clone", f"{repository.name} lacks some file contents; what hangs on them is a gap.")
        if repository.revision is None:
            yield Point("No history", f"{repository.name} has no git history: what waiting costs is not known.")
    if vulnerabilities := not_asked(report):
        yield Point("Not asked", f"{vulnerabilities}. Not zero: not known.")
    elif source := asked(report):
        yield Point("Asked", f"{source}.")
    if reasons := not_run(report):
        skipped = len({rule for reason in reasons for rule in reason.items})
        yield Point(
            "Could not run",
            f"{skipped:,} of {count(report.rulebook.rules, 'rule')}: {_reasons(reasons, RULES, 'rule')}.",
        )
    unpriced = sorted({finding.rule for finding in report.findings if finding.estimate is None and not finding.waived})
    names = f"{', '.join(unpriced[:RULES])}; " if unpriced else ""
    yield Point("Not priced", f"{names}data and model quality, team knowledge, cloud cost.")
    if report.scope.out:
        whys = Counter(out.why for out in report.scope.out)
        kinds = listed(
            [
                f"{amount:,} {why}"
                for why, amount in sorted(whys.items(), key=lambda item: (-item[1], item[0]))[:REASONS]
            ]
        )
        lines = sum(out.lines or 0 for out in report.scope.out)
        yield Point("Left out", f"{kinds}{f', {lines:,} lines' if lines else ''}; each listed in the JSON.")
    if report.scope.statements:
        yield Point(
            "Said by the repository", f"{'; '.join(shorten(text, 120) for text in report.scope.statements[:REASONS])}."
        )


def _reasons(reasons: tuple[Reason, ...], examples: int, noun: str) -> str:
    """Every reason with its count and some examples, as one sentence."""
    parts = []
    for reason in reasons[:REASONS]:
        items = [shorten(item, PATH) for item in reason.items[:examples]]
        more = len(reason.items) - len(items)
        names = ", ".join(items) + (f" and {more:,} more" if more else "")
        amount = f"{count(reason.count, noun)}, " if reason.count > len(reason.items) or more else ""
        parts.append(f"{shorten(reason.why, 160)} ({amount}{names})")
    if len(reasons) > REASONS:
        parts.append(f"{len(reasons) - REASONS} more reasons")
    return "; ".join(parts)


def _always(report: Report) -> Iterable[Point]:
    ran, _ = rules_ran(report)
    yield Point("No finding is not no debt", f"{count(ran, 'rule')} looked; a rule we lack sees nothing.")
    yield Point("Python only", "other languages are counted, not read; nothing was run, imported or installed.")
    yield Point("What only people know", "whether a file is still used, where data comes from, which run made a model.")
    yield Point("Hours are estimates", "they say what such work takes, not what your team will take or save.")
    yield Point("Not for judging people", "no author is named or ranked. Authors are keyed hashes.")


def _measured(report: Report) -> Iterable[Point]:
    commits = sum(repository.counts.get("commits", 0) for repository in report.repositories)
    places = sum(max(1, len(finding.evidence)) for finding in report.findings)
    priced = [estimate for estimate in report.estimates if not estimate.waived]
    if not priced:
        return
    history = f", {count(commits, 'commit')}" if commits else ""
    yield Point("Measured", f"{count(places, 'place')}{history}.")
    default = sum(estimate.source_class == "E" for estimate in priced)
    yield Point("Judged", f"all hours. {default} of {count(len(priced), 'estimate')} use default hours.")
    if estimate := widest(report):
        hours = estimate.principal_hours
        share = (hours.p90 - hours.p10) / sum(each.principal_hours.p90 - each.principal_hours.p10 for each in priced)
        yield Point(
            "Narrows it fastest",
            f"let two engineers price “{title(report, estimate.rule)}”: {share:.0%} of all ranges, laid end to end.",
        )


def _grade(report: Report) -> str | None:
    grades = [_one_grade(grade) for grade in report.grade]
    if not grades:
        return None
    text = " ".join(grades)
    return f"{text} It speaks of size alone: a small debt can still be the one that stops a rebuild."


def _one_grade(grade: Grade) -> str:
    if grade.letter is None or grade.ratio is None:
        return f"No grade: {grade.why_null or 'the ratio is not known'}."
    likely = sorted(grade.probabilities.items(), key=lambda item: (-item[1], item[0]))
    sure = f" ({chance(dict(likely).get(grade.letter, 1.0))})" if likely else ""
    other = [letter for letter, probability in likely if letter != grade.letter and probability >= 0.05]
    against = f"To repay is {100 * grade.ratio:.1f}% of writing it again ({grade.denominator})."
    return f"{grade.letter}{sure}{f', else {listed(other)}' if other else ''}. {against}"


def glossary(report: Report) -> tuple[Point, ...]:
    """The words of this report, with its own settings and numbers in them."""
    settings, hours = report.settings, report.totals.principal_hours
    half = f" Half of the outcomes are lower ({duration(hours.p50, settings)})." if hours.mean else ""
    effect = f"{settings.effectiveness:.0%}"
    points = (
        ("To repay", "Working time to remove the debt found. Also called principal."),
        ("Waiting", "Working time the debt takes each month while it stays. Also called interest."),
        ("Mean", f"The average outcome. Means add up, so tables show means.{half}"),
        ("8 in 10 inside", "Of ten outcomes, one is lower and one is higher than the range (P10 to P90)."),
        (
            f"Pays back in {short_horizon(settings)}",
            "The chance that the hours a repair ends in that time are more than it takes.",
        ),
        ("Should end", f"{effect} of the waiting a move touches: repair is never complete."),
        ("Very likely", "At least 9 in 10."),
        ("Estimate", "One rule in one component: one cause, one price, all its findings inside."),
        ("Finding", "One cause in one place. It has a share of its estimate, never a price of its own."),
        ("Move", "One action that repays several estimates."),
        ("Mechanical, engineering", "Work that follows a recipe; work that needs thought each time."),
        ("Day", f"{number(settings.hours_per_day)} productive hours. Normally operating expense; ask your accountant."),
    )
    return tuple(Point(label, text) for label, text in points)


def reproduce(report: Report) -> str:
    """The command that makes this report again; paths are the reader's."""
    revision = report.repositories[0].revision if len(report.repositories) == 1 else None
    rev = f" --rev {revision[:7]}" if revision and not report.repositories[0].dirty else ""
    day = f" --as-of {report.as_of}" if "--as-of" not in report.command else ""
    return f"{report.command}{rev if '--rev' not in report.command else ''}{day}"
