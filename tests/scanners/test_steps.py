"""Steps: declared by an engine, written as commands, or implied by files and names."""

from __future__ import annotations

import json

import pytest

from debtscan.scanners.steps.table import Step
from tests.scanning import scan_files

TRAIN = "from sklearn.linear_model import Ridge\nRidge().fit([[1]], [1])\n"


def steps(tmp_path, files) -> list[Step]:
    return list(scan_files(tmp_path, files)["steps"])


def told(tmp_path, files, *columns: str) -> list[tuple]:
    return [tuple(getattr(row, column) for column in columns) for row in steps(tmp_path, files)]


def notebook(*cells: tuple[str, str]) -> str:
    made = [{"cell_type": kind, "source": text, "outputs": [], "metadata": {}} for kind, text in cells]
    return json.dumps({"nbformat": 4, "metadata": {}, "cells": made})


def test_a_stage_of_dvc_is_a_row_with_all_that_is_told_of_it(tmp_path):
    files = {
        "flow/dvc.yaml": "vars:\n  - folder: data\nstages:\n  train:\n    wdir: ..\n    cmd: python src/train.py --token=abcdef1234\n"
        "    deps:\n      - src/train.py\n      - ${folder}/train.csv\n    outs:\n      - model.pkl:\n          cache: false\n",
        "src/train.py": TRAIN,
    }
    assert steps(tmp_path, files) == [
        Step(
            path="flow/dvc.yaml",
            cell=None,
            line=4,
            pipeline="dvc.yaml",
            step="train",
            engine="dvc",
            stage="train",
            inputs=("src/train.py", "data/train.csv"),
            outputs=("model.pkl",),
            command="python src/train.py --token=***",
            how="command",
            script="src/train.py",
            target="src/train.py",
            script_state="found",
            missing_inputs=("data/train.csv",),
            executes_notebook=False,
            scheduled=False,
        )
    ]


