"""Whether the libraries a repository states are expected to load the models that lie in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scanning import scan_files

FILES = Path(__file__).parents[1] / "artefacts" / "files"
MLMODEL = "flavors:\n  sklearn: {{serialization_format: cloudpickle, sklearn_version: {}}}\n"


def stated(tmp_path, files) -> list[tuple[str, str, str, str, int | None]]:
    rows = scan_files(tmp_path, files)["model_version_conflicts"]
    return [(row.part, row.saved_with, row.stated, row.stated_path, row.stated_line) for row in rows]


@pytest.mark.parametrize(
    ("inside", "requirement", "conflict"),
    [
        ("1.0.2", "scikit-learn==1.0", False),
        ("1.0.2", "scikit-learn==1.0.1", False),
        ("1.0.2", "scikit-learn==1.1.0", True),
        ("1.0", "scikit-learn==1.0.2", False),
        ("0.24.1", "scikit-learn>=1.0", True),
        ("0.24.1", "scikit-learn<1.0", False),
        ("1.3.2", "scikit-learn~=1.2", False),
        ("1.3.2", "scikit-learn~=1.2.0", True),
        ("1.3.2", "scikit-learn", False),
        ("1.3.2", "pandas==2.0.0", False),
    ],
)
def test_a_pickle_wants_its_minor_version(tmp_path, inside, requirement, conflict):
    found = stated(tmp_path, {"m/MLmodel": MLMODEL.format(inside), "requirements.txt": f"{requirement}\n"})
    wanted = ("scikit-learn", f"scikit-learn {inside}", requirement[12:], "requirements.txt", 1)
    assert found == ([wanted] if conflict else [])


@pytest.mark.parametrize(
    ("requirement", "conflict"),
    [
        ("keras==2.12.0", False),
        ("keras==2.13.1", False),
        ("keras==2.11.0", True),
        ("keras>=3", True),
        ("tensorflow==2.12.0", False),
        ("tensorflow==2.15.1", False),
        ("tensorflow==2.10.0", True),
        ("tensorflow>=2.16", True),
        ("tensorflow>=2.0", False),
    ],
)
def test_keras_reads_what_it_wrote_before_within_a_major_version(tmp_path, requirement, conflict):
    model = (FILES / "keras.earliest.h5").read_bytes()
    found = stated(tmp_path, {"m.h5": model, "requirements.txt": f"{requirement}\n"})
    part, _, version = requirement.replace(">=", " >=").replace("==", " ==").partition(" ")
    assert found == ([(part, "keras 2.12.0", version, "requirements.txt", 1)] if conflict else [])


def test_a_lock_decides_and_one_list_that_fits_is_enough(tmp_path):
    model = MLMODEL.format("1.0.2")
    lock = "version = 1\n[[package]]\nname = 'scikit-learn'\nversion = '1.4.2'\n"
    manifest = "[project]\nname = 'x'\nversion = '1'\ndependencies = ['scikit-learn>=1']\n"
    assert stated(tmp_path / "a", {"m/MLmodel": model, "pyproject.toml": manifest, "uv.lock": lock}) == [
        ("scikit-learn", "scikit-learn 1.0.2", "1.4.2", "uv.lock", 2)
    ]
    lists = {"requirements.txt": "scikit-learn==1.4.2\n", "environment.yml": "dependencies:\n  - scikit-learn=1.0\n"}
    assert stated(tmp_path / "b", {"m/MLmodel": model, **lists}) == []
