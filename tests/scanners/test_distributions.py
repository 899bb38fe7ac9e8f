from __future__ import annotations

from datetime import datetime

import pytest

from debtscan.lexicon.packages import works_without_import
from debtscan.scanners.distributions import scan_repository
from tests.scanning import scan_files


def test_what_is_known_of_the_packages_that_manifests_name(tmp_path):
    files = {
        "environment.yml": "dependencies:\n  - pytorch=2.3.1\n  - pip:\n      - google-cloud-storage\n",
        "requirements.txt": "acme-models==1.0\ngunicorn\n",
    }
    rows = scan_files(tmp_path, files)["distributions"]
    assert [(row.ecosystem, row.name, row.distribution, row.tops, row.indirect) for row in rows] == [
        ("conda", "pytorch", "torch", ("torch",), True),
        ("pypi", "acme-models", "acme-models", (), False),
        ("pypi", "google-cloud-storage", "google-cloud-storage", ("google",), True),
        ("pypi", "gunicorn", "gunicorn", ("gunicorn",), True),
    ]


def test_a_name_is_listed_whole_or_by_its_beginning():
    assert [works_without_import(name) for name in ("types-requests", "nvidia-cublas-cu12", "seaborn", "my-uv")] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("day", "told"), [("2023-11-30", (None, None, False)), ("2023-12-01", ("2023-12-01", "scikit-learn", True))]
)
def test_a_package_is_superseded_from_the_day_on_that_its_authors_say_so(tmp_path, day, told):
    tables = scan_files(tmp_path, {"requirements.txt": "sklearn\n"})
    as_of = int(datetime.fromisoformat(f"{day}T00:00:00+00:00").timestamp())
    [row] = scan_repository(tables["dependencies"], tables["imports"], tables["files"], as_of)["distributions"]
    assert (row.superseded_on, row.replacement, row.gone) == told


def test_what_imports_a_package(tmp_path):
    files = {
        "requirements.txt": "pandas\nseaborn\nbokeh\nhyperopt\nacme-models\n",
        "train.py": "import pandas\nfrom ray.tune.search.hyperopt import HyperOptSearch\n",
        "tests/test_train.py": "import pandas\nimport seaborn\n",
    }
    rows = scan_files(tmp_path, files)["distributions"]
    assert {row.name: row.imported for row in rows} == {
        "acme-models": "none",
        "bokeh": "none",
        "hyperopt": "code",
        "pandas": "code",
        "seaborn": "tests",
    }
