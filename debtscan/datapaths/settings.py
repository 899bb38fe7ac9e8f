"""Paths in files of settings (YAML, JSON, TOML), by their dotted keys, and a Kedro catalogue's entries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from debtscan.datapaths.addresses import is_address
from debtscan.datapaths.found import Direction, FoundReference, Setting
from debtscan.source.marked_toml import Toml, read_toml
from debtscan.source.marked_yaml import Node, read_yaml
from debtscan.source.masking import mask
from debtscan.source.text import TextSource
from debtscan.source.texts import HOLE

_MAX_CHARACTERS = 100_000
"""Of a file: what people write as settings is shorter, what is longer is data."""
_MAX_SETTINGS, _MAX_NODES, _MAX_EVIDENCE = 300, 20_000, 200
_PATH = re.compile(r"^[^\s<>|\"']*(?:[/\\][^\s<>|\"']+|[\w-]\.\w{2,8})/?$|^[^<>|\"'\n]*[/\\][^<>|\"'\n]*\.\w{2,8}$")
_NO_PATH = re.compile(
    r"^[\d.]+$|^\w+(?:\.\w+)+\.[A-Z]\w+$|^(?:application|text|image|audio|video|font|multipart)/[a-z0-9.+-]+$"
)
"""Versions, classes by their import path, and media types."""
_KEY = re.compile(
    r"path|dir|file|root|folder|data|uri|url|bucket|csv|train|test|val|image|annot|location", re.IGNORECASE
)
_CATALOGUE = re.compile(r"(^|/)conf/([^/]+/)*catalog[^/]*(/[^/]+)*\.ya?ml$")
_RAW = re.compile(r"(^|/)(\d+_)?raw(/|$)")
_WRITTEN = re.compile(r"out|save|log|result|checkpoint|ckpt|export|dest|cache|tmp|temp", re.IGNORECASE)
_ROUTE = re.compile(r"(^|[._-])(url|href|link|route|endpoint|permalink|slug)s?$", re.IGNORECASE)
"""Keys of addresses: what begins with a slash there is a page of the same host."""
_NO_SETTINGS = re.compile(
    r"(^|/)(mlruns|wandb|outputs?|runs|logs|lightning_logs|results?|checkpoints?|\.[^/]+|k8s|helm)/"
    r"|(^|/)(hparams|args|opt|docker-compose[^/]*|compose|mkdocs|meta)\.ya?ml$|(^|/)pyproject\.toml$"
)
"""Files that a run wrote, and files about machines, not about data."""
_JSON_SETTINGS = re.compile(r"(^|/)([\w-]*[-_.])?(config|settings|cfg|conf|paths)([-_.][\w-]*)?\.json$", re.IGNORECASE)
"""JSON is settings by its name only: most of it is data, or written by a run."""
_NO_KEY = re.compile(
    r"name_or_path$|(^|\.)(services|spec|volumes?|mounts?|mountPath|jobs|steps|runs|containers|env|environment|command|hooks|repos|prefix)(\.|$)"
)
_ON_DISK = re.compile(r"~?/(?!/)")
"""An absolute path; `//cdn.example.org/x.js` is an address."""
_FOLDER_KEY = re.compile(r"(root|dir|folder|path)$", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z][\w-]{2,60}")
_VARIABLE = re.compile(r"\$\{[^}]*\}|\$\w+|\{\{[^}]*\}\}|\{\w*\}|%\(\w+\)s")


def settings_in(source: TextSource) -> list[Setting]:
    """The settings of a file that look like paths; nothing for what cannot be read, which other scanners tell."""
    if len(source.text) > _MAX_CHARACTERS:
        return []
    lines = source.lines
    found: list[Setting] = []
    try:
        pairs = _of_toml(read_toml(source.text)) if source.kind == "toml" else _of_yaml(read_yaml(source.text))
        for key, value, line in pairs:
            if _may_be_path(key, value) and len(found) < _MAX_SETTINGS:
                evidence = mask(lines[line - 1].strip())[:_MAX_EVIDENCE] if 0 < line <= len(lines) else ""
                text = mask(value) if "://" in value else value
                found.append(Setting(key, _VARIABLE.sub(HOLE, text), line, evidence))
    except ValueError:
        return []
    return found


def stated_references(path: str, settings: list[Setting]) -> Iterator[FoundReference]:
    """What a file of settings itself says is read or written: entries of a Kedro catalogue, and absolute paths."""
    catalogue = _CATALOGUE.search(path) is not None
    json = path.endswith(".json") and not _JSON_SETTINGS.search(path)
    if not catalogue and (json or _NO_SETTINGS.search(path)):
        return
    for item in settings:
        last = item.key.rpartition(".")[2]
        direction: Direction = "write" if _WRITTEN.search(last) else "read"
        if catalogue and last == "filepath":
            direction = "read" if _RAW.search(item.value) else "write"
            yield FoundReference(None, item.line, direction, item.value, "config", "data", item.evidence)
        elif _ON_DISK.match(item.value) and not _NO_KEY.search(item.key):
            yield FoundReference(None, item.line, direction, item.value, "config", "any", item.evidence)


def _may_be_path(key: str, value: str) -> bool:
    if len(value) > 300:
        return False
    if not (_PATH.search(value) or is_address(value)):
        return _FOLDER_KEY.search(key) is not None and _WORD.fullmatch(value) is not None
    if _NO_PATH.search(value) or (value.startswith("/") and _ROUTE.search(key)):
        return False
    return bool(_KEY.search(key.rpartition(".")[2]) or value.startswith(("/", "~")))


def _of_yaml(documents: list[Node]) -> Iterator[tuple[str, str, int]]:
    """Every text under its dotted key, the texts of a list under the list's; each node once."""
    todo = [("", document) for document in reversed(documents)]
    seen: set[int] = set()
    while todo and len(seen) < _MAX_NODES:
        key, node = todo.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node.text is not None and key:
            yield key, node.text, node.line
        todo.extend((key, item) for item in reversed(node.children()))
        todo.extend((f"{key}.{name}" if key else name, value) for name, value in reversed(list(node.pairs())))


def _of_toml(document: Toml) -> Iterator[tuple[str, str, int]]:
    todo: list[tuple[tuple[str | int, ...], Any]] = [((), document.document)]
    while todo:
        path, value = todo.pop()
        if isinstance(value, dict):
            todo.extend(((*path, name), item) for name, item in reversed(value.items()))
        elif isinstance(value, list):
            todo.extend(((*path, at), item) for at, item in reversed(list(enumerate(value))))
        elif isinstance(value, str) and path:
            yield ".".join(part for part in path if isinstance(part, str)), value, document.line(*path) or 1
