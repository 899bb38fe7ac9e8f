"""Paths that several files tell together: options passed as objects, packages that hand names on, settings in lists."""

from __future__ import annotations

import pytest

from tests.scanning import scan_files

READ = "import pandas as pd\n"


def told(tmp_path, files: dict[str, str]) -> list[tuple[str, int, str | None, str]]:
    """(file, line, resolved, state) of each read whose path is told."""
    rows = scan_files(tmp_path, files)["data_references"]
    return [(row.path, row.line, row.resolved, row.state) for row in rows if row.direction == "read" and row.resolved]


@pytest.mark.parametrize(
    ("settings", "call"),
    [
        ("class Config:\n    path = 'data/train.csv'\n", "load(Config)"),
        ("class Config:\n    path = 'data/train.csv'\n", "load(Config())"),
        ("from dataclasses import dataclass, field\n\n@dataclass\nclass Config:\n    path: str = field(default='data/train.csv')\n", "cfg = Config(); load(cfg)"),
        ("class Config:\n    path = 'data/train.csv'\n", "load(args=Config)"),
    ],
)  # fmt: skip
def test_a_class_that_is_passed_as_options_tells_their_paths(tmp_path, settings, call):
    files = {
        "config.py": settings,
        "loading.py": READ + "def load(args):\n    return pd.read_csv(args.path)\n",
        "train.py": f"from config import Config\nfrom loading import load\n\n{call}\n",
    }
    assert told(tmp_path, files) == [("train.py", 4, "data/train.csv", "absent")]


def test_options_that_an_object_keeps_are_those_it_was_made_with(tmp_path):
    files = {
        "loading.py": READ
        + "class Set:\n    def __init__(self, cfg):\n        self.cfg = cfg\n\n"
        + "    def load(self):\n        return pd.read_csv(self.cfg.path)\n",
        "train.py": "from loading import Set\n\nclass Config:\n    path = 'data/train.csv'\n\nSet(Config).load()\n",
    }
    assert told(tmp_path, files) == [("train.py", 6, "data/train.csv", "absent")]


def test_options_that_no_call_tells_are_settings_of_their_name(tmp_path):
    files = {
        "loading.py": READ + "def load(args):\n    return pd.read_csv(args.train_csv)\n",
        "main.py": "import argparse\nparser = argparse.ArgumentParser()\n"
        "parser.add_argument('--train_csv', default='data/train.csv')\n",
    }
    assert told(tmp_path, files) == [("loading.py", 3, "data/train.csv", "absent")]


def test_each_of_several_projects_has_its_own_options(tmp_path):
    def project(path: str) -> dict[str, str]:
        option = f"import argparse\nargparse.ArgumentParser().add_argument('--train_csv', default='{path}')\n"
        return {"main.py": option, "loading.py": READ + "def load(args):\n    return pd.read_csv(args.train_csv)\n"}

    files = {f"{name}/{file}": text for name in "ab" for file, text in project(f"data/{name}.csv").items()}
    assert told(tmp_path, files) == [
        ("a/loading.py", 3, "data/a.csv", "absent"),
        ("b/loading.py", 3, "data/b.csv", "absent"),
    ]


def test_a_package_hands_on_what_its_modules_define(tmp_path):
    files = {
        "src/__init__.py": "from .loading import load\nfrom .paths import DATA\n",
        "src/loading.py": READ + "def load(path):\n    return pd.read_csv(path)\n",
        "src/paths.py": "DATA = 'data/raw'\n",
        "train.py": "from src import DATA, load\n\nload('data/train.csv')\nload(DATA + '/test.csv')\n",
    }
    assert told(tmp_path, files) == [
        ("train.py", 3, "data/train.csv", "absent"),
        ("train.py", 4, "data/raw/test.csv", "absent"),
    ]


def test_packages_that_hand_on_each_other_end(tmp_path):
    files = {
        "a/__init__.py": "from b import load\n",
        "b/__init__.py": "from a import load\n",
        "train.py": "from a import load\n\nload('data/train.csv')\n",
    }
    assert told(tmp_path, files) == []


def test_a_package_called_like_a_distribution_is_first_party_where_it_lies_here(tmp_path):
    files = {
        "datasets/rows.py": READ + "def load(path):\n    return pd.read_csv(path)\n",
        "train.py": "from datasets.rows import load\n\nload('data/train.csv')\n",
    }
    assert told(tmp_path, files) == [("train.py", 3, "data/train.csv", "absent")]


def test_paths_of_a_list_in_a_file_of_settings_are_read_one_by_one(tmp_path):
    files = {
        "config.yaml": "data:\n  train_csv: [records/a.csv, records/b.csv]\n",
        "rows.py": READ + "def load(paths):\n    for path in paths:\n        pd.read_csv(path)\n",
        "train.py": "import yaml\nfrom rows import load\n\ncfg = yaml.safe_load(open('config.yaml'))\n"
        "load(cfg['data']['train_csv'])\n",
    }
    assert [row for row in told(tmp_path, files) if row[3] == "absent"] == [
        ("config.yaml", 2, "records/a.csv", "absent"),
        ("config.yaml", 2, "records/b.csv", "absent"),
    ]


def test_a_module_that_fetches_fills_the_folder_it_is_given(tmp_path):
    files = {
        "coco.py": "import json, os\nfrom torchvision.datasets.utils import download_url\n\n"
        "def load(root):\n    download_url('https://x.org/train.json', root)\n"
        "    return json.load(open(os.path.join(root, 'train.json')))\n",
        "config.yaml": "ann_root: data/annotation\n",
        "train.py": "import yaml\nfrom coco import load\n\nconfig = yaml.safe_load(open('config.yaml'))\nload(config['ann_root'])\n",
    }
    rows = [row for row in told(tmp_path, files) if row[0] == "config.yaml" and "annotation" in (row[2] or "")]
    assert rows == [("config.yaml", 1, "data/annotation/train.json", "downloaded")]
