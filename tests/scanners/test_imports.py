from __future__ import annotations

import pytest

from debtscan.lexicon.modules import distributions_of, platform_of, pypi_name, standard_library
from tests.scanning import scan_files


def told(tmp_path, files):
    """(path, line, module, origin, distribution, declared) of every row."""
    rows = scan_files(tmp_path, files)["imports"]
    return [(row.path, row.line, row.module, row.origin, row.distribution, row.declared) for row in rows]


def origins(tmp_path, files):
    return {(row.path, row.module): row.origin for row in scan_files(tmp_path, files)["imports"]}


def test_one_row_for_each_statement_and_top_module(tmp_path):
    files = {
        "requirements.txt": "scikit-learn\nPyYAML\n",
        "train.py": "import os, os.path, numpy as np\nfrom sklearn.svm import SVC, SVR\nimport yaml\nimport model\n",
        "model.py": "from . import train\n",
    }
    assert told(tmp_path, files) == [
        ("model.py", 1, ".", "first_party", None, None),
        ("train.py", 1, "os", "stdlib", None, None),
        ("train.py", 1, "numpy", "third_party", "numpy", False),
        ("train.py", 2, "sklearn.svm", "third_party", "scikit-learn", True),
        ("train.py", 3, "yaml", "third_party", "pyyaml", True),
        ("train.py", 4, "model", "first_party", None, None),
    ]


def test_pyaml_is_not_pyyaml(tmp_path):
    rows = told(tmp_path, {"requirements.txt": "pyaml\n", "a.py": "import yaml\n"})
    assert rows == [("a.py", 1, "yaml", "third_party", "pyyaml", False)]


def test_any_distribution_that_brings_a_module_will_do(tmp_path):
    rows = told(tmp_path, {"requirements.txt": "opencv-python-headless\n", "a.py": "import cv2\n"})
    assert rows == [("a.py", 1, "cv2", "third_party", "opencv-python-headless", True)]


def test_a_distribution_nobody_knows_is_unknown_unless_it_is_asked_for(tmp_path):
    files = {"requirements.txt": "internal-tools\n", "a.py": "import internal_tools\nimport other_tools\n"}
    assert told(tmp_path, files) == [
        ("a.py", 1, "internal_tools", "third_party", "internal-tools", True),
        ("a.py", 2, "other_tools", "third_party", None, None),
    ]


def test_namespaces_are_told_apart_by_what_is_taken_from_them(tmp_path):
    files = {"a.py": "from google.cloud import storage\nimport google.protobuf.text_format\nfrom google import colab\n"}
    assert told(tmp_path, files) == [
        ("a.py", 1, "google.cloud", "third_party", "google-cloud-storage", False),
        ("a.py", 2, "google.protobuf.text_format", "third_party", "protobuf", False),
        ("a.py", 3, "google", "third_party", None, None),
    ]
    assert [row.platform for row in scan_files(tmp_path, files)["imports"]] == [None, None, "Colab"]


def test_conda_names_declare_too(tmp_path):
    files = {
        "environment.yml": "dependencies:\n  - pytorch\n  - pip:\n    - shap\n",
        "a.py": "import torch\nimport shap\n",
    }
    assert [row[4:] for row in told(tmp_path, files)] == [("torch", True), ("shap", True)]


def test_manifests_above_declare_and_those_of_neighbours_do_not(tmp_path):
    files = {
        "requirements.txt": "numpy\n",
        "a/requirements.txt": "pandas\n",
        "a/x.py": "import numpy\nimport pandas\nimport scipy\n",
        "b/requirements.txt": "scipy\n",
    }
    assert [(row[2], row[5]) for row in told(tmp_path, files)] == [("numpy", True), ("pandas", True), ("scipy", False)]


def test_a_notebook_declares_for_itself_alone(tmp_path):
    notebook = '{"cells": [{"cell_type": "code", "source": ["!pip install shap\\n", "import shap"]}], "metadata": {}}'
    files = {"a.ipynb": notebook, "b.py": "import shap\n"}
    assert [(row[0], row[5]) for row in told(tmp_path, files)] == [("a.ipynb", True), ("b.py", False)]


def test_modules_are_found_where_python_would_find_them(tmp_path):
    files = {
        "setup.py": "from setuptools import setup\nsetup(name='x')\n",
        "src/pkg/__init__.py": "",
        "src/pkg/inner.py": "import pkg.other\nimport inner\n",
        "scripts/run.py": "import pkg\nimport config\nimport utils.io\n",
        "scripts/config.py": "",
        "utils/io.py": "",
        "work/deep/job.py": "import sys\nsys.path.append('../../lib')\nimport far\n",
        "lib/far.py": "",
        "proto/job.py": "import job_pb2\n",
    }
    third_party = {key for key, origin in origins(tmp_path, files).items() if origin == "third_party"}
    assert third_party == {("setup.py", "setuptools")}


def test_a_package_of_the_same_name_hides_a_distribution(tmp_path):
    files = {"main.py": "import datasets\n", "datasets/__init__.py": "", "requirements.txt": "datasets\n"}
    assert origins(tmp_path, files) == {("main.py", "datasets"): "first_party"}


@pytest.mark.parametrize(
    "files",
    [
        {"main.py": "import datasets\n", "datasets/train.csv": "a,b\n"},
        {"main.py": "import datasets\n", "datasets/prepare.py": "x = 1\n"},
        {"pkg/__init__.py": "", "pkg/wandb.py": "import os\n", "pkg/train.py": "import wandb\n"},
        {"loggers/wandb/__init__.py": "", "train.py": "import wandb\n"},
        {"pkg/__init__.py": "", "pkg/jobs/wandb.py": "x = 1\n", "pkg/jobs/train.py": "import wandb\n"},
    ],
    ids=["data", "folder without __init__", "inside a package", "elsewhere", "folder of a package"],
)
def test_a_folder_of_the_same_name_does_not(tmp_path, files):
    rows = scan_files(tmp_path, files)["imports"]
    assert [row.origin for row in rows if row.top in {"datasets", "wandb"}] == ["third_party"]


