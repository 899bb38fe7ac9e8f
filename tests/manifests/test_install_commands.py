from __future__ import annotations

import json

import pytest

from debtscan.manifests import command_lines, dockerfile, executed, inline_script
from debtscan.manifests.installs import installs
from debtscan.source.python import read_notebook, read_python
from debtscan.source.text import read_text
from tests.manifests.manifest_texts import CALLS


def told(text):
    """(line, tool, target, manifest, [(line, name, pin)]) of every command."""
    found, unread = installs(text)
    assert unread == []
    return [
        (item.line, item.tool, item.target, item.manifest, [(r.line, r.name, r.pin) for r in item.requirements])
        for item in found
    ]


@pytest.mark.parametrize(
    ("command", "names"),
    [
        ("pip install numpy", ["numpy"]),
        ("pip3.11 --no-cache-dir install -U Cython", ["cython"]),
        ("sudo -H python3 -m pip install numpy==1.2", ["numpy"]),
        ("/opt/conda/bin/pip install a b", ["a", "b"]),
        ("uv pip install --system --index-url https://x.org/simple torch", ["torch"]),
        ("conda run -n demo pip install numpy", ["numpy"]),
        ("PIP_NO_CACHE=1 pip install numpy", ["numpy"]),
        ("{sys.executable} -m pip install numpy", ["numpy"]),
        ("pip install 'git+https://github.com/a/demo' --no-deps", ["demo"]),
        ("pip install foo>=1.0 bar", ["foo", "bar"]),
        ("pip install -e .[dev] foo", ["foo"]),
        ("conda install -y -c pytorch pytorch=1.7.1 cudatoolkit=11.0", ["pytorch", "cudatoolkit"]),
        ("mamba create -n x python=3.6.7 numpy", ["python", "numpy"]),
        ("pipenv install flask", ["flask"]),
        ('pip install "cloudpickle<3" flake8==3.7.*', ["cloudpickle", "flake8"]),
        ("pip install torch==${TORCH} dist/*.whl $MORE 'x<version>' <name>", ["torch"]),
        ("pixi run -e cpu pip install coverage==7.4.3 pytest-cov", ["coverage", "pytest-cov"]),
        ("poetry run python -m pip install numpy", ["numpy"]),
        ("bash -lc 'cd /app && pip install numpy'", ["numpy"]),
        ("uv add 'numpy>=2'", ["numpy"]),
        ("uv run --python 3.12 --with rich --with='pandas>=2' --with x@1.2 train.py --with y", ["rich", "pandas", "x"]),
        ("pipx install supervisor", ["supervisor"]),
        ("pipx inject supervisor supervisor-stdout", ["supervisor-stdout"]),
    ],
)
def test_packages_named_in_a_command(command, names):
    ((_, _, target, _, requirements),) = told(command)
    assert (target, [name for _, name, _ in requirements]) == ("packages", names)


@pytest.mark.parametrize(
    ("command", "tool", "target", "manifest"),
    [
        ("pip install -r requirements.txt", "pip", "manifest", "requirements.txt"),
        ("pip install -qr requirements.txt", "pip", "manifest", "requirements.txt"),
        ("pip3 install --requirement=a.txt -c constraints.txt", "pip", "manifest", "a.txt"),
        ("pip install -e .", "pip", "project", None),
        ("pip install -e demo", "pip", "project", None),
        ("pip install --editable=demo[dev]", "pip", "project", None),
        ("pip install ./lib/ x.whl", "pip", "project", None),
        ("conda env create -f env.yml", "conda", "manifest", "env.yml"),
        ("conda env update", "conda", "manifest", "environment.yml"),
        ("conda install --file spec.txt", "conda", "manifest", "spec.txt"),
        ("pipenv install --system --deploy", "pipenv", "lock", "Pipfile.lock"),
        ("pipenv install --dev", "pipenv", "manifest", "Pipfile"),
        ("poetry install --no-root", "poetry", "lock", "poetry.lock"),
        ("uv sync --frozen", "uv", "lock", "uv.lock"),
        ("rye sync --no-lock", "rye", "lock", "requirements.lock"),
        ("conda-lock install -n x deploy/environment-lock.yml", "conda-lock", "lock", "deploy/environment-lock.yml"),
        ("pixi install", "pixi", "lock", "pixi.lock"),
    ],
)
def test_commands_that_install_from_somewhere(command, tool, target, manifest):
    assert told(command) == [(1, tool, target, manifest, [])]


