"""Which versions the witnesses in a repository state, side by side and undecided."""

from __future__ import annotations

import json

from tests.scanning import scan_files

NOTEBOOK = {
    "cells": [{"cell_type": "code", "source": ["!pip install torch==1.13.1"], "metadata": {}, "outputs": []}],
    "metadata": {"language_info": {"name": "python", "version": "3.8.10"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}
FILES = {
    "pyproject.toml": "[project]\nname = 'x'\nversion = '1'\nrequires-python = '>=3.9'\ndependencies = ['torch>=2', 'rich']\n",
    "uv.lock": "version = 1\n[[package]]\nname = 'torch'\nversion = '2.4.0'\n[[package]]\nname = 'rich'\nversion = '13'\n",
    "Dockerfile": "FROM pytorch/pytorch:2.1.0-cuda12.1-cudnn8-runtime\nRUN pip install numpy\n",
    ".github/workflows/test.yml": "jobs:\n  t:\n    steps:\n      - with: {python-version: '3.12'}\n      - run: pip install torch\n",
    "demo.ipynb": json.dumps(NOTEBOOK),
    "gpu/environment.yml": "dependencies:\n  - python=3.10\n  - pytorch=2.0.1\n  - cudatoolkit=11.8\n",
    "gpu/train.py": "import torch\n",
}


def test_every_witness_is_told_with_its_place(tmp_path):
    rows = scan_files(tmp_path, FILES)["versions"]
    assert [
        (row.component, row.part, row.witness, row.value, row.exact, row.path, row.line, row.cell) for row in rows
    ] == [
        (".", "cuda", "image", "12.1", False, "Dockerfile", 1, None),
        (".", "numpy", "image", "", False, "Dockerfile", 2, None),
        (".", "python", "ci", "3.12", False, ".github/workflows/test.yml", 4, None),
        (".", "python", "declared", ">=3.9", False, "pyproject.toml", 4, None),
        (".", "python", "notebook", "3.8.10", True, "demo.ipynb", None, None),
        (".", "torch", "ci", "", False, ".github/workflows/test.yml", 5, None),
        (".", "torch", "declared", ">=2", False, "pyproject.toml", 5, None),
        (".", "torch", "image", "2.1.0", True, "Dockerfile", 1, None),
        (".", "torch", "locked", "2.4.0", True, "uv.lock", 2, None),
        (".", "torch", "notebook", "==1.13.1", True, "demo.ipynb", 1, 0),
        ("gpu", "cuda", "declared", "11.8", False, "gpu/environment.yml", 4, None),
        ("gpu", "python", "declared", "3.10", False, "gpu/environment.yml", 2, None),
        ("gpu", "torch", "declared", "=2.0.1", False, "gpu/environment.yml", 3, None),
    ]
