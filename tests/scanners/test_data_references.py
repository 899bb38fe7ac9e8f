"""Where code reads and writes data, and in which state each ends."""

from __future__ import annotations

import json
import subprocess

import pytest

from debtscan.scanners.data_references import DataReference
from tests.scanning import scan_files, scan_folder, write_files

READ = "import pandas as pd\n"


def references(tmp_path, files: dict[str, str]) -> list[DataReference]:
    return list(scan_files(tmp_path, files)["data_references"])


def states(tmp_path, files: dict[str, str]) -> list[tuple[str, str | None, str]]:
    """(literal, resolved, state) of each reference in order of file and line."""
    return [(row.literal, row.resolved, row.state) for row in references(tmp_path, files)]


def notebook(*cells: str) -> str:
    code = [{"cell_type": "code", "source": text, "outputs": [], "metadata": {}} for text in cells]
    return json.dumps({"nbformat": 4, "metadata": {}, "cells": code})


def test_a_read_is_a_row_with_its_evidence(tmp_path):
    files = {
        ".gitignore": "/data/\n",
        "settings.py": "from pathlib import Path\nDATA = Path('data') / 'raw'\n",
        "train.py": READ + "from settings import DATA\n\nframe = pd.read_csv(DATA / 'train.csv')  # token = 'abc'\n",
    }
    assert references(tmp_path, files) == [
        DataReference(
            path="train.py",
            cell=None,
            line=4,
            literal="{settings.DATA}/train.csv",
            resolved="data/raw/train.csv",
            direction="read",
            how="join",
            kind="local_relative",
            holds="data",
            state="ignored",
            data_set="data/raw",
            download="no",
            root=None,
            text="frame = pd.read_csv(DATA / 'train.csv')  # token = '***'",
        )
    ]


@pytest.mark.parametrize(
    ("call", "literal", "direction", "holds"),
    [
        ("pd.read_parquet('a/x.parquet')", "a/x.parquet", "read", "data"),
        ("pl.scan_csv('a/x.csv')", "a/x.csv", "read", "data"),
        ("np.load('a/x.npy')", "a/x.npy", "read", "data"),
        ("torch.load('a/x.pt')", "a/x.pt", "read", "model"),
        ("joblib.load('a/x.pkl')", "a/x.pkl", "read", "model"),
        ("Image.open('a/x.png')", "a/x.png", "read", "image"),
        ("cv2.imread('a/x.png')", "a/x.png", "read", "image"),
        ("h5py.File('a/x.h5')", "a/x.h5", "read", "data"),
        ("h5py.File('a/x.h5', 'w')", "a/x.h5", "write", "data"),
        ("spark.read.option('header', True).csv('a/x')", "a/x", "read", "data"),
        ("frame.write.mode('overwrite').parquet('a/x')", "a/x", "write", "data"),
        ("frame.to_csv('a/x.csv')", "a/x.csv", "write", "data"),
        ("load_dataset('csv', data_files={'train': 'a/x.csv'})", "a/x.csv", "read", "data"),
        ("tf.data.TFRecordDataset(['a/x.tfrecord'])", "a/x.tfrecord", "read", "data"),
        ("tf.io.gfile.GFile('a/x.csv', 'w')", "a/x.csv", "write", "data"),
        ("open('a/x.csv')", "a/x.csv", "read", "data"),
        ("open('a/x.yaml', mode='r')", "a/x.yaml", "read", "config"),
        ("open('a/x.csv', 'ab')", "a/x.csv", "write", "data"),
        ("Path('a/x.csv').open('w')", "a/x.csv", "write", "data"),
        ("Path('a/x.txt').read_text()", "a/x.txt", "read", "text"),
        ("Path('a/x.txt').write_text(text)", "a/x.txt", "write", "text"),
        ("torch.save(model, 'a/x.pt')", "a/x.pt", "write", "model"),
        ("ImageFolder('a/x')", "a/x", "read", "data"),
    ],
)
def test_many_libraries_read_and_write(tmp_path, call, literal, direction, holds):
    code = """
import cv2, h5py, joblib, numpy as np, pandas as pd, polars as pl, tensorflow as tf, torch
from datasets import load_dataset
from pathlib import Path
from PIL import Image
from torchvision.datasets import ImageFolder
"""
    found = references(tmp_path, {"x.py": code + call + "\n"})
    assert [(row.literal, row.direction, row.holds) for row in found] == [(literal, direction, holds)]


