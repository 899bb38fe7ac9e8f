"""Model files: what each is, who keeps it, who wrote it, and what is said where its content is not here."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from msgspec.structs import asdict

from debtscan.repository.blobs import MAX_HEAD_BYTES
from debtscan.scan import Facts
from tests.scanning import commit, git, scan_folder, write_files

FILES = Path(__file__).parents[1] / "artefacts" / "files"
LOGISTIC = (FILES / "logistic.2.pkl").read_bytes()
KERAS = (FILES / "keras.earliest.h5").read_bytes()
ROWS = (FILES / "rows.pkl").read_bytes()
LIGHTGBM = (FILES / "boosted.txt").read_text()
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 123456\n"
DIGEST = "0123456789abcdef0123456789abcdef"
MLMODEL = """\
flavors:
  python_function: {loader_module: mlflow.sklearn, python_version: 3.10.5}
  sklearn: {pickled_model: model.pkl, serialization_format: cloudpickle, sklearn_version: 1.0.2}
mlflow_version: 1.27.0
run_id: 85412c4643564a4f8a6b3d8f0130216a
"""
CHURN = {
    "model.h5": KERAS,
    "models/churn.pkl": LOGISTIC,
    "src/train.py": "import joblib\njoblib.dump(model, '../models/churn.pkl')\n",
    "README.md": "`model.h5` has the weights of the first release.\n",
}


@pytest.fixture(params=["work tree", "bare"])
def scanned(request, tmp_path):
    """The facts of committed files, as they lie on disk and as git holds them: the same rows."""

    def scan(files: Mapping[str, str | bytes]) -> Facts:
        folder = commit(tmp_path / "tree", files)
        if request.param == "bare":
            git(tmp_path, "clone", "-q", "--bare", str(folder), str(tmp_path / "bare.git"))
            folder = tmp_path / "bare.git"
        return scan_folder(folder)

    return scan


def rows(facts: Facts, *columns: str) -> list[tuple]:
    return [tuple(getattr(row, column) for column in columns) for row in facts.tables["model_files"]]


def why(facts: Facts) -> list[tuple[str | None, str]]:
    return [(gap.path, gap.why) for gap in facts.gaps if gap.scanner == "model_files"]


def test_every_column_of_a_model_in_git(scanned):
    facts = scanned(CHURN)
    keras, churn = (asdict(row) for row in facts.tables["model_files"])
    git_id = subprocess.run(["git", "hash-object", "--stdin"], input=LOGISTIC, capture_output=True, check=True)
    assert churn == {
        "path": "models/churn.pkl",
        "format": "pickle",
        "size_bytes": 955,
        "unsafe": True,
        "tracked_by": "git",
        "producer": "src/train.py",
        "holds": "model",
        "by_content": True,
        "whole": True,
        "framework": "scikit-learn",
        "framework_version": "1.9.1",
        "made_with": ("scikit-learn 1.9.1",),
        "imports": (
            "sklearn.linear_model._logistic.LogisticRegression",
            "numpy._core.multiarray._reconstruct",
            "numpy.ndarray",
            "_codecs.encode",
            "numpy.dtype",
        ),
        "commands": (),
        "plain": False,
        "detail": "protocol 2",
        "run_id": None,
        "card": None,
        "place": "own",
        "component": ".",
        "blob": git_id.stdout.decode().strip(),
    }
    told = ("path", "format", "unsafe", "tracked_by", "producer", "framework_version", "imports", "plain", "card")
    assert tuple(keras[column] for column in told) == (
        "model.h5", "hdf5", False, "git", None, "2.12.0", (), None, "README.md"
    )  # fmt: skip
    assert why(facts) == []


def test_the_version_in_a_model_is_a_witness(scanned):
    facts = scanned({**CHURN, "tests/old.pkl": LOGISTIC})
    stated = [(row.part, row.value, row.exact, row.path) for row in facts.tables["versions"] if row.witness == "model"]
    assert stated == [("keras", "2.12.0", True, "model.h5"), ("scikit-learn", "1.9.1", True, "models/churn.pkl")]


def test_where_the_content_is_not_here_the_name_speaks(scanned):
    facts = scanned(
        {
            ".gitattributes": "*.pt filter=lfs diff=lfs merge=lfs -text\n",
            ".gitignore": "/model.pkl\n/encoders\n",
            "net.pt": POINTER,
            "rows.bin": POINTER,
            "dvc.yaml": "stages:\n  train:\n    cmd: python train.py\n    outs:\n    - model.pkl\n",
            "dvc.lock": f"stages:\n  train:\n    outs:\n    - path: model.pkl\n      md5: {DIGEST}\n      size: 7\n",
            "encoder.joblib.dvc": f"outs:\n- md5: {DIGEST}\n  path: encoder.joblib\n",
        }
    )
    columns = ("path", "format", "unsafe", "tracked_by", "size_bytes", "producer", "by_content", "holds", "plain")
    assert rows(facts, *columns) == [
        ("encoder.joblib", "joblib", True, "dvc", None, None, False, "model", None),
        ("model.pkl", "pickle", True, "dvc", 7, "dvc.lock", False, "model", None),
        ("net.pt", "torch", True, "lfs", 123456, None, False, "model", None),
    ]


def test_an_output_of_dvc_that_is_committed_is_in_git(scanned):
    facts = scanned({"m.pkl": LOGISTIC, "m.pkl.dvc": f"outs:\n- md5: {DIGEST}\n  path: m.pkl\n"})
    assert rows(facts, "path", "tracked_by", "by_content") == [("m.pkl", "git", True)]


def test_a_model_of_mlflow_is_one_row_that_knows_its_run(scanned):
    facts = scanned({"a/MLmodel": MLMODEL, "a/model.pkl": LOGISTIC, "b/MLmodel": MLMODEL, "b/data/x.csv": "1\n"})
    columns = ("path", "format", "unsafe", "producer", "card", "made_with", "run_id")
    run = "85412c4643564a4f8a6b3d8f0130216a"
    stated = ("scikit-learn 1.0.2", "python 3.10.5", "mlflow 1.27.0")
    assert rows(facts, *columns) == [
        ("a/model.pkl", "pickle", True, "a/MLmodel", "a/MLmodel", ("scikit-learn 1.9.1", *stated), run),
        ("b/MLmodel", "mlflow", True, "b/MLmodel", "b/MLmodel", stated, run),
    ]


def test_a_file_beside_an_mlmodel_is_described_only_where_it_says_so(scanned):
    facts = scanned({"m/MLmodel": MLMODEL, "m/model.pkl": LOGISTIC, "m/columns.pkl": ROWS})
    assert rows(facts, "path", "holds", "made_with", "run_id") == [
        ("m/columns.pkl", "data", (), None),
        (
            "m/model.pkl",
            "model",
            ("scikit-learn 1.9.1", "scikit-learn 1.0.2", "python 3.10.5", "mlflow 1.27.0"),
            "85412c4643564a4f8a6b3d8f0130216a",
        ),
    ]


def test_a_model_needs_no_suffix_and_weights_of_hdf5_need_a_name(scanned):
    table = (FILES / "rows.h5").read_bytes()
    forest = (FILES / "forest.joblib").read_bytes()
    facts = scanned(
        {"app/crop_app": forest, "trained_models/faces.h5": table, "table.h5": table, "bin/run": b"\0" * 2000}
    )
    assert rows(facts, "path", "format", "holds", "by_content") == [
        ("app/crop_app", "joblib", "model", True),
        ("trained_models/faces.h5", "hdf5", "model", True),
    ]


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("joblib.dump(model, 'models/churn.pkl')", "models/churn.pkl"),
        ("joblib.dump(model, '../model/churn.pkl')", "models/churn.pkl"),
        ("pickle.dump(model, open(os.path.join(folder, 'churn.pkl'), 'wb'))", "models/churn.pkl"),
        ("ModelCheckpoint('../nets/' + name + '_mini.{epoch:02d}-{val_acc:.2f}.hdf5')", "nets/faces_mini.99-0.65.hdf5"),
    ],
)
def test_the_producer_is_found_by_what_code_writes(tmp_path, code, path):
    imports = "import joblib, os, pickle\nfrom keras.callbacks import ModelCheckpoint\n"
    folder = commit(
        tmp_path / "tree", {path: LOGISTIC, "src/train.py": f"{imports}{code}\n", "src/serve.py": "import os\n"}
    )
    assert rows(scan_folder(folder), "path", "producer") == [(path, "src/train.py")]


def test_a_readme_may_say_where_all_models_come_from(scanned):
    speaking = "The weights were trained on the public part of the data.\n"
    facts = scanned({"nets/a.pkl": LOGISTIC, "README.md": speaking, "docs/README.md": "# Docs\n"})
    assert rows(facts, "path", "card") == [("nets/a.pkl", "README.md")]


def test_a_saved_model_is_one_row(scanned):
    saved = b"\x08\x01\x12\x0b\x0a\x07\x2a\x052.4.1\x12\x00"
    facts = scanned(
        {
            "export/saved_model.pb": saved,
            "export/variables/variables.data-00000-of-00001": b"\0" * 2000,
            "ckpt/model.data-00000-of-00001": b"\0" * 2000,
        }
    )
    assert rows(facts, "path", "format", "holds", "framework_version") == [
        ("ckpt/model.data-00000-of-00001", "tf_checkpoint", "model", None),
        ("export/saved_model.pb", "saved_model", "model", "2.4.1"),
    ]


def test_what_is_no_model_has_no_row(scanned):
    facts = scanned(
        {
            "data/rows.h5": (FILES / "rows.h5").read_bytes(),
            "templates/page.pt": "<html></html>\n",
            "model.pkl": "see the wiki\n",
            "clip/bpe_simple_vocab_16e6.txt.gz": "x\n",
            "figures.zip": b"PK\x03\x04" + bytes(2000),
            "refs.bst": "ENTRY { address }\n",
            "params.bin": b"\0\1\2" * 900,
            "model.json": '{"a": 1}',
            "model.sav": "id,score\n1,2\n" * 200,
        }
    )
    assert (rows(facts, "path"), why(facts)) == ([], [])


def test_pickled_data_are_no_model_and_lightgbm_writes_text(scanned):
    facts = scanned({"rows.pkl": ROWS, "boosted.txt": LIGHTGBM, "notes.txt": "tree\n"})
    assert rows(facts, "path", "format", "holds", "unsafe", "plain") == [
        ("boosted.txt", "lightgbm", "model", False, None),
        ("rows.pkl", "pickle", "data", True, True),
    ]


def test_the_place_says_whose_a_file_is(scanned):
    paths = {
        "model.pkl": "own",
        "shop/models/m.pkl": "package",
        "tests/fixtures/m.pkl": "test",
        "examples/m.pkl": "example",
        "third_party/x/m.pkl": "vendored",
    }
    facts = scanned({**dict.fromkeys(paths, LOGISTIC), "shop/__init__.py": "", "shop/models/__init__.py": ""})
    assert dict(rows(facts, "path", "place")) == paths


def test_bytes_of_no_known_format_are_a_gap_where_only_models_have_the_suffix(scanned):
    facts = scanned({"yolo.weights": b"\x07\0\1\2" * 900, "index.bin": b"\0\1\2" * 900})
    assert rows(facts, "path", "format", "unsafe", "by_content") == [("yolo.weights", "darknet", None, False)]
    assert why(facts) == [("yolo.weights", "model file not understood: its content is of no format that is read")]


def test_of_a_large_file_only_the_beginning_is_read(scanned):
    opened = b"\x80\x04cnet\nNet\n\x8e" + (2 * MAX_HEAD_BYTES).to_bytes(8, "little")
    facts = scanned({"net.pkl": opened + bytes(MAX_HEAD_BYTES)})
    assert rows(facts, "path", "format", "unsafe", "imports", "whole", "size_bytes") == [
        ("net.pkl", "pickle", True, ("net.Net",), False, MAX_HEAD_BYTES + len(opened))
    ]
    assert why(facts) == [("net.pkl", "model file read in part: only its beginning was looked at")]


def test_what_a_partial_clone_lacks_is_not_clean(tmp_path):
    folder = commit(tmp_path / "tree", {"model.pkl": LOGISTIC, "net.safetensors": b"\0" * 2000})
    git(folder, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--bare", "--filter=blob:limit=900", f"file://{folder}", str(tmp_path / "bare.git"))
    facts = scan_folder(tmp_path / "bare.git")
    assert rows(facts, "path", "format", "unsafe", "size_bytes", "by_content", "whole") == [
        ("model.pkl", "pickle", True, None, False, False),
        ("net.safetensors", "safetensors", False, None, False, False),
    ]
    lacking = "model file known by its name only: its content is missing in this partial clone"
    assert why(facts) == [("model.pkl", lacking), ("net.safetensors", lacking)]


def test_a_model_on_the_disk_only_is_kept_by_nobody(tmp_path):
    folder = commit(tmp_path / "tree", {".gitignore": "*.pkl\n"})
    write_files(folder, {"model.pkl": LOGISTIC})
    assert rows(scan_folder(folder), "path", "tracked_by", "by_content") == [("model.pkl", "none", False)]


def test_a_link_to_a_model_is_none_of_its_own_but_for_git_annex(tmp_path):
    folder = commit(tmp_path / "tree", {"model.pkl": LOGISTIC})
    (folder / "latest.pkl").symlink_to("model.pkl")
    (folder / "net.pt").symlink_to(".git/annex/objects/zf/Kp/MD5E-s1234--0123.pt/MD5E-s1234--0123.pt")
    git(folder, "add", "-A")
    assert rows(scan_folder(folder), "path", "tracked_by", "size_bytes", "by_content") == [
        ("model.pkl", "git", 955, True),
        ("net.pt", "annex", 1234, False),
    ]
