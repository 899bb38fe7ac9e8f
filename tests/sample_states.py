"""The states a report can be in, as variants of the sample: no rate, no history, nothing found, nothing ran ..."""

from __future__ import annotations

from msgspec.structs import replace
from sample_report import (
    BY_CATEGORY,
    BY_PLACE,
    CHURN,
    ESTIMATES,
    FINDINGS,
    MOVES,
    REPOSITORY,
    RULES,
    TOTALS,
    hours,
    payback,
)

from debtscan.model import Component, Ingredient, Line, NotRun, PartVersions, Rebuild, Report, RulebookSummary, Waiver


def no_rate() -> Report:
    """Hours and days only."""
    settings = replace(CHURN.settings, currency=None, rate_per_hour=None)
    return replace(CHURN, settings=settings, totals=replace(TOTALS, principal_cost=None, interest_cost_per_month=None))


def no_history() -> Report:
    """A plain folder: nothing is known of waiting."""
    return replace(
        CHURN,
        repositories=(replace(REPOSITORY, revision=None, branch=None, committed_at=None, dirty=None,
                              counts={"files": 214, "python_files": 61, "notebooks": 5, "code_lines": 6900}),),
        totals=replace(TOTALS, interest_hours_per_month=None, interest_cost_per_month=None,
                       repositories_with_interest=0, worked_hours_per_month=None),
        findings=tuple(replace(found, interest_hours_per_month_mean=None) for found in FINDINGS),
        estimates=tuple(replace(e, interest_hours_per_month=None, payback=None, drivers={}) for e in ESTIMATES),
        by_category=tuple(replace(line, interest_hours_per_month_mean=None) for line in BY_CATEGORY),
        by_place=tuple(replace(p, interest_hours_per_month_mean=None, commits_12_months=None) for p in BY_PLACE),
        moves=tuple(
            replace(move, interest_saved_hours_per_month=None, payback=None, recommended=False) for move in MOVES
        ),
        do_first=None,
    )  # fmt: skip


def dormant() -> Report:
    """Nobody changed it in a year: nobody waits."""
    zero = hours(0, 0, 0, 0)
    return replace(
        CHURN,
        repositories=(replace(REPOSITORY, counts={**REPOSITORY.counts, "authors_12_months": 0}),),
        totals=replace(TOTALS, interest_hours_per_month=zero, interest_cost_per_month=zero, worked_hours_per_month=0.0),
        estimates=tuple(replace(e, interest_hours_per_month=zero, payback=payback(0.0)) for e in ESTIMATES),
        by_category=tuple(replace(line, interest_hours_per_month_mean=0.0) for line in BY_CATEGORY),
        by_place=tuple(replace(p, interest_hours_per_month_mean=0.0, commits_12_months=0) for p in BY_PLACE),
        moves=tuple(
            replace(move, interest_saved_hours_per_month=zero, payback=payback(0.0), recommended=False)
            for move in MOVES
        ),
        do_first=None,
    )  # fmt: skip


def no_move() -> Report:
    """Waiting costs something, no repair is likely to earn it back."""
    return replace(CHURN, moves=tuple(replace(move, recommended=False) for move in MOVES), do_first=None)


def one_move() -> Report:
    first, *others = MOVES
    return replace(CHURN, moves=(first, *(replace(move, recommended=False) for move in others)), do_first=first)


def nothing_found() -> Report:
    zero = hours(0, 0, 0, 0)
    return replace(
        CHURN, findings=(), estimates=(), by_category=(), by_repository=(), by_place=(), moves=(), do_first=None,
        totals=replace(TOTALS, principal_hours=zero, interest_hours_per_month=zero, principal_cost=zero,
                       interest_cost_per_month=zero, findings=0),
        grade=(), gaps=(),
    )  # fmt: skip


def nothing_ran() -> Report:
    """Every rule failed: nothing may be concluded."""
    why = "table imports was not filled: the scanner stopped"
    return replace(
        nothing_found(), rulebook=RulebookSummary(digest="4be1a7c09d3f2e6590c2", rules=len(RULES)),
        not_run=tuple(NotRun(rule=text.id, repository="churn", why=why) for text in RULES),
    )  # fmt: skip


def all_waived() -> Report:
    waiver = Waiver(reason="archived in January", until="2027-01-31")
    nothing = nothing_found()
    return replace(
        nothing,
        findings=tuple(replace(found, waived=waiver) for found in FINDINGS),
        estimates=tuple(replace(estimate, waived=True) for estimate in ESTIMATES),
        totals=replace(nothing.totals, waived_principal_hours_mean=95.4, waived_findings=21),
    )


def library() -> Report:
    """A library without a move worth making on its own."""
    repository = replace(
        REPOSITORY, name="churnlib", source="churnlib", ml_role="library",
        components=(Component(root=".", kind="library", confidence=0.9, why="pyproject.toml builds a package"),),
    )  # fmt: skip
    return replace(no_move(), repositories=(repository,))


def several() -> Report:
    """Two repositories in one report."""
    other = replace(REPOSITORY, name="pricing", source="pricing", revision="0b9d3e1" + "0" * 33, branch="main")
    third = (Line(key="pricing", findings=0, estimates=0, principal_hours_mean=0.0, principal_hours=None,
                  interest_hours_per_month_mean=None),)  # fmt: skip
    return replace(CHURN, repositories=(REPOSITORY, other), by_repository=(*CHURN.by_repository, *third))


def rebuilt_in_part() -> Report:
    """Two files that train: one misses its data, of the other not everything can be told."""
    lost = Ingredient(
        state="no", why="data/rows.csv is not in git", path="train.py", line=4, findings=(CHURN.findings[0].id,)
    )
    rows = (
        Rebuild(
            repository="churn", component=".", path="train.py", line=9, verdict="no",
            ingredients={"code": Ingredient(state="yes", why="it parses"), "data": lost},
        ),
        Rebuild(
            repository="churn", component=".", path="retrain.ipynb", cell=4, line=2, verdict="unknown",
            ingredients={"code": Ingredient(state="partly", why="<b>left</b> to the reader", path="a.py", line=1),
                         "data": Ingredient(state="unknown", why="decided when it runs")},
        ),
    )  # fmt: skip
    stated = (
        PartVersions(component=".", part="python", stated={"image": ("3.10",), "notebook": ("3.8.13",)}),
        PartVersions(component=".", part="torch", stated={"declared": ("any", "==2.1.0")}),
        PartVersions(component="serve", part="torch", stated={"declared": (">=2",)}),
    )
    repository = replace(REPOSITORY, versions=stated)
    return replace(
        CHURN,
        repositories=(repository,),
        rebuilds=rows,
        totals=replace(TOTALS, rebuildable={"yes": 0, "partly": 0, "no": 1, "unknown": 1}),
    )


STATES = {
    "churn": CHURN,
    "no rate": no_rate(),
    "no history": no_history(),
    "dormant": dormant(),
    "no move": no_move(),
    "one move": one_move(),
    "nothing found": nothing_found(),
    "nothing ran": nothing_ran(),
    "all waived": all_waived(),
    "library": library(),
    "several": several(),
    "rebuilt in part": rebuilt_in_part(),
}