@pytest.mark.parametrize(
    "code",
    [
        "pd.read_csv(io.StringIO('a,b'))",
        "webbrowser.open('https://example.org')",
        "zip_file.open('inside.csv')",
        "os.path.exists('data/x.csv')",
        "open(__file__)",
        "model.save()",
        "'pd.read_csv(\"data/x.csv\")'",
        "# pd.read_csv('data/x.csv')",
        "json.load(handle)",
    ],
)
def test_what_reads_no_file_is_no_reference(tmp_path, code):
    imports = "import io, json, os, webbrowser\nimport pandas as pd\nimport zipfile\nzip_file = Archive()\n"
    assert references(tmp_path, {"x.py": imports + code + "\n"}) == []


def test_a_path_known_at_run_time_only_is_unknown_and_counted(tmp_path):
    code = READ + "import sys\n\ndef load(folder):\n    return pd.read_csv(folder + '/x.csv')\n\nload(sys.argv[1])\n"
    (row,) = references(tmp_path, {"x.py": code})
    assert (row.kind, row.state, row.resolved, row.how) == ("parameter", "unknown", None, "argument")


def test_a_library_brings_data_sets(tmp_path):
    code = """
from datasets import load_dataset
from sklearn.datasets import load_iris, make_blobs
from torchvision import datasets, transforms
load_iris()
make_blobs()
datasets.MNIST('../data', download=True)
load_dataset('squad')
load_dataset('squad', revision='0123456789012345678901234567890123456789')
transforms.Normalize(0, 1)
"""
    found = references(tmp_path, {"x.py": code})
    assert [(row.kind, row.literal, row.state) for row in found] == [
        ("dataset_api", "sklearn.datasets.load_iris", "bundled"),
        ("dataset_api", "torchvision.datasets.MNIST", "external-known"),
        ("dataset_api", "squad", "external-known"),
        ("dataset_api", "squad", "external-versioned"),
    ]


def test_addresses_have_a_version_or_none(tmp_path):
    code = READ + "pd.read_csv('https://user:pw@x.org/a.csv')\npd.read_parquet('s3://lake/sales/2024-01/a.parquet')\n"
    assert states(tmp_path, {"x.py": code}) == [
        ("https://***@x.org/a.csv", "https://***@x.org/a.csv", "external-unversioned"),
        ("s3://lake/sales/2024-01/a.parquet", "s3://lake/sales/2024-01/a.parquet", "external-versioned"),
    ]


def test_a_path_is_found_from_the_script_and_from_the_root(tmp_path):
    files = {
        "data/a.csv": "x\n",
        "src/b.csv": "x\n",
        "src/train.py": READ + "pd.read_csv('data/a.csv')\npd.read_csv('../data/a.csv')\npd.read_csv('b.csv')\n"
        "pd.read_csv(f'data/{name}.csv')\npd.read_csv('data/c.csv')\n",
    }
    assert states(tmp_path, files) == [
        ("data/a.csv", "data/a.csv", "versioned-git"),
        ("../data/a.csv", "data/a.csv", "versioned-git"),
        ("b.csv", "src/b.csv", "versioned-git"),
        ("data/{}.csv", "data/a.csv", "versioned-git"),
        ("data/c.csv", "data/c.csv", "absent"),
    ]


def test_what_code_and_commands_make_is_derived(tmp_path):
    files = {
        "Makefile": "data/clean.csv: clean.R\n\tRscript clean.R\n",
        "a_prepare.py": READ + "import numpy as np\nframe.to_csv('data/a.csv')\nnp.save('data/b', x)\n"
        "frame.to_csv(folder + '/c_rows.csv')\n",
        "b_train.py": READ + "import numpy as np\npd.read_csv('data/a.csv')\nnp.load('data/b.npy')\n"
        "pd.read_csv('data/c_rows.csv')\npd.read_csv('data/clean.csv')\npd.read_csv('data/d.csv')\n",
    }
    found = [row for row in references(tmp_path, files) if row.direction == "read"]
    assert [row.state for row in found] == ["derived", "derived", "derived", "derived", "absent"]


