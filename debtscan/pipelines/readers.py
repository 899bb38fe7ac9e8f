"""Which reader a file concerns, and everything that is found in it."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from debtscan.commands import scripts
from debtscan.commands.dockerfile import instructions, shell_text
from debtscan.commands.script import Script
from debtscan.lexicon.stages import lexicon
from debtscan.pipelines import (
    airflow,
    azureml,
    dagster,
    databricks,
    documents,
    dvc,
    entries,
    kedro,
    kubeflow,
    kubernetes,
    metaflow,
    mlproject,
    prefect,
    python,
    sagemaker,
    snakemake,
    zenml,
)
from debtscan.pipelines.engines import tops
from debtscan.pipelines.found import Engine, FoundStep, FoundSteps, Mention
from debtscan.pipelines.placeholders import assigned
from debtscan.pipelines.runs import fetches, runs
from debtscan.source.bindings import root_name
from debtscan.source.marked_yaml import Node, read_yaml
from debtscan.source.python import PythonSource
from debtscan.source.text import TextSource

_PYTHON_ENGINES: Mapping[str, Callable[[PythonSource], Iterator[FoundStep]]] = {
    module.TOP: module.steps for module in (airflow, dagster, kedro, kubeflow, metaflow, prefect, sagemaker, zenml)
}
_SHELL_ENGINES: Mapping[str, Engine] = {"shell": "shell", "makefile": "make", "workflow": "ci", "tox": "ci"}
_YAML_SIZE = 400_000
"""Characters of YAML or JSON that are read: pipelines are shorter, and data sets are longer."""
_MAJORITY = 0.5
_NOT_DOCUMENTS = re.compile(r"^\s*#?\s*(change ?log|release notes|licen[sc]e|history)\b", re.IGNORECASE)


def found_in(source: PythonSource | TextSource) -> FoundSteps | None:
    """Everything one file says of steps; None where it says nothing."""
    try:
        found = _of_python(source) if isinstance(source, PythonSource) else _READERS[source.kind](source)
    except ValueError as error:
        found = FoundSteps(problem=str(error))
    return None if found == FoundSteps() else found


def _of_python(source: PythonSource) -> FoundSteps:
    found: list[FoundStep] = []
    imported = tops(source)
    for top in sorted(imported & _PYTHON_ENGINES.keys()):
        found += _PYTHON_ENGINES[top](source)
    if imported & azureml.TOPS:
        found += azureml.of_python(source)
    found += python.steps(source)
    mentions: list[Mention] = []
    if source.notebook is not None:
        found += python.of_notebook(source)
        for cell in source.cells:
            if cell.kind == "markdown":
                lines = cell.code.splitlines()
                found += documents.commands_in(lines, cell.number)
                if (line := documents.says_how_to_start(lines)) is not None:
                    mentions.append(Mention(".", line, cell.number))
                mentions += documents.mentions_in(lines, cell.number)
    return FoundSteps(
        found,
        mentions,
        entries.of_setup_py(source) if "setuptools" in imported or "distutils" in imported else {},
        stage=_stage(source),
        started=source.notebook is not None or _is_started(source),
        required=_required(source) if source.notebook is None else [],
    )


def _stage(source: PythonSource) -> str | None:
    """The life-cycle stage of most calls that tell one; reading data is part of nearly every step and counts half."""
    known = lexicon()
    counts: Counter[str] = Counter()
    for last, call in source.named_calls:
        function = call.node.func
        if last in known.methods or (
            isinstance(function, ast.Name | ast.Attribute) and root_name(function, of_calls=True) in source.aliases
        ):
            stage = known.stage_of(source.name(function) or "")
            if stage is not None:
                counts[stage] += 1 if stage == "source" else 2
    if not counts:
        return None
    most, count = counts.most_common(1)[0]
    return most if count > _MAJORITY * counts.total() else None


def _is_started(source: PythonSource) -> bool:
    """A main guard, or a call at the top of the file that is no set-up of logging, paths or warnings."""
    for cell in source.cells:
        if "__main__" in cell.code:
            return True
    return any(
        not call.scope.name and not _SET_UP.search(source.name(call.node.func) or "") for _, call in source.named_calls
    )


_SET_UP = re.compile(
    r"^(logging|warnings|sys|os|pathlib|re|typing|dataclasses|collections|functools|enum|abc|dotenv|structlog|loguru)\b"
    r"|(^|\.)(getLogger|get_logger|load_dotenv|Path|TypeVar|namedtuple|NamedTuple|frozenset|set|dict|list|tuple|property"
    r"|ArgumentParser|add_argument|dataclass|field|Field|option|argument|command|group|compile|filterwarnings|join|dirname"
    r"|abspath|device|is_available|BaseModel|Blueprint|APIRouter|register\w*|route|fixture|mark|range|len|super|int|str|float)(\(\)|$)"
)


def _required(source: PythonSource) -> list[str]:
    found = []
    for last, call in source.named_calls:
        if last not in {"add_argument", "argument", "option"}:
            continue
        names = [
            item.value for item in call.node.args if isinstance(item, ast.Constant) and isinstance(item.value, str)
        ]
        keywords = {item.arg: item.value for item in call.node.keywords}
        needed = keywords.get("required")
        if names and isinstance(needed, ast.Constant) and needed.value is True:
            found.append("|".join(name for name in names if name.startswith("-")))
    return [names for names in found if names]


def _of_commands(source: TextSource) -> FoundSteps:
    engine = _SHELL_ENGINES[source.kind]
    # a workflow has its variables from elsewhere; a Makefile and a script say what is given to them
    known = None if engine == "ci" else assigned(source.text) | _MAKE_VARIABLES
    found = [
        FoundStep(engine, script.name, run.line, runs=[run], command=run.text)
        for script in scripts(source)
        for run in runs(script, known)
    ]
    scheduled = source.kind == "workflow" and _is_scheduled(source.text)
    return FoundSteps(found, scheduled=scheduled, fetches=bool(found) and fetches(source.text))


_MAKE_VARIABLES = frozenset({"MAKE", "CURDIR", "PYTHON", "PYTHON_INTERPRETER"})
_ON_CHANGE = re.compile(
    r"^\s*(push|pull_request|pull_request_target|merge_group)\s*:|^\s*on\s*:.*\b(push|pull_request)\b", re.MULTILINE
)
_SCHEDULE = re.compile(r"^\s*-?\s*(schedule|cron|schedules|triggers)\s*:", re.MULTILINE)


def _is_scheduled(text: str) -> bool:
    """Whether the clock alone starts it: what also runs on every push is a test."""
    return _SCHEDULE.search(text) is not None and "cron" in text and not _ON_CHANGE.search(text)


def _of_dockerfile(source: TextSource) -> FoundSteps:
    found = []
    for script in scripts(source):
        found += [FoundStep("docker", "", run.line, runs=[run], command=run.text) for run in runs(script, None)]
    entry = ""
    for instruction in instructions(source.text):
        if instruction.name in {"CMD", "ENTRYPOINT"}:
            text = shell_text(instruction.text)
            if instruction.name == "CMD" and entry:
                # arguments of the entry point
                text = f"{entry} {text}"
            entry = text if instruction.name == "ENTRYPOINT" else entry
            found += [
                FoundStep("docker", instruction.name, run.line, runs=[run], command=run.text)
                for run in runs(Script(text, instruction.line), None)
            ]
    return FoundSteps(found, fetches=bool(found) and fetches(source.text))


def _of_document(source: TextSource) -> FoundSteps:
    if _NOT_DOCUMENTS.match(source.text):
        return FoundSteps()
    lines = source.lines
    found = list(documents.commands_in(lines))
    return FoundSteps(found, documents.mentions_in(lines), fetches=bool(found) and fetches(source.text))


def _of_dvc(source: TextSource) -> FoundSteps:
    # a lock repeats the stages of its pipeline
    return FoundSteps() if source.text.startswith("schema:") else FoundSteps(list(dvc.steps(source.text)))


def _of_snakefile(source: TextSource) -> FoundSteps:
    return FoundSteps(list(snakemake.steps(source.text)))


def _of_yaml(source: TextSource) -> FoundSteps:
    text = source.text
    if len(text) > _YAML_SIZE or not (_CONCERNED.search(text) or _AZURE_DEVOPS.search(text)):
        return FoundSteps()
    if _AZURE_DEVOPS.search(text) and _AZURE_TASK.search(text):
        return _of_commands(TextSource("workflow", text))
    documents = read_yaml(text)
    found: list[FoundStep] = []
    data_sets: dict[str, str] = {}
    for document in documents:
        found += _of_mapping(document, text)
        if "filepath" in text and "type" in text:
            data_sets |= dict(kedro.catalogue(document))
    if any(word in text for word in databricks.TELLS):
        found += databricks.steps(documents)
    return FoundSteps(found, data_sets=data_sets, scheduled=_is_scheduled(text) or "quartz_cron" in text)


_AZURE_DEVOPS = re.compile(r"^(trigger|pr|pool|stages|jobs|steps|parameters)\s*:", re.MULTILINE)
_AZURE_TASK = re.compile(r"^\s*-?\s*(task|script|bash|inlineScript|pwsh)\s*:", re.MULTILINE)
"""Pipelines and templates of Azure DevOps, which may have any name."""
_CONCERNED = re.compile(
    r"\b(entry_points|services|notebook_task|spark_python_task|python_wheel_task|azuremlschemas|filepath|implementation"
    r"|kind:\s*[\"']?\w*(Workflow|Job|Template|Experiment|Application))\b"
)


def _of_mapping(document: Node, text: str) -> Iterable[FoundStep]:
    if document.get("entry_points") is not None:
        yield from mlproject.steps(document)
    elif any(word in text for word in azureml.TELLS):
        yield from azureml.steps(document)
    elif any(word in text for word in kubernetes.TELLS):
        yield from kubernetes.steps(document)


def _of_json(source: TextSource) -> FoundSteps:
    text = source.text
    if len(text) > _YAML_SIZE or not any(word in text for word in databricks.TELLS):
        return FoundSteps()
    # JSON is YAML
    return FoundSteps(list(databricks.steps(read_yaml(text))), scheduled="quartz_cron" in text)


def _of_pyproject(source: TextSource) -> FoundSteps:
    return FoundSteps(programs=entries.of_pyproject(source.text))


def _of_setup_cfg(source: TextSource) -> FoundSteps:
    return FoundSteps(programs=entries.of_setup_cfg(source.text))


_READERS: Mapping[str, Callable[[TextSource], FoundSteps]] = {
    **dict.fromkeys(_SHELL_ENGINES, _of_commands),
    "dockerfile": _of_dockerfile,
    "doc": _of_document,
    "dvc": _of_dvc,
    "snakefile": _of_snakefile,
    "yaml": _of_yaml,
    "json": _of_json,
    "pyproject": _of_pyproject,
    "setup_cfg": _of_setup_cfg,
}
KINDS = frozenset(_READERS) | {"python", "notebook"}