@pytest.mark.parametrize(
    "command",
    [
        "pip install --upgrade pip setuptools wheel",
        "pip install uv",
        "pip uninstall -y gym",
        "pip freeze > requirements.txt",
        "pip download numpy",
        "# pip install numpy",
        "pip install $PACKAGES",
        "uvx ruff",
        "uvx --with rich ruff",
        "pipx run black .",
        "uv run --extra cpu train.py",
        "uv run --with",
        "pip install -e $REPO",
        "conda activate x",
        "npm install left-pad",
    ],
)
def test_what_installs_nothing_of_interest(command):
    assert told(command) == []


def test_a_word_that_is_no_requirement_is_said():
    _, unread = installs("echo\npip install numpy=1.2 ok")
    assert [(item.why, item.line) for item in unread] == [("not a requirement: numpy=1.2", 2)]


def test_a_file_that_the_script_itself_brings():
    made = [item.made for item in installs("git clone https://x.org/a && pip install -r a/requirements.txt")[0]]
    assert made == [True]
    assert [item.made for item in installs("pip install -r requirements.txt")[0]] == [False]


DOCKERFILE = """\
# syntax=docker/dockerfile:1
ARG VERSION=3.11.9
FROM python:${VERSION}-slim AS build
RUN apt-get update && \\
    # a comment inside
    pip install --no-cache-dir \\
      torch==2.3.1 \\
      'numpy>=1.26'
COPY requirements.txt /opt/reqs.txt
RUN --mount=type=cache,target=/root/.cache pip install -r /opt/reqs.txt
RUN ["pip", "install", "pandas"]
RUN <<EOF
pip install scipy
EOF
FROM build
FROM ${UNKNOWN}
FROM scratch
CMD ["python", "train.py"]
"""


def test_a_dockerfile():
    read = dockerfile.parse(DOCKERFILE)
    assert [(item.line, item.target, item.manifest) for item in read.installs] == [
        (6, "packages", None),
        (10, "manifest", "requirements.txt"),
        (11, "packages", None),
        (13, "packages", None),
    ]
    assert [(item.line, item.name, item.pin, item.section) for item in read.requirements] == [
        (7, "torch", "exact", "install command"),
        (8, "numpy", "lower", "install command"),
        (11, "pandas", "none", "install command"),
        (13, "scipy", "none", "install command"),
    ]


def test_flags_of_an_instruction_may_fill_lines_of_their_own():
    text = (
        "FROM x\nRUN --mount=type=cache,target=/c \\\n    --mount=type=bind,source=uv.lock \\\n    uv sync --frozen\n"
    )
    assert [(item.line, item.tool, item.target) for item in dockerfile.parse(text).installs] == [(4, "uv", "lock")]


def test_what_arguments_and_variables_of_an_image_set_is_filled_in():
    text = "FROM x\nARG V=1.5.3\nENV CUDA=10-0 W='2'\nENV OLD a b\nRUN pip install a==${V} b==$W c==$UNKNOWN && apt-get install -y cuda-$CUDA\n"
    assert [(item.name, item.specifier, item.pin) for item in dockerfile.parse(text).requirements] == [
        ("a", "==1.5.3", "exact"),
        ("b", "==2", "exact"),
        ("c", "==$UNKNOWN", "exact"),
        ("cuda-10-0", "", "none"),
    ]


def test_images_with_the_defaults_of_their_arguments():
    assert dockerfile.images(DOCKERFILE) == [("python:3.11.9-slim", 3, True), ("${UNKNOWN}", 16, False)]


def cells(*sources):
    made = [{"cell_type": "code", "source": source, "metadata": {}, "outputs": []} for source in sources]
    return read_notebook(json.dumps({"cells": made, "metadata": {}, "nbformat": 4}).encode())