def test_a_folder_of_dvc_holds_what_is_read_from_it(tmp_path):
    files = {
        "data/raw.dvc": "outs:\n- md5: 0123456789abcdef0123456789abcdef.dir\n  path: raw\n",
        "dvc.yaml": "stages:\n  a:\n    cmd: x\n    outs: [data/features]\n",
        "src/train.py": READ + "pd.read_csv('../data/raw/x/train.csv')\npd.read_csv('data/features/a.csv')\n",
    }
    assert states(tmp_path, files) == [
        ("../data/raw/x/train.csv", "data/raw/x/train.csv", "versioned-dvc"),
        ("data/features/a.csv", "data/features/a.csv", "derived"),
    ]


@pytest.mark.parametrize(
    ("files", "state"),
    [
        ({"get.sh": "wget https://x.org/train.csv\n"}, "downloaded"),
        ({"get.py": "from urllib.request import urlretrieve\nurlretrieve(url, 'data/train.csv')\n"}, "derived"),
        ({"get.py": "import gdown\ngdown.download(id='1a', output='data/all.zip')\n"}, "documented"),
        ({"README.md": "Download the data set from [Kaggle](https://kaggle.com/c/titanic).\n"}, "documented"),
        ({"README.md": "Get `train.csv`, a dataset, [here](https://x.org).\n"}, "documented"),
        ({"README.md": "Reads data/train.csv.\n"}, "absent"),
        ({".gitignore": "*.csv\n!keep.csv\n"}, "ignored"),
        ({"other/.gitignore": "*.csv\n"}, "absent"),
        ({"broken.py": "print 'data/train.csv'\n"}, "unknown"),
        ({"broken.py": "print 'Python 2'\n"}, "absent"),
    ],
)
def test_missing_data_may_be_fetched_documented_or_unknown(tmp_path, files, state):
    code = READ + "pd.read_csv('data/train.csv')\n"
    found = [row for row in references(tmp_path, {"train.py": code, **files}) if row.path == "train.py"]
    assert [row.state for row in found] == [state]


def test_a_notebook_that_fetches_has_its_data(tmp_path):
    cells = ["!wget -q https://x.org/archive.zip\n!unzip archive.zip", READ + "pd.read_csv('train.csv')"]
    found = references(tmp_path, {"a.ipynb": notebook(*cells)})
    assert [(row.cell, row.line, row.download, row.state) for row in found] == [
        (1, 2, "no", "downloaded"),
        (0, 1, "unverified", "external-unversioned"),
    ]


@pytest.mark.parametrize(
    ("code", "literal", "fetch", "state"),
    [
        ("urlretrieve('https://x.org/a.zip', 'a.zip')", "https://x.org/a.zip", "unverified", "external-unversioned"),
        ("urlretrieve('https://x.org/a-v2.zip', 'a.zip')", "https://x.org/a-v2.zip", "unverified", "external-versioned"),
        ("pooch.retrieve('https://x.org/a.zip', known_hash=None)", "https://x.org/a.zip", "unverified", "external-unversioned"),
        ("pooch.retrieve('https://x.org/a.zip', known_hash='md5:1')", "https://x.org/a.zip", "verified", "external-versioned"),
        ("tf.keras.utils.get_file('a', 'https://x.org/a.zip')", "https://x.org/a.zip", "unverified", "external-unversioned"),
        ("tf.keras.utils.get_file('a', 'https://x.org/a.zip', file_hash=h)", "https://x.org/a.zip", "verified", "external-versioned"),
        ("load_state_dict_from_url('https://x.org/a.pth', check_hash=True)", "https://x.org/a.pth", "verified", "external-versioned"),
        ("requests.get('https://x.org/a.csv')", "https://x.org/a.csv", "unverified", "external-unversioned"),
        ("os.system('wget https://x.org/a.csv')", "https://x.org/a.csv", "unverified", "external-unversioned"),
        ("subprocess.run(['curl', '-O', 'https://x.org/a.csv'])", "https://x.org/a.csv", "unverified", "external-unversioned"),
        ("download_data('https://x.org/a.csv')", "https://x.org/a.csv", "unverified", "external-unversioned"),
        ("urlretrieve('https://raw.githubusercontent.com/a/b/master/c.csv')", "https://raw.githubusercontent.com/a/b/master/c.csv", "unverified", "external-mutable"),
    ],
)  # fmt: skip
def test_a_download_says_from_where_and_whether_it_is_checked(tmp_path, code, literal, fetch, state):
    imports = (
        "import os\nimport pooch\nimport requests\nimport subprocess\nimport tensorflow as tf\n"
        "from torch.hub import load_state_dict_from_url\nfrom urllib.request import urlretrieve\n"
    )
    found = [row for row in references(tmp_path, {"x.py": imports + code}) if row.direction == "read"]
    assert [(row.literal, row.download, row.state) for row in found] == [(literal, fetch, state)]


