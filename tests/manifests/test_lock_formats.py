from __future__ import annotations

import pytest

from debtscan.manifests import conda_lock, pdm_lock, pipfile_lock, pixi_lock, poetry_lock, pylock, uv_lock
from debtscan.manifests.records import Lock, Locked

SHA = "0123456789abcdef0123456789abcdef01234567"


def test_poetry_lock():
    text = f"""\
[[package]]
name = "Flask_Login"
version = "0.6.3"
files = [{{file = "x.whl", hash = "sha256:00"}}]

[[package]]
name = "demo"
version = "1.0"
files = []
[package.source]
type = "git"
url = "https://u:p@github.com/a/demo.git"
resolved_reference = "{SHA}"

[metadata]
content-hash = "abc"
"""
    assert poetry_lock.parse(text).lock == Lock(
        "poetry",
        (
            Locked("flask-login", "0.6.3", 1, True),
            Locked("demo", "1.0", 6, False, f"https://***@github.com/a/demo.git@{SHA}"),
        ),
        "abc",
    )


def test_poetry_lock_from_before_1_5():
    text = "[[package]]\nname = 'numpy'\nversion = '1.26.4'\n[metadata.files]\nnumpy = [{hash = 'sha256:00'}]\n"
    assert poetry_lock.parse(text).lock.packages == (Locked("numpy", "1.26.4", 1, True),)


def test_uv_lock_knows_what_was_asked_for():
    text = """\
version = 1
[[package]]
name = "numpy"
version = "1.26.4"
source = { registry = "https://example.org/simple" }
wheels = [{ url = "x", hash = "sha256:00" }]
[[package]]
name = "own"
version = "0.1"
source = { virtual = "." }
[package.metadata]
requires-dist = [{ name = "numpy", specifier = ">=1.26" }]
[package.metadata.requires-dev]
dev = [{ name = "pytest" }]
"""
    assert uv_lock.parse(text).lock == Lock(
        "uv", (Locked("numpy", "1.26.4", 2, True),), requires=(("numpy", ">=1.26"), ("pytest", ""))
    )


def test_a_member_of_a_workspace_is_not_the_project():
    text = "[[package]]\nname = 'member'\nversion = '1'\nsource = { editable = 'libs/member' }\n"
    assert uv_lock.parse(text).lock == Lock("uv", ())


def test_pdm_lock():
    text = "[metadata]\ncontent_hash = 'sha256:ab'\n[[package]]\nname = 'numpy'\nversion = '1.26.4'\nfiles = [{hash='x'}]\n"
    assert pdm_lock.parse(text).lock == Lock("pdm", (Locked("numpy", "1.26.4", 3, True),), "sha256:ab")


def test_pylock():
    text = f"""\
lock-version = "1.0"
[[packages]]
name = "numpy"
version = "1.26.4"
wheels = [{{ url = "x", hashes = {{ sha256 = "00" }} }}]
[[packages]]
name = "demo"
[packages.vcs]
type = "git"
url = "https://github.com/a/demo"
commit-id = "{SHA}"
"""
    assert pylock.parse(text).lock.packages == (
        Locked("numpy", "1.26.4", 2, True),
        Locked("demo", None, 6, True, f"https://github.com/a/demo@{SHA}"),
    )


def test_pipfile_lock():
    text = """\
{
    "_meta": {
        "hash": {
            "sha256": "ab"
        }
    },
    "default": {
        "numpy": {
            "hashes": ["sha256:00"],
            "version": "==1.26.4"
        }
    },
    "develop": {
        "numpy": {
            "version": "==1.26.4"
        },
        "demo": {
            "git": "https://github.com/a/demo",
            "ref": "main"
        }
    }
}
"""
    assert pipfile_lock.parse(text).lock == Lock(
        "pipenv",
        (
            Locked("numpy", "1.26.4", 8, True),
            Locked("numpy", "1.26.4", 14, False),
            Locked("demo", None, 17, False, "git+https://github.com/a/demo@main"),
        ),
        "ab",
    )


def test_conda_lock_names_a_package_once():
    text = """\
version: 1
package:
  - name: numpy
    version: 1.26.4
    platform: linux-64
    hash: {md5: x}
  - name: numpy
    version: 1.26.4
    platform: osx-64
    hash: {md5: y}
  - name: Torch
    version: 2.3.1
    manager: pip
"""
    assert conda_lock.parse(text).lock == Lock(
        "conda-lock", (Locked("numpy", "1.26.4", 3, True, ecosystem="conda"), Locked("torch", "2.3.1", 11))
    )


def test_an_explicit_list_under_the_name_of_a_lock():
    text = "@EXPLICIT\nhttps://example.org/linux-64/numpy-1.26.4-py310_0.conda\n"
    assert conda_lock.parse(text).lock.packages == (Locked("numpy", "1.26.4", 2, ecosystem="conda"),)


def test_pixi_lock():
    text = """\
version: 6
packages:
- conda: https://example.org/linux-64/numpy-base-1.26.4-py311h64a7726_0.conda
  sha256: ab
- pypi: https://example.org/x.whl
  name: Torch
  version: 2.3.1
  sha256: cd
- pypi: .
  name: own
"""
    assert pixi_lock.parse(text).lock == Lock(
        "pixi", (Locked("numpy-base", "1.26.4", 3, True, ecosystem="conda"), Locked("torch", "2.3.1", 5, True))
    )


@pytest.mark.parametrize("text", ["[]", "{", "\0", '"x"'])
def test_a_lock_that_is_none_says_so(text):
    with pytest.raises(ValueError, match=r"not JSON|not a lock"):
        pipfile_lock.parse(text)


@pytest.mark.parametrize("parser", [poetry_lock, uv_lock, pdm_lock, pylock])
def test_locks_of_another_shape_hold_nothing(parser):
    assert parser.parse("package = 1\npackages = [1]\nmetadata = []\n").lock.packages == ()
    assert parser.parse("[[package]]\nname = 3\nsource = 1\nfiles = 1\n[[packages]]\nvcs = 1\n").lock.packages == ()
