"""What a file is, told by its name alone: exact names first, then patterns, then suffixes.

A kind says which scanners want the content. Where a name can mean two things the scanner looks inside; the table
only promises that nothing a scanner could use is missed.
"""

from __future__ import annotations

import re
from fnmatch import translate

_EXACT = {
    "pyproject.toml": "pyproject",
    "setup.cfg": "setup_cfg",
    "pipfile": "pipfile",
    "pipfile.lock": "pipfile_lock",
    "poetry.lock": "poetry_lock",
    "uv.lock": "uv_lock",
    "pdm.lock": "pdm_lock",
    "pixi.lock": "pixi_lock",
    "pixi.toml": "pixi_toml",
    "tox.ini": "tox",
    ".python-version": "python_version",
    "runtime.txt": "python_version",
    ".gitattributes": "gitattributes",
    ".gitignore": "gitignore",
    "cog.yaml": "cog",
    "devcontainer.json": "devcontainer",
    ".devcontainer.json": "devcontainer",
    "dvc.yaml": "dvc",
    "dvc.lock": "dvc",
    "dockerfile": "dockerfile",
    "containerfile": "dockerfile",
    "makefile": "makefile",
    "gnumakefile": "makefile",
    "justfile": "makefile",
    ".justfile": "makefile",
    "snakefile": "snakefile",
    "requirements": "requirements",
    "jenkinsfile": "workflow",
    ".gitlab-ci.yml": "workflow",
    ".travis.yml": "workflow",
    "azure-pipelines.yml": "workflow",
    "bitbucket-pipelines.yml": "workflow",
    "appveyor.yml": "workflow",
    ".appveyor.yml": "workflow",
    ".drone.yml": "workflow",
    ".readthedocs.yml": "workflow",
    ".readthedocs.yaml": "workflow",
    ".woodpecker.yml": "workflow",
    "cloudbuild.yaml": "workflow",
    "cloudbuild.yml": "workflow",
    "buildspec.yml": "workflow",
    "conda_build_config.yaml": "yaml",
    "mlproject": "yaml",
    "mlmodel": "mlmodel",
    ".condarc": "yaml",
    "license": "doc",
    "licence": "doc",
    "readme": "doc",
    "changelog": "doc",
    "authors": "doc",
    "notice": "doc",
    "copying": "doc",
    "codeowners": "text",
    "procfile": "text",
    ".dockerignore": "text",
    ".mailmap": "text",
    ".env": "ini",
    ".flake8": "ini",
    ".coveragerc": "ini",
    ".pylintrc": "ini",
    ".editorconfig": "ini",
}

_BY_PATH = (
    (".github/workflows/*.yml", "workflow"),
    (".github/workflows/*.yaml", "workflow"),
    (".github/actions/*/action.yml", "workflow"),
    (".github/actions/*/action.yaml", "workflow"),
    (".circleci/config.yml", "workflow"),
    (".gitlab/ci/*.yml", "workflow"),
    (".buildkite/*.yml", "workflow"),
    (".woodpecker/*.yml", "workflow"),
    (".azure-pipelines/*.yml", "workflow"),
    ("*azure-pipelines*.yml", "workflow"),
    ("*.gitlab-ci.yml", "workflow"),
)
_BY_NAME = (
    ("*conda-lock*.yml", "conda_lock"),
    ("*conda-lock*.yaml", "conda_lock"),
    ("pylock.*.toml", "pylock"),
    ("pylock.toml", "pylock"),
    ("*constraints*.txt", "constraints"),
    ("requirements*.txt", "requirements"),
    ("*requirements.txt", "requirements"),
    ("*[-_.]requirements[-_.]*.txt", "requirements"),
    ("requirements*.in", "requirements"),
    ("*requirements.in", "requirements"),
    ("requirements*.pip", "requirements"),
    ("reqs*.txt", "requirements"),
    ("conda[-_]*.lock", "requirements"),
    ("requirements*.lock", "requirements_lock"),
    ("*environment*.yml", "conda"),
    ("*environment*.yaml", "conda"),
    ("conda*.yml", "conda"),
    ("conda*.yaml", "conda"),
    ("*conda[-_]env*.yml", "conda"),
    ("*conda[-_]env*.yaml", "conda"),
    ("*conda.yml", "conda"),
    ("*conda.yaml", "conda"),
    ("*[-_]env.yml", "conda"),
    ("*[-_]env.yaml", "conda"),
    ("env.yml", "conda"),
    ("env.yaml", "conda"),
    ("env[-_]*.yml", "conda"),
    ("env[-_]*.yaml", "conda"),
    ("*.dockerignore", "text"),
    ("dockerfile*", "dockerfile"),
    ("*dockerfile", "dockerfile"),
    ("containerfile.*", "dockerfile"),
    ("makefile.*", "makefile"),
    (".env.*", "ini"),
    ("license*", "doc"),
    ("readme*", "doc"),
)
REQUIREMENTS_FOLDER = r"(?:[^/]*[-_.])?(?:requirements?|requires?|reqs)(?:[-_.][^/]*)?"
"""Name of a folder of requirements files, in lower case: `requirements`, `extras_require`, `reqs-dev`."""
_REQUIREMENTS_FOLDER = re.compile(REQUIREMENTS_FOLDER)

