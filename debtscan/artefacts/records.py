"""What one model file says of itself."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

Format: TypeAlias = Literal[
    "pickle",
    "joblib",
    "torch",
    "torchscript",
    "keras",
    "hdf5",
    "safetensors",
    "gguf",
    "ggml",
    "onnx",
    "saved_model",
    "frozen_graph",
    "tf_checkpoint",
    "tflite",
    "tfjs",
    "coreml",
    "mlflow",
    "skops",
    "torch_archive",
    "stable_baselines3",
    "xgboost",
    "lightgbm",
    "catboost",
    "fasttext",
    "sentencepiece",
    "pmml",
    "darknet",
    "dlib",
    "caffe",
    "paddle",
    "tensorrt",
    "unknown",
]
Holds: TypeAlias = Literal["model", "vocabulary", "data", "unknown"]

PICKLED: frozenset[Format] = frozenset({"pickle", "joblib", "torch", "torch_archive", "stable_baselines3"})
"""Formats whose usual loader runs what the file tells it to."""


class FoundModel(Struct, frozen=True, gc=False, array_like=True):
    """What was seen in the bytes; nothing was loaded."""

    format: Format
    holds: Holds = "unknown"
    unsafe: bool | None = None
    """Whether its usual loader runs code that the file brings or names; None: not known."""
    imports: list[str] = []
    """What a pickle would import, each `module.name` once, in order."""
    versions: list[tuple[str, str]] = []
    """Distributions and the versions of them that the file says it was made with; the first is the framework's."""
    framework: str | None = None
    """Distribution the model is made with, by its name on PyPI."""
    detail: str | None = None
    """Of the format: pickle protocol, ONNX opset, GGUF version."""
    run_id: str | None = None
    """Run of MLflow that made it."""
    members: list[str] = []
    """Files and folders that an MLmodel says are the model, relative to its folder."""
    whole: bool = True
    """False where only the beginning was seen."""
    problem: str | None = None
    """Why something in it was not understood."""
