from __future__ import annotations

import pytest

from debtscan.components.owners import owner_of
from debtscan.repository import open_target
from debtscan.scan import scan
from debtscan.scanners import Stated
from tests.scanning import AS_OF, scan_files, write_files

LIBRARY = """\
[build-system]
requires = ["hatchling"]
[project]
name = "x"
requires-python = ">=3.9"
classifiers = ["Development Status :: 4 - Beta"]
"""
APPLICATION = "[project]\nname = 'x'\nversion = '1'\ndependencies = []\n"


def kinds(tmp_path, files):
    """(root, kind) of every component."""
    return [(row.root, row.kind) for row in scan_files(tmp_path, files)["components"]]


def root(tmp_path, files):
    return scan_files(tmp_path, files)["components"][0]


@pytest.mark.parametrize(
    ("files", "kind", "why"),
    [
        (
            {"pyproject.toml": APPLICATION, "LICENSE": "x", "a.py": "x = 1\n"},
            "application",
            "its [project] has no [build-system], so nothing builds a package of it",
        ),
        (
            {"pyproject.toml": LIBRARY + "[tool.uv]\npackage = false\n", "LICENSE": "x"},
            "application",
            "tool.uv.package is false",
        ),
        (
            {"pyproject.toml": "[tool.poetry]\nname = 'x'\npackage-mode = false\n[build-system]\nrequires = []\n"},
            "application",
            "Poetry's package-mode is false",
        ),
        (
            {"pyproject.toml": LIBRARY.replace("Development Status :: 4 - Beta", "Private :: Do Not Upload")},
            "application",
            "its classifiers say Private :: Do Not Upload",
        ),
        (
            {
                "pyproject.toml": LIBRARY,
                ".github/workflows/release.yml": "jobs:\n  a:\n    steps:\n      - uses: pypa/gh-action-pypi-publish@v1\n",
                "src/x/__init__.py": "",
            },
            "library",
            ".github/workflows/release.yml uploads it as a package",
        ),
        (
            {"setup.py": "from setuptools import setup\nsetup(name='x')\n", "Procfile": "web: gunicorn app\n"},
            "application",
            "a Procfile starts it",
        ),
        (
            {"pyproject.toml": LIBRARY, "LICENSE": "x", "src/x/__init__.py": ""},
            "library",
            "describes a package for others (a Python range, a [build-system], a licence, a src layout, classifiers)",
        ),
        (
            {"pyproject.toml": LIBRARY, "LICENSE": "x", "train.py": "import x\n", "detect.py": "import x\n"},
            "application",
            (
                "describes a package for others (a Python range, a [build-system], a licence, classifiers), but "
                "detect.py, train.py are run from a clone"
            ),
        ),
        (
            {
                "pyproject.toml": "[build-system]\nrequires = ['poetry-core']\n[project]\nname = 'x'\nversion = '1'\n"
                "requires-python = '>=3.11'\n",
                "LICENSE": "x",
                "api/main.py": "from fastapi import FastAPI\napp = FastAPI()\nif __name__ == '__main__':\n    pass\n",
                "api/work.py": "if __name__ == '__main__':\n    pass\n",
            },
            "service",
            "api/main.py answers requests (FastAPI)",
        ),
        (
            {"pyproject.toml": LIBRARY, "LICENSE": "x", "app.py": "from fastapi import FastAPI\napp = FastAPI()\n"},
            "service",
            "app.py answers requests (FastAPI)",
        ),
        (
            {
                "setup.py": "from setuptools import setup, find_packages\nsetup(name='latent-diffusion', "
                "version='0.0.1', description='', packages=find_packages(), install_requires=['torch'])\n",
                "LICENSE": "x",
                "main.py": "import torch\n",
            },
            "application",
            "setup.py only puts the code on the path and describes no package",
        ),
        ({"train.py": "import torch\n"}, "application", "train.py is started from its folder"),
        (
            {"Code/run_all.py": "if __name__ == '__main__':\n    pass\n"},
            "application",
            "has scripts to start and nothing that makes a package",
        ),
        ({"analysis.ipynb": '{"cells": []}'}, "notebooks", "holds notebooks and no other Python code"),
        ({"helpers.py": "x = 1\n"}, "unknown", "has nothing that tells a library from an application"),
        ({"README.md": "x"}, "unknown", "holds no Python code"),
        ({"cookiecutter.json": "{}", "pyproject.toml": LIBRARY, "LICENSE": "x"}, "template", None),
        (
            {f"{n:02}_chapter/a.ipynb": '{"cells": []}' for n in range(1, 6)}
            | {"README.md": "Code of the book: chapters"},
            "course",
            "5 numbered chapters, and its README speaks of teaching",
        ),
        (
            {
                "README.md": "# A book\n\nThe code of each chapter of the book.\n",
                "pyproject.toml": (
                    '[build-system]\nrequires = ["hatchling"]\n[project]\nname = "book"\nversion = "1.0"\n'
                    'requires-python = ">=3.10"\nclassifiers = ["Topic :: Education"]\n'
                ),
                "LICENSE": "MIT",
                **{f"ch0{n}/main.py": "import torch\n" for n in range(1, 6)},
            },
            "course",
            "5 numbered chapters, and its README speaks of teaching",
        ),
        # udacity/deep-learning-v2-pytorch has a folder for each subject, and no numbers
        (
            {
                f"{part}/{part}_{name}.ipynb": '{"cells": []}'
                for part in ("gan", "rnn", "mlp")
                for name in ("Exercise", "Solution")
            },
            "course",
            "3 exercises, and 3 solutions",
        ),
        (
            {f"week_{n}/main.py": "import torch\n" for n in range(5)},
            "course",
            "5 numbered chapters, and folders with the names of lessons",
        ),
        (
            {
                "setup.py": "from setuptools import setup\nsetup(name='src', version='1', description='x', license='MIT')\n",
                "src/__init__.py": "",
                "src/models/__init__.py": "",
                "LICENSE": "MIT",
            },
            "unknown",
            "has nothing that tells a library from an application",
        ),
    ],
)
def test_the_first_sign_that_holds_decides(tmp_path, files, kind, why):
    row = root(tmp_path, files)
    assert (row.kind, row.why if why else None) == (kind, why)


