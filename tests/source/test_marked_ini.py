from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from debtscan.source.marked_ini import read_ini

TEXT = """\
# a comment
[options]
install_requires =
    numpy>=1.26  # why

    ; pandas
    scipy
python_requires: >=3.8
[flake8]
max-line-length = 120
"""


def test_values_know_their_lines():
    options = read_ini(TEXT)["options"]
    assert options["install_requires"].values == [(4, "numpy>=1.26"), (7, "scipy")]
    assert (options["python_requires"].line, options["python_requires"].text) == (8, ">=3.8")


def test_sections_are_kept_apart():
    assert {name: sorted(section) for name, section in read_ini(TEXT).items()} == {
        "options": ["install_requires", "python_requires"],
        "flake8": ["max-line-length"],
    }


def test_lines_before_the_first_section_belong_to_none():
    assert read_ini("a = b\n[c]\n") == {"c": {}}


@given(st.text("[]=: \n#;ab\t\0é", max_size=60))
def test_any_text_is_read(text):
    for section in read_ini(text).values():
        assert all(value for entry in section.values() for _, value in entry.values)
