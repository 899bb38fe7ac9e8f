"""Pretrained models that code loads from elsewhere, and whether what it loads is fixed.

A folder of the repository, or one that it writes, is no such model. A name that is put together at run time is not
told: it may be a folder as well as a model.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated

from msgspec import Struct

from debtscan.pretrained.loads import Load, Part, Pinned, loads_in
from debtscan.repository import File
from debtscan.source.modules import Modules
from debtscan.source.python import PythonSource
from debtscan.source.values import argument

_NAME = re.compile(r"[A-Za-z0-9][\w.@-]*(/[A-Za-z0-9][\w.-]*)?")
_FILE = re.compile(r"\.(pt|pth|bin|ckpt|h5|safetensors|gguf|onnx|zip|json|ya?ml|model|pkl)$", re.IGNORECASE)
_FOLDER = re.compile(
    r"(\w*[_-])?(models?|outputs?|out|results?|checkpoints?|ckpts?|weights|runs?|logs?|tmp|temp|data|datasets?|saves?|saved"
    r"|artifacts?|exps?|experiments?|pretrained|cache|assets|bin|trained|finetuned|local)([_-]\w*)?",
    re.IGNORECASE,
)
"""First folders of a path that is no name on a hub."""
_WRITERS = frozenset({"save_pretrained", "save_model", "TrainingArguments", "Seq2SeqTrainingArguments", "SFTConfig"})
_NAMES_A_MODEL = re.compile(r"MODEL|ENCODER|CHECKPOINT|BACKBONE|PRETRAINED|TOKENIZER|EMBED|BERT|LLM|WEIGHTS")
_NAMES_A_SECRET = re.compile(r"KEY|TOKEN(?!IZER)|SECRET|PASS|CREDENTIAL|AUTH")
"""Other constants are nobody's business, and found data lie in a cache."""
_MAX_CONSTANT = 100


class PretrainedModel(Struct, frozen=True, gc=False):
    """One call that loads a pretrained model, or a part of it, from elsewhere."""

    path: Annotated[str, "file, relative to the repository root"]
    cell: Annotated[int | None, "cell of a notebook, from 0; NULL in a script"]
    line: Annotated[int, "line of the call, from 1, within the cell in a notebook"]
    library: Annotated[str, "library that loads it (transformers, timm, torch.hub ...)"]
    api: Annotated[str, "the call, spelled out"]
    source: Annotated[str, "hub, torch.hub, tfhub, or library: the library names the file"]
    part: Annotated[Part, "what is loaded: weights, preprocessing (a tokenizer ...), config, or files"]
    name: Annotated[str | None, "the model as it is asked for; NULL where it is not told, or is the library's default"]
    revision: Annotated[str | None, "revision, ref or version of weights that is asked for; NULL: none, or not told"]
    pinned: Annotated[
        Pinned,
        "yes: one fixed state; no: whatever is there that day; library: what its installed version names; unknown",
    ]
    text: Annotated[str, "the line of code, credentials masked"]


class FoundPretrained(Struct, frozen=True, gc=False, array_like=True):
    loads: list[Load] = []
    written: list[str] = []
    """Folders it saves models to."""
    constants: dict[str, str] = {}
    """Names of its module that hold what may be the name of a model."""


TABLES = {"pretrained_models": PretrainedModel}
KINDS = frozenset({"python", "notebook"})
FOUND = FoundPretrained


def scan_file(source: PythonSource) -> FoundPretrained | None:
    found = FoundPretrained(list(loads_in(source)), sorted(set(_written(source))), dict(_constants(source)))
    return None if found == FoundPretrained() else found


def scan_repository(
    found: Sequence[tuple[File, FoundPretrained]], listing: Sequence[File]
) -> Mapping[str, Sequence[Struct]]:
    modules = Modules(file.path for file in listing if file.kind == "python")
    constants = {file.path: item.constants for file, item in found}
    written = {folder for _, item in found for folder in item.written}
    folders = _folders(file.path for file in listing)
    rows = []
    for file, item in found:
        for load in item.loads:
            name = load.name if load.imported is None else _constant(modules, constants, file.path, load.imported)
            top = load.api.partition(".")[0]
            own = (modules.find(file.path, top) or "").endswith(f"{top}/__init__.py")
            local = name is not None and _is_local(name, load.source, written, folders)
            if not own and not local:
                rows.append(_row(file.path, load, name))
    return {"pretrained_models": rows}


def _row(path: str, load: Load, name: str | None) -> PretrainedModel:
    pinned = "no" if load.imported and name and load.pinned == "unknown" and load.revision is None else load.pinned
    return PretrainedModel(
        path,
        load.cell,
        load.line,
        load.library,
        load.api,
        load.source,
        load.part,
        name,
        load.revision,
        pinned,
        load.evidence,
    )


def _written(source: PythonSource) -> Iterator[str]:
    for last, call in source.named_calls:
        if last in _WRITERS:
            node = argument(call.node, 0, "output_dir") or argument(call.node, None, "save_directory")
            value = getattr(node, "value", None)
            if isinstance(value, str):
                yield value.removeprefix("./").rstrip("/")


def _constants(source: PythonSource) -> Iterator[tuple[str, str]]:
    for scope, name, binding in source.bindings.lasting():
        if scope or not name.isupper() or not _NAMES_A_MODEL.search(name) or _NAMES_A_SECRET.search(name):
            continue
        value = getattr(binding.value, "value", None)
        if isinstance(value, str) and len(value) <= _MAX_CONSTANT and _NAME.fullmatch(value):
            yield name, value


def _constant(modules: Modules, constants: Mapping[str, Mapping[str, str]], path: str, dotted: str) -> str | None:
    target = modules.of_name(path, dotted)
    return constants.get(target[0], {}).get(target[1]) if target else None


def _folders(paths: Iterable[str]) -> frozenset[str]:
    found: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return frozenset(found)


def _is_local(name: str, source: str, written: set[str], folders: frozenset[str]) -> bool:
    if source == "tfhub":
        return "://" not in name
    if source == "torch.hub":
        return "/" not in name or name.startswith((".", "/", "~"))
    if source == "library":
        return "\\" in name or name.startswith((".", "/", "~")) or name in folders
    head, slash, _ = name.partition("/")
    if not _NAME.fullmatch(name) or _FILE.search(name) or name in folders or name in written:
        return True
    return bool(slash) and _FOLDER.fullmatch(head) is not None
