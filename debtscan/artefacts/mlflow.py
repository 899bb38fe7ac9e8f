"""`MLmodel` files of MLflow: flavours, each with the version it was saved with, and the run that made the model."""

from __future__ import annotations

import re
from collections.abc import Iterator

from debtscan.artefacts.records import FoundModel
from debtscan.source.marked_yaml import Node, read_yaml

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
_MAX_DEPTH, _MAX_MEMBERS = 4, 100
_PICKLING = frozenset({"pickle", "cloudpickle"})


def read_mlmodel(text: str) -> FoundModel | None:
    """None for a file that lists no flavours. Raises ValueError for what is no YAML."""
    document = next(iter(read_yaml(text)), None)
    flavours = document.get("flavors") if document else None
    if document is None or flavours is None:
        return None
    versions: list[tuple[str, str]] = []
    pickled = False
    members: list[str] = []
    for _, flavour in flavours.pairs():
        members += _texts(flavour)
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
        members=list(dict.fromkeys(members))[:_MAX_MEMBERS],
    )


def _texts(node: Node, depth: int = 0) -> Iterator[str]:
    """Everything written in a flavour: which of its keys name files differs from one to the next."""
    if node.text:
        yield node.text.strip("/")
    if depth < _MAX_DEPTH:
        for child in [*node.children(), *(value for _, value in node.pairs())]:
            yield from _texts(child, depth + 1)