@pytest.mark.parametrize(
    "code",
    [
        "requests.get('https://x.org/api/users')",
        "requests.post('https://x.org/a.csv')",
        "requests.get('https://x.org/logo.png')",
        "subprocess.run(['curl', 'http://localhost:8000/a.csv'])",
        "download_data(name)",
    ],
)
def test_what_asks_a_service_is_no_download(tmp_path, code):
    assert references(tmp_path, {"x.py": "import requests\nimport subprocess\n" + code}) == []


def test_a_file_that_compares_checksums_verifies_what_it_fetches(tmp_path):
    code = (
        "import hashlib\nfrom urllib.request import urlretrieve\nurlretrieve('https://x.org/a.zip', 'a.zip')\n"
        "assert hashlib.sha256(open('a.zip', 'rb').read()).hexdigest() == EXPECTED\n"
    )
    assert {row.literal: row.download for row in references(tmp_path, {"x.py": code})} == {
        "a.zip": "no",
        "https://x.org/a.zip": "verified",
    }


def test_code_that_asks_first_can_do_without(tmp_path):
    code = READ + "import os\nCACHE = 'data/cache.csv'\nif os.path.exists(CACHE):\n    pd.read_csv(CACHE)\n"
    assert states(tmp_path, {"x.py": code}) == [("data/cache.csv", "data/cache.csv", "optional")]


@pytest.mark.parametrize("path", ["outputs/2024/scores.csv", "logs/run.csv"])
def test_folders_that_runs_fill_are_no_source(tmp_path, path):
    assert states(tmp_path, {"x.py": READ + f"pd.read_csv('{path}')\n"}) == [(path, path, "unknown")]


def test_a_personal_path_names_nobody(tmp_path):
    (row,) = references(tmp_path, {"x.py": READ + "pd.read_csv('/home/ada/churn/data/x.csv')\n"})
    assert (row.kind, row.state, row.root) == ("local_absolute", "machine-bound", "/home/\u2039user\u203a/churn")
    assert "ada" not in f"{row.literal}{row.resolved}{row.data_set}{row.text}"


def test_constants_are_followed_through_modules_and_instances(tmp_path):
    files = {
        "app/__init__.py": "",
        "app/base.py": "from pathlib import Path\nROOT = Path(__file__).parent.parent / 'data'\n",
        "app/config.py": "from .base import ROOT\n\nclass Config:\n    train = ROOT / 'train.csv'\n\nconfig = Config()\n",
        "app/train.py": READ + "from app.config import config\npd.read_csv(config.train)\n",
        "data/train.csv": "x\n",
    }
    assert states(tmp_path, files) == [("{app.config.config.train}", "data/train.csv", "versioned-git")]


def test_two_components_do_not_lend_each_other_data(tmp_path):
    files = {
        "a/pyproject.toml": "[project]\nname = 'a'\nversion = '1'\n",
        "a/data/train.csv": "x\n",
        "b/pyproject.toml": "[project]\nname = 'b'\nversion = '1'\n",
        "b/train.py": READ + "pd.read_csv('data/train.csv')\n",
    }
    assert states(tmp_path, files) == [("data/train.csv", "data/train.csv", "absent")]


def test_what_lies_on_one_disk_only_is_not_kept(tmp_path):
    code = READ + "pd.read_csv('data/a.csv')\npd.read_csv('b.csv')\n"
    write_files(tmp_path, {".gitignore": "data/\n", "train.py": code})
    for command in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", "-C", str(tmp_path), *command], check=True)
    write_files(tmp_path, {"data/a.csv": "x\n", "b.csv": "x\n"})
    assert [row.state for row in scan_folder(tmp_path).tables["data_references"]] == ["ignored", "absent"]


def told(tmp_path, files: dict[str, str]) -> list[tuple[str, int, str | None, str]]:
    """(file, line, resolved, how) of each reference."""
    return [(row.path, row.line, row.resolved, row.how) for row in references(tmp_path, files)]


