"""Can it be rebuilt? Each ingredient by the rule that decides it, with the fact and its place."""

from __future__ import annotations

import pytest

from debtscan.scanners.rebuilds import RebuildRow
from debtscan.scanners.rebuilds.told import Place, Told, worst_of
from tests.scanning import scan_files

TRAINS = (
    "import pandas as pd\nfrom sklearn.linear_model import SGDClassifier\n\n"
    "rows = pd.read_csv('data/rows.csv')\nSGDClassifier(random_state=1).fit(rows[['a']], rows['b'])\n"
)
ROWS = {"data/rows.csv": "a,b\n1,2\n", "requirements.txt": "pandas==2.2.2\nscikit-learn==1.5.0\n"}


def told(tmp_path, files, path="train.py"):
    """(state, why, place) of each ingredient of one file that trains."""
    rows = scan_files(tmp_path, files)["rebuilds"]
    return {
        row.ingredient: (row.state, row.why, (row.fact_path, row.fact_cell, row.fact_line))
        for row in rows
        if row.path == path
    }


def test_everything_that_is_told_stands_in_one_row_each(tmp_path):
    rows = scan_files(tmp_path, {**ROWS, "train.py": TRAINS})["rebuilds"]
    at, none = ("train.py", None, 5, "."), (None, None, None)
    assert rows == [
        RebuildRow(*at, "code", "yes", "it parses and imports nothing else of the repository", *none),
        RebuildRow(*at, "environment", "yes", "all 2 libraries are exact or locked", "requirements.txt", None, 1),
        RebuildRow(*at, "data", "yes", "data/rows.csv is in git", "train.py", None, 4),
        RebuildRow(
            *at, "randomness", "yes", "nothing is known to be drawn without a seed of its own", "train.py", None, 5
        ),
        RebuildRow(*at, "weights", "yes", "it starts from no weights that are known", *none),
        RebuildRow(*at, "run", "no", "no command that runs it is written down", "train.py", None, 5),
    ]


def test_verdicts_put_unknown_before_partly_and_no_before_all():
    place = Place("train.py", None, 1)
    told = [Told("partly", "a", place), Told("unknown", "b"), Told("no", "c"), Told("no", "d")]
    assert [worst_of(told[:length]) for length in range(5)] == [None, told[0], told[1], told[2], told[2]]


def test_a_file_that_trains_nothing_has_no_row(tmp_path):
    assert scan_files(tmp_path, {"load.py": "import pandas as pd\npd.read_csv('a.csv')\n"})["rebuilds"] == []


@pytest.mark.parametrize(
    ("files", "state", "why", "place"),
    [
        ({"train.py": TRAINS}, "yes", "it parses and imports nothing else of the repository", (None, None, None)),
        ({"train.py": "import helper\n" + TRAINS, "helper.py": "x = 1\n"}, "yes",
         "it and the 1 module it imports are here and parse", (None, None, None)),
        ({"train.py": "import helper\n" + TRAINS, "helper.py": "print 'x'\n"}, "no",
         "helper.py cannot be read as Python 3: Python 2 syntax: Missing parentheses in call to 'print'. Did you mean print(...)?",
         ("helper.py", None, 1)),
        ({"train.py": "from pkg.steps import x\n" + TRAINS, "pkg/__init__.py": ""}, "no",
         "train.py imports pkg.steps, which is not here", ("train.py", None, 1)),
        ({"train.py": TRAINS + "# TODO: your code here\n"}, "partly",
         "train.py leaves code for the reader to fill in", ("train.py", None, 6)),
        ({"train.py": TRAINS + "def f():\n    ### YOUR CODE HERE (~3 lines)\n    pass\n"}, "partly",
         "train.py leaves code for the reader to fill in", ("train.py", None, 7)),
        ({"train.py": TRAINS + "def f():\n    ### YOUR CODE HERE (~3 lines)\n    return 3\n"}, "yes",
         "it parses and imports nothing else of the repository", (None, None, None)),
    ],
)  # fmt: skip
def test_code_is_there_when_it_and_all_it_imports_parse(tmp_path, files, state, why, place):
    assert told(tmp_path, files)["code"] == (state, why, place)