def test_a_repository_that_is_a_package_itself_is_read_to_its_end(tmp_path):
    """google-research/bert has an `__init__.py` at its top: above the top there is no folder to go on to."""
    files = {"__init__.py": "", "run.py": "import modeling\n", "modeling.py": "import tensorflow\n"}
    assert origins(tmp_path, files) == {
        ("run.py", "modeling"): "first_party",
        ("modeling.py", "tensorflow"): "third_party",
    }


def test_what_only_tests_ask_for_is_not_declared_for_the_code(tmp_path):
    files = {
        "requirements.txt": "torch\n",
        "requirements-test.txt": "requests\n",
        "train.py": "import requests\n",
        "tests/test_train.py": "import requests\n",
    }
    rows = scan_files(tmp_path, files)["imports"]
    assert {row.path: row.declared for row in rows} == {"train.py": False, "tests/test_train.py": True}


def test_what_an_image_installs_is_declared_for_an_application_and_not_for_a_library(tmp_path):
    package = (
        "[build-system]\nrequires = ['hatchling']\n[project]\nname = 'x'\nversion = '1'\nrequires-python = '>=3.9'\n"
    )
    package += "classifiers = ['Development Status :: 4 - Beta']\n"
    files = {"tools/Dockerfile": "FROM python:3.12.1\nRUN pip install torch\n", "LICENSE": "MIT"}
    library = {**files, "pyproject.toml": package, "src/x/__init__.py": "import torch\n"}
    application = {**files, "requirements.txt": "numpy\n", "train.py": "import torch\n"}
    for name, made, declared in (("library", library, False), ("application", application, True)):
        assert [row.declared for row in scan_files(tmp_path / name, made)["imports"]] == [declared]


def test_a_lock_tells_the_distribution_of_a_module_that_nobody_knows(tmp_path):
    files = {
        "pyproject.toml": "[project]\nname = 'x'\nversion = '1'\ndependencies = ['torch']\n",
        "uv.lock": "version = 1\n[[package]]\nname = 'never-heard-of-it'\nversion = '1'\n",
        "train.py": "import never_heard_of_it\nimport nor_of_this\n",
        "docs/never_heard_of_it/x.py": "",
    }
    rows = scan_files(tmp_path, files)["imports"]
    assert [(row.top, row.distribution, row.declared) for row in rows] == [
        ("never_heard_of_it", "never-heard-of-it", False),
        ("nor_of_this", None, None),
    ]


def test_what_a_neighbour_asks_for_tells_the_distribution_of_a_module(tmp_path):
    files = {
        "a/requirements.txt": "never-heard-of-it\n-e ./own_thing\n",
        "a/app.py": "import never_heard_of_it\n",
        "b/app.py": "import never_heard_of_it\nimport own_thing\n",
    }
    assert told(tmp_path, files) == [
        ("a/app.py", 1, "never_heard_of_it", "third_party", "never-heard-of-it", True),
        ("b/app.py", 1, "never_heard_of_it", "third_party", "never-heard-of-it", False),
        ("b/app.py", 2, "own_thing", "third_party", None, None),
    ]


def test_guarded_imports_are_marked(tmp_path):
    rows = scan_files(tmp_path, {"a.py": "try:\n    import apex\nexcept ImportError:\n    apex = None\n"})["imports"]
    assert [(row.module, row.guarded) for row in rows] == [("apex", True)]


def test_every_file_knows_what_says_how_to_install_it(tmp_path):
    files = {
        "a/requirements.txt": "numpy\n",
        "a/x.py": "import numpy\n",
        "b/docker/Dockerfile": "FROM nvcr.io/nvidia/pytorch:23.01-py3\n",
        "b/x.py": "import numpy\n",
        "c/x.py": "import numpy\n",
        "d/Makefile": "all:\n\techo pip install numpy\n",
        "README.md": "    pip install numpy\n",
    }
    rows = scan_files(tmp_path, files)["imports"]
    assert {row.path: row.manifest for row in rows} == {
        "a/x.py": "a/requirements.txt",
        "b/x.py": "b/docker/Dockerfile",
        "c/x.py": None,
    }


def test_a_command_in_a_script_or_workflow_serves_the_whole_component(tmp_path):
    files = {"scripts/setup.sh": "pip install numpy\n", "src/x.py": "import numpy\n"}
    assert [row.manifest for row in scan_files(tmp_path, files)["imports"]] == ["scripts/setup.sh"]


def test_relative_imports_belong_to_the_outermost_package(tmp_path):
    files = {"src/pkg/__init__.py": "", "src/pkg/sub/__init__.py": "", "src/pkg/sub/a.py": "from ..b import c\n"}
    assert [(row.module, row.top) for row in scan_files(tmp_path, files)["imports"]] == [("..b", "pkg")]


def test_the_lexicon():
    assert distributions_of("cv2.dnn")[0] == "opencv-python"
    assert distributions_of("google.cloud.storage.blob") == ("google-cloud-storage",)
    assert distributions_of("google.cloud") == ()
    assert platform_of("google.colab.drive") == "Colab"
    assert pypi_name("pytorch") == "torch"
    assert {"cPickle", "distutils", "tomllib", "urllib2"} <= standard_library()
