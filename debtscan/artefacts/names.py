"""What the name of a model file promises, for files whose content is not here."""

from __future__ import annotations

import posixpath
import re

from debtscan.artefacts.records import Format, FoundModel, Holds

_WORDS = re.compile(
    r"model|weight|checkpoint|ckpt|encoder|decoder|classifier|regressor|vectori[sz]er|scaler|transformer|preprocessor|"
    r"estimator|pipeline|predictor|detector|forest|logreg|svm|xgb|lgbm|boost|resnet|vgg\d|mobilenet|efficientnet|xception|"
    r"inception|densenet|bert|yolo|unet|lstm|(?<![a-z])(net|cnn|rnn|gan|vae|clf|nn|rf|knn|dt)(?![a-z])",
    re.ASCII,
)
_FOLDER = re.compile(r"(^|/)([\w-]*models?|[\w-]*weights|checkpoints?|pretrained)/", re.ASCII)
_DLIB = re.compile(r"^(shape_predictor_|dlib_|mmod_).*\.dat(\.bz2)?$")
_SUFFIXES: dict[str, tuple[Format, bool | None]] = {
    **dict.fromkeys(("pkl", "pickle", "pk", "dill", "cloudpickle"), ("pickle", True)),
    "joblib": ("joblib", True),
    **dict.fromkeys(("pt", "pth"), ("torch", True)),
    **dict.fromkeys(("jit", "torchscript"), ("torchscript", False)),
    "onnx": ("onnx", False),
    "safetensors": ("safetensors", False),
    "gguf": ("gguf", False),
    "ggml": ("ggml", False),
    "keras": ("keras", None),
    "tflite": ("tflite", False),
    "mlmodel": ("coreml", False),
    "caffemodel": ("caffe", False),
    "pdparams": ("paddle", True),
    **dict.fromkeys(("pdmodel", "pdiparams"), ("paddle", False)),
    "ubj": ("xgboost", False),
    "cbm": ("catboost", False),
    "mar": ("torch_archive", True),
    **dict.fromkeys(("engine", "trt"), ("tensorrt", None)),
    "weights": ("darknet", None),
    "pmml": ("pmml", False),
    **dict.fromkeys(("h5", "hdf5"), ("hdf5", None)),
    **dict.fromkeys(("ckpt", "pb", "pt2", "bin", "bst", "model", "params", "plan", "sav"), ("unknown", None)),
}
_TELLING = frozenset(
    {"pt", "pth", "onnx", "safetensors", "gguf", "ggml", "keras", "tflite", "mlmodel", "caffemodel", "pdparams"}
    | {"jit", "torchscript", "pdmodel", "pdiparams", "ubj", "cbm", "mar", "engine", "trt", "weights", "ckpt", "pt2"}
)
"""Suffixes that only models have."""
_SHARD = re.compile(r"\.data-\d{5}-of-\d{5}$")


def named(path: str) -> FoundModel | None:
    """What the name alone says; None where it promises no model, nor a pickle."""
    path = path.lower()
    name = posixpath.basename(path)
    if _SHARD.search(name):
        return FoundModel("tf_checkpoint", "model", unsafe=False, framework="tensorflow", whole=False)
    if _DLIB.search(name):
        return FoundModel("dlib", "model", unsafe=False, framework="dlib", whole=False)
    stem, suffix = posixpath.splitext(name)
    suffix = suffix.lstrip(".")
    if suffix in {"gz", "bz2", "xz", "lz4", "zst"}:
        stem, suffix = posixpath.splitext(stem)
        suffix = suffix.lstrip(".")
    form, unsafe = _SUFFIXES.get(suffix, ("unknown", None))
    telling = suffix in _TELLING or bool(_WORDS.search(stem) or _FOLDER.search(path))
    if (form == "unknown" and not telling) or suffix not in _SUFFIXES:
        return None
    holds: Holds = "model" if telling else "unknown"
    return FoundModel(form, holds, unsafe=unsafe, whole=False)


def is_telling(path: str) -> bool:
    """Whether only models have this suffix."""
    name = posixpath.basename(path.lower())
    return posixpath.splitext(name)[1].lstrip(".") in _TELLING or bool(_SHARD.search(name) or _DLIB.search(name))