def test_a_setup_py_with_a_licence_and_extras_is_a_library(tmp_path):
    files = {
        "setup.py": "from setuptools import setup\nsetup(name='clip', version='1.0', description='', "
        "packages=['clip'], install_requires=[], include_package_data=True, extras_require={'dev': ['pytest']})\n",
        "LICENSE": "MIT",
        "clip/__init__.py": "",
        "hubconf.py": "",
    }
    row = root(tmp_path, files)
    assert (row.kind, row.publishes) == ("library", True)


def test_a_package_that_is_run_from_a_clone_still_publishes_its_metadata(tmp_path):
    row = root(tmp_path, {"pyproject.toml": LIBRARY, "LICENSE": "x", "train.py": "", "detect.py": ""})
    assert (row.kind, row.confidence, row.publishes) == ("application", 0.6, True)


def test_an_image_that_starts_a_server_makes_a_service(tmp_path):
    files = {
        "Pipfile": "[packages]\nflask = '*'\n",
        "Dockerfile": 'FROM python:3.9.7\nCOPY predict.py ./\nENTRYPOINT ["gunicorn", "--bind=0.0.0.0:9696", "predict:app"]\n',
        "predict.py": "from flask import Flask\napp = Flask('x')\n",
    }
    row = root(tmp_path, files)
    assert (row.kind, row.why) == ("service", "Dockerfile starts `gunicorn --bind=0.0.0.0:9696 predict:app`")


def test_a_framework_that_serves_by_itself_makes_a_service(tmp_path):
    files = {
        "backend/requirements.txt": "fastapi\n",
        "backend/Dockerfile": 'FROM python:3.11.9\nCOPY ./backend/app /app\nCMD ["fastapi", "run", "--workers", "4"]\n',
        "backend/app/main.py": "from fastapi import FastAPI\napp = FastAPI()\n",
    }
    assert kinds(tmp_path, files)[1] == ("backend", "service")


def test_one_script_beside_a_package_is_a_leftover(tmp_path):
    assert root(tmp_path, {"pyproject.toml": LIBRARY, "LICENSE": "x", "train.py": ""}).kind == "library"


def test_of_a_collection_of_examples_less_is_asked(tmp_path):
    files = {
        "README.md": "# PyTorch Examples\n",
        "mnist/requirements.txt": "torch\n",
        "mnist/main.py": "import torch\n",
    }
    rows = scan_files(tmp_path, files)["components"]
    assert [(row.root, row.kind, row.confidence) for row in rows] == [
        (".", "unknown", 0.4),
        ("mnist", "application", 0.6),
    ]


def test_a_repository_of_templates_is_one(tmp_path):
    files = {
        "README.md": "Starters\n",
        "features/run.py": "if __name__ == '__main__':\n    pass\n",
        "iris/{{ cookiecutter.repo_name }}/requirements.txt": "pandas\n",
    }
    assert kinds(tmp_path, files) == [(".", "template"), ("iris/{{ cookiecutter.repo_name }}", "template")]


def test_a_command_of_the_installed_project_is_started_by_its_image(tmp_path):
    files = {
        "pyproject.toml": LIBRARY,
        "LICENSE": "x",
        "Dockerfile": 'FROM python:3.11.9\nCOPY . .\nRUN pip install .\nENTRYPOINT ["private-gpt"]\nCMD ["serve"]\n',
    }
    row = root(tmp_path, files)
    assert (row.kind, row.why, row.publishes) == ("application", "Dockerfile starts `private-gpt`", True)


