"""Which pretrained models one file loads, by what name and with what revision, seen without its path."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Literal, TypeAlias

from msgspec import Struct

from debtscan.pretrained.apis import Loader, loader, tops
from debtscan.source.masking import mask
from debtscan.source.python import PythonSource
from debtscan.source.texts import HOLE, NAME_CLOSES, NAME_OPENS
from debtscan.source.values import Values, argument
from debtscan.source.walk import Call

Pinned: TypeAlias = Literal["yes", "no", "library", "unknown"]
Part: TypeAlias = Literal["weights", "preprocessing", "config", "files"]

_COMMIT = re.compile(r"[0-9a-f]{40}")
_SHORT_COMMIT = re.compile(r"[0-9a-f]{7,40}")
_VERSIONED = re.compile(r"/\d+/?$")
_HUB_PREFIX = re.compile(r"^(hf[-_]hub|hf):/*", re.IGNORECASE)
_PREPROCESSING = ("Tokenizer", "TokenizerFast", "Processor", "FeatureExtractor", "ImageProcessor")
_DOWNLOADED = re.compile(r"(yolo|rtdetr|sam|mobile_sam|fastsam)[\w.-]*\.pt$", re.IGNORECASE)
_MAX_EVIDENCE = 160
_MAX_NAME = 120


class Load(Struct, frozen=True, gc=False, array_like=True):
    cell: int | None
    line: int
    library: str
    api: str
    source: str
    part: Part
    name: str | None
    imported: str | None
    """Spelled-out constant of another module that is the name."""
    revision: str | None
    pinned: Pinned
    evidence: str


def loads_in(source: PythonSource) -> Iterator[Load]:
    known = tops()
    modules = {name.partition(".")[0] for name in source.aliases.values()} | {
        item.node.module.partition(".")[0]
        for item in source.walk.imports
        if isinstance(item.node, ast.ImportFrom) and item.node.module and not item.node.level
    }
    if not modules & known:
        return
    everything = [
        item.node.module
        for item in source.walk.imports
        if isinstance(item.node, ast.ImportFrom) and item.node.module and item.node.names[0].name == "*"
    ]
    values = Values(source)
    for call in source.walk.calls:
        spelled = source.name(call.node.func)
        if spelled is None or "()" in spelled:
            continue
        names = (spelled, *(f"{module}.{spelled}" for module in everything if "." not in spelled))
        item = next((found for name in names if (found := loader(name)) is not None), None)
        if item is not None and (load := _load(item, spelled, call, source, values)) is not None:
            yield load


def _load(item: Loader, api: str, call: Call, source: PythonSource, values: Values) -> Load | None:
    if not _loads(item, call.node) or _text_of(argument(call.node, None, "repo_type")) in {"dataset", "space"}:
        return None
    node = argument(call.node, item.position, item.keyword)
    by_function = item.position is None and item.keyword == "name"
    if by_function and item.source == "library" and not api.rpartition(".")[2][:1].isupper():
        return None
    name, imported = (api.rpartition(".")[2], None) if by_function else _named(node, call, values)
    if item.source == "torchvision":
        return _torchvision(item, api, call, source)
    if name is not None and _is_no_model(item, name, call.node):
        return None
    origin = "hub" if name is not None and _HUB_PREFIX.match(name) else item.source
    name = None if name is None else _HUB_PREFIX.sub("", name)
    revision, pinned = _pinned(origin, name, node, call, values)
    if origin == "torch.hub" and name is not None:
        name = name.partition(":")[0]
    return _row(item, api, call, source, origin, name, imported, revision, pinned)


def _row(
    item: Loader,
    api: str,
    call: Call,
    source: PythonSource,
    origin: str,
    name: str | None,
    imported: str | None,
    revision: str | None,
    pinned: Pinned,
) -> Load:
    evidence = mask(source.line_text(call.cell, call.node.lineno))[:_MAX_EVIDENCE]
    line = call.node.lineno
    return Load(call.cell, line, item.library, api, origin, _part(api), name, imported, revision, pinned, evidence)


def _loads(item: Loader, node: ast.Call) -> bool:
    """Whether the condition of the lexicon holds, as far as it is written out."""
    if item.condition == "-":
        return True
    if "@" in item.condition:
        keyword, _, position = item.condition.partition("@")
        given = argument(node, int(position), keyword)
        return given is not None and not (isinstance(given, ast.Constant) and not given.value)
    keyword, _, default = item.condition.partition("=")
    given = argument(node, None, keyword)
    return given is None or not isinstance(given, ast.Constant) or str(given.value) == default


def _named(node: ast.expr | None, call: Call, values: Values) -> tuple[str | None, str | None]:
    """The name that an argument stands for, or the constant of another module that it is."""
    if node is None:
        return None, None
    text = values.text(node, call).text
    if text.startswith(NAME_OPENS) and text.endswith(NAME_CLOSES):
        return None, text[1:-1]
    if not text or HOLE in text or NAME_OPENS in text or len(text) > _MAX_NAME or not text.isprintable():
        return None, None
    return mask(text), None


def _is_no_model(item: Loader, name: str, node: ast.Call) -> bool:
    """A folder told apart by its call alone, and a model that is only described."""
    if item.source == "torch.hub":
        return _text_of(argument(node, None, "source")) == "local"
    return item.library == "ultralytics" and not _DOWNLOADED.match(name)


def _pinned(
    origin: str, name: str | None, node: ast.expr | None, call: Call, values: Values
) -> tuple[str | None, Pinned]:
    if origin == "torch.hub":
        revision = name.partition(":")[2] or None if name is not None else None
        if name is None:
            return None, "unknown"
        return revision, "yes" if revision and _SHORT_COMMIT.fullmatch(revision) else "no"
    if origin == "tfhub":
        return None, "unknown" if name is None else "yes" if _VERSIONED.search(name) else "no"
    if node is None and any(keyword.arg is None for keyword in call.node.keywords):
        return None, "unknown"
    if origin == "library" or node is None:
        return None, "library"
    given = argument(call.node, None, "revision") or argument(call.node, None, "model_revision")
    if given is None or (isinstance(given, ast.Constant) and given.value is None):
        hidden = any(keyword.arg in {None, "model_kwargs"} for keyword in call.node.keywords)
        return None, "unknown" if hidden or name is None else "no"
    revision, _ = _named(given, call, values)
    if revision is not None and _COMMIT.fullmatch(revision):
        return revision, "yes"
    return revision, "unknown" if revision is None or name is None else "no"


def _torchvision(item: Loader, api: str, call: Call, source: PythonSource) -> Load | None:
    """`weights` names one file, whose name holds its hash; `DEFAULT` and `pretrained` leave it to the library."""
    function = api.rpartition(".")[2]
    if not function[:1].islower() or function.startswith("get_"):
        return None
    weights, pretrained = argument(call.node, None, "weights"), argument(call.node, 0, "pretrained")
    given = pretrained if weights is None else weights
    if given is None or (isinstance(given, ast.Constant) and not given.value):
        return None
    told = source.name(given) or _text_of(given) or ""
    version = told.rpartition(".")[2]
    fixed = weights is not None and version.isupper() and version != "DEFAULT"
    left_to_library = version == "DEFAULT" or isinstance(given, ast.Constant)
    pinned: Pinned = "yes" if fixed else "library" if left_to_library else "unknown"
    return _row(item, api, call, source, "library", function, None, version if fixed else None, pinned)


def _part(api: str) -> Part:
    owner = api.rpartition(".")[0].rpartition(".")[2]
    if owner.endswith(_PREPROCESSING):
        return "preprocessing"
    if owner.endswith("Config"):
        return "config"
    return "files" if api.startswith("huggingface_hub.") else "weights"


def _text_of(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
