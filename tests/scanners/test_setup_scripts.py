from __future__ import annotations

import pytest

from tests.scanning import scan_files


@pytest.mark.parametrize(
    ("line", "way"),
    [
        ("sudo apt-get install -y libgl1", "system"),
        ("apk add --no-cache git", "system"),
        ("brew install libomp", "system"),
        ("conda install -y pytorch", "conda"),
        ("mamba env create -f environment.yml", "environment"),
        ("python -m pip install torch", "pip"),
        ("curl -LsSf https://example.org/install | sudo bash", "download"),
        ("wget https://example.org/driver.run", "download"),
        ("cd lib && make install", "source"),
        ("curl https://example.org/gpg | apt-key add -", None),
        ("apt-get update", None),
        ("# pip install torch", None),
        ("echo brew install libomp", None),
    ],
)
def test_what_a_line_of_a_script_installs_with(tmp_path, line, way):
    rows = scan_files(tmp_path, {"setup.sh": f"set -e\n{line}\n"})["setup_scripts"]
    assert [(row.line, row.steps, row.ways) for row in rows] == ([(2, 1, (way,))] if way else [])


def test_who_runs_a_script(tmp_path):
    files = {
        "a/setup.sh": "pip install torch\n",
        "b/other.sh": "pip install torch\n",
        "run.sh": "# bash b/other.sh\nbash a/setup.sh\n",
        "README.md": "Run `bash b/other.sh`.\n",
    }
    rows = scan_files(tmp_path, files)["setup_scripts"]
    assert {row.path: row.run_by for row in rows} == {"a/setup.sh": "run.sh", "b/other.sh": None}
