"""A waiver waives what it names, as long as it holds, and says so when it does nothing."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from debtscan.errors import UserError
from debtscan.model import (
    Evidence,
    Finding,
    Range,
    Report,
    RepositorySummary,
    RulebookSummary,
    Scope,
    Settings,
    Tool,
    Totals,
    Waiver,
)
from debtscan.rulebook.waivers import ListedWaiver, apply_waivers, listed_waivers, mark_known
from debtscan.scanners.waivers import InlineWaiver

AS_OF = date(2026, 11, 1)


def finding(*lines: int, path: str = "r.txt", rule: str = "unpinned-dependency", **more: object) -> Finding:
    evidence = tuple(Evidence(path=path, line=line, cell=more.get("cell")) for line in lines)
    values = {"quantity": float(len(lines)), "id": f"{rule}@{path}", "line": lines[0] if lines else None} | more
    return Finding(
        rule=rule,
        category="environment",
        repository="shop",
        component=".",
        path=path,
        message="floats",
        severity="high",
        confidence="high",
        evidence=evidence,
        **values,
    )


def comment(line: int, *, alone: bool = False, path: str = "r.txt", reason: str = "frozen", cell: int | None = None):
    return InlineWaiver(path, line, cell, alone, "unpinned-dependency", reason)


def inline(findings: list[Finding], *comments: InlineWaiver) -> list[tuple[list[int | None], str | None]]:
    waived = apply_waivers(findings, comments, (), AS_OF)
    return [([e.line for e in f.evidence], f.waived and f.waived.reason) for f in waived.findings]


def test_a_comment_behind_code_waives_its_own_line_only():
    assert inline([finding(3)], comment(3)) == [([3], "frozen")]
    assert inline([finding(4)], comment(3)) == [([4], None)]


def test_a_comment_on_a_line_of_its_own_waives_the_next():
    assert inline([finding(4)], comment(3, alone=True)) == [([4], "frozen")]
    assert inline([finding(5)], comment(3, alone=True)) == [([5], None)]


@pytest.mark.parametrize(
    "other",
    [finding(3, path="s.txt"), finding(3, rule="stale-lock"), finding(3, cell=1), finding()],
    ids=["file", "rule", "cell", "no line"],
)
def test_a_comment_waives_nothing_elsewhere(other):
    assert apply_waivers([other], [comment(3)], (), AS_OF).findings == [other]


def test_a_comment_in_a_notebook_waives_a_line_of_its_cell():
    assert inline([finding(3, cell=2)], comment(3, cell=2)) == [([3], "frozen")]


def test_a_finding_of_several_places_is_split_where_some_are_waived():
    whole = finding(1, 2, 3)
    open_, waived = apply_waivers([whole], [comment(1), comment(3, reason="old")], (), AS_OF).findings
    assert open_ == replace(whole, line=2, quantity=1.0, evidence=(Evidence(path="r.txt", line=2),))
    assert waived == replace(
        whole,
        id=waived.id,
        line=1,
        quantity=2.0,
        evidence=(Evidence(path="r.txt", line=1), Evidence(path="r.txt", line=3)),
        waived=Waiver(reason="frozen; old"),
    )
    assert waived.id != whole.id
    assert len(waived.id) == 16


def test_a_finding_waived_at_every_place_keeps_its_id():
    whole = finding(1, 2)
    assert apply_waivers([whole], [comment(1), comment(2)], (), AS_OF).findings == [
        replace(whole, waived=Waiver(reason="frozen"))
    ]


def test_places_that_count_differently_are_waived_all_or_not_at_all():
    family = finding(1, 2, quantity=7.5)
    assert apply_waivers([family], [comment(1)], (), AS_OF).findings == [family]
    assert apply_waivers([family], [comment(1), comment(2)], (), AS_OF).findings[0].waived == Waiver(reason="frozen")


def test_a_comment_without_a_reason_is_not_followed_and_said():
    waived = apply_waivers([finding(3)], [comment(3, reason="")], (), AS_OF)
    assert waived.findings == [finding(3)]
    assert waived.not_followed == ["r.txt:3: waiver of unpinned-dependency: gives no reason"]


def listed(findings: list[Finding], **waiver: str | None) -> tuple[list[Waiver | None], list[str]]:
    waived = apply_waivers(findings, (), [ListedWaiver(reason="accepted", **waiver)], AS_OF)
    return [f.waived for f in waived.findings], waived.not_followed


ACCEPTED = Waiver(reason="accepted")


def test_a_listed_waiver_names_one_finding_by_id():
    findings = [finding(1), finding(1, path="s.txt")]
    assert listed(findings, id="unpinned-dependency@s.txt") == ([None, ACCEPTED], [])


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ("a/r.txt", ["a/r.txt"]),
        ("a/", ["a/r.txt", "a/b/r.txt"]),
        ("a/*.txt", ["a/r.txt", "a/b/r.txt"]),
        ("*", ["r.txt", "a/r.txt", "a/b/r.txt"]),
        ("r.txt", ["r.txt"]),
        ("A/R.TXT", []),
    ],
)
def test_a_listed_waiver_names_a_rule_in_files(pattern, matches):
    findings = [finding(1, path=path) for path in ("r.txt", "a/r.txt", "a/b/r.txt")]
    waived, _ = listed(findings, rule="unpinned-dependency", path=pattern)
    assert [f.path for f, waiver in zip(findings, waived, strict=True) if waiver] == matches
    assert listed(findings, rule="stale-lock", path=pattern)[0] == [None, None, None]


def test_a_path_with_brackets_matches_itself():
    assert listed([finding(1, path="[old].txt")], rule="unpinned-dependency", path="[old].txt") == ([ACCEPTED], [])


def test_a_waiver_holds_through_its_last_day():
    last = Waiver(reason="accepted", until="2026-11-01")
    assert listed([finding(1)], id="unpinned-dependency@r.txt", until="2026-11-01") == ([last], [])
    assert listed([finding(1)], id="unpinned-dependency@r.txt", until="2026-10-31", origin="debtscan.toml") == (
        [None],
        ["debtscan.toml: waiver of unpinned-dependency@r.txt: ended on 2026-10-31"],
    )


def test_a_waiver_of_nothing_is_said():
    assert listed([finding(1)], rule="stale-lock", path="*") == (
        [None],
        ["waiver of stale-lock in *: nothing to waive"],
    )


def test_the_first_waiver_of_a_finding_stands():
    waivers = [ListedWaiver(id="unpinned-dependency@r.txt", reason=reason) for reason in ("first", "second")]
    waived = apply_waivers([finding(1)], [comment(1)], waivers, AS_OF)
    assert [f.waived for f in waived.findings] == [Waiver(reason="first")]


def test_waivers_are_read_from_parsed_toml():
    entries = [
        {"id": "0123456789abcdef", "reason": " accepted "},
        {"rule": "stale-lock", "path": "a/", "reason": "b", "until": date(2027, 1, 31)},
        {"rule": "stale-lock", "path": "a/", "reason": "b", "until": "2027-01-31"},
    ]
    by_rule = ListedWaiver(rule="stale-lock", path="a/", reason="b", until="2027-01-31", origin="debtscan.toml")
    assert listed_waivers(entries, "debtscan.toml") == (
        ListedWaiver(id="0123456789abcdef", reason="accepted", origin="debtscan.toml"),
        by_rule,
        by_rule,
    )


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        ({"id": "a"}, "waivers: want [[waivers]] tables"),
        (["a"], "waivers[0]: want a table with reason, and id or rule and path"),
        ([{"id": "a"}], "waivers[0].reason: missing; a waiver says why"),
        ([{"id": "a", "reason": " "}], "waivers[0].reason: want text, got ' '"),
        ([{"reason": "b"}], "waivers[0]: want id, or rule and path"),
        ([{"rule": "a", "reason": "b"}], "waivers[0]: want id, or rule and path"),
        ([{"id": "a", "path": "b", "reason": "b"}], "waivers[0]: want id, or rule and path"),
        ([{"id": "a", "rule": "a", "path": "b", "reason": "b"}], "waivers[0]: want id, or rule and path"),
        ([{"id": 3, "reason": "b"}], "waivers[0].id: want text, got 3"),
        ([{"id": "a", "reason": "b", "till": 1}], "waivers[0].till: no such key; want id, path, reason, rule, until"),
        ([{"id": "a", "reason": "b", "until": "soon"}], "waivers[0].until: want a date such as 2027-01-31, got 'soon'"),
    ],
)
def test_a_wrong_entry_is_named(entries, sentence):
    with pytest.raises(UserError) as error:
        listed_waivers(entries, "debtscan.toml")
    assert str(error.value) == f"debtscan.toml: {sentence}"


def report(*findings: Finding, repositories: tuple[str, ...] = ("shop",)) -> Report:
    nothing = Range(p10=0, p50=0, p90=0, mean=0)
    return Report(
        generated_at="2026-01-01T00:00:00Z",
        as_of="2026-01-01",
        tool=Tool(name="debtscan", version="0"),
        rulebook=RulebookSummary(digest="", rules=0),
        seed=0,
        command="scan",
        settings=Settings(),
        repositories=tuple(
            RepositorySummary(name=name, source=name, revision=None, committed_at=None, dirty=None)
            for name in repositories
        ),
        findings=findings,
        totals=Totals(principal_hours=nothing, interest_hours_per_month=None),
        scope=Scope(included=0),
    )


def test_a_finding_of_the_baseline_is_known_although_it_moved():
    now = [finding(9), finding(1, path="new.txt")]
    assert [f.known for f in mark_known(now, report(finding(1)))] == [True, False]


def test_the_name_of_the_only_repository_does_not_matter():
    baseline = report(replace(finding(1), repository="https://host/shop"), repositories=("https://host/shop",))
    assert mark_known([finding(1)], baseline)[0].known


def test_among_several_repositories_the_name_matters():
    baseline = report(replace(finding(1), repository="bank"), repositories=("bank", "shop"))
    assert [f.known for f in mark_known([finding(1), replace(finding(1), repository="bank")], baseline)] == [
        False,
        True,
    ]
