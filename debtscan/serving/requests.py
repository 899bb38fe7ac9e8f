"""What a handler takes: typed by the framework, checked by hand, or as it comes."""

from __future__ import annotations

import ast
import re

from debtscan.serving.apis import TYPED_HOSTS
from debtscan.serving.found import Told
from debtscan.source.python import PythonSource

_TYPING = frozenset({"fastapi", "litestar", "bentoml", "ray_serve", "litserve", "modal", "robyn"})
"""Frameworks that read what a request holds from the annotations of its handler."""
_GIVEN = re.compile(
    r"(^|.*\.)(Request|Response|WebSocket|BackgroundTasks|Session|AsyncSession|State|Context|HTTPConnection)$"
)
_LOOSE = frozenset({"dict", "Dict", "Any", "object", "Mapping"})
_OPEN_TABLE = re.compile(r"^(typing\.)?(Dict|dict|Mapping)$")
_RAW_OF_REQUEST = frozenset(
    {"json", "get_json", "form", "args", "data", "values", "body", "POST", "GET", "query_params", "query", "get_data"}
    | {"get_argument", "post", "read", "media", "stream"}
)
_REQUESTS = frozenset({"request", "req", "http_request", "raw_request"})
_CHECKS = re.compile(r"valid|schema|serializ|parse_obj|check|assert_|from_json|deserialize", re.IGNORECASE)
_FIELDS = re.compile(r"(Depends|Security|Header|Cookie)$")


def taken(
    node: ast.FunctionDef | ast.AsyncFunctionDef, framework: str, source: PythonSource
) -> tuple[Told, int | None]:
    """Whether what a handler takes is described, and the line where it takes the request as it comes."""
    if framework in TYPED_HOSTS:
        return "yes", None
    if framework == "bentoml" and _describes_input(node):
        return "yes", None
    raw = _raw_read(node, framework, source)
    typed, line = _annotated(node, source) if framework in _TYPING else ("unknown", None)
    if typed == "yes" and raw is None:
        return "yes", None
    if _checks(node, source):
        return ("yes" if _has_schema_decorator(node, source) else "unknown"), None
    return ("no", raw) if raw is not None else (typed, line)


def _annotated(node: ast.FunctionDef | ast.AsyncFunctionDef, source: PythonSource) -> tuple[Told, int | None]:
    """What the annotations say of a handler whose framework reads them."""
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults)) + list(arguments.defaults)
    pairs = [*zip(positional, defaults, strict=True), *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]
    typed = False
    for argument, default in pairs:
        if argument.arg in {"self", "cls", "context"} or _is_given(argument, default, source):
            continue
        annotation = argument.annotation
        if annotation is None:
            # without a type a query parameter may still have a default of some type
            return ("unknown", None) if default is not None else ("no", argument.lineno)
        if _is_loose(annotation, source):
            return "no", argument.lineno
        typed = True
    return ("yes" if typed else "unknown"), None


def _is_given(argument: ast.arg, default: ast.expr | None, source: PythonSource) -> bool:
    """Whether the framework or a dependency gives the argument, not the request."""
    if isinstance(default, ast.Call) and _FIELDS.search(source.name(default.func) or ""):
        return True
    annotation = argument.annotation
    if isinstance(annotation, ast.Subscript) and (source.name(annotation.value) or "").endswith("Annotated"):
        return any(
            _FIELDS.search(source.name(part.func) or "") for part in ast.walk(annotation) if isinstance(part, ast.Call)
        )
    return annotation is not None and bool(_GIVEN.match(source.name(annotation) or ""))


def _is_loose(annotation: ast.expr, source: PythonSource) -> bool:
    """`dict`, `Any`, `Dict[str, Any]`: anything goes."""
    if isinstance(annotation, ast.Subscript):
        inner = annotation.slice
        parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
        head = source.name(annotation.value) or ""
        return bool(_OPEN_TABLE.match(head.rpartition(".")[2])) and any(_is_loose(part, source) for part in parts)
    return (source.name(annotation) or "").rpartition(".")[2] in _LOOSE


def _describes_input(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """`@service.api(input=NumpyNdarray(), ...)`."""
    decorators = (item for item in node.decorator_list if isinstance(item, ast.Call))
    return any(keyword.arg in {"input", "input_spec"} for item in decorators for keyword in item.keywords)


def _raw_read(node: ast.FunctionDef | ast.AsyncFunctionDef, framework: str, source: PythonSource) -> int | None:
    """The first line that reads content of a request without a description of it."""
    if framework == "azureml":
        loads = (child for child in ast.walk(node) if isinstance(child, ast.Call) and _last(child.func) == "loads")
        return next((child.lineno for child in loads), None)
    if framework in {"lambda", "sagemaker", "gcp_functions", "azure_functions"}:
        return None
    if framework in _TYPING:
        # a parameter called `request` may well be a model of the request
        parameters = [*node.args.args, *node.args.kwonlyargs]
        typed = {item.arg: source.name(item.annotation) or "" for item in parameters if item.annotation is not None}
        names = frozenset(name for name, of in typed.items() if of.rpartition(".")[2] in {"Request", "WebSocket"})
    else:
        names = _REQUESTS
    fields = {id(field) for child in ast.walk(node) if (field := _field_of(child)) is not None}
    lines = [
        child.lineno
        for child in ast.walk(node)
        if isinstance(child, ast.Attribute) and id(child) not in fields and _is_raw(child, names)
    ]
    return min(lines, default=None)


def _field_of(node: ast.AST) -> ast.expr | None:
    """The table of which a node reads one field by name: `request.form["area"]`, `request.args.get("area")`."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return node.value
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in {"get", "getlist"}:
        return node.func.value if node.args and isinstance(node.args[0], ast.Constant) else None
    return None


def _is_raw(node: ast.Attribute, requests: frozenset[str]) -> bool:
    """`request.json`, `self.request.body`, `flask.request.form`, `self.get_argument(...)`, `self.rfile.read(...)`."""
    owner = _last(node.value)
    if node.attr in {"get_argument", "get_body_argument", "get_json_body"}:
        return owner == "self"
    return (node.attr in _RAW_OF_REQUEST and owner in requests) or (node.attr == "read" and owner == "rfile")


def _checks(node: ast.FunctionDef | ast.AsyncFunctionDef, source: PythonSource) -> bool:
    """Whether the handler looks at what it was given: by a schema, a type or the keys it needs."""
    for child in ast.walk(node):
        if isinstance(child, ast.Call):
            name = source.name(child.func) or ""
            if _CHECKS.search(_last(child.func)) or name in {"isinstance", "hasattr"}:
                return True
            last = name.rpartition(".")[2]
            if last[:1].isupper() and any(keyword.arg is None for keyword in child.keywords):
                return not _is_table(name)
        elif isinstance(child, ast.Compare) and isinstance(child.left, ast.Constant) and _asks_for_key(child):
            return True
    return _has_schema_decorator(node, source)


def _asks_for_key(node: ast.Compare) -> bool:
    return any(isinstance(operator, (ast.In, ast.NotIn)) for operator in node.ops)


def _is_table(name: str) -> bool:
    return name.startswith(("pandas.", "numpy."))


def _has_schema_decorator(node: ast.FunctionDef | ast.AsyncFunctionDef, source: PythonSource) -> bool:
    words = (source.name(item.func if isinstance(item, ast.Call) else item) or "" for item in node.decorator_list)
    return any(re.search(r"schema|validate|expect|use_args|use_kwargs|arguments|body$|doc$", word) for word in words)


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
