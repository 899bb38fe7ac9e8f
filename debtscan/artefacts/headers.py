"""Model files that say in their first bytes what they are."""

from __future__ import annotations

import json
import re
from typing import Any

from debtscan.artefacts.bytes import MalformedError, number
from debtscan.artefacts.bytes import cut as cut_out
from debtscan.artefacts.records import Format, FoundModel, Holds

_MAX_HEADER_BYTES = 100_000_000
"""Of a safetensors file, by its specification."""
_SAFETENSORS_FRAMEWORKS = {"pt": "torch", "tf": "tensorflow", "flax": "flax", "np": "numpy"}
_MAGIC: tuple[tuple[int, bytes, Format, str | None], ...] = (
    (0, b"GGUF", "gguf", None),
    (0, b"lmgg", "ggml", None),
    (0, b"fmgg", "ggml", None),
    (0, b"tjgg", "ggml", None),
    (4, b"TFL3", "tflite", "tensorflow"),
    (0, b"CBM1", "catboost", "catboost"),
    (0, b"\xba\x16\x4f\x2f", "fasttext", "fasttext"),
    (0, b"binf", "xgboost", "xgboost"),
    (0, b"tree\nversion=v", "lightgbm", "lightgbm"),
)
_XGBOOST = re.compile(rb'\{"learner"\s*:|\{L\x00{7}\x07learner|\{"version"\s*:\s*\[[\d, ]+\],\s*"learner"')
_XGBOOST_VERSION = re.compile(rb'"version"\s*:\s*\[\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*\]')
_LAYERS = re.compile(rb'"format"\s*:\s*"(layers|graph)-model"')
_TOOL = re.compile(
    rb'"(?:generatedBy|convertedBy)"\s*:\s*"(keras|TensorFlow\.js Converter|TensorFlow\.js tfjs-layers)? ?v?(\d+(?:\.\d+)+)"'
)
_TOOLS = {b"keras": "keras", b"TensorFlow.js Converter": "tensorflowjs"}
_KERAS_JSON = re.compile(rb'\{"(?:class_name|module)": ?"(?:Sequential|Functional|Model|keras)')
_KERAS_VERSION = re.compile(rb'"keras_version": ?"(\d+(?:\.\d+)+)')
_BEGINNING = 4_000


def read_header(data: bytes, size_bytes: int) -> FoundModel | None:
    """None for what has no such beginning. Raises `MalformedError` for a header that is not what it promised."""
    for at, magic, form, framework in _MAGIC:
        if data.startswith(magic, at):
            detail = f"version {number(data, 4, 4)}" if form == "gguf" else None
            return FoundModel(form, "model", unsafe=False, framework=framework, detail=detail)
    if data.startswith(b"{"):
        return _json(data)
    if data[8:9] == b"{":
        return _safetensors(data, size_bytes)
    if b"<PMML" in data[:_BEGINNING]:
        return FoundModel("pmml", "model", unsafe=False)
    return None


def _safetensors(data: bytes, size_bytes: int) -> FoundModel | None:
    size = number(data, 0, 8)
    if not 2 <= size <= min(_MAX_HEADER_BYTES, size_bytes - 8):
        return None
    if size + 8 > len(data):
        return FoundModel("safetensors", "model", unsafe=False, whole=False)
    try:
        header: Any = json.loads(cut_out(data, 8, size))
    except (ValueError, RecursionError) as error:
        raise MalformedError("its header is no JSON") from error
    if not isinstance(header, dict) or not all(isinstance(value, dict) for value in header.values()):
        raise MalformedError("its header lists no tensors")
    made_for = header.get("__metadata__", {}).get("format")
    framework = _SAFETENSORS_FRAMEWORKS.get(made_for) if isinstance(made_for, str) else None
    return FoundModel("safetensors", "model", unsafe=False, framework=framework)


def _json(data: bytes) -> FoundModel | None:
    """A model as JSON: XGBoost's own (or its binary twin), TensorFlow.js, an architecture of Keras."""
    beginning = data[:_BEGINNING]
    if _XGBOOST.match(beginning):
        version = _XGBOOST_VERSION.search(data[:200]) or _XGBOOST_VERSION.search(data[-200:])
        versions = [("xgboost", b".".join(version.groups()).decode())] if version else []
        return FoundModel("xgboost", "model", unsafe=False, versions=versions, framework="xgboost")
    if _LAYERS.search(beginning):
        tools = [(_TOOLS[name], found.decode()) for name, found in _TOOL.findall(data[:100_000]) if name in _TOOLS]
        return FoundModel("tfjs", "model", unsafe=False, versions=tools, framework="tensorflowjs")
    if _KERAS_JSON.match(beginning):
        version = _KERAS_VERSION.search(data)
        holds: Holds = "model"
        versions = [("keras", version[1].decode())] if version else []
        return FoundModel("keras", holds, unsafe=b'"Lambda"' in data, versions=versions, framework="keras")
    return None
