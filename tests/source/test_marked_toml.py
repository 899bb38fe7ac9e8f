from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debtscan.source.marked_toml import header_lines, load_toml, read_toml

DOCUMENT = '''\
# a comment with [brackets] and "quotes
[project]
name = "demo"
dependencies = [
    "numpy>=1.26",  # ] not the end
    """pandas
    ==2.2""",

    'torch',
]
optional-dependencies.gpu = ["cupy"]

[tool.poetry.dependencies]
"zope.interface" = "*"
requests = { version = "^2", extras = ["socks"] }

[[tool.poetry.source]]
name = "a"
[[tool.poetry.source]]
name = "b"
[tool.poetry.source.more]
x = 1979-05-27T07:32:00Z
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("project",), 2),
        (("project", "dependencies"), 4),
        (("project", "dependencies", 0), 5),
        (("project", "dependencies", 1), 6),
        (("project", "dependencies", 2), 9),
        (("project", "optional-dependencies", "gpu", 0), 11),
        (("tool", "poetry", "dependencies", "zope.interface"), 14),
        (("tool", "poetry", "dependencies", "requests", "extras", 0), 15),
        (("tool", "poetry", "source", 0, "name"), 18),
        (("tool", "poetry", "source", 1, "name"), 20),
        (("tool", "poetry", "source", 1, "more", "x"), 22),
    ],
)
def test_keys_and_items_have_lines(path, line):
    assert read_toml(DOCUMENT).line(*path) == line


def test_what_has_no_line_takes_that_of_what_stands_above():
    toml = read_toml(DOCUMENT)
    assert toml.line("project", "dependencies", 9) == 4
    assert toml.line("nothing") is None


def test_text_that_is_no_toml_says_where():
    with pytest.raises(ValueError, match=r"^not TOML: .*line 2"):
        load_toml("a = 1\nb = \n")


def test_nesting_without_end_is_refused():
    with pytest.raises(ValueError, match="TOML nested too deep"):
        read_toml("a = " + "[" * 100_000 + "]" * 100_000)


def test_headers_of_a_lock_are_found_without_reading_the_rest():
    assert header_lines('v = 1\n[[package]]\nx = "[[package]]"\n\n[[package]]\n[[packages]]\n', "package") == [2, 5]


def paths(value, path=()):
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from paths(child, (*path, key))


KEYS = st.text("ab-_ .'\"#=[]é", min_size=1, max_size=4).filter(lambda key: key.isprintable())
SCALARS = st.one_of(st.integers(), st.booleans(), st.text("a]}#,'\\ é", max_size=6))
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3))


def written(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\") + '"'
    if isinstance(value, list):
        return "[\n" + "".join(f"  {written(item)}, # x\n" for item in value) + "]"
    return "{" + ", ".join(f"{key_written(key)} = {written(item)}" for key, item in value.items()) + "}"


def key_written(key):
    return '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_every_key_and_item_is_located(document):
    text = "\n".join(f"{key_written(key)} = {written(value)}" for key, value in document.items())
    toml = read_toml(text)
    assert toml.document == document
    assert set(toml.lines) == set(paths(document)) - {()}


@given(st.data())
def test_damaged_text_is_read_or_refused(data):
    at = data.draw(st.integers(0, len(DOCUMENT)))
    cut = data.draw(st.integers(0, 20))
    inserted = data.draw(st.text("\n[]{}\"'=.#,\\ a", max_size=5))
    with contextlib.suppress(ValueError):
        assert read_toml(DOCUMENT[:at] + inserted + DOCUMENT[at + cut :]).document is not None