AIRFLOW = """\
from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.operators.python import PythonOperator
from airflow.operators.empty import EmptyOperator
from work.clean import clean_rows
with DAG("nightly") as dag:
    start = EmptyOperator(task_id="start")
    clean = PythonOperator(task_id="clean", python_callable=clean_rows)
    train = BashOperator(task_id="train", bash_command="cd /opt && python ${HOME}/work/train.py {{ ds }}")
"""
KFP = """\
from kfp import dsl

@dsl.component
def prepare_data():
    pass

@dsl.pipeline(name="p")
def pipeline():
    prepare_data()
    dsl.ContainerOp(name="train", image="x", command=["python", "/app/train.py"], arguments=["--lr", "1"])
"""


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            {"dags/a.py": AIRFLOW, "work/clean.py": "def clean_rows():\n    pass\n", "work/train.py": TRAIN},
            [
                ("dags/a.py", 8, "nightly", "clean", "airflow", "clean", "work/clean.py"),
                ("dags/a.py", 9, "nightly", "train", "airflow", "train", "work/train.py"),
            ],
        ),
        (
            {
                "f.py": "from airflow.decorators import dag, task\n\n@task\ndef load_rows():\n    pass\n\n@dag()\ndef etl():\n    load_rows()\n"
            },
            [("f.py", 4, "etl", "load_rows", "airflow", "source", "f.py")],
        ),
        (
            {
                "f.py": "from prefect import flow, task\n\n@task(name='fit')\ndef one():\n    pass\n\n@flow\ndef main():\n    one()\n"
            },
            [("f.py", 4, "main", "fit", "prefect", "train", "f.py")],
        ),
        (
            {"a.py": "from dagster import asset\n\n@asset\ndef features():\n    pass\n"},
            [("a.py", 4, "a.py", "features", "dagster", "features", "a.py")],
        ),
        (
            {"s.py": "from zenml import step\n\n@step(enable_cache=True)\ndef evaluator():\n    pass\n"},
            [("s.py", 4, "s.py", "evaluator", "zenml", "evaluate", "s.py")],
        ),
        (
            {
                "m.py": "from metaflow import FlowSpec, step\n\nclass Flow(FlowSpec):\n    @step\n    def train(self):\n        pass\n"
            },
            [("m.py", 5, "Flow", "train", "metaflow", "train", "m.py")],
        ),
        (
            {"p/pipe.py": KFP, "p/train.py": TRAIN},
            [
                ("p/pipe.py", 4, "pipeline", "prepare_data", "kubeflow", "clean", "p/pipe.py"),
                ("p/pipe.py", 10, "pipe.py", "train", "kubeflow", "train", "p/train.py"),
            ],
        ),
        (
            {
                "MLproject": 'name: wine\nentry_points:\n  main:\n    parameters:\n      a: {type: float, default: 1}\n    command: "python train.py {a}"\n',
                "train.py": TRAIN,
            },
            [("MLproject", 3, "wine", "main", "mlproject", "train", "train.py")],
        ),
        (
            {
                "databricks.yml": "resources:\n  jobs:\n    j:\n      tasks:\n        - task_key: fit\n          notebook_task: {notebook_path: ../nb/train}\n",
                "nb/train.py": "# Databricks notebook source\nx = 1\n",
            },
            [("databricks.yml", 5, "databricks.yml", "fit", "databricks", "train", "nb/train.py")],
        ),
        (
            {
                "p.py": "from sagemaker.sklearn import SKLearn\nmodel = SKLearn(entry_point='train.py', source_dir='code')\n",
                "code/train.py": TRAIN,
            },
            [("p.py", 2, "p.py", "SKLearn", "sagemaker", "train", "code/train.py")],
        ),
        (
            {
                "job.yml": "$schema: https://azuremlschemas.azureedge.net/latest/pipelineJob.schema.json\njobs:\n  fit:\n"
                "    code: src\n    command: >-\n      python train.py --data ${{inputs.data}}\n",
                "src/train.py": TRAIN,
            },
            [("job.yml", 3, "job.yml", "fit", "azureml", "train", "src/train.py")],
        ),
        (
            {
                "flow.yaml": "kind: CronWorkflow\nmetadata: {name: nightly}\nspec:\n  templates:\n    - container:\n"
                "        command: [python, /app/train.py]\n",
                "train.py": TRAIN,
            },
            [("flow.yaml", 6, "flow.yaml", "nightly", "kubernetes", "train", "train.py")],
        ),
        (
            {"Makefile": "PY = python\nfit: data\n\t$(PY) -m work.train\n\techo done\n", "work/train.py": TRAIN},
            [("Makefile", 3, "Makefile", "fit", "make", "train", "work/train.py")],
        ),
        (
            {
                ".github/workflows/a.yml": "on: push\njobs:\n  fit:\n    steps:\n      - run: |\n          pip install x\n          python train.py\n",
                "train.py": TRAIN,
            },
            [(".github/workflows/a.yml", 7, "a.yml", "fit", "ci", "train", "train.py")],
        ),
        (
            {"Dockerfile": 'FROM python:3.11\nENTRYPOINT ["python"]\nCMD ["serve.py"]\n', "serve.py": "import flask\n"},
            [("Dockerfile", 3, "Dockerfile", "CMD", "docker", "serve", "serve.py")],
        ),
        (
            {
                "all.py": "import subprocess, sys\nsubprocess.run([sys.executable, 'train.py'], check=True)\n",
                "train.py": TRAIN,
            },
            [("all.py", 2, "all.py", "", "python", "train", "train.py")],
        ),
    ],
    ids=lambda value: "" if isinstance(value, dict) else value[0][4],
)
def test_every_engine_is_read(tmp_path, files, expected):
    assert told(tmp_path, files, "path", "line", "pipeline", "step", "engine", "stage", "script") == expected


def test_nodes_of_kedro_find_their_files_in_the_catalogue(tmp_path):
    files = {
        "conf/base/catalog.yml": "raw:\n  type: pandas.CSVDataset\n  filepath: data/raw.csv\nmodel:\n  type: pickle.PickleDataset\n  filepath: data/model.pkl\n",
        "src/app/pipeline.py": "from kedro.pipeline import node, pipeline\nfrom .nodes import fit\n\n"
        "def create_pipeline():\n    return pipeline([node(fit, ['raw', 'params:lr'], 'model', name='train_node')])\n",
        "src/app/nodes.py": "def fit(raw, lr):\n    pass\n",
    }
    assert told(tmp_path, files, "step", "script", "target", "inputs", "outputs") == [
        ("train_node", "src/app/nodes.py", ".nodes.fit", ("data/raw.csv",), ("data/model.pkl",))
    ]


SNAKEFILE = """\
include: "rules/fit.smk"

rule all:
    input: "model.pkl"
"""
RULES = """\
rule prepare:
    input:
        raw="data/{name}.csv",  # a comment
    output: temp("out/{name}.csv")
    script: "../scripts/prepare.py"

rule fit:
    input: expand("out/{name}.csv", name=NAMES)
    output: "model.pkl"
    shell:
        "python workflow/scripts/fit.py {input} "
        "> {log}"

rule score:
    output: "score.txt"
    shell: r'''
  workflow/scripts/score.py --out {output}
'''
"""


