"""What sort of machine-learning repository the whole is, and by what evidence."""

from __future__ import annotations

import json

import pytest

from debtscan.scanners.repositories import RepositoryRow
from tests.scanning import scan_files

TRAINS = "import torch\nimport pandas as pd\npd.read_csv('data/train.csv')\nloss.backward()\noptimizer.step()\n"
FITS = "import torch\nimport mlflow\n\ndef fit(loss, optimizer):\n    loss.backward()\n    optimizer.step()\n"
PACKAGE = """
[build-system]
requires = ["hatchling"]
[project]
name = "nets"
version = "1"
requires-python = ">=3.11"
classifiers = ["Programming Language :: Python"]
"""


def row(tmp_path, files: dict[str, str]) -> RepositoryRow:
    (found,) = scan_files(tmp_path, files)["repositories"]
    return found


def test_the_evidence_is_told_in_words_beside_its_points(tmp_path):
    files = {"train.py": TRAINS, "evaluate.py": "import sklearn\n", "model.pt": "x"}
    assert row(tmp_path, files) == RepositoryRow(
        ml_role="application",
        ml_score=50,
        why="trains a model, 2 files import a machine-learning library, holds model files, reads data",
    )


def test_one_notebook_is_not_told_as_many(tmp_path):
    cell = {"cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": [], "source": ["import torch"]}
    notebook = json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    assert row(tmp_path, {"look.ipynb": notebook}).why == "1 file imports a machine-learning library, all in notebooks"


def test_code_without_a_model_is_no_machine_learning(tmp_path):
    assert row(tmp_path, {"app.py": "import numpy\nimport pandas\n"}) == RepositoryRow(
        ml_role="none", ml_score=0, why="nothing that trains, loads or tracks a model"
    )


def test_a_library_that_is_only_tested_with_models_is_not_about_them(tmp_path):
    files = {"nets/__init__.py": "x = 1\n", "tests/test_nets.py": "import torch\n"}
    assert row(tmp_path, files) == RepositoryRow(
        ml_role="none", ml_score=0, why="machine learning only in tests, documents and examples"
    )


@pytest.mark.parametrize(
    ("role", "files"),
    [
        ("library", {"pyproject.toml": PACKAGE, "nets/__init__.py": "", "nets/fit.py": FITS}),
        ("research", {"README.md": "See https://arxiv.org/abs/1706.03762\n", "train.py": TRAINS}),
        ("application", {"train.py": TRAINS}),
    ],
    ids=["a published package", "code of a paper", "a script to run"],
)
def test_the_role_follows_the_root_component_and_the_paper(tmp_path, role, files):
    assert row(tmp_path, files).ml_role == role


def test_a_repository_of_nothing_but_tutorials_is_about_what_they_show(tmp_path):
    """As yunjey/pytorch-tutorial."""
    assert row(tmp_path, {"tutorials/basics/train.py": TRAINS}).ml_role == "research"
