from __future__ import annotations

import json

import pytest

from tests.scanning import scan_files


def told(tmp_path, files):
    """(path, line, kind, value, pin, source) of every row."""
    rows = scan_files(tmp_path, files)["environments"]
    return [(row.path, row.line, row.kind, row.value, row.pin, row.source) for row in rows]


@pytest.mark.parametrize(
    ("image", "pin"),
    [
        ("python", "none"),
        ("registry.example.org:5000/team/base", "none"),
        ("python:latest", "latest"),
        ("tensorflow/tensorflow:nightly-devel", "latest"),
        ("python:3.11-slim", "float"),
        ("ubuntu:24.04", "float"),
        ("pytorch/pytorch:1.5-cuda10.1-cudnn7-runtime", "float"),
        ("python:3.11.9-slim", "exact"),
        ("debian:bookworm-20240701", "exact"),
        ("team/base:0a1b2c3", "exact"),
        ("nvcr.io/nvidia/pytorch:23.01-py3", "exact"),
        ("python:3.11@sha256:" + "0" * 64, "digest"),
    ],
)
def test_how_far_an_image_is_fixed(tmp_path, image, pin):
    rows = scan_files(tmp_path, {"Dockerfile": f"FROM {image}\n"})["environments"]
    assert [(row.value, row.pin) for row in rows if row.kind == "base_image"] == [(image, pin)]


def test_python_is_stated_in_many_places(tmp_path):
    files = {
        ".python-version": "3.11.9\n",
        "setup.py": "from setuptools import setup\nsetup(python_requires='>=3.8')\n",
        "helper.py": "from setuptools import setup\nsetup(python_requires='>=2')\n",
        "environment.yml": "dependencies:\n  - python=3.10\n  - cudatoolkit=11.3\n",
        "requirements.txt": "torch==2.3.1+cu121\n",
    }
    assert told(tmp_path, files) == [
        (".python-version", 1, "python", "3.11.9", "exact", "version file"),
        ("environment.yml", 2, "python", "3.10", "float", "conda"),
        ("environment.yml", 3, "cuda", "11.3", "float", "conda"),
        ("requirements.txt", 1, "cuda", "12.1", "float", "package"),
        ("setup.py", 2, "python", ">=3.8", "range", "package"),
    ]


def test_a_notebook_only_leaves_a_trace(tmp_path):
    document = {"cells": [], "metadata": {"language_info": {"name": "python", "version": "3.9.7"}}, "nbformat": 4}
    assert told(tmp_path, {"a.ipynb": json.dumps(document)}) == [
        ("a.ipynb", None, "notebook_python", "3.9.7", "exact", "notebook")
    ]


def test_stages_are_no_images_and_an_open_argument_is_a_gap(tmp_path):
    text = "ARG BASE\nARG TAG=3.11.9\nFROM python:${TAG} AS build\nFROM build\nFROM $BASE\n"
    tables = scan_files(tmp_path, {"Dockerfile": text})
    assert [row.value for row in tables["environments"] if row.kind == "base_image"] == ["python:3.11.9"]
    assert [(gap.path, gap.line, gap.why) for gap in tables["gaps"] if gap.scanner == "environments"] == [
        ("Dockerfile", 5, "image decided by a build argument: $BASE")
    ]


def test_credentials_in_the_name_of_an_image_are_masked(tmp_path):
    ((_, _, _, value, _, _),) = told(tmp_path, {"Dockerfile": "FROM https://u:p@example.org/x\n"})
    assert value == "https://***@example.org/x"


def test_the_index_of_an_image_tells_the_cuda_of_its_wheels(tmp_path):
    image = (
        "FROM python:3.12.1\nARG WHEELS=cu118\n"
        "RUN conda env create -f environment.yml && python -m pip install torch \\\n"
        "  --extra-index-url=https://wheels.example.org/whl/${WHEELS}\n"
        "RUN uv pip install x -f https://example.org/wheels\nRUN curl -f https://example.org/install\n"
    )
    rows = scan_files(tmp_path, {"Dockerfile": image})["environments"]
    assert [(row.line, row.kind, row.value, row.source) for row in rows if row.kind in {"index", "cuda"}] == [
        (4, "cuda", "11.8", "package"),
        (4, "index", "https://wheels.example.org/whl/cu118", "image"),
        (5, "index", "https://example.org/wheels", "image"),
    ]


def test_indexes_and_channels_are_told_without_their_credentials(tmp_path):
    files = {
        "requirements.txt": "--index-url https://user:secret@packages.example.org/simple\n-f wheels/\ntorch\n",
        "Pipfile": "[[source]]\nurl = 'https://a.example.org/simple'\nname = 'a'\n[packages]\nx = '*'\n",
        "pyproject.toml": "[[tool.uv.index]]\nname = 'b'\nurl = 'https://b.example.org/simple'\n",
        "gpu.yml": "channels: [conda-forge, https://conda.example.org/t/ab-0123456789/own]\ndependencies: [numpy]\n",
        "values.yml": "channels: {slack: x}\n",
    }
    rows = told(tmp_path, files)
    assert [row[:4] for row in rows if row[2] in {"index", "channel"}] == [
        ("Pipfile", 2, "index", "https://a.example.org/simple"),
        ("gpu.yml", 1, "channel", "conda-forge"),
        ("gpu.yml", 1, "channel", "https://conda.example.org/t/***/own"),
        ("pyproject.toml", 3, "index", "https://b.example.org/simple"),
        ("requirements.txt", 1, "index", "https://***@packages.example.org/simple"),
        ("requirements.txt", 2, "index", "wheels/"),
    ]


def test_the_head_of_a_script_states_its_python(tmp_path):
    files = {"run.py": '# /// script\n# requires-python = ">=3.11"\n# ///\nprint(1)\n'}
    assert told(tmp_path, files) == [("run.py", 2, "python", ">=3.11", "range", "script")]
