"""Paths in files of settings, whatever lies in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debtscan.datapaths.found import Setting
from debtscan.datapaths.settings import settings_in
from debtscan.source.text import TextSource
from debtscan.source.texts import HOLE


def told(text: str, kind: str = "yaml") -> list[Setting]:
    return settings_in(TextSource(kind, text))


def test_a_setting_has_its_dotted_key_and_line():
    text = (
        "data:\n  train:\n    - ${root}/a.csv\n    - b/c.csv\nmodel: bert/base\nclass: torch.optim.Adam\nversion: 1.2\n"
    )
    assert told(text) == [
        Setting("data.train", f"{HOLE}/a.csv", 3, "- ${root}/a.csv"),
        Setting("data.train", "b/c.csv", 4, "- b/c.csv"),
    ]


def test_a_recursive_file_ends():
    assert told("a: &a\n  path: x/y.csv\n  again: *a\n") == [Setting("a.path", "x/y.csv", 2, "path: x/y.csv")]


def test_a_long_file_is_data():
    assert told("path: x/y.csv\n" + "# filler\n" * 20_000) == []


def test_a_credential_is_masked():
    assert told("uri: s3://user:pw@bucket/x.csv\n")[0].value == "s3://***@bucket/x.csv"


@pytest.mark.parametrize("kind", ["yaml", "json", "toml"])
@given(text=st.text("ab:/.{}[]\"'=\n -&*$", max_size=100))
def test_any_text_is_read(kind, text):
    assert all(item.line >= 1 for item in told(text, kind))
