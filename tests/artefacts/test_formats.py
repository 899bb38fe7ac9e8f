"""Each format is told by its content, with the version that wrote it.

The files in `files/` were written by scikit-learn 1.9.1, joblib 1.6.0, h5py 3.16.0 (both layouts of HDF5), onnx 1.23.2,
safetensors 0.8.0, skops 0.16.0 and lightgbm 4.7.0; the archives are put together here, member by member.
"""

from __future__ import annotations

import io
import json
import struct
import zipfile
from pathlib import Path

import pytest

from debtscan.artefacts import FoundModel, named, read_model

FILES = Path(__file__).parent / "files"
TREES = [
    "sklearn.pipeline.Pipeline",
    "sklearn.preprocessing._data.StandardScaler",
    "numpy._core.multiarray.scalar",
    "numpy.dtype",
    "joblib.numpy_pickle.NumpyArrayWrapper",
    "numpy.ndarray",
    "sklearn.ensemble._forest.RandomForestClassifier",
    "sklearn.tree._classes.DecisionTreeClassifier",
    "sklearn.tree._tree.Tree",
]
LINEAR = [
    "sklearn.linear_model._logistic.LogisticRegression",
    "numpy._core.multiarray._reconstruct",
    "numpy.ndarray",
    "numpy.dtype",
]


def read(data: bytes, size_bytes: int | None = None) -> FoundModel | None:
    return read_model(data, len(data) if size_bytes is None else size_bytes)


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "name", ["forest.joblib", *(f"forest.{c}.joblib" for c in ("zlib", "gzip", "bz2", "xz", "lzma"))]
)
def test_joblib_is_read_with_its_arrays_in_between_and_however_it_is_compressed(name):
    model = read((FILES / name).read_bytes())
    assert (model.format, model.holds, model.unsafe) == ("joblib", "model", True)
    assert (model.versions, model.framework) == ([("scikit-learn", "1.9.1")], "scikit-learn")
    assert (model.imports, model.whole, model.problem) == (TREES, True, None)


def test_arrays_of_objects_and_texts_are_stepped_over_in_joblib():
    model = read((FILES / "encoder.joblib").read_bytes())
    assert (model.format, model.holds, model.whole, model.problem) == ("joblib", "model", True, None)
    assert model.versions == [("scikit-learn", "1.9.1")]


@pytest.mark.parametrize(("protocol", "more"), [(0, True), (2, True), (4, False)])
def test_a_pickle_is_read_in_each_protocol(protocol, more):
    model = read((FILES / f"logistic.{protocol}.pkl").read_bytes())
    assert (model.format, model.holds, model.unsafe, model.whole) == ("pickle", "model", True, True)
    assert model.versions == [("scikit-learn", "1.9.1")]
    assert set(LINEAR) <= set(model.imports)
    assert ("_codecs.encode" in model.imports) == more
    assert model.detail == (f"protocol {protocol}" if protocol else None)


def test_a_pickle_of_plain_data_is_no_model():
    model = read((FILES / "rows.pkl").read_bytes())
    assert (model.format, model.holds, model.unsafe, model.framework) == ("pickle", "data", True, None)


@pytest.mark.parametrize(("layout", "code"), [("earliest", False), ("latest", True)])
def test_keras_writes_its_version_into_hdf5_and_a_lambda_layer_brings_code(layout, code):
    assert read((FILES / f"keras.{layout}.h5").read_bytes()) == FoundModel(
        "hdf5", "model", unsafe=code, versions=[("keras", "2.12.0")], framework="keras"
    )


def test_hdf5_without_keras_is_data():
    assert read((FILES / "rows.h5").read_bytes()) == FoundModel("hdf5", "data", unsafe=False)


def test_onnx_tells_who_made_it_and_its_operators():
    assert read((FILES / "relu.onnx").read_bytes()) == FoundModel(
        "onnx", "model", unsafe=False, versions=[("torch", "2.1.0")], framework="torch", detail="opset 17"
    )


