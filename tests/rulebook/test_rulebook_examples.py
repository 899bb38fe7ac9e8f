"""An example passes only when the rule finds what it says, no less and no more."""

from __future__ import annotations

import pytest

from debtscan.model import Finding
from debtscan.rulebook.examples import example_error
from debtscan.rulebook.records import Example


def found(path: str, line: int, **properties: object) -> Finding:
    return Finding(
        id=f"{path}:{line}",
        rule="unpinned-dependency",
        category="environment",
        repository="example",
        component=".",
        path=path,
        line=line,
        message="it floats",
        severity="high",
        confidence="high",
        properties=properties,
    )


@pytest.mark.parametrize(
    ("finds", "findings", "error"),
    [
        ((), [], None),
        (({"path": "a", "line": 1},), [found("a", 1)], None),
        (({"path": "a", "pin": "none"},), [found("a", 1, pin="none")], None),
        (({}, {"path": "a"}), [found("a", 1), found("b", 1)], None),
        (({"path": "a", "line": 2},), [found("a", 1)], "bare name: did not find path a, line 2; a:1 it floats"),
        (({"path": "a"},), [], "bare name: did not find path a; found nothing"),
        (({"path": "a", "pin": "none"},), [found("a", 1)], "bare name: did not find path a, pin none; a:1 it floats"),
        (({"path": "a"}, {"path": "a"}), [found("a", 1)], "bare name: did not find path a; found nothing"),
        ((), [found("a", 1)], "bare name: found more than it says: a:1 it floats"),
        (({"path": "a"},), [found("a", 1), found("b", 3)], "bare name: found more than it says: b:3 it floats"),
    ],
)
def test_an_example_is_compared_with_what_was_found(finds, findings, error):
    assert example_error(Example(name="bare name", files={}, finds=finds), findings) == error
