"""One repository that has a bit of everything."""

from __future__ import annotations

import pytest
from git_made import FIRST_SECOND, commit, repository

FILES = {
    "README.md": "# churn\n",
    "train.py": "import torch\n",
    "requirements/dev.txt": "pytest\n",
    "notebooks/eda.ipynb": "{}",
    ".github/workflows/ci.yml": "on: push\n",
    "empty": "",
    "données/naïve\tname\n.csv": "a,b\n",
}


@pytest.fixture
def root(tmp_path):
    root = repository(tmp_path / "churn", FILES)
    (root / "run.sh").write_text("#!/bin/sh\n")
    (root / "run.sh").chmod(0o755)
    (root / "latest.ipynb").symlink_to("notebooks/eda.ipynb")
    commit(root, "second", second=FIRST_SECOND + 60)
    return root
