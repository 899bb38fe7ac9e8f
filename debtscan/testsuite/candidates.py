"""What of one Python file could be a test, seen without its path: classes, functions, assertions, fixtures."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TypeVar

from msgspec import Struct

from debtscan.source.python import PythonSource
from debtscan.source.walk import Function

T = TypeVar("T")

_ASSERTING_MODULES = ("numpy.testing.", "pandas.testing.", "torch.testing.", "pandas._testing.", "chex.")
_ASSERTING_CALLS = frozenset(
    {"pytest.raises", "pytest.warns", "pytest.fail", "pytest.deprecated_call", "pytest.approx", "snapshot", "testbook"}
)
_SKIPS = frozenset({"pytest.mark.skip", "unittest.skip"})


class Candidate(Struct, frozen=True, gc=False, array_like=True):
    """A function that may be a test or a helper of one."""

    name: str
    """Qualified: `TestModel.test_fit`."""
    line: int
    asserts: int
    calls: tuple[str, ...]
    """Last names of what it calls, to find assertions in helpers."""
    needs: tuple[str, ...]
    """Parameters without default that only a fixture or a parametrisation could fill."""
    skipped: bool
    fixture: bool


class CandidateClass(Struct, frozen=True, gc=False, array_like=True):
    name: str
    line: int
    bases: tuple[str, ...]
    """Dotted names of its bases, imports spelled out."""
    has_init: bool
    not_a_test: bool
    """Says `__test__ = False`."""
    skipped: bool


class Candidates(Struct, frozen=True, gc=False, array_like=True):
    functions: list[Candidate]
    classes: list[CandidateClass]
    uses_pytest: bool
    skipped: bool
    """The module as a whole is marked skip."""


def find_candidates(source: PythonSource) -> Candidates | None:
    """None for a file that holds nothing a runner or a test could use."""
    relevant = [item for item in source.walk.functions if _relevant(item, source)]
    classes = [
        CandidateClass(
            item.name,
            item.node.lineno,
            tuple(name for base in item.node.bases if (name := source.name(base))),
            any(isinstance(child, ast.FunctionDef) and child.name == "__init__" for child in item.node.body),
            _says_no_test(item.node.body),
            _is_skipped(item.node.decorator_list, source),
        )
        for item in source.walk.classes
        if item.node.bases or any(function.scope.name.startswith(f"{item.name}.") for function in relevant)
    ]
    if not relevant and not classes:
        return None
    wanted = frozenset(item.scope.name for item in relevant)
    calls = _by_scope(((call.scope.name, call.node) for call in source.walk.calls), wanted)
    asserts = _by_scope(((scope.name, None) for scope in source.walk.asserts), wanted)
    functions = [
        _candidate(item, source, calls.get(item.scope.name, []), len(asserts.get(item.scope.name, [])))
        for item in relevant
    ]
    imported = {alias.split(".")[0] for alias in source.aliases.values()}
    return Candidates(functions, classes, "pytest" in imported, _module_is_skipped(source))


def _relevant(item: Function, source: PythonSource) -> bool:
    name = item.node.name.lower()
    if "test" in name or name.startswith(("check", "assert", "verify", "_check", "_assert", "_verify", "run_", "_run")):
        return True
    return _is_fixture(item.node, source)


def _by_scope(items: Iterable[tuple[str, T]], wanted: frozenset[str]) -> dict[str, list[T]]:
    """Items of the functions wanted by function, those of functions inside them included."""
    found: dict[str, list[T]] = {}
    for scope, item in items:
        name = scope
        while name:
            if name in wanted:
                found.setdefault(name, []).append(item)
            name = name.rpartition(".")[0]
    return found


def _candidate(item: Function, source: PythonSource, own: list[ast.Call], asserts: int) -> Candidate:
    """`own` are its calls, `asserts` its assertions, those of functions inside it included."""
    asserts += sum(_asserts(call, source) for call in own)
    last_names = {_last_name(call.func) for call in own} - {""}
    return Candidate(
        item.scope.name,
        item.node.lineno,
        asserts,
        tuple(sorted(last_names)),
        _needs(item.node, source),
        _is_skipped(item.node.decorator_list, source),
        _is_fixture(item.node, source),
    )


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _asserts(call: ast.Call, source: PythonSource) -> bool:
    last = _last_name(call.func).lower()
    if last.startswith(("assert", "_assert")) or last in {"fail", "expect"}:
        return True
    name = source.name(call.func) or ""
    return name in _ASSERTING_CALLS or name.startswith(_ASSERTING_MODULES)


def _needs(node: ast.FunctionDef | ast.AsyncFunctionDef, source: PythonSource) -> tuple[str, ...]:
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    required = positional[: len(positional) - len(arguments.defaults)]
    if any(isinstance(item, ast.Call) and _fills_arguments(item, source) for item in node.decorator_list):
        return ()
    given = set(_parametrised(node.decorator_list, source))
    return tuple(item.arg for item in required if item.arg not in given and item.arg not in {"self", "cls"})


def _fills_arguments(decorator: ast.Call, source: PythonSource) -> bool:
    """hypothesis, mock and parameterized hand over arguments that no fixture has."""
    name = source.name(decorator.func) or ""
    return name.endswith(("given", "patch", "patch.object", "expand", "parameterized", "data", "integrate"))


def _parametrised(decorators: Iterable[ast.expr], source: PythonSource) -> Iterable[str]:
    for decorator in decorators:
        if not isinstance(decorator, ast.Call) or not decorator.args:
            continue
        first = decorator.args[0]
        if not (source.name(decorator.func) or "").endswith("parametrize"):
            continue
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield from (part.strip() for part in first.value.split(","))
        elif isinstance(first, (ast.List, ast.Tuple)):
            yield from (str(item.value) for item in first.elts if isinstance(item, ast.Constant))


def _is_fixture(node: ast.FunctionDef | ast.AsyncFunctionDef, source: PythonSource) -> bool:
    for decorator in node.decorator_list:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        if (source.name(target) or "").endswith("fixture"):
            return True
    return False


def _is_skipped(decorators: Iterable[ast.expr], source: PythonSource) -> bool:
    """Unconditionally: `skipif` and `skipUnless` depend on the machine."""
    return any((source.name(item.func if isinstance(item, ast.Call) else item) or "") in _SKIPS for item in decorators)


def _module_is_skipped(source: PythonSource) -> bool:
    for item in source.walk.assignments:
        node = item.node
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if item.scope.name == "" and any(
            isinstance(target, ast.Name) and target.id == "pytestmark" for target in targets
        ):
            value = node.value
            marks = value.elts if isinstance(value, (ast.List, ast.Tuple)) else [value] if value else []
            if _is_skipped(marks, source):
                return True
    return False


def _says_no_test(body: Iterable[ast.stmt]) -> bool:
    return any(
        isinstance(stmt, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == "__test__" for target in stmt.targets)
        and isinstance(stmt.value, ast.Constant)
        and stmt.value.value is False
        for stmt in body
    )
