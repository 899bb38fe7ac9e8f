"""Folders that hold nobody's own work: caches, environments, other repositories."""

from __future__ import annotations

_CACHES = {
    b"__pycache__": "compiled Python",
    b".mypy_cache": "cache of mypy",
    b".ruff_cache": "cache of ruff",
    b".pytest_cache": "cache of pytest",
    b".hypothesis": "cache of hypothesis",
    b".tox": "environments of tox",
    b".nox": "environments of nox",
    b".eggs": "build environments",
    b".venv": "virtual environment",
    b".pixi": "environments of pixi",
    b".conda": "conda environment",
    b"node_modules": "installed JavaScript packages",
    b"site-packages": "installed Python packages",
    b".terraform": "cache of Terraform",
    b".gradle": "cache of Gradle",
    b".svn": "Subversion's own files",
    b".hg": "Mercurial's own files",
}
"""Folders that tools fill and nobody commits; when one of their files is tracked, they are read like any other."""
_CACHES_BELOW = {b".dvc": {b"cache", b"tmp"}}
_ENVIRONMENT_MARKS = {b"pyvenv.cfg": "virtual environment", b"conda-meta": "conda environment"}
_BARE_MARKS = {b"HEAD", b"objects", b"refs"}


def cache(name: bytes, parent: bytes = b"") -> str | None:
    """What a folder of this name inside `parent` is, if tools alone fill it."""
    if name in _CACHES_BELOW.get(parent.rpartition(b"/")[2], ()):
        return "cache of DVC"
    return _CACHES.get(name)


def foreign(names: set[bytes]) -> str | None:
    """What a folder with these entries is, if it is somebody else's: an environment, a repository of its own."""
    if b".git" in names or names >= _BARE_MARKS:
        return "a git repository of its own; audit it as its own target"
    return next((why for mark, why in _ENVIRONMENT_MARKS.items() if mark in names), None)