@pytest.mark.parametrize(
    ("files", "state", "why", "place"),
    [
        ({"requirements.txt": "pandas==2.2.2\nscikit-learn==1.5.0\n"}, "yes",
         "all 2 libraries are exact or locked", ("requirements.txt", None, 1)),
        ({"requirements.txt": "pandas==2.2.2\nscikit-learn>=1.5\n"}, "partly",
         "scikit-learn: >=1.5; 1 of 2 libraries are fixed", ("requirements.txt", None, 2)),
        ({"requirements.txt": "pandas\nscikit-learn>=1.5\n", "Dockerfile": "FROM python:3.11\n"}, "partly",
         "pandas: any version; only the ground is fixed (python:3.11)", ("Dockerfile", None, 1)),
        ({"requirements.txt": "pandas\nscikit-learn>=1.5\n"}, "no",
         "pandas: any version; no library and no Python is fixed", ("requirements.txt", None, 1)),
        ({}, "no", "pandas: declared nowhere; no library and no Python is fixed", ("train.py", None, 1)),
        # a lower bound of a package is no statement about what it was built with
        ({"requirements.txt": "pandas\n", "setup.py": "from setuptools import setup\nsetup(python_requires='>=3.7')\n"},
         "no", "pandas: any version; no library and no Python is fixed", ("requirements.txt", None, 1)),
    ],
)  # fmt: skip
def test_the_environment_is_there_when_every_library_has_its_version(tmp_path, files, state, why, place):
    assert told(tmp_path, {"train.py": TRAINS, **files})["environment"] == (state, why, place)


def test_the_nearest_component_with_manifests_makes_the_environment(tmp_path):
    files = {
        "requirements.txt": "pandas==2.2.2\nscikit-learn==1.5.0\n",
        "model/requirements.txt": "pandas\n",
        "model/train.py": TRAINS,
    }
    assert told(tmp_path, files, "model/train.py")["environment"] == (
        "no",
        "pandas: any version; no library and no Python is fixed",
        ("model/requirements.txt", None, 1),
    )


def test_libraries_of_imported_modules_count_and_guarded_ones_do_not(tmp_path):
    files = {
        "requirements.txt": "pandas==2.2.2\nscikit-learn==1.5.0\n",
        "train.py": "import helper\n" + TRAINS,
        "helper.py": "import yaml\ntry:\n    import wandb\nexcept ImportError:\n    wandb = None\n",
    }
    assert told(tmp_path, files)["environment"] == (
        "partly",
        "pyyaml: declared nowhere; 2 of 3 libraries are fixed",
        ("helper.py", None, 1),
    )


@pytest.mark.parametrize(
    ("files", "state", "why"),
    [
        ({"data/rows.csv": "a,b\n1,2\n"}, "yes", "data/rows.csv is in git"),
        ({}, "no", "data/rows.csv is not in git"),
        ({"fetch.py": "import pandas as pd\npd.read_csv('raw/a.csv').to_csv('data/rows.csv')\n", "raw/a.csv": "a,b\n"},
         "yes", "raw/a.csv is in git"),
        ({"fetch.py": "import pandas as pd\npd.read_csv('raw/a.csv').to_csv('data/rows.csv')\n"},
         "no", "raw/a.csv is not in git"),
    ],
)  # fmt: skip
def test_data_is_there_when_it_or_what_it_is_made_from_is(tmp_path, files, state, why):
    assert told(tmp_path, {"train.py": TRAINS, **files})["data"][:2] == (state, why)


def test_a_text_that_the_training_opens_itself_is_data_and_its_settings_are_not(tmp_path):
    opens = "from sklearn.svm import SVC\nrows = open('{}').read()\nSVC().fit(rows, rows)\n"
    assert told(tmp_path / "a", {"train.py": opens.format("corpus.txt")})["data"][:2] == (
        "no",
        "corpus.txt is not in git",
    )
    assert told(tmp_path / "b", {"train.py": opens.format("config.json")})["data"][0] == "unknown"


def test_a_data_set_that_a_library_fetches_has_no_version(tmp_path):
    files = {
        "train.py": "from torchvision.datasets import MNIST\nfrom sklearn.svm import SVC\n"
        "rows = MNIST('../data', download=True)\nSVC().fit(rows.data, rows.targets)\n"
    }
    assert told(tmp_path, files)["data"] == (
        "partly",
        "torchvision.datasets.MNIST is fetched without a version",
        ("train.py", None, 3),
    )


@pytest.mark.parametrize(
    ("estimator", "state", "why"),
    [
        ("SGDClassifier(random_state=1)", "yes", "nothing is known to be drawn without a seed of its own"),
        ("SGDClassifier(shuffle=True)", "no", "nothing seeds numpy"),
        (
            "SGDClassifier(RandomForestClassifier(random_state=1))",
            "partly",
            "some of what is drawn is seeded, numpy not",
        ),
    ],
)
def test_randomness_is_there_when_all_that_is_drawn_is_seeded(tmp_path, estimator, state, why):
    made = TRAINS.replace("SGDClassifier(random_state=1)", estimator)
    files = {**ROWS, "train.py": f"from sklearn.ensemble import RandomForestClassifier\n{made}"}
    assert told(tmp_path, files)["randomness"][:2] == (state, why)