def test_rules_of_snakemake_read_and_write_from_where_it_is_started(tmp_path):
    files = {
        "workflow/Snakefile": SNAKEFILE,
        "workflow/rules/fit.smk": RULES,
        "workflow/scripts/prepare.py": "x = 1\n",
        "workflow/scripts/fit.py": TRAIN,
        "workflow/scripts/score.py": "x = 1\n",
    }
    assert told(tmp_path, files, "path", "line", "step", "script", "inputs", "outputs") == [
        ("workflow/Snakefile", 3, "all", None, ("model.pkl",), ()),
        ("workflow/rules/fit.smk", 1, "prepare", "workflow/scripts/prepare.py", ("data/*.csv",), ("out/*.csv",)),
        ("workflow/rules/fit.smk", 7, "fit", "workflow/scripts/fit.py", ("out/*.csv",), ("model.pkl",)),
        ("workflow/rules/fit.smk", 14, "score", "workflow/scripts/score.py", (), ("score.txt",)),
    ]


def test_a_command_leads_through_make_dvc_mlflow_and_console_scripts_to_the_script(tmp_path):
    files = {
        "README.md": "```\nmake fit\ndvc repro prepare\nmlflow run . -P a=1\nwine-train --lr 1\n```\n",
        "Makefile": "fit:\n\tpython fit.py\nclean:\n\trm x\n",
        "dvc.yaml": "stages:\n  prepare:\n    cmd: python prepare.py\n  other:\n    cmd: python other.py\n",
        "MLproject": "entry_points:\n  main:\n    command: python main.py\n",
        "pyproject.toml": "[project]\nname = 'wine'\n[project.scripts]\nwine-train = 'wine.cli:main'\n",
        "wine/cli.py": "def main():\n    pass\n",
        "fit.py": TRAIN,
        "prepare.py": "x = 1\n",
        "other.py": "x = 1\n",
        "main.py": TRAIN,
    }
    rows = [row for row in steps(tmp_path, files) if row.path == "README.md"]
    assert [(row.line, row.script, row.how) for row in rows] == [
        (2, "fit.py", "command"),
        (3, "prepare.py", "command"),
        (4, "main.py", "command"),
        (5, "wine/cli.py", "command"),
    ]


def test_a_document_tells_commands_templates_and_mentions_apart(tmp_path):
    files = {
        "README.md": "See `explore.py`.\n\n```sh\npython train.py --data <folder>\npython score.py\npython ask.py\n```\n",
        "train.py": TRAIN,
        "score.py": "x = 1\n",
        "explore.py": "x = 1\n",
        "ask.py": "import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('-m', '--model', required=True)\n",
        "unnamed.py": "x = 1\n",
    }
    assert told(tmp_path, files, "line", "script", "how", "command") == [
        (4, "train.py", "template", "python train.py --data <folder>"),
        (5, "score.py", "command", "python score.py"),
        # an option that it cannot do without
        (6, "ask.py", "template", "python ask.py"),
        (1, "explore.py", "mention", ""),
    ]


def test_a_script_of_the_same_name_is_that_beside_the_document(tmp_path):
    readme = "```\npython main.py\n```\n"
    files = {"a/README.md": readme, "a/main.py": TRAIN, "b/README.md": readme, "b/main.py": TRAIN, "README.md": readme}
    assert told(tmp_path, files, "path", "script", "script_state") == [
        ("README.md", None, "unknown"),
        ("a/README.md", "a/main.py", "found"),
        ("b/README.md", "b/main.py", "found"),
    ]


def test_a_notebook_says_what_to_run_and_runs_it(tmp_path):
    files = {
        "run.ipynb": notebook(
            ("markdown", "Run all cells. First `python prepare.py`."),
            ("code", "!python train.py --lr 1\n%run other.ipynb"),
        ),
        "other.ipynb": notebook(("code", "x = 1")),
        "prepare.py": "x = 1\n",
        "train.py": TRAIN,
    }
    assert told(tmp_path, files, "path", "cell", "line", "engine", "script") == [
        ("run.ipynb", 1, 1, "notebook", "train.py"),
        ("run.ipynb", 1, 2, "notebook", "other.ipynb"),
        ("run.ipynb", 0, 1, "readme", "prepare.py"),
        ("run.ipynb", 0, 1, "readme", "run.ipynb"),
    ]


