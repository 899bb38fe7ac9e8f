"""Actions a team can decide on: estimates that share set-up work, or do each other's work, are repaid together.

Ranked by expected net gain over the horizon. Moves whose interest is not known come last, cheapest first: nothing can
be said of their gain.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from debtscan.cost.effort import activity_key
from debtscan.cost.lognormal import scaled
from debtscan.cost.payback import avoided_months, payback
from debtscan.cost.priced import PricedSlice, interest_of, principal_of
from debtscan.cost.priors import DO_FIRST, RECOMMENDED_CHANCE
from debtscan.model import Move, Settings

TITLES = {
    "ci.template": "Run the tests in continuous integration",
    "data.versioning": "Put the data under version control",
    "env.lock": "Lock the environment",
    "model.registry": "Record where the model files came from",
    "notebook.rerun": "Run the notebooks again in order",
    "seeds": "Seed every training run in one place",
    "settings.paths": "Read paths from settings",
    "shared.module": "Merge the copies into one module",
    "shared.package": "Merge the copies into one shared package",
    "test.harness": "Set up tests and cover what changes most",
}
"""What to call a move on several rules, by activity; any other is called after the remedy of its dearest rule."""
FILES_NAMED = 3


def moves(slices: Sequence[PricedSlice], settings: Settings) -> tuple[Move, ...]:
    """Every estimate is in exactly one move."""
    members: dict[str, list[PricedSlice]] = defaultdict(list)
    keys = move_keys(slices)
    for priced in slices:
        members[keys[priced.estimate.id]].append(priced)
    found = [move(key, own, settings) for key, own in members.items()]
    return tuple(sorted(found, key=lambda one: rank(one, settings)))


def do_first(slices: Sequence[PricedSlice], ranked: Sequence[Move], settings: Settings) -> Move | None:
    """The first recommended moves taken together; None where no move is recommended."""
    first = [one for one in ranked if one.recommended][:DO_FIRST]
    if not first:
        return None
    chosen = {estimate for one in first for estimate in one.estimates}
    together = [priced for priced in slices if priced.estimate.id in chosen]
    return move("do-first", together, settings, title="; ".join(one.title for one in first))


def move_keys(slices: Sequence[PricedSlice]) -> dict[str, str]:
    """By estimate id: the activity in its scope, else the estimate; what is covered goes where its cover goes."""
    keys: dict[str, str] = {}
    for priced in slices:
        activity, *scope = activity_key(priced.slice)
        shared = f"{activity}@{'/'.join(scope)}" if scope else activity
        keys[priced.estimate.id] = shared if priced.slice.cost.activity else priced.estimate.id
    cover = {priced.estimate.id: priced.estimate.covered_by for priced in slices}
    return {estimate: keys[last_cover(estimate, cover)] for estimate in keys}


def last_cover(estimate: str, cover: dict[str, str | None]) -> str:
    """The end of a chain of covers; a ring of three rules ends where it would begin again."""
    seen = {estimate}
    while (upper := cover[estimate]) is not None and upper not in seen:
        seen.add(upper)
        estimate = upper
    return estimate


def move(key: str, slices: Sequence[PricedSlice], settings: Settings, title: str | None = None) -> Move:
    members = sorted(slices, key=lambda priced: (-priced.effort.mean, priced.estimate.id))
    principal = principal_of(members)
    waiting = interest_of(members)
    ending = scaled(waiting, settings.effectiveness) if waiting else None
    pays = payback(principal, ending, avoided_months(settings.horizon_months))
    activities = {priced.slice.cost.activity for priced in members}
    activity = activities.pop() if len(activities) == 1 else None
    return Move(
        id=key,
        title=title or imperative(members, activity),
        detail=detail(members),
        repository=", ".join(sorted({priced.slice.repository for priced in members})),
        activity=activity,
        remedy_kind=members[0].slice.rule.remedy_kind,
        rules=tuple(dict.fromkeys(priced.slice.rule.id for priced in members)),
        estimates=tuple(priced.estimate.id for priced in members),
        principal_hours=principal,
        interest_saved_hours_per_month=ending,
        payback=pays,
        recommended=pays is not None and pays.p_within_horizon >= RECOMMENDED_CHANCE,
    )


def imperative(members: Sequence[PricedSlice], activity: str | None) -> str:
    rules = {priced.slice.rule.id for priced in members}
    remedy = members[0].slice.rule.remedy.strip().removesuffix(".")
    return TITLES.get(activity or "", remedy) if len(rules) > 1 else remedy


def detail(members: Sequence[PricedSlice]) -> str:
    """One line of scope: the finding's own words, or how many of which rule and in which files."""
    findings = [finding for priced in members for finding in priced.slice.findings]
    if len(findings) == 1:
        return findings[0].message
    titles = {priced.slice.rule.id: priced.slice.rule.title for priced in members}
    counts = Counter(finding.rule for finding in findings)
    what = "; ".join(f"{title} ({counts[rule]})" for rule, title in titles.items())
    files = list(dict.fromkeys(finding.path for finding in findings if finding.path is not None))
    return f"{what}: {named(files)}" if files else what


def named(files: Sequence[str]) -> str:
    more = len(files) - FILES_NAMED
    return ", ".join(files[:FILES_NAMED]) + (f" and {more} more" if more > 0 else "")


def rank(one: Move, settings: Settings) -> tuple[bool, float, str]:
    ending = one.interest_saved_hours_per_month
    if ending is None:
        return (True, one.principal_hours.mean, one.id)
    gain = ending.mean * avoided_months(settings.horizon_months) - one.principal_hours.mean
    return (False, -gain, one.id)
