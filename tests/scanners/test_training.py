"""Which files train when they are run, and what seeds them."""

from __future__ import annotations

import json

import pytest

from debtscan.scanners.training import RandomDraw, TrainingEntryPoint
from tests.scanning import scan_files

LOOP = "loss.backward()\noptimizer.step()\n"


def entries(tmp_path, files: dict[str, str]) -> list[TrainingEntryPoint]:
    return list(scan_files(tmp_path, files)["training_entry_points"])


def places(tmp_path, files: dict[str, str]) -> list[tuple[str, int, str]]:
    return [(row.path, row.line, row.framework) for row in entries(tmp_path, files)]


def seeding(tmp_path, code: str, **others: str) -> tuple[bool, tuple[str, ...], tuple[str, ...]]:
    files = {"train.py": code} | {f"{name}.py": text for name, text in others.items()}
    (row,) = (row for row in entries(tmp_path, files) if row.path == "train.py")
    return row.seeded, row.draws, row.seeds


def test_an_entry_point_is_a_row_with_its_evidence(tmp_path):
    code = "import numpy as np\nimport torch\nnp.random.seed(1)\nx = torch.rand(3)\n" + LOOP
    assert entries(tmp_path, {"train.py": code}) == [
        TrainingEntryPoint(
            path="train.py",
            cell=None,
            line=5,
            framework="torch",
            api="backward",
            seeded=False,
            seed_evidence="torch draws at train.py:5",
            draws=("torch",),
            seeds=("numpy",),
            unseeded=("torch",),
            seeded_draws=0,
            option=None,
            need="training",
            need_path="train.py",
            need_cell=None,
            need_line=5,
            text="",
        )
    ]


@pytest.mark.parametrize(
    ("code", "framework"),
    [
        ("from sklearn.svm import SVC\nSVC().fit(X, y)", "sklearn"),
        ("from sklearn import svm\nm = svm.SVC()\nm.fit(X, y)", "sklearn"),
        ("from sklearn.pipeline import make_pipeline\nfrom sklearn.svm import SVC\nm = make_pipeline(SVC())\nm.fit(X, y)", "sklearn"),
        ("from sklearn.model_selection import GridSearchCV\ns = GridSearchCV(model, grid)\ns.fit(X, y)", "sklearn"),
        ("import xgboost as xgb\nxgb.train(params, data)", "xgboost"),
        ("from lightgbm import LGBMClassifier\nLGBMClassifier().fit(X, y)", "lightgbm"),
        ("from tensorflow import keras\nm = keras.Sequential()\nm.compile(optimizer='adam', loss='mse')\nm.fit(X, y)", "keras"),
        ("from transformers import Trainer\nt = Trainer(m)\nt.train()", "transformers"),
        ("from transformers import Trainer\nclass T(Trainer):\n    pass\nt = T(m)\nt.train()", "transformers"),
        ("import pytorch_lightning as pl\nt = pl.Trainer()\nt.fit(m)", "lightning"),
        ("import pytorch_lightning as pl\nt = pl.Trainer.from_argparse_args(a)\nt.fit(m)", "lightning"),
        ("from ultralytics import YOLO\nYOLO('x').train(data='y')", "ultralytics"),
        ("import tensorflow as tf\ng = tape.gradient(l, v)\nopt.apply_gradients(zip(g, v))", "tensorflow"),
        ("from accelerate import Accelerator\naccelerator.backward(loss)\noptimizer.step()", "torch"),
    ],
)  # fmt: skip
def test_trainers_of_many_libraries_are_known(tmp_path, code, framework):
    assert [row.framework for row in entries(tmp_path, {"train.py": code + "\n"})] == [framework]


@pytest.mark.parametrize(
    "code",
    [
        "from sklearn.preprocessing import StandardScaler\nStandardScaler().fit(X)",
        "from sklearn.preprocessing import StandardScaler\ns = StandardScaler()\ns.fit(X)",
        "from sklearn.feature_extraction.text import TfidfVectorizer\nTfidfVectorizer().fit(texts)",
        "model.fit(X, y)",
        "curve.fit(x)\nimport torch\n",
        "def train():\n    import torch\n    loss.backward()\n    optimizer.step()\n",
        "import torch\nclass Engine:\n    def fit(self):\n        loss.backward()\n        optimizer.step()\n",
        "import torch\nloss.backward()\n",
        "from transformers import Trainer\nt = Trainer(m)\nt.evaluate()",
    ],
)
def test_what_only_looks_like_training_is_none(tmp_path, code):
    assert entries(tmp_path, {"x.py": code + "\n"}) == []


