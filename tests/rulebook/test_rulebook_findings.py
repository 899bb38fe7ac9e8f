"""Rows of one root cause are one finding, and the finding keeps its id while it moves and grows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from debtscan.model import Evidence, Finding, Rule
from debtscan.rulebook.findings import RowError, findings_of, in_order

RULE = Rule(
    id="unpinned-dependency",
    title="Dependencies float",
    category="environment",
    stage="package",
    severity="medium",
    confidence="medium",
    why="Why.",
    remedy="Pin.",
    remedy_kind="mechanical",
    query="SELECT 1",
    group_by=("path",),
)


def findings(*rows: dict[str, object], group_by: tuple[str, ...] = ("path",), **components: str) -> list[Finding]:
    return findings_of(replace(RULE, group_by=group_by), rows, "shop", components)


def row(path: str | None = "requirements.txt", line: int | None = 1, **more: object) -> dict[str, object]:
    return {"path": path, "line": line, "message": "pandas floats", **more}


def test_a_row_is_a_finding_with_all_its_columns():
    given_row = row(
        end_line=3,
        cell=0,
        text="pandas",
        subject="pandas",
        quantity=2,
        severity="high",
        confidence="low",
        component="api",
        repository="bank",
        pin="none",
        uses=4,
        share=0.5,
        guarded=False,
        version=None,
    )
    assert findings(given_row) == [
        Finding(
            id="c53df4d533568153",
            rule="unpinned-dependency",
            category="environment",
            repository="bank",
            component="api",
            path="requirements.txt",
            line=1,
            end_line=3,
            cell=0,
            message="pandas floats",
            severity="high",
            confidence="low",
            subject="pandas",
            quantity=2.0,
            properties={"pin": "none", "uses": 4, "share": 0.5, "guarded": False, "version": None},
            evidence=(Evidence(path="requirements.txt", line=1, end_line=3, cell=0, text="pandas"),),
        )
    ]


def test_what_a_row_leaves_out_comes_from_the_rule():
    (finding,) = findings({"path": None, "message": "no lock"})
    assert finding == Finding(
        id=finding.id,
        rule="unpinned-dependency",
        category="environment",
        repository="shop",
        component=".",
        path=None,
        message="no lock",
        severity="medium",
        confidence="medium",
        quantity=1.0,
        evidence=(Evidence(path=None),),
    )


def test_rows_of_a_group_are_one_finding_at_its_first_place():
    (finding,) = findings(
        row(line=9, message="numpy floats", severity="low", quantity=0.1, pin="lower"),
        row(line=2, message="pandas floats", severity=None, confidence="high", quantity=0.2, pin="none"),
        row(line=5, message="torch floats", severity="low", quantity=None, pin="upper"),
    )
    assert (finding.line, finding.message, finding.properties) == (2, "pandas floats", {"pin": "none"})
    assert (finding.severity, finding.confidence, finding.quantity) == ("medium", "high", 1.3)
    assert [place.line for place in finding.evidence] == [2, 5, 9]


def test_places_are_ordered_by_path_then_cell_then_line():
    places = [("b.ipynb", 0, 1), ("a.ipynb", 2, 1), ("a.ipynb", 1, 9), ("a.ipynb", 1, 8), ("a.ipynb", None, None)]
    (finding,) = findings(*(row(path, line, cell=cell) for path, cell, line in places), group_by=())
    assert [(e.path, e.cell, e.line) for e in finding.evidence] == [
        ("a.ipynb", None, None),
        ("a.ipynb", 1, 8),
        ("a.ipynb", 1, 9),
        ("a.ipynb", 2, 1),
        ("b.ipynb", 0, 1),
    ]


@pytest.mark.parametrize(
    ("group_by", "groups"),
    [
        (("path",), [["a:pandas", "a:torch"], ["b:pandas"]]),
        (("subject",), [["a:pandas", "b:pandas"], ["a:torch"]]),
        (("path", "subject"), [["a:pandas"], ["a:torch"], ["b:pandas"]]),
        ((), [["a:pandas", "a:torch", "b:pandas"]]),
    ],
)
def test_rows_are_grouped_as_the_rule_says(group_by, groups):
    rows = [row(path, n, subject=name, text=f"{path}:{name}") for n, (path, name) in enumerate(
        [("b", "pandas"), ("a", "pandas"), ("a", "torch")], 1
    )]  # fmt: skip
    assert [[e.text for e in f.evidence] for f in findings(*rows, group_by=group_by)] == groups


@pytest.mark.parametrize("group_by", [(), ("subject",), ("path", "subject")])
def test_components_and_repositories_are_never_mixed(group_by):
    rows = [
        row(subject="x", component=component, repository=repository)
        for component in (".", "api")
        for repository in ("bank", "shop")
    ]
    found = in_order(findings(*rows, group_by=group_by))
    assert [(f.repository, f.component, len(f.evidence)) for f in found] == [
        *(("bank", f.component, 1) for f in found[:2]),
        *(("shop", f.component, 1) for f in found[2:]),
    ]
    assert len({(f.repository, f.id) for f in found}) == 4


def test_a_component_is_looked_up_by_path_unless_the_row_names_it():
    found = findings(row("api/a.txt"), row("b.txt"), row("c.txt", component="web"), **{"api/a.txt": "api"})
    assert [finding.component for finding in found] == ["api", ".", "web"]


def test_a_finding_that_grows_and_moves_keeps_its_id():
    (before,) = findings(row(line=3, severity="low", pin="none"))
    (after,) = findings(row(line=9, quantity=5, pin="lower", message="torch floats"), row(line=12), row(line=40))
    assert after.id == before.id


@pytest.mark.parametrize(
    "other",
    [row("other.txt"), row(subject="torch"), row(None), row(subject="")],
    ids=["path", "subject", "no path", "empty subject"],
)
def test_another_name_is_another_id(other):
    group_by = ("path", "subject")
    assert findings(row(), group_by=group_by)[0].id != findings(other, group_by=group_by)[0].id


def test_the_component_is_part_of_the_id_only_where_the_path_does_not_tell_it():
    assert findings(row(component="a"))[0].id == findings(row(component="b"))[0].id
    assert findings(row(component="a"), group_by=())[0].id != findings(row(component="b"), group_by=())[0].id


def test_equal_names_are_told_apart_by_their_order():
    found = findings(row(line=5, component="a"), row(line=2, component="b"), row(line=9, component="b"))
    assert [(f.component, f.line) for f in found] == [("b", 2), ("a", 5)]
    assert found[0].id == findings(row())[0].id != found[1].id


rows = st.builds(
    row,
    path=st.sampled_from(["a", "b", None]),
    line=st.none() | st.integers(1, 5),
    subject=st.sampled_from(["x", "y", None]),
    quantity=st.none() | st.sampled_from([0.1, 0.7, 3]),
    severity=st.sampled_from([None, "info", "high"]),
    text=st.sampled_from(["", "t"]),
)
group_bys = st.sampled_from([("path", "subject"), ("path",), ("subject",), ()])


@given(st.lists(rows, max_size=8), group_bys, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter_and_no_place_is_lost(given_rows, group_by, random):
    found = findings(*given_rows, group_by=group_by)
    shuffled = random.sample(given_rows, len(given_rows))
    assert findings(*shuffled, group_by=group_by) == found
    assert sum(len(finding.evidence) for finding in found) == len(given_rows)
    assert len({finding.id for finding in found}) == len(found)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"message": "x"}, "it has no column path"),
        ({"path": "a"}, "it has no column message"),
        (row(message=""), "message is empty"),
        (row(message=None), "message is empty"),
        (row(path=3), "path: want text, got 3"),
        (row(line=0), "line: want a whole number from 1 or NULL, got 0"),
        (row(line=1.5), "line: want a whole number from 1 or NULL, got 1.5"),
        (row(cell=-1), "cell: want a whole number from 0 or NULL, got -1"),
        (row(quantity=-1), "quantity: want a number from 0 or NULL, got -1"),
        (row(quantity=float("inf")), "quantity: want a number from 0 or NULL, got inf"),
        (row(quantity="2"), "quantity: want a number from 0 or NULL, got '2'"),
        (row(severity="awful"), "severity: want info, low, medium, high, critical, got 'awful'"),
        (row(confidence="sure"), "confidence: want low, medium, high, got 'sure'"),
        (row(names=["a"]), "names: want text, a number, true, false or NULL, got a list"),
    ],
)
def test_an_answer_that_no_finding_can_have_is_an_error(wrong, sentence):
    with pytest.raises(RowError) as error:
        findings(wrong)
    assert str(error.value) == sentence
