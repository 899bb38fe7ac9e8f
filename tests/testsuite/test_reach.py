"""Which modules a test reaches, as Python would resolve its imports."""

from __future__ import annotations

import pytest

from debtscan.source.modules import Modules
from debtscan.source.python import read_python
from debtscan.testsuite.reach import find_imports, reach, reach_through, scripts_run


def links(files: dict[str, str], *tests: str) -> list[tuple[str, str, str]]:
    imports = {path: find_imports(read_python(code.encode())) for path, code in files.items()}
    return [(link.test_path, link.target_path, link.how) for link in reach(tests, imports, Modules(files))]


@pytest.mark.parametrize(
    "statement", ["import pkg.model", "from pkg import model", "from pkg.model import fit", "import pkg.model as m"]
)
def test_an_import_links_the_module(statement):
    files = {"tests/test_a.py": statement, "pkg/__init__.py": "", "pkg/model.py": ""}
    assert ("tests/test_a.py", "pkg/model.py", "import") in links(files, "tests/test_a.py")


def test_a_src_layout_is_found():
    files = {"tests/test_a.py": "from pkg.model import fit", "src/pkg/__init__.py": "", "src/pkg/model.py": ""}
    assert links(files, "tests/test_a.py") == [("tests/test_a.py", "src/pkg/model.py", "import")]


def test_names_re_exported_by_a_package_link_the_module_that_defines_them():
    files = {
        "tests/test_a.py": "from pkg import Sampler",
        "pkg/__init__.py": "from .over_sampling import Sampler",
        "pkg/over_sampling/__init__.py": "from ._smote import Sampler",
        "pkg/over_sampling/_smote.py": "",
    }
    assert links(files, "tests/test_a.py") == [
        ("tests/test_a.py", "pkg/__init__.py", "import"),
        ("tests/test_a.py", "pkg/over_sampling/_smote.py", "re-export"),
    ]


def test_relative_imports_are_followed():
    files = {
        "pkg/tests/test_a.py": "from ..model import fit\nfrom .. import other",
        "pkg/model.py": "",
        "pkg/other.py": "",
    }
    assert links(files, "pkg/tests/test_a.py") == [
        ("pkg/tests/test_a.py", "pkg/model.py", "import"),
        ("pkg/tests/test_a.py", "pkg/other.py", "import"),
    ]


def test_of_several_modules_of_one_name_the_nearest_is_meant():
    files = {"a/test_x.py": "import utils", "a/utils.py": "", "b/utils.py": "", "utils.py": ""}
    assert links(files, "a/test_x.py") == [("a/test_x.py", "a/utils.py", "import")]


def test_what_conftest_imports_counts_for_the_tests_below_it():
    files = {"tests/conftest.py": "import model", "tests/unit/test_a.py": "import os", "model.py": ""}
    assert links(files, "tests/unit/test_a.py") == [("tests/unit/test_a.py", "model.py", "import")]


def test_modules_from_elsewhere_link_nothing():
    assert links({"test_a.py": "import numpy\nfrom sklearn.svm import SVC\nfrom ..above import x"}, "test_a.py") == []


def test_a_ring_of_re_exports_ends():
    files = {"test_a.py": "from p import x", "p/__init__.py": "from .q import x", "p/q.py": "from . import x"}
    assert ("test_a.py", "p/__init__.py", "import") in links(files, "test_a.py")


@pytest.mark.parametrize(
    ("text", "scripts"),
    [
        ("run: python train.py --epochs 1", ["train.py"]),
        ("python3 -W ignore ./tools/export.py && python -m pytest tests", ["tools/export.py"]),
        ("pip install x.py; cat train.py", []),
    ],
)
def test_scripts_that_a_workflow_starts_are_seen(text, scripts):
    assert scripts_run(text) == scripts


def test_a_lazy_package_with_starred_fallbacks_is_followed_by_name():
    files = {
        "tests/test_a.py": "from lib import Scheduler",
        "src/lib/__init__.py": (
            "try:\n    check()\nexcept ImportError:\n    from .dummies import *\n"
            "if TYPE_CHECKING:\n    from .schedulers import Scheduler\n"
        ),
        "src/lib/dummies.py": "",
        "src/lib/schedulers/__init__.py": "if TYPE_CHECKING:\n    from .scheduling_lcm import Scheduler\n",
        "src/lib/schedulers/scheduling_lcm.py": "",
    }
    assert links(files, "tests/test_a.py")[-1] == (
        "tests/test_a.py",
        "src/lib/schedulers/scheduling_lcm.py",
        "re-export",
    )


def test_what_a_reached_module_imports_is_reached_through_it():
    files = {
        "test_a.py": "import front",
        "front.py": "from inner import x",
        "inner.py": "import deep",
        "deep.py": "",
        "else_.py": "",
    }
    imports = {path: find_imports(read_python(code.encode())) for path, code in files.items()}
    modules = Modules(files)
    direct = list(reach(["test_a.py"], imports, modules))
    assert [(link.target_path, link.how) for link in [*direct, *reach_through(direct, imports, modules)]] == [
        ("front.py", "import"),
        ("inner.py", "through"),
        ("deep.py", "through"),
    ]