@pytest.mark.parametrize(
    "call",
    [
        "train()\n",
        "if __name__ == '__main__':\n    train()\n",
        "def main():\n    train()\n\nif __name__ == '__main__':\n    main()\n",
        "import fire\nfire.Fire(train)\n",
        "import torch.multiprocessing as mp\nmp.spawn(train, nprocs=2)\n",
        "@click.command()\ndef run():\n    train()\n",
        "class Job:\n    def run(self):\n        train()\n\njob = Job()\njob.run()\n",
    ],
)
def test_training_runs_when_it_is_reached(tmp_path, call):
    code = "import torch\n\ndef train():\n    loss.backward()\n    optimizer.step()\n\n"
    assert places(tmp_path, {"x.py": code + call}) == [("x.py", 4, "torch")]


def test_training_in_another_file_belongs_to_the_file_that_is_run(tmp_path):
    files = {
        "engine.py": "import torch\n\ndef train_one_epoch():\n    loss.backward()\n    optimizer.step()\n",
        "main.py": "from engine import train_one_epoch\n\nif __name__ == '__main__':\n    for epoch in range(3):\n        train_one_epoch()\n",
        "pkg/__init__.py": "from .trainer import Trainer\n",
        "pkg/trainer.py": "import torch\n\nclass Base:\n    def fit(self):\n        loss.backward()\n        self.optimizer.step()\n\nclass Trainer(Base):\n    pass\n",
        "run.py": "from pkg import Trainer\n\ntrainer = Trainer()\ntrainer.fit()\n",
    }  # fmt: skip
    assert places(tmp_path, files) == [("main.py", 5, "torch"), ("run.py", 4, "torch")]


def test_a_notebook_trains_in_a_cell(tmp_path):
    cells = ["from sklearn.svm import SVC", "model = SVC()", "model.fit(X, y)"]
    code = [{"cell_type": "code", "source": text, "outputs": [], "metadata": {}} for text in cells]
    text = json.dumps({"nbformat": 4, "metadata": {}, "cells": code})
    (row,) = entries(tmp_path, {"a.ipynb": text})
    assert (row.path, row.cell, row.line, row.api) == ("a.ipynb", 2, 1, "sklearn.svm.SVC")


FOREST = "from sklearn.ensemble import RandomForestClassifier as RF\n"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (FOREST + "RF().fit(X, y)", (False, ("numpy",), ())),
        (FOREST + "RF(random_state=1).fit(X, y)", (True, (), ())),
        (FOREST + "RF(random_state=None).fit(X, y)", (False, ("numpy",), ())),
        (FOREST + "RF(**options).fit(X, y)", (True, (), ())),
        (FOREST + "options = {'random_state': 1}\nRF(**options).fit(X, y)", (True, (), ())),
        (FOREST + "import numpy as np\nnp.random.seed(1)\nRF().fit(X, y)", (True, ("numpy",), ("numpy",))),
        (FOREST + "import numpy as np\nnp.random.seed()\nRF().fit(X, y)", (False, ("numpy",), ())),
        (FOREST + "import time, numpy as np\nnp.random.seed(int(time.time()))\nRF().fit(X, y)", (False, ("numpy",), ())),
        ("import random\n" + FOREST + "random.seed(1)\nRF().fit(X, y)", (False, ("numpy",), ("random",))),
        ("import xgboost as xgb\nxgb.train(p, d)", (True, (), ())),
        ("import torch\ntorch.manual_seed(1)\n" + LOOP, (True, ("torch",), ("torch",))),
        ("import torch\nimport lightning as L\nL.seed_everything(1)\n" + LOOP, (True, ("torch",), ("numpy", "random", "torch"))),
        ("from surprise import SVD\nm = SVD(random_state=1)\nm.fit(d)", (True, (), ())),
        ("from surprise import SVD\nm = SVD()\nm.fit(d)", (False, ("numpy",), ())),
    ],
)  # fmt: skip
def test_seeds_are_those_of_what_is_drawn(tmp_path, code, expected):
    assert seeding(tmp_path, code + "\n") == expected


def test_a_seed_in_a_helper_of_another_file_counts(tmp_path):
    helper = "import torch\n\ndef fix(n):\n    torch.manual_seed(n)\n"
    assert seeding(tmp_path, "import torch\nfrom util import fix\nfix(1)\n" + LOOP, util=helper)[0]
    assert not seeding(tmp_path / "b", "import torch\nfrom util import fix\n" + LOOP, util=helper)[0]


def test_a_seed_at_the_top_of_a_module_that_is_used_counts(tmp_path):
    helper = "import torch\ntorch.manual_seed(1)\n\ndef model():\n    pass\n"
    assert seeding(tmp_path, "import torch\nfrom util import model\nmodel()\n" + LOOP, util=helper)[0]


def test_a_function_of_our_own_is_judged_by_what_it_seeds(tmp_path):
    helper = "import random\n\ndef set_seed(n):\n    random.seed(n)\n"
    code = "import torch\nfrom util import set_seed\nset_seed(1)\n" + LOOP
    assert seeding(tmp_path, code, util=helper) == (False, ("torch",), ("random",))


