"""The summary on the terminal: eighty columns, nothing that moves the cursor, no number that is not in the report."""

from __future__ import annotations

from pathlib import Path

import pytest
from hostile_report import HOSTILE, LONG
from msgspec.structs import replace
from sample_report import CHURN
from sample_states import STATES

from debtscan.formats import terminal
from debtscan.text import cells, visible

GOLDEN = Path(__file__).parent / "churn.txt"
OUTPUTS = ("./debtscan-report.html (107 KB)", "./debtscan-report.json")


def test_the_sample_is_the_golden_text():
    assert terminal.render(CHURN, OUTPUTS) == GOLDEN.read_text("utf-8")


@pytest.mark.parametrize("report", [*STATES.values(), HOSTILE, LONG], ids=[*STATES, "hostile", "long"])
@pytest.mark.parametrize("width", [60, 80])
def test_no_line_is_wider_than_the_terminal_and_none_carries_a_command(report, width):
    lines = terminal.render(report, OUTPUTS, width).split("\n")
    assert max(cells(line) for line in lines) <= width
    assert all(visible(line) == line == line.rstrip() for line in lines)


@pytest.mark.parametrize("state", STATES)
def test_every_summary_says_what_was_not_asked_and_what_to_type_next(state):
    text = terminal.render(STATES[state])
    assert "NOT ASKED  known vulnerabilities: " in text
    assert "NOT RUN    " in text
    assert "Next: debtscan " in text


def test_without_a_rate_the_summary_says_how_to_get_money():
    assert "Money: add --rate 92/h --currency EUR" in terminal.render(STATES["no rate"])
    assert "Money:" not in terminal.render(CHURN)


def test_without_a_history_nothing_is_ranked_and_waiting_is_not_known():
    text = terminal.render(STATES["no history"])
    assert "Waiting     not known: no change history was read" in text
    assert "WHAT COULD BE DONE" in text
    assert "pays back" not in text


def test_wide_letters_keep_the_columns_in_place():
    move = replace(CHURN.moves[0], title="合并八个训练脚本的副本" * 4)
    lines = terminal.render(replace(CHURN, moves=(move, *CHURN.moves[1:]))).splitlines()
    row = next(line for line in lines if "合并" in line and "2 to 11" in line)
    plain = next(line for line in lines if "Merge eight copies" in line)
    assert cells(row.split("2 to 11")[0]) == cells(plain.split("7 to 53")[0])
