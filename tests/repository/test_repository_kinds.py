"""What a name says of a file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debtscan.repository.entries import shown
from debtscan.repository.kinds import kind_of, language_of

KINDS = {
    "python": "train.py setup.py a/b/Train.PY requirements.py dockerfile_utils.py scripts/makefile.py",
    "notebook": "eda.ipynb",
    "requirements": "requirements.txt requirements-dev.txt requirements_gpu.txt dev-requirements.txt requirements.in "
    "requirements/base.txt requirements/base.in Code/requirements my.requirements.cpu.txt reqs.txt "
    "extras_require/api.txt reqs-dev/lint.txt",
    "constraints": "constraints.txt requirements/constraints.txt constraints-3.11.txt",
    "pyproject": "pyproject.toml libs/a/pyproject.toml",
    "setup_cfg": "setup.cfg",
    "pipfile": "Pipfile",
    "pipfile_lock": "Pipfile.lock",
    "poetry_lock": "poetry.lock",
    "uv_lock": "uv.lock",
    "pdm_lock": "pdm.lock",
    "pylock": "pylock.toml pylock.gpu.toml",
    "conda_lock": "conda-lock.yml cpu.conda-lock.yaml conda-lock-gpu.yml",
    "pixi_lock": "pixi.lock",
    "pixi_toml": "pixi.toml",
    "conda": "environment.yml environment.yaml environment-gpu.yml cpu_environment.yml conda.yaml my_conda_env.yaml "
    "env.yml env-dev.yml conda_dev.yml",
    "dockerfile": "Dockerfile docker/Dockerfile.gpu Dockerfile-dev DockerfileGPU gpu.dockerfile Containerfile",
    "shell": "run.sh a.bash",
    "makefile": "Makefile GNUmakefile rules.mk Justfile .justfile",
    "snakefile": "Snakefile rules/a.smk",
    "workflow": ".github/workflows/ci.yml .github/workflows/a.yaml .gitlab-ci.yml .circleci/config.yml Jenkinsfile "
    ".travis.yml azure-pipelines.yml .github/actions/x/action.yml cloudbuild.yaml",
    "tox": "tox.ini",
    "python_version": ".python-version runtime.txt",
    "yaml": "params.yaml docker-compose.yml .pre-commit-config.yaml MLproject conda_build_config.yaml",
    "toml": "ruff.toml",
    "json": "package.json",
    "ini": "mlflow.ini app.cfg .env .env.local .dvc/config",
    "gitattributes": ".gitattributes a/.gitattributes",
    "gitignore": ".gitignore",
    "dvc": "dvc.yaml dvc.lock data/train.csv.dvc",
    "doc": "README.md LICENSE README docs/index.rst notes.txt requirements.md LICENSE-MIT.txt",
    "data": "a.csv a.csv.gz a.parquet a.feather a.jsonl a.npy a.h5 a.sqlite a.xls a.tfrecord corpus.txt.gz a.json.zip",
    "model": "a.pkl a.joblib a.pt a.pth a.ckpt a.onnx a.pb a.safetensors a.gguf a.keras pytorch_model.bin "
    "weights.h5 my_model.hdf5 model.pkl.gz",
    "image": "a.png a.SVG",
    "media": "a.mp4 a.pdf a.woff2",
    "archive": "a.zip a.tar.gz a.whl",
    "code": "a.R a.jl a.scala a.cpp a.js a.html a.sql a.pyi a.pyx a.ps1",
    "text": "a.log Cargo.lock .dockerignore CODEOWNERS Procfile server.key Dockerfile.dockerignore",
    "other": "noise a.bin a.xyz .hidden",
}


@pytest.mark.parametrize(("kind", "path"), [(kind, path) for kind, paths in KINDS.items() for path in paths.split()])
def test_a_name_says_what_a_file_is(kind, path):
    assert kind_of(path) == kind


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("a.py", "Python"),
        ("a.pyi", "Python"),
        ("a.ipynb", "Jupyter"),
        ("a.R", "R"),
        ("a.Rmd", "R"),
        ("a.jl", "Julia"),
        ("a.scala", "Scala"),
        ("A.java", "Java"),
        ("a.cpp", "C++"),
        ("a.cu", "CUDA"),
        ("a.js", "JavaScript"),
        ("a.html", "HTML"),
        ("a.sh", "Shell"),
        ("Dockerfile", "Dockerfile"),
        ("Makefile", "Makefile"),
        ("a.csv", None),
        ("README.md", None),
        ("noise", None),
        ("py", None),
    ],
)
def test_a_name_says_the_language(path, language):
    assert language_of(path) == language


@given(st.text())
def test_any_name_has_a_kind(path):
    assert kind_of(path)
    language_of(path)


@given(st.binary())
def test_any_bytes_become_valid_text(raw):
    text = shown(raw)
    assert text.encode().decode() == text
    try:
        assert raw.decode() == text
    except UnicodeDecodeError:
        assert "\\x" in text