def test_a_parameter_is_told_by_calls_in_other_modules(tmp_path):
    files = {
        "data/a.csv": "x\n",
        "app/__init__.py": "",
        "app/load.py": READ + "class Set:\n    def __init__(self, root, name='x'):\n        self.root = root\n\n"
        "    def frame(self):\n        return pd.read_csv(self.root + '/a.csv')\n\n"
        "def load(path):\n    return pd.read_csv(path)\n",
        "app/config.py": "RAW = 'data/a.csv'\n",
        "main.py": "from app.config import RAW\nfrom app.load import Set, load\n\nload(RAW)\nSet(root='data').frame()\n",
    }
    assert sorted(told(tmp_path, files)) == [
        ("main.py", 4, "data/a.csv", "argument"),
        ("main.py", 5, "data/a.csv", "argument"),
    ]


def test_a_library_function_that_nobody_calls_here_stays_unknown(tmp_path):
    assert told(tmp_path, {"x.py": READ + "def load(path):\n    return pd.read_csv(path)\n"}) == [
        ("x.py", 3, None, "unknown")
    ]


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("config.yaml", "a: 1\ndata:\n  train_path: data/a.csv\n", 3),
        ("config.json", '{"data":\n  {"train_path": "data/a.csv"}}\n', 2),
        ("config.toml", "[data]\ntrain_path = 'data/a.csv'\n", 2),
    ],
)
@pytest.mark.parametrize("asks", ["cfg.data.train_path", "cfg['data']['train_path']", "cfg['train_path']"])
def test_a_setting_is_told_by_a_file_of_settings(tmp_path, name, text, line, asks):
    code = READ + f"cfg = load_settings()\npd.read_csv({asks})\n"
    assert told(tmp_path, {"data/a.csv": "x\n", name: text, "x.py": code}) == [(name, line, "data/a.csv", "config")]


def test_a_setting_of_another_module_is_told_as_well(tmp_path):
    files = {
        "app/config.py": "config = read_settings('config.yml')\n",
        "app/load.py": READ + "from app.config import config\npd.read_csv(f'data/{config.files.train}')\n",
        "config.yml": "files:\n  train: a.csv\n",
    }
    assert told(tmp_path, files) == [("config.yml", 2, "data/a.csv", "config")]


def test_an_option_of_another_file_is_told_by_its_default(tmp_path):
    files = {
        "main.py": "import argparse\np = argparse.ArgumentParser()\np.add_argument('--root', default='data')\n"
        "p.add_argument('--labels')\n",
        "load.py": READ + "def build(args):\n    pd.read_csv(args.root + '/a.csv')\n    pd.read_csv(args.labels)\n",
    }
    assert told(tmp_path, files) == [("load.py", 3, "data/a.csv", "default"), ("load.py", 4, None, "runtime")]


def test_the_file_of_a_package_tells_where_it_lies(tmp_path):
    files = {
        "app/__init__.py": "",
        "app/core.py": "from pathlib import Path\nimport app\nROOT = Path(app.__file__).resolve().parent\nDATA = ROOT / 'data'\n",
        "app/load.py": READ + "from app.core import DATA\npd.read_csv(DATA / 'a.csv')\n",
        "app/data/a.csv": "x\n",
    }
    assert states(tmp_path, files) == [("{app.core.DATA}/a.csv", "app/data/a.csv", "versioned-git")]


def test_a_catalogue_reads_its_raw_layer_and_writes_the_others(tmp_path):
    text = (
        "customers:\n  type: pandas.CSVDataset\n  filepath: data/01_raw/customers.csv\n"
        "model:\n  type: pickle.PickleDataset\n  filepath: data/06_models/model.pkl\n  versioned: true\n"
    )
    found = references(tmp_path, {"conf/base/catalog.yml": text})
    assert [(row.line, row.direction, row.resolved, row.how, row.state) for row in found] == [
        (3, "read", "data/01_raw/customers.csv", "config", "absent"),
        (6, "write", "data/06_models/model.pkl", "config", "written"),
    ]


