"""What is told of notebooks."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debtscan.scanners.notebooks import FoundNotebook, NotebookRow, UndefinedNameRow, scan_file
from debtscan.source.python import read_notebook
from tests.scanning import scan_files


def cell(code: str, count: int | None = None, **more) -> dict[str, object]:
    return {"cell_type": "code", "source": code, "execution_count": count, "outputs": [], "metadata": {}, **more}


def notebook(*cells: dict[str, object], **metadata) -> str:
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": list(cells)})


def row(tmp_path, text: str) -> NotebookRow:
    (found,) = scan_files(tmp_path, {"a.ipynb": text})["notebooks"]
    return found


def test_a_notebook_is_measured(tmp_path):
    text = notebook(
        {"cell_type": "markdown", "source": "# Title", "metadata": {}},
        cell("import os\n\n# a comment\nos.getcwd()", 2),
        cell("", None),
        cell("x = 1", None, outputs=[{"output_type": "stream", "name": "stdout", "text": "1"}]),
        language_info={"name": "python", "version": "3.11.2"},
    )
    found = row(tmp_path, text)
    assert found == NotebookRow(
        path="a.ipynb",
        cells=4,
        code_cells=2,
        code_lines=3,
        out_of_order=False,
        disorder=None,
        disorder_cell=None,
        counts="2",
        has_error_output=False,
        error_cell=None,
        unexecuted=1,
        language="python",
        format=4,
        output_bytes=found.output_bytes,
        names="all",
    )
    assert found.output_bytes > 50


@pytest.mark.parametrize(
    ("counts", "disorder", "at"),
    [
        ([1, 2, 3], None, None),
        ([3, 17, 40], None, None),
        ([None, None], None, None),
        ([1, None, 5], None, None),
        ([1, 0, 2], None, None),
        ([2, 1], "cell 1 (count 1) ran before cell 0 (count 2), which stands above it", 1),
        ([1, 2, 2], "cells 1 and 2 both have the count 2, so they come from two runs", 2),
        ([5, None, 1, 2], "cell 2 (count 1) ran before cell 0 (count 5), which stands above it", 2),
    ],
)
def test_counts_that_do_not_rise_come_from_no_single_run(tmp_path, counts, disorder, at):
    found = row(tmp_path, notebook(*(cell("x = 1", count) for count in counts)))
    assert (found.out_of_order, found.disorder, found.disorder_cell) == (disorder is not None, disorder, at)


def test_a_comment_is_no_code(tmp_path):
    found = row(tmp_path, notebook(cell("# licence", 9), cell("x = 1", 1)))
    assert (found.out_of_order, found.code_cells, found.unexecuted) == (False, 1, 0)


def test_many_counts_are_cut_around_the_first_break(tmp_path):
    counts = [*range(1, 101), 50, *range(101, 140)]
    found = row(tmp_path, notebook(*(cell("x = 1", count) for count in counts)))
    assert found.counts.startswith("..., 81, 82")
    assert ", 100, 50, 101," in found.counts
    assert found.counts.endswith(", ...")


def test_an_error_counts_unless_it_is_meant(tmp_path):
    error = [{"output_type": "error", "ename": "E", "evalue": "", "traceback": []}]
    meant = {"tags": ["raises-exception"]}
    found = row(tmp_path, notebook(cell("1 / 0", 1, outputs=error, metadata=meant), cell("2 / 0", 2, outputs=error)))
    assert (found.has_error_output, found.error_cell) == (True, 1)
    assert not row(tmp_path / "b", notebook(cell("1 / 0", 1, outputs=error, metadata=meant))).has_error_output


def test_a_databricks_source_is_a_notebook_that_stores_no_run(tmp_path):
    text = "# Databricks notebook source\nx = 1\n\n# COMMAND ----------\n\ny = x\n"
    (found,) = scan_files(tmp_path, {"job.py": text, "plain.py": "x = 1\n"})["notebooks"]
    assert (found.path, found.cells, found.code_lines, found.unexecuted, found.counts) == ("job.py", 2, 2, 0, "")


def undefined(tmp_path, *cells: str | dict[str, object], **metadata) -> list[UndefinedNameRow]:
    text = notebook(*(cell(item) if isinstance(item, str) else item for item in cells), **metadata)
    return list(scan_files(tmp_path, {"a.ipynb": text})["undefined_names"])


def test_a_name_is_undefined_if_no_cell_above_can_have_bound_it(tmp_path):
    code = ("import os", "def f():\n    return lost", "x = y\ny = 1", "del os", "os.getcwd()\ngone.run()")
    assert undefined(tmp_path, *code) == [
        UndefinedNameRow("a.ipynb", 1, 2, "lost", "nowhere", None, True, "return lost"),
        UndefinedNameRow("a.ipynb", 2, 1, "y", "later", 2, False, "x = y"),
        UndefinedNameRow("a.ipynb", 4, 1, "os", "deleted", 0, False, "os.getcwd()"),
        UndefinedNameRow("a.ipynb", 4, 2, "gone", "nowhere", None, False, "gone.run()"),
    ]


@pytest.mark.parametrize(
    ("cells", "names"),
    [
        # magics that bind what they name, and those after which nothing is known
        (["%time a = f()\na", "def f(): pass"], "all"),
        (["files = !ls\nfiles[0]"], "all"),
        (["%%capture out\n1", "out.show()"], "all"),
        (["%%bigquery df\nSELECT 1", "df"], "all"),
        (["%%R -o result\nresult <- 1", "result"], "all"),
        (["%run setup.py", "model"], "part"),
        (["%pylab inline", "plot(zeros(3))"], "part"),
        (["from fastai.vision import *", "untar_data(URLs.MNIST)"], "part"),
        (["exec(open('a.py').read())", "model"], "part"),
        (["globals().update(read())", "rate"], "part"),
        # what the shell and its hosts give
        (["display(_), In[0], Out, _i3, _12, get_ipython(), exit"], "all"),
        (["spark.sql('x'), sc, dbutils, displayHTML, sqlContext"], "all"),
        (["raw_input(), unicode, xrange"], "all"),
        # what is no use in order
        (["def f(): return a", "a = 1\nf()"], "all"),
        (["g = (a for b in [1])", "a = 1"], "all"),
        (["try:\n    import_once\nexcept NameError:\n    import_once = 1"], "all"),
        (["# token = '<yours>'", "login(token)", "def login(): pass"], "all"),
        (["for i in range(2):\n    if i: print(last)\n    last = i"], "all"),
        # a cell that could not be parsed may bind what it names
        (["if True\n    a = 1", "a"], "all"),
    ],
)
def test_what_may_be_bound_is_not_called_undefined(tmp_path, cells, names):
    tables = scan_files(tmp_path, {"a.ipynb": notebook(*map(cell, cells))})
    assert tables["notebooks"][0].names == names
    # a call of something that is bound below is what the cells above are about only in two places
    assert {row.name for row in tables["undefined_names"]} <= {"f", "login"}


def test_a_name_is_not_asked_of_cells_that_are_meant_to_fail_or_not_to_run(tmp_path):
    meant = cell("missing", 1, metadata={"tags": ["raises-exception"]})
    assert (
        undefined(
            tmp_path, meant, "%%script false\nmissing", cell("SELECT a", metadata={"vscode": {"languageId": "sql"}})
        )
        == []
    )


@pytest.mark.parametrize("kernel", ["sagemath", "SageMath-9.0", "sage"])
def test_sage_brings_its_own_names(tmp_path, kernel):
    text = notebook(cell("plot(x^2)"), kernelspec={"name": kernel, "language": "python"})
    assert scan_files(tmp_path, {"a.ipynb": text})["notebooks"][0].names == "none"
    assert undefined(tmp_path / "b", "plot(1)", kernelspec={"name": "conda_sagemaker", "language": "python"}) != []


def test_parameters_that_other_code_passes_need_no_cell(tmp_path):
    runner = "import papermill as pm\nparams = {'bucket': 'a'}\npm.execute_notebook('a.ipynb', 'b.ipynb', parameters=params)\n"
    files = {"a.ipynb": notebook(cell("print(bucket, rate)")), "run.py": runner}
    assert [row.name for row in scan_files(tmp_path, files)["undefined_names"]] == ["rate"]


def test_a_notebook_with_ten_thousand_cells_is_read_to_its_end(tmp_path):
    text = notebook(*(cell(f"a{number} = b{number}\n", number + 1) for number in range(10_000)))
    tables = scan_files(tmp_path, {"a.ipynb": text})
    assert (tables["notebooks"][0].cells, len(tables["undefined_names"])) == (10_000, 200)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"cells": 1}',
        '{"cells": [1]}',
        '{"cells": [{"cell_type": "code", "source": {"a": 1}}]}',
        '{"cells": [{"cell_type": "code", "source": "1", "outputs": 7, "execution_count": "x"}]}',
        '{"cells": ' + "[" * 100_000,
        '{"metadata": ' + '{"a":' * 100_000,
        '{"cells": [], "nbformat": 1e999}',
        '{"cells": [{"cell_type": "code", "source": "1", "execution_count": 1e999}]}',
        '{"cells": [{"cell_type": "code", "source": "1", "execution_count": ' + "9" * 5000 + "}]}",
        "<<<<<<< HEAD\n{}",
    ],
)
def test_what_is_no_notebook_is_a_gap(tmp_path, text):
    tables = scan_files(tmp_path, {"a.ipynb": text, "b.ipynb": notebook(cell("x = 1", 1))})
    assert [row.path for row in tables["notebooks"]] == ["b.ipynb"]
    assert [row.path for row in tables["gaps"]] == ["a.ipynb"]


@pytest.mark.parametrize(
    "line", ["a" + " " * 200_000, " " * 200_000 + "a", "a, " * 70_000, "?" * 200_000, "%" * 200_000]
)
def test_a_long_line_takes_no_long_time(line):
    """Each of these once took time with the square of its length, or may."""
    assert read_notebook(notebook(cell(f"{line}\n!ls")).encode()).notebook is not None


REAL = notebook(
    {"cell_type": "markdown", "metadata": {}, "source": ["# Title\n", "text"]},
    cell("%matplotlib inline\nimport pandas as pd", 1, metadata={"tags": ["parameters"], "collapsed": True}),
    cell(
        "df = pd.read_csv('a.csv')\ndef f(x, *, y=1):\n    return [a for a in x if y and z]\nfor i in df:\n    del i",
        2,
        outputs=[{"output_type": "stream", "name": "stdout", "text": ["1\n"]}, {"output_type": "error", "ename": "E"}],
    ),
    cell("%%bash -s\nls\n", None),
    cell(
        "class A(B):\n    c: int = d\nmatch f(1):\n    case A(c=e) if e: pass\ntry:\n    g\nexcept OSError as o: pass",
        3,
    ),
    language_info={"name": "python", "version": "3.11"},
    kernelspec={"name": "python3", "language": "python"},
).encode()
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def check_is_read_or_refused(data: bytes) -> None:
    source = read_notebook(data)
    found = scan_file(source)
    assert source.problems or isinstance(found.notebook, FoundNotebook)


@given(at=st.integers(0, len(REAL) - 1), cut=st.integers(0, 40), put=st.binary(max_size=20))
def test_mutated_bytes_never_raise(at, cut, put):
    check_is_read_or_refused(REAL[:at] + put + REAL[at + cut :])


@given(data=st.data())
def test_values_of_any_type_in_any_place_never_raise(data):
    document = json.loads(REAL)
    holders = [document]
    for holder in holders:
        inner = holder.values() if isinstance(holder, dict) else holder
        holders += [value for value in inner if isinstance(value, dict | list) and value]
    holder = data.draw(st.sampled_from(holders))
    key = data.draw(st.sampled_from(list(holder) if isinstance(holder, dict) else range(len(holder))))
    holder[key] = data.draw(VALUES)
    check_is_read_or_refused(json.dumps(document).encode())
