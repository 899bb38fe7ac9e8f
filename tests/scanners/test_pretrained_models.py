"""Which pretrained models code loads from elsewhere, and whether what it loads is fixed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debtscan.lexicon.entries import entries
from debtscan.pretrained.loads import loads_in
from debtscan.scanners.pretrained_models import PretrainedModel
from debtscan.source.python import read_python
from tests.scanning import scan_files

COMMIT = "607a30d783dfa663caf39e06633721c8d4cfcd7e"


def models(tmp_path, files: dict[str, str]) -> list[PretrainedModel]:
    return list(scan_files(tmp_path, files)["pretrained_models"])


def told(tmp_path, code: str) -> list[tuple[str, str, str | None, str | None, str]]:
    """(library, part, name, revision, pinned) of every row."""
    rows = models(tmp_path, {"run.py": code})
    return [(row.library, row.part, row.name, row.revision, row.pinned) for row in rows]


def test_a_load_is_a_row_with_its_name_and_place(tmp_path):
    code = "from transformers import BertModel\nmodel = BertModel.from_pretrained('google/bert', use_auth_token='hf_abcdefgh')\n"
    notebook = json.dumps(
        {"cells": [{"cell_type": "code", "source": code, "outputs": []}], "metadata": {}, "nbformat": 4}
    )
    (row,) = models(tmp_path, {"a.ipynb": notebook})
    assert "hf_abcdefgh" not in row.text
    assert row == PretrainedModel(
        path="a.ipynb",
        cell=0,
        line=2,
        library="transformers",
        api="transformers.BertModel.from_pretrained",
        source="hub",
        part="weights",
        name="google/bert",
        revision=None,
        pinned="no",
        text=row.text,
    )


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import transformers as t\nt.AutoTokenizer.from_pretrained('gpt2')", ("transformers", "preprocessing", "gpt2", None, "no")),
        (f"import transformers as t\nt.AutoModel.from_pretrained('gpt2', revision='{COMMIT}')", ("transformers", "weights", "gpt2", COMMIT, "yes")),
        ("import transformers as t\nt.AutoModel.from_pretrained('gpt2', revision='v1')", ("transformers", "weights", "gpt2", "v1", "no")),
        ("import transformers as t\nt.AutoModel.from_pretrained('gpt2', revision=made())", ("transformers", "weights", "gpt2", None, "unknown")),
        ("import transformers as t\nt.AutoModel.from_pretrained('gpt2', **options)", ("transformers", "weights", "gpt2", None, "unknown")),
        ("import transformers as t\nt.AutoModel.from_pretrained(made())", ("transformers", "weights", None, None, "unknown")),
        ("import transformers as t\nt.pipeline('sentiment-analysis')", ("transformers", "weights", None, None, "library")),
        ("from vllm import LLM\nLLM(**options)", ("vllm", "weights", None, None, "unknown")),
        ("import torch\ntorch.hub.load('pytorch/vision', 'resnet18')", ("torch.hub", "weights", "pytorch/vision", None, "no")),
        ("import torch\ntorch.hub.load('pytorch/vision:v0.10.0', 'resnet18')", ("torch.hub", "weights", "pytorch/vision", "v0.10.0", "no")),
        ("import torch\ntorch.hub.load('pytorch/vision:2f40a483d', 'resnet18')", ("torch.hub", "weights", "pytorch/vision", "2f40a483d", "yes")),
        ("import timm\ntimm.create_model('hf_hub:timm/vit', pretrained=True)", ("timm", "weights", "timm/vit", None, "no")),
        ("import timm\ntimm.create_model('resnet18', pretrained=flag)", ("timm", "weights", "resnet18", None, "library")),
        ("from torchvision import models\nmodels.resnet18(pretrained=True)", ("torchvision", "weights", "resnet18", None, "library")),
        ("from torchvision import models\nmodels.resnet18(weights='DEFAULT')", ("torchvision", "weights", "resnet18", None, "library")),
        ("from torchvision import models\nmodels.resnet18(weights='IMAGENET1K_V1')", ("torchvision", "weights", "resnet18", "IMAGENET1K_V1", "yes")),
        ("from torchvision import models as m\nm.resnet18(weights=m.ResNet18_Weights.IMAGENET1K_V1)", ("torchvision", "weights", "resnet18", "IMAGENET1K_V1", "yes")),
        ("from torchvision import models\nmodels.resnet18(weights=made if flag else None)", ("torchvision", "weights", "resnet18", None, "unknown")),
        ("from keras.applications import VGG16\nVGG16(include_top=False)", ("keras", "weights", "VGG16", None, "library")),
        ("from fastai.vision.all import *\nvision_learner(data, resnet34)", ("fastai", "weights", None, None, "library")),
        ("from ultralytics import YOLO\nYOLO('yolov8n.pt')", ("ultralytics", "weights", "yolov8n.pt", None, "library")),
        ("import tensorflow_hub as hub\nhub.load('https://tfhub.dev/google/use')", ("tensorflow_hub", "weights", "https://tfhub.dev/google/use", None, "no")),
    ],
)  # fmt: skip
def test_what_fixes_a_model_depends_on_where_it_comes_from(tmp_path, code, expected):
    assert told(tmp_path, code) == [expected]


@pytest.mark.parametrize(
    "code",
    [
        "import transformers as t\nt.AutoModel.from_pretrained('../model')",
        "import transformers as t\nt.AutoModel.from_pretrained('outputs/last')",
        "import transformers as t\nt.AutoModel.from_pretrained('model.safetensors')",
        "import torch\ntorch.hub.load('./yolov5', 'custom', source='local')",
        "import torch\ntorch.hub.load('.', 'custom')",
        "import timm\ntimm.create_model('resnet18')",
        "import timm\ntimm.create_model('resnet18', pretrained=False)",
        "from torchvision import models\nmodels.resnet18()\nmodels.resnet18(weights=None)\nmodels.get_model('vit')",
        "from keras.applications import VGG16, vgg16\nVGG16(weights=None)\nvgg16.preprocess_input(x)",
        "from ultralytics import YOLO\nYOLO('runs/detect/train/weights/best.pt')\nYOLO('yolov8n.yaml')",
        "import tensorflow_hub as hub\nhub.KerasLayer('./model')",
        "from huggingface_hub import hf_hub_download\nhf_hub_download('a/b', 'c.csv', repo_type='dataset')",
        "from mine import Model\nModel.from_pretrained('gpt2')",
    ],
)
def test_what_is_no_model_from_elsewhere_is_no_row(tmp_path, code):
    assert told(tmp_path, code) == []


def test_a_library_loads_its_own_models(tmp_path):
    files = {"src/timm/__init__.py": "", "src/run.py": "import timm\ntimm.create_model('vit', pretrained=True)\n"}
    assert models(tmp_path, files) == []


def test_every_entry_says_where_the_name_stands():
    for name, _library, source, place, condition in entries("pretrained"):
        position, _, keyword = place.partition(":")
        assert source in {"hub", "torch.hub", "library", "tfhub", "torchvision"}, name
        assert position == "-" or position.isdecimal(), name
        assert keyword.isidentifier(), name
        assert condition == "-" or "@" in condition or "=" in condition, name


@given(
    st.lists(
        st.sampled_from(
            ["t.AutoModel", ".from_pretrained", "(", ")", "'a/b'", "*x", "**y", ",", "revision=", "None", "\n", "x="]
        )
    )
)
def test_no_code_is_too_odd_to_be_read(parts):
    source = read_python(("import transformers as t\n" + "".join(parts)).encode())
    assert all(load.library == "transformers" for load in loads_in(source))
