from __future__ import annotations

import pytest

from debtscan.manifests.pyproject import parse
from debtscan.manifests.records import Reference, Unread


def told(text):
    """(line, section, name, specifier, pin, scope, published) of every requirement."""
    return [
        (item.line, item.section, item.name, item.specifier, item.pin, item.scope, item.published)
        for item in parse(text).requirements
    ]


def test_the_standard_tables():
    text = """\
[build-system]
requires = ["hatchling>=1.27"]
[project]
dependencies = [
  "numpy>=1.26,<3",  # a comment
  "pandas[parquet]",
]
[project.optional-dependencies]
gpu = ["cupy"]
tests = ["pytest>=8"]
[dependency-groups]
docs = ["sphinx"]
dev = [{ include-group = "docs" }, "ruff==0.9.0"]
"""
    assert told(text) == [
        (2, "build-system.requires", "hatchling", ">=1.27", "lower", "build", False),
        (5, "project.dependencies", "numpy", ">=1.26,<3", "bounded", "runtime", True),
        (6, "project.dependencies", "pandas", "", "none", "runtime", True),
        (9, "project.optional-dependencies.gpu", "cupy", "", "none", "runtime", True),
        (10, "project.optional-dependencies.tests", "pytest", ">=8", "lower", "test", True),
        (12, "dependency-groups.docs", "sphinx", "", "none", "docs", False),
        (13, "dependency-groups.dev", "ruff", "==0.9.0", "exact", "dev", False),
    ]


def test_the_tables_of_poetry():
    text = """\
[tool.poetry.dependencies]
python = "^3.10"
pandas = "^2.1"
numpy = "1.26.4"
torch = [{ version = "2.3.1", markers = "sys_platform == 'linux'" }, { version = "*" }]
demo = { git = "https://github.com/a/demo.git", branch = "main" }
own = { path = "../own" }
[tool.poetry.dev-dependencies]
black = "*"
[tool.poetry.group.docs.dependencies]
sphinx = ">=7"
"""
    assert told(text) == [
        (3, "tool.poetry.dependencies", "pandas", "^2.1", "bounded", "runtime", True),
        (4, "tool.poetry.dependencies", "numpy", "1.26.4", "exact", "runtime", True),
        (5, "tool.poetry.dependencies", "torch", "2.3.1", "exact", "runtime", True),
        (5, "tool.poetry.dependencies", "torch", "*", "none", "runtime", True),
        (6, "tool.poetry.dependencies", "demo", "", "url", "runtime", True),
        (7, "tool.poetry.dependencies", "own", "", "path", "runtime", True),
        (9, "tool.poetry.dev-dependencies", "black", "*", "none", "dev", False),
        (11, "tool.poetry.group.docs.dependencies", "sphinx", ">=7", "lower", "docs", False),
    ]


def test_poetry_takes_the_standard_list_where_there_is_one():
    text = "[project]\ndependencies = ['numpy']\n[tool.poetry.dependencies]\nnumpy = { source = 'x' }\n"
    assert [row[1] for row in told(text)] == ["project.dependencies"]


def test_the_tables_of_pdm_uv_hatch_and_flit():
    text = """\
[tool.pdm.dev-dependencies]
lint = ["ruff"]
[tool.uv]
dev-dependencies = ["pytest"]
[tool.hatch.envs.default]
dependencies = ["coverage"]
[tool.hatch.envs.docs]
extra-dependencies = ["mkdocs"]
[tool.flit.metadata]
requires = ["click"]
"""
    assert [(row[1], row[2], row[5]) for row in told(text)] == [
        ("tool.pdm.dev-dependencies.lint", "ruff", "dev"),
        ("tool.uv.dev-dependencies", "pytest", "dev"),
        ("tool.flit.metadata.requires", "click", "runtime"),
        ("tool.hatch.envs.default.dependencies", "coverage", "dev"),
        ("tool.hatch.envs.docs.extra-dependencies", "mkdocs", "docs"),
    ]


def test_the_tables_of_pixi():
    text = """\
[tool.pixi.dependencies]
numpy = ">=1.25,<3"
pytorch = { version = "2.3.1", build = "py311_cuda*" }
[tool.pixi.feature.docs.pypi-dependencies]
demo = { path = ".", editable = true }
[tool.pixi.target.linux-64.dependencies]
cuda = "*"
"""
    rows = [
        (item.line, item.section, item.name, item.pin, item.scope, item.ecosystem) for item in parse(text).requirements
    ]
    assert rows == [
        (2, "tool.pixi.dependencies", "numpy", "bounded", "runtime", "conda"),
        (3, "tool.pixi.dependencies", "pytorch", "exact", "runtime", "conda"),
        (7, "tool.pixi.target.linux-64.dependencies", "cuda", "none", "runtime", "conda"),
        (5, "tool.pixi.feature.docs.pypi-dependencies", "demo", "path", "docs", "pypi"),
    ]


@pytest.mark.parametrize(
    ("source", "pin", "url"),
    [
        ("{ git = 'https://github.com/a/b', branch = 'main' }", "url", "git+https://github.com/a/b@main"),
        (
            f"{{ git = 'https://github.com/a/b', rev = '{'0' * 40}' }}",
            "url-rev",
            f"git+https://github.com/a/b@{'0' * 40}",
        ),
        ("{ workspace = true }", "path", "."),
        ("{ index = 'internal' }", "lower", None),
    ],
)
def test_uv_takes_a_requirement_from_elsewhere(source, pin, url):
    text = f"[project]\ndependencies = ['demo>=1']\n[tool.uv.sources]\ndemo = {source}\n"
    (item,) = parse(text).requirements
    assert (item.pin, item.url) == (pin, url)


def test_a_package_that_takes_its_list_from_a_file():
    text = """\
[tool.setuptools.dynamic]
dependencies = { file = ["requirements.txt", "more.txt"] }
optional-dependencies.dev = { file = "dev.txt" }
"""
    assert parse(text).references == (
        Reference("metadata", "requirements.txt", 1),
        Reference("metadata", "more.txt", 1),
        Reference("metadata", "dev.txt", 1),
    )


def test_what_cannot_be_read_is_said_with_its_line():
    text = "[project]\ndependencies = [\n  'numpy',\n  'not a requirement',\n]\n"
    assert parse(text).unread == (Unread("not a requirement: not a requirement", 4),)


@pytest.mark.parametrize(
    "text",
    [
        "project = 1",
        "[project]\ndependencies = 'numpy'",
        "[project]\ndependencies = [1, {a = 2}]",
        "tool = []",
        "[tool]\npoetry = 3\npixi = []\nuv = {sources = 1}",
        "[tool.poetry]\ndependencies = []\ngroup = 1",
        "[tool.setuptools]\ndynamic = {dependencies = 1}",
        "[dependency-groups]\na = 1",
    ],
)
def test_tables_of_another_shape_hold_nothing(text):
    assert parse(text).requirements == ()
