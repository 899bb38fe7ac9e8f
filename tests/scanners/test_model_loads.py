"""Calls of torch.load, and whether the file may run code with the torch that the repository states."""

from __future__ import annotations

import pytest

from debtscan.scanners.model_loads import ModelLoad
from tests.scanning import scan_files


def load(tmp_path, call: str, requirement: str = "") -> tuple[str, str, str | None]:
    files = {"serve.py": f"import torch\n{call}\n", "requirements.txt": f"{requirement}\n"}
    (row,) = scan_files(tmp_path, files)["model_loads"]
    return row.weights_only, row.runs_code, row.torch


def test_every_column_of_a_call(tmp_path):
    files = {
        "serve/run.py": "from torch import load as read\n\nnet = read(path)\n",
        "requirements.txt": "torch==1.13.1\n",
    }
    assert scan_files(tmp_path, files)["model_loads"] == [
        ModelLoad("serve/run.py", 3, None, "torch.load", "default", "yes", "==1.13.1", ".", "net = read(path)")
    ]


@pytest.mark.parametrize(
    ("call", "said", "runs_code"),
    [
        ("torch.load(p, weights_only=True)", "yes", "no"),
        ("torch.load(p, weights_only=False)", "no", "yes"),
        ("torch.load(p, weights_only=flag)", "unknown", "unknown"),
        ("torch.load(p, **options)", "unknown", "unknown"),
    ],
)
def test_what_a_call_says_decides(tmp_path, call, said, runs_code):
    assert load(tmp_path, call, "torch==2.1.0") == (said, runs_code, None)


@pytest.mark.parametrize(
    ("requirement", "runs_code"),
    [
        ("torch==2.5.1+cu121", "yes"),
        ("torch==2.6.0", "no"),
        ("torch==2.10.0", "no"),
        ("torch<2.6", "yes"),
        ("torch~=2.1.0", "yes"),
        ("torch>=2.6,<3", "no"),
        ("torch>=2.0", "unknown"),
        ("torch", "unknown"),
    ],
)
def test_else_the_version_of_torch_does(tmp_path, requirement, runs_code):
    version = requirement.removeprefix("torch")
    assert load(tmp_path, "torch.load(p)", requirement) == ("default", runs_code, version)


def test_lists_that_contradict_each_other_tell_nothing(tmp_path):
    files = {
        "serve.py": "import torch\ntorch.load(p)\n",
        "requirements.txt": "torch==2.1.0\n",
        "requirements-gpu.txt": "torch==2.7.0\n",
    }
    assert [row.runs_code for row in scan_files(tmp_path, files)["model_loads"]] == ["unknown"]


def test_other_loads_are_none(tmp_path):
    files = {"a.py": "import json, torch\njson.load(f)\ntorch.jit.load(f)\nmodel.load(f)\ntorch.hub.load('a', 'b')\n"}
    assert scan_files(tmp_path, files)["model_loads"] == []
