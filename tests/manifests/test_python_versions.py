from __future__ import annotations

import pytest

from debtscan.manifests.python_versions import READERS, in_setup_py
from debtscan.source.python import read_python
from tests.manifests.manifest_texts import TEXTS


@pytest.mark.parametrize(
    ("kind", "text", "asked"),
    [
        ("pyproject", "[project]\nrequires-python = '>=3.9'\n", [(">=3.9", 2, "package")]),
        ("pyproject", "[tool.poetry.dependencies]\npython = '^3.10'\n", [("^3.10", 2, "package")]),
        ("pipfile", "[requires]\npython_version = '3.9'\n", [("3.9", 2, "lock tool")]),
        ("setup_cfg", "[options]\npython_requires = >=3.8\n", [(">=3.8", 2, "package")]),
        ("python_version", "# note\npython-3.9.7\n", [("3.9.7", 2, "version file")]),
        ("python_version", "system\n", []),
        ("dockerfile", "FROM python:3.11-slim\n", [("3.11", 1, "image")]),
        ("dockerfile", "FROM public.ecr.aws/lambda/python:3.9\n", [("3.9", 1, "image")]),
        ("dockerfile", "FROM nvcr.io/nvidia/pytorch:23.01-py3\n", []),
        (
            "tox",
            "[tox]\nenvlist = py{39, 310}, py38-lint, py11\n",
            [("3.9", 2, "tox"), ("3.10", 2, "tox"), ("3.8", 2, "tox")],
        ),
        ("tox", "[testenv:old]\nbasepython = python2.7\n", [("2.7", 2, "tox")]),
        ("tox", "[tox]\nenvlist =\n    py39\n    py310\n", [("3.9", 2, "tox"), ("3.10", 2, "tox")]),
        ("workflow", "jobs:\n  python-version: ['3.9', \"3.10\"]\n", [("3.9", 2, "ci"), ("3.10", 2, "ci")]),
        ("workflow", "  python-version: ${{ matrix.python-version }}\n", []),
        ("workflow", "matrix:\n  python:\n    - 3.9\n    - '3.10'\n", [("3.9", 3, "ci"), ("3.10", 4, "ci")]),
        ("workflow", "image: python:3.11-slim\ninputs:\n  versionSpec: '3.x'\n", [("3.11", 1, "ci"), ("3.x", 3, "ci")]),
        ("workflow", "python:\n  version: 3.11\n", [("3.11", 2, "ci")]),
        ("cog", "build:\n  python_version: '3.8'\n", [("3.8", 2, "image")]),
        ("devcontainer", TEXTS["devcontainer"], [("3.10", 2, "image"), ("3.11", 4, "image")]),
        ("devcontainer", '{"image": "pytorch/pytorch:2.1.0"}', []),
        ("devcontainer", '{"image": "python:3.12.1", "features": {"a/python:1": {}}}', [("3.12.1", 1, "image")]),
        ("workflow", "pipeline {\n  agent { docker 'python:3.9' }\n}\n", []),
    ],
)
def test_where_a_version_is_stated(kind, text, asked):
    assert [tuple(item) for item in READERS[kind](text)] == asked


def test_a_setup_py():
    source = read_python(b"from setuptools import setup\nsetup(\n  python_requires='>=3.6,<3.12',\n)\n")
    assert [tuple(item) for item in in_setup_py(source)] == [(">=3.6,<3.12", 3, "package")]