_SUFFIXES = {
    "python": "py pyw",
    "notebook": "ipynb",
    "shell": "sh bash zsh ksh",
    "makefile": "mk mak",
    "dockerfile": "dockerfile",
    "snakefile": "smk",
    "dvc": "dvc",
    "yaml": "yml yaml",
    "toml": "toml",
    "json": "json jsonc json5",
    "ini": "ini cfg conf properties env",
    "doc": "md markdown mdx rst txt adoc tex bib rtf",
    "data": "csv tsv psv parquet pq feather arrow ipc jsonl ndjson npy npz h5 hdf5 hdf he5 sqlite sqlite3 db duckdb "
    "xls xlsx xlsm xlsb ods avro orc tfrecord tfrecords record mat rdata rda rds sas7bdat xpt dta sav lmdb mdb arff "
    "libsvm svmlight geojson shp dbf gpkg nc nc4 grib zarr wds fasta fastq vcf bam dat data lst conll conllu spacy pkz dcm nii",
    "model": "pkl pickle pk joblib dill cloudpickle pt pth pt2 ckpt onnx pb safetensors gguf ggml keras tflite mlmodel "
    "mlpackage jit torchscript caffemodel pdparams pdmodel pdiparams bst ubj cbm model mar engine trt plan weights params pmml",
    "image": "png jpg jpeg gif svg bmp tif tiff webp ico psd eps ppm pgm heic avif",
    "media": "mp4 avi mov mkv webm wav mp3 flac ogg m4a aac ttf otf woff woff2 eot pdf ppt pptx doc docx odt odp glb "
    "gltf obj stl ply usdz",
    "archive": "zip tar gz tgz bz2 tbz2 xz txz zst lz4 7z rar whl egg jar war dbc iso dmg deb rpm",
    "text": "log lock pem key patch diff template tmpl j2 jinja jinja2 xml xsd dtd plist proto thrift graphql gql cff pbtxt "
    "prototxt vocab merges gitkeep gitmodules typed manifest in",
}
_KIND_BY_SUFFIX = {suffix: kind for kind, suffixes in _SUFFIXES.items() for suffix in suffixes.split()}

_LANGUAGES = {
    "Python": "py pyw pyi",
    "Jupyter": "ipynb",
    "Cython": "pyx pxd pxi",
    "R": "r rmd qmd",
    "Julia": "jl",
    "Scala": "scala sbt",
    "Java": "java",
    "Kotlin": "kt kts",
    "Groovy": "groovy gradle",
    "C": "c h",
    "C++": "cc cpp cxx hpp hh hxx inl",
    "CUDA": "cu cuh",
    "C#": "cs",
    "F#": "fs fsx",
    "Go": "go",
    "Rust": "rs",
    "Swift": "swift",
    "Objective-C": "mm",
    "MATLAB": "m",
    "Fortran": "f f90 f95 for",
    "Lua": "lua",
    "Perl": "pl pm",
    "PHP": "php",
    "Ruby": "rb",
    "Dart": "dart",
    "Haskell": "hs",
    "Clojure": "clj cljs",
    "Elixir": "ex exs",
    "OCaml": "ml mli",
    "JavaScript": "js mjs cjs jsx",
    "TypeScript": "ts tsx mts",
    "Vue": "vue",
    "Svelte": "svelte",
    "HTML": "html htm xhtml",
    "CSS": "css scss sass less styl",
    "SQL": "sql hql ddl",
    "SAS": "sas",
    "Stata": "do ado",
    "Shell": "sh bash zsh ksh fish",
    "PowerShell": "ps1 psm1",
    "Batch": "bat cmd",
    "Makefile": "mk mak",
    "CMake": "cmake",
    "Dockerfile": "dockerfile",
    "HCL": "tf hcl tfvars",
    "Starlark": "bzl bazel star",
    "Snakemake": "smk",
    "Nix": "nix",
    "Assembly": "s asm",
    "GLSL": "glsl vert frag hlsl metal",
}
_LANGUAGE_BY_SUFFIX = {suffix: name for name, suffixes in _LANGUAGES.items() for suffix in suffixes.split()}
_LANGUAGE_BY_KIND = {
    "dockerfile": "Dockerfile",
    "makefile": "Makefile",
    "snakefile": "Snakemake",
    "python": "Python",
    "notebook": "Jupyter",
    "shell": "Shell",
}

