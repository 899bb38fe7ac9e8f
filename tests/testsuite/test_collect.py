"""What a runner would collect: pytest's and unittest's rules, on files as people write them."""

from __future__ import annotations

import pytest

from debtscan.source.python import read_python
from debtscan.testsuite.candidates import find_candidates
from debtscan.testsuite.collect import collect
from debtscan.testsuite.config import PytestConfig, read_config


def collected(
    files: dict[str, str], configs: dict[str, PytestConfig] | None = None
) -> list[tuple[str, int, int, bool]]:
    """(node id, line, assertions, skipped) of every test."""
    candidates = {path: found for path, code in files.items() if (found := find_candidates(read_python(code.encode())))}
    return [(test.name, test.line, test.asserts, test.skipped) for test in collect(candidates, configs or {})]


def names(files: dict[str, str], configs: dict[str, PytestConfig] | None = None) -> list[str]:
    return [name for name, _, _, _ in collected(files, configs)]


TEST = "def test_x():\n    assert True\n"


@pytest.mark.parametrize("path", ["test_a.py", "a_test.py", "pkg/tests/test_a.py"])
def test_files_are_told_by_their_name(path):
    assert names({path: TEST}) == [f"{path}::test_x"]


@pytest.mark.parametrize(
    "path", ["a.py", "testing.py", "tests/helpers.py", "build/test_a.py", ".hidden/test_a.py", "a_tests.py"]
)
def test_other_files_are_not_collected(path):
    assert names({path: TEST}) == []


def test_an_inference_script_called_test_is_no_test():
    assert names({"test_on_image.py": "import torch\nmodel = torch.load('m')\ndef main():\n    print(model)\n"}) == []


def test_the_test_loop_of_a_training_script_is_no_test():
    assert names({"test_net.py": "def test(model, loader, device):\n    assert model\n"}) == []


def test_a_function_that_asks_for_fixtures_of_the_repository_is_a_test():
    files = {
        "tests/conftest.py": "import pytest\n@pytest.fixture\ndef model():\n    return 1\n",
        "tests/test_a.py": "def test_fit(model, tmp_path):\n    assert model\n",
    }
    assert collected(files) == [("tests/test_a.py::test_fit", 1, 1, False)]


def test_parametrised_arguments_need_no_fixture():
    code = "import pytest\n@pytest.mark.parametrize('a, b', [(1, 2)])\ndef test_sum(a, b):\n    assert a < b\n"
    assert names({"test_a.py": code}) == ["test_a.py::test_sum"]


def test_a_fixture_called_test_is_no_test():
    assert names({"test_a.py": "import pytest\n@pytest.fixture\ndef test_data():\n    return 1\n"}) == []


def test_classes_are_collected_by_pytests_rules():
    code = (
        "import unittest\n"
        "class TestA:\n    def test_m(self):\n        assert 1\n"
        "class TestWithInit:\n    def __init__(self):\n        pass\n    def test_m(self):\n        assert 1\n"
        "class Helper:\n    def test_m(self):\n        assert 1\n"
        "class AnyName(unittest.TestCase):\n    def test_m(self):\n        self.assertTrue(1)\n    def helper(self):\n        pass\n"
        "class TestOff:\n    __test__ = False\n    def test_m(self):\n        assert 1\n"
    )
    assert collected({"test_a.py": code}) == [
        ("test_a.py::TestA::test_m", 3, 1, False),
        ("test_a.py::AnyName::test_m", 14, 1, False),
    ]


def test_inherited_methods_count_where_they_are_collected():
    files = {
        "tests/mixins.py": "class ModelTesterMixin:\n    def test_save(self):\n        assert self.model\n",
        "tests/test_a.py": (
            "import unittest\nfrom mixins import ModelTesterMixin\n"
            "class UNetTests(ModelTesterMixin, unittest.TestCase):\n    def test_own(self):\n        self.assertTrue(1)\n"
        ),
    }
    assert collected(files) == [
        ("tests/test_a.py::UNetTests::test_save", 3, 1, False),
        ("tests/test_a.py::UNetTests::test_own", 4, 1, False),
    ]


def test_a_case_whose_base_is_a_case_of_another_file_is_a_case():
    files = {
        "tests/base.py": "import unittest\nclass Base(unittest.TestCase):\n    pass\n",
        "tests/test_a.py": "from base import Base\nclass Thing(Base):\n    def test_x(self):\n        self.fail()\n",
    }
    assert names(files) == ["tests/test_a.py::Thing::test_x"]


def test_assertions_in_helpers_count():
    code = (
        "def verify(x):\n    assert x\n"
        "def check_all(x):\n    verify(x)\n"
        "def test_direct():\n    verify(1)\n"
        "def test_through_two():\n    check_all(1)\n"
        "def test_none():\n    print(1)\n"
    )
    assert [(name, asserts) for name, _, asserts, _ in collected({"test_a.py": code})] == [
        ("test_a.py::test_direct", 1),
        ("test_a.py::test_through_two", 1),
        ("test_a.py::test_none", 0),
    ]


@pytest.mark.parametrize(
    ("decorator", "skipped"),
    [
        ("@pytest.mark.skip(reason='slow')", True),
        ("@pytest.mark.skip", True),
        ("@unittest.skip('slow')", True),
        ("@pytest.mark.skipif(True, reason='gpu')", False),
        ("@pytest.mark.slow", False),
    ],
)
def test_only_what_is_skipped_everywhere_is_skipped(decorator, skipped):
    code = f"import pytest, unittest\n{decorator}\ndef test_x():\n    assert 1\n"
    assert collected({"test_a.py": code}) == [("test_a.py::test_x", 3, 1, skipped)]


def test_a_module_marked_skip_is_skipped_whole():
    code = "import pytest\npytestmark = [pytest.mark.skip('old')]\ndef test_x():\n    assert 1\n"
    assert collected({"test_a.py": code}) == [("test_a.py::test_x", 3, 1, True)]


def test_unittest_cases_in_a_file_called_tests_are_collected_by_unittest():
    code = "import unittest\nclass A(unittest.TestCase):\n    def test_x(self):\n        self.fail()\n"
    assert names({"app/tests.py": code}) == ["app/tests.py::A::test_x"]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("pyproject", '[tool.pytest.ini_options]\npython_files = ["check_*.py"]\ntestpaths = ["checks"]\n'),
        ("ini", "[pytest]\npython_files = check_*.py\ntestpaths = checks\n"),
        ("tox", "[tox]\n[pytest]\npython_files =\n    check_*.py\ntestpaths =\n    checks\n"),
        ("setup_cfg", "[tool:pytest]\npython_files = check_*.py\ntestpaths = checks\n"),
    ],
)
def test_the_projects_own_configuration_holds(kind, text):
    config = read_config(kind, text)
    files = {"checks/check_a.py": TEST, "other/check_b.py": TEST, "checks/test_c.py": TEST}
    assert names(files, {".": config}) == ["checks/check_a.py::test_x"]


def test_the_nearest_configuration_holds():
    near = read_config("ini", "[pytest]\npython_files = spec_*.py\n")
    files = {"sub/spec_a.py": TEST, "sub/test_b.py": TEST, "test_c.py": TEST}
    assert names(files, {"sub": near}) == ["sub/spec_a.py::test_x", "test_c.py::test_x"]


@pytest.mark.parametrize(
    ("kind", "text"), [("pyproject", "not toml ["), ("ini", "no section"), ("ini", "[other]\na = 1\n"), ("toml", "")]
)
def test_a_file_without_settings_leaves_the_defaults(kind, text):
    assert read_config(kind, text) is None
