"""What is told of notebooks."""

from __future__ import annotations

import json

import pytest

from debtscan.scanners.notebooks import NotebookRow
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
