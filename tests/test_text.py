"""Text of a scanned repository is shown without its commands, and without losing what can be read."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debtscan.text import cells, clip, shorten, visible

ANY_TEXT = st.text(st.characters(exclude_categories=()))  # surrogates included


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("src/train.py", "src/train.py"),
        ("naïve/模型/Δ.py", "naïve/模型/Δ.py"),
        ("a\nb\tc\r", r"a\nb\tc\r"),
        ("\x1b[2J\x00", r"\u001b[2J\u0000"),
        ("invoice\u202egpj.exe", r"invoice\u202egpj.exe"),
        ("caf\udce9", r"caf\udce9"),
        ("hidden\U000e0041", r"hidden\udb40\udc41"),
        ("a\u200bb\u2066c", r"a\u200bb\u2066c"),
        ("👩\u200d💻", "👩\u200d💻"),
    ],
)
def test_commands_become_escapes_and_words_stay(text, shown):
    assert visible(text) == shown


@given(ANY_TEXT)
def test_what_is_shown_is_one_line_of_utf8_without_controls(text):
    shown = visible(text)
    shown.encode()
    assert len(shown.splitlines()) <= 1
    assert {unicodedata.category(character) for character in shown} & {"Cc", "Cs", "Zl", "Zp"} == set()
    assert {unicodedata.bidirectional(character) for character in shown} & {
        "RLO",
        "LRO",
        "RLE",
        "RLI",
        "LRI",
        "FSI",
    } == set()
    assert visible(shown) == shown


@given(st.text())
def test_an_encoded_json_document_keeps_its_value(text):
    assert json.loads(visible(json.dumps(text, ensure_ascii=False))) == text


@given(ANY_TEXT, st.integers(1, 40))
def test_a_shortened_text_keeps_its_ends_and_its_limit(text, limit):
    short = shorten(text, limit)
    assert len(short) <= limit
    assert short == text or "…" in short


def test_the_middle_of_a_long_path_is_left_out():
    assert shorten("src/very/long/path/train.py", 15) == "src/ver…rain.py"


@given(st.text(), st.integers(1, 40))
def test_a_clipped_text_fits(text, width):
    assert cells(clip(text, width)) <= width


@pytest.mark.parametrize(("text", "columns"), [("train", 5), ("模型", 4), ("e\u0301", 1), ("👩", 2)])
def test_wide_characters_take_two_columns_and_marks_none(text, columns):
    assert cells(text) == columns
