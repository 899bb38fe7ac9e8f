"""Services: what answers requests, whether a model does, what it takes, and which model it loads when.

A service is the file that makes the application, with every file of the repository that it imports.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Literal, TypeAlias

from msgspec import Struct

from debtscan.datapaths.states import State
from debtscan.repository import File
from debtscan.scanners.data_references import DataReference
from debtscan.scanners.environments import EnvironmentRow
from debtscan.scanners.imports import ImportRow
from debtscan.serving.apis import CONVENTIONS, DEMOS, HOSTS, SERVERLESS, TYPED_HOSTS, WEB
from debtscan.serving.found import App, FoundServing, Handler, Load
from debtscan.serving.linked import Services, answers
from debtscan.serving.look import serving_in
from debtscan.source.modules import Modules
from debtscan.source.python import PythonSource
from debtscan.source.texts import HERE, HOLE, NAME_OPENS

Kind: TypeAlias = Literal["web", "model_server", "rpc", "serverless", "demo"]
Serves: TypeAlias = Literal["yes", "hosted", "no"]
Has: TypeAlias = Literal["yes", "no", "unknown", "unneeded"]
Source: TypeAlias = Literal["repository", "path", "hub", "registry", "unknown"]

_IMAGES = {
    "tensorflow/serving": "tf_serving",
    "nvcr.io/nvidia/tritonserver": "triton",
    "pytorch/torchserve": "torchserve",
    "seldonio/mlserver": "mlserver",
}
"""Images that serve whatever model they are given."""


class Service(Struct, frozen=True, gc=False):
    """One application that answers requests, with the files of the repository that it imports."""

    path: Annotated[str, "file that makes it, relative to the repository root"]
    cell: Annotated[int | None, "cell of a notebook, from 0; NULL elsewhere"]
    line: Annotated[int, "line of the call, class or function that makes it, or of the image"]
    framework: Annotated[str, "fastapi, flask, bentoml, ray_serve, lambda, sagemaker, azureml, streamlit ..."]
    kind: Annotated[Kind, "web framework, model server, remote procedures, serverless function, or a page for people"]
    serves_model: Annotated[Serves, "a model of its own, one that somebody else hosts, or none that is seen"]
    why: Annotated[str, "what says so; empty where nothing does"]
    has_schema: Annotated[Has, "whether what the handlers that ask the model take is described and checked"]
    schema_path: Annotated[str | None, "handler that takes requests as they come; NULL unless has_schema is no"]
    schema_cell: Annotated[int | None, "its cell in a notebook; NULL in a script"]
    schema_line: Annotated[int | None, "the line where it does; NULL unless has_schema is no"]
    schema_text: Annotated[str, "that line; empty unless has_schema is no"]
    has_health: Annotated[Has, "whether it can be asked for its health; unknown where only a root page can be asked"]
    logs_version: Annotated[
        Has, "whether its handlers or their answers speak of a version; unknown where none was read"
    ]
    loads_per_request: Annotated[bool, "a load provably runs with every request"]
    loads: Annotated[tuple[str, ...], "what it loads: paths in the repository where they are found, else as written"]
    image: Annotated[str | None, "nearest Dockerfile at or above it; NULL if there is none"]


class ServiceLoad(Struct, frozen=True, gc=False):
    """One call of a service that loads a model."""

    service: Annotated[str, "path of the service"]
    path: Annotated[str, "file with the call, relative to the repository root"]
    cell: Annotated[int | None, "cell of a notebook, from 0; NULL elsewhere"]
    line: Annotated[int, "line of the call, from 1"]
    api: Annotated[str, "the call, spelled out"]
    source: Annotated[Source, "file in the repository, some other path, a hub, a model registry, or not told"]
    name: Annotated[str | None, "path, name or address as far as the code tells it; NULL if not told"]
    resolved: Annotated[str | None, "file or folder of the repository that it loads; NULL if none is known"]
    state: Annotated[State | None, "who keeps its versions, as data_references tells; NULL if not told there"]
    pinned: Annotated[bool, "of a hub: a revision is passed"]
    per_request: Annotated[bool, "provably runs with every request"]
    text: Annotated[str, "the line of code, credentials masked"]


TABLES = {"services": Service, "service_loads": ServiceLoad}
KINDS = frozenset({"python", "notebook"})
FOUND = FoundServing


def scan_file(source: PythonSource) -> FoundServing | None:
    found = serving_in(source)
    return None if found == FoundServing() else found


def scan_repository(
    found: Sequence[tuple[File, FoundServing]],
    listing: Sequence[File],
    data_references: Sequence[DataReference],
    environments: Sequence[EnvironmentRow],
    imports: Sequence[ImportRow],
) -> Mapping[str, Sequence[Struct]]:
    modules = Modules(file.path for file in listing if file.kind == "python")
    inside = {(row.path, row.top) for row in imports if row.origin == "first_party"}
    code = Services(modules, {file.path: item for file, item in found}, inside)
    artefacts = _Artefacts(listing, data_references)
    images = sorted(file.path for file in listing if file.kind == "dockerfile")
    services: list[Service] = []
    loads: list[ServiceLoad] = []
    for path, app in _apps(code):
        one = _One(code, path, app)
        its_loads = [
            artefacts.row(path, place, load, teller, text, code)
            for place, load in one.loads()
            for teller, text in code.texts(place, load)
        ]
        loads += its_loads
        services.append(one.row(its_loads, _nearest(path, images)))
    services += [_of_image(row, framework) for row in environments if (framework := _server_of(row))]
    return {"services": services, "service_loads": list(dict.fromkeys(loads))}


def _apps(code: Services) -> Iterable[tuple[str, App]]:
    """Applications; a part that no application includes stands for itself."""
    whole = [(path, app) for path, item in code.found.items() for app in item.apps if not app.router]
    included = {name for path, _ in whole for name in code.closure(path)}
    parts = [
        (path, item.apps[0])
        for path, item in code.found.items()
        if path not in included and item.apps and all(app.router for app in item.apps)
    ]
    reached = {name for path, _ in parts for name in code.closure(path) if name != path}
    return sorted([*whole, *((path, app) for path, app in parts if path not in reached)], key=lambda pair: pair[0])


class _One:
    """One service."""

    def __init__(self, code: Services, path: str, app: App) -> None:
        self._code = code
        self._path = path
        self._app = app
        self._files = code.closure(path)
        self._items = [(name, code.found[name]) for name in self._files if name in code.found]
        others = {name for name, item in self._items if name != path and any(not one.router for one in item.apps)}
        self._handlers = [
            (name, handler) for name, item in self._items if name not in others for handler in item.handlers
        ]

    def loads(self) -> list[tuple[str, Load]]:
        asked = self._asks()
        return [(name, load) for name, item in self._items for load in item.loads if load.kind != "any" or asked]

    def _asks(self) -> str | None:
        """A call that asks a model, nearest to the application first."""
        return next((name for _, item in self._items for name in item.predicts), None)

    def row(self, loads: Sequence[ServiceLoad], image: str | None) -> Service:
        serves, why = self._serves(loads)
        schema, place = self._schema()
        return Service(
            path=self._path,
            cell=self._app.cell,
            line=self._app.line,
            framework=self._app.framework,
            kind=_kind(self._app.framework),
            serves_model=serves,
            why=why,
            has_schema=schema,
            schema_path=place[0] if place else None,
            schema_cell=place[1].cell if place else None,
            schema_line=place[1].raw_line if place else None,
            schema_text=place[1].raw_text if place else "",
            has_health=self._health(),
            logs_version=self._version(),
            loads_per_request=any(load.per_request for load in loads),
            loads=tuple(
                dict.fromkeys(load.resolved or load.name or "" for load in loads if load.resolved or load.name)
            ),
            image=image,
        )

    def _serves(self, loads: Sequence[ServiceLoad]) -> tuple[Serves, str]:
        if loads:
            return "yes", f"{loads[0].path}:{loads[0].line} loads a model with {loads[0].api.removeprefix('?.')}"
        if (asks := self._asks()) is not None:
            return "yes", f"it calls {asks.removeprefix('?.')}"
        if self._app.framework in HOSTS - CONVENTIONS:
            return "yes", f"{self._app.framework} serves models"
        if (hosted := next((item.hosted for _, item in self._items if item.hosted), None)) is not None:
            return "hosted", f"it asks a model through {hosted}"
        return "no", ""

    def _schema(self) -> tuple[Has, tuple[str, Handler] | None]:
        framework = self._app.framework
        if framework in DEMOS:
            return "unneeded", None
        if framework in TYPED_HOSTS:
            return "yes", None
        asking = [(name, handler) for name, handler in self._handlers if answers(handler)]
        raw = [(name, one) for name, one in asking if one.schema == "no" and not self._is_checked(name, one)]
        if raw:
            return "no", raw[0]
        return ("yes" if any(one.schema == "yes" for _, one in asking) else "unknown"), None

    def _is_checked(self, path: str, handler: Handler) -> bool:
        """Whether a library that checks the form of data is at hand where the framework leaves it to the handler."""
        if handler.framework == "fastapi":
            return False
        return any(self._code.found[name].checks for name in self._code.closure(path) if name in self._code.found)

    def _health(self) -> Has:
        framework = self._app.framework
        if framework in HOSTS:
            return "yes"
        if framework in SERVERLESS or framework in DEMOS:
            return "unneeded"
        if any(item.health for _, item in self._items):
            return "yes"
        open_routes = any("*" in handler.routes or handler.gets_root for _, handler in self._handlers) or any(
            item.root for _, item in self._items
        )
        return "unknown" if open_routes or not self._handlers or framework == "django" else "no"

    def _version(self) -> Has:
        if not self._handlers:
            return "unknown"
        return "yes" if any(item.versions for _, item in self._items) else "no"


def _kind(framework: str) -> Kind:
    if framework in DEMOS:
        return "demo"
    if framework in WEB:
        return "web"
    return "serverless" if framework in SERVERLESS else "rpc" if framework == "grpc" else "model_server"


class _Artefacts:
    """What loads lead to."""

    def __init__(self, listing: Sequence[File], data_references: Sequence[DataReference]) -> None:
        self._paths = {file.path for file in listing}
        self._folders = {posixpath.dirname(path) for path in self._paths}
        reads = [row for row in data_references if row.direction == "read"]
        self._references = {(row.path, row.cell, row.line): row for row in reads}
        self._by_literal = {(row.path, row.literal): row for row in reads}
        self._by_resolved = {row.resolved: row for row in reads if row.resolved}

    def row(self, service: str, path: str, load: Load, teller: str, text: str, code: Services) -> ServiceLoad:
        told = bool(text.strip(HOLE)) and NAME_OPENS not in text and HERE not in text
        name = text.replace(HOLE, "{}") if told else None
        reference = self._references.get((path, load.cell, load.line)) or self._by_literal.get((path, name or ""))
        resolved = reference.resolved if reference else None
        if resolved not in self._paths | self._folders:
            resolved = self._beside(teller, name)
        # a path that is handed on is told of where it is given
        reference = reference or self._by_resolved.get(resolved or "")
        return ServiceLoad(
            service=service,
            path=path,
            cell=load.cell,
            line=load.line,
            api=load.api.removeprefix("?."),
            source=_source(load, name, resolved),
            name=name,
            resolved=resolved,
            state=reference.state if reference else None,
            pinned=load.pinned,
            per_request=code.runs_per_request(path, load),
            text=load.evidence,
        )

    def _beside(self, path: str, name: str | None) -> str | None:
        """A file or folder of that name, seen from the folder of the code or one above it."""
        folder = posixpath.dirname(path)
        while name and "{}" not in name:
            candidate = posixpath.normpath(posixpath.join(folder, name))
            if candidate in self._paths or (candidate in self._folders and "/" in name):
                return candidate
            if not folder:
                break
            folder = posixpath.dirname(folder)
        return None


def _source(load: Load, name: str | None, resolved: str | None) -> Source:
    if resolved is not None:
        return "repository"
    if name is None:
        return "registry" if load.kind == "registry" else "unknown"
    if load.kind == "hub" and name.startswith((".", "/", "{}")):
        return "path"
    return {"hub": "hub", "registry": "registry"}.get(load.kind, "path")  # type: ignore[return-value]


def _nearest(path: str, images: Sequence[str]) -> str | None:
    """The Dockerfile in the deepest folder that holds a file."""
    above = [
        image for image in images if f"{path}/".startswith(f"{folder}/" if (folder := posixpath.dirname(image)) else "")
    ]
    return max(above, key=lambda image: (image.count("/"), image), default=None)


def _server_of(row: EnvironmentRow) -> str | None:
    name = row.value.partition("@")[0].rpartition(":")[0] or row.value if row.kind == "base_image" else ""
    return _IMAGES.get(name)


def _of_image(row: EnvironmentRow, framework: str) -> Service:
    return Service(
        path=row.path,
        cell=row.cell,
        line=row.line or 1,
        framework=framework,
        kind="model_server",
        serves_model="yes",
        why=f"the image {row.value} serves models",
        has_schema="yes" if framework in TYPED_HOSTS else "unknown",
        schema_path=None,
        schema_cell=None,
        schema_line=None,
        schema_text="",
        has_health="yes",
        logs_version="unknown",
        loads_per_request=False,
        loads=(),
        image=row.path,
    )