def test_an_option_without_default_seeds_only_if_it_is_given(tmp_path):
    code = "import torch\np.add_argument('--seed', type=int, default={})\nargs = p.parse_args()\nif args.seed:\n    torch.manual_seed(args.seed)\n"
    (row,) = entries(tmp_path, {"train.py": code.format("None") + LOOP})
    assert (row.seeded, row.option) == (False, "seed")
    (row,) = entries(tmp_path / "b", {"train.py": code.format("42") + LOOP})
    assert (row.seeded, row.option) == (True, None)


def test_draws_are_rows_seeded_by_argument_library_or_not_at_all(tmp_path):
    code = """
import numpy as np
from sklearn.model_selection import KFold, train_test_split
a = train_test_split(X)
b = train_test_split(X, random_state=1)
c = KFold(3)
d = KFold(3, True)
e = KFold(3, True, 7)
f = train_test_split(X, **options)
g = frame.sample(frac=1)
h = distribution.sample()
"""
    found = scan_files(tmp_path, {"x.py": code})["random_draws"]
    split = "sklearn.model_selection.train_test_split"
    assert found[0] == RandomDraw("x.py", None, 4, "numpy", "split", split, "no", "none", "a = train_test_split(X)")
    assert [(row.line, row.kind, row.seeded, row.how) for row in found] == [
        (4, "split", "no", "none"),
        (5, "split", "yes", "argument"),
        (7, "split", "no", "none"),
        (8, "split", "yes", "argument"),
        (9, "split", "unknown", "none"),
        (10, "sample", "no", "none"),
    ]


def test_a_script_seeds_the_draws_of_the_modules_it_runs(tmp_path):
    files = {
        "data.py": "from sklearn.model_selection import train_test_split\n\ndef parts(X):\n    return train_test_split(X)\n",
        "train.py": "import numpy as np\nfrom data import parts\nfrom sklearn.svm import SVC\nnp.random.seed(1)\nSVC().fit(*parts(X))\n",
    }  # fmt: skip
    (row,) = scan_files(tmp_path, files)["random_draws"]
    assert (row.path, row.seeded, row.how) == ("data.py", "yes", "global")


@pytest.mark.parametrize(
    ("files", "line"),
    [
        (
            {
                "train.py": "from steps import *\nepoch(1)\n",
                "steps.py": f"import torch\ndef epoch(n):\n    {LOOP.strip().replace(chr(10), '; ')}\n",
            },
            2,
        ),
        (
            {
                "train.py": "from segment import segment\nsegment()\n",
                "segment.py": "from sklearn.svm import SVC\ndef segment():\n    SVC().fit(X, y)\n",
            },
            2,
        ),
        (
            {
                "train.py": "from agent import Agent\na = Agent()\na.update(1)\n",
                "agent.py": f"import torch\nclass Agent:\n    def update(self, x):\n        {LOOP.strip().replace(chr(10), '; ')}\n",
            },
            3,
        ),
        (
            {
                "train.py": "import loop\nfrom ray.train.torch import TorchTrainer\nstart(worker=loop.run)\n",
                "loop.py": f"import torch\ndef run():\n    {LOOP.strip().replace(chr(10), '; ')}\n",
            },
            3,
        ),
        (
            {
                "train.py": "from pipeline import price\nprice.fit(X, y)\n",
                "pipeline.py": "from sklearn.linear_model import Lasso\nfrom sklearn.pipeline import Pipeline\nprice = Pipeline([('model', Lasso())])\n",
            },
            2,
        ),
        (
            {
                "train.py": "from models import build\nmodel = build()\nmodel.fit(X, y)\n",
                "models.py": "import keras\ndef build():\n    model = keras.Sequential()\n    model.compile(loss='mse')\n    return model\n",
            },
            3,
        ),
        (
            {
                "train.py": "from mine import MyTrainer\ntrainer = MyTrainer(model)\ntrainer.train()\n",
                "mine.py": "from transformers import Trainer\nclass MyTrainer(Trainer):\n    pass\n",
            },
            3,
        ),
    ],
    ids=[
        "import *",
        "module and function of one name",
        "update",
        "handed on",
        "an object",
        "what a function makes",
        "inherited",
    ],
)
def test_training_is_followed_across_files(tmp_path, files, line):
    assert [(row.path, row.line) for row in entries(tmp_path, files)] == [("train.py", line)]


def test_what_another_file_offers_is_not_taken_for_a_model(tmp_path):
    files = {
        "prepare.py": "from steps import scaler, Cache, make\nscaler.fit(X)\nCache().train()\nmake().fit(X)\n",
        "steps.py": "from sklearn.preprocessing import StandardScaler\nscaler = StandardScaler()\nclass Cache:\n    def train(self):\n        pass\ndef make():\n    return StandardScaler()\n",
    }
    assert entries(tmp_path, files) == []


