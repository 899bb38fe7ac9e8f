"""All that one Python file holds of services and of models that are loaded."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence

from debtscan.serving.apis import HEALTH, HOSTED, SCHEMA_LIBRARIES, VERSION
from debtscan.serving.found import Call, FoundServing, Handler, Load
from debtscan.serving.handlers import apps_in, handlers_in
from debtscan.serving.loads import given_in, keeps, kept_calls, loads_in, predicts_in
from debtscan.source.bindings import outwards, root_name
from debtscan.source.python import PythonSource
from debtscan.source.values import Values
from debtscan.training.calls import is_external

_MAX_CALLS = 2_000
_MAY_LOAD = re.compile(r"\.\w*(Model|Predictor|Classifier|Pipeline|Inference|Detector|load|predict)\w*$")
"""Names of classes and functions of other files that may load a model."""


def serving_in(source: PythonSource) -> FoundServing:
    imported = sorted(set(source.aliases.values()))
    tops = {name.partition(".")[0] for name in imported}
    handlers = list(handlers_in(source))
    loads = list(loads_in(source))
    apps = apps_in(source)
    of_interest = bool(handlers or loads or apps) or any(_MAY_LOAD.search(name) for name in imported)
    return FoundServing(
        apps=apps,
        handlers=handlers,
        loads=loads,
        predicts=predicts_in(source),
        hosted=next((top for top in sorted(tops & HOSTED)), None),
        checks=bool(tops & SCHEMA_LIBRARIES)
        or any("serializers" in name or "django.forms" in name for name in imported),
        health=(bool(handlers or apps) or "django" in tops) and _tells_health(handlers, source),
        root=bool(handlers or apps) and _adds_root(source),
        versions=bool(handlers) and _tells_versions(handlers, source),
        calls=_calls(source, loads) if of_interest else [],
        kept=[item.scope.name for item in source.walk.functions if item.node.decorator_list and keeps(item, source)],
        imported=[name for name in imported if not is_external(name)],
    )


def _calls(source: PythonSource, loads: Sequence[Load]) -> list[Call]:
    """Calls, and functions handed on, with the scope they stand in."""
    own = source.bindings.functions.keys() | source.bindings.classes | source.aliases.keys()
    inner = {name for name in own if not is_external(source.aliases.get(name, name))}
    values = Values(source)
    telling = {load.scope for load in loads}
    telling |= {
        call.scope.name for call in source.walk.calls[:_MAX_CALLS] if root_name(call.node.func, of_calls=True) in inner
    }
    outermost = {around for scope in telling for around in outwards(scope)}
    kept: set[int] = set()
    for function in source.walk.functions:
        if function.scope.name in outermost and (
            not function.parent.name or function.parent.name in source.bindings.classes
        ):
            kept |= kept_calls(function.node)
    found: list[Call] = []
    unknown: set[str] = set()
    """Methods called on something that is not told: which ones is all that anybody asks."""
    for call in source.walk.calls[:_MAX_CALLS]:
        scope, once = call.scope.name, id(call.node) in kept
        beginning = root_name(call.node.func, of_calls=True)
        # what another library offers calls nothing of the repository
        if beginning in source.aliases and is_external(source.aliases[beginning]):
            name = None
        else:
            name = source.name(call.node.func)
        if name is not None:
            root = call.node.func
            asked = isinstance(root, ast.Name) and root.id in own and not is_external(name)
            if beginning in inner or beginning == "self":
                found.append(Call(scope, name, once, given_in(call, values) if asked else {}))
            else:
                unknown.add(name.rpartition(".")[2])
        passed = (*call.node.args, *(keyword.value for keyword in call.node.keywords))
        handed = (node.id for node in passed if isinstance(node, ast.Name) and node.id in inner)
        found += [Call(scope, source.aliases.get(name, name), once) for name in handed]
    return [*found, *(Call("", f"?.{name}", True) for name in sorted(unknown))]


def _tells_health(handlers: Iterable[Handler], source: PythonSource) -> bool:
    """Whether a route, handler or resource is there to be asked: `/health`, `def ping()`, `class Health`."""
    if any(HEALTH.search(handler.scope.rpartition(".")[2]) for handler in handlers):
        return True
    if any(item.node.name.lower().startswith(("health", "ping", "heartbeat")) for item in source.walk.classes):
        return True
    return any(
        text.startswith(("/", "^") if last not in {"path", "re_path", "url"} else "") and HEALTH.search(f"/{text}")
        for last, call in source.named_calls
        for text in _texts([*call.node.args, *(keyword.value for keyword in call.node.keywords)], 3)
    )


def _adds_root(source: PythonSource) -> bool:
    """Whether a call puts something at the root: `api.add_resource(Index, "/")`."""
    return any(
        "/" in _texts(call.node.args, 0)
        for last, call in source.named_calls
        if last in {"add_resource", "add_url_rule", "add_route", "add_api_route", "add_get", "Route", "get"}
    )


def _texts(nodes: Iterable[ast.expr], depth: int) -> Iterable[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, (ast.List, ast.Tuple)) and depth:
            yield from _texts(node.elts, depth - 1)


def _tells_versions(handlers: Iterable[Handler], source: PythonSource) -> bool:
    """Whether a handler or a field of a class speaks of a version."""
    scopes = {handler.scope for handler in handlers}
    fields = (item.node.target for item in source.walk.assignments if isinstance(item.node, ast.AnnAssign))
    if any(isinstance(target, ast.Name) and VERSION.search(target.id) for target in fields):
        return True
    return any(
        VERSION.search(word)
        for function in source.walk.functions
        if function.scope.name in scopes
        for node in ast.walk(function.node)
        for word in _words(node)
    )


def _words(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 60:
        return [node.value]
    if isinstance(node, (ast.Attribute, ast.keyword)):
        name = node.attr if isinstance(node, ast.Attribute) else node.arg
        return [name] if name else []
    return [node.id] if isinstance(node, ast.Name) else []
