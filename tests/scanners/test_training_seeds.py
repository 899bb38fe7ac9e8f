"""What is drawn and what is seeded at default settings, where several files decide."""

from __future__ import annotations

import pytest

from debtscan.scanners.training import TrainingEntryPoint
from tests.scanning import scan_files

LOOP = "loss.backward()\noptimizer.step()\n"


def row_of(tmp_path, files: dict[str, str], path: str = "train.py") -> TrainingEntryPoint:
    (row,) = (row for row in scan_files(tmp_path, files)["training_entry_points"] if row.path == path)
    return row


HYDRA = (
    "import hydra, lightning as L\nfrom lightning import Trainer\n\n"
    "@hydra.main(version_base='1.3', config_path='../configs', config_name='train{}')\n"
    "def main(cfg):\n    if cfg.get('seed'):\n        L.seed_everything(cfg.seed)\n    Trainer().fit(model)\n"
)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("seed: null\n", False),
        ("seed:\n", False),
        ("seed: 1\n", True),
        ("model:\n  seed: null\n", True),
        ("other: null # no seed\n", True),
        ("seed: [\n", True),
    ],
)
@pytest.mark.parametrize("suffix", ["", ".yaml"])
def test_settings_that_leave_the_seed_out_seed_nothing(tmp_path, settings, suffix, expected):
    """As in the lightning-hydra-template: `seed: null` in the settings that the script starts with."""
    files = {"src/train.py": HYDRA.format(suffix), "configs/train.yaml": settings, "configs/eval.yaml": "seed: null\n"}
    row = row_of(tmp_path, files, "src/train.py")
    assert (row.seeded, row.seeds != ()) == (expected, expected)


def test_the_order_of_a_data_set_is_drawn_before_the_trainer_seeds(tmp_path):
    """As in alpaca-lora: `data["train"].shuffle()` before a Trainer that seeds itself."""
    code = "from datasets import load_dataset\nfrom transformers import Trainer\ndata = load_dataset('x')['train'].shuffle({})\nTrainer(model).train()\n"
    row = row_of(tmp_path, {"train.py": code.format("")})
    assert (row.seeded, row.need, row.need_line, row.unseeded) == (False, "order", 3, ("numpy",))
    assert row_of(tmp_path, {"train.py": code.format("seed=1")}).seeded
    # TensorFlow's shuffle is told the size of its buffer, random's what it shuffles
    assert row_of(tmp_path, {"train.py": code.format("1000")}).seeded
    assert row_of(tmp_path, {"train.py": code.replace("load_dataset('x')['train']", "random").format("x")}).seeded


PAIRS = (
    "import random, torch\nfrom torch.utils.data import Dataset\n\nclass Pairs(Dataset):\n    def __getitem__(self, index):\n"
    "        return self.pick()\n\n    def pick(self):\n        return random.randint(0, 9)\n"
)


def test_a_loader_asks_a_data_set_for_its_examples(tmp_path):
    """As the siamese network of pytorch/examples: pairs are drawn with `random`, and only torch is seeded."""
    code = f"import torch\nfrom pairs import Pairs\ntorch.manual_seed(1)\nloader = torch.utils.data.DataLoader(Pairs())\n{LOOP}"
    row = row_of(tmp_path, {"train.py": code, "pairs.py": PAIRS})
    assert (row.seeded, row.draws, row.seeds, row.unseeded) == (False, ("random", "torch"), ("torch",), ("random",))
    assert (row.need_path, row.need_line, row.seeded_draws) == ("pairs.py", 9, 1)


@pytest.mark.parametrize(("workers", "expected"), [("num_workers=4", True), ("num_workers=0", False)])
def test_worker_processes_are_seeded_along_with_pytorch(tmp_path, workers, expected):
    code = f"import torch\nfrom pairs import Pairs\ntorch.manual_seed(1)\ntorch.utils.data.DataLoader(Pairs(), {workers})\n{LOOP}"
    assert row_of(tmp_path, {"train.py": code, "pairs.py": PAIRS}).seeded == expected


@pytest.mark.parametrize(
    ("split", "forest", "expected"),
    [
        ("random_state=1", "", (False, 1)),
        ("", "", (False, 0)),
        ("random_state=1", "random_state=1", (True, 2)),
    ],
)
def test_some_seeded_is_told_from_nothing_seeded(tmp_path, split, forest, expected):
    code = (
        "from sklearn.ensemble import RandomForestClassifier\nfrom sklearn.model_selection import train_test_split\n"
        f"parts = train_test_split(X, {split})\nRandomForestClassifier({forest}).fit(X, y)\n"
    )
    row = row_of(tmp_path, {"train.py": code})
    assert (row.seeded, row.seeded_draws) == expected


def test_a_trainer_that_seeds_itself_counts_as_seeded(tmp_path):
    code = "from transformers import Trainer\nparts = data.train_test_split(test_size=0.1)\nTrainer(model).train()\n"
    row = row_of(tmp_path, {"train.py": code})
    assert (row.seeded, row.seeded_draws) == (False, 1)


def test_agents_of_tf_agents_train_by_a_method_of_theirs(tmp_path):
    code = "from tf_agents.agents import tf_agent\n{} = make()\n{}.train(experience)\n"
    row = row_of(tmp_path, {"train.py": code.format("agent", "agent")})
    assert (row.framework, row.unseeded) == ("tf-agents", ("tensorflow",))
    assert scan_files(tmp_path / "other", {"x.py": code.format("model", "model")})["training_entry_points"] == []