@pytest.mark.parametrize(
    ("files", "state", "why", "place"),
    [
        ({"README.md": "# Use\n\n```\npython train.py --epochs 3\n```\n"}, "yes",
         "python train.py --epochs 3", ("README.md", None, 4)),
        ({"README.md": "# Use\n\n```\npython train.py --out /path/to/output\n```\n"}, "partly",
         "parts of the command are to be filled in: python train.py --out /path/to/output",
         ("README.md", None, 4)),
        ({"README.md": "The model is trained by `train.py`.\n"}, "partly",
         "README.md names it, and gives no command", ("README.md", None, 1)),
        ({"Makefile": "train:\n\tpython train.py\n", "README.md": "Run `train.py`.\n"}, "yes",
         "make train: python train.py", ("Makefile", None, 2)),
        ({"main.py": "import sys\nimport train\n", "README.md": "```\npython main.py train\n```\n"}, "yes",
         "python main.py train", ("README.md", None, 2)),
        ({"main.py": "import sys\nimport train\n", "README.md": "```\npython main.py\n```\n"}, "no",
         "no command that runs it is written down", ("train.py", None, 5)),
        ({"test_train.py": "import train\n\ndef test_it():\n    assert train\n"}, "no",
         "no command that runs it is written down", ("train.py", None, 5)),
    ],
)  # fmt: skip
def test_it_can_be_run_where_a_whole_command_is_written(tmp_path, files, state, why, place):
    assert told(tmp_path, {**ROWS, "train.py": TRAINS, **files})["run"] == (state, why, place)


def test_what_the_code_leaves_to_its_arguments_a_pipeline_may_give(tmp_path):
    by_argument = TRAINS.replace("'data/rows.csv'", "sys.argv[1]").replace("import pandas", "import sys\nimport pandas")
    files = {
        "train.py": by_argument,
        "clean.py": "import sys\nimport pandas as pd\npd.read_csv(sys.argv[1]).to_csv(sys.argv[2])\n",
        "dvc.yaml": "stages:\n  clean:\n    cmd: python clean.py data/raw.csv data/rows.csv\n    deps: [clean.py, data/raw.csv]\n"
        "    outs: [data/rows.csv]\n  train:\n    cmd: python train.py data/rows.csv\n    deps: [train.py, data/rows.csv]\n",
    }
    raw = "outs:\n- md5: 1e9d52ee0ac5e4b8a4e5fd3e0e4a7a6a\n  size: 10\n  path: raw.csv\n"
    assert told(tmp_path / "a", {**files, "data/raw.csv.dvc": raw})["data"][:2] == (
        "yes",
        "data/raw.csv, an input of dvc clean, is tracked by dvc",
    )
    assert told(tmp_path / "b", files)["data"][:2] == (
        "no",
        "data/raw.csv, an input of dvc clean, is not in git and no step makes it",
    )


def test_learning_from_a_simulator_reads_no_data(tmp_path):
    files = {
        "train.py": "import gymnasium\nfrom stable_baselines3 import PPO\nPPO('MlpPolicy', gymnasium.make('x'), seed=1).learn(10)\n"
    }
    assert told(tmp_path, files)["data"] == ("yes", "no data set is read: gymnasium simulates", ("train.py", None, 1))


LIBRARY = {
    "pyproject.toml": (
        '[build-system]\nrequires = ["hatchling"]\n[project]\nname = "nets"\nversion = "1.0"\n'
        'requires-python = ">=3.10"\nclassifiers = ["Topic :: Scientific/Engineering"]\n'
    ),
    "LICENSE": "MIT",
    "nets/__init__.py": "x = 1\n",
}


def test_what_shows_a_library_is_no_model_of_its_own(tmp_path):
    """As 86 examples of UKPLab/sentence-transformers and 8 scripts of pictures in the documentation of scikit-lego."""
    shown = {"examples/train.py": TRAINS, "docs/_scripts/pictures.py": TRAINS}
    assert scan_files(tmp_path / "library", {**LIBRARY, **shown})["rebuilds"] == []
    rows = scan_files(tmp_path / "other", {**ROWS, **shown})["rebuilds"]
    assert {row.path for row in rows} == {"examples/train.py"}


def test_a_relative_import_inside_a_function_may_be_missing(tmp_path):
    """As the copy of a method of transformers in princeton-nlp/SimCSE."""
    copied = "def device(wanted):\n    if wanted:\n        from .integrations import available\n"
    assert told(tmp_path, {**ROWS, "train.py": copied + TRAINS})["code"][0] == "yes"


def test_parts_of_a_path_that_nobody_knows_have_a_sign(tmp_path):
    code = TRAINS.replace("'data/rows.csv'", "f'{folder}/data/rows.csv'")
    assert told(tmp_path, {"train.py": f"from where import find\nfolder = find()\n{code}"})["data"][:2] == (
        "unknown",
        "…/data/rows.csv is decided when it runs",
    )
