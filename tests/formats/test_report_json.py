"""report.json: what is written comes back, in the same bytes, whatever a repository's names hold."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from msgspec.structs import replace
from sample_report import CHURN, FINDINGS
from sample_states import STATES

from debtscan.errors import UserError
from debtscan.formats import json as report_json

SCHEMA = Path(__file__).parents[2] / "docs" / "report.schema.json"
HOSTILE = "a\x00b\x1b[31m\u202egnp.exe\u2028</script>\x7f\x9b"


@pytest.mark.parametrize("state", STATES)
def test_a_report_written_twice_or_read_and_written_again_has_the_same_bytes(state):
    written = report_json.render(STATES[state])
    assert written == report_json.render(STATES[state])
    assert written == report_json.render(report_json.load(written))
    assert written.endswith(b"}\n")


@pytest.mark.parametrize("state", STATES)
def test_a_report_follows_the_published_schema(state):
    jsonschema.validate(json.loads(report_json.render(STATES[state])), json.loads(SCHEMA.read_bytes()))


def test_the_published_schema_is_the_one_of_the_records():
    # make docs
    assert SCHEMA.read_bytes() == report_json.schema()


def test_fields_keep_the_order_of_the_records_and_dictionaries_theirs():
    languages = {"YAML": 3, "Python": 2, "C": 1}
    properties = {"version": "1.0", "name": "torch"}
    report = replace(
        CHURN,
        repositories=(replace(CHURN.repositories[0], languages=languages),),
        findings=(replace(FINDINGS[0], properties=properties),),
    )
    document = json.loads(report_json.render(report))
    assert list(document)[:4] == ["schema_version", "generated_at", "as_of", "tool"]
    assert list(document["repositories"][0]["languages"].items()) == list(languages.items())
    assert list(document["findings"][0]["properties"].items()) == list(properties.items())


def test_floats_have_six_significant_digits_and_whole_numbers_stay_whole():
    finding = replace(
        FINDINGS[0], quantity=3, principal_hours_mean=1 / 3, properties={"share": 0.1 + 0.2, "lines": 412}
    )
    written = json.loads(report_json.render(replace(CHURN, findings=(finding,))))["findings"][0]
    assert written["quantity"] == 3.0
    assert written["principal_hours_mean"] == 0.333333
    assert written["properties"] == {"share": 0.3, "lines": 412}


def test_hostile_names_are_written_in_escapes_and_come_back_as_they_were():
    report = replace(
        CHURN, findings=(replace(FINDINGS[0], path=HOSTILE, message=HOSTILE, properties={HOSTILE: HOSTILE}),)
    )
    written = report_json.render(report)
    for raw in ("\x00", "\x1b", "\u202e", "\u2028", "\x7f", "\x9b"):
        assert raw.encode() not in written
    finding = report_json.load(written).findings[0]
    assert (finding.path, finding.message, finding.properties) == (HOSTILE, HOSTILE, {HOSTILE: HOSTILE})


def test_a_file_name_that_is_not_utf8_comes_back_as_its_escape():
    written = report_json.render(replace(CHURN, findings=(replace(FINDINGS[0], path="caf\udce9.py"),)))
    assert report_json.load(written).findings[0].path == r"caf\udce9.py"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            b'{"schema_version": 3, "new": 1}',
            "x.json has schema 3; this debtscan reads 1. pip install --upgrade debtscan",
        ),
        (b"<html>", "x.json is not a debtscan report: JSON is malformed: invalid character (byte 0). "),
        (b"", "x.json is not a debtscan report: Input data was truncated. "),
        (b"[]", "x.json is not a debtscan report: Expected `object`, got `array`. "),
        (b'{"name": "left-pad"}', "x.json is not a debtscan report: Object missing required field `schema_version`. "),
        (b'{"schema_version": 1}', "x.json is not a debtscan report: Object missing required field `generated_at`. "),
        (b'{"schema_version": 1, "a": ' + b"[" * 100_000, "x.json is not a debtscan report: "),
    ],
)
def test_what_is_no_report_is_refused_with_its_name_and_the_reason(data, message):
    with pytest.raises(UserError) as caught:
        report_json.load(data, "x.json")
    assert str(caught.value).startswith(message)


def test_a_field_that_this_version_does_not_know_is_ignored():
    written = report_json.render(CHURN)
    assert report_json.load(written.replace(b"{", b'{"added_later":[1],', 1)) == report_json.load(written)


def test_reading_a_report_imports_nothing_heavy():
    code = (
        "import sys; from debtscan.formats.json import load;"
        "print({'jinja2', 'duckdb', 'pandas', 'numpy', 'git', 'typer'} & sys.modules.keys())"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
