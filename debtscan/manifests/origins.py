"""Where a manifest says that packages come from: indexes other than the usual one, and channels of conda."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, NamedTuple, TypeAlias

from debtscan.commands import dockerfile
from debtscan.commands.shell import commands
from debtscan.manifests.requirements import logical_lines
from debtscan.source.marked_toml import Path, read_toml
from debtscan.source.marked_yaml import read_yaml
from debtscan.source.masking import mask

OriginKind: TypeAlias = Literal["index", "channel"]


class Origin(NamedTuple):
    """An index or channel as written, credentials masked."""

    kind: OriginKind
    value: str
    line: int | None


_OPTION = re.compile(r"(?:-i|--index-url|--extra-index-url|-f|--find-links)(?:\s*=\s*|\s+)(?P<value>\S+)")
_OPTIONS = frozenset({"-i", "--index-url", "--extra-index-url", "-f", "--find-links", "--index", "--default-index"})
_TABLES: tuple[Path, ...] = (
    ("source",),
    ("tool", "uv", "index"),
    ("tool", "poetry", "source"),
    ("tool", "pdm", "source"),
)
_CHANNELS = re.compile(r"^channels\s*:", re.MULTILINE)


def in_requirements(text: str) -> Iterator[Origin]:
    """The options of pip in a requirements or constraints file."""
    for line, written in logical_lines(text):
        if written.startswith("-") and (match := _OPTION.match(written)):
            yield Origin("index", mask(match["value"]), line)


def in_dockerfile(text: str) -> Iterator[Origin]:
    """The options with which an image calls pip or uv."""
    for script in dockerfile.scripts(text):
        if "://" not in script.text or "install" not in script.text:
            continue
        for words in commands(script.text, script.line):
            if not any(re.fullmatch(r"(?:.*/)?(?:pip[\d.]*|uv)", word.text) for word in words):
                continue
            for word, following in zip(words, [*words[1:], None], strict=True):
                option, equals, value = word.text.partition("=")
                url = value if equals else following.text if following else ""
                if option in _OPTIONS and "://" in url:
                    yield Origin("index", mask(url), word.line)


def in_toml(text: str) -> Iterator[Origin]:
    """The sources of a `Pipfile` or `pyproject.toml`. Raises ValueError for text that is no TOML."""
    toml = read_toml(text)
    for path in _TABLES:
        found: Any = toml.document
        for key in path:
            found = found.get(key) if isinstance(found, Mapping) else None
        for position, table in enumerate(found if isinstance(found, list) else ()):
            if isinstance(table, Mapping) and isinstance(url := table.get("url"), str):
                yield Origin("index", mask(url), toml.line(*path, position, "url"))


def in_conda(text: str) -> Iterator[Origin]:
    """The channels of an environment file, in order. Raises ValueError for text that is no YAML."""
    documents = read_yaml(text) if _CHANNELS.search(text) else []
    listed = documents[0].get("channels") if documents else None
    for item in listed.children() if listed else ():
        if item.text:
            yield Origin("channel", mask(item.text), item.line)


READERS: Mapping[str, Callable[[str], Iterator[Origin]]] = {
    "requirements": in_requirements,
    "constraints": in_requirements,
    "pipfile": in_toml,
    "pyproject": in_toml,
    "dockerfile": in_dockerfile,
    "conda": in_conda,
    "yaml": in_conda,
}
