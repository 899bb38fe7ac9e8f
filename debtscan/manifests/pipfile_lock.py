"""`Pipfile.lock`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from debtscan.manifests.records import Lock, Locked, Manifest
from debtscan.manifests.requirement import canonical, url_of_table
from debtscan.source.masking import mask

# pipenv writes with four blanks a level: categories at one, packages at two
_LINE = re.compile(r'^(?P<indent> {4}| {8})"(?P<key>[^"]+)": \{')


def parse(text: str) -> Manifest:
    """A lock of pipenv. Raises ValueError for text that is no JSON object."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not JSON: {error}") from error
    if not isinstance(document, Mapping):
        raise ValueError("not a lock of pipenv")
    lines = dict(_lines(text))
    locked: list[Locked] = []
    for category, packages in document.items():
        if category == "_meta" or not isinstance(packages, Mapping):
            continue
        for name, table in packages.items():
            if isinstance(table, Mapping):
                locked.append(_package(name, table, lines.get((category, name))))
    meta = document.get("_meta")
    digests = meta.get("hash") if isinstance(meta, Mapping) else None
    digest = digests.get("sha256") if isinstance(digests, Mapping) else None
    return Manifest(lock=Lock("pipenv", tuple(locked), digest if isinstance(digest, str) else None))


def _package(name: str, table: Mapping[str, Any], line: int | None) -> Locked:
    version = table.get("version")
    url = url_of_table(table)
    return Locked(
        canonical(name),
        version.lstrip("=") if isinstance(version, str) else None,
        line,
        bool(table.get("hashes")),
        mask(url) if url else None,
    )


def _lines(text: str) -> Iterator[tuple[tuple[str, str], int]]:
    category = ""
    for number, line in enumerate(text.splitlines(), 1):
        if match := _LINE.match(line):
            if len(match["indent"]) == 4:
                category = match["key"]
            else:
                yield (category, match["key"]), number