def test_absolute_paths_of_settings_count_where_people_write_them(tmp_path):
    text = "image_root: /export/share/coco\nsave_dir: /home/ada/churn/runs\nversion: 1/2\n"
    found = references(tmp_path, {"conf.yaml": text, "mlruns/0/meta.yaml": text, "docker-compose.yml": text})
    assert [(row.path, row.line, row.direction, row.root) for row in found] == [
        ("conf.yaml", 1, "read", "/export/share"),
        ("conf.yaml", 2, "write", "/home/\u2039user\u203a/churn"),
    ]


def test_reads_that_tell_no_path_are_counted(tmp_path):
    code = READ + "import sys\npd.read_csv('a.csv')\npd.read_csv(name)\npd.read_csv(sys.argv[1])\n"
    gaps = scan_files(tmp_path, {"x.py": code})["gaps"]
    assert [(gap.path, gap.why) for gap in gaps if gap.scanner == "data_references"] == [
        (None, "1 of 3 places that read files do not tell which")
    ]


@pytest.mark.parametrize(
    ("call", "table"),
    [
        ("pd.read_sql('SELECT a FROM sales.orders o JOIN x ON 1', engine)", "table:/sales.orders"),
        ("pd.read_sql_table('orders', engine)", "table:/orders"),
        ("spark.table('sales.orders')", "table:/sales.orders"),
        ("spark.read.table('orders')", "table:/orders"),
        ("spark.sql(f'select * from {schema}.orders')", None),
    ],
)
def test_a_query_reads_a_table(tmp_path, call, table):
    found = references(tmp_path, {"x.py": READ + call})
    assert [(row.resolved, row.kind, row.holds) for row in found] == ([(table, "remote", "table")] if table else [])


def test_what_a_test_writes_is_no_source_of_the_code(tmp_path):
    files = {
        "train.py": READ + "pd.read_csv('data/a.csv')\n",
        "tests/test_train.py": "def test_it(frame):\n    frame.to_csv('data/a.csv')\n    assert frame\n",
    }
    assert [row.state for row in references(tmp_path, files) if row.path == "train.py"] == ["absent"]


def test_a_placeholder_is_filled_in_by_whoever_runs_it(tmp_path):
    code = (
        READ
        + "pd.read_csv('/path/to/train.csv')\npd.read_csv('PATH/TO/YOUR/DATA/a.csv')\npd.read_csv('your_data.csv')\n"
    )
    assert [row.state for row in references(tmp_path, {"x.py": code})] == ["runtime", "runtime", "runtime"]


def test_a_folder_at_home_that_code_fills_is_no_data_of_one_machine(tmp_path):
    code = (
        "import os\nfrom urllib.request import urlretrieve\nimport pandas as pd\n"
        "CACHE = os.path.join(os.path.expanduser('~'), 'cache')\nurlretrieve(URL, CACHE + '/a.csv')\npd.read_csv(CACHE + '/a.csv')\n"
    )
    other = READ + "pd.read_csv('~/churn/b.csv')\n"
    found = references(tmp_path, {"x.py": code, "y.py": other})
    assert [(row.path, row.direction, row.state) for row in found if row.kind == "local_absolute"] == [
        ("x.py", "write", "runtime"),
        ("x.py", "read", "runtime"),
        ("y.py", "read", "machine-bound"),
    ]


def test_an_argument_is_followed_from_file_to_file(tmp_path):
    files = {
        "data/a.csv": "x\n",
        "prepare.py": READ
        + "def read(path):\n    return pd.read_csv(path)\n\ndef prepare(path):\n    return read(path)\n",
        "train.py": "from prepare import prepare\n\ndef train(raw):\n    prepare(raw)\n\ntrain('data/a.csv')\n",
    }
    assert told(tmp_path, files) == [("train.py", 6, "data/a.csv", "argument")]


def test_a_download_without_a_telling_name_is_data(tmp_path):
    code = (
        "from urllib.request import urlretrieve\nBASE = 'https://x.org/mnist/'\nurlretrieve(BASE + name, name)\n"
        "urlretrieve('https://x.org/f/31a7', 'a.bin')\nurlretrieve('https://x.org/logo.png', 'logo.png')\n"
    )
    found = [row for row in references(tmp_path, {"x.py": code}) if row.direction == "read"]
    assert [(row.resolved, row.holds) for row in found] == [
        ("https://x.org/mnist/*", "data"),
        ("https://x.org/f/31a7", "data"),
        ("https://x.org/logo.png", "image"),
    ]


