"""Every shipped rule against its own examples: real files through scanners and rule together."""

from __future__ import annotations

from pathlib import Path

import pytest

from debtscan.audit.examples import run_examples
from debtscan.facts.engine import Engine
from debtscan.rulebook.loading import load_rulebook

RULES = Path(__file__).parents[1] / "rules"
BOOK = load_rulebook([RULES])


@pytest.fixture(scope="module")
def engine():
    with Engine() as started:
        yield started


@pytest.mark.parametrize("file", BOOK.files, ids=lambda file: file.rule.id)
def test_every_example_of_a_rule_holds(file, engine):
    assert list(run_examples(file, engine)) == []


@pytest.mark.parametrize("file", BOOK.files, ids=lambda file: file.rule.id)
def test_a_rule_has_an_example_that_fires_and_a_look_alike_that_does_not(file):
    assert {bool(example.finds) for example in file.examples} == {True, False}


def test_a_rule_lies_in_the_folder_of_its_category():
    assert [file.source for file in BOOK.files if file.source.split("/")[-2] != file.rule.category] == []
