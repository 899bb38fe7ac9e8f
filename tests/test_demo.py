"""The demo repository holds every problem its README lists, and is the same everywhere."""

from __future__ import annotations

import ast
import csv
import json
import pickletools
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from debtscan.cli.run import run
from debtscan.demo import AS_OF, build
from debtscan.demo.customers import export
from debtscan.demo.stream import AUTHORS, Commit, Edit, Model, apply, fast_import, history, model_bytes
from debtscan.errors import UserError

README = Path(__file__).parents[1] / "debtscan" / "demo" / "README.md"
HEAD = "b2f6cbb"


def git(folder, *arguments, stdin=b"") -> str:
    done = subprocess.run(["git", "-C", folder, *arguments], input=stdin, capture_output=True, check=True)
    return done.stdout.decode()


@pytest.fixture(scope="module")
def churn(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("churn")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "fast-import", "--quiet", "--done", stdin=fast_import())
    git(folder, "checkout", "-q", "main")
    return folder


def rows(text: str) -> list[tuple[str, str]]:
    """The (rule, place) rows of a table of the README."""
    return re.findall(r"^\| `([a-z-]+)` \| `?([^|`]+)`? \|", text, re.MULTILINE)


FOUND, NOT_ASKED = README.read_text("utf-8").split("## Planted, and not asked for yet")


def test_git_accepts_the_history_and_its_commit_is_the_same_everywhere(churn):
    assert git(churn, "rev-parse", "--short=7", "main").strip() == HEAD
    assert git(churn, "fsck", "--strict") == ""
    assert git(churn, "status", "--porcelain") == ""


def test_the_history_is_told_in_order_by_four_authors():
    commits = history()
    assert [commit.at for commit in commits] == sorted(commit.at for commit in commits)
    assert {commit.author for commit in commits} == AUTHORS.keys()
    assert all(address.endswith("@example.com>") for address in AUTHORS.values())


def test_every_planted_place_exists(churn):
    places = [place for _, place in rows(FOUND) + rows(NOT_ASKED) if place != "the repository"]
    assert len(places) >= 20
    for path, _, line in (place.partition(":") for place in places):
        lines = (churn / path).read_bytes().splitlines()
        assert not line or lines[int(line) - 1].strip(), f"{path}:{line} is blank"


def test_the_python_files_and_notebook_cells_are_python(churn):
    for file in churn.rglob("*.py"):
        ast.parse(file.read_bytes())
    for file in (churn / "notebooks").iterdir():
        for cell in json.loads(file.read_bytes())["cells"]:
            source = "".join(cell["source"])
            if cell["cell_type"] == "code" and not source.startswith("!"):
                ast.parse(source)


def test_the_fix_reached_one_copy_only(churn):
    buggy = [file.name for file in sorted(churn.glob("*train*.py")) if "fillna(CUTOFF)" in file.read_text("utf-8")]
    assert buggy == ["train.py", "train_v2.py", "train_v2_final.py"]


def test_the_complex_function_is_edited_often(churn):
    counted = git(churn, "log", "--since=2025-11-01T00:00:00", "--format=%an", "--", "features.py").split("\n")
    assert Counter(filter(None, counted)) == {"Priya Nair": 9}


def test_the_model_is_a_pickle_that_names_one_class_and_calls_nothing():
    opcodes = list(pickletools.genops(model_bytes(Model(path="m.pkl", trees=3, version="0.24.2"))))
    assert [value for opcode, value, _ in opcodes if opcode.name == "GLOBAL"] == [
        "sklearn.ensemble._forest RandomForestClassifier"
    ]
    assert not {"REDUCE", "INST", "OBJ", "STACK_GLOBAL"} & {opcode.name for opcode, _, _ in opcodes}


def test_the_export_has_the_columns_that_training_reads():
    rows = list(csv.DictReader(export(3).splitlines(), delimiter=";"))
    assert [row["customer_id"] for row in rows] == ["C10000", "C10001", "C10002"]
    assert {"start_date", "end_date", "monthly_charges", "complaints", "usage_q1"} <= rows[0].keys()


def test_an_edit_that_matches_nothing_is_refused():
    commit = Commit(author="tom", at=history()[0].at, message="", edit={"a.py": [Edit(old="x", new="y")]})
    with pytest.raises(ValueError, match=r"a\.py: 'x' occurs 0 times, want 1"):
        apply(commit, {"a.py": b"pass\n"})


def test_a_demo_is_built_once_and_has_the_export_that_git_does_not(tmp_path):
    build(tmp_path / "demo")
    assert git(tmp_path / "demo", "rev-parse", "--short=7", "HEAD").strip() == HEAD
    assert git(tmp_path / "demo", "status", "--porcelain") == ""
    assert (tmp_path / "demo/data/customers.csv").read_text("utf-8") == export()
    (tmp_path / "demo/note.txt").write_text("mine")
    build(tmp_path / "demo")
    assert (tmp_path / "demo/note.txt").read_text("utf-8") == "mine"


def test_a_folder_with_something_else_in_it_is_refused(tmp_path):
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(UserError, match="is not empty"):
        build(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.tex"]


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> dict:
    folder = tmp_path_factory.mktemp("audit")
    build(folder / "churn")
    report = folder / "report.json"
    as_of = ["--as-of", AS_OF.isoformat()]
    assert run(["scan", str(folder / "churn"), *as_of, "--no-cache", "--quiet", "-o", str(report)]) == 0
    return json.loads(report.read_bytes())


@pytest.fixture(scope="module")
def findings(report) -> list[dict]:
    return report["findings"]


def test_the_report_says_what_the_demo_was_built_with_by_who_says_so(report):
    built_with = {row["part"]: row["stated"] for row in report["repositories"][0]["versions"]}
    assert built_with["python"]["image"] == ["3.10"]
    assert built_with["python"]["notebook"] == ["3.10.12", "3.8.10"]
    assert built_with["scikit-learn"]["declared"] == [">=0.24"]
    assert built_with["pandas"]["declared"] == ["any"]


def places(finding: dict) -> set[str]:
    """Every place of a finding, with and without its line."""
    shown = [finding, *finding["evidence"]]
    return {str(place["path"]) for place in shown} | {f"{place['path']}:{place['line']}" for place in shown}


@pytest.mark.parametrize(("rule", "place"), rows(FOUND))
def test_a_scan_finds_what_was_planted(rule, place, findings):
    found = set().union(*(places(finding) for finding in findings if finding["rule"] == rule))
    assert found if place == "the repository" else place in found
