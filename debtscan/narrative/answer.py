"""The first sentence of a report and the two or three under it, made from the totals and the first moves.

The decision comes first, then what waiting takes, then the price of everything. "Should" belongs to a size, the chance
word to payback alone; nothing promises. What is not known has no word in the sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from debtscan.model import Report
from debtscan.narrative.labels import CATEGORIES, INGREDIENTS, capital, listed, subject
from debtscan.narrative.moves import (
    NEGLIGIBLE_HOURS,
    chance_together,
    first_moves,
    moves_hours,
    moves_saved_hours,
    waiting_hours,
)
from debtscan.narrative.numbers import (
    chance_word,
    count,
    duration,
    duration_in_words,
    duration_range,
    horizon,
    in_words,
    plural_number,
    price,
    price_range,
    share,
    span,
    word,
)
from debtscan.narrative.reading import calibration, not_run, rules_ran, was_read


@dataclass(frozen=True)
class Answer:
    """One sentence in two parts, the first of which carries it, and what stands under it."""

    lead: str
    rest: str
    standfirst: str

    @property
    def headline(self) -> str:
        return self.lead + self.rest


def answer(report: Report) -> Answer:
    """The first variant that has something to say; the last one always has."""
    found = (variant(report) for variant in VARIANTS)
    text = next(text for text in found if text)
    return replace(text, standfirst=" ".join(filter(None, [text.standfirst, _not_machine_learning(report)])))


def _not_machine_learning(report: Report) -> str | None:
    others = [repository.name for repository in report.repositories if repository.ml_role == "none"]
    if not others or not report.repositories:
        return None
    looks = "does not look" if len(others) == 1 else "do not look"
    return (
        f"{listed(others[:3])} {looks} like machine learning: nothing that trains, loads or tracks a model was found."
    )


def _nothing_ran(report: Report) -> Answer | None:
    ran, failed = rules_ran(report)
    if ran:
        return None
    whys = [reason.why for reason in not_run(report)]
    return Answer(
        "Nothing can be said",
        f" of {subject(report)}: none of {count(failed, 'rule')} could run.",
        f"{capital('; '.join(whys[:3]))}. This is no verdict on the code.",
    )


def _nothing_found(report: Report) -> Answer | None:
    if report.findings:
        return None
    ran, failed = rules_ran(report)
    missing = sorted({skipped.rule for skipped in report.not_run})
    could_not = (
        f"{failed} could not run: {', '.join(missing[:8])}{' …' if len(missing) > 8 else ''}. " if failed else ""
    )
    return Answer(
        "No debt was found",
        f" by the {count(ran, 'rule')} that ran{_on(report)}.",
        f"{could_not}{was_read(report)}. No finding is not no debt: a rule we lack sees nothing.",
    )


def _on(report: Report) -> str:
    return f" on {subject(report)}" if report.repositories else ""


def _all_waived(report: Report) -> Answer | None:
    waived = sum(finding.waived is not None for finding in report.findings)
    if waived < len(report.findings):
        return None
    hours = report.totals.waived_principal_hours_mean
    return Answer(
        "Nothing is left to decide",
        f" in {subject(report)}: its {count(waived, 'finding')} {'is' if waived == 1 else 'are all'} waived.",
        f"Repaying them would take about {duration(hours, report.settings)}. Reasons and dates are listed below.",
    )


def _not_priced(report: Report) -> Answer | None:
    if report.totals.principal_hours.mean:
        return None
    findings = [finding for finding in report.findings if not finding.waived]
    return Answer(
        capital(in_words(len(findings), "finding")),
        f" in {subject(report)}, none of which has a price.",
        "Each is listed below with its place and its remedy.",
    )


def _rebuild(report: Report) -> Answer | None:
    told = {state: amount for state, amount in report.totals.rebuildable.items() if amount}
    if not told:
        return None
    name, total = subject(report), sum(told.values())
    text = _money(report)
    under = f"{text.headline} {text.standfirst}"
    if told.keys() == {"yes"}:
        return Answer(f"{name} can be rebuilt", " from what is in git.", under)
    if told.keys() == {"no"}:
        missing = _missing(report, "no")
        because = f": {listed(missing[:3])} {'is' if len(missing) == 1 else 'are'} missing" if missing else ""
        return Answer(f"{name} cannot be rebuilt", f" from what is in git{because}.", under)
    if told.keys() == {"unknown"}:
        unknown = _missing(report, "unknown")
        because = f": {listed(unknown[:3])} cannot be told from files" if unknown else ""
        return Answer("We could not tell", f" whether {name} can be rebuilt from what is in git{because}.", under)
    parts = [f"{told[state]} {says}" for state, says in _VERDICTS.items() if state in told and state != "yes"]
    lead = (
        f"{capital(word(told.get('yes', 0)) if told.get('yes') else 'none')} of {count(total, 'training entry point')}"
    )
    return Answer(lead, f" in {name} can be rebuilt from what is in git; {listed(parts)}.", under)


_VERDICTS = {"partly": "can in part", "no": "cannot", "unknown": "could not be told"}


def _missing(report: Report, state: str) -> list[str]:
    return [
        words.missing
        for name, words in INGREDIENTS.items()
        if any(name in row.ingredients and row.ingredients[name].state == state for row in report.rebuilds)
    ]


def _first_moves(report: Report) -> Answer | None:
    moves = first_moves(report)
    if not moves or not waiting_hours(report):
        return None
    settings, hours = report.settings, moves_hours(report)
    part = share(moves_saved_hours(report) / waiting_hours(report))
    takes, things = plural_number(waiting_hours(report), "hour"), in_words(len(moves), "thing")
    cost, drain = price(hours, settings), price(waiting_hours(report), settings)
    if len(report.repositories) > 1 and cost and drain:
        lead, takes = f"{cost} on {things}", drain
    else:
        lead = f"{capital(duration_in_words(hours, settings))} on {things}"
    rest = f" should end {part} of the {takes} a month that debt takes in {subject(report)}."
    return Answer(lead, rest, " ".join(filter(None, [_payback(report), _everything(report), calibration(report)])))


def _payback(report: Report) -> str | None:
    likely = chance_together(report)
    chance = chance_word(likely) if likely is not None else None
    if chance is None:
        return None
    who, itself = ("They", "themselves") if len(first_moves(report)) > 1 else ("It", "itself")
    return f"{who} would {chance} pay for {itself} within {horizon(report.settings)}."


def _everything(report: Report) -> str:
    """What repaying all of it takes, and whether the rest is pressing."""
    hours = report.totals.principal_hours
    money = price_range(hours, report.settings)
    text = f"Repaying everything takes {duration_range(hours, report.settings)}{f' ({money})' if money else ''}"
    pressing = first_moves(report) and moves_hours(report) > 0.8 * hours.mean
    return f"{text}." if pressing or not first_moves(report) else f"{text}; most of the rest can wait."


def _dormant(report: Report) -> Answer | None:
    active = [repository.counts.get("authors_12_months") for repository in report.repositories]
    if any(authors != 0 for authors in active) or waiting_hours(report) >= NEGLIGIBLE_HOURS:
        return None
    return Answer(
        f"Nobody has changed {subject(report)} in 12 months",
        ": its debt can wait until somebody does.",
        f"Accept it, or archive the repository: nobody waits for what nobody changes. {_everything(report)} "
        f"{calibration(report)}",
    )


def _no_history(report: Report) -> Answer | None:
    if report.totals.interest_hours_per_month is not None:
        return None
    totals, settings = report.totals, report.settings
    money = price_range(totals.principal_hours, settings)
    largest = max(report.by_category, key=lambda line: line.principal_hours_mean, default=None)
    most = largest is not None and largest.principal_hours_mean >= totals.principal_hours.mean / 2
    what = f", most of it in {CATEGORIES[largest.key].lower()}" if largest and most else ""
    return Answer(
        f"About {duration(totals.principal_hours.mean, settings)} of work",
        f" would repay the debt found in {subject(report)}{what}.",
        f"8 in 10 chance that it is {duration_range(totals.principal_hours, settings)}"
        f"{f' ({money})' if money else ''}. {calibration(report)}",
    )


def _library(report: Report) -> Answer | None:
    if [repository.ml_role for repository in report.repositories] != ["library"]:
        return None
    hours = report.totals.principal_hours
    return Answer(
        f"{subject(report)} is a library",
        f"; its debt is about {duration(hours.mean, report.settings)} of work.",
        f"Nothing found here is worth fixing on its own; fix it when you touch it. {_everything(report)} "
        f"{calibration(report)}",
    )


def _not_worth_it(report: Report) -> Answer:
    waiting = report.totals.interest_hours_per_month
    waits = (
        f"Waiting takes {plural_number(waiting.mean, 'hour')} a month, {span(waiting.p10, waiting.p90)}. "
        if waiting and waiting.mean >= NEGLIGIBLE_HOURS
        else ""
    )
    return Answer(
        "Nothing found here is worth fixing on its own",
        "; fix it when you touch it.",
        f"No repair is likely enough to pay for itself within {horizon(report.settings)}. {_everything(report)} "
        f"{waits}{calibration(report)}",
    )


def _money(report: Report) -> Answer:
    found = (variant(report) for variant in MONEY)
    return next(text for text in found if text)


MONEY: tuple[Callable[[Report], Answer | None], ...] = (_no_history, _dormant, _first_moves, _library, _not_worth_it)
VARIANTS: tuple[Callable[[Report], Answer | None], ...] = (
    _nothing_ran,
    _nothing_found,
    _all_waived,
    _not_priced,
    _rebuild,
    *MONEY,
)
