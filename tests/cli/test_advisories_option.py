"""`--advisories`: what the report says with a folder, a zip, the online service, and without any."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commanded import AS_OF, scan
from scanning import write_files

from debtscan.cli.run import run

RULE = "vulnerable-dependency"
RECORD = {
    "id": "PYSEC-2026-1",
    "aliases": ["CVE-2026-1"],
    "modified": "2026-10-01T00:00:00Z",
    "database_specific": {"severity": "HIGH"},
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "demo"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.5.0"}]}],
        }
    ],
}


@pytest.fixture
def project(tmp_path) -> Path:
    return write_files(tmp_path / "churn", {"requirements.txt": "demo==1.4.0\n", "train.py": "import demo\n"})


@pytest.fixture
def osv(tmp_path) -> Path:
    return write_files(tmp_path / "osv", {"1.json": json.dumps(RECORD)})


def findings(report: dict) -> list[dict]:
    return [finding for finding in report["findings"] if finding["rule"] == RULE]


def why_not(report: dict) -> list[str]:
    return [skipped["why"] for skipped in report["not_run"] if skipped["rule"] == RULE]


def test_without_a_source_the_rule_is_not_run(project, tmp_path):
    code, report = scan(project, tmp_path)
    assert (code, why_not(report), findings(report)) == (0, ["no advisory source given"], [])


def test_a_folder_gives_a_finding_with_place_evidence_and_hours(project, osv, tmp_path):
    code, report = scan(project, tmp_path, "--advisories", str(osv))
    (finding,) = findings(report)
    assert (code, why_not(report)) == (0, [])
    assert finding.pop("id")
    assert finding.pop("principal_hours_mean") > 0
    assert finding == {
        "rule": RULE,
        "category": "vulnerabilities",
        "repository": "churn",
        "component": ".",
        "path": "requirements.txt",
        "line": 1,
        "end_line": None,
        "cell": None,
        "message": "demo 1.4.0 has a known vulnerability (PYSEC-2026-1); fixed in 1.5.0",
        "severity": "high",
        "confidence": "high",
        "subject": "demo",
        "quantity": 2.0,
        "properties": {"vulnerabilities": 1, "upgrade": "1.5.0", "distance": "minor"},
        "evidence": [
            {
                "path": "requirements.txt",
                "line": 1,
                "end_line": None,
                "cell": None,
                "text": "PYSEC-2026-1 (CVE-2026-1), severity high, fixed in 1.5.0",
            }
        ],
        "estimate": "vulnerable-dependency@churn",
        "interest_hours_per_month_mean": None,
        "known": False,
        "waived": None,
    }


def test_severity_orders_and_the_distance_prices(project, osv, tmp_path):
    def hours(severity: str, fixed: str) -> float:
        events = [{"introduced": "0"}, {"fixed": fixed}]
        affected = {**RECORD["affected"][0], "ranges": [{"type": "ECOSYSTEM", "events": events}]}
        record = {**RECORD, "database_specific": {"severity": severity}, "affected": [affected]}
        write_files(osv, {"1.json": json.dumps(record)})
        _, report = scan(project, tmp_path, "--advisories", str(osv))
        return findings(report)[0]["principal_hours_mean"]

    assert hours("LOW", "1.4.1") == hours("CRITICAL", "1.4.1") < hours("LOW", "1.5.0") < hours("LOW", "2.0.0")


def test_the_report_names_the_date_of_the_advisories_and_no_path(project, osv, tmp_path, capsys):
    options = ["--advisories", str(osv), *AS_OF, "--cache", str(tmp_path / "cache")]
    assert run(["scan", str(project), *options, "-o", str(tmp_path / "report.json")]) == 0
    output = capsys.readouterr()
    assert "ASKED      known vulnerabilities of 1 package, advisories of 2026-10-01 (1\n" in output.out
    assert output.err == ""
    report = (tmp_path / "report.json").read_text()
    assert json.loads(report)["command"] == "debtscan scan TARGET --as-of 2026-11-01 --advisories DIR"
    assert str(osv) not in report


def test_old_advisories_are_a_gap(project, osv, tmp_path):
    code, report = scan(project, tmp_path, "--advisories", str(osv), "--as-of", "2026-12-31")
    assert (code, [gap["why"] for gap in report["gaps"] if gap["scanner"] == "vulnerabilities"]) == (
        0,
        ["the newest advisory is of 2026-10-01, 91 days before the audit"],
    )


def test_known_findings_of_an_earlier_report_stay_known(project, osv, tmp_path):
    scan(project, tmp_path, "--advisories", str(osv))
    (tmp_path / "report.json").rename(tmp_path / "before.json")
    options = ("--advisories", str(osv), "--baseline", str(tmp_path / "before.json"), "--fail-on", "high")
    code, report = scan(project, tmp_path, *options)
    assert (code, [finding["known"] for finding in findings(report)]) == (0, [True])


def test_online_says_what_leaves_and_a_dead_network_is_never_clean(project, tmp_path, capsys, monkeypatch):
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    code, report = scan(project, tmp_path, "--advisories", "online")
    assert (
        capsys.readouterr().err == "--advisories online: names and versions of the packages found leave this machine\n"
    )
    assert (code, findings(report)) == (0, [])
    assert report["command"].endswith("--advisories online")
    assert why_not(report) == ["table vulnerabilities was not filled: vulnerabilities could not tell"]
    assert [(gap["path"], gap["why"]) for gap in report["gaps"] if gap["scanner"] == "vulnerabilities"] == [
        (
            "requirements.txt",
            "not audited for known vulnerabilities, the service did not answer: 1 package (demo)",
        )
    ]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--advisories", "online", "--offline"], "--advisories online needs the network, and --offline forbids it"),
        (["--advisories", "nowhere"], "--advisories nowhere: no such folder or zip, and not the word online"),
    ],
)
def test_a_source_that_cannot_be_asked_is_one_sentence(options, message, project, capsys):
    assert run(["scan", str(project), "--no-cache", *options]) == 2
    output = capsys.readouterr()
    assert message in output.err
    assert output.err.count("\n") == 1


def test_the_cache_forgets_its_indexes(project, osv, tmp_path, capsys):
    scan(project, tmp_path, "--advisories", str(osv))
    assert list((tmp_path / "cache/advisories").glob("*.sqlite"))
    assert run(["cache", "clear", "--cache", str(tmp_path / "cache")]) == 0
    assert not (tmp_path / "cache/advisories").exists()