def test_a_notebook():
    read = executed.parse(
        cells(
            "import numpy\n",
            "x = 1\n!pip install -q -U \\\n    transformers \\\n    accelerate\n",
            "if COLAB:\n    %pip install shap==0.44\n",
            "%%bash\npip install scipy\n",
            "!ls\n",
            "pip install umap-learn\n",
            "if COLAB:\n    %shell sudo apt install -y hmmer\n",
        )
    )
    assert [(item.cell, item.line, item.name, item.pin, item.section) for item in read.requirements] == [
        (1, 3, "transformers", "none", "notebook"),
        (1, 4, "accelerate", "none", "notebook"),
        (2, 2, "shap", "exact", "notebook"),
        (3, 2, "scipy", "none", "notebook"),
        (5, 1, "umap-learn", "none", "notebook"),
        (6, 2, "hmmer", "none", "notebook"),
    ]


def test_a_notebook_of_databricks():
    text = "# Databricks notebook source\n# MAGIC %pip install shap\n\n# COMMAND ----------\nimport shap\n"
    read = executed.parse(read_python(text.encode()))
    assert [(item.cell, item.line, item.name) for item in read.requirements] == [(0, 1, "shap")]


def test_a_notebook_that_installs_nothing():
    assert executed.parse(cells("install = 1\n")) is None


def test_commands_in_prose():
    text = "Run `pip install x` to install:\n\n    $ pip install torch numpy\n\t@pip install -r a.txt\n- run: uv sync\n"
    read = command_lines.parse(text)
    assert [(item.line, item.target, len(item.requirements)) for item in read.installs] == [
        (3, "packages", 2),
        (4, "manifest", 0),
        (5, "lock", 0),
    ]
    assert read.requirements == ()


@pytest.mark.parametrize(
    ("command", "tool", "packages"),
    [
        (
            "apt-get update && apt-get install -y --no-install-recommends libgl1 g++=4:12",
            "apt",
            [("libgl1", "none"), ("g++", "exact")],
        ),
        ("sudo apt install -o Dpkg::Options::=--force-confold python3.8-dev", "apt", [("python3.8-dev", "none")]),
        ("apk add --no-cache build-base", "apk", [("build-base", "none")]),
        ("yum -y install gcc", "yum", [("gcc", "none")]),
        ("brew install libomp ./own.rb", "brew", [("libomp", "none")]),
    ],
)
def test_packages_of_the_operating_system(command, tool, packages):
    found = [item for item in installs(command)[0] if item.requirements]
    assert [(item.tool, [(r.name, r.pin) for r in item.requirements]) for item in found] == [(tool, packages)]
    assert {r.ecosystem for item in found for r in item.requirements} == {"apt" if tool == "apt" else "other"}


def test_what_only_asks_a_package_manager_installs_nothing():
    assert installs("apt-get update\napt list\nbrew doctor\nyum makecache\n") == ([], [])


WORKFLOW = """\
on: push
jobs:
  test:
    steps:
      - uses: actions/checkout@v4
      - uses: Owner/Tool/sub@0123456789012345678901234567890123456789
      - uses: ./.github/actions/own
      - run: |
          python -m pip install --upgrade pip
          pip install pytest==8.3.3 \\
            coverage
      - name: with a matrix
        run: pip install "torch==${{ matrix.torch }}" pandas
"""


def test_a_workflow_installs_and_uses():
    read = executed.parse(read_text("workflow", WORKFLOW.encode()))
    assert [(r.line, r.name, r.specifier, r.pin, r.ecosystem, r.scope) for r in read.requirements] == [
        (5, "actions/checkout", "v4", "url", "action", "ci"),
        (6, "owner/tool/sub", "0123456789012345678901234567890123456789", "url-rev", "action", "ci"),
        (7, "./.github/actions/own", "", "path", "action", "ci"),
        (10, "pytest", "==8.3.3", "exact", "pypi", "ci"),
        (11, "coverage", "", "none", "pypi", "ci"),
        (13, "torch", "==${matrix_torch}", "exact", "pypi", "ci"),
        (13, "pandas", "", "none", "pypi", "ci"),
    ]


def test_a_workflow_that_is_no_yaml_is_said():
    with pytest.raises(ValueError, match="not YAML"):
        executed.parse(read_text("workflow", b"jobs: [\n"))