@pytest.mark.parametrize(
    ("code", "resolved", "holds"),
    [
        ("import os\nos.listdir('data/images')\n", "data/images", "data"),
        ("import os\nfor found in os.walk('my_dataset'): pass\n", "my_dataset", "data"),
        ("import glob\nglob.glob('data/faces/*.jpg')\n", "data/faces/*.jpg", "data"),
        ("from glob import glob\nglob('tables/*.csv')\n", "tables/*.csv", "data"),
        ("from pathlib import Path\nPath('data/images').iterdir()\n", "data/images", "data"),
        ("import os\nos.listdir('plugins')\n", "plugins", "other"),
        ("import glob\nglob.glob('src/*.py')\n", "src/*.py", "other"),
        ("import glob\nglob.glob('inputs/*.jpg')\n", "inputs/*.jpg", "other"),
    ],
)
def test_files_that_are_listed_are_data_where_their_folder_or_suffix_says_so(tmp_path, code, resolved, holds):
    (row,) = references(tmp_path, {"train.py": code})
    assert (row.resolved, row.holds, row.direction) == (resolved, holds, "read")


def test_a_listing_of_who_knows_what_is_no_row(tmp_path):
    assert (
        references(tmp_path, {"tool.py": "import os, sys\nos.listdir(sys.argv[1])\ndef f(d):\n    os.walk(d)\n"}) == []
    )


def test_pictures_are_data_in_a_folder_of_data(tmp_path):
    code = "import cv2\ncv2.imread('data/faces/a.jpg')\ncv2.imread('demo/a.jpg')\ncv2.imread('inputs/a.jpg')\n"
    assert [row.holds for row in references(tmp_path, {"show.py": code})] == ["data", "image", "image"]


def test_the_parts_of_a_data_set_are_one_data_set(tmp_path):
    code = READ + "pd.read_csv('data/train/a.csv')\npd.read_csv('data/test_set/a.csv')\npd.read_csv('train/a.csv')\n"
    assert [row.data_set for row in references(tmp_path, {"train.py": code})] == ["data", "data", "train"]


def test_a_file_that_differs_in_case_only_is_kept(tmp_path):
    files = {"data/iris.csv": "a\n1\n", "train.py": READ + "pd.read_csv('Data/Iris.csv')\n"}
    assert states(tmp_path, files) == [("Data/Iris.csv", "data/iris.csv", "versioned-git")]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("get.py", "import gdown\ngdown.download(id='1iYRNzC5BR6b_JAa8IiEXC04rbiGUxFHg', output='data.zip')\n"),
        ("get.sh", "\ngdown 1iYRNzC5BR6b_JAa8IiEXC04rbiGUxFHg -O data.zip\n"),
        ("get.sh", "\ngdown --id 1iYRNzC5BR6b_JAa8IiEXC04rbiGUxFHg\n"),
    ],
)
def test_a_key_of_google_drive_is_an_address(tmp_path, name, text):
    (row,) = [row for row in references(tmp_path, {name: text}) if row.kind == "remote"]
    assert (row.line, row.resolved, row.holds, row.state, row.download) == (
        2,
        "https://drive.google.com/uc?id=1iYRNzC5BR6b_JAa8IiEXC04rbiGUxFHg",
        "data",
        "external-unversioned",
        "unverified",
    )


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("config.json", '{"data_dir": "/home/ada/x/rows"}', ["/home/\u2039user\u203a/x/rows"]),
        ("train_config.json", '{"data_dir": "/home/ada/x/rows"}', ["/home/\u2039user\u203a/x/rows"]),
        # written by a run, or of an editor
        ("results.json", '{"data_dir": "/home/ada/x/rows"}', []),
        ("config.json", '{"_name_or_path": "/home/ada/x/bert"}', []),
        (".vscode/settings.json", '{"python.path": "/home/ada/x/python"}', []),
        # a page of the same host
        ("site.yml", "url: /python/reticulate/\n", []),
    ],
)
def test_json_is_settings_by_its_name_and_a_page_is_no_path(tmp_path, name, text, found):
    assert [row.resolved for row in references(tmp_path, {name: text})] == found


def test_data_sets_that_are_made_up_are_bundled(tmp_path):
    code = "from torchvision import datasets\ndatasets.FakeData(100)\n"
    assert [row.state for row in references(tmp_path, {"train.py": code})] == ["bundled"]
