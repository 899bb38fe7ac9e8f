"""Which versions a requirement allows, in the notations of pip, conda and Poetry."""

from __future__ import annotations

import pytest

from debtscan.manifests.specifiers import allowed, exact_versions


@pytest.mark.parametrize(
    ("written", "yes", "no"),
    [
        ("==1.2.3", "1.2.3", "1.2.4"),
        ("==2.1.0+cu121", "2.1.0", "2.1.1"),
        ("=1.2", "1.2.9", "1.3"),
        ("1.2=py310_0", "1.2", "1.2.1"),
        ("1.2.*", "1.2.1", "1.3"),
        ("0.43.0", "0.43.0", "0.43.1"),
        (">=1.2,<2", "1.9", "2.0"),
        ("^1.2", "1.9", "2.0"),
        ("^0.3.1", "0.3.2", "0.4"),
    ],
)
def test_a_requirement_allows_some_versions(written, yes, no):
    versions = allowed(written)
    assert (versions.contains(yes), versions.contains(no)) == (True, False)


def test_what_pep_440_cannot_say_is_not_known():
    assert [allowed(written) for written in ("~> 1", "latest", "git+https://example.org/x")] == [None] * 3


def test_exact_versions_are_those_named_whole():
    assert [str(version) for version in exact_versions(allowed("==1.2,!=1.3,==1.*"))] == ["1.2"]