def test_tox_and_nox_install_for_tests():
    text = "[tox]\nenvlist = py311\n[testenv]\ndeps =\n    -rreq.txt\n    pytest>=8\n    py38: mock\ncommands =\n    pip install x\n    pytest\n[testenv:docs]\ndeps = sphinx\n"
    read = executed.parse(read_text("tox", text.encode()))
    assert [(r.line, r.name, r.pin, r.section, r.scope) for r in read.requirements] == [
        (9, "x", "none", "install command", "test"),
        (6, "pytest", "lower", "deps", "test"),
        (7, "mock", "none", "deps", "test"),
        (12, "sphinx", "none", "deps", "docs"),
    ]
    assert [(item.how, item.path) for item in read.references] == [("requirement", "req.txt")]
    text = "import nox\n\n@nox.session\ndef lint(session):\n    session.install(\n        'ruff==0.9',\n        'mypy', '-r', name)\n    session.run('ruff', 'check')\n"
    read = executed.parse(read_python(text.encode()))
    assert [(r.line, r.name, r.pin, r.scope) for r in read.requirements] == [
        (6, "ruff", "exact", "dev"),
        (7, "mypy", "none", "dev"),
    ]


def test_a_makefile_with_variables():
    text = "PYTHON ?= python3\nPIP := $(PYTHON) -m pip\nsetup: venv\n\t@$(PIP) install torch \\\n\t  numpy==2\ntest: ; pip install pytest\n"
    read = executed.parse(read_text("makefile", text.encode()))
    assert [(r.line, r.name, r.pin, r.scope) for r in read.requirements] == [
        (4, "torch", "none", "runtime"),
        (5, "numpy", "exact", "runtime"),
        (6, "pytest", "none", "test"),
    ]


def test_a_justfile_indents_with_spaces():
    text = "os := `uname`\n\n@setup *ARGS: venv\n    pip install torch {{ARGS}}\n    poetry install\ntest:\n    @pip install pytest\n"
    read = executed.parse(read_text("makefile", text.encode()))
    assert [(r.line, r.name, r.scope) for r in read.requirements] == [(4, "torch", "runtime"), (7, "pytest", "test")]
    assert [(item.line, item.tool, item.target) for item in read.installs] == [
        (4, "pip", "packages"),
        (5, "poetry", "lock"),
        (7, "pip", "packages"),
    ]


def test_what_python_code_hands_to_a_shell():
    read = executed.parse(read_python(CALLS.encode()))
    assert [(r.line, r.name, r.specifier, r.pin, r.ecosystem, r.section) for r in read.requirements] == [
        (6, "torch", "", "none", "pypi", "install command"),
        (6, "ml-collections", "", "none", "pypi", "install command"),
        (7, "openmm", "=8.2.0", "bounded", "conda", "install command"),
        (7, "python", "={version}", "bounded", "conda", "install command"),
        (9, "shap", "==0.44", "exact", "pypi", "install command"),
        (9, "numpy", "=={wanted}", "exact", "pypi", "install command"),
        (10, "wget", "", "none", "pypi", "install command"),
    ]
    assert [(item.line, item.tool, item.target, item.manifest) for item in read.installs] == [
        (6, "pip", "packages", None),
        (7, "conda", "packages", None),
        (8, "pip", "packages", None),
        (10, "pip", "packages", None),
        (11, "pip", "manifest", "requirements.txt"),
    ]
    assert read.unread == ()


def test_what_the_code_of_a_notebook_hands_to_a_shell():
    read = executed.parse(
        cells("import os\n", "os.system('pip install shap')\nget_ipython().system('pip install lime')\n")
    )
    assert [(r.cell, r.line, r.name, r.section) for r in read.requirements] == [
        (1, 1, "shap", "notebook"),
        (1, 2, "lime", "notebook"),
    ]


def test_the_head_of_a_script():
    text = '#!/usr/bin/env python\n# /// script\n# requires-python = ">=3.11"\n# dependencies = [\n#   "pandas<3",\n#   "???",\n# ]\n# ///\nimport pandas\n'
    read = inline_script.parse(read_python(text.encode()))
    assert [(r.line, r.name, r.pin, r.section) for r in read.requirements] == [(5, "pandas", "upper", "script")]
    assert [(item.line, item.why) for item in read.unread] == [(6, "not a requirement: ???")]
    assert inline_script.parse(read_python(b"# /// script\n# dependencies = [\n")) is None
