from __future__ import annotations

import pytest

from debtscan.manifests.records import Reference, Unread
from debtscan.manifests.setup_py import parse
from debtscan.source.python import read_python


def read(text):
    return parse(read_python(text.encode()))


def told(text):
    """(line, section, name, specifier, scope) of every requirement."""
    return [(item.line, item.section, item.name, item.specifier, item.scope) for item in read(text).requirements]


def test_literal_lists():
    text = """\
from setuptools import setup, find_packages
setup(
    name="x",
    install_requires=[
        "numpy>=1.26",
        "pandas",
    ],
    extras_require={"dev": ["pytest"], "gpu": ["cupy"]},
    setup_requires=["cython"],
)
"""
    assert told(text) == [
        (5, "install_requires", "numpy", ">=1.26", "runtime"),
        (6, "install_requires", "pandas", "", "runtime"),
        (8, "extras_require.gpu", "cupy", "", "runtime"),
        (8, "extras_require.dev", "pytest", "", "dev"),
        (9, "setup_requires", "cython", "", "build"),
    ]
    assert read(text).packaging


def test_names_sums_and_appended_items():
    text = """\
import setuptools
BASE = ["numpy"]
REQUIRES = BASE + ["pandas"]
REQUIRES += ["scipy"]
REQUIRES.append("tqdm")
options = {"name": "x", "install_requires": list(REQUIRES)}
setuptools.setup(**options)
"""
    assert [(row[0], row[2]) for row in told(text)] == [(2, "numpy"), (3, "pandas"), (4, "scipy"), (5, "tqdm")]


def test_both_branches_of_a_condition_count():
    text = """\
from setuptools import setup
if GPU:
    requires = ["tensorflow-gpu"]
else:
    requires = ["tensorflow"]
setup(install_requires=requires)
"""
    assert [row[2] for row in told(text)] == ["tensorflow-gpu", "tensorflow"]


def test_a_table_from_which_lists_are_picked_by_name():
    text = """\
import re
from setuptools import setup
_deps = [
    "Pillow",
    "torch>=2.6",
    "pytest-xdist",
]
deps = {b: a for a, b in (re.findall(r"^(([^!=<>~]+)(?:[!=<>~].*)?$)", x)[0] for x in _deps)}
def deps_list(*pkgs):
    return [deps[pkg] for pkg in pkgs]
extras = {}
extras["test"] = deps_list("pytest-xdist", "torch")
extras["dev"] = extras["test"]
install_requires = [deps["Pillow"]]
setup(install_requires=list(install_requires), extras_require=extras)
"""
    assert told(text) == [
        (4, "install_requires", "pillow", "", "runtime"),
        (5, "extras_require.test", "torch", ">=2.6", "test"),
        (6, "extras_require.test", "pytest-xdist", "", "test"),
    ]
    assert read(text).unread == ()


@pytest.mark.parametrize(
    "reading",
    [
        "[line.strip() for line in open(os.path.join(os.path.dirname(__file__), 'requirements.txt'))]",
        "open('requirements.txt').read().splitlines()",
        "Path('requirements.txt').read_text().split()",
        "required",
        "load()",
    ],
)
def test_a_requirements_file_that_is_opened_is_a_reference(reading):
    text = (
        "import os\nfrom setuptools import setup\n"
        "def load():\n    with open('requirements.txt') as f:\n        return f.readlines()\n"
        "with open('requirements.txt') as f:\n    required = f.read().splitlines()\n"
        f"setup(install_requires={reading})\n"
    )
    assert {(item.how, item.path) for item in read(text).references} == {("metadata", "requirements.txt")}
    assert read(text).unread == ()


def test_what_is_computed_otherwise_is_said():
    text = "from setuptools import setup\nsetup(install_requires=compute())\n"
    assert read(text).unread == (Unread("install_requires is computed and was not followed", 2),)


def test_an_extra_made_of_the_others_adds_nothing():
    text = """\
from setuptools import setup
extras = {"gpu": ["cupy"]}
extras["all"] = list(set(sum(extras.values(), [])))
setup(extras_require=extras)
"""
    assert [row[1] for row in told(text)] == ["extras_require.gpu"]
    assert read(text).unread == ()


@pytest.mark.parametrize(
    "text",
    [
        "import setup\nsetup.setup(install_requires=['x'])\n",
        "def setup(x): pass\nsetup(install_requires=['x'])\n",
        "x = 1\n",
    ],
)
def test_other_functions_of_that_name_are_not_packaging(text):
    assert read(text) is None


def test_a_name_that_stands_for_itself_ends():
    assert read("from setuptools import setup\nx = x + ['a']\nx = [x]\nsetup(install_requires=x)\n").references == ()


def test_references_keep_their_line():
    text = "from setuptools import setup\nsetup(\n    install_requires=open('requirements.txt').read(),\n)\n"
    assert read(text).references == (Reference("metadata", "requirements.txt", 3),)
