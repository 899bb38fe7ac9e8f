"""Frameworks of services and calls that load models, from the lexicon."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal, NamedTuple, TypeAlias, cast

from debtscan.lexicon.entries import entries

Role: TypeAlias = Literal["app", "router", "base", "decorator", "demo"]
LoadKind: TypeAlias = Literal["file", "hub", "registry", "any"]

WEB = frozenset(
    {"fastapi", "flask", "starlette", "litestar", "quart", "sanic", "robyn", "bottle", "falcon", "aiohttp", "tornado"}
    | {"http.server", "django"}
)
"""Frameworks that leave health checks and the form of requests to whoever uses them."""
HOSTS = frozenset(
    {"bentoml", "ray_serve", "torchserve", "mlserver", "kserve", "seldon", "litserve", "cog", "triton", "sagemaker"}
    | {"azureml", "tf_serving", "truss"}
)
"""Model servers: they answer health checks by themselves."""
TYPED_HOSTS = frozenset({"mlserver", "kserve", "cog", "triton", "tf_serving", "grpc"})
"""Their protocol, signature or interface file says what a request holds."""
CONVENTIONS = frozenset({"sagemaker", "azureml", "lambda", "azure_functions", "django"})
"""Told by the names of functions alone, so that a model must be seen before one is spoken of."""
SERVERLESS = frozenset({"lambda", "gcp_functions", "azure_functions", "modal"})
DEMOS = frozenset({"gradio", "streamlit", "dash", "chainlit"})

SCHEMA_LIBRARIES = frozenset(
    {
        "pydantic",
        "marshmallow",
        "jsonschema",
        "cerberus",
        "voluptuous",
        "webargs",
        "wtforms",
        "flask_wtf",
        "flask_restx",
    }
    | {"flask_restplus", "flask_smorest", "apiflask", "flask_pydantic", "flask_marshmallow", "pandera", "colander"}
    | {"great_expectations", "trafaret", "fastjsonschema", "msgspec", "connexion", "flasgger", "dataclasses_json"}
    | {"schema", "attrs", "cattrs", "desert", "spectree", "inference_schema"}
)
HOSTED = frozenset(
    {"openai", "anthropic", "litellm", "cohere", "replicate", "groq", "mistralai", "together", "ollama", "vertexai"}
    | {"langchain", "langchain_openai", "langchain_anthropic", "langchain_community", "langchain_core", "langgraph"}
    | {"llama_index", "google.generativeai", "google.genai", "dashscope", "zhipuai"}
    | {"tensorflow_serving", "tritonclient", "bentoml_client", "gradio_client"}
)
"""Libraries that ask a model which somebody else serves."""


_READY_MADE = frozenset(
    {"torchvision.models", "tensorflow.keras.applications", "keras.applications", "tf_keras.applications"}
)
"""Modules whose functions make known models, with their weights if asked."""


class Maker(NamedTuple):
    """A name that makes a service, or a part of one."""

    framework: str
    role: Role


class Loader(NamedTuple):
    """A call that loads a model, and which argument says which."""

    position: int
    """-1: the name of the call itself says what is loaded."""
    keyword: str
    kind: LoadKind


@cache
def makers() -> dict[str, Maker]:
    return {name: Maker(framework, cast("Role", role)) for name, framework, role in entries("services")}


@cache
def maker_names() -> frozenset[str]:
    return frozenset(name.rpartition(".")[2] for name in makers())


@cache
def tops() -> dict[str, str]:
    """The framework of the top module that its makers are imported from."""
    found: dict[str, str] = {}
    for name, maker in makers().items():
        found.setdefault(name.partition(".")[0], maker.framework)
    return found | {"http": "http.server"}


def loader(dotted: str) -> Loader | None:
    """What a name loads, if it loads a model; the flavours of MLflow and methods of anything included."""
    named = _loaders()
    if (found := named.get(dotted)) is not None:
        return found
    head, _, last = dotted.rpartition(".")
    if head in _READY_MADE or head.rpartition(".")[0] in _READY_MADE:
        return Loader(-1, "weights", "hub")
    if head.partition(".")[0] == "mlflow" and last == "load_model":
        return Loader(0, "model_uri", "registry")
    return named.get(f".{last}") if head else None


@cache
def loader_names() -> frozenset[str]:
    return frozenset(name.rpartition(".")[2] for name in _loaders())


@cache
def _loaders() -> dict[str, Loader]:
    found = {}
    for name, argument, kind in entries("model_loads"):
        position, _, keyword = argument.partition(":")
        found[name] = Loader(int(position), keyword, cast("LoadKind", kind))
    return found


PREDICTS = re.compile(r"^(predict|predict_(proba|one|batch|single|image|on_batch)|infer|inference|run_inference)$")
"""Last names of calls that ask a model."""
SERVES = re.compile(
    r"predict|infer|classif|score|scoring|generat|transcri|detect|embed|forecast|recommend|translat|summar|segment|invocation"
    r"|completion|encode|analy[sz]e",
    re.IGNORECASE,
)
"""Names of handlers, routes and calls that answer with a model."""
HEALTH = re.compile(
    r"(^|[/_.-])(health\w*|livez?|liveness|readyz?|readiness|ping|heartbeat|alive|up|status|is_?up|probe)(/?$|[/_.?<-])",
    re.IGNORECASE,
)
VERSION = re.compile(
    r"(^|_)(version|run_id|revision|sha|commit|git_hash)$|^(model|artifact|pipeline|api|app)_?(version|id|uri|hash|tag)$"
    r"|^__version__$",
    re.IGNORECASE,
)
