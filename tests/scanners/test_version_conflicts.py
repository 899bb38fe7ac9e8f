from __future__ import annotations

import pytest

from tests.scanning import scan_files


@pytest.mark.parametrize(
    ("conda", "pip", "conflict"),
    [
        ("=1.19", "==1.19.5", False),
        ("=1.19", "==1.20.0", True),
        ("==1.19", "==1.19.5", True),
        ("=1.19.2=py38h54aff64_0", "==1.19.2", False),
        (" 1.19.*", "==1.19.5", False),
        (">=1.19,<2", "==2.0.1", True),
        (">=1.19", ">=2", False),
        ("=1.19|=1.20", "==1.21", False),
    ],
)
def test_what_conda_and_pip_can_agree_on(tmp_path, conda, pip, conflict):
    files = {"environment.yml": f"dependencies:\n  - numpy{conda}\n", "requirements.txt": f"numpy{pip}\n"}
    rows = scan_files(tmp_path, files)["version_conflicts"]
    assert [(row.path, row.line, row.other_path, row.other_line) for row in rows] == (
        [("environment.yml", 2, "requirements.txt", 1)] if conflict else []
    )
