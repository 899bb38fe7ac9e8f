"""Every reader takes damaged text: it finds less or says why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debtscan.pipelines.readers import found_in
from debtscan.source.python import read_python
from debtscan.source.text import TextSource
from tests.scanners.test_steps import AIRFLOW, KFP, RULES

DVC = "stages:\n  a:\n    foreach: [1, 2]\n    do:\n      cmd: python ${item}.py\n      deps: [x: {cache: false}]\n"
ARGO = (
    "kind: Workflow\nspec:\n  templates:\n    - name: a\n      container: {command: [sh, -c], args: ['python a.py']}\n"
)
AZURE = "$schema: https://azuremlschemas\njobs:\n  a:\n    command: python a.py ${{inputs.x}}\n    code: ./src\n"
JOBS = '{"tasks": [{"task_key": "a", "notebook_task": {"notebook_path": "/x/y"}}]}'
TEXTS = [
    ("dvc", DVC),
    ("yaml", ARGO),
    ("yaml", AZURE),
    ("json", JOBS),
    ("snakefile", RULES),
    ("makefile", "a:\n\tpython a.py\n"),
]


@pytest.mark.parametrize(("kind", "text"), TEXTS)
def test_the_undamaged_text_has_steps(kind, text):
    found = found_in(TextSource(kind, text))
    assert found is not None
    assert found.steps


@given(st.sampled_from(TEXTS), st.data())
def test_damaged_text_is_read_or_refused_with_a_reason(item, data):
    kind, text = item
    at = data.draw(st.integers(0, len(text)))
    cut = data.draw(st.integers(0, 12))
    inserted = data.draw(st.text("\n\t -:[]{}&*!|>'\"$#,?a1\0", max_size=6))
    found = found_in(TextSource(kind, text[:at] + inserted + text[at + cut :]))
    assert found is None or found.problem or all(step.line >= 1 for step in [*found.steps])


@given(st.sampled_from([AIRFLOW, KFP]), st.data())
def test_damaged_python_is_read(text, data):
    at = data.draw(st.integers(0, len(text)))
    cut = data.draw(st.integers(0, 12))
    found = found_in(read_python((text[:at] + text[at + cut :]).encode()))
    assert found is None or all(step.line >= 1 for step in found.steps)


def test_an_alias_that_holds_itself_ends():
    found = found_in(
        TextSource("yaml", "kind: Job\nspec: &x\n  containers:\n    - command: [python, a.py]\n  again: *x\n")
    )
    assert found is not None
    assert [run.target for step in found.steps for run in step.runs] == ["a.py"]


def test_variables_of_dvc_that_hold_themselves_end():
    found = found_in(TextSource("dvc", "vars:\n  - &x\n    y: *x\n    z: 1\nstages:\n  a:\n    cmd: python ${z}.py\n"))
    assert found is not None
    assert [run.target for step in found.steps for run in step.runs] == ["1.py"]
