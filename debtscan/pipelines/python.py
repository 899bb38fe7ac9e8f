"""Scripts that run other scripts: subprocesses, papermill and notebooks called from Python, `%run` in a notebook."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from debtscan.commands import scripts
from debtscan.commands.script import Script
from debtscan.pipelines.engines import text_of, texts_of
from debtscan.pipelines.found import FoundStep, Run
from debtscan.pipelines.placeholders import assigned, marked
from debtscan.pipelines.runs import runs, shown
from debtscan.source.python import PythonSource
from debtscan.source.values import Values, argument
from debtscan.source.walk import Call

_PROCESSES = frozenset({"run", "call", "check_call", "check_output", "Popen", "system", "popen"})
_MODULES = ("subprocess.", "os.", "sh.")
_NOTEBOOKS = frozenset({"papermill.execute_notebook", "papermill.execute.execute_notebook"})
_FILES = frozenset({"runpy.run_path"})


def steps(source: PythonSource) -> Iterator[FoundStep]:
    values = Values(source)
    for last, call in source.named_calls:
        if last in _PROCESSES:
            name = source.name(call.node.func) or ""
            if name.startswith(_MODULES):
                yield from _process(values, call)
            elif name == "dbutils.notebook.run" and (path := text_of(values, call, 0, "path")):
                yield _file(call, path, "dbutils.notebook.run", notebook=True)
        elif last == "execute_notebook" and source.name(call.node.func) in _NOTEBOOKS:
            if path := text_of(values, call, 0, "input_path"):
                yield _file(call, path, "papermill", notebook=True)
        elif (
            last == "run_path"
            and source.name(call.node.func) in _FILES
            and (path := text_of(values, call, 0, "path_name"))
        ):
            yield _file(call, path, "runpy", notebook=False)


def _process(values: Values, call: Call) -> Iterator[FoundStep]:
    node = argument(call.node, 0, "args")
    if isinstance(node, ast.Name):
        binding = values.bindings.last(call.scope.name, node.id, call.cell, call.node.lineno)
        node = binding.value if binding and isinstance(binding.value, (ast.List, ast.Tuple)) else node
    if isinstance(node, (ast.List, ast.Tuple)):
        words = [
            "python" if _is_interpreter(item) else "".join(texts_of(values, call, item)) or "*" for item in node.elts
        ]
        command = " ".join(f"'{word}'" if " " in word or not word else word for word in words)
    else:
        command = " ".join(texts_of(values, call, node))
    if command.strip("* "):
        for run in runs(Script(command, call.node.lineno, call.cell), None):
            yield FoundStep("python", call.scope.name, call.node.lineno, call.cell, runs=[run], command=shown(command))


def _is_interpreter(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "executable"


def _file(call: Call, path: str, how: str, *, notebook: bool) -> FoundStep:
    run = Run("file", path, call.node.lineno, call.cell, f"{how} {path}", executes_notebook=notebook)
    return FoundStep(
        "python", call.scope.name, call.node.lineno, call.cell, runs=[run], command=run.text, templated="*" in path
    )


def of_notebook(source: PythonSource) -> Iterator[FoundStep]:
    """What the shell lines of a notebook run."""
    for script in scripts(source):
        text = script.text
        if text.startswith("run ") and (path := text[4:].strip().strip("'\"").split(" ")[0]):
            run = Run("file", path, script.line, script.cell, shown(f"%run {path}"))
            yield FoundStep("notebook", "", script.line, script.cell, runs=[run], command=run.text)
            continue
        # `{name}` is a Python value, filled in as the cell runs
        for run in runs(Script(marked(text), script.line, script.cell), assigned(text)):
            yield FoundStep("notebook", "", run.line, script.cell, runs=[run], command=run.text)
