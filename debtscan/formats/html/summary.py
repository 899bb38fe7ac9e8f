"""The first screen: what was read, the answer, four figures and how sure we are."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from debtscan.formats.html.figures import range_strip
from debtscan.model import Report, RepositorySummary
from debtscan.narrative.answer import Answer, answer
from debtscan.narrative.labels import NAME, capital, listed, subject
from debtscan.narrative.moves import NEGLIGIBLE_HOURS
from debtscan.narrative.numbers import (
    count,
    date,
    duration,
    duration_range,
    number,
    plural_number,
    price,
    price_range,
    span,
)
from debtscan.narrative.reading import Confidence, confidence, rules_ran
from debtscan.text import shorten


@dataclass(frozen=True)
class Header:
    names: str
    when: str
    what: str
    dirty: str | None


@dataclass(frozen=True)
class Figure:
    """One of the four: a label, a large value, and what it means."""

    label: str
    value: str
    unit: str
    text: str
    how: str | None
    """Anchor of the article that explains it."""
    drawing: Markup | None = None


@dataclass(frozen=True)
class Summary:
    header: Header
    answer: Answer
    figures: tuple[Figure, ...]
    confidence: Confidence


def summary(report: Report) -> Summary:
    figures = (_rebuildable(report), _to_repay(report), _waiting(report), _findings(report), _since(report))
    shown = tuple(figure for figure in figures if figure)
    if shown[0].label == "Rebuildable":
        shown = tuple(figure for figure in shown if figure.label != "Findings")
    return Summary(header(report), answer(report), shown, confidence(report))


def header(report: Report) -> Header:
    if len(report.repositories) == 1:
        repository = report.repositories[0]
        return Header(subject(report), version(repository), _what(repository), _dirty(repository))
    names = [repository.name for repository in report.repositories]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    lines = sum(repository.counts.get("code_lines", 0) for repository in report.repositories)
    notebooks = sum(repository.counts.get("notebooks", 0) for repository in report.repositories)
    return Header(
        f"{count(len(names), 'repository', 'repositories')}: {', '.join(shorten(name, NAME) for name in names[:3])}{more}",
        date(report.as_of) or "",
        f"{count(lines, 'line')} of Python, {count(notebooks, 'notebook')}",
        None,
    )


def version(repository: RepositorySummary) -> str:
    """Commit, branch and date, as far as there are any."""
    if repository.revision is None:
        return "no git history"
    branch = f" on {shorten(repository.branch, NAME)}" if repository.branch else ""
    day = date(repository.committed_at)
    return f"{repository.revision[:7]}{branch}{f', {day}' if day else ''}"


def _what(repository: RepositorySummary) -> str:
    counts, kinds = repository.counts, [part.kind for part in repository.components if part.kind != "unknown"]
    component = count(len(repository.components), "component") if repository.components else ""
    size = [f"{count(counts.get('code_lines', 0), 'line')} of Python", count(counts.get("notebooks", 0), "notebook")]
    people = counts.get("authors_12_months")
    active = f"{count(people, 'person', 'people')} active in 12 months" if people is not None else ""
    return " · ".join(filter(None, [", ".join([*kinds[:1], component]).strip(", "), ", ".join(size), active]))


def _dirty(repository: RepositorySummary) -> str | None:
    if not repository.dirty:
        return None
    return f"{count(repository.changed_files, 'changed file')} read as they lie on disk, beside the last commit."


def _rebuildable(report: Report) -> Figure | None:
    told = report.totals.rebuildable
    total = sum(told.values())
    if not total:
        return None
    states = [
        f"{told[state]} {words}"
        for state, words in (("partly", "in part"), ("unknown", "not known"))
        if told.get(state)
    ]
    return Figure(
        "Rebuildable",
        f"{told.get('yes', 0)} of {total}",
        "training entry points",
        f"{capital(listed(states))}." if states else "",
        None,
    )


def _to_repay(report: Report) -> Figure:
    hours, settings = report.totals.principal_hours, report.settings
    if not hours.mean:
        return _nothing("To repay", report)
    reach, money = duration_range(hours, settings), price_range(hours, settings)
    per_day = settings.hours_per_day if reach.endswith("days") else 1.0
    unit = reach.rsplit(maxsplit=1)[-1]
    low, mean, high = (number(value / per_day) for value in (hours.p10, hours.mean, hours.p90))
    spoken = f"Range from {reach}, mean {duration(hours.mean, settings)}, on a scale from zero"
    drawing = range_strip(hours.p10, hours.mean, hours.p90, (f"{low} {unit}", mean, high), spoken)
    return Figure(
        "To repay",
        duration(hours.mean, settings),
        price(hours.mean, settings) or "",
        f"8 in 10 chance inside{f': {money}' if money else ''}.",
        "n-principal",
        drawing,
    )


def _waiting(report: Report) -> Figure:
    hours, settings = report.totals.interest_hours_per_month, report.settings
    if hours is None:
        return Figure(
            "Waiting", "Not known", "", "No change history was read, so what waiting costs cannot be told.", None
        )
    if not report.totals.principal_hours.mean:
        return _nothing("Waiting", report)
    covered, of = report.totals.repositories_with_interest, len(report.repositories)
    some = f" Known for {covered} of {of} repositories." if covered < of else ""
    value = plural_number(hours.mean, "hour")
    if hours.mean < NEGLIGIBLE_HOURS:
        return Figure("Waiting", value, "a month", f"Nobody works on this code, so nobody waits.{some}", "n-interest")
    worked = report.totals.worked_hours_per_month
    part = f", of about {worked:,.0f} worked on it" if worked else ""
    money = price(hours.mean, settings)
    cash = f"{money}, {price_range(hours, settings)}: working" if money else "Working"
    text = f"{span(hours.p10, hours.p90)}{part}. {cash} time, not cash.{some}"
    return Figure("Waiting", value, "a month", text, "n-interest")


def _nothing(label: str, report: Report) -> Figure:
    """A figure without a number, for one of three reasons that must not be taken for another."""
    if not rules_ran(report)[0]:
        return Figure(label, "Not known", "", "No rule could run.", None)
    if any(not finding.waived for finding in report.findings):
        return Figure(label, "No price", "", "None of the findings has a price.", None)
    return Figure(label, "Nothing", "", "Nothing was found.", None)


def _findings(report: Report) -> Figure:
    counted = [finding for finding in report.findings if not finding.waived]
    ran, failed = rules_ran(report)
    priced = sum(not estimate.waived for estimate in report.estimates)
    inside = f"In {count(priced, 'estimate')}: one cause, one price. " if priced else ""
    rules = f"{count(ran, 'rule')} ran{f', {failed} could not' if failed else ''}."
    waived = report.totals.waived_findings
    aside = f" {count(waived, 'waived finding')} not counted." if waived else ""
    return Figure("Findings", f"{len(counted):,}", "", f"{inside}{rules}{aside}", "limits")


def _since(report: Report) -> Figure:
    known = sum(finding.known for finding in report.findings)
    if known:
        new = sum(not finding.known and not finding.waived for finding in report.findings)
        return Figure(
            "Since the baseline", f"{new:,} new", "", f"{count(known, 'finding')} of today stood in the baseline.", None
        )
    commits = sum(repository.counts.get("commits", 0) for repository in report.repositories)
    read = f" {count(commits, 'commit')} of history {'was' if commits == 1 else 'were'} read." if commits else ""
    return Figure("Since last scan", "Not known", "", f"No earlier report was given to compare with.{read}", None)
