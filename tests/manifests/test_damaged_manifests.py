"""Whatever is done to the text of a manifest, its parser answers with records or refuses with a sentence."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from debtscan.manifests import conda_recipe, executed, inline_script, origins, setup_py
from debtscan.manifests.python_versions import READERS
from debtscan.manifests.records import Manifest
from debtscan.repository.kinds import kind_of
from debtscan.scanners.dependencies.read import EXECUTED_KINDS, PARSERS
from debtscan.source.python import read_notebook, read_python
from debtscan.source.text import TextSource
from tests.manifests.manifest_texts import CALLS, NAMES, NOTEBOOK, PYTHON, RECIPE, TEXTS

PIECES = st.text(st.sampled_from("\n\t\\ '\"[]{}()<>=#:;,.-@!$%&|*~^/`abr01é\0\x0c\u2028\ud7ff"), max_size=6)


def damaged(data, text):
    """The text with up to three pieces cut out, doubled or put in."""
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.integers(0, 12))
        text = text[:at] + data.draw(PIECES | st.just(text[at : at + 40])) + text[at + cut :]
    return text


def test_every_format_is_tried():
    assert set(TEXTS) == set(NAMES) == set(PARSERS) | EXECUTED_KINDS | set(READERS)
    assert {kind: kind_of(name) for kind, name in NAMES.items()} == {kind: kind for kind in NAMES}


@pytest.mark.parametrize("kind", sorted(EXECUTED_KINDS))
@given(data=st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_damaged_commands_are_read_or_refused(kind, data):
    with contextlib.suppress(ValueError):
        assert isinstance(executed.parse(TextSource(kind, damaged(data, TEXTS[kind]))), Manifest | None)


@given(data=st.data())
def test_the_damaged_head_of_a_script_is_read_as_far_as_it_goes(data):
    head = "# /// script\n# dependencies = [\n#   'a>=1',\n# ]\n# requires-python = '>=3'\n# ///\nimport a\n"
    source = read_python(damaged(data, head).encode("utf-8", "surrogatepass"))
    assert isinstance(inline_script.parse(source), Manifest | None)


@given(data=st.data())
def test_damaged_code_that_installs_is_read_or_refused(data):
    source = read_python(damaged(data, CALLS).encode("utf-8", "surrogatepass"))
    assert isinstance(executed.parse(source), Manifest | None)


@given(data=st.data())
def test_a_damaged_recipe_is_read_or_refused(data):
    with contextlib.suppress(ValueError):
        assert isinstance(conda_recipe.parse(damaged(data, RECIPE)), Manifest | None)


@pytest.mark.parametrize("kind", sorted(PARSERS))
@given(data=st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_a_damaged_manifest_is_read_or_refused(kind, data):
    with contextlib.suppress(ValueError):
        assert isinstance(PARSERS[kind](damaged(data, TEXTS[kind])), Manifest | None)


@pytest.mark.parametrize("kind", sorted(origins.READERS))
@given(data=st.data())
@settings(max_examples=30)
def test_a_damaged_statement_of_an_index_is_read_or_refused(kind, data):
    with contextlib.suppress(ValueError):
        assert all(item.value for item in origins.READERS[kind](damaged(data, TEXTS[kind])))


@pytest.mark.parametrize("kind", sorted(READERS))
@given(data=st.data())
@settings(max_examples=30)
def test_a_damaged_statement_of_a_version_is_read_or_refused(kind, data):
    with contextlib.suppress(ValueError):
        assert all(item.value for item in READERS[kind](damaged(data, TEXTS[kind])))


@given(data=st.data())
def test_a_damaged_setup_py_is_read_as_far_as_it_goes(data):
    source = read_python(damaged(data, PYTHON).encode("utf-8", "surrogatepass"))
    assert isinstance(setup_py.parse(source), Manifest | None)


@given(data=st.data())
def test_a_damaged_notebook_is_read_as_far_as_it_goes(data):
    source = read_notebook(damaged(data, NOTEBOOK).encode("utf-8", "surrogatepass"))
    assert isinstance(executed.parse(source), Manifest | None)


@pytest.mark.parametrize("kind", sorted(PARSERS))
@pytest.mark.parametrize(
    "text", ["", "\n", "\0", "\ufeff", "\r\n" * 50, "a" * 5000, "[" * 3000, "- " * 3000, "\\\n" * 500]
)
def test_strange_text_is_read_or_refused(kind, text):
    with contextlib.suppress(ValueError):
        assert isinstance(PARSERS[kind](text), Manifest | None)
