"""What one file says about the component it lies in; no path is known here.

A manifest tells whether it makes a package and how much care went into that. An image, a workflow or a service
definition tells whether the code is run or published as a product. A README tells whether it teaches.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from debtscan.commands.dockerfile import Instruction, instructions, shell_text
from debtscan.commands.shell import commands
from debtscan.manifests.setup_py import keywords, setup_call
from debtscan.source.marked_ini import read_ini
from debtscan.source.marked_toml import load_toml
from debtscan.source.python import PythonSource
from debtscan.text import shorten


class Package(Struct, frozen=True, array_like=True):
    """How a manifest describes a package."""

    builds: bool
    """Says how to build one."""
    application: str | None = None
    """Why it is none after all, in words."""
    signs: tuple[str, ...] = ()
    """What only something meant for others has: classifiers, a Python range, extras."""
    shim: bool = False
    """Only there to put a folder on the path: few keywords, version 0.0, no description."""


class Signs(Struct, frozen=True, array_like=True):
    """Everything one file says; most files say nothing."""

    package: Package | None = None
    manifest: bool = False
    """Declares what is needed (for kinds whose name does not tell that)."""
    script: bool = False
    """Meant to be started: a main guard."""
    serves: str | None = None
    """What answers requests: the framework or server."""
    runs: str | None = None
    """How it starts this code as a product: words that follow the file's name."""
    holds_code: bool = False
    """An image that the code is copied into."""
    publishes: tuple[str, ...] | None = None
    """Words of a workflow that uploads a package, where folders may be named; None for every other file."""
    teaching: int = 0
    """How often a document speaks of lessons."""
    examples: bool = False
    """A document whose title announces a collection of examples."""
    owners: tuple[tuple[str, str], ...] = ()
    """(pattern, owners) of a CODEOWNERS file."""


_GUARD = re.compile(r"^if\s+__name__\s*==\s*['\"]__main__['\"]", re.MULTILINE)
_WEB = {
    "fastapi.FastAPI": "FastAPI",
    "flask.Flask": "Flask",
    "sanic.Sanic": "Sanic",
    "aiohttp.web.Application": "aiohttp",
    "starlette.applications.Starlette": "Starlette",
    "tornado.web.Application": "Tornado",
    "bentoml.Service": "BentoML",
    "litserve.LitServer": "LitServe",
}
_WEB_MODULES = frozenset(name.partition(".")[0] for name in _WEB)
_SERVERS = re.compile(
    r"^(?:gunicorn|uvicorn|hypercorn|waitress-serve|torchserve|tritonserver|tensorflow_model_server|bentoml|uwsgi"
    r"|mlserver|ray-serve|fastapi|seldon-core-microservice)$"
)
_STARTERS = frozenset({"streamlit", "mlflow", "airflow", "celery", "prefect", "dagster", "chainlit"})
"""Programs that run the code given to them."""
_NO_PRODUCT = frozenset({"jupyter", "bash", "sh", "/bin/bash", "/bin/sh", "zsh", "pytest", "tox", "sleep", "tail"})
_INSTALLS_PROJECT = re.compile(
    r"\binstall\b[^\n;&|]*\s['\"]?\.(?:\[[^\]]*\])?['\"]?(?:\s|$)|\b(?:uv|poetry)\s+(?:sync|install)\b"
)
_PUBLISH = re.compile(
    r"pypa/gh-action-pypi-publish|\btwine\s+upload\b|\b(?:uv|poetry|flit|hatch|pdm|maturin)\s+publish\b"
    r"|setup\.py\b[^\n]*\bupload\b|JRubics/poetry-publish|\bconda\s+build\b[^\n]*\bupload\b|anaconda\s+upload"
    r"|\bsecrets\.(?:PYPI|TWINE)\w*(?:TOKEN|PASSWORD)"
)
_WORKLOADS = re.compile(
    r"^kind:\s*['\"]?(Deployment|StatefulSet|DaemonSet|CronJob|InferenceService|Rollout|RayService|SeldonDeployment)\b",
    re.MULTILINE,
)
_TEACHING = re.compile(
    r"\b(?:courses?|lessons?|lectures?|homeworks?|syllabus|curriculum|cohorts?|bootcamp|exercises?|workshops?"
    r"|o'?reilly book|chapters?|textbook|students)\b"
)
"""For text in lower case: ignoring the case would take three times as long."""
_TITLE = re.compile(r"^#[ \t]+.+$|^.+\n=+[ \t]*$|<h1[^>]*>.+?</h1>", re.MULTILINE)
_README_CHARACTERS = 8_000
_OWNED = re.compile(
    r"(?P<pattern>[^\s#]\S*)\s+(?P<owners>(?:@[\w./-]+|\S+@\S+)(?:\s+(?:@[\w./-]+|\S+@\S+))*)\s*(?:#.*)?$"
)