@pytest.mark.parametrize(
    "code",
    [
        "import hydra\nfrom lightning import Trainer\ntrainer: Trainer = hydra.utils.instantiate(cfg)\ntrainer.fit(model)\n",
        "from lightning import Trainer\ndef run(trainer: Trainer):\n    trainer.fit(model)\nrun(make())\n",
        "import stable_baselines3\nfrom zoo import ALGOS\nmodel = ALGOS[name]()\nmodel.learn(100)\n",
        "from keras.models import load_model\nload_model(path).fit_generator(batches)\n",
        "import tensorflow as tf\nrun = tf.contrib.tpu.TPUEstimator(model_fn=f)\nrun.train(input_fn=g)\n",
    ],
    ids=["annotated", "parameter", "stable-baselines3", "Keras 1", "estimator"],
)
def test_a_trainer_is_known_by_more_than_its_constructor(tmp_path, code):
    assert [row.path for row in entries(tmp_path, {"train.py": code})] == ["train.py"]


def test_a_negative_default_asks_for_another_seed_each_time(tmp_path):
    """As in rl-baselines3-zoo: `--seed` is -1, and then one is drawn."""
    code = "import argparse, torch\np = argparse.ArgumentParser()\np.add_argument('--seed', type=int, default=-1)\n"
    (row,) = entries(tmp_path, {"train.py": f"{code}args = p.parse_args()\ntorch.manual_seed(args.seed)\n{LOOP}"})
    assert (row.seeded, row.option) == (False, "seed")


def test_a_split_comes_before_the_trainer_that_seeds(tmp_path):
    """transformers.Trainer seeds when it is made; what was split before is another split in the next run."""
    code = "from transformers import Trainer\nparts = data.train_test_split(test_size=0.1)\nTrainer(model).train()\n"
    (row,) = entries(tmp_path, {"train.py": code})
    assert (row.seeded, row.unseeded, row.need, row.need_line) == (False, ("numpy",), "split", 2)
    assert seeding(tmp_path, code.replace("0.1", "0.1, seed=1"))[0]
    command_line = "from lightning.pytorch.cli import LightningCLI\nLightningCLI(Model)\n"
    assert seeding(tmp_path, f"{command_line}parts = data.train_test_split(test_size=0.1)\n")[0]


def test_options_hide_no_seed_of_a_trainer_that_takes_none(tmp_path):
    code = "import pytorch_lightning as pl\ntrainer = pl.Trainer(**options)\ntrainer.fit(model)\n"
    assert seeding(tmp_path, code) == (False, ("torch",), ())


def test_a_method_of_what_the_scope_has_made_is_followed_for_sure(tmp_path):
    code = "from steps import Step\nstep = Step()\nstep.start()\n"
    steps = (
        "from sklearn.ensemble import RandomForestClassifier\nclass Base:\n    def start(self):\n"
        "        RandomForestClassifier().fit(X, y)\nclass Step(Base):\n    pass\n"
    )
    assert seeding(tmp_path, code, steps=steps) == (False, ("numpy",), ())


def test_a_class_may_have_a_second_name(tmp_path):
    """As the experiments of thuml/Autoformer and all that were made from it."""
    code = "from steps import Step\n\nExperiment = Step\nstep = Experiment(1)\nstep.start()\n"
    steps = (
        "from sklearn.ensemble import RandomForestClassifier\nclass Step:\n    def start(self):\n"
        "        RandomForestClassifier().fit(X, y)\n"
    )
    assert seeding(tmp_path, code, steps=steps) == (False, ("numpy",), ())


def test_a_trainer_that_is_handed_its_networks_needs_no_import(tmp_path):
    """As NVlabs/SPADE; the same loop in Paddle is none of torch."""
    trainer = "class Trainer:\n    def run(self, loss):\n        loss.backward()\n        self.optimizer_G.step()\n"
    files = {"train.py": "from trainer import Trainer\ntrainer = Trainer()\ntrainer.run(loss)\n"}
    assert [row.path for row in entries(tmp_path / "a", {**files, "trainer.py": trainer})] == ["train.py"]
    assert entries(tmp_path / "b", {**files, "trainer.py": f"import mxnet\n{trainer}"}) == []


def test_an_instance_may_be_called(tmp_path):
    """As the gradient scaler of facebookresearch/mae."""
    files = {
        "train.py": "from scaler import Scaler\nscale = Scaler()\nscale(loss)\n",
        "scaler.py": "import torch\nclass Scaler:\n    def __call__(self, loss):\n        loss.backward()\n        self.opt.step()\n",
    }
    assert [row.path for row in entries(tmp_path, files)] == ["train.py"]
