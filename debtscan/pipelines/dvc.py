"""DVC: stages of `dvc.yaml`, and the stage files of DVC before 1.0.

https://dvc.org/doc/user-guide/project-structure/dvcyaml-files
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from debtscan.commands.script import Script
from debtscan.pipelines.found import FoundStep
from debtscan.pipelines.runs import runs, shown
from debtscan.source.marked_yaml import Node, read_yaml

_VARIABLE = re.compile(r"\$\{\s*([^}]*?)\s*\}")
_MOST_VARIANTS = 50


def steps(text: str) -> Iterator[FoundStep]:
    """The stages in order. Raises ValueError for damaged YAML."""
    for document in read_yaml(text):
        stages = document.get("stages")
        if stages is None:
            if document.get("cmd") is not None:
                yield _stage("", document, {}, document.line)
            continue
        values = _values(document.get("vars"))
        for key, stage in stages.entries or ():
            body = stage.get("do") or stage
            if body.get("cmd") is not None:
                yield _stage(
                    key.text or "",
                    body,
                    values,
                    key.line,
                    templated=body is not stage or stage.get("matrix") is not None,
                )


def _values(variables: Node | None) -> dict[str, str]:
    """Values that the file itself sets, by dotted name; those of parameter files stay unknown."""
    found: dict[str, str] = {}
    todo = [("", node) for node in (variables.children() if variables else ())]
    seen: set[int] = set()
    while todo and len(found) < 1_000:
        prefix, node = todo.pop()
        if id(node) in seen:
            # an alias may hold itself
            continue
        seen.add(id(node))
        for name, value in node.pairs():
            if value.text is not None:
                found[f"{prefix}{name}"] = value.text
            else:
                todo.append((f"{prefix}{name}.", value))
    return found


def _stage(name: str, body: Node, values: Mapping[str, str], line: int, *, templated: bool = False) -> FoundStep:
    command = body.get("cmd")
    assert command is not None
    lines = command.children() or [command]
    folder = body.get("wdir")
    found = [
        run
        for node in lines
        if node.text
        for run in runs(Script(_filled(node.text, values), node.line + node.block), None)
    ]
    text = " && ".join(_filled(node.text, values) for node in lines if node.text)
    return FoundStep(
        "dvc",
        name,
        line,
        runs=found,
        command=shown(text),
        inputs=_paths(body, values, "deps"),
        outputs=_paths(body, values, "outs", "metrics", "plots"),
        folder=_filled(folder.text, values) if folder and folder.text else "",
        templated=templated or "*" in text,
    )


def _filled(text: str, values: Mapping[str, str]) -> str:
    """The text with `${name}` filled in, `*` for what is not told here."""
    return _VARIABLE.sub(lambda match: values.get(match[1], "*"), text)


def _paths(body: Node, values: Mapping[str, str], *keys: str) -> list[str]:
    """Paths of a list whose items are texts, `{path: options}` or, in old files, `{path: ..., md5: ...}`."""
    found = []
    for key in keys:
        node = body.get(key)
        for item in (node.children() or [node]) if node else ():
            path = item.get("path")
            named = path.text if path else item.text or next((name for name, _ in item.pairs()), None)
            if named:
                found.append(_filled(named, values))
    return found
