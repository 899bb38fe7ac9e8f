"""Commands and mentions in documents."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from debtscan.pipelines.documents import commands_in, mentions_in

DOCUMENT = """\
# Churn

Run `python prepare.py` first, then see [the notebook](notebooks/explore.ipynb) and train.py.

## Training

```bash
# all of it
export DATA=data
python train.py --data $DATA \\
    --epochs 3
```

```console
(env) $ python evaluate.py --model <path to model>
accuracy 0.9
python is great
```

```python
python = "train.py"
```

```
Python 3.9 is needed.
make data
```

1. Start it:

    python serve.py

> ```sh
> bash run.sh
> ```
"""


def told(text):
    return [
        (step.line, step.name, step.runs[0].kind, step.runs[0].target, step.runs[0].template)
        for step in commands_in(text.splitlines())
    ]


def test_commands_stand_in_blocks_behind_prompts_and_in_backticks():
    assert told(DOCUMENT) == [
        (3, "Churn", "file", "prepare.py", False),
        (10, "Training", "file", "train.py", False),
        (15, "Training", "file", "evaluate.py", True),
        (26, "Training", "make", "data", False),
        (31, "Training", "file", "serve.py", False),
        (34, "Training", "file", "run.sh", False),
    ]


def test_a_command_keeps_its_words_and_its_placeholder():
    steps = list(commands_in(DOCUMENT.splitlines()))
    assert steps[1].command == "python train.py --data $DATA --epochs 3"
    assert steps[2].command == "python evaluate.py --model <path_to_model>"


def test_restructured_text():
    text = "Usage\n=====\n\nTrain::\n\n    $ python train.py\n\n.. code-block:: bash\n\n   python -m package.score\n\nEnd.\n"
    assert told(text) == [(6, "Usage", "file", "train.py", False), (10, "Usage", "module", "package.score", False)]


def test_prose_and_links_mention_files():
    assert [(item.path, item.line) for item in mentions_in(DOCUMENT.splitlines()[:4])] == [
        ("prepare.py", 3),
        ("notebooks/explore.ipynb", 3),
        ("train.py", 3),
    ]
    link = "[run](https://colab.research.google.com/github/owner/name/blob/main/demo/run.ipynb)"
    assert [item.path for item in mentions_in([link])] == ["demo/run.ipynb"]
    assert mentions_in(["see https://example.org/other/train.py"]) == []


@given(st.data())
def test_any_document_is_read(data):
    at = data.draw(st.integers(0, len(DOCUMENT)))
    inserted = data.draw(st.text("`~>$ \n\t\\<>:#.py", max_size=8))
    lines = (DOCUMENT[:at] + inserted + DOCUMENT[at:]).splitlines()
    assert all(1 <= step.line <= len(lines) for step in commands_in(lines))
    assert all(1 <= item.line <= len(lines) for item in mentions_in(lines))


def test_a_folder_that_is_entered_in_one_span_holds_in_the_next():
    lines = ["`cd sb3`<br>", "`python train.py CartPole`", "", "```python evaluate.py```"]
    assert [(run.target, run.folder) for step in commands_in(lines) for run in step.runs] == [
        ("train.py", "sb3"),
        ("evaluate.py", "sb3"),
    ]


def test_a_numbered_command_between_three_backticks_opens_no_block():
    lines = ["1. Get it ```git clone x```", "2. ``` python train.py ```", "3. ```python evaluate.py```"]
    assert [run.text for step in commands_in(lines) for run in step.runs] == ["python train.py", "python evaluate.py"]


def test_opening_a_notebook_is_a_way_to_run_it_and_executes_nothing():
    (step,) = commands_in(["    jupyter lab notebooks/train.ipynb"])
    assert [(run.target, run.executes_notebook) for run in step.runs] == [("notebooks/train.ipynb", False)]
