from __future__ import annotations

import pytest

from debtscan.manifests import cog, conda, conda_recipe, pipfile, pixi, setup_cfg
from debtscan.manifests.records import Reference, Unread
from tests.manifests.manifest_texts import RECIPE, TEXTS


def rows(manifest):
    return [
        (item.line, item.section, item.name, item.specifier, item.pin, item.scope) for item in manifest.requirements
    ]


def test_setup_cfg():
    read = setup_cfg.parse("""\
[metadata]
name = x
[options]
install_requires =
    numpy>=1.26  # why
    # pandas
    importlib-metadata; python_version < "3.8"
[options.extras_require]
test = pytest
[flake8]
install_requires = nothing
""")
    assert rows(read) == [
        (5, "options.install_requires", "numpy", ">=1.26", "lower", "runtime"),
        (7, "options.install_requires", "importlib-metadata", "", "none", "runtime"),
        (9, "options.extras_require.test", "pytest", "", "none", "test"),
    ]
    assert read.packaging


def test_a_list_on_one_line_of_setup_cfg():
    read = setup_cfg.parse("[options.extras_require]\ndev = black>=24; isort\n")
    assert [(item.line, item.name, item.pin) for item in read.requirements] == [
        (2, "black", "lower"),
        (2, "isort", "none"),
    ]


def test_the_image_of_a_model_described_by_cog():
    read = cog.parse(TEXTS["cog"])
    assert [(item.line, item.section, item.name, item.pin, item.ecosystem) for item in read.requirements] == [
        (3, "build.python_packages", "numpy", "exact", "pypi"),
        (5, "build.system_packages", "ninja", "none", "apt"),
        (7, "install command", "dlib", "none", "pypi"),
        (8, "install command", "x", "none", "pypi"),
    ]
    assert read.references == (Reference("requirement", "r.txt", 9),)


def test_a_bare_version_in_a_pipfile_is_exact():
    read = pipfile.parse("[packages]\na = '1.9.2'\nb = '>=1'\n")
    assert [(item.name, item.pin) for item in read.requirements] == [("a", "exact"), ("b", "lower")]


def test_a_conda_environment_under_any_name_and_a_lock_under_the_name_of_one():
    assert conda.parse_any("dependencies:\n  - role.one\n") is None
    assert conda.parse_any("dependencies: [{name: redis, version: 1}]\nchannels: x\n").requirements == ()
    azure = conda.parse_any("name: train\nconda_file:\n  channels: [defaults]\n  dependencies:\n    - numpy=1.26\n")
    assert [(item.line, item.name, item.pin) for item in azure.requirements] == [(5, "numpy", "bounded")]
    read = conda.parse_any("dependencies:\n  - python>=3.9\n  - numpy\n")
    assert [(item.line, item.name, item.pin) for item in read.requirements] == [
        (2, "python", "lower"),
        (3, "numpy", "none"),
    ]
    lock = conda.parse("metadata:\n  content_hash: {linux-64: x}\npackage:\n- name: numpy\n  version: 1.26.4\n")
    assert (lock.lock.manager, [item.name for item in lock.lock.packages]) == ("conda-lock", ["numpy"])


def test_setup_cfg_that_reads_a_file():
    read = setup_cfg.parse("[options]\ninstall_requires = file: requirements.txt, more.txt\n")
    assert read.references == (Reference("metadata", "requirements.txt", 2), Reference("metadata", "more.txt", 2))


def test_pipfile():
    read = pipfile.parse("""\
[[source]]
url = "https://example.org/simple"
[packages]
pandas = "*"
scikit-learn = "==1.0.2"
demo = {git = "https://github.com/a/demo.git", ref = "main"}
celery = {extras = ["redis"], version = ">=5", markers = "sys_platform == 'linux'"}
[dev-packages]
pytest = "~=7.0"
[requires]
python_version = "3.9"
""")
    assert rows(read) == [
        (4, "packages", "pandas", "*", "none", "runtime"),
        (5, "packages", "scikit-learn", "==1.0.2", "exact", "runtime"),
        (6, "packages", "demo", "", "url", "runtime"),
        (7, "packages", "celery", ">=5", "lower", "runtime"),
        (9, "dev-packages", "pytest", "~=7.0", "bounded", "dev"),
    ]
    assert read.requirements[3].marker == "sys_platform == 'linux'"