def test_safetensors_skops_and_lightgbm_run_nothing():
    found = {
        name: read((FILES / name).read_bytes()) for name in ("weights.safetensors", "logistic.skops", "boosted.txt")
    }
    assert found == {
        "weights.safetensors": FoundModel("safetensors", "model", unsafe=False, framework="torch"),
        "logistic.skops": FoundModel(
            "skops", "model", unsafe=False, versions=[("skops", "0.16.0")], framework="scikit-learn"
        ),
        "boosted.txt": FoundModel("lightgbm", "model", unsafe=False, framework="lightgbm"),
    }


WEIGHTS = b"ccollections\nOrderedDict\n(tRV0.weight\nctorch._utils\n_rebuild_tensor_v2\n(tRs."
TENSORS = b"(ctorch._utils\n_rebuild_tensor_v2\n(tRctorch._utils\n_rebuild_tensor_v2\n(tRt."
NETWORK = b"cnet\nNet\n(tR."
SCRIPTED = b"c__torch__.net\nNet\n(tR."


@pytest.mark.parametrize(
    ("pickled", "expected"),
    [
        (WEIGHTS, ("torch", "model", True)),
        (TENSORS, ("torch", "data", True)),
        (NETWORK, ("torch", "unknown", True)),
        (SCRIPTED, ("torchscript", "model", False)),
    ],
    ids=["weights", "tensors of a data set", "a class of the project", "TorchScript"],
)
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_torch_archive_is_what_the_pickle_in_it_says(pickled, expected, method):
    model = read(zipped({"net/data.pkl": pickled, "net/data/0": bytes(8), "net/version": b"3\n"}, method))
    assert (model.format, model.holds, model.unsafe) == expected
    assert model.framework == "torch"


def test_members_whose_size_stands_behind_them_are_found():
    buffer = io.BytesIO()

    class Pipe(io.RawIOBase):
        def writable(self):
            return True

        def write(self, data):
            return buffer.write(data)

    with zipfile.ZipFile(Pipe(), "w") as archive:
        archive.writestr("net/data.pkl", WEIGHTS)
        archive.writestr("net/version", b"3\n")
    model = read(buffer.getvalue())
    assert (model.format, model.holds, model.whole) == ("torch", "model", True)


def test_what_torch_wrote_before_1_6_is_told_by_its_first_number():
    magic = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."
    model = read(magic + b"\x80\x02M\xe9\x03." + b"\x80\x02}." + b"\x80\x02" + WEIGHTS + b"\x80\x02]." + bytes(64))
    assert (model.format, model.holds, model.framework) == ("torch", "model", "torch")
    assert model.imports == ["collections.OrderedDict", "torch._utils._rebuild_tensor_v2"]


def test_keras_3_and_stable_baselines_archives_tell_their_versions():
    keras = zipped({"metadata.json": b'{"keras_version": "3.3.3"}', "config.json": b'{"class_name": "Sequential"}'})
    info = b"- OS: Linux\n- Stable-Baselines3: 2.0.0\n- PyTorch: 2.1.0+cu118\n"
    agent = zipped({"data": b"{}", "_stable_baselines3_version": b"2.0.0", "system_info.txt": info})
    assert read(keras) == FoundModel("keras", "model", unsafe=False, versions=[("keras", "3.3.3")], framework="keras")
    assert read(agent) == FoundModel(
        "stable_baselines3",
        "model",
        unsafe=True,
        versions=[("stable-baselines3", "2.0.0"), ("torch", "2.1.0")],
        framework="stable-baselines3",
    )


def message(*fields: tuple[int, int | bytes]) -> bytes:
    """A message of Protocol Buffers whose numbers and lengths are below 128."""
    out = b""
    for number, value in fields:
        key = number << 3 | (0 if isinstance(value, int) else 2)
        out += bytes([key]) if key < 128 else bytes([key & 127 | 128, key >> 7])
        out += bytes([value]) if isinstance(value, int) else bytes([len(value)]) + value
    return out


