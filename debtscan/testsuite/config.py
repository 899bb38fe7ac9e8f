"""How a project tells pytest what to collect: `pytest.ini`, `pyproject.toml`, `tox.ini`, `setup.cfg`."""

from __future__ import annotations

import configparser
import shlex
import tomllib
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

from msgspec import Struct

_SECTIONS = {"ini": "pytest", "tox": "pytest", "setup_cfg": "tool:pytest"}
_NEVER = ("*.egg", ".*", "_darcs", "build", "CVS", "dist", "node_modules", "venv", "{arch}")
"""pytest's default `norecursedirs`."""


class PytestConfig(Struct, frozen=True, gc=False, array_like=True):
    """One project's settings; the defaults are pytest's own."""

    files: tuple[str, ...] = ("test_*.py", "*_test.py")
    classes: tuple[str, ...] = ("Test",)
    functions: tuple[str, ...] = ("test",)
    paths: tuple[str, ...] = ()
    """`testpaths`, relative to the file's folder; empty: everywhere below it."""
    never: tuple[str, ...] = _NEVER


def read_config(kind: str, text: str) -> PytestConfig | None:
    """The settings a file holds; None when it holds none or cannot be read (then the defaults hold)."""
    if kind == "pyproject":
        options = _from_toml(text)
    elif kind in _SECTIONS:
        options = _from_ini(text, _SECTIONS[kind])
    else:
        return None
    if options is None:
        return None
    default = PytestConfig()
    return PytestConfig(
        _words(options.get("python_files")) or default.files,
        _words(options.get("python_classes")) or default.classes,
        _words(options.get("python_functions")) or default.functions,
        tuple(path.strip("/").removeprefix("./") for path in _words(options.get("testpaths"))),
        _words(options.get("norecursedirs")) or default.never,
    )


def _from_toml(text: str) -> dict[str, Any] | None:
    try:
        tool = tomllib.loads(text).get("tool")
    except tomllib.TOMLDecodeError:
        return None
    pytest = tool.get("pytest") if isinstance(tool, dict) else None
    options = pytest.get("ini_options", pytest) if isinstance(pytest, dict) else None
    return options if isinstance(options, dict) else None


def _from_ini(text: str, section: str) -> dict[str, Any] | None:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return None
    return dict(parser[section]) if parser.has_section(section) else None


def _words(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        try:
            return tuple(shlex.split(value))
        except ValueError:
            return tuple(value.split())
    return tuple(word for word in value if isinstance(word, str)) if isinstance(value, list) else ()


def collects(config: PytestConfig, folder: str, path: str) -> bool:
    """Whether pytest, started in `folder` with this configuration, would look into `path`."""
    inside = path if folder == "." else path.removeprefix(f"{folder}/")
    above, _, name = inside.rpartition("/")
    if _is_never_entered(above, config.never):
        return False
    if config.paths and not any(_below(inside, start) for start in config.paths):
        return False
    return any(fnmatchcase(inside if "/" in pattern else name, pattern) for pattern in config.files)


@lru_cache(maxsize=10_000)
def _is_never_entered(folder: str, never: tuple[str, ...]) -> bool:
    return any(fnmatchcase(part, pattern) for part in folder.split("/") if part for pattern in never)


def _below(path: str, start: str) -> bool:
    return start in {"", "."} or path == start or path.startswith(f"{start}/") or fnmatchcase(path, f"{start}/*")


def matches(name: str, patterns: tuple[str, ...]) -> bool:
    """Pytest's naming rule: a prefix, or a glob when the pattern has one."""
    prefixes, globs = _told_apart(patterns)
    return name.startswith(prefixes) or any(fnmatchcase(name, pattern) for pattern in globs)


@lru_cache
def _told_apart(patterns: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Prefixes and globs."""
    globs = tuple(pattern for pattern in patterns if any(sign in pattern for sign in "*?["))
    return tuple(pattern for pattern in patterns if pattern not in globs), globs