def python_signs(source: PythonSource) -> Signs | None:
    if source.notebook is not None:
        return None
    call = setup_call(source)
    script = any("__main__" in cell.code and _GUARD.search(cell.code) for cell in source.cells)
    web = _web(source)
    if call is None and not script and web is None:
        return None
    return Signs(package=_of_setup(keywords(call, source)) if call else None, script=script, serves=web)


def _web(source: PythonSource) -> str | None:
    if _WEB_MODULES.isdisjoint(alias.partition(".")[0] for alias in source.aliases.values()):
        return None
    return next((label for item in source.walk.calls if (label := _WEB.get(source.name(item.node.func) or ""))), None)


def _of_setup(given: Mapping[str, ast.expr]) -> Package:
    signs = ["setup.py"]
    signs += ["classifiers"] if "classifiers" in given else []
    signs += ["a Python range"] if "python_requires" in given else []
    extras = given.get("extras_require")
    signs += ["extras"] if extras is not None and not (isinstance(extras, ast.Dict) and not extras.keys) else []
    version, description = _literal(given.get("version")), _literal(given.get("description"))
    vague = version is None or version.startswith("0.0") or not description
    shim = len(given) <= 6 and vague and "classifiers" not in given and "extras_require" not in given
    return Package(
        True, _private(ast.unparse(given["classifiers"]) if "classifiers" in given else ""), tuple(signs), shim
    )


