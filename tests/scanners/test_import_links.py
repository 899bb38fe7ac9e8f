from __future__ import annotations

from tests.scanning import scan_files


def links(tmp_path, files):
    """(path, line, target) of every row."""
    rows = scan_files(tmp_path, files)["import_links"]
    return [(row.path, row.line, row.target_path) for row in rows]


def test_the_packages_around_a_module_run_before_it(tmp_path):
    files = {
        "train.py": "import os\nfrom pkg.data.load import rows\n",
        "pkg/__init__.py": "",
        "pkg/data/__init__.py": "",
        "pkg/data/load.py": "rows = []\n",
    }
    assert links(tmp_path, files) == [
        ("train.py", 2, "pkg/data/__init__.py"),
        ("train.py", 2, "pkg/__init__.py"),
        ("train.py", 2, "pkg/data/load.py"),
    ]


def test_a_name_taken_from_a_package_may_be_a_module_of_it(tmp_path):
    files = {"train.py": "from pkg import model, VERSION\n", "pkg/__init__.py": "VERSION = 1\n", "pkg/model.py": ""}
    assert links(tmp_path, files) == [("train.py", 1, "pkg/__init__.py"), ("train.py", 1, "pkg/model.py")]


def test_every_module_of_one_import_statement_is_followed(tmp_path):
    files = {"train.py": "import pkg.a, pkg.b\n", "pkg/a.py": "", "pkg/b.py": ""}
    assert links(tmp_path, files) == [("train.py", 1, "pkg/a.py"), ("train.py", 1, "pkg/b.py")]


def test_a_part_of_a_package_that_is_not_there_has_no_target(tmp_path):
    files = {
        "pkg/__init__.py": "from .gone import x\nfrom .kept import y\n",
        "pkg/kept.py": "y = 1\n",
        "train.py": "import pkg.lost\n",
    }
    assert links(tmp_path, files) == [
        ("pkg/__init__.py", 1, None),
        ("pkg/__init__.py", 2, "pkg/kept.py"),
        ("train.py", 1, None),
    ]


def test_what_a_build_writes_or_may_be_missing_is_not_lacking(tmp_path):
    files = {
        "pkg/__init__.py": "from ._version import v\nfrom .message_pb2 import M\n"
        "try:\n    from .fast import f\nexcept ImportError:\n    pass\n",
        "pkg/ops.py": "from .kernel import k\nfrom .spaces.deep import d\n",
        "pkg/kernel.pyx": "",
        "pkg/spaces/deep.py": "",
    }
    assert links(tmp_path, files) == [("pkg/ops.py", 2, "pkg/spaces/deep.py")]
