"""What the commands of a shell text run: scripts, modules, installed programs, notebooks, other pipelines.

Launchers (`uv run`, `torchrun`, `accelerate launch`, `srun` ...) are looked through. What runs nothing that could lie
in a repository (`ls`, `pip install`, test runners) yields nothing; a bare name may be a console script, which only
whoever knows the packages of the repository can tell.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence, Set
from typing import NamedTuple

from debtscan.commands.script import Script
from debtscan.commands.shell import commands
from debtscan.lexicon.entries import entries
from debtscan.pipelines.found import MAX_TEXT, Run, RunKind
from debtscan.pipelines.launchers import unwrapped
from debtscan.pipelines.placeholders import is_template, unmarked
from debtscan.source.masking import mask

_SCRIPT = re.compile(r"\.(py|ipynb|sh|bash|R|r|jl|Rmd|smk)$")
_PATH_WORD = re.compile(r"[\w./${}*-]+[./][\w.*${}-]+/?$")
_PYTHON = re.compile(r"(python|pypy|ipython|pythonw)[\d.]*(\.exe)?$", re.IGNORECASE)
_SHELLS = frozenset({"bash", "sh", "zsh", "ksh", "dash"})
_RUNNERS = frozenset({"Rscript", "julia", "streamlit", "chainlit", "marimo", "modal", "fastapi", "bentoml", "gradio"})
_SERVERS = frozenset({"uvicorn", "gunicorn", "hypercorn", "daphne", "waitress-serve"})
_NOT_RUN = frozenset(
    {"setup.py", "manage.py", "-", "conftest.py", "get-pip.py", "install-poetry.py", "get-poetry.py", "versioneer.py"}
)
_TESTS = re.compile(r"(^|/)tests?/")
_DULL_MODULES = re.compile(
    r"^(pip|pytest|unittest|venv|virtualenv|http|ensurepip|build|twine|black|isort|flake8|pylint|mypy|ruff|tox|nox|coverage"
    r"|json|zipfile|tarfile|timeit|cProfile|pdb|doctest|compileall|site|sysconfig|spacy|nltk|ipykernel|pre_commit|poetry"
    r"|jupyter|jupyterlab|notebook|webbrowser|calendar|sphinx|mkdocs|pipx|uv|pdoc|bandit|piptools|grpc_tools|torch)\b"
)
_PROGRAM = re.compile(r"[A-Za-z][\w-]*(\.[\w-]+)?$")
_DULL_PROGRAMS = frozenset(name for (name,) in entries("shell_programs"))
"""Programs that are never a console script of the repository."""


_MOST_CHARACTERS = 4_000
"""Of a command that are looked at for placeholders and credentials: some quote whole files."""


class _Target(NamedTuple):
    kind: RunKind
    name: str
    rest: Sequence[str]
    notebook: bool = False


def runs(script: Script, known: Set[str] | None, folder: str = "") -> Iterator[Run]:
    """What the commands of a shell text run, in order; `known` as for `is_template`."""
    yield from _runs(script.text, script.line, script.cell, known, folder, 0)


def folder_after(script: Script, folder: str) -> str:
    """The folder that a shell text ends in when it starts in another."""
    for command in commands(script.text, script.line):
        words = [word.text for word in command]
        if words[0] in {"cd", "pushd"} and len(words) > 1:
            folder = _changed(folder, words[1])
    return folder


def fetches(text: str) -> bool:
    """Whether commands bring scripts that the repository does not hold."""
    return _FETCHES.search(text) is not None


_FETCHES = re.compile(
    r"\bgit\s+(clone|submodule)\b|\b(wget|curl|gdown|unzip|aria2c)\b|\btar\s+-?\w*x|\bnbconvert\b.*--to[= ](script|python)"
    r"|\b(aws\s+s3|gsutil|azcopy|svn|hg\s+clone|dvc\s+get|cookiecutter|copier|kedro\s+new)\b|\bpip\s+download\b"
)


def _runs(text: str, line: int, cell: int | None, known: Set[str] | None, folder: str, depth: int) -> Iterator[Run]:
    for command in commands(text, line):
        words = [word.text for word in command]
        if words[0] in {"cd", "pushd"} and len(words) > 1:
            folder = _changed(folder, words[1])
            continue
        whole = " ".join(words)[:_MOST_CHARACTERS]
        bare = unwrapped(words)
        if not bare or words[-1] in {"-h", "--help", "--version"}:
            continue
        inner = _quoted_script(bare)
        if inner is not None and depth < 3:
            yield from _runs(inner, command[0].line, cell, known, folder, depth + 1)
            continue
        for target in _targets(bare):
            moved = _changed(folder, _option(bare, "-C", "--directory")) if target.kind == "make" else folder
            moved = _changed(folder, _option(words, "--directory")) if words[0] == "uv" else moved
            yield Run(
                target.kind,
                unmarked(target.name),
                command[0].line,
                cell,
                shown(whole),
                is_template(whole, known),
                moved,
                target.notebook,
                list(target.rest[:1]) if target.notebook and target.rest[:1] == [target.name] else [],
                list(target.rest[1:2]) if target.notebook and target.rest[:1] == [target.name] else [],
                _given(target),
            )


def shown(command: str) -> str:
    """A command as facts show it: one line, masked, cut."""
    text = mask(unmarked(" ".join(command.split())))
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 3]}..."


def _changed(folder: str, to: str) -> str:
    """The folder after `cd`; `$`, which no folder is called, where it goes to a place that is not told."""
    if not to or to.startswith("$(dirname"):
        return folder
    if to.startswith(("~", "/", "-", "%")) or "$" in to:
        return "$"
    return posixpath.normpath(posixpath.join(folder, unmarked(to)))


def _quoted_script(words: Sequence[str]) -> str | None:
    """The text behind `bash -c`."""
    if posixpath.basename(words[0]) in _SHELLS and len(words) > 2 and re.fullmatch(r"-\w*c\w*", words[1]):
        return words[2]
    # `watch -n 5 'python plot.py'`
    return words[-1] if words[0] == "watch" and " " in words[-1] else None


def _option(words: Sequence[str], *names: str) -> str:
    for at, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name in names:
            return value if equals else words[at + 1] if at + 1 < len(words) else ""
    return ""


def _given(target: _Target) -> list[str]:
    words = [word.partition("=")[2] if word.startswith("-") and "=" in word else word for word in target.rest]
    return [word for word in words if not word.startswith("-") and _PATH_WORD.match(word)][:20]


def _targets(words: Sequence[str]) -> Iterator[_Target]:
    program = posixpath.basename(words[0])
    rest = words[1:]
    if _PYTHON.match(program):
        yield from _python(rest)
    elif program in _SHELLS:
        if script := _first(rest):
            yield _Target("file", script, _after(rest, script))
    elif program in {"papermill", "jupyter", "jupyter-nbconvert", "jupyter-execute", "nbconvert", "runipy"}:
        yield from _notebooks(program, rest)
    elif program in {"make", "gmake"}:
        yield from _make(rest)
    elif program == "dvc":
        yield from _dvc(rest)
    elif program == "mlflow":
        if rest[:1] == ["run"] and (where := _first(rest[1:])):
            yield _Target("mlproject", f"{where}#{_option(rest, '-e', '--entry-point') or 'main'}", rest[2:])
    elif program == "snakemake":
        yield _Target("snakemake", _option(rest, "-s", "--snakefile"), rest)
    elif program == "kedro":
        if rest[:1] == ["run"]:
            yield _Target("kedro", _option(rest, "--pipeline", "-p"), rest[1:])
    elif program in _SERVERS:
        if module := next((word for word in rest if re.match(r"[\w./]+:[\w.]+", word)), None):
            yield _Target("module", module.partition(":")[0].replace("/", "."), _after(rest, module))
    elif program == "spark-submit" or program in _RUNNERS:
        if script := next((word for word in rest if _SCRIPT.search(word.partition(":")[0])), None):
            yield _Target("file", script.partition(":")[0], _after(rest, script))
    elif _SCRIPT.search(program):
        if program not in _NOT_RUN and not _TESTS.search(words[0]):
            yield _Target("file", words[0], rest)
    elif program == words[0] and _PROGRAM.match(program) and program not in _DULL_PROGRAMS:
        yield _Target("program", program, rest)


def _python(words: Sequence[str]) -> Iterator[_Target]:
    at = 0
    while at < len(words):
        word = words[at]
        if word == "-m" and at + 1 < len(words):
            yield from _module(words[at + 1], words[at + 2 :])
            return
        if word == "-c" or word.startswith("<"):
            return
        if word in {"-W", "-X"}:
            at += 1
        elif not word.startswith("-") or word == "-":
            name = posixpath.basename(word)
            if name not in _NOT_RUN and not _TESTS.search(word) and not word.startswith("("):
                yield _Target("file", word, words[at + 1 :])
            return
        at += 1


def _module(name: str, rest: Sequence[str]) -> Iterator[_Target]:
    if name in {"papermill", "nbconvert", "jupyter"}:
        yield from _notebooks(name, rest)
    elif name in {"streamlit", "uvicorn", "gunicorn", "mlflow", "kedro", "dvc", "snakemake"}:
        yield from _targets([name, *rest])
    elif not _DULL_MODULES.match(name):
        yield _Target("module", name, rest)


def _notebooks(program: str, words: Sequence[str]) -> Iterator[_Target]:
    output = _option(words, "--output")
    named = [word for word in words if word.endswith(".ipynb") and word != output and not word.startswith("-")]
    executes = program in {"papermill", "runipy", "jupyter-execute"} or any(
        word == "--execute" or word.startswith("--ExecutePreprocessor") for word in words
    )
    executes = executes or (program == "jupyter" and words[:1] in (["execute"], ["run"]))
    opens = program == "jupyter" and words[:1] in (["lab"], ["notebook"], ["nbclassic"])
    if executes or opens:
        for notebook in named[:1] if program == "papermill" else named:
            yield _Target("file", notebook, named if executes else (), notebook=executes)


def _make(words: Sequence[str]) -> Iterator[_Target]:
    skip = {_option(words, "-C", "--directory"), _option(words, "-f", "--file", "--makefile"), _option(words, "-j")}
    targets = [word for word in words if not word.startswith("-") and "=" not in word and word not in skip - {""}]
    for target in targets or [""]:
        yield _Target("make", target, ())


def _dvc(words: Sequence[str]) -> Iterator[_Target]:
    if words[:1] == ["repro"] or words[:2] == ["exp", "run"]:
        after = words[1:] if words[0] == "repro" else words[2:]
        stages = [word for word in after if not word.startswith("-") and "=" not in word]
        for stage in stages or [""]:
            yield _Target("dvc", stage, ())


def _first(words: Sequence[str]) -> str | None:
    return next((word for word in words if not word.startswith("-")), None)


def _after(words: Sequence[str], word: str) -> Sequence[str]:
    return words[words.index(word) + 1 :]
