"""Records of strangers: what is taken from one, and what makes it unusable."""

from __future__ import annotations

import json

import pytest
from osv_records import record

from debtscan.advisories.osv import MAX_BYTES, Advisory, parse, read_record
from debtscan.advisories.versions import Affected


def test_a_record_becomes_one_advisory_a_package():
    written = record(
        name="My_Demo",
        versions=["1.0", "no version"],
        aliases=["CVE-2026-1", "GHSA-aaaa-bbbb-cccc"],
        published="2026-09-01T00:00:00.5Z",
        severity=[{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
        database_specific={"severity": "LOW"},
    )
    read = read_record(written)
    assert (read.day, read.on_pypi) == ("2026-10-01", True)
    assert read.advisories == {
        "my-demo": Advisory(
            id="PYSEC-2026-1",
            names=("CVE-2026-1", "GHSA-aaaa-bbbb-cccc", "PYSEC-2026-1"),
            affected=Affected(("1.0",), ((("introduced", "0"), ("fixed", "1.4.2")),)),
            severity="critical",
            published="2026-09-01",
        )
    }


def test_yaml_and_json_say_the_same():
    yaml = b"""
id: PYSEC-2026-1
modified: 2026-10-01T08:00:00Z
affected:
- package: {ecosystem: PyPI, name: demo}
  ranges: [{type: ECOSYSTEM, events: [{introduced: "0"}, {fixed: 1.4.2}]}]
"""
    assert parse(yaml, is_yaml=True) == parse(json.dumps(record()).encode(), is_yaml=False)


def test_a_withdrawn_record_dates_the_database_and_says_nothing():
    read = read_record(record(withdrawn="2026-10-01T00:00:00Z"))
    assert (dict(read.advisories), read.day, read.on_pypi) == ({}, "2026-10-01", True)


def test_other_ecosystems_and_commits_are_passed_over():
    written = record()
    written["affected"][0]["package"]["ecosystem"] = "npm"
    assert not read_record(written).on_pypi
    written = record()
    written["affected"][0]["ranges"][0]["type"] = "GIT"
    assert read_record(written).advisories["demo"].affected == Affected()


def test_a_range_that_cannot_be_compared_is_made_up_for_by_a_list_of_versions():
    events = [{"introduced": "0"}, {"fixed": "1.0-final-really"}]
    assert read_record(record(events=events, versions=["0.9"])).advisories["demo"].affected == Affected(("0.9",))
    with pytest.raises(ValueError, match="Invalid version"):
        read_record(record(events=events))


def test_names_that_are_no_identifiers_are_dropped():
    assert read_record(record(aliases=["CVE-1", "a\nb", "=cmd()", "x" * 200])).advisories["demo"].names == (
        "CVE-1",
        "PYSEC-2026-1",
    )
    with pytest.raises(ValueError, match="its id is no identifier"):
        read_record(record("<script>"))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"null",
        b'{"id": 7}',
        b'{"id": "A", "affected": {}}',
        b'{"id": "A", "affected": [{"package": {"ecosystem": "PyPI"}}]}',
        b'{"id": "A", "affected": [{"package": {"ecosystem": "PyPI", "name": "x"}, "ranges": [{"type": "SEMVER", "events": [7]}]}]}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"x" * (MAX_BYTES + 1),
    ],
    ids=lambda data: repr(data[:24]),
)
@pytest.mark.parametrize("is_yaml", [False, True], ids=["json", "yaml"])
def test_what_is_no_record_is_refused_with_a_reason(data, is_yaml):
    with pytest.raises(ValueError, match=r"."):
        parse(data, is_yaml=is_yaml)


def test_yaml_that_unfolds_is_refused_before_it_does():
    bomb = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
    with pytest.raises(ValueError, match="YAML with aliases"):
        parse(bomb.encode(), is_yaml=True)


def test_a_yaml_tag_builds_nothing():
    with pytest.raises(ValueError, match="could not determine a constructor"):
        parse(b"!!python/object/apply:os.system ['true']", is_yaml=True)
