"""Where runs of training are recorded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debtscan.lexicon.entries import entries
from debtscan.scanners.experiment_tracking import ExperimentTracking, scan_file
from debtscan.source.python import read_python
from tests.scanning import scan_files


def told(tmp_path, code: str) -> list[tuple[int, str, bool]]:
    rows = scan_files(tmp_path, {"train.py": code})["experiment_tracking"]
    return [(row.line, row.library, row.partial) for row in rows]


def test_a_record_is_a_row_with_its_place(tmp_path):
    rows = scan_files(tmp_path, {"train.py": "import wandb\nwandb.init(project='p', api_key='0123456789abcdef')\n"})
    (row,) = rows["experiment_tracking"]
    assert "0123456789abcdef" not in row.text
    assert row == ExperimentTracking("train.py", None, 2, "wandb", "wandb.init", False, row.text)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import mlflow\nwith mlflow.start_run():\n    mlflow.log_metric('a', 1)", [(2, "mlflow", False), (3, "mlflow", False)]),
        ("import mlflow.sklearn\nmlflow.sklearn.autolog()", [(2, "mlflow", False)]),
        ("import mlflow\nmodel = mlflow.pyfunc.load_model(uri)", []),
        ("from clearml import Task\nTask.init()", [(2, "clearml", False)]),
        ("from comet_ml import Experiment\nExperiment()", [(2, "comet", False)]),
        ("from dvclive.lightning import DVCLiveLogger\nDVCLiveLogger()", [(2, "dvclive", False)]),
        ("from lightning.pytorch.loggers import WandbLogger\nWandbLogger()", [(2, "wandb", False)]),
        ("from torch.utils.tensorboard import SummaryWriter\nSummaryWriter()", [(2, "tensorboard", True)]),
        ("import hydra\n@hydra.main()\ndef main(cfg):\n    pass", [(2, "hydra", True)]),
        ("import json\njson.dump(metrics, file)", [(2, "files", True)]),
        ("import json\njson.dump(rows, file)", []),
        ("with open('results/run.txt', 'a') as file:\n    pass", [(1, "files", True)]),
        ("with open('results/run.txt') as file:\n    pass", []),
        ("results.to_csv(path)", [(1, "files", True)]),
        ("customers.to_csv(path)", []),
        ("init()\nwandb.init()", []),
    ],
)  # fmt: skip
def test_a_tracker_records_a_run_and_others_a_part_of_it(tmp_path, code, expected):
    assert told(tmp_path, code) == expected


def test_every_entry_says_how_much_is_recorded():
    assert {how for _, _, how in entries("tracking")} == {"run", "partial"}


@given(
    st.lists(st.sampled_from(["wandb.init", "open", "json.dump", "(", ")", "*x", "**y", ",", "'log'", "mode=", "\n"]))
)
def test_no_code_is_too_odd_to_be_read(parts):
    rows = scan_file(read_python(("import json, wandb\n" + "".join(parts)).encode())) or []
    assert {row.library for row in rows} <= {"wandb", "files"}