_COMPRESSED = {"gz", "bz2", "xz", "zst", "zip", "lz4"}
_MODEL_WORDS = re.compile(r"model|weight|checkpoint|ckpt|embedding|encoder|decoder|classifier|regressor", re.ASCII)
_AMBIGUOUS = {"h5", "hdf5", "sav", "bin"}
"""Suffixes of data and of models alike: the name decides."""
_MAY_BE_MODEL = _AMBIGUOUS | {"p", "zip", ""}
"""Suffixes of files whose beginning tells whether they are a model; joblib and others write names without one."""
_MODEL_JSON = re.compile(r"^model$|xgb|booster")
_TENSORFLOW_SHARD = re.compile(r"data-\d{5}-of-\d{5}")
BINARY_KINDS = frozenset({"data", "model", "image", "media", "archive", "other"})
"""Kinds of files that are no text, but for pointers of Git LFS in their place."""


def _union(patterns: tuple[tuple[str, str], ...]) -> tuple[re.Pattern[str], tuple[str, ...]]:
    """One expression for a whole table; the group that matched is the row."""
    return re.compile("|".join(f"({translate(glob)})" for glob, _ in patterns)), tuple(kind for _, kind in patterns)


_PATH_PATTERN, _PATH_KINDS = _union(_BY_PATH)
_NAME_PATTERN, _NAME_KINDS = _union(_BY_NAME)
_PATTERNED_SUFFIXES = {"", "txt", "in", "pip", "yml", "yaml", "toml", "dockerignore", "lock"}
"""Only these names are compared with the patterns, and those that contain `file` (Dockerfile, Makefile)."""


def kind_of(path: str) -> str:
    """The kind of the file with this path (POSIX, relative to the root)."""
    folder, _, name = path.lower().rpartition("/")
    if (kind := _EXACT.get(name)) is not None:
        return kind
    stem, dot, suffix = name.rpartition(".")
    if not dot:
        stem, suffix = name, ""
    if suffix in {"yml", "yaml"} and (match := _PATH_PATTERN.match(path.lower())):
        return _PATH_KINDS[(match.lastindex or 1) - 1]
    return _by_name(folder.rpartition("/")[2], name, suffix) or _by_suffix(stem, suffix)


def _by_name(folder: str, name: str, suffix: str) -> str | None:
    if folder == ".dvc" and name == "config":
        return "ini"
    if not (suffix in _PATTERNED_SUFFIXES or "file" in name or name.startswith(".env.")):
        return None
    if (match := _NAME_PATTERN.match(name)) and not _is_code(suffix) and suffix not in {"md", "rst"}:
        return _NAME_KINDS[(match.lastindex or 1) - 1]
    return "requirements" if suffix in {"txt", "in"} and _REQUIREMENTS_FOLDER.fullmatch(folder) else None


def may_be_model(path: str, kind: str) -> bool:
    """Whether the content of this file may be a trained model, by its name."""
    _, dot, suffix = path.lower().rpartition("/")[2].rpartition(".")
    return kind == "model" or (kind in BINARY_KINDS and (suffix if dot else "") in _MAY_BE_MODEL)


def _by_suffix(stem: str, suffix: str) -> str:
    if (suffix == "json" and _MODEL_JSON.search(stem)) or _TENSORFLOW_SHARD.fullmatch(suffix):
        return "model"
    if suffix in _AMBIGUOUS:
        if _MODEL_WORDS.search(stem):
            return "model"
        return "other" if suffix == "bin" else "data"
    if suffix in _COMPRESSED:
        inner = _KIND_BY_SUFFIX.get(stem.rpartition(".")[2]) if "." in stem else None
        return inner if inner in {"data", "model"} else "data" if inner in {"doc", "json"} else "archive"
    if (kind := _KIND_BY_SUFFIX.get(suffix)) is not None:
        return kind
    return "code" if _is_code(suffix) else "other"


def _is_code(suffix: str) -> bool:
    return suffix in _LANGUAGE_BY_SUFFIX and suffix != "dockerfile"


def language_of(path: str) -> str | None:
    """The programming or markup language of a file by its name; None for data, text and everything else."""
    name = path.lower().rpartition("/")[2]
    language = _LANGUAGE_BY_SUFFIX.get(name.rpartition(".")[2]) if "." in name else None
    return language or _LANGUAGE_BY_KIND.get(kind_of(path))
