"""Models and weights that Keras saved as HDF5, and what its configuration brings along."""

from __future__ import annotations

import re

from debtscan.artefacts.hdf5 import read_root
from debtscan.artefacts.records import FoundModel

_CODE = re.compile(r'"class_name": ?"(Lambda|__lambda__)"')
_WEIGHT_NAMES = frozenset(
    {"model_weights", "_layer_checkpoint_dependencies", "optimizer_weights", "top_level_model_weights"}
)


def read_hdf5(data: bytes, *, cut: bool) -> FoundModel:
    """An HDF5 file, which is a model where Keras says so. Raises `MalformedError`."""
    root = read_root(data)
    version, config = root.attributes.get("keras_version"), root.attributes.get("model_config")
    of_keras = "keras_version" in root.attributes or "model_config" in root.attributes
    if not of_keras and not _WEIGHT_NAMES & set(root.names) and "layer_names" not in root.attributes:
        return FoundModel("hdf5", "data", unsafe=False, whole=not cut)
    code: bool | None = None if cut and "model_config" in root.attributes else False
    if config is not None:
        code = has_code(config)
    return FoundModel(
        "hdf5",
        "model",
        unsafe=code,
        versions=[("keras", version)] if version else [],
        framework="keras",
        whole=not cut,
    )


def has_code(config: str) -> bool:
    """Whether a configuration has a Lambda layer, whose Python bytecode runs when the model is loaded."""
    return bool(_CODE.search(config))
