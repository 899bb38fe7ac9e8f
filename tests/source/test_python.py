"""Files and notebooks of every odd sort, parsed or explained."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debtscan.source.python import read_notebook, read_python
from debtscan.source.text import Problem, read_text


def notebook(*cells: str | dict, **metadata: object) -> bytes:
    made = [
        cell
        if isinstance(cell, dict)
        else {"cell_type": "code", "source": cell, "execution_count": None, "outputs": []}
        for cell in cells
    ]
    return json.dumps({"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}).encode()


def function_places(source) -> list[tuple[int | None, int, str]]:
    return [(item.cell, item.node.lineno, item.scope.name) for item in source.walk.functions]


@pytest.mark.parametrize(
    "data",
    [
        "def f():\n    return 'ä'\n".encode(),
        b"\xef\xbb\xbfdef f():\n    pass\n",
        "# -*- coding: latin-1 -*-\ndef f():\n    return 'ä'\n".encode("latin-1"),
        b"def f():\r\n    pass\r\n",
    ],
)
def test_a_file_is_decoded_as_python_would(data):
    source = read_python(data)
    assert ([name for _, _, name in function_places(source)], source.problems) == (["f"], [])


@pytest.mark.parametrize(
    ("data", "why", "python_2"),
    [
        (b"print 'x'\n", "Python 2 syntax: Missing parentheses in call to 'print'. Did you mean print(...)?", True),
        (
            b"try:\n    pass\nexcept A, e:\n    pass\n",
            "Python 2 syntax: multiple exception types must be parenthesized",
            True,
        ),
        (
            b"try:\n    pass\nexcept KeyError, ValueError:\n    pass\n",
            "cannot be parsed: multiple exception types must be parenthesized",
            False,
        ),
        (b"def f(:\n", "cannot be parsed: invalid syntax", False),
        (b"# coding: no-such-code\n", "cannot be decoded: unknown encoding: no-such-code", False),
        (b"x = '\xff'\n", "cannot be decoded: invalid or missing encoding declaration", False),
    ],
)
def test_a_file_that_cannot_be_read_says_why(data, why, python_2):
    source = read_python(data)
    assert ([problem.why for problem in source.problems], source.python_2) == ([why], python_2)


def test_a_deeply_nested_expression_is_a_problem_and_no_crash():
    assert read_python(b"x = " + b"(" * 5000 + b"1" + b")" * 5000).problems != []


def test_a_broken_cell_hides_nothing_of_the_others():
    source = read_notebook(notebook("def a():\n    pass", "def b(:\n", "def c():\n    pass"))
    assert function_places(source) == [(0, 1, "a"), (2, 1, "c")]
    assert source.problems == [Problem("cannot be parsed: invalid syntax", 1, 1)]


def test_magics_are_blanked_with_their_lines_kept():
    source = read_notebook(
        notebook(
            "%matplotlib inline\n!pip install \\\n    torch\nfiles = !ls\ndf?\ndef f():\n    pass",
            "%%time\ndef g():\n    pass",
        )
    )
    assert (function_places(source), source.problems) == ([(0, 6, "f"), (1, 2, "g")], [])
    assert [(magic.line, magic.text) for magic in source.cells[0].magics] == [
        (1, "%matplotlib inline"),
        (2, "!pip install \\"),
        (3, "torch"),
        (4, "!ls"),
        (5, "df?"),
    ]


def test_a_percent_sign_inside_a_string_is_no_magic():
    source = read_notebook(notebook('text = """\n%d of %s\n"""\ndef f():\n    pass'))
    assert (function_places(source), source.problems) == ([(0, 4, "f")], [])


@pytest.mark.parametrize("first_line", ["%%bash", "%%sql", "%%javascript", "%%R -i df"])
def test_a_cell_in_another_language_is_not_parsed(first_line):
    source = read_notebook(notebook(f"{first_line}\nls -l | wc", "x = await get()"))
    assert (source.problems, source.cells[0].language != "python") == ([], True)


def test_cells_of_all_kinds_are_counted():
    markdown = {"cell_type": "markdown", "source": ["# Title"]}
    assert function_places(read_notebook(notebook(markdown, "def f():\n    pass"))) == [(1, 1, "f")]


def test_format_3_worksheets_are_read():
    old = {
        "nbformat": 3,
        "metadata": {},
        "worksheets": [{"cells": [{"cell_type": "code", "input": ["def f():\n", "    pass"], "prompt_number": 3}]}],
    }
    source = read_notebook(json.dumps(old).encode())
    assert (function_places(source), source.cells[0].execution_count) == ([(0, 1, "f")], 3)


def test_an_r_notebook_is_not_parsed_as_python():
    source = read_notebook(notebook("x <- 1", kernelspec={"name": "ir", "language": "R"}))
    assert (source.problems, source.cells[0].language) == ([], "r")


def test_a_databricks_source_file_is_a_notebook_with_cells():
    text = (
        "# Databricks notebook source\nimport os\n\n# COMMAND ----------\n\n# MAGIC %md\n# MAGIC # Title\n\n"
        "# COMMAND ----------\n\n# MAGIC %pip install torch\n\n# COMMAND ----------\n\ndef f():\n    pass\n"
    )
    source = read_python(text.encode())
    assert (source.kind, function_places(source), source.problems) == ("notebook", [(3, 1, "f")], [])
    assert [(cell.number, cell.kind) for cell in source.cells] == [
        (0, "code"),
        (1, "markdown"),
        (2, "code"),
        (3, "code"),
    ]
    assert [magic.text for magic in source.cells[2].magics] == ["%pip install torch"]


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"null", b'{"cells": 3}', b"<<<<<<< HEAD\n", b"\xff\xfe"])
def test_what_is_no_notebook_says_so(data):
    (problem,) = read_notebook(data).problems
    assert problem.why.startswith("not a notebook: ")


@given(st.binary(max_size=300))
def test_reading_never_raises_on_any_bytes(data):
    read_python(data)
    read_notebook(data)
    read_text("requirements", data)


NAMES = "import numpy as np\nfrom torch import nn\nfrom .local import thing as t\nimport os.path\nvalue = {}\n"


@pytest.mark.parametrize(
    ("expression", "name"),
    [
        ("np.load(x)", "numpy.load()"),
        ("nn.Linear", "torch.nn.Linear"),
        ("t.run", ".local.thing.run"),
        ("os.path.join", "os.path.join"),
        ("np.array(x)[0].mean", "numpy.array()[].mean"),
        ("(a + b).mean", None),
    ],
)
def test_names_are_spelled_out_through_imports(expression, name):
    source = read_python(NAMES.format(expression).encode())
    assert source.name(source.walk.assignments[0].node.value) == name
