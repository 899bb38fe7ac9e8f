"""Which functions of one file answer requests, and which calls and classes make the service they belong to."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from debtscan.serving.apis import DEMOS, HOSTS, SERVERLESS, SERVES, WEB, maker_names, makers, tops
from debtscan.serving.found import App, Handler
from debtscan.serving.requests import taken
from debtscan.source.python import PythonSource
from debtscan.source.walk import Function

_ROUTING = frozenset(
    {"get", "post", "put", "patch", "delete", "head", "options", "route", "api_route", "websocket", "websocket_route"}
    | {"api", "endpoint", "api_operation"}
)
_HTTP_METHODS = frozenset(
    {"get", "post", "put", "patch", "do_GET", "do_POST", "do_PUT", "on_get", "on_post", "on_put", "create"}
)
_METHODS = {
    "ray_serve": frozenset({"__call__"}),
    "torchserve": frozenset({"handle", "preprocess", "inference"}),
    "litserve": frozenset({"decode_request"}),
    **dict.fromkeys(("mlserver", "kserve", "seldon", "cog"), frozenset({"predict"})),
    "triton": frozenset({"execute"}),
    "truss": frozenset({"predict"}),
}
"""Methods of model servers that answer requests, or read them."""
_SAGEMAKER = frozenset({"input_fn", "predict_fn", "output_fn", "transform_fn"})
_GIVE_REQUESTS = frozenset({"aiohttp", "starlette"})
_AZURE_INPUTS = frozenset({"data", "raw_data", "input_data", "request", "raw_request", "json_data", "request_data"})


def apps_in(source: PythonSource) -> list[App]:
    """What makes services here, one of each framework; a model server stands for the web framework inside it."""
    found: dict[str, App] = {}
    for app in (*_made(source), *_inherited(source), *_decorated(source), *_conventional(source)):
        known = found.get(app.framework)
        if known is None or (known.router and not app.router):
            found[app.framework] = app
    hosted = found.keys() & (HOSTS | {"modal"})
    apps = [app for app in found.values() if not (hosted and app.framework in WEB)]
    return sorted(apps, key=lambda app: (app.cell or 0, app.line, app.framework))


def handlers_in(source: PythonSource) -> Iterator[Handler]:
    imported = {name.lstrip(".").partition(".")[0] for name in source.aliases.values()}
    frameworks = [framework for top, framework in tops().items() if top in imported and framework not in DEMOS]
    convention = {app.framework for app in _conventional(source)}
    if not frameworks and not convention:
        return
    bases = {item.name: _framework_of_class(item.node, source) for item in source.walk.classes}
    web = next((name for name in frameworks if name in WEB), "")
    for function in source.walk.functions:
        owner, _, last = function.scope.name.rpartition(".")
        routes = list(_routes(function, source)) if frameworks else []
        decorator = next((route for route in routes), None)
        framework = bases.get(owner)
        if decorator is not None:
            yield _handler(function, web or frameworks[0], [route for _, route in routes], routes, source)
        elif framework is not None and last in _METHODS.get(framework, _HTTP_METHODS if framework in WEB else ()):
            yield _handler(function, framework, [], [], source)
        elif _is_view(function, owner, web, last):
            yield _handler(function, web, [], [], source)
        elif owner == "" and (name := _convention_of(function, convention)):
            yield _handler(function, name, [], [], source)


def _handler(
    function: Function, framework: str, routes: list[str], decorators: list[tuple[str, str]], source: PythonSource
) -> Handler:
    schema, raw = taken(function.node, framework, source)
    calls = {last for last, call in source.named_calls if call.scope.name == function.scope.name}
    words = (function.node.name, *routes, *calls)
    return Handler(
        function.cell,
        function.node.lineno,
        function.scope.name,
        framework,
        routes,
        framework in HOSTS or any(SERVES.search(word) for word in words),
        schema,
        raw,
        source.line_text(function.cell, raw)[:200] if raw else "",
        any(how in {"get", "route"} and route in {"/", ""} for how, route in decorators),
    )


def _made(source: PythonSource) -> Iterator[App]:
    names = maker_names()
    for last, call in source.named_calls:
        if last not in names:
            continue
        maker = makers().get(source.name(call.node.func) or "")
        if maker is not None and maker.role in {"app", "router", "demo"}:
            # files of a page that another file of it imports are parts of that
            part = maker.role == "router" or maker.framework == "streamlit"
            yield App(call.cell, call.node.lineno, maker.framework, part)


def _inherited(source: PythonSource) -> Iterator[App]:
    for item in source.walk.classes:
        framework = _framework_of_class(item.node, source)
        if framework is not None:
            # a class of requests alone is part of an application elsewhere
            part = framework in {"flask", "tornado", "starlette", "aiohttp"}
            yield App(item.cell, item.node.lineno, framework, part)


def _framework_of_class(node: ast.ClassDef, source: PythonSource) -> str | None:
    if node.name == "TritonPythonModel":
        return "triton"
    if node.name == "Model" and not node.bases and _is_truss(node):
        return "truss"
    for base in node.bases:
        maker = makers().get(source.name(base) or "")
        if maker is not None and maker.role == "base":
            return maker.framework
    for decorator in node.decorator_list:
        maker = makers().get(source.name(decorator.func if isinstance(decorator, ast.Call) else decorator) or "")
        if maker is not None and maker.role == "decorator":
            return maker.framework
    return None


def _is_truss(node: ast.ClassDef) -> bool:
    """`class Model` with `__init__(self, **kwargs)`, `load(self)` and `predict(self, model_input)`."""
    methods = {item.name: item.args for item in node.body if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef))}
    return {"__init__", "load", "predict"} <= methods.keys() and methods["__init__"].kwarg is not None


def _decorated(source: PythonSource) -> Iterator[App]:
    for function in source.walk.functions:
        for decorator in function.node.decorator_list:
            node = decorator.func if isinstance(decorator, ast.Call) else decorator
            maker = makers().get(source.name(node) or "")
            if maker is not None and maker.role in {"decorator", "demo"}:
                yield App(function.cell, function.node.lineno, maker.framework, False)


def _conventional(source: PythonSource) -> Iterator[App]:
    """Files that a platform runs by the names of their functions."""
    top = {item.node.name: item for item in source.walk.functions if not item.parent.name}
    for name, item in top.items():
        parameters = [argument.arg for argument in item.node.args.args]
        if (
            len(parameters) == 2
            and parameters[0] in {"event", "_event"}
            and parameters[1] in {"context", "_context", "_"}
        ):
            yield App(item.cell, item.node.lineno, "lambda", False)
        elif name == "model_fn" and parameters[:1] == ["model_dir"]:
            yield App(item.cell, item.node.lineno, "sagemaker", False)
        elif name == "main" and _takes_azure_request(item, source):
            yield App(item.cell, item.node.lineno, "azure_functions", False)
    run, init = top.get("run"), top.get("init")
    if run is not None and init is not None and _scores_for_azure(run.node, init.node):
        yield App(run.cell, run.node.lineno, "azureml", False)
    if any(name.startswith("django") for name in source.aliases.values()):
        for item in top.values():
            if _is_view(item, "", "django", item.node.name):
                yield App(item.cell, item.node.lineno, "django", False)


def _scores_for_azure(run: ast.AST, init: ast.AST) -> bool:
    """Whether `init` keeps a model for `run(data)`; a batch of files (`mini_batch`) is no request."""
    assert isinstance(run, (ast.FunctionDef, ast.AsyncFunctionDef))
    assert isinstance(init, (ast.FunctionDef, ast.AsyncFunctionDef))
    given = [argument.arg for argument in run.args.args]
    keeps = any(isinstance(node, ast.Global) for node in ast.walk(init))
    return keeps and not init.args.args and bool(given) and given[0] in _AZURE_INPUTS


def _takes_azure_request(item: Function, source: PythonSource) -> bool:
    names = (source.name(argument.annotation) for argument in item.node.args.args if argument.annotation)
    return any(name == "azure.functions.HttpRequest" for name in names)


def _is_view(function: Function, owner: str, web: str, last: str) -> bool:
    """A view of Django, a handler of aiohttp or Starlette: a function that is given the request."""
    parameters = [argument.arg for argument in function.node.args.args]
    if web == "django":
        return owner == "" and parameters[:1] == ["request"] and not last.startswith("_")
    return web in _GIVE_REQUESTS and parameters in (["request"], ["self", "request"]) and not last.startswith("_")


def _convention_of(function: Function, convention: set[str]) -> str:
    name = function.node.name
    parameters = [argument.arg for argument in function.node.args.args]
    if "lambda" in convention and len(parameters) == 2 and parameters[0] in {"event", "_event"}:
        return "lambda"
    if "sagemaker" in convention and name in _SAGEMAKER:
        return "sagemaker"
    if "azureml" in convention and name == "run":
        return "azureml"
    return "azure_functions" if "azure_functions" in convention and name == "main" else ""


def _routes(function: Function, source: PythonSource) -> Iterator[tuple[str, str]]:
    """(method, route) of the decorators that make a function a handler; a route that is not written out is `*`."""
    for decorator in function.node.decorator_list:
        node = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = source.name(node) or ""
        maker = makers().get(name)
        if maker is not None and maker.role == "decorator" and maker.framework in SERVERLESS:
            yield maker.framework, "*"
        elif isinstance(node, ast.Attribute) and node.attr in _ROUTING and isinstance(decorator, ast.Call):
            yield node.attr, _route(decorator)
        elif name == "bentoml.api":
            yield "api", "*"


def _route(decorator: ast.Call) -> str:
    keywords = [keyword.value for keyword in decorator.keywords if keyword.arg in {"path", "rule", "route"}]
    for node in [*decorator.args[:1], *keywords]:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value[:200]
    return "*"
