"""Model files that are one message of Protocol Buffers: ONNX, TensorFlow, Core ML, SentencePiece.

A message does not say what it is: it is known by the numbers and types of its fields (onnx.proto, saved_model.proto,
graph.proto, Model.proto of Core ML, sentencepiece_model.proto).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from debtscan.artefacts.bytes import MalformedError
from debtscan.artefacts.protobuf import fields, text
from debtscan.artefacts.records import FoundModel

_ONNX_FIELDS = frozenset({1, 2, 3, 4, 5, 6, 7, 8, 14, 20, 25, 26})
_MAX_IR_VERSION = 30
_PRODUCERS = {
    "pytorch": "torch",
    "skl2onnx": "skl2onnx",
    "tf2onnx": "tf2onnx",
    "keras2onnx": "keras2onnx",
    "OnnxMLTools": "onnxmltools",
    "CoreMLTools": "coremltools",
}
_CORE_ML_TYPES = 200
_CORE_ML_METADATA = 100
_TOOL = b"com.github.apple.coremltools.version"
_VERSION = re.compile(r"\d+(\.\d+)+[\w.+-]*")
_OPERATION = re.compile(r"[A-Z]\w*(>\w+)?")
_Fields = Sequence[tuple[int, int | bytes]]


def read_message(data: bytes, *, cut: bool) -> FoundModel | None:
    """None for a message of another kind, or for none at all."""
    try:
        found = list(fields(data, whole=not cut))
    except MalformedError:
        return None
    if not found:
        return None
    for reader in (_onnx, _saved_model, _core_ml, _sentence_piece, _frozen_graph):
        if (model := reader(found, cut)) is not None:
            return model
    return None


def _values(found: _Fields, field: int) -> list[int | bytes]:
    return [value for number, value in found if number == field]


def _first_text(found: _Fields, field: int) -> str | None:
    return next((words for value in _values(found, field) if (words := text(value))), None)


def _onnx(found: _Fields, cut: bool) -> FoundModel | None:
    version = found[0][1] if found[0][0] == 1 else None
    if not isinstance(version, int) or not 1 <= version <= _MAX_IR_VERSION:
        return None
    numbers = {number for number, _ in found}
    graph = next((value for value in _values(found, 7) if isinstance(value, bytes)), None)
    if graph is None or not numbers <= _ONNX_FIELDS or any(isinstance(value, int) for value in _values(found, 2)):
        return None
    producer, made_with = _first_text(found, 2), _first_text(found, 3)
    distribution = _PRODUCERS.get(producer or "")
    number = (made_with or "").partition(" ")[0]
    versions = [(distribution, number)] if distribution and _VERSION.fullmatch(number) else []
    return FoundModel(
        "onnx",
        "model",
        unsafe=False,
        versions=versions,
        framework=distribution or producer,
        detail=_opset(found),
        whole=not cut,
    )


def _opset(found: _Fields) -> str | None:
    """The version of the default set of operators."""
    for value in _values(found, 8):
        inner = _inner(value)
        domain, version = _first_text(inner, 1), next((v for v in _values(inner, 2) if isinstance(v, int)), None)
        if version is not None and domain in {None, "ai.onnx"}:
            return f"opset {version}"
    return None


def _saved_model(found: _Fields, cut: bool) -> FoundModel | None:
    if {number for number, _ in found} != {1, 2} or found[0][1] != 1:
        return None
    graphs = _values(found, 2)
    info = next(iter(_values(_inner(graphs[0], cut=cut), 1)), b"")
    version = _first_text(_inner(info, cut=cut), 5)
    if version is None or not _VERSION.fullmatch(version):
        return None
    return FoundModel(
        "saved_model",
        "model",
        unsafe=False,
        versions=[("tensorflow", version)],
        framework="tensorflow",
        whole=not cut,
    )


def _core_ml(found: _Fields, cut: bool) -> FoundModel | None:
    if found[0][0] != 1 or not isinstance(found[0][1], int) or max(number for number, _ in found) < _CORE_ML_TYPES:
        return None
    metadata = next(iter(_values(_inner(next(iter(_values(found, 2)), b"")), _CORE_ML_METADATA)), b"")
    versions = []
    for value in _values(_inner(metadata), 100):
        pair = _inner(value)
        tool = _first_text(pair, 2)
        if _values(pair, 1) == [_TOOL] and tool:
            versions.append(("coremltools", tool))
    return FoundModel("coreml", "model", unsafe=False, versions=versions, framework="coremltools", whole=not cut)


def _sentence_piece(found: _Fields, cut: bool) -> FoundModel | None:
    """Its first pieces: each a text and, but for the first, a score of four bytes."""
    pieces = [_inner(value) for value in _values(found, 1)[:3]]
    if len(pieces) < 3 or found[0][0] != 1:
        return None
    if not all(_first_text(piece, 1) for piece in pieces) or not any(
        isinstance(value, bytes) and len(value) == 4 for piece in pieces for value in _values(piece, 2)
    ):
        return None
    return FoundModel("sentencepiece", "vocabulary", unsafe=False, framework="sentencepiece", whole=not cut)


def _frozen_graph(found: _Fields, cut: bool) -> FoundModel | None:
    """Nodes with a name and an operation."""
    nodes = [_inner(value) for value in _values(found, 1)[:3]]
    if not nodes or found[0][0] != 1 or not {number for number, _ in found} <= {1, 2, 3, 4}:
        return None
    if not all(_OPERATION.fullmatch(_first_text(node, 2) or "") and _first_text(node, 1) for node in nodes):
        return None
    return FoundModel("frozen_graph", "model", unsafe=False, framework="tensorflow", whole=not cut)


def _inner(value: int | bytes, *, cut: bool = False) -> _Fields:
    """The fields of a message inside; none where it is no message."""
    if not isinstance(value, bytes):
        return []
    try:
        return list(fields(value, whole=not cut))
    except MalformedError:
        return []