def test_messages_are_told_by_their_fields():
    graph = message((1, message((1, b"x"), (2, b"Placeholder"))), (1, message((1, b"y"), (2, b"Relu"))))
    saved = message((1, 1), (2, message((1, message((4, b"serve"), (5, b"2.4.1"))), (2, graph))))
    piece = b"\x0a\x01a\x15\x00\x00\x80\xbf"
    apple = message((1, 4), (2, message((1, b"x"))), (25 * 8, b"x"))
    assert read(graph) == FoundModel("frozen_graph", "model", unsafe=False, framework="tensorflow")
    assert read(saved) == FoundModel(
        "saved_model", "model", unsafe=False, versions=[("tensorflow", "2.4.1")], framework="tensorflow"
    )
    assert read(message((1, message((1, b"<unk>"))), (1, piece), (1, piece))) == FoundModel(
        "sentencepiece", "vocabulary", unsafe=False, framework="sentencepiece"
    )
    assert read(apple) == FoundModel("coreml", "model", unsafe=False, framework="coremltools")


def test_first_bytes_tell_the_rest():
    beginnings = {
        b"GGUF\x03\x00\x00\x00": ("gguf", None),
        b"\x1c\0\0\0TFL3": ("tflite", "tensorflow"),
        b"CBM1": ("catboost", "catboost"),
        b"\xba\x16\x4f\x2f": ("fasttext", "fasttext"),
        b"binf": ("xgboost", "xgboost"),
        b'{"learner": {}, "version": [1, 7, 4]}': ("xgboost", "xgboost"),
        b'{"format": "layers-model", "generatedBy": "keras v2.4.0"}': ("tfjs", "tensorflowjs"),
        b'<?xml version="1.0"?><PMML version="4.2">': ("pmml", None),
    }
    found = {data: read(data + bytes(20) if data[:1] not in b"{<" else data) for data in beginnings}
    assert {data: (model.format, model.framework) for data, model in found.items()} == beginnings
    assert {model.unsafe for model in found.values()} == {False}
    assert found[b'{"learner": {}, "version": [1, 7, 4]}'].versions == [("xgboost", "1.7.4")]
    assert found[b'{"format": "layers-model", "generatedBy": "keras v2.4.0"}'].versions == [("keras", "2.4.0")]


@pytest.mark.parametrize(
    "data",
    [b"", b"a,b\n1,2\n", b"<html></html>", b'{"a": 1}', b"i am text\n.", zipped({"a.csv": b"1"}), b"\x93NUMPY\x01\x00", b"(a) first\n"],
    ids=["nothing", "rows", "a page", "JSON", "words", "an archive", "an array", "a list"],
)  # fmt: skip
def test_what_is_no_model_is_none(data):
    assert read(data) is None


def test_of_a_file_that_was_cut_the_beginning_is_told():
    header = json.dumps({"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}).encode()
    tensors = struct.pack("<Q", len(header)) + header
    forest = (FILES / "forest.joblib").read_bytes()
    assert read(tensors, 9_000_000) == FoundModel("safetensors", "model", unsafe=False)
    begun = read(forest[:2000], 900_000)
    assert (begun.format, begun.holds, begun.whole, begun.problem) == ("joblib", "model", False, None)
    assert begun.imports == TREES[: len(begun.imports)]


def test_a_damaged_file_says_so():
    assert read(b"\x80\x04\x95" + bytes(8) + b"\xff").problem == "its opcodes end too early or make no sense"
    assert read(b"\x89HDF\r\n\x1a\n\x09" + bytes(100)).problem == "its version of HDF5 is not read"
    assert read(struct.pack("<Q", 10) + b"{not json}").problem == "its header is no JSON"


def test_a_name_promises_what_its_suffix_means():
    promised = {path: named(path) for path in ("a/net.pth", "model.pkl", "rows.pkl", "w.safetensors", "best_model.h5")}
    assert {path: (model.format, model.holds, model.unsafe) for path, model in promised.items()} == {
        "a/net.pth": ("torch", "model", True),
        "model.pkl": ("pickle", "model", True),
        "rows.pkl": ("pickle", "unknown", True),
        "w.safetensors": ("safetensors", "model", False),
        "best_model.h5": ("hdf5", "model", None),
    }
    assert [named(path) for path in ("a.csv", "data.bin", "style.bst", "spiece.vocab", "notes.txt")] == [None] * 5
