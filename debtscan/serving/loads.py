"""Where one file loads models and asks them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from debtscan.serving.apis import PREDICTS, Loader, loader, loader_names
from debtscan.serving.found import Load
from debtscan.source.masking import mask
from debtscan.source.python import PythonSource
from debtscan.source.texts import HOLE
from debtscan.source.values import Values, argument
from debtscan.source.walk import Call, Function

_KEEPS = re.compile(r"cache|memoize|singleton|lru|once|lifespan|fixture|startup|on_event", re.IGNORECASE)
_NO_MODEL = re.compile(r"(Config|Tokenizer|TokenizerFast|Processor|FeatureExtractor|Scheduler)$")
_BRING_MODELS = frozenset(
    {"xgboost", "catboost", "lightgbm", "mlflow", "bentoml", "fasttext", "h2o", "pycaret", "keras", "tensorflow"}
    | {"tf_keras", "whisper", "paddle", "whisperx", "pyspark", "fastai", "autogluon"}
)
"""Libraries whose `load_model` loads a model; others mean anything by it."""
_MAX_LOADS = 50
_MAX_GIVEN = 4
_MAX_EVIDENCE = 200


def loads_in(source: PythonSource) -> Iterator[Load]:
    values: Values | None = None
    functions = {item.scope.name: item for item in source.walk.functions}
    names = loader_names()
    ready_made = any("torchvision" in name or "applications" in name for name in source.aliases.values())
    brings_models = any(name.partition(".")[0] in _BRING_MODELS for name in source.aliases.values())
    found = 0
    for last, call in source.named_calls:
        if (last not in names and not ready_made) or found == _MAX_LOADS:
            continue
        name = source.name(call.node.func) or f"?.{last}"
        api = loader(name)
        if api is None or not _loads(call.node, name, api) or (last == "load_model" and not brings_models):
            continue
        values = values or Values(source)
        found += 1
        yield _load(call, name, api, source, values, functions.get(call.scope.name))


def _loads(call: ast.Call, name: str, api: Loader) -> bool:
    """Whether a call loads a model: not its configuration, and not an architecture without weights."""
    if api.position >= 0:
        return bool(call.args or call.keywords) and not _NO_MODEL.search(name.rpartition(".")[0])
    weights = next((item.value for item in call.keywords if item.arg in {"weights", "pretrained"}), None)
    if weights is None:
        # of Keras the weights are those of ImageNet unless told otherwise
        return "applications" in name and name.rpartition(".")[2][:1].isupper()
    return not (isinstance(weights, ast.Constant) and weights.value in {None, False})


def predicts_in(source: PythonSource) -> list[str]:
    """Calls that ask a model; functions of the file's own are told by what they call."""
    own = {item.scope.name for item in source.walk.functions}
    names = (
        (source.name(call.node.func) or f"?.{last}").removeprefix("self.")
        for last, call in source.named_calls
        if PREDICTS.match(last)
    )
    return sorted({name for name in names if name not in own})


def keeps(function: Function, source: PythonSource) -> bool:
    """Whether a decorator keeps the result, or has the function run once."""
    nodes = (item.func if isinstance(item, ast.Call) else item for item in function.node.decorator_list)
    return any(_KEEPS.search(source.name(node) or "") for node in nodes)


def _load(call: Call, name: str, api: Loader, source: PythonSource, values: Values, function: Function | None) -> Load:
    node = argument(call.node, api.position, api.keyword) if api.position >= 0 else None
    text = name if api.position < 0 else values.text(node, call).text if node is not None else ""
    revision = {keyword.arg for keyword in call.node.keywords} & {
        "revision",
        "sha256",
        "checksum",
        "download_root_hash",
    }
    kept = function is not None and (keeps(function, source) or id(call.node) in kept_calls(function.node))
    evidence = mask(source.line_text(call.cell, call.node.lineno))[:_MAX_EVIDENCE]
    return Load(
        call.cell,
        call.node.lineno,
        call.scope.name,
        name,
        api.kind,
        mask(text) if "://" in text else text,
        _parameter(node, call, values),
        bool(revision),
        kept,
        evidence,
    )


def _parameter(node: ast.expr | None, call: Call, values: Values) -> tuple[str, str] | None:
    """The parameter without default that an argument is, so that the callers say what is loaded."""
    if not isinstance(node, ast.Name):
        return None
    found = values.bindings.parameter(call.scope.name, node.id)
    return None if found is None or found.default is not None else (str(found.position), node.id)


def given_in(call: Call, values: Values) -> dict[str, str]:
    """The texts that a call passes, by position and keyword; what is not told is left out."""
    arguments = [*enumerate(call.node.args[:_MAX_GIVEN]), *((item.arg, item.value) for item in call.node.keywords)]
    texts = {str(key): values.text(node, call).text for key, node in arguments[: 2 * _MAX_GIVEN] if key is not None}
    return {key: text for key, text in texts.items() if text.strip(HOLE) and "://" not in text}


def kept_calls(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[int]:
    """The calls (by `id`) behind an `if`, or whose result is kept in a global name, an attribute or a table.

    One walk over the function: a node hands on whether what is below it is kept, and to which names it is bound.
    """
    shared: set[str] = set()
    kept: set[int] = set()
    bound: list[tuple[str, int]] = []
    todo: list[tuple[ast.AST, bool, tuple[str, ...]]] = [(function, False, ())]
    while todo:
        node, below, names = todo.pop()
        if isinstance(node, ast.Call):
            if below:
                kept.add(id(node))
            bound += [(name, id(node)) for name in names]
        elif isinstance(node, ast.Global):
            shared.update(node.names)
        elif isinstance(node, ast.Assign):
            below = below or any(isinstance(target, (ast.Subscript, ast.Attribute)) for target in node.targets)
            names = (*names, *(target.id for target in node.targets if isinstance(target, ast.Name)))
        elif isinstance(node, ast.If):
            todo.append((node.test, below, names))
            todo += [(child, True, names) for child in (*node.body, *node.orelse)]
            continue
        elif isinstance(node, (ast.IfExp, ast.ExceptHandler, ast.BoolOp)):
            below = True
        todo += [(child, below, names) for child in ast.iter_child_nodes(node)]
    return kept | {call for name, call in bound if name in shared}
