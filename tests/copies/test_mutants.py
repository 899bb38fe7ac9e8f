"""Copies of real functions, changed as people change copies, are found; the functions come from the standard library."""

from __future__ import annotations

import ast
import csv
import difflib
import heapq
import inspect
import json.decoder
import statistics
import textwrap

import pytest
from copying import members, notebook

FUNCTIONS = (
    csv.Sniffer._guess_delimiter,
    difflib.SequenceMatcher.find_longest_match,
    heapq.merge,
    json.decoder.JSONObject,
    statistics.quantiles,
    textwrap.TextWrapper._wrap_chunks,
)
NAMES = sorted(function.__name__ for function in FUNCTIONS)


def source(function) -> ast.FunctionDef:
    node = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(node, ast.FunctionDef)
    return node


class Renamed(ast.NodeTransformer):
    def __init__(self, function: ast.FunctionDef) -> None:
        assigned = {
            node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        parameters = {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
        called = {
            node.func.id
            for node in ast.walk(function)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        self.names = {name: f"their_{name}" for name in (assigned | parameters) - called}

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self.names.get(node.id, node.id), node.ctx)

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(self.names.get(node.arg, node.arg), node.annotation)


class OtherLiterals(ast.NodeTransformer):
    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        match node.value:
            case bool() | None:
                return node
            case int() | float():
                return ast.Constant(node.value + 7)
            case str():
                return ast.Constant(f"{node.value} or other")
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.JoinedStr:
        return node


def inserted(function: ast.FunctionDef) -> ast.FunctionDef:
    function.body.insert(len(function.body) // 2, ast.parse("checked = sorted(set(globals()))").body[0])
    return function


def deleted(function: ast.FunctionDef) -> ast.FunctionDef:
    assignments = [stmt for stmt in function.body if isinstance(stmt, ast.Assign)]
    function.body.remove(assignments[-1])
    return function


MUTATIONS = {
    "renamed": lambda function: Renamed(function).visit(function),
    "with other literals": lambda function: OtherLiterals().visit(function),
    "renamed, with other literals": lambda function: OtherLiterals().visit(Renamed(function).visit(function)),
    "reformatted": lambda function: function,
    "with a line inserted": inserted,
    "with a line deleted": deleted,
    "renamed, with a line inserted": lambda function: inserted(Renamed(function).visit(function)),
}
UNCHANGED_STATEMENTS = {"renamed", "with other literals", "renamed, with other literals", "reformatted"}

ORIGINALS = "\n\n".join(textwrap.dedent(inspect.getsource(function)) for function in FUNCTIONS)


def pairs(files: dict[str, str]) -> dict[str, list[tuple[str, float]]]:
    """By function of `origin.py`: where its copies are, and how alike."""
    rows = [row for row in members({"origin.py": ORIGINALS, **files}) if row.level == "function"]
    assert {row.family for row in rows} == {f"origin.py::{row.name}" for row in rows if row.origin}
    found: dict[str, list[tuple[str, float]]] = {}
    for row in rows:
        if not row.origin:
            found.setdefault(row.family.removeprefix("origin.py::"), []).append((row.path, row.similarity))
    return found


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_every_copy_is_found(mutation):
    texts = {
        f"z/{function.__name__}.py": ast.unparse(ast.fix_missing_locations(MUTATIONS[mutation](source(function))))
        for function in FUNCTIONS
    }
    found = pairs(texts)
    assert {name: [path for path, _ in copies] for name, copies in found.items()} == {
        name: [f"z/{name}.py"] for name in NAMES
    }
    least = 1.0 if mutation in UNCHANGED_STATEMENTS else 0.8
    assert all(similarity >= least for copies in found.values() for _, similarity in copies)


def test_every_function_pasted_into_a_notebook_is_found():
    texts = {
        f"z/{function.__name__}.ipynb": notebook("import math\n", textwrap.dedent(inspect.getsource(function)))
        for function in FUNCTIONS
    }
    assert pairs(texts) == {name: [(f"z/{name}.ipynb", 1.0)] for name in NAMES}


def test_no_function_is_taken_for_a_copy_of_another():
    assert members({f"{function.__name__}.py": ast.unparse(source(function)) for function in FUNCTIONS}) == []