def test_an_example_that_is_run_makes_no_application_of_a_library(tmp_path):
    files = {
        "pyproject.toml": LIBRARY,
        "LICENSE": "x",
        "examples/serving/Dockerfile": 'FROM python:3.11.9\nCOPY . .\nCMD ["python", "app.py"]\n',
        "examples/serving/app.py": "from flask import Flask\napp = Flask('x')\n",
    }
    assert kinds(tmp_path, files) == [(".", "library")]


def test_an_image_with_a_notebook_server_starts_no_product(tmp_path):
    row = root(tmp_path, {"Dockerfile": "FROM x\nCMD jupyter lab\n", "a.ipynb": '{"cells": []}'})
    assert row.kind == "notebooks"


@pytest.mark.parametrize(
    ("start", "kind"),
    [("CMD bash", "library"), ('CMD ["/bin/bash"]', "library"), ('CMD ["train"]', "application"), ("", "application")],
)
def test_an_image_that_only_opens_a_shell_is_a_place_to_work_on_a_library(tmp_path, start, kind):
    image = f"FROM python:3.12\nCOPY . .\nRUN pip install .\n{start}\n"
    assert root(tmp_path, {"pyproject.toml": LIBRARY, "LICENSE": "x", "Dockerfile": image}).kind == kind


def test_a_library_that_mentions_a_tutorial_is_no_course(tmp_path):
    readme = (
        "A library. See the tutorial, the course and the workshop. Chapters 1 to 3, exercises, lessons, homework.\n"
    )
    assert root(tmp_path, {"pyproject.toml": LIBRARY, "LICENSE": "x", "README.md": readme}).kind == "library"


def test_every_folder_with_a_manifest_of_its_own_is_a_component(tmp_path):
    files = {
        "pyproject.toml": LIBRARY,
        "LICENSE": "x",
        "services/api/requirements.txt": "flask\n",
        "services/api/app.py": "import flask\n",
        "jobs/environment.yml": "dependencies:\n  - pandas\n",
        "jobs/lib/setup.py": "from setuptools import setup\nsetup(name='y')\n",
        "tools/pyproject.toml": "[tool.black]\nline-length = 99\n",
        "deploy/environment.yml": "services: {}\n",
        "scripts/setup.py": "def setup(): pass\n",
        "requirements/dev.txt": "ruff\n",
        "docs/requirements.txt": "sphinx\n",
        "tests/data/project/setup.py": "from setuptools import setup\nsetup(name='z')\n",
        "third_party/w/requirements.txt": "torch\n",
    }
    assert kinds(tmp_path, files) == [
        (".", "library"),
        ("jobs", "unknown"),
        ("jobs/lib", "application"),
        ("services/api", "application"),
    ]


def test_what_lies_in_a_course_is_part_of_it(tmp_path):
    files = {f"{n:02}-week/notes.md": "x" for n in range(1, 6)}
    files |= {"README.md": "A course", "04-week/service/Pipfile": "[packages]\n", "04-week/service/app.py": ""}
    row = scan_files(tmp_path, files)["components"][1]
    assert (row.root, row.kind, row.why) == ("04-week/service", "course", "part of a course")


def test_settings_win_over_what_is_seen(tmp_path):
    with open_target(str(write_files(tmp_path, {"train.py": ""}))) as repository:
        rows = scan(repository, AS_OF, Stated({".": "library"}, {".": "@team"})).tables["components"]
    assert [(row.kind, row.confidence, row.why, row.owner) for row in rows] == [
        ("library", 1.0, "stated in the settings", "@team")
    ]


def test_owners_come_from_codeowners_and_mail_addresses_stay_out(tmp_path):
    files = {
        ".github/CODEOWNERS": "# who\n*  @org/platform\n/services/api/  @org/api ada@example.org\n*.md @org/docs\n",
        "services/api/requirements.txt": "flask\n",
    }
    rows = scan_files(tmp_path, files)["components"]
    assert [(row.root, row.owner) for row in rows] == [(".", "@org/platform"), ("services/api", "@org/api")]


@pytest.mark.parametrize(
    ("pattern", "folder", "owned"),
    [
        ("*", ".", True),
        ("/a/", ".", False),
        ("/a/", "a/b", True),
        ("/a", "b/a", False),
        ("a/", "b/a", True),
        ("a/*", "a/b", True),
        ("**/b", "a/b/c", True),
        ("*.py", "a", False),
    ],
)
def test_patterns_of_codeowners(pattern, folder, owned):
    assert (owner_of(folder, [(pattern, "@x")]) == "@x") is owned
