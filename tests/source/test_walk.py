"""The one walk: complexity as radon has it, and hashes that see through names."""

from __future__ import annotations

import ast
import sysconfig
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from radon.visitors import ComplexityVisitor

from debtscan.source.walk import Walk, walk

STANDARD_LIBRARY = Path(sysconfig.get_path("stdlib"))


def walked(code: str) -> Walk:
    found = Walk()
    walk(ast.parse(code).body, None, found)
    return found


def radon_complexities(tree: ast.Module) -> dict[tuple[int, int], int]:
    visitor = ComplexityVisitor.from_ast(tree)
    return {(block.lineno, block.col_offset): block.complexity for block in radon_functions(visitor)}


def radon_functions(visitor: ComplexityVisitor) -> Iterator:
    todo = list(visitor.functions) + [item for cls in visitor.classes for item in (*cls.methods, *cls.inner_classes)]
    while todo:
        block = todo.pop()
        if hasattr(block, "closures"):
            yield block
            todo += block.closures
        else:
            todo += [*block.methods, *block.inner_classes]


@pytest.mark.parametrize("package", ["asyncio", "email", "importlib", "json", "logging", "unittest"])
def test_complexity_equals_radons_on_every_function_of_a_real_package(package):
    compared = 0
    for file in sorted((STANDARD_LIBRARY / package).rglob("*.py")):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(file.read_bytes())
        found = Walk()
        walk(tree.body, None, found)
        ours = {(item.node.lineno, item.node.col_offset): item.scope.complexity for item in found.functions}
        expected = radon_complexities(tree)
        assert {place: ours.get(place) for place in expected} == expected, file
        compared += len(expected)
    assert compared > 20


MATCH = """
def kind(x):
    match x:
        case [1, *_] if x[0]:
            return 1
        case {"a": b} | b:
            return b
        case _:
            return 0
"""
EXCEPT_GROUP = """
def run():
    try:
        work()
    except* OSError:
        pass
    finally:
        assert done and ready
"""


@pytest.mark.parametrize("code", [MATCH, EXCEPT_GROUP])
def test_complexity_equals_radons_on_newer_syntax(code):
    tree = ast.parse(code)
    ours = {(item.node.lineno, item.node.col_offset): item.scope.complexity for item in walked(code).functions}
    assert ours == radon_complexities(tree)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x = load(a)\n", "renamed = load(b)\n"),
        ("x = f(1, 'a')\n", "x = f(2, 'b')\n"),
        ("total = a + b\n", "summe  =  c+d  # comment\n"),
    ],
)
def test_statements_that_differ_in_names_and_constants_hash_alike(one, other):
    assert list(walked(one).statements.hash) == list(walked(other).statements.hash)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x = load(a)\n", "x = save(a)\n"),
        ("df.dropna()\n", "df.fillna()\n"),
        ("f(n=1)\n", "f(m=1)\n"),
        ("a + b\n", "a - b\n"),
    ],
)
def test_statements_that_call_or_compute_something_else_hash_apart(one, other):
    assert list(walked(one).statements.hash) != list(walked(other).statements.hash)


def test_docstrings_and_imports_are_no_statements_and_a_def_ends_before_its_body():
    statements = walked('"""Doc."""\nimport os\n\n\ndef f(\n    a,\n):\n    """Doc."""\n    return a\n').statements
    assert list(zip(statements.line, statements.end_line, statements.depth, statements.definition, strict=True)) == [
        (5, 7, 0, 1),
        (9, 9, 1, 0),
    ]


@pytest.mark.parametrize(
    ("code", "guarded"),
    [
        ("import torch\n", False),
        ("try:\n    import torch\nexcept ImportError:\n    torch = None\n", True),
        ("try:\n    import torch\nexcept ValueError:\n    pass\n", False),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import torch\n", True),
        ("if is_torch_available():\n    import torch\n", True),
        ("if debug:\n    import torch\n", False),
        (
            "import sys\nif sys.version_info >= (3, 8):\n    import importlib.metadata as m\nelse:\n    import importlib_metadata as torch\n",
            True,
        ),
        ("if TYPE_CHECKING:\n    import x\nelse:\n    import torch\n", False),
        ("if not HAS_TORCH_AVAILABLE:\n    pass\nelse:\n    import torch\n", True),
        ("if find_spec('torch'):\n    try:\n        import torch\n    except RuntimeError:\n        pass\n", True),
        ("try:\n    import torch\nexcept ImportError as error:\n    raise Hint('install it') from error\n", False),
        (
            "def f():\n    try:\n        import torch\n    except ImportError as error:\n        raise Hint from error\n",
            True,
        ),
        ("def f():\n    if not is_torch_available():\n        return\n    import torch\n", True),
        ("def f():\n    if not ready:\n        return\n    import torch\n", False),
    ],
)
def test_an_import_that_may_fail_without_harm_is_guarded(code, guarded):
    assert walked(code).imports[-1].guarded is guarded


def test_calls_know_the_function_they_stand_in():
    found = walked("a()\nclass C:\n    def m(self):\n        b()\n")
    assert [(call.node.func.id, call.scope.name) for call in found.calls] == [("a", ""), ("b", "C.m")]
