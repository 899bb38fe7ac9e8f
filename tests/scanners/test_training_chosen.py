"""Training that is reached through a choice: registries, settings, tables of functions, programs of a package."""

from __future__ import annotations

import pytest

from tests.scanning import scan_files

STEP = "        loss.backward()\n        self.optimizer.step()\n"


def trained(tmp_path, files: dict[str, str]) -> list[tuple[str, int]]:
    return [(row.path, row.line) for row in scan_files(tmp_path, files)["training_entry_points"]]


def seeded(tmp_path, code: str, **others: str) -> bool:
    files = {"train.py": code} | {f"{name}.py": text for name, text in others.items()}
    rows = scan_files(tmp_path, files)["training_entry_points"]
    (row,) = (row for row in rows if row.path == "train.py")
    return row.seeded


AGENT = f"import torch\n\nclass Agent:\n    def update(self, batch):\n{STEP}"
RUNNER = (
    "import torch\nfrom registry import RUNNERS\n\n@RUNNERS.register('base')\nclass Runner:\n"
    f"    def train(self):\n        self.task.train_epoch()\n\nclass Task:\n    def train_epoch(self):\n{STEP}"
)


@pytest.mark.parametrize(
    ("files", "line"),
    [
        (
            {
                "train.py": "import hydra\n\nclass Work:\n    def __init__(self, cfg):\n        self.agent = hydra.utils.instantiate(cfg.agent)\n\n    def run(self):\n        self.agent.update(batch)\n\n@hydra.main(config_path='conf')\ndef main(cfg):\n    Work(cfg).run()\n",
                "agent/sac.py": AGENT,
            },
            12,
        ),
        (
            {
                "train.py": "from registry import RUNNERS\nimport runners\n\nrunner = RUNNERS.build(cfg)\nrunner.train()\n",
                "runners.py": RUNNER,
            },
            5,
        ),
        (
            {
                "train.py": "import runners\nfrom registry import find\n\nrunner = find(cfg)(cfg)\nrunner.train()\n",
                "runners.py": RUNNER,
            },
            5,
        ),
        (
            {
                "train.py": "from trainers import make\n\nmake(cfg).train()\n",
                "trainers/__init__.py": "from .ppo import PPO\n\ndef make(cfg):\n    known = globals()\n    return known[cfg.name](cfg)\n",
                "trainers/ppo.py": f"import torch\n\nclass Base:\n    def train(self):\n        self.train_on(batch)\n\nclass PPO(Base):\n    def train_on(self, batch):\n{STEP}",
            },
            3,
        ),
        (
            {
                "main.py": "from steps import train, show\n\nCOMMANDS = {'train': train, 'show': show}\nCOMMANDS[name]()\n",
                "steps.py": "from sklearn.svm import SVC\n\ndef train():\n    SVC().fit(X, y)\n\ndef show():\n    pass\n",
            },
            4,
        ),
        (
            {
                "main.py": "from steps import step, other\n\ndef main():\n    after = step\n    if cfg:\n        after = other(cfg)\n    setattr(Box, 'after', after)\n\nmain()\n",
                "steps.py": "import torch\n\ndef step(self):\n    loss.backward()\n    self.optimizer.step()\n",
            },
            9,
        ),
        (
            {
                "main.py": "import tensorflow as tf\n\nclass Model(tf.keras.Model):\n    def call(self, x):\n        self.optimizer.apply_gradients(pairs)\n\nmodel = Model()\nmodel(x)\n"
            },
            5,
        ),
    ],
    ids=[
        "hydra instantiate",
        "build of a registry",
        "class out of a registry",
        "globals",
        "table of commands",
        "handed on by a name",
        "a model that trains where it is called",
    ],
)
def test_what_is_chosen_at_run_time_is_looked_for_among_the_classes_at_hand(tmp_path, files, line):
    path = "train.py" if "train.py" in files else "main.py"
    assert trained(tmp_path, files) == [(path, line)]


@pytest.mark.parametrize(
    "code",
    [
        "runner = RUNNERS.build(cfg)\nrunner.evaluate()\n",
        "model = RUNNERS.build(cfg)\nmodel.train()\n",
        "self_made = open(path)\nself_made.train()\n",
    ],
    ids=["it evaluates", "a mode of a model", "nothing is chosen"],
)
def test_a_choice_that_trains_nothing_is_no_training(tmp_path, code):
    """As the evaluation script of LAVIS beside its runners."""
    files = {"evaluate.py": f"import runners\nfrom registry import RUNNERS\n\n{code}", "runners.py": RUNNER}
    assert trained(tmp_path, files) == []


TABLE = "from sklearn.svm import SVC\nMODELS = {'svc': SVC}\n\n"


