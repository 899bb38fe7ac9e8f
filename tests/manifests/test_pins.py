from __future__ import annotations

import pytest

from debtscan.manifests.pins import exact_version, pin_of_conda, pin_of_poetry, pin_of_specifiers, pin_of_url

SHA = "48ba99e657591c329e0003f0c6e32e493fa959ef"


@pytest.mark.parametrize(
    ("specifier", "pin"),
    [
        ("", "none"),
        ("!=1.2", "none"),
        (">=1.2", "lower"),
        (">1.2,!=1.3", "lower"),
        ("<2", "upper"),
        (">=1.2, <2", "bounded"),
        ("~=1.4.6", "bounded"),
        ("==1.2.*", "bounded"),
        ("==1.2.3", "exact"),
        ("== 1.7.1+cu110", "exact"),
        ("===1.2", "exact"),
        (">=1.0.*", "lower"),
    ],
)
def test_a_pep_440_specifier(specifier, pin):
    assert pin_of_specifiers(specifier) == pin


@pytest.mark.parametrize("specifier", ["=1.2", "1.2", "latest", ">=", "^1.2"])
def test_what_is_no_specifier_is_refused(specifier):
    with pytest.raises(ValueError, match="not a version specifier"):
        pin_of_specifiers(specifier)


@pytest.mark.parametrize(
    ("constraint", "pin"),
    [
        ("*", "none"),
        ("", "none"),
        ("1.2.3", "exact"),
        ("==1.2.3", "exact"),
        ("^1.2", "bounded"),
        ("~1.2", "bounded"),
        ("1.*", "bounded"),
        (">=1.2", "lower"),
        (">= 1.2, < 2", "bounded"),
        (">=1.2 <2", "bounded"),
        ("<2", "upper"),
        ("^1.0 || ^2.0", "bounded"),
        ("1.0 || 2.0", "bounded"),
        ("^1.0 || >=3", "lower"),
    ],
)
def test_a_constraint_of_poetry(constraint, pin):
    assert pin_of_poetry(constraint) == pin


@pytest.mark.parametrize(
    ("version", "build", "pin"),
    [
        ("", None, "none"),
        ("*", None, "none"),
        ("=1.21", None, "bounded"),
        ("=1.21.2", None, "bounded"),
        ("1.21.*", None, "bounded"),
        ("1.21.2", None, "exact"),
        ("==1.21", None, "exact"),
        ("=1.21.2", "py39_0", "exact"),
        ("=1.21.2", "*cuda*", "bounded"),
        (">=1.21", None, "lower"),
        (">=1.21,<2", None, "bounded"),
        ("<2", None, "upper"),
    ],
)
def test_a_version_of_conda_where_a_single_equals_sign_is_a_prefix(version, build, pin):
    assert pin_of_conda(version, build) == pin


@pytest.mark.parametrize(
    ("url", "pin"),
    [
        (f"git+https://github.com/a/b.git@{SHA}", "url-rev"),
        (f"git+https://github.com/a/b.git@{SHA}#egg=b", "url-rev"),
        (f"https://github.com/a/b/archive/{SHA}.zip", "url-rev"),
        ("git+https://github.com/a/b.git@48ba99e", "url"),
        ("git+https://github.com/a/b.git@v1.0.0", "url"),
        ("git+https://github.com/a/b", "url"),
        ("https://example.org/b-1.0-py3-none-any.whl", "url"),
        (f"https://example.org/b-1.0.tar.gz#sha256={'0' * 64}", "hash"),
        ("./vendor/b", "path"),
        ("../b", "path"),
        ("/opt/b", "path"),
        ("file:///opt/b", "path"),
    ],
)
def test_a_direct_reference(url, pin):
    assert pin_of_url(url) == pin


@pytest.mark.parametrize(
    ("specifier", "version"),
    [
        ("==1.2.3", "1.2.3"),
        ("=== 1.2", "1.2"),
        ("1.2.3", "1.2.3"),
        (">=1, ==1.2", "1.2"),
        ("==2.1.0+cu118", "2.1.0+cu118"),
        ("=1.2.3=py37_0", "1.2.3"),
        ("==1.0.*", None),
        (">=1.2", None),
        ("^1.2", None),
        ("", None),
    ],
)
def test_the_version_that_a_specifier_fixes(specifier, version):
    assert exact_version(specifier) == version