@pytest.mark.parametrize(
    ("files", "state"),
    [
        ({"run.sh": "python gone.py\n"}, "missing"),
        ({"run.sh": "python ../gone.py\n"}, "unknown"),
        ({"dvc.yaml": "stages:\n  a:\n    foreach: [x]\n    do:\n      cmd: python gone.py ${item}\n"}, "missing"),
        ({"dvc.yaml": "stages:\n  a:\n    foreach: [x]\n    do:\n      cmd: python gone_${item}.py\n"}, "unknown"),
        ({"run.sh": "python /opt/gone.py\n"}, "outside"),
        ({"run.sh": "python $NAME.py\n"}, "unknown"),
        ({"run.sh": "git clone https://host/x\npython gone.py\n"}, "outside"),
        ({"run.sh": "python gone.py\n", "a/gone.py": "", "b/gone.py": ""}, "unknown"),
        ({"run.sh": "python a/gone.py\n", "deep/down/a/gone.py": ""}, "found"),
        ({"job.yaml": "kind: Job\nspec:\n  containers:\n    - command: [python, gone.py]\n"}, "outside"),
    ],
)
def test_a_script_that_is_not_there_is_missing_only_where_nothing_else_explains_it(tmp_path, files, state):
    assert told(tmp_path, files, "script_state") == [(state,)]


def test_scripts_that_need_each_others_files_are_linked(tmp_path):
    files = {
        "prepare.py": "import pandas as pd\npd.read_csv('data/raw.csv').to_csv('data/clean.csv')\n",
        "train.py": "import pandas as pd\nframe = pd.read_csv('data/clean.csv')\n" + TRAIN,
        "other.py": "import pandas as pd\nframe = pd.read_csv('data/other.csv')\n",
    }
    assert told(tmp_path, files, "path", "line", "pipeline", "engine", "how", "inputs", "outputs") == [
        ("prepare.py", 2, "prepare.py", "implicit", "implied", (), ("data/clean.csv",)),
        ("train.py", 2, "prepare.py", "implicit", "implied", ("data/clean.csv",), ()),
    ]


def test_numbered_scripts_are_steps_and_dates_and_layers_are_not(tmp_path):
    files = {
        "flow/01_clean.py": "print(1)\n",
        "flow/02-train.py": "print(1)\n",
        "notes/2024-01-01.py": "print(1)\n",
        "notes/2024-02-01.py": "print(1)\n",
        "nets/layer1.py": "print(1)\n",
        "nets/layer2.py": "print(1)\n",
    }
    assert told(tmp_path, files, "path", "pipeline", "engine", "stage") == [
        ("flow/01_clean.py", "flow", "implicit", "clean"),
        ("flow/02-train.py", "flow", "implicit", "train"),
    ]


def test_damaged_yaml_is_a_gap_and_costs_only_that_file(tmp_path):
    files = {"dvc.yaml": "stages: [\n", "run.sh": "python train.py\n", "train.py": TRAIN}
    tables = scan_files(tmp_path, files)
    assert [(row.path, row.script) for row in tables["steps"]] == [("run.sh", "train.py")]
    assert [gap.path for gap in tables["gaps"]] == ["dvc.yaml"]


def test_projects_side_by_side_each_have_files_of_their_own(tmp_path):
    writes = "import pandas as pd\npd.DataFrame().to_csv('data/clean.csv')\n"
    reads = "import pandas as pd\nframe = pd.read_csv('data/clean.csv')\n"
    assert steps(tmp_path / "apart", {"one/write.py": writes, "two/read.py": reads}) == []
    shared = {"one/write.py": writes, "two/read.py": reads, "data/.gitkeep": ""}
    assert told(tmp_path / "shared", shared, "path") == [("one/write.py",), ("two/read.py",)]


def test_a_file_that_several_scripts_write_links_none_of_them(tmp_path):
    writes = "import pandas as pd\npd.DataFrame().to_csv('clean.csv')\n"
    files = {"a.py": writes, "b.py": writes, "read.py": "import pandas as pd\nframe = pd.read_csv('clean.csv')\n"}
    assert steps(tmp_path, files) == []


def test_targets_that_call_each_other_end(tmp_path):
    again = "".join(f"\tmake {name}\n" for name in "ab" * 30)
    files = {
        "Makefile": f"a:\n{again}b:\n{again}\tpython train.py\n",
        "README.md": "```\nmake a\n```\n",
        "train.py": TRAIN,
    }
    rows = [row for row in steps(tmp_path, files) if row.path == "README.md"]
    assert [(row.line, row.script) for row in rows] == [(2, "train.py")]


def test_a_command_of_a_document_is_found_below_it_by_its_folder_or_its_arguments(tmp_path):
    files = {
        "README.md": "```\ncd demo\ncd a\npython train.py\n```\n```\npython run.py configs/x.yaml\n```\n",
        "a/train.py": TRAIN,
        "b/train.py": TRAIN,
        "c/run.py": TRAIN,
        "c/configs/x.yaml": "a: 1\n",
        "d/run.py": TRAIN,
    }
    rows = told(tmp_path, files, "engine", "line", "script", "script_state")
    assert [row for row in rows if row[0] == "readme"] == [
        ("readme", 4, "a/train.py", "found"),
        ("readme", 7, "c/run.py", "found"),
    ]
