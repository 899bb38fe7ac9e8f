"""`MLmodel` files of MLflow: flavours, each with the version it was saved with, and the run that made the model."""

from __future__ import annotations

import re

from debtscan.artefacts.records import FoundModel
from debtscan.source.marked_yaml import read_yaml

_KEY = re.compile(r"(?P<library>\w+?)_version")
_NAMES = {
    "sklearn": "scikit-learn",
    "pytorch": "torch",
    "fastai": "fastai",
    "spacy": "spacy",
    "keras": "keras",
    "tf": "tensorflow",
    "python": "python",
    "xgb": "xgboost",
    "lgb": "lightgbm",
    "cb": "catboost",
    "pyspark": "pyspark",
    "sentence_transformers": "sentence-transformers",
}
_VERSION = re.compile(r"\d+(\.\d+)+[\w.+-]*")
_PICKLING = frozenset({"pickle", "cloudpickle"})


def read_mlmodel(text: str) -> FoundModel | None:
    """None for a file that lists no flavours. Raises ValueError for what is no YAML."""
    document = next(iter(read_yaml(text)), None)
    flavours = document.get("flavors") if document else None
    if document is None or flavours is None:
        return None
    versions: list[tuple[str, str]] = []
    pickled = False
    for _, flavour in flavours.pairs():
        for key, value in flavour.pairs():
            match = _KEY.fullmatch(key)
            if match and value.text and _VERSION.fullmatch(value.text):
                versions.append((_NAMES.get(match["library"], match["library"]), value.text))
            pickled = pickled or (key == "serialization_format" and value.text in _PICKLING)
    tracker, run = document.get("mlflow_version"), document.get("run_id")
    if tracker and tracker.text and _VERSION.fullmatch(tracker.text):
        versions.append(("mlflow", tracker.text))
    versions.sort(key=lambda item: item[0] in {"python", "mlflow"})
    first = versions[0][0] if versions else None
    return FoundModel(
        "mlflow",
        "model",
        unsafe=True if pickled else None,
        versions=list(dict.fromkeys(versions)),
        framework=None if first in {"python", "mlflow"} else first,
        run_id=run.text if run and run.text else None,
    )
