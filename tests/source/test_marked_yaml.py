from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debtscan.source.marked_yaml import Node, read_yaml

ENVIRONMENT = """\
name: demo
channels: [conda-forge, "defaults"]
dependencies:
  - python=3.10   # a comment
  - pip:
      - numpy==1.26.4
"""


def test_nodes_know_their_lines():
    (document,) = read_yaml(ENVIRONMENT)
    dependencies = document.get("dependencies")
    assert [(item.text, item.line) for item in dependencies.children()] == [("python=3.10", 4), (None, 5)]
    pip = dependencies.children()[1].get("pip")
    assert [(item.text, item.line) for item in pip.children()] == [("numpy==1.26.4", 6)]


def test_values_stay_as_written():
    (document,) = read_yaml("on: 3.10\nyes: 1_000\nd: 2020-01-01\nt: !!python/object:os.system [x]\n")
    values = [(key, value.text) for key, value in document.pairs()]
    assert values == [("on", "3.10"), ("yes", "1_000"), ("d", "2020-01-01"), ("t", None)]


def test_a_path_that_leaves_the_mappings_finds_nothing():
    (document,) = read_yaml(ENVIRONMENT)
    assert document.get("name", "x") is None
    assert document.get("nothing") is None
    assert Node(1, text="x").children() == []


def test_null_is_told_from_the_word():
    (document,) = read_yaml("a:\nb: ~\nc: 'null'\nd: x\n")
    assert [value.is_null for _, value in document.pairs()] == [True, True, False, False]


def test_documents_are_kept_apart_and_an_alias_is_the_node_it_names():
    first, second = read_yaml("a: &x [1]\nb: *x\n---\nc: *x\n")
    assert first.get("a") is first.get("b")
    assert second.get("c").is_null


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a: b: c", "not YAML: line 1: mapping values are not allowed in this context"),
        ("a: 1\n b: 2", "not YAML: line 2: "),
        ("- " * 1000, "YAML nested more than 60 levels deep"),
        ("[" * 100_000, "not YAML: line 1: exceeded maximum nesting depth"),
        ("x" * 5_000_001, "5,000,001 characters of YAML, more than the 5,000,000 that are read"),
        ("\0", "not YAML: unacceptable character"),
    ],
    ids=["colon", "indent", "deep", "flow", "long", "control"],
)
def test_what_cannot_be_read_says_why(text, why):
    with pytest.raises(ValueError, match="^" + why):
        read_yaml(text)


def test_a_billion_laughs_costs_nothing():
    lines = ["a0: &a0 [lol, lol]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 40)]
    (document,) = read_yaml("\n".join(lines))
    assert len(document.get("a39").children()) == 9


@given(st.data())
def test_damaged_text_is_read_or_refused_with_a_reason(data):
    at = data.draw(st.integers(0, len(ENVIRONMENT)))
    inserted = data.draw(st.text(st.sampled_from("\t\n -:[]{}&*!|>'\"%@`#,?a1\0\u2028"), max_size=6))
    with contextlib.suppress(ValueError):
        assert isinstance(read_yaml(ENVIRONMENT[:at] + inserted + ENVIRONMENT[at:]), list)
