"""`debtscan scan` as people use it: what it says, what it writes, how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from commanded import AS_OF, commit, scan
from scanning import write_files

from debtscan.cli.run import run

FLOATING = {"requirements.txt": "pandas\nscikit-learn\n", "train.py": "import pandas as pd\nprint(pd.__version__)\n"}


@pytest.fixture
def project(tmp_path) -> Path:
    write_files(tmp_path / "churn", FLOATING)
    commit(tmp_path / "churn")
    return tmp_path / "churn"


@pytest.fixture
def elsewhere(tmp_path, monkeypatch) -> Path:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = run([*arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_without_o_both_reports_lie_in_the_working_directory(project, elsewhere, capsys):
    code, out, err = said(capsys, "scan", str(project), *AS_OF, "--no-cache")
    assert (code, err) == (0, "")
    assert sorted(file.name for file in elsewhere.iterdir()) == ["debtscan-report.html", "debtscan-report.json"]
    assert "debtscan-report.html" in out


def test_reports_of_an_earlier_scan_are_never_part_of_a_scan(project, monkeypatch, capsys):
    monkeypatch.chdir(project)
    assert run(["scan", ".", *AS_OF, "--no-cache"]) == 0
    first = (project / "debtscan-report.json").read_bytes()
    assert run(["scan", ".", *AS_OF, "--no-cache"]) == 0
    assert (project / "debtscan-report.json").read_bytes() == first


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["scan", "chrun"], "no such directory: chrun. Did you mean churn?"),
        (["scan", "churn", "-o", "report.docx"], "report.docx: no such format"),
        (["scan", "churn", "--rate", "92"], "--rate 92 needs --currency (for example EUR)."),
        (["scan", "churn", "--rate", "many", "--currency", "EUR"], "--rate many: want an amount an hour or a day"),
        (
            ["scan", "churn", "--select", "unpined-dependency"],
            'No rule "unpined-dependency". Closest: unpinned-dependency.',
        ),
        (["scan", "churn", "--fail-on", "bad"], "--fail-on bad: want one of info, low, medium, high, critical"),
        (["scan", "churn", "--as-of", "soon"], "--as-of soon: want a date such as 2026-11-01"),
        (["scan", "churn", "--rev", "nowhere"], "nowhere"),
        (["scan", "https://example.com/a.git", "--offline"], "needs the network, and --offline forbids it"),
        (["scan"], "Missing argument"),
        (["scan", "churn", "--no-such-option"], "No such option"),
        (["explain", "unpined-dependency"], 'No rule "unpined-dependency". Closest: unpinned-dependency.'),
        (["explain", "copied-pipeline", "none.json"], "No none.json here. Make one: debtscan scan PATH"),
        (["render", "-o", "x.html"], "No debtscan-report.json here. Make one: debtscan scan PATH"),
        (["test-rules", "churn"], "no rule files"),
        (["facts", "churn", "--sql", "DROP TABLE files"], ""),
    ],
)
def test_a_users_error_is_one_line_and_exit_code_2(arguments, message, project, monkeypatch, capsys):
    monkeypatch.chdir(project.parent)
    code, out, err = said(capsys, *arguments)
    assert (code, out, err.count("\n")) == (2, "", 1), err
    assert message in err


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"index.html": "<p>", "style.css": "a{}"}, "No Python and no notebooks in web (2 files, mostly "),
        ({}, "web has no commits and no files. Nothing to audit."),
    ],
)
def test_where_there_is_nothing_to_audit_no_report_is_written(files, words, elsewhere, capsys):
    (elsewhere / "web").mkdir()
    write_files(elsewhere / "web", files)
    code, out, err = said(capsys, "scan", "web", *AS_OF)
    assert (code, err) == (0, "")
    assert words in out
    assert [file.name for file in elsewhere.iterdir()] == ["web"]


def test_a_plain_folder_has_no_cost_of_waiting_and_says_so(tmp_path, capsys):
    write_files(tmp_path / "export", FLOATING)
    code, report = scan(tmp_path / "export", tmp_path)
    assert (code, report["totals"]["interest_hours_per_month"]) == (0, None)
    assert report["repositories"][0]["revision"] is None
    assert {estimate["interest_hours_per_month"] for estimate in report["estimates"]} == {None}


def test_without_a_rate_there_is_no_money(project, tmp_path):
    _, report = scan(project, tmp_path)
    assert (report["totals"]["principal_cost"], report["settings"]["rate_per_hour"]) == (None, None)


def test_money_is_hours_times_the_rate(project, tmp_path):
    _, report = scan(project, tmp_path, "--rate", "552/day", "--currency", "eur")
    hours, cost = report["totals"]["principal_hours"], report["totals"]["principal_cost"]
    assert report["settings"]["currency"] == "EUR"
    assert cost["mean"] == pytest.approx(92 * hours["mean"], rel=1e-4)


def test_two_targets_of_one_name_are_told_apart(tmp_path, capsys):
    for parent in ("a", "b"):
        write_files(tmp_path / parent / "model", FLOATING)
    report = tmp_path / "report.json"
    assert (
        run(
            [
                "scan",
                str(tmp_path / "a/model"),
                str(tmp_path / "b/model"),
                "-q",
                "-o",
                str(report),
                *AS_OF,
                "--no-cache",
            ]
        )
        == 0
    )
    found = json.loads(report.read_bytes())
    names = ["model (a/model)", "model (b/model)"]
    assert [repository["name"] for repository in found["repositories"]] == names
    assert {finding["repository"] for finding in found["findings"]} == set(names)
    assert capsys.readouterr().err == 'two targets are called "model": named model (a/model) and model (b/model)\n'


def test_the_same_commit_gives_the_same_bytes(project, tmp_path):
    outs = []
    for number in (1, 2):
        out = tmp_path / str(number)
        out.mkdir()
        options = ["-o", str(out / "r.json"), "-o", str(out / "r.html"), "-q", "--cache", str(tmp_path / "cache")]
        assert run(["scan", str(project), *AS_OF, *options]) == 0
        outs.append(((out / "r.json").read_bytes(), (out / "r.html").read_bytes()))
    assert outs[0] == outs[1]


def test_a_clean_work_tree_its_bare_clone_and_a_revision_give_the_same_findings(project, tmp_path):
    bare = tmp_path / "bare" / "churn.git"
    subprocess.run(["git", "clone", "-q", "--bare", str(project), str(bare)], check=True)
    reports = [scan(project, tmp_path)[1], scan(bare, tmp_path)[1], scan(project, tmp_path, "--rev", "HEAD")[1]]
    found = [[{**finding, "repository": ""} for finding in report["findings"]] for report in reports]
    assert found[0] == found[1] == found[2]
    assert found[0] != []


def ids(report: dict) -> dict[str, str]:
    return {finding["rule"]: finding["id"] for finding in report["findings"]}


def test_a_finding_keeps_its_id_when_lines_move_and_its_group_grows(project, tmp_path):
    before = scan(project, tmp_path)[1]
    (project / "requirements.txt").write_text("# moved\n\nnumpy\npandas\nscikit-learn\n")
    after = scan(project, tmp_path)[1]
    assert ids(after)["unpinned-dependency"] == ids(before)["unpinned-dependency"]
    quantities = [
        next(finding["quantity"] for finding in report["findings"] if finding["rule"] == "unpinned-dependency")
        for report in (before, after)
    ]
    assert quantities == [2, 3]


def test_fail_on_counts_only_what_is_new_and_not_waived(project, tmp_path):
    assert scan(project, tmp_path, "--fail-on", "info")[0] == 1
    assert scan(project, tmp_path, "--fail-on", "critical")[0] == 0
    baseline = tmp_path / "report.json"
    assert scan(project, tmp_path, "--fail-on", "info", "--baseline", str(baseline))[0] == 0
    assert scan(project, tmp_path, "--fail-on", "info", "--baseline", "HEAD")[0] == 0


def test_a_waiver_in_the_code_and_one_in_the_repository_stay_listed_and_priced_apart(project, tmp_path):
    waived = "pandas  # debtscan: ignore[unpinned-dependency] the platform pins it\nscikit-learn\n"
    (project / "requirements.txt").write_text(waived)
    _, report = scan(project, tmp_path, "--select", "unpinned-dependency")
    assert [(f["quantity"], (f["waived"] or {}).get("reason")) for f in report["findings"]] == [
        (1.0, "the platform pins it"),
        (1.0, None),
    ]
    assert report["totals"]["waived_principal_hours_mean"] > 0
    (project / "debtscan.toml").write_text(
        '[[waivers]]\nrule = "unpinned-dependency"\npath = "requirements.txt"\nreason = "agreed"\n'
    )
    _, report = scan(project, tmp_path, "--select", "unpinned-dependency")
    assert [f["waived"]["reason"] for f in report["findings"]] == ["agreed"]
    assert report["scope"]["statements"] != []


@pytest.mark.parametrize("working_directory", [".", "churn"])
def test_settings_inside_a_target_cannot_set_prices(working_directory, project, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path / working_directory)
    (project / "debtscan.toml").write_text('[settings]\nrate_per_hour = 1.0\ncurrency = "XXX"\n')
    _, report = scan(project, tmp_path)
    assert report["settings"]["rate_per_hour"] is None
    assert [gap["path"] for gap in report["gaps"]] == ["debtscan.toml"]


def test_the_auditors_own_hours_replace_a_rules(project, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    plain = scan(project, tmp_path, "--select", "unpinned-dependency")[1]
    Path("debtscan.toml").write_text("[cost.unpinned-dependency]\nfixed = [10, 25, 80]\nunit_hours = [0.5, 1.2, 4]\n")
    dearer = scan(project, tmp_path, "--select", "unpinned-dependency")[1]
    means = [report["totals"]["principal_hours"]["mean"] for report in (plain, dearer)]
    assert means[1] == pytest.approx(10 * means[0], rel=1e-3)


def test_nothing_is_written_to_the_target(project, tmp_path):
    before = {str(path): path.stat().st_mtime_ns for path in sorted(project.rglob("*"))}
    scan(project, tmp_path)
    assert {str(path): path.stat().st_mtime_ns for path in sorted(project.rglob("*"))} == before


def test_the_installed_command_starts_workers_of_its_own(project, tmp_path):
    """As a user runs it: a process of its own, with its pool and its rule engine."""
    done = subprocess.run(
        [sys.executable, "-m", "debtscan", "scan", str(project), *AS_OF, "--no-cache", "--jobs", "2", "--profile"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "unpinned-dependency" in done.stdout or "float" in done.stdout
    assert "files" in done.stderr


def wait_for_worker(process: subprocess.Popen[bytes]) -> None:
    """Until the first worker has been started; it then still imports for a while."""
    for _ in range(600):
        listed = subprocess.run(["ps", "-ww", "-eo", "ppid=,args="], capture_output=True, check=True, text=True).stdout
        if any(line.split()[0] == str(process.pid) and "spawn_main" in line for line in listed.splitlines()):
            return
        time.sleep(0.02)
    raise AssertionError("no worker was started")


def test_an_interrupt_while_a_class_is_made_from_text_ends_with_the_same_code(tmp_path):
    """Python itself would end by the signal then: seen on a busy machine, where the command was still importing."""
    code = (
        "from debtscan import __main__\nfrom debtscan.cli import run\n"
        "def interrupted():\n    try:\n        exec('raise KeyboardInterrupt')\n    except KeyboardInterrupt:\n        return 130\n"
        "run.run = interrupted\n__main__.main()\n"
    )
    (tmp_path / "interrupted.py").write_text(code)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), str(tmp_path)])}
    process = subprocess.run([sys.executable, "-m", "interrupted"], env=environment, check=False)
    assert process.returncode == 130


@pytest.mark.parametrize("then_s", [0, 1.5])
def test_an_interrupted_scan_stops_at_once_and_writes_nothing(tmp_path, then_s):
    """At first the workers are still importing: they must not answer Ctrl-C with a traceback each."""
    write_files(tmp_path / "slow", {f"m{number}.py": "x = [" + "1, " * 300_000 + "]\n" for number in range(40)})
    command = [sys.executable, "-m", "debtscan", "scan", "slow", *AS_OF, "--no-cache", "--jobs", "1", "-o", "r.json"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        wait_for_worker(process)
        time.sleep(then_s)
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert (process.returncode, said.decode().strip()) == (130, "Stopped. Nothing was written.")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["slow"]
