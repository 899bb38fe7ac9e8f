"""Statements of files that no parser of today reads."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from debtscan.copies.lexical import logical_lines, outlines

CODE = '''\
import cPickle
def load(path, n):
    """A docstring
    of two lines."""
    with open(path, "rb") as handle:  # a comment
        frame = cPickle.load(handle)
    print "read", path
    result = merge(frame,
                   n=3)
    return result

class Model:
    def fit(self, x):
        self.model.fit(x, depth=5)
'''


def test_lines_are_joined_and_noise_is_left_out():
    assert [(line.line, line.end_line, line.defines) for line in logical_lines(CODE)] == [
        (2, 2, "load"),
        (5, 5, None),
        (6, 6, None),
        (8, 9, None),
        (10, 10, None),
        (12, 12, None),
        (13, 13, "fit"),
        (14, 14, None),
    ]


def test_functions_are_told_by_indentation():
    found = outlines(list(logical_lines(CODE)))
    assert [(item.name, item.start, item.end, item.line, item.end_line) for item in found] == [
        ("load", 0, 5, 2, 10),
        ("fit", 6, 8, 13, 14),
    ]


def hashes(code: str) -> list[int]:
    return [line.hash for line in logical_lines(code)]


def test_names_constants_and_layout_are_blind_and_calls_are_not():
    assert hashes("rows = load(path, 3)\n") == hashes("x  =  load( p,\n  5)\n")
    assert hashes("rows = load(path, 3)\n") != hashes("rows = read(path, 3)\n")
    assert hashes("rows.dropna(3)\n") != hashes("rows.fillna(3)\n")


@given(st.text())
def test_no_text_is_too_strange(text):
    lines = list(logical_lines(text))
    assert all(1 <= line.line <= line.end_line for line in lines)
    assert all(0 <= item.start < item.end <= len(lines) for item in outlines(lines))
