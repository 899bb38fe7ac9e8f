"""Stages of the life cycle by what is called."""

from __future__ import annotations

import pytest

from debtscan.lexicon.stages import lexicon


@pytest.mark.parametrize(
    ("name", "stage"),
    [
        ("pandas.read_csv", "source"),
        ("pandas.read_csv().dropna", "source"),
        ("frame.dropna", "clean"),
        ("sklearn.preprocessing.StandardScaler", "features"),
        ("sklearn.model_selection.train_test_split", "split"),
        ("self.model.fit", "train"),
        ("loss.backward", "train"),
        ("sklearn.metrics.roc_auc_score", "evaluate"),
        ("joblib.dump", "package"),
        ("fastapi.FastAPI", "serve"),
        ("evidently.Report", "operate"),
        ("os.path.join", None),
        ("fit", None),
        ("load", None),
    ],
)
def test_a_callee_tells_its_stage_or_nothing(name, stage):
    assert lexicon().stage_of(name) == stage