@pytest.mark.parametrize(
    "files",
    [
        {"train.py": f"{TABLE}model = MODELS[name]()\nmodel.fit(X, y)\n"},
        {
            "train.py": "from mine import Trainer\nTrainer('svc').fit(X, y)\n",
            "mine.py": f"{TABLE}class Trainer:\n    def fit(self, X, y):\n        self.model = MODELS[self.name]()\n        self.model.fit(X, y)\n",
        },
        {
            "train.py": "from model import *\nfrom data import *\nmodel = unet()\nmodel.fit_generator(batches)\n",
            "model.py": "from keras.models import *\ndef unet():\n    model = Model(x)\n    model.compile(optimizer='adam', loss='mse')\n    return model\n",
        },
        {"train.py": "from tinygrad import Tensor\nloss.backward()\noptim.step()\n"},
        {"train.py": "from paddle import *\nloss.backward()\noptim.step()\n"},
    ],
    ids=["estimator in a table", "the same in another file", "everything imported", "tinygrad", "paddle"],
)
def test_training_needs_no_constructor_in_sight(tmp_path, files):
    assert [path for path, _ in trained(tmp_path, files)] == ["train.py"]


PROGRAM = "from sklearn.svm import SVC\n\ndef main():\n    SVC().fit(X, y)\n\ndef show():\n    pass\n"


@pytest.mark.parametrize(
    "manifest",
    [
        {"pyproject.toml": "[project.scripts]\nfit = 'app.train:main'\n"},
        {"pyproject.toml": "[tool.poetry.scripts]\nfit = 'app.train:main'\n"},
        {"setup.cfg": "[options.entry_points]\nconsole_scripts =\n    fit = app.train:main\n"},
        {
            "setup.py": "from setuptools import setup\nsetup(entry_points={'console_scripts': ['fit = app.train:main']})\n"
        },
    ],
    ids=["PEP 621", "Poetry", "setup.cfg", "setup.py"],
)
def test_a_program_that_a_package_installs_is_run(tmp_path, manifest):
    assert trained(tmp_path, {"app/train.py": PROGRAM, **manifest}) == [("app/train.py", 4)]


@pytest.mark.parametrize(
    "manifest",
    ["[project.scripts]\nshow = 'app.train:show'\n", "[project.scripts\n", "[project.scripts]\nfit = 3\n"],
    ids=["another function", "damaged", "no text"],
)
def test_a_manifest_without_the_program_runs_nothing(tmp_path, manifest):
    assert trained(tmp_path, {"app/train.py": PROGRAM, "pyproject.toml": manifest}) == []


def test_gradients_to_look_at_are_no_training(tmp_path):
    """As Grad-CAM does it: the model's gradients are cleared, and no optimiser takes a step."""
    code = "import torch\nmodel.zero_grad()\nloss.backward()\n"
    assert trained(tmp_path, {"explain.py": code}) == []
    assert trained(tmp_path, {"train.py": code.replace("model", "optimizer")}) == [("train.py", 3)]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("from hyperopt import fmin\nfmin(score, space)\n", False),
        ("from hyperopt import fmin\nfmin(score, space, rstate=rng)\n", True),
        ("import numpy as np\nimport optuna\nnp.random.seed(1)\noptuna.create_study()\n", False),
        ("import optuna\noptuna.create_study(sampler=optuna.samplers.TPESampler(seed=1))\n", True),
        ("import optuna\noptuna.create_study(sampler=optuna.samplers.TPESampler())\n", False),
    ],
)
def test_a_search_has_a_generator_of_its_own(tmp_path, code, expected):
    """Neither optuna nor hyperopt draws from NumPy's generator, so seeding NumPy is not enough."""
    assert seeded(tmp_path, f"{code}from sklearn.svm import SVC\nSVC().fit(X, y)\n") == expected


def test_detectron2_draws_a_seed_unless_its_settings_have_one(tmp_path):
    code = "from detectron2.engine import DefaultTrainer, default_setup\n{}default_setup(cfg, args)\nDefaultTrainer(cfg).train()\n"
    assert not seeded(tmp_path, code.format(""))
    assert seeded(tmp_path, code.format("cfg.SEED = 42\n"))


HELPER = "import random, numpy, torch\n\ndef set_seed(seed):\n    if seed is None:\n        return\n    random.seed(seed)\n    torch.manual_seed(seed)\n"


@pytest.mark.parametrize(
    ("option", "expected"), [("'--seed', type=int", False), ("'--seed', type=int, default=1", True)]
)
def test_a_helper_seeds_only_if_the_option_it_is_given_has_a_value(tmp_path, option, expected):
    """As in torchdistill: `set_seed(args.seed)`, and the helper returns at once where there is none."""
    code = f"import argparse, torch\nfrom helper import set_seed\np = argparse.ArgumentParser()\np.add_argument({option})\nargs = p.parse_args()\nset_seed(args.seed)\nloss.backward()\noptimizer.step()\n"
    assert seeded(tmp_path, code, helper=HELPER) == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("options = {'max_depth': 3}\n", False),
        ("options = {'random_state': 3}\n", True),
        ("options = {'max_depth': 3}\noptions['random_state'] = 3\n", True),
        ("options = read()\n", True),
    ],
)
def test_options_that_are_written_out_hide_no_seed(tmp_path, options, expected):
    code = (
        f"from sklearn.ensemble import RandomForestClassifier\n{options}RandomForestClassifier(**options).fit(X, y)\n"
    )
    assert seeded(tmp_path, code) == expected