def test_the_digest_is_the_one_that_pipenv_writes():
    # from a public repository: the Pipfile and the `_meta.hash.sha256` of its lock
    text = """\
[[source]]
url = "https://pypi.org/simple"
verify_ssl = true
name = "pypi"

[packages]
scikit-learn = "==1.0.2"
flask = "*"
gunicorn = "*"

[dev-packages]
requests = "*"

[requires]
python_version = "3.9"
"""
    assert pipfile.parse(text).digests == ("ed1eb37787fb81931b337c079b87123b772c9fdebb71de3510f36f38fb4bcd75",)


def test_a_conda_recipe():
    read = conda_recipe.parse(RECIPE)
    assert [(r.line, r.name, r.specifier, r.pin, r.section, r.scope, r.published) for r in read.requirements] == [
        (8, "cmake", ">=3", "lower", "requirements.build", "build", False),
        (10, "python", "", "none", "requirements.host", "build", False),
        (11, "lib", "=1.2", "bounded", "requirements.host", "build", False),
        (13, "python", ">=3.8,<3.12", "bounded", "requirements.run", "runtime", True),
        (15, "torch", "", "none", "requirements.run", "runtime", True),
        (17, "mkl", ">1", "lower", "requirements.run", "runtime", True),
        (17, "tbb", "", "none", "requirements.run", "runtime", True),
        (18, "accelerate", "", "none", "requirements.run", "runtime", True),
        (27, "z", "1.2", "exact", "requirements.run", "runtime", True),
        (23, "pytest", "", "none", "test.requires", "test", False),
    ]
    assert {r.ecosystem for r in read.requirements} == {"conda"}
    assert [(item.line, item.why) for item in read.unread] == [(19, "not a conda specification: ???")]


def test_other_yaml_with_requirements_is_no_recipe():
    assert conda_recipe.parse("requirements:\n  run: [a]\n") is None
    assert conda_recipe.parse("package: x\n") is None


def test_a_conda_environment():
    read = conda.parse("""\
name: demo
channels: [conda-forge]
dependencies:
  - python=3.8.5
  - pytorch::pytorch=1.7.1=py3.8_cuda11.0
  - numpy >=1.21,<2
  - pandas[version='1.5.*']
  - scipy 1.9.0
  - pip
  - pip:
      - torch>=2.0
      - -r requirements.txt
      - -e .
""")
    assert rows(read) == [
        (4, "dependencies", "python", "=3.8.5", "bounded", "runtime"),
        (5, "dependencies", "pytorch", "=1.7.1=py3.8_cuda11.0", "exact", "runtime"),
        (6, "dependencies", "numpy", ">=1.21,<2", "bounded", "runtime"),
        (7, "dependencies", "pandas", "1.5.*", "bounded", "runtime"),
        (8, "dependencies", "scipy", "1.9.0", "exact", "runtime"),
        (9, "dependencies", "pip", "", "none", "runtime"),
        (11, "dependencies.pip", "torch", ">=2.0", "lower", "runtime"),
    ]
    assert [item.ecosystem for item in read.requirements] == ["conda"] * 6 + ["pypi"]
    assert read.references == (Reference("requirement", "requirements.txt", 12),)


@pytest.mark.parametrize("text", ["", "version: 3\nservices: {}\n", "dependencies: none\n", "- a\n- b\n"])
def test_other_yaml_holds_no_environment(text):
    assert conda.parse(text).requirements == ()


def test_a_line_that_is_no_specification_is_said():
    assert conda.parse("dependencies:\n  - numpy\n  - '|x'\n").unread == (Unread("not a conda specification: |x", 3),)


def test_pixi_toml():
    read = pixi.parse("[dependencies]\npython = '3.11.*'\n[pypi-dependencies]\nx = '=1'\ntorch = '==2.3.1'\n")
    assert rows(read) == [
        (2, "dependencies", "python", "3.11.*", "bounded", "runtime"),
        (5, "pypi-dependencies", "torch", "==2.3.1", "exact", "runtime"),
    ]
    assert read.unread == (Unread("not a version specifier: =1", 4),)