def _literal(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _private(classifiers: str) -> str | None:
    return "its classifiers say Private :: Do Not Upload" if "Private ::" in classifiers else None


def pyproject_signs(text: str) -> Signs | None:
    try:
        document = load_toml(text)
    except ValueError:
        return None
    tool = _table(document, "tool")
    poetry, project, builds = _table(tool, "poetry"), _table(document, "project"), "build-system" in document
    declares = bool(project or poetry or builds or document.get("dependency-groups"))
    if not declares and not any(key in tool for key in ("pdm", "pixi", "flit")):
        return None
    if not builds and not poetry.get("name"):
        reason = "its [project] has no [build-system], so nothing builds a package of it" if project else None
        return Signs(package=Package(False, reason), manifest=True)
    return Signs(package=_of_project(project, poetry, tool), manifest=True)


def _of_project(project: Mapping[str, object], poetry: Mapping[str, object], tool: Mapping[str, object]) -> Package:
    described = {**poetry, **project}
    signs = ["a [build-system]"]
    signs += ["classifiers"] if described.get("classifiers") else []
    signs += ["a Python range"] if "requires-python" in project or "python" in _table(poetry, "dependencies") else []
    signs += ["extras"] if project.get("optional-dependencies") or poetry.get("extras") else []
    reason = _private(str(described.get("classifiers", "")))
    if _table(tool, "uv").get("package") is False:
        reason = "tool.uv.package is false"
    elif poetry.get("package-mode") is False:
        reason = "Poetry's package-mode is false"
    return Package(bool(project or poetry), reason, tuple(signs))


def _table(document: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = document.get(key)
    return value if isinstance(value, Mapping) else {}


def setup_cfg_signs(text: str) -> Signs | None:
    sections = read_ini(text)
    metadata, options = sections.get("metadata", {}), sections.get("options", {})
    if "name" not in metadata:
        return None
    signs = ["setup.cfg"]
    signs += ["classifiers"] if "classifiers" in metadata or "classifier" in metadata else []
    signs += ["a Python range"] if "python_requires" in options else []
    signs += ["extras"] if "options.extras_require" in sections else []
    classifiers = metadata.get("classifiers")
    return Signs(package=Package(True, _private(classifiers.text if classifiers else ""), tuple(signs)), manifest=True)


def dockerfile_signs(text: str) -> Signs | None:
    steps = list(instructions(text))
    holds = any(name in {"COPY", "ADD"} and _copies_code(rest) for name, rest, _ in steps)
    started = _started(steps)
    if started is None:
        return Signs(holds_code=True) if holds and not _only_opens_a_shell(steps) else None
    server = next((word for word in started.split() if _SERVERS.match(word.rpartition("/")[2])), None)
    return Signs(serves=server, runs=f"starts `{shorten(started, 60)}`", holds_code=holds)


def _started(steps: Sequence[Instruction]) -> str | None:
    """The command that the image of the last stage starts, when it is this code or a server of it."""
    installed = False
    started: str | None = None
    for name, rest, line in steps:
        if name == "RUN":
            installed = installed or _INSTALLS_PROJECT.search(rest) is not None
        elif name == "FROM":
            # only the last stage becomes the image
            started = None
        elif name == "ENTRYPOINT" or (name == "CMD" and started is None):
            # after an ENTRYPOINT a CMD only gives its arguments
            started = _program(shell_text(rest), line, own=installed) or started
    return started


def _only_opens_a_shell(steps: Sequence[Instruction]) -> bool:
    """An image that is told to start a shell or a notebook server is a place to work in, and runs nothing."""
    last = next((rest for name, rest, _ in reversed(steps) if name in {"CMD", "ENTRYPOINT"}), "")
    words = re.findall(r"[^\s\[\],\"']+", last)
    return len(words) == 1 and words[0] in _NO_PRODUCT


def _copies_code(rest: str) -> bool:
    """Whether a `COPY` or `ADD` takes the whole folder or Python files from the build context."""
    words = [word.strip('[]",') for word in rest.replace("\\\n", " ").split()]
    sources = [word for word in words[:-1] if word and not word.startswith("--")]
    copied = any(
        word in {".", "./"} or word.endswith(".py") or word.rstrip("/").rpartition("/")[2] in {"src", "app"}
        for word in sources
    )
    return copied and not any(word.startswith("--from") for word in words)


def _program(text: str, line: int, *, own: bool) -> str | None:
    """The command an image starts, when it is this code or a server of it.

    `own`: the project is installed in the image, so that a command nobody knows is one of its own.
    """
    for command in commands(text, line):
        words = [word.text for word in command]
        if any("jupyter" in word for word in words) or (words[0] in _NO_PRODUCT and len(words) == 1):
            continue
        if _starts_code(words) or (own and _starts_command(words[0])) or _is_lambda_handler(words):
            return " ".join(words)
    return None


def _starts_code(words: Sequence[str]) -> bool:
    """Whether the command names a server, a script, a starter of scripts or a module."""
    if words[0] in _STARTERS or any(_SERVERS.match(word.rpartition("/")[2]) or word.endswith(".py") for word in words):
        return True
    return words[0].startswith("python") and "-m" in words and not _NO_PRODUCT & set(words)


def _starts_command(name: str) -> bool:
    """Whether a program nobody knows can be one that the project installs."""
    return re.fullmatch(r"[a-z][\w-]+", name) is not None and name not in _NO_PRODUCT and name != "python"


def _is_lambda_handler(words: Sequence[str]) -> bool:
    """AWS Lambda is given `module.function`."""
    return len(words) == 1 and re.fullmatch(r"[a-z_]+(?:\.[a-z_]+)+", words[0]) is not None


def workflow_signs(text: str) -> Signs | None:
    if not _PUBLISH.search(text):
        return None
    words = sorted(set(re.findall(r"(?<![\w.-])[\w.-]+(?:/[\w.-]+)+", text)))
    return Signs(publishes=tuple(words[:200]))


def yaml_signs(text: str) -> Signs | None:
    workload = _WORKLOADS.search(text)
    if workload and re.search(r"^apiVersion:", text, re.MULTILINE):
        return Signs(runs=f"runs it as a Kubernetes {workload[1]}")
    if re.search(r"^dependencies:", text, re.MULTILINE):
        return Signs(manifest=True)
    return None


def document_signs(text: str) -> Signs | None:
    head = text[:_README_CHARACTERS]
    count = len(_TEACHING.findall(head.lower()))
    title = _TITLE.search(head)
    examples = title is not None and re.search(r"\bexamples\b", title[0], re.IGNORECASE) is not None
    return Signs(teaching=count, examples=examples) if count or examples else None


def owner_signs(text: str) -> Signs | None:
    """The rules of a CODEOWNERS file, people's mail addresses left out; None for any other text."""
    rules = list(_owner_rules(text))
    written = sum(1 for line in text.splitlines() if line.strip() and not line.lstrip().startswith(("#", "[")))
    return Signs(owners=tuple(rules)) if rules and 2 * len(rules) >= written else None


def _owner_rules(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        if match := _OWNED.match(line.strip()):
            handles = [owner for owner in match["owners"].split() if owner.startswith("@")]
            if handles:
                yield match["pattern"], " ".join(handles)
